"""mq-bridge (Rust on librdkafka) doing the work of the benchmarks:

ingress BOOTSTRAP TOPIC PORT              HTTP → Kafka, answered after the broker's acknowledgement; until SIGTERM
route BOOTSTRAP FROM TO RECORDS MATCHING  Kafka → filter → Kafka, until MATCHING records are in TO
sink BOOTSTRAP FROM URL                   Kafka → HTTP, 16 requests at a time in no order; until SIGTERM

Prints {"ready": true} when it runs and one line of JSON when it ends. Its records carry headers of its own and are no
CloudEvents in binary mode.
"""
import json
import signal
import sys
import threading

from measure import CONSUMER, LINGER_INGRESS_MS, PRODUCER, WANTED, arguments, cpu_seconds, report_route, tell
from mq_bridge import Route


def reader(bootstrap, topic, group, **more):
    options = [[name, value] for name, value in CONSUMER.items()]
    return {"kafka": {"url": bootstrap, "topic": topic, "group_id": group, "consumer_options": options}, **more}


def writer(bootstrap, topic, key, **settings):
    options = [[name, value] for name, value in {**PRODUCER, **settings}.items()]
    return {"kafka": {"url": bootstrap, "topic": topic, "producer_options": options, "partition_key": key}}


def route(work):
    """The route of a kind of work, and what is told at its end."""
    if work == "ingress":
        bootstrap, topic, port = arguments("ingress BOOTSTRAP TOPIC PORT", 3)
        return {
            "concurrency": 32,
            "batch_size": 512,
            "input": {"http": {"url": f"127.0.0.1:{port}"}},
            "output": writer(bootstrap, topic, "ce-partitionkey", **{"linger.ms": str(LINGER_INGRESS_MS)}),
        }
    if work == "route":
        bootstrap, source, target, records, matching = arguments("route BOOTSTRAP FROM TO RECORDS MATCHING", 5)
        report_route("mq-bridge", bootstrap, target, int(records), int(matching))
        wanted = f'meta.ce_type == "{WANTED}"'
        return {
            "concurrency": 2,
            "batch_size": 2000,
            "input": reader(bootstrap, source, f"mq-bridge-{target}", middlewares=[{"filter": wanted}]),
            "output": writer(bootstrap, target, "ce_partitionkey"),
        }
    bootstrap, source, url = arguments("sink BOOTSTRAP FROM URL", 3)
    return {
        "concurrency": 16,
        "batch_size": 100,
        "input": reader(bootstrap, source, "mq-bridge-sink-" + url.rsplit(":", 1)[-1]),
        "output": {"http": {"url": url, "batch_concurrency": 16}},
    }


def main():
    work = sys.argv[1] if len(sys.argv) > 1 else ""
    if work not in ("ingress", "route", "sink"):
        sys.exit(__doc__)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    running = Route.from_str(json.dumps({"routes": {"work": route(work)}}), "work")
    cpu = cpu_seconds()
    running.start()
    tell(ready=True)
    ended.wait()
    tell(peer="mq-bridge", work=work, cpuSeconds=round(cpu_seconds() - cpu, 3))
    running.stop()


main()
