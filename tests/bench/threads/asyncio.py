# SPDX-License-Identifier: MIT
"""to_thread and call_soon_threadsafe of asyncio; with UVLOOP=1 in the environment, on uvloop."""
import asyncio
import sys
import threading
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from clocks import Clocks, main, scaled


async def pool(size):
    times, done = scaled(3000) * size, 0
    clocks = Clocks()
    clocks.begin()
    for _ in range(times):
        done = await asyncio.to_thread(lambda: done + 1)
    clocks.end('pool', times)
    assert done == times


async def post(size):
    count, taken = scaled(30000) * size, []
    loop, all_taken, clocks = asyncio.get_running_loop(), asyncio.Event(), Clocks()

    def take(value):
        taken.append(value)
        if len(taken) == count:
            all_taken.set()

    def poster():
        for i in range(count):
            loop.call_soon_threadsafe(take, i)

    thread = threading.Thread(target=poster)
    clocks.begin()
    thread.start()
    await all_taken.wait()
    clocks.end('post', count)
    thread.join()


main({'pool': pool, 'post': post})
