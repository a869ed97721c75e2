# SPDX-License-Identifier: MIT
"""Timers and timeouts of asyncio; with UVLOOP=1 in the environment, on uvloop."""
import asyncio
import random
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from clocks import Clocks, main, scaled


def nothing():
    pass


def deadlines(count):
    """Within half a second, as in bench.h; but they do not pass while they are armed."""
    rolled = random.Random(42)
    return [10 + rolled.random() / 2 for _ in range(count)]


async def arm_cancel(size):
    count = scaled(100000)
    loop, clocks = asyncio.get_running_loop(), Clocks()
    pending = [loop.call_later(after, nothing) for after in deadlines(size)]
    clocks.begin()
    for _ in range(count):
        loop.call_later(10.2, nothing).cancel()
    clocks.end('arm_cancel', count)
    for handle in pending:
        handle.cancel()


async def rearm(size):
    count = scaled(100000)
    loop, clocks, all_deadlines = asyncio.get_running_loop(), Clocks(), deadlines(count)
    pending = [loop.call_later(after, nothing) for after in deadlines(size)]
    order = [random.randrange(size) for _ in range(count)]
    clocks.begin()
    for which, after in zip(order, all_deadlines):
        pending[which].cancel()
        pending[which] = loop.call_later(after, nothing)
    clocks.end('rearm', count)
    for handle in pending:
        handle.cancel()


async def arm(size):
    loop, clocks, all_deadlines = asyncio.get_running_loop(), Clocks(), deadlines(size)
    clocks.begin()
    pending = [loop.call_later(after, nothing) for after in all_deadlines]
    clocks.end('arm', size)
    for handle in pending:
        handle.cancel()


async def ready_call():
    pass


async def timeout_ready(size):
    count = scaled(50000) * size
    clocks = Clocks()
    clocks.begin()
    for _ in range(count):
        async with asyncio.timeout(1):
            await ready_call()
    clocks.end('timeout_ready', count)


async def in_good_time(times):
    for _ in range(times):
        async with asyncio.timeout(100):
            await asyncio.sleep(0)


async def timeout_suspends(size):
    times = scaled(300)
    clocks = Clocks()
    clocks.begin()
    await asyncio.gather(*(in_good_time(times) for _ in range(size)))
    clocks.end('timeout_suspends', size * times)


async def patient(event):
    async with asyncio.timeout(1000):
        await event.wait()


async def timeout_storm(size):
    event, clocks = asyncio.Event(), Clocks()
    clocks.begin()
    async with asyncio.TaskGroup() as group:
        for _ in range(size):
            group.create_task(patient(event))
        await asyncio.sleep(0)
        event.set()
    clocks.end('timeout_storm', size)


main({'arm_cancel': arm_cancel, 'rearm': rearm, 'arm': arm, 'timeout_ready': timeout_ready,
      'timeout_suspends': timeout_suspends, 'timeout_storm': timeout_storm})
