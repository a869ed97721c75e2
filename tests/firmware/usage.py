# SPDX-License-Identifier: MIT
"""The three ways to drop Weft into a firmware project: one header, -Iinclude, a Meson cross file."""
import re
import shutil
import sys

from harness import ROOT, run

HERE = ROOT / 'tests/firmware/usage'
SAMPLES = ROOT / 'samples/firmware'
BLINK = ['blink.c', 'board.c', 'board_microbit.c', 'memory.c', 'start_cortex_m.c']


def single_header(target, scratch):
    """weft_core.h with a port in it, and nothing else of Weft."""
    status, said = run([sys.executable, ROOT / 'src/tools/single_header.py', ROOT /
                        'src/floors.txt', ROOT / 'include', '0', scratch / 'weft_core.h',
                        scratch / 'weft_core.d', 'port_cortex_m'])
    if status:
        return said
    for name in BLINK + ['board.h', 'semihosting.h']:
        text = re.sub(r'<weft/\w+\.h>', '"weft_core.h"', (SAMPLES / name).read_text())
        (scratch / name).write_text(text)
    return run(target.flags(includes=[]) +
               ['-nostdlib', '-Wl,--gc-sections', '-T', SAMPLES / 'cortex_m.ld',
                '-Wl,--defsym=RAM_LEN=0x4000'] + [scratch / name for name in BLINK] +
               ['-lgcc', '-o', scratch / 'blink.elf'])[1]


def has_table(said):
    return '' if re.search(r'^blink( +\d+){4}$', said, re.MULTILINE) else 'no table of RAM: ' + said


def makefile(_, scratch):
    shutil.copy(HERE / 'Makefile', scratch)
    status, said = run(['make', '-s', '-C', scratch, 'WEFT=%s' % ROOT])
    return said if status else has_table(said)


def meson_cross_file(_, scratch):
    (scratch / 'weft').symlink_to(ROOT)
    for name in ('meson.build', 'cortex_m0.ini'):
        shutil.copy(HERE / name, scratch)
    status, said = run(['meson', 'setup', '--cross-file', scratch / 'cortex_m0.ini',
                        scratch / 'build', scratch])
    if status == 0:
        status, said = run(['ninja', '-C', scratch / 'build'])
    if status:
        return said
    shutil.copy(scratch / 'build/blink.elf', scratch)
    return has_table((scratch / 'build/ram.txt').read_text())


def listing(target, directory):
    """The program that docs/porting.md begins with. Returns what is wrong."""
    text = (ROOT / 'docs/porting.md').read_text()
    source = directory / 'listing.c'
    source.write_text('void toggle_led(void);\n' +
                      re.search(r'```c\n(.*?)```', text, re.DOTALL).group(1))
    return run(target.flags() + ['-c', source, '-o', directory / 'listing.o'])[1]


def check(target, promised, directory):
    """[(label, what is wrong)] of the three: each is built, and blinks; and of the listing."""
    results = [('the listing of docs/porting.md', listing(target, directory))]
    for form in (single_header, makefile, meson_cross_file):
        scratch = directory / form.__name__
        scratch.mkdir()
        wrong = form(target, scratch)
        if not wrong:
            status, printed = target.execute(scratch / 'blink.elf')
            if status != 0 or [line.rstrip() for line in printed.splitlines()] != promised:
                wrong = 'it ended with %d and printed:\n%s' % (status, printed)
        results.append(('use by ' + form.__name__.replace('_', ' '), wrong))
    return results
