# SPDX-License-Identifier: MIT
"""Interrupts a program at each instruction of a port's way from its check to sleep.

On AVR avr_steps.c does that, from the wait on. In QEMU it is done as a debugger does it, by gdb's
protocol: at each instruction the core is sent to interrupts() of steps.c, which has the chip raise
an interrupt, and then goes on as if nothing had been: registers put back. So the interrupt comes in
there if interrupts are on, and is pending from there if they are held off.
"""
import re
import socket
import subprocess
from functools import partial

from harness import Once, run

SLEEPS = {'Cortex-M0': '30bf', 'Cortex-M3': '30bf', 'RV32': '73005010'} # wfi, as it lies in memory
PC = {'Cortex-M0': 0xf, 'Cortex-M3': 0xf, 'RV32': 0x20}
# Time passes by instructions; it does not jump, as it would each time that the debugger stops.
STEADY = ['-icount', 'shift=0']
MOST = 500


class Debugger:
    """A core under gdb's protocol; numbers are little-endian in it."""

    def __init__(self, target, program, directory):
        self.core, self.stops = target.core, set()
        path = directory / ('%s.socket' % program.stem)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(1)
            self.emulator = subprocess.Popen(
                ['timeout', '60'] + target.command(program, exact=False) + STEADY +
                ['-S', '-chardev', 'socket,id=gdb,path=%s' % path, '-gdb', 'chardev:gdb'],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            listener.settimeout(20)
            self.socket = listener.accept()[0]
        self.socket.settimeout(20)
        self.read = self.socket.makefile('rb')
        self.ask('qSupported')
        self.ask('QStartNoAckMode')
        self.ask('qXfer:features:read:target.xml:0,ff0') # or it would not read single registers

    def ask(self, request):
        data = request.encode()
        self.socket.sendall(b'$' + data + b'#%02x' % (sum(data) & 0xff))
        while self.read.read(1) != b'$':
            pass
        answer = b''
        while not answer.endswith(b'#'):
            answer += self.read.read(1)
        self.read.read(2)
        return answer[:-1].decode()

    def pc(self):
        return int.from_bytes(bytes.fromhex(self.ask('p%x' % PC[self.core])), 'little')

    def set(self, register, value):
        self.ask('P%x=%s' % (register, value.to_bytes(4, 'little').hex()))

    def stop_at(self, place):
        self.ask('Z1,%x,2' % place)
        self.stops.add(place)

    def go_on(self):
        """To the next place to stop at, not the one that it stands at."""
        self.ask('s')
        if self.pc() not in self.stops:
            self.ask('c')
        return self.pc()

    def end(self):
        self.socket.sendall(b'$k#6b')
        self.emulator.wait(20)
        self.socket.close()


def build(target, program, flags):
    return target.build(program, ['../../tests/firmware/steps.c'],
                        ['-I', '../../tests/firmware'] + flags)


def places(target, program):
    """{name: address} of the functions of a program."""
    listed = run([target.prefix + 'nm', program])[1]
    return {name: int(at, 16) for at, name in re.findall(r'^(\w+) [tT] (\w+)', listed, re.MULTILINE)}


def interrupt_begins(core, at):
    """Sends the core to where an interrupt is raised. Returns the registers, to be put back."""
    registers = core.ask('g')
    if core.core != 'RV32':
        core.set(0x19, 0x01000000) # not in the middle of an IT block
    core.set(PC[core.core], at['interrupts'])
    return registers


def interrupt(core, at):
    """The chip raises an interrupt between two instructions."""
    registers = interrupt_begins(core, at)
    if core.go_on() != at['gave_up']:
        raise RuntimeError('the interrupt was not raised')
    core.ask('G' + registers)


def round_of(core, at, asleep, steps):
    """One round, with the interrupt after some instructions. Returns (slept, lost)."""
    for place in 'begins', asleep:
        while core.go_on() != at[place]:
            pass
    for _ in range(steps):
        core.ask('s')
    sleeps = SLEEPS[core.core]
    is_asleep = core.ask('m%x,%x' % (core.pc(), len(sleeps) // 2)) == sleeps
    interrupt(core, at)
    while True:
        stopped = core.go_on()
        if stopped in (at['woken'], at['gave_up']):
            return is_asleep, stopped == at['gave_up']


def in_qemu(target, program, directory, is_broken):
    """Returns (how many instructions, how many interrupts were lost)."""
    at = places(target, program)
    asleep = 'broken_sleep_until' if is_broken else 'weft__port_sleep_until'
    core, steps, lost, is_asleep = Debugger(target, program, directory), 0, 0, False
    try:
        for place in 'begins', 'woken', 'gave_up', asleep:
            core.stop_at(at[place])
        while not is_asleep and steps < MOST:
            is_asleep, is_lost = round_of(core, at, asleep, steps)
            lost += is_lost
            steps += 1
            if is_lost and is_broken: # found: each takes as long as its deadline
                break
    finally:
        core.end()
    return steps if is_asleep or is_broken else 0, lost


@Once
def stepper(directory):
    """The program of avr_steps.c."""
    program = directory / 'avr_steps'
    subprocess.run(['gcc', '-O2', '-Wall', '-Wextra', '../../tests/firmware/avr_steps.c', '-o',
                    program, '-lsimavr', '-lelf'], check=True)
    return program


def on_avr(target, program, directory, what):
    """Runs avr_steps on a program: (exit status, what it said). A place that the program has not,
    since it has no deadline, or no other task, is nowhere."""
    at = places(target, program)
    return run([stepper(directory), what, program] + [
        '%x' % at.get(name, 0x7ffffffe) for name in ('begins', 'woken', 'gave_up', 'gives_way')])


def check_avr(target, directory, is_broken, is_forever):
    """Returns what is wrong."""
    program = directory / ('steps%d%d.%s.elf' % (is_broken, is_forever, target.name))
    wrong = build(target, program, ['-DBROKEN'] * is_broken + ['-DFOREVER'] * is_forever)
    if wrong:
        return wrong
    status, said = on_avr(target, program, directory, 'lost')
    print(said.strip())
    return '' if status == (2 if is_broken else 0) else said


def check_qemu(target, directory, is_broken):
    """Returns what is wrong."""
    program = directory / ('steps%d.%s.elf' % (is_broken, target.name))
    wrong = build(target, program, ['-DBROKEN'] * is_broken)
    if wrong:
        return wrong
    steps, lost = in_qemu(target, program, directory, is_broken)
    print('%s: an interrupt at each of %d instructions on the way to sleep, %d lost' % (target.core,
                                                                                    steps, lost))
    if steps == 0:
        return 'it never slept'
    return '' if (lost > 0) == is_broken else '%d of %d lost' % (lost, steps)


def jobs(targets, directory, wanted=''):
    """[a function that returns [(label, what is wrong)]]"""
    found = []
    for target in targets:
        for is_broken in False, True:
            label = 'an interrupt at each instruction: ' + (
                'a port that checks and sleeps in two steps loses some, on ' if is_broken else
                'none is lost, on ') + target.core
            if wanted not in label:
                continue
            if target.core != 'AVR':
                found.append(partial(labelled, label, check_qemu, target, directory, is_broken))
                continue
            for is_forever in False, True:
                found.append(partial(labelled, label + (', without a deadline' if is_forever else ''),
                                     check_avr, target, directory, is_broken, is_forever))
    return found


def labelled(label, check, *arguments):
    return [(label, check(*arguments))]
