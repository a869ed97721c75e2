# SPDX-License-Identifier: MIT
"""The suites of what needs no operating system, on the emulated targets: the same test bodies.

A suite is tests/test_NAME.c, run by tests/small_check.h, one image each. Whether it fits is the
linker's word: what is too large for a core goes to the next larger one of that family. What was
left out is told, with the reason; what each test said stands in build/logs/firmware_suites.log.
"""
import os
import re
from pathlib import Path

import prints
from harness import ROOT, run
from targets import SAMPLES, Target, all_compiled

# From the current directory, which is SAMPLES: so no figure depends on where the checkout is.
TOP = Path(os.path.relpath(ROOT, SAMPLES))
TESTS, HERE = TOP / 'tests', TOP / 'tests/firmware'
LOG = ROOT / 'build/logs/firmware_suites.log'
# Everything is there that a test may ask for. The time of a suite is its own: the board's clock is
# one that can be divided down to a tick of a millisecond, and is not read.
CHOICES = ['-DWEFT_LINES=1', '-DWEFT_NAMES=1', '-DWEFT_REPORTS=1', '-DWEFT_HOOKS=1',
           '-DWEFT_CONTEXT=1', '-DWEFT_ORIGINS=1', '-DWEFT_TICK_HZ=1000000', '-DWEFT_CLOCK_HZ=8000000',
           '-DF_CPU=8000000UL', '-DWEFT_SMALL_CHECK']
# For suites that name moments which 32 bits of microseconds have no room for.
WIDE_TIME = ['-DWEFT_TIME_BITS=64', '-UWEFT_TICK_HZ', '-DWEFT_TICK_HZ=1000000000',
             '-UWEFT_CLOCK_HZ', '-DWEFT_CLOCK_HZ=1000000000', '-UF_CPU', '-DF_CPU=1000000000UL']
# Choices that are for a whole program, of suites that want others.
OWN = {'test_trace': WIDE_TIME, 'test_virtual_clock': WIDE_TIME,
       'test_interrupt_executor': ['-DWEFT_PRIORITIES=1'], 'test_held': ['-DWEFT_DEBUG=1'],
       'test_bare': ['-DWEFT_BARE=1']}
# Which would be compiled for longest, only for the linker to say so.
TOO_LARGE_FOR = {('test_blocks', 'AVR'): 'its code takes more than 64 KiB, and start_avr.S reads .data by '
                                         '16 bits'}
# Where flash is scarce as for a product; else as for a debugger, with less optimised away, and in half
# the time: sizes and speeds are measured elsewhere.
LEVELS = {'microbit': '-Os', 'atmega328p': '-Os', 'atmega1284p': '-Os', 'mps2': '-Og', 'virt': '-Og'}
FLAGS = ['-std=gnu11', '-ffreestanding', '-ffunction-sections', '-fdata-sections',
         '-I', HERE / 'libc', '-I', TESTS, '-I', HERE, '-I', TOP / 'include', '-I', '.']
STOP = ['-include', HERE / 'stop.h']
LINK = ['-nostartfiles', '-nostdlib', '-Wl,--gc-sections']
SUPPORT = ['board.c', 'memory.c'] + [HERE / name for name in (
    'bare_check.c', 'libc/stdio.c', 'libc/string.c', 'libc/setjmp.c')]
TOO_LARGE = re.compile(r'will not fit in region|overflowed by|no room for the stack|by 16 bits'
                       r'|relocation truncated to fit|size of array .* is too large')
SMALL = ['-DWEFT_TEST_TRACE=1024']
# RAM, and the part of it that is the stack's.
ROOM = {'microbit': (0x4000, 0xc00), 'mps2': (0x400000, 0x4000), 'virt': (0x400000, 0x4000),
        'atmega328p': (0x800, 0x200), 'atmega1284p': (0x4000, 0xa00)}
FLASH = {'atmega328p': 0x8000}


def families(targets, avr_runner):
    """[[target, the next larger one of its family, ...]]"""
    larger = {
        'AVR': [Target('atmega1284p', 'AVR', 'avr-', ['-mmcu=atmega1284p'],
                       ['-DUSART_RX_vect=USART0_RX_vect'], 'atmega328p.ld', 'start_avr.S',
                       [str(avr_runner), '-m', 'atmega1284p'],
                       ['-Wl,--defsym=FLASH_LEN=0x20000'])],
    }
    return [[target] + larger.get(target.core, []) for target in targets]


def choices(target):
    """The target's own, but for its clock."""
    return [word for word in target.choices if '_HZ=' not in word and 'F_CPU=' not in word] + CHOICES + (
        SMALL if ROOM[target.name][0] <= 0x4000 else [])


def board_of(target):
    return 'board_%s.c' % ('atmega328p' if target.core == 'AVR' else target.name)


def floors(word):
    """The headers of a kind, by src/floors.txt."""
    rows = [line.split() for line in (ROOT / 'src/floors.txt').read_text().splitlines()]
    return {row[0] for row in rows if len(row) > 1 and row[1] == word}


def included(path, seen):
    """The names of all headers that a file of the tests includes, and those include."""
    for name in re.findall(r'^#include [<"]([^>"]+)[>"]', path.read_text(), re.MULTILINE):
        if name not in seen:
            seen.add(name)
            for directory in TESTS, TOP / 'include':
                if (directory / name).exists():
                    included(directory / name, seen)
    return seen


def suites():
    """([suites], {suite: why it is left out})"""
    hosted, found, left_out = floors('hosted'), [], {}
    for path in sorted(TESTS.glob('test_*.c')):
        names = included(path, set())
        above = sorted(name for name in names if name[:-2] in {'weft/' + one for one in hosted})
        if above:
            left_out[path.stem] = 'needs an operating system: ' + ', '.join(above)
        else:
            found.append(path.stem)
    return found, left_out


def sources_of(suite):
    """A suite, and the sources that tests/meson.build names beside it."""
    if suite == 'failing':
        return [HERE / 'failing.c']
    listed = re.search(r"^  '%s': \[(.*)\]" % suite[5:], (TESTS / 'meson.build').read_text(),
                       re.MULTILINE)
    others = re.findall(r"'([^']+)'", listed.group(1)) if listed else []
    return [TESTS / name for name in [suite + '.c'] + others]


def own_choices(suite):
    return OWN.get(suite, [])


def build(target, suite, program):
    """Builds a suite. Returns (what is wrong, whether it is too large)."""
    ram, stack = ROOM[target.name]
    room = ['-Wl,--defsym=RAM_LEN=%d' % ram, '-Wl,--defsym=STACK_LEN=%d' % stack]
    link = [word for word in target.link if 'RAM_LEN' not in word]
    libc = ['-lc'] if target.core == 'AVR' else []
    flags = target.compiler + FLAGS + [LEVELS[target.name]] + choices(target) + own_choices(suite)
    start, wrong_start = all_compiled(flags, [target.start], program.parent)
    objects, wrong = all_compiled(flags + STOP, SUPPORT + [board_of(target)], program.parent)
    if wrong_start or wrong:
        return wrong_start + wrong, False
    status, said = run(flags + STOP + LINK + link + room + sources_of(suite) + start + objects +
                       libc + ['-lgcc', '-o', program])
    return (said or 'it failed' if status else ''), bool(TOO_LARGE.search(said))


def tell(suite, core, status, printed):
    """[(label, what is wrong)]: one for each test that was counted."""
    results = []
    for word, name, count in re.findall(r'^(ok|FAILED) (\w+) (\d+)$', printed, re.MULTILINE):
        label = '%s: %s on %s' % (suite, name, core)
        wrong = '' if word == 'ok' else part(printed, name)
        results += [(label, wrong)] * int(count)
    end = re.search(r'^\d+%: Checks: (\d+), Failures: (\d+), Errors: 0$', printed, re.MULTILINE)
    failed = sum(wrong != '' for _, wrong in results)
    if end is None or status != (failed > 0) or int(end.group(2)) != failed:
        results.append(('%s on %s' % (suite, core),
                        'it ended with %d, and printed last:\n%s' % (status, printed[-1000:])))
    return results


def part(printed, name):
    """What a test printed."""
    return printed.split('run %s\n' % name)[1].split('\nFAILED ')[0]


def check_failing(target, directory):
    """What fails is told, with file and line. Returns what is wrong."""
    program = directory / ('failing.%s.elf' % target.name)
    wrong, _ = build(target, 'failing', program)
    if wrong:
        return wrong
    status, printed = target.execute(program, exact=False)
    told = [line.split(': stopped')[0] + ': stopped' * (': stopped' in line)
            for line in printed.splitlines()]
    if status == 1 and told == prints.promised((HERE / 'failing.c').read_text()):
        return ''
    return 'it ended with %d and printed:\n%s' % (status, printed)


def is_hopeless(family, suite, directory):
    """True if a suite, as built for the largest core of a family, is far too large for the least: what
    is linked for that one then is not looked at, which would take as long again."""
    least, largest = family[0], family[-1]
    program = directory / ('%s.%s.elf' % (suite, largest.name))
    if build(largest, suite, program)[0]:
        return False
    text, data, bss = map(int, run([largest.prefix + 'size', program])[1].split('\n')[1].split()[:3])
    ram, _ = ROOM[least.name]
    return data + bss > ram or text + data > 1.1 * FLASH[least.name]


def check_one(family, suite, directory):
    """Builds and runs a suite on the least core of a family that has room. Returns
    (results, what was printed, the core or None, why it is left out)."""
    said = TOO_LARGE_FOR.get((suite, family[0].core), '')
    for target in [] if said else family:
        program = directory / ('%s.%s.elf' % (suite, target.name))
        if program.exists():
            said, is_too_large = '', False
        elif target is family[0] and len(family) > 1 and is_hopeless(family, suite, directory):
            continue
        else:
            said, is_too_large = build(target, suite, program)
        if said and is_too_large:
            continue
        if said:
            return [('%s on %s' % (suite, target.name), said)], said, target.name, ''
        status, printed = target.execute(program, exact=False, timeout=60)
        if 'no room for ' in printed and target is not family[-1]:
            continue # its heap is too small
        return tell(suite, target.name, status, printed), printed, target.name, ''
    return [], said, None, '; '.join(sorted(set(re.findall('.*(?:%s).*' % TOO_LARGE.pattern,
                                                            said))))[-300:]


def jobs(targets, avr_runner, directory, wanted=''):
    """([jobs: each builds and runs one of them, and returns [(label, what is wrong)]],
    a function that tells of all of them when they are done)."""
    found, left_out = suites()
    groups, done = families(targets, avr_runner), {}

    def job_of(family, suite):
        def job():
            done[suite, family[0].core] = check_one(family, suite, directory)
            return done[suite, family[0].core][0]
        return job

    def failing_of(target):
        return lambda: [('what fails in a suite is told, on ' + target.name,
                         check_failing(target, directory))]

    pairs = [(family, suite) for suite in found for family in groups
             if wanted in '%s on %s' % (suite, family[0].core) or wanted in 'suites']
    return ([failing_of(target) for family in groups for target in family if wanted in 'suites'] +
            [job_of(*pair) for pair in pairs],
            lambda: tell_all(done, left_out if wanted in 'suites' else {}))


def tell_all(done, left_out):
    """Prints what ran, and what was left out and why; writes the log."""
    lines, counts = [], {}
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open('w') as log:
        for (suite, family), (told, printed, core, reason) in sorted(done.items()):
            counts.setdefault(core or 'no ' + family, []).append((suite, len(told)))
            log.write('%s on %s\n%s\n\n' % (suite, core or family, printed))
            if reason:
                lines.append('left out: %s on %s: %s' % (suite, family, reason))
            lines += ['left out: %s on %s: %s' % (suite, core, name_and_why)
                      for name_and_why in re.findall(r'^left out (.*)$', printed, re.MULTILINE)]
    lines += ['left out: %s: %s' % row for row in sorted(left_out.items())]
    for core, ran in sorted(counts.items()):
        print('%s: %d suites, %d checks: %s' % (core, len(ran), sum(count for _, count in ran),
                                               ' '.join(suite[5:] for suite, _ in ran)))
    print('\n'.join(lines))
