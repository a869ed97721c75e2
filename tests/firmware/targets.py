# SPDX-License-Identifier: MIT
"""The targets: how a program is built for each, and how it runs in its emulator.

A program is some sources and a board; it prints by its serial line, and ends with an exit status.
"""
import itertools
import os
import subprocess
import sys
from pathlib import Path

from harness import ROOT, Once, run

SAMPLES = ROOT / 'samples/firmware'


def here(path):
    """A path from SAMPLES, where all is compiled: __FILE__ is part of what is measured."""
    return os.path.relpath(path, SAMPLES)


STRICT = ['-std=c11', '-Os', '-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion',
          '-Werror', '-ffreestanding', '-ffunction-sections', '-fdata-sections']
INCLUDES = ['-I', here(ROOT / 'include'), '-I', '.']
LINK = ['-nostartfiles', '-nostdlib', '-Wl,--gc-sections']
QEMU = ['-nographic', '-monitor', 'none', '-serial', 'stdio']
# Time that passes by instructions, and jumps where the core sleeps: so a run is exact, and short.
EXACT = ['-icount', 'shift=0,sleep=off']

numbers = itertools.count()


@Once
def compiled(command, source, directory):
    """What many programs have in common, compiled once: (object file, what the compiler said, or '')."""
    output = directory / ('%s.%d.o' % (os.path.basename(source), next(numbers)))
    status, said = run(command + ('-c', source, '-o', output))
    return output, (said or 'it failed') if status else ''


def all_compiled(command, sources, directory):
    """([object files], what the compiler said, or '')"""
    pairs = [compiled(tuple(map(str, command)), str(source), directory) for source in sources]
    return [output for output, _ in pairs], '\n'.join(said for _, said in pairs if said)


class Target:
    """A core, a board, an emulator."""

    def __init__(self, name, core, compiler, machine, choices, script, start, emulator, link=()):
        self.name, self.core, self.prefix = name, core, compiler
        self.compiler = [compiler + 'gcc'] + machine
        self.choices = choices
        self.link = ['-T', script] + list(link)
        self.start = start
        self.emulator = emulator

    def flags(self, includes=INCLUDES):
        return self.compiler + STRICT + self.choices + includes

    def build(self, output, sources, extra=()):
        """Builds a program. Returns what the compiler said, or ''."""
        boards = [self.start, 'board.c', 'memory.c', 'board_%s.c' % self.name]
        flags = self.flags() + list(extra) # all of them are in SAMPLES, the current directory
        objects, wrong = all_compiled(flags, boards, output.parent)
        if wrong:
            return wrong
        status, said = run(flags + LINK + self.link + objects + list(sources) + ['-lgcc', '-o', output])
        return said or 'it failed' if status else ''

    def command(self, program, exact=True):
        if self.emulator[0].startswith('qemu'):
            return self.emulator + QEMU + (EXACT if exact else []) + ['-kernel', str(program)]
        return self.emulator + [str(program)]

    def execute(self, program, text='', timeout=20, exact=True):
        """Runs a program, with a text that waits at its serial line from the beginning: the line
        holds it back until the program listens. Returns (exit status, what it printed).

        simavr sends the text by cycles, so that is exact, too. QEMU does not: time that jumps where
        a core sleeps is at the next deadline before QEMU has looked at its input, and a program
        that waits for either sees its timeout. So there a text comes in real time, and a pause of
        the program must be long enough for QEMU to read a pipe on a machine that is busy."""
        is_qemu = self.emulator[0].startswith('qemu')
        command = ['timeout', str(timeout)] + self.command(program, exact=exact and not text)
        if text and not is_qemu:
            command[-1:-1] = ['-i', text]
        done = subprocess.run(command, input=text.encode() if is_qemu else b'',
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode('ascii', 'replace').replace('\r', '')


ARM = ['-semihosting-config', 'enable=on,target=native']


def targets(avr_runner):
    """All of them; `avr_runner` is the program of avr_runner.c."""
    return [
        Target('microbit', 'Cortex-M0', 'arm-none-eabi-', ['-mcpu=cortex-m0', '-mthumb'],
               ['-DWEFT_CLOCK_HZ=16000000', '-DWEFT_TICK_HZ=1000000'],
               'cortex_m.ld', 'start_cortex_m.c', ['qemu-system-arm', '-M', 'microbit'] + ARM,
               ['-Wl,--defsym=RAM_LEN=0x4000']),
        Target('mps2', 'Cortex-M3', 'arm-none-eabi-', ['-mcpu=cortex-m3', '-mthumb'],
               ['-DWEFT_CLOCK_HZ=25000000', '-DWEFT_TICK_HZ=1000000'],
               'cortex_m.ld', 'start_cortex_m.c', ['qemu-system-arm', '-M', 'mps2-an385'] + ARM,
               ['-Wl,--defsym=RAM_LEN=0x400000']),
        Target('atmega328p', 'AVR', 'avr-', ['-mmcu=atmega328p'],
               ['-DF_CPU=16000000UL', '-DWEFT_TICK_HZ=250000'],
               'atmega328p.ld', 'start_avr.S', [str(avr_runner)]),
        riscv('RV32', 'rv32imac', []),
    ]


def riscv(core, march, cpu):
    return Target('virt', core, 'riscv64-unknown-elf-',
                  ['-march=' + march, '-misa-spec=2.2', '-mabi=ilp32', '-mcmodel=medany',
                   '-msmall-data-limit=0'],
                  ['-DWEFT_CLOCK_HZ=10000000', '-DWEFT_TICK_HZ=10000000'],
                  'virt.ld', 'start_riscv.S',
                  ['qemu-system-riscv32', '-M', 'virt', '-bios', 'none', '-rtc', 'clock=vm'] + cpu,
                  ['-Wl,--no-warn-rwx-segments'])


def without_atomics():
    """A RISC-V core on which an atomic instruction is a fault."""
    return riscv('RV32 without atomics', 'rv32imc', ['-cpu', 'rv32,a=false'])
