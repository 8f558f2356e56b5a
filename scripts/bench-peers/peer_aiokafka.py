"""aiohttp, aiokafka and uvloop doing the work of the benchmarks:

ingress BOOTSTRAP TOPIC PORT              HTTP → Kafka, answered after the broker's acknowledgement; until SIGTERM
route BOOTSTRAP FROM TO RECORDS MATCHING  Kafka → filter → Kafka, until MATCHING records are in TO
sink BOOTSTRAP FROM URL                   Kafka → HTTP, 32 requests at a time, in order by key; until SIGTERM

Prints {"ready": true} when it runs and one line of JSON when it ends. Events are in binary mode both ways.
"""
import asyncio
import signal
import sys

import aiohttp
import uvloop
from aiohttp import web
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from measure import LINGER_INGRESS_MS, LINGER_ROUTE_MS, WANTED, arguments, cpu_seconds, report_route, tell

LANES = 32


def until_terminated():
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    return ended


async def start_producer(bootstrap, linger_ms):
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=linger_ms, compression_type="lz4")
    await producer.start()
    return producer


async def start_consumer(bootstrap, topic, group):
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
        session_timeout_ms=6000)
    await consumer.start()
    return consumer


async def ingress(bootstrap, topic, port):
    producer = await start_producer(bootstrap, LINGER_INGRESS_MS)
    accepted = 0

    async def publish(request):
        nonlocal accepted
        body = await request.read()
        # The names of aiohttp are a kind of str that aiokafka's C code does not take.
        headers = [
            ("ce_" + str(name)[3:].lower(), value.encode())
            for name, value in request.headers.items() if name.lower().startswith("ce-")]
        headers.append(("content-type", request.headers.get("content-type", "").encode()))
        key = request.headers.get("ce-partitionkey")
        await (await producer.send(topic, body, key=key.encode() if key else None, headers=headers))
        accepted += 1
        return web.Response(status=202)

    application = web.Application(client_max_size=1 << 24)
    application.router.add_post("/{path:.*}", publish)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(port)).start()
    tell(ready=True)
    await until_terminated().wait()
    await runner.cleanup()
    await producer.stop()
    return {"accepted": accepted}


async def route(bootstrap, source, target, records, matching):
    consumer = await start_consumer(bootstrap, source, f"aiokafka-{target}")
    producer = await start_producer(bootstrap, LINGER_ROUTE_MS)
    tell(ready=True)
    report_route("aiokafka", bootstrap, target, int(records), int(matching))
    wanted = ("ce_type", WANTED.encode())
    while True:
        acknowledgements = []
        for batch in (await consumer.getmany(timeout_ms=1000, max_records=5000)).values():
            for record in batch:
                if wanted in record.headers:
                    acknowledgements.append(
                        await producer.send(target, record.value, key=record.key, headers=list(record.headers)))
        if acknowledgements:
            await asyncio.gather(*acknowledgements)
            await consumer.commit()


async def sink(bootstrap, source, url):
    consumer = await start_consumer(bootstrap, source, "aiokafka-sink-" + url.rsplit(":", 1)[-1])
    ended = until_terminated()
    delivered = 0

    async def send(session, records):
        """One lane: its records one after the other, each until it is taken."""
        nonlocal delivered
        for record in records:
            headers = {name.replace("ce_", "ce-", 1): value.decode() for name, value in record.headers}
            headers.setdefault("content-type", "application/json")
            while True:
                async with session.post(url, data=record.value, headers=headers) as response:
                    if response.status < 300:
                        break
                await asyncio.sleep(0.1)
            delivered += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=LANES)) as session:
        tell(ready=True)
        while not ended.is_set():
            lanes = {}
            for batch in (await consumer.getmany(timeout_ms=200, max_records=5000)).values():
                for record in batch:
                    lanes.setdefault(hash(record.key) % LANES, []).append(record)
            if lanes:
                await asyncio.gather(*(send(session, records) for records in lanes.values()))
                await consumer.commit()
    await consumer.stop()
    return {"delivered": delivered}


async def main():
    work = sys.argv[1] if len(sys.argv) > 1 else ""
    cpu = cpu_seconds()
    if work == "ingress":
        told = await ingress(*arguments("ingress BOOTSTRAP TOPIC PORT", 3))
    elif work == "route":
        told = await route(*arguments("route BOOTSTRAP FROM TO RECORDS MATCHING", 5))
    elif work == "sink":
        told = await sink(*arguments("sink BOOTSTRAP FROM URL", 3))
    else:
        sys.exit(__doc__)
    tell(peer="aiokafka", work=work, cpuSeconds=round(cpu_seconds() - cpu, 3), **told)


uvloop.run(main())
