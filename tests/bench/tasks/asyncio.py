# SPDX-License-Identifier: MIT
"""Tasks of asyncio; with UVLOOP=1 in the environment, on uvloop."""
import asyncio
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from clocks import Clocks, main, resident_bytes, scaled


async def pass_on(times, clocks):
    for _ in range(times):
        await asyncio.sleep(0)
    clocks.stop_once()


async def yields(size):
    times = scaled(300000) // size + 3
    clocks = Clocks()
    tasks = [asyncio.create_task(pass_on(times, clocks)) for _ in range(size)]
    clocks.begin()
    await asyncio.gather(*tasks)
    clocks.tell('yield', size * times)


async def deep(depth, times, clocks):
    if depth > 1:
        await deep(depth - 1, times, clocks)
    else:
        await pass_on(times, clocks)


async def nested(size):
    times = scaled(100000, 100) // 100
    sys.setrecursionlimit(size + 1000)
    clocks = Clocks()
    tasks = [asyncio.create_task(deep(size, times, clocks)) for _ in range(100)]
    await asyncio.sleep(0)
    clocks.begin()
    await asyncio.gather(*tasks)
    clocks.tell('nested', 100 * times)


async def add_one(value):
    return value + 1


async def add_deep(depth, value):
    if depth > 1:
        return await add_deep(depth - 1, value) + 1
    return value + 1


async def call_deep(depth):
    times = scaled(1000000, depth) // depth
    sys.setrecursionlimit(depth + 1000)
    clocks, value = Clocks(), 0
    clocks.begin()
    for _ in range(times):
        value = await add_deep(depth, value)
    clocks.end('call', times * depth)
    assert value == times * depth


async def call(size):
    if size > 1:
        return await call_deep(size)
    count = scaled(1000000)
    clocks, value = Clocks(), 0
    clocks.begin()
    for _ in range(count):
        value = await add_one(value)
    clocks.end('call', count)


async def nothing():
    pass


async def spawn(size):
    clocks = Clocks()
    clocks.begin()
    async with asyncio.TaskGroup() as group:
        for _ in range(size):
            group.create_task(nothing())
    clocks.end('spawn', size)


async def spawn_sequence(size):
    count = scaled(50000) * size
    clocks = Clocks()
    clocks.begin()
    for _ in range(count):
        await asyncio.create_task(nothing())
    clocks.end('spawn_sequence', count)


async def sleepers(size):
    clocks, before = Clocks(), resident_bytes()
    clocks.begin()
    async with asyncio.TaskGroup() as group:
        for _ in range(size):
            group.create_task(asyncio.sleep(0.2 + 10e-6 * size))
        await asyncio.sleep(0)
        used = resident_bytes() - before
    clocks.end('sleepers', size, bytes=used / size)


async def ping(times, out, back):
    item = 0
    for _ in range(times):
        await out.put(item + 1)
        item = await back.get()
    return item


async def pong(times, out, back):
    for _ in range(times):
        await back.put(await out.get() + 1)


async def queue(size):
    times = max(scaled(50000) // size, 1)
    pairs = [(asyncio.Queue(1), asyncio.Queue(1)) for _ in range(size)]
    clocks = Clocks()
    clocks.begin()
    items = await asyncio.gather(*(one(times, *pair) for pair in pairs for one in (ping, pong)))
    clocks.end('queue', 2 * times * size)
    assert items[::2] == [2 * times] * size


main({'yield': yields, 'nested': nested, 'call': call, 'spawn': spawn, 'spawn_sequence': spawn_sequence,
      'sleepers': sleepers, 'queue': queue})
