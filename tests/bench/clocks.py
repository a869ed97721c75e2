# SPDX-License-Identifier: MIT
"""bench.h, for programs in Python."""
import asyncio
import os
import sys
import time


def scaled(count, least=1):
    """So many operations; in a smoke run fewer, but at least `least`."""
    scale = float(sys.argv[3]) if len(sys.argv) > 3 else 1
    return max(int(count * scale), least)


def resident_bytes():
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


class Clocks:
    def begin(self):
        self.is_stopped = False
        self.wall, self.cpu = time.monotonic_ns(), time.process_time_ns()

    def stop(self):
        self.cpu = time.process_time_ns() - self.cpu
        self.wall = time.monotonic_ns() - self.wall

    def stop_once(self):
        if not self.is_stopped:
            self.is_stopped = True
            self.stop()

    def tell(self, what, count, **figures):
        words = ''.join(' %s=%.1f' % figure for figure in figures.items())
        print('%s %d %d %d%s' % (what, self.cpu, self.wall, count, words), flush=True)

    def end(self, what, count, **figures):
        self.stop()
        self.tell(what, count, **figures)


def main(cases):
    """Runs the case that is asked for, a coroutine function of the size."""
    if sys.argv[1:] == ['--list']:
        print('\n'.join(cases))
        return
    case = cases[sys.argv[1]](int(sys.argv[2]))
    if os.environ.get('UVLOOP'):
        import uvloop
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(case)
    else:
        asyncio.run(case)
