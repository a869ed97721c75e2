# SPDX-License-Identifier: MIT
"""Measures what Weft takes on each core, compares it with budget.txt, and writes docs/sizes.md."""
import re
from functools import partial

import latency
import layers
import peers
from harness import ROOT
from objects import SMALLEST, flash_of_weft, symbols
from targets import here

HERE = ROOT / 'tests/firmware'
BUDGET = HERE / 'budget.txt'
PAGE = ROOT / 'docs/sizes.md'
CORES = ['Cortex-M0', 'Cortex-M3', 'AVR', 'RV32']
WITH_LINES = ['-DWEFT_LINES=1', '-DWEFT_NAMES=1', '-DWEFT_REPORTS=1']


def bytes_of_all(target, directory):
    """{figure: number}"""
    figures = {}
    for flags, suffix in ((SMALLEST, ''), (WITH_LINES, ', with lines')):
        for name, size in symbols(target, 'ram.c', flags, directory)[1].items():
            kind, _, what = name.partition('_')
            if suffix == '' or name in ('ram_frame', 'ram_task', 'await_sleep', 'ram_executor'):
                figures['%s: %s%s' % ({'ram': 'RAM'}.get(kind, kind), what, suffix)] = size
    bare = SMALLEST + ['-DWEFT_BARE=1']
    for what, size in symbols(target, 'bare.c', bare, directory)[1].items():
        if what.startswith('ram_'):
            figures['RAM: %s, bare' % what.removeprefix('ram_')] = size
    two = SMALLEST + ['-DWEFT_PRIORITIES=1']
    figures['RAM: executor in an interrupt'] = symbols(target, 'priorities.c', two, directory)[1][
        'ram_executor_in_an_interrupt']
    figures['flash: kernel'] = flash_of_weft(target, 'kernel.c', SMALLEST, directory)
    figures['flash: kernel, bare tasks'] = flash_of_weft(target, 'kernel.c', bare, directory)
    figures['flash: everything'] = flash_of_weft(target, 'everything.c', SMALLEST, directory)
    figures['flash: everything, with lines'] = flash_of_weft(target, 'everything.c', WITH_LINES,
                                                             directory)
    figures['flash: a second executor, in an interrupt'] = (
        flash_of_weft(target, 'priorities.c', two, directory) -
        flash_of_weft(target, 'priorities.c', SMALLEST, directory))
    return figures


def speed_and_stack(target, directory):
    """{figure: number}"""
    figures = {}
    for source, flags in (('speed.c', ['-O2']), ('stack.c', [])):
        program = directory / ('%s.%s.elf' % (source, target.name))
        wrong = target.build(program, [here(HERE / source)], flags)
        if wrong:
            raise RuntimeError(wrong)
        for kind, what, number in re.findall(r'^(\w+) (\w+) (\d+)$', target.execute(program)[1],
                                             re.MULTILINE):
            # Tenths that the phase of a clock may change are no matter.
            figures['%s: %s' % (kind, what)] = (int(number) + 5) // 10 if kind == 'speed' else int(
                number)
    return figures


# In the order in which the page has them.
MEASURED = [bytes_of_all, layers.measure, speed_and_stack, latency.measure]


def budget():
    """{figure: {core: number}}"""
    rows = (line.split('|') for line in BUDGET.read_text().splitlines() if '|' in line)
    return {row[0].strip(): dict(zip(CORES, map(int, row[1].split()))) for row in rows}


TITLES = {
    'RAM': ('## RAM', 'Bytes of each, in the smallest configuration: `%s`. "With lines" is the '
            'default of all cores but AVR: each frame keeps the line that it stands at.'
            % ' '.join(SMALLEST) + ' A task begins with a *chain* (its frames, and how they stand); '
            'a *hold* is what somebody has of a lock or a permit; a *case* is one of those that a '
            'select waits for; a pool is of tasks whose frame is a head alone; *bare* is with '
            'WEFT_BARE: one executor, and tasks in no group. A queue\'s items are yours; '
            'a priority queue wants its order beside them (here with 8 items of 2 bytes).'),
    'await': ('### Frames of awaits', 'The frame of each call that waits: it lies in the frame of '
              'the caller. Calls that are made one after the other share their room in a union, so '
              'the largest counts, not the sum.'),
    'flash': ('## Flash', 'Bytes of code and constants at -Os, without the coroutines of the program. '
              '*Kernel* is executor, task, timer list and event; *everything* has scopes, '
              'groups, cancellation, a queue, a semaphore, a ring and a transfer. *A second '
              'executor* is what WEFT_PRIORITIES and the port take for one in an interrupt.'),
    'layer': layers.LAYER_TITLE,
    'use': layers.USE_TITLE,
    'speed': ('## Speed', 'Instructions (QEMU, which counts each as one), and on AVR cycles, at '
              '-O2. *Resume itself* is the call that enters the innermost frame, and back, when that '
              'gives way; *resume* is from the ready queue to a coroutine that gives way, and back into '
              'the queue, with its part of the executor\'s pass, an eighth; *wake, park* is from the '
              'queue to a coroutine that wakes a task and parks, with that wake, and without the '
              '*pass*, which comes once for all that are ready. *Timer, arm, cancel* is both, where no '
              'other timer runs; *interrupt wake* is weft_signal_set() in the interrupt, and '
              'what the executor does with it. *Interrupt to task* is from the first instruction of '
              'an interrupt to the first of what the task that awaited it does next: where the core '
              'slept, and behind another task that gives way at once.'),
    'stack': ('## C stack', 'Bytes from main() down, in a program that awaits so many levels deep, '
              'at -Os, interrupts included.'),
}


def page(measured, beside):
    lines = ['# What it takes', '', 'Written by tests/firmware/run; a figure that grows past '
             'tests/firmware/budget.txt is a failure there. Debian 12\'s compilers: '
             'arm-none-eabi-gcc 12.2, avr-gcc 5.4, riscv64-unknown-elf-gcc 12.2, clang 14.']
    figures = list(measured[CORES[0]])
    for kind, (title, text) in TITLES.items():
        lines += ['', title, '', text, '', '| | %s |' % ' | '.join(CORES), '|---|' + '--:|' * 4]
        for figure in figures:
            if figure.startswith(kind + ':'):
                name = ('depth ' if kind == 'stack' else '') + figure.split(': ')[1]
                lines.append('| %s | %s |' % (name.replace('_', ' '), ' | '.join(
                    str(measured[core].get(figure, '')) for core in CORES)))
    return '\n'.join(lines) + '\n' + peers.page(beside, measured)


def jobs(targets, directory):
    """([jobs: each measures a part on one core, and returns no results],
    a function that compares all with the budget, writes the page, and returns
    [(label, what is wrong)])."""
    found = {}

    def measure(core, part, target):
        found[core, part] = part(target, directory)
        return []

    return ([partial(measure, target.core, part, target)
             for target in targets for part in MEASURED + [peers.measure]],
            lambda: judge({core: {figure: number for part in MEASURED
                                  for figure, number in found[core, part].items()} for core in CORES},
                          {core: found[core, peers.measure] for core in CORES}))


def judge(measured, beside):
    """Compares with the budget, writes the page; returns [(label, what is wrong)]."""
    results, limits = [], budget()
    for core in CORES:
        measured[core].update(peers.budgeted(beside[core][0]))
        for figure, number in measured[core].items():
            limit = limits.get(figure, {}).get(core)
            wrong = ''
            if limit is None:
                wrong = 'it has no budget: add it to tests/firmware/budget.txt'
            elif number > limit:
                wrong = '%d is more than the budget, %d: make it smaller, or say in ' \
                        'tests/firmware/budget.txt that it may grow' % (number, limit)
            results.append(('%s on %s' % (figure, core), wrong))
    PAGE.write_text(page(measured, beside))
    return results
