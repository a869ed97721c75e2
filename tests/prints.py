#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a sample, and compares what it prints with the comment at its end.

usage: prints.py PROGRAM SOURCE

    /* prints: Hello world! */

or, for more lines,

    /* prints:
     * Hello world!
     */

where the ` * ` may be missing. The program must end with 0, or with what `/* exits: N */` says.
"""
import difflib
import re
import subprocess
import sys
from pathlib import Path


def promised(source):
    """The lines that a sample says it prints."""
    found = re.findall(r'^/\* prints:(.*?)\*/', source, re.MULTILINE | re.DOTALL)
    if not found:
        sys.exit('it must end with a comment /* prints: … */')
    first, *others = found[-1].split('\n')
    lines = [re.sub(r'^ \* ?', '', line).rstrip() for line in others]
    # The line of the closing mark is empty, and so is the first where there are others.
    return lines[:-1] if others else [first.strip()]


def main(program, source):
    text = Path(source).read_text()
    exits = re.search(r'^/\* exits: (\d+) \*/$', text, re.MULTILINE)
    done = subprocess.run([program], text=True, timeout=60, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE)
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    for line in difflib.unified_diff(promised(text), printed, 'promised', 'printed', lineterm=''):
        print(line)
    if done.returncode != (int(exits.group(1)) if exits else 0):
        sys.exit('it ended with %d' % done.returncode)
    sys.exit(promised(text) != printed)


if __name__ == '__main__':
    main(*sys.argv[1:])
