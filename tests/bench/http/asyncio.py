# SPDX-License-Identifier: MIT
"""An HTTP server of aiohttp; on uvloop with UVLOOP=1."""
import asyncio
import os
import sys

if sys.argv[1] == '--list':
    print('http')
    sys.exit()

from aiohttp import web

FILE = b'x' * 16384


async def hello(request):
    return web.Response(text='Hello, world\n')


async def file(request):
    return web.Response(body=FILE)


async def main():
    application = web.Application()
    application.add_routes([web.get('/hello.txt', hello), web.get('/file.bin', file)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, '127.0.0.1', 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == '__main__':
    if os.environ.get('UVLOOP'):
        import uvloop
        uvloop.install()
    asyncio.run(main())
