"""count_requests.py PORT COUNT: an HTTP sink that counts, for trying the peers out. Ends after COUNT requests."""
import asyncio
import sys
import time

import uvloop
from aiohttp import web
from measure import tell


async def main():
    port, wanted = int(sys.argv[1]), int(sys.argv[2])
    count, first, done = 0, 0.0, asyncio.Event()

    async def take(request):
        nonlocal count, first
        await request.read()
        count += 1
        first = first or time.monotonic()
        if count >= wanted:
            done.set()
        return web.Response(status=200)

    application = web.Application(client_max_size=1 << 24)
    application.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await done.wait()
    seconds = time.monotonic() - first
    tell(work="count", requests=count, seconds=round(seconds, 3), requestsPerSecond=round(count / seconds))
    await asyncio.sleep(0.2)


uvloop.run(main())
