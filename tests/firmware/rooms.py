# SPDX-License-Identifier: MIT
"""What src/tools/ram.py says of a program is what the program says of itself; and its errors."""
import re
import sys
from functools import partial

from harness import ROOT, run
from targets import here

TOOL = [sys.executable, ROOT / 'src/tools/ram.py']
ROOMS = here(ROOT / 'tests/firmware/rooms.c')


def rows(said):
    """{coroutine: what stands behind it} of a table."""
    return dict(re.findall(r'^(\w+) +(\d[\d ]*)$', re.sub(' +', ' ', said), re.MULTILINE))


def agrees(target, program):
    """What is wrong with the table of rooms.c, or ''."""
    status, printed = target.execute(program)
    said_status, said = run(TOOL + ['--stack', '100', '--of', '60000', program])
    if status or said_status:
        return printed + said
    itself, table = rows(printed), rows(said)
    for name, numbers in itself.items():
        if table.get(name) != numbers:
            return '%s: it has %s, and the table says %s\n%s' % (name, numbers, table.get(name), said)
    data, bss = run([target.prefix + 'size', program])[1].split('\n')[1].split()[1:3]
    total = int(data) + int(bss) + 100
    if 'RAM %d of 60000' % total not in re.sub(' +', ' ', said):
        return 'RAM is %d\n%s' % (total, said)
    return '' if len(itself) == 2 and 'tasks and frames' in said else printed


def fails(arguments, text):
    status, said = run(TOOL + arguments)
    return '' if status == 1 and text in said else 'it ended with %d and said:\n%s' % (status, said)


def check_table(target, flags, directory):
    """[(label, what is wrong)] for one core."""
    program = directory / ('rooms%s.%s.elf' % (''.join(flags), target.name))
    wrong = target.build(program, [ROOMS], ['-gdwarf-4'] + flags)
    return [(' '.join(['table of RAM on', target.core] + flags), wrong or agrees(target, program))]


def check_errors(target, directory):
    """[(label, what is wrong)] with what it says if it is used wrongly."""
    program = directory / 'debug.elf'
    wrong = (target.build(directory / 'bare.elf', [ROOMS], ['-g0']) +
             target.build(program, [ROOMS], ['-gdwarf-4']))
    return [
        ('table of RAM: too much', fails(['--of', '300', program], 'bytes too many')),
        ('table of RAM: no debug information', wrong or fails([directory / 'bare.elf'], '-g')),
        ('table of RAM: no ELF file', fails([ROOT / 'LICENSE'], 'Not an ELF file')),
        ('table of RAM: no file', fails([directory / 'nothing'], 'No such file')),
        ('table of RAM: no readelf', fails(['--readelf', directory / 'nothing', program],
                                           'install binutils')),
    ]


def jobs(targets, directory):
    """[a function that returns [(label, what is wrong)]]"""
    return [partial(check_table, target, flags, directory)
            for target in targets for flags in ([], ['-flto'], ['-DWEFT_BARE=1'])] + [
                partial(check_errors, targets[0], directory)]
