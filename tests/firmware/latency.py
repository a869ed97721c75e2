# SPDX-License-Identifier: MIT
"""From the first instruction of an interrupt to the first of what the task that awaited it does next.

Exactly: in QEMU by counting single steps (the interrupt itself, the executor, the resume), on AVR by
simavr's cycles. Asleep: the core slept. Behind: another task was running, and gave way at once.
"""
import steps
from steps import SLEEPS, Debugger, build, interrupt_begins, places

ENTRY = {'Cortex-M0': 'board_irq', 'Cortex-M3': 'board_irq', 'RV32': 'board_trap'}
MOST = 4000


def count(core, is_there):
    """How many instructions until a place."""
    for steps in range(MOST):
        if is_there(core.pc()):
            return steps
        core.ask('s')
    raise RuntimeError('it does not come there')


def go_to(core, place):
    while core.go_on() != place:
        pass


def sleep(core, at):
    """To the instruction that sleeps."""
    sleeps = SLEEPS[core.core]
    go_to(core, at['begins'])
    go_to(core, at['weft__port_sleep_until'])
    count(core, lambda pc: core.ask('m%x,%x' % (pc, len(sleeps) // 2)) == sleeps)


def asleep(core, at):
    """It is pending from where it sleeps; the port lets it in behind that."""
    sleep(core, at)
    registers = interrupt_begins(core, at)
    go_to(core, at['gave_up'])
    core.ask('G' + registers)
    go_to(core, at['entry'])
    return count(core, lambda pc: pc == at['woken'])


def behind(core, at):
    """It comes in at once, and goes back to the task that was running."""
    go_to(core, at['begins'])
    go_to(core, at['gives_way'])
    registers = interrupt_begins(core, at)
    go_to(core, at['entry'])
    inside = count(core, lambda pc: at['interrupts'] <= pc < at['interrupts'] + 32 or
                   pc == at['gave_up'] or at['board_interrupt'] <= pc < at['board_interrupt'] + 32)
    if core.pc() != at['gave_up']:
        go_to(core, at['gave_up'])
    core.ask('G' + registers)
    return inside + count(core, lambda pc: pc == at['woken'])


def in_qemu(target, program, directory, is_behind):
    at = places(target, program)
    at['entry'] = at[ENTRY[target.core]]
    core = Debugger(target, program, directory)
    try:
        for place in ['begins', 'woken', 'gave_up', 'entry', 'weft__port_sleep_until'] + (
                ['gives_way'] if is_behind else []):
            core.stop_at(at[place])
        # The second time: the first has what is done once only.
        rounds = [(behind if is_behind else asleep)(core, at) for _ in range(2)]
        return rounds[-1]
    finally:
        core.end()


def on_avr(target, program, directory, is_behind):
    status, said = steps.on_avr(target, program, directory, 'behind' if is_behind else 'asleep')
    if status:
        raise RuntimeError(said)
    return int(said)


def measure(target, directory):
    """{figure: number}"""
    figures = {}
    for name, flags in ('asleep', []), ('behind', ['-DBEHIND']):
        program = directory / ('latency_%s.%s.elf' % (name, target.name))
        wrong = build(target, program, ['-O2', '-DFOREVER'] + flags)
        if wrong:
            raise RuntimeError(wrong)
        measured = on_avr if target.core == 'AVR' else in_qemu
        figures['speed: interrupt_to_task_' + name] = measured(target, program, directory,
                                                               name == 'behind')
    return figures
