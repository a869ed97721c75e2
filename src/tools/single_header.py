#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes weft_core.h, the freestanding part of Weft as one file.

usage: single_header.py FLOORS INCLUDE_DIR VERSION OUTPUT [DEPFILE [PORT...]]

Takes the freestanding headers in the order of FLOORS, each after those that it includes, each
once. Comments stay; the guards stay, too: a program may use weft_core.h and, somewhere else,
<weft/frame.h>. A PORT, such as port_cortex_m, comes behind the others. What goes is the #include of
what already stands above, and the licence lines.
"""
import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^#include <(weft/\w+\.h)>\n', re.MULTILINE)
LICENCE = re.compile(r'^/\* SPDX-License-Identifier: .* \*/\n', re.MULTILINE)

HEAD = """\
/* weft_core.h - Weft {version}: stackless coroutines for C11, the freestanding part in one file. */
/* SPDX-License-Identifier: MIT */
/*
 * Generated from the headers of include/weft, each of which begins with a comment that explains it.
 * Do not edit: change them, and generate it again.
 */
"""


def freestanding(floors):
    """The names of the headers, lowest first."""
    rows = (line.split() for line in floors.read_text().splitlines())
    return ['weft/%s.h' % row[0] for row in rows if row[1:2] == ['freestanding']]


def take(header, include_dir, taken):
    """Puts `header` behind all that it includes, unless it is there already."""
    if header not in taken:
        text = (include_dir / header).read_text()
        for inner in INCLUDE.findall(text):
            take(inner, include_dir, taken)
        taken[header] = LICENCE.sub('', INCLUDE.sub('', text))


def main(floors, include_dir, version, output, depfile=None, *ports):
    include_dir = Path(include_dir)
    taken = {}
    for header in freestanding(Path(floors)) + ['weft/%s.h' % port for port in ports]:
        if (include_dir / header).exists():
            take(header, include_dir, taken)
    parts = [HEAD.format(version=version)] + list(taken.values())
    # An #include that is gone leaves its empty lines behind.
    Path(output).write_text(re.sub(r'\n{3,}', '\n\n', '\n'.join(parts)))
    if depfile:
        sources = ' '.join(str(include_dir / header) for header in taken)
        Path(depfile).write_text('%s: %s\n' % (output, sources))


if __name__ == '__main__':
    main(*sys.argv[1:])
