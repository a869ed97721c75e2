#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a program on a terminal of so many columns, and looks at what would stand there.

usage: terminal.py COLUMNS ROWS PROGRAM ARGUMENT...

Prints each bar that was drawn and each line about what is done, without colours. Ends as the
program does, or with 99 if one of them did not fit, or a drawing had more lines than the screen.
"""
import fcntl
import os
import pty
import re
import struct
import sys
import termios
import unicodedata

ESCAPE = re.compile(r'\x1b\[[?0-9;]*[A-Za-z]')


def width(text):
    return sum(2 if unicodedata.east_asian_width(letter) in 'WF' else 1 for letter in text)


def run(columns, rows, command):
    """(exit status, what it wrote)"""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        os.environ['TERM'] = 'xterm'
        os.execvp(command[0], command)
    said = b''
    while True:
        try:
            some = os.read(terminal, 1 << 16)
        except OSError:  # so a terminal tells that nobody is there any more
            some = b''
        if not some:
            break
        said += some
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode()


def main(columns, rows, *command):
    status, said = run(int(columns), int(rows), command)
    wrong = False
    for i, drawing in enumerate(said.split('\x1b[?7l')):
        bars, _, rest = drawing.rpartition('\x1b[?7h')
        wrong |= i > 0 and len(bars.split('\n')) > int(rows)
        print(bars.split('\n')[-1])  # for all of them: what is too long there is cut off
        ended = [line for line in rest.splitlines() if 'done    ' in line]
        for line in bars.splitlines()[:-1] + ended:
            text = ESCAPE.sub('', line).strip("\r")
            # An erase to the right in the last column takes what stands in it along.
            fits = width(text) < int(columns)
            wrong |= not fits
            print(text if fits else 'TOO WIDE: ' + text)
    sys.exit(99 if wrong else status)


main(*sys.argv[1:])
