# SPDX-License-Identifier: MIT
"""Names and lines of coroutines, and what a dump says, take no RAM: on an AVR, too."""
import re

from harness import run

CHOICES = ['-DWEFT_LINES=1', '-DWEFT_REPORTS=1']


def data(target, program):
    """{section: bytes} of a program."""
    listed = run([target.prefix + 'size', '-A', program])[1]
    return {name: int(size) for name, size in re.findall(r'^(\.\w+) +(\d+)', listed, re.MULTILINE)}


def check(target, directory):
    """[(label, what is wrong)] on the AVR."""
    sizes = {}
    for names in (0, 1):
        program = directory / ('names%d.elf' % names)
        wrong = target.build(program, ['watchdog.c'], CHOICES + ['-DWEFT_NAMES=%d' % names])
        if wrong:
            return [('names in flash', wrong)]
        sizes[names] = data(target, program)
    status, said = target.execute(directory / 'names1.elf')
    texts = [text for text in ('work', 'watchdog.c', 'waits in ', ' tasks')
             if text.encode() in ram(target, directory / 'names1.elf', directory)]
    return [
        ('a dump prints names on the AVR', '' if 'work at watchdog.c:' in said else
         'it ended with %d and printed:\n%s' % (status, said)),
        ('names take no RAM on the AVR', '' if sizes[0]['.data'] == sizes[1]['.data'] and
         sizes[0]['.bss'] == sizes[1]['.bss'] else 'without: %s, with: %s' % (sizes[0], sizes[1])),
        ('names take flash on the AVR', '' if sizes[0]['.text'] < sizes[1]['.text'] else
         'without: %s, with: %s' % (sizes[0], sizes[1])),
        ('texts of a dump take no RAM on the AVR', 'these do: %s' % texts if texts else ''),
    ]


def ram(target, program, directory):
    """What is copied to RAM at the start."""
    copied = directory / 'names.data'
    run([target.prefix + 'objcopy', '-O', 'binary', '-j', '.data', program, copied])
    return copied.read_bytes()
