# SPDX-License-Identifier: MIT
"""What stands in an object file: the sizes of its symbols, and what of its code is Weft's."""
import re

from harness import ROOT, run
from targets import here

MEASURED = ROOT / 'tests/firmware/measured'
SMALLEST = ['-DWEFT_LINES=0', '-DWEFT_NAMES=0', '-DWEFT_REPORTS=0', '-DWEFT_ASSERTS=0']


def symbols(target, source, flags, directory):
    """(bytes of code and constants, {symbol: its size}) of an object file."""
    output = directory / ('%s.%s.o' % (source, target.name))
    tools = target.prefix
    status, said = run(target.flags() + list(flags) + ['-c', here(MEASURED / source),
                                                       '-o', output])
    if status:
        raise RuntimeError('%s on %s\n%s' % (source, target.core, said))
    listed = run([tools + 'nm', '-S', output])[1]
    # A name may be followed by what the compiler made of the function: .constprop.0, .part.1
    found = {}
    for size, name in re.findall(r'^\w+ (\w+) \w (\w+)', listed, re.MULTILINE):
        found[name] = found.get(name, 0) + int(size, 16)
    return int(run([tools + 'size', output])[1].split('\n')[1].split()[0]), found


def flash_of_weft(target, source, flags, directory):
    total, found = symbols(target, source, flags, directory)
    return total - sum(size for name, size in found.items() if name.startswith('program_'))
