# SPDX-License-Identifier: MIT
"""What the test scripts share: run commands side by side, tell what failed, count.

A script ends with the line `N passed, N failed`, which tests/run adds up.
"""
import concurrent.futures
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WARNINGS = ['-Wall', '-Wextra', '-Wpedantic'] + (ROOT / 'tests/warnings.txt').read_text().split()

FREESTANDING = ['-std=c11', '-xc', '-Os', '-ffreestanding', '-nostdlib']
SMALL_CORES = [
    ('arm-none-eabi-gcc', ['-mcpu=cortex-m0', '-mthumb']),
    ('avr-gcc', ['-mmcu=atmega328p']),
    ('riscv64-unknown-elf-gcc', ['-march=rv32imac', '-mabi=ilp32']),
]

os.environ['LC_ALL'] = 'C'  # the compilers' messages in plain ASCII
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what must abort leaves no core file


def run(command, text='', timeout=60):
    """Runs a command; `text` is its standard input. Returns (exit status, what it said)."""
    try:
        done = subprocess.run([str(word) for word in command], input=text, text=True,
                              timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              errors='replace')
    except subprocess.TimeoutExpired:
        return 1, 'it did not end within %d seconds' % timeout
    return done.returncode, done.stdout


def side_by_side(function, items):
    """[function(item) for each item], as many at once as there are cores."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))


class Once:
    """A function that is called once for each of its arguments, from whichever thread; the others
    that ask wait for what it returns."""

    def __init__(self, function):
        self.function, self.lock, self.locks, self.found = function, threading.Lock(), {}, {}

    def __call__(self, *key):
        with self.lock:
            lock = self.locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self.found:
                self.found[key] = self.function(*key)
            return self.found[key]


def known(compiler, flags):
    """Those of `flags` that a compiler command has."""
    def is_known(flag):
        return run(compiler + ['-Werror', flag, '-E', '-'])[0] == 0
    return [flag for flag, ok in zip(flags, side_by_side(is_known, flags)) if ok]


def is_there(program):
    """True if a program is installed; says so plainly if it is not."""
    if shutil.which(program):
        return True
    print('skipped: no ' + program)
    return False


def finish(results):
    """Tells the failures among [(label, what is wrong or '')], counts, and exits."""
    failures = [(label, wrong) for label, wrong in results if wrong]
    for label, wrong in failures:
        print('FAILED %s\n%s\n' % (label, wrong.rstrip()))
    print('%d passed, %d failed' % (len(results) - len(failures), len(failures)))
    sys.exit(1 if failures else 0)


def scratch():
    """A directory of its own that vanishes after a `with`."""
    return tempfile.TemporaryDirectory(prefix='weft-')
