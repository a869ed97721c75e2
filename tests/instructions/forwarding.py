# SPDX-License-Identifier: MIT
"""Loads that have to wait for stores, which no count of instructions shows.

A store waits in a queue of the processor until the cache takes it. A load of the same bytes is given
them by the queue, if one store wrote all of them. If several did, or one wrote but a part, it waits until
they have left, and all behind it with it: a dozen cycles, on most processors. Compilers make such loads
when they read in one piece what was written in several: of two flags, say, that one condition asks.

valgrind's lackey lists the accesses of a program; a load is one of those if among the stores of the last
instructions the youngest that overlaps it does not hold it. What is done less than OFTEN times counts
for nothing: beginnings and ends.
"""
import collections
import re
import subprocess

STORES, INSTRUCTIONS, OFTEN = 48, 120, 20  # those that may wait; how long they may; on a hot path


def accesses(program):
    """What is read and written, one after the other: (instruction, its number, kind, address, bytes)."""
    command = ['valgrind', '--tool=lackey', '--trace-mem=yes', '--log-fd=1', program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as traced:
        at = number = 0
        for line in traced.stdout:
            if line.startswith('I '):
                at, number = line[3:line.index(',')], number + 1
            elif line[:3] in (' L ', ' S ', ' M '):
                address, size = line[3:].split(',')
                yield at, number, line[1], int(address, 16), int(size)
    if traced.returncode != 0:
        raise RuntimeError('valgrind --tool=lackey %s: it ends with %d' % (program, traced.returncode))


def waiting(program):
    """{(the load, the store that it waits for): how often}, both as addresses of instructions"""
    stores = collections.deque(maxlen=STORES)
    found = collections.Counter()
    for at, number, kind, begin, size in accesses(program):
        if kind != 'S':
            for by, when, first, length in reversed(stores):
                if number - when > INSTRUCTIONS:
                    break
                if first < begin + size and begin < first + length:
                    if begin < first or begin + size > first + length:
                        found[at, by] += 1
                    break
        if kind != 'L':
            stores.append((at, number, begin, size))
    return found


def place(program, address):
    """An address of a program as `function (file:line)`, or '' if it is of a library."""
    said = subprocess.run(['addr2line', '-fse', program, address], capture_output=True, text=True)
    function, line = said.stdout.split('\n')[:2]
    return '' if function == '??' else '%s (%s)' % (function, re.sub(r' \(.*', '', line))


def wrong(program):
    """What is wrong with a program that was compiled with -g, or ''."""
    said = []
    for (load, store), times in waiting(program).most_common():
        where = place(program, load)
        if times >= OFTEN and where:
            said.append('%s reads at once, %d times, what was stored in pieces: %s is one of them'
                        % (where, times, place(program, store)))
    if said:
        said.append('Such a load waits a dozen cycles. Read the pieces one by one (a local in '
                    'between keeps gcc from joining them), or write them by one store.')
    return '\n'.join(said)
