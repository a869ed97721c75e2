# SPDX-License-Identifier: MIT
"""The programs that are tests themselves: each ends with 0, or with what it must end with."""

# Ticks that are slow enough for 16 bits.
SLOW = {
    'microbit': ['-UWEFT_TICK_HZ', '-DWEFT_TICK_HZ=1000'],
    'mps2': ['-UWEFT_TICK_HZ', '-DWEFT_TICK_HZ=1000'],
    'atmega328p': ['-UWEFT_TICK_HZ', '-DWEFT_TICK_HZ=15625'],
    'virt': ['-UWEFT_TICK_HZ', '-DWEFT_TICK_HZ=78125'],
}
# Just before it goes from the greatest number to the least, from -1 to 0, and into another half. The
# clock of 64 bits goes through all of them but its own end, which never comes.
WRAPS = {16: ['0x7ff0', '-16'], 32: ['0x7ffffff0', '-16', '0xfff0'],
         64: ['0x7ffffff0', '0xfffffff0', '-16', '0xfff0']}


def programs(target):
    """[(what it shows, source, flags, exit status)]"""
    found = [
        ('no interrupt is lost', 'wakes.c', [], 0),
        ('a port that checks and sleeps in two steps loses some', 'wakes.c', ['-DBROKEN'], 2),
        ('the stack does not grow with the depth of awaits', 'stack.c', [], 0),
        ('an executor in an interrupt preempts main() anywhere', 'preempt.c',
         ['-DWEFT_PRIORITIES=1'], 0),
        ('an executor in main() that checks and sleeps in two steps loses some', 'preempt.c',
         ['-DWEFT_PRIORITIES=1', '-DBROKEN'], 2),
        ('an event between executors stops', 'preempt.c', ['-DWEFT_PRIORITIES=1', '-DWRONG=1'], 3),
        ('a spawn between executors stops', 'preempt.c', ['-DWEFT_PRIORITIES=1', '-DWRONG=2'], 3),
    ]
    if target.core.startswith('Cortex'):
        found += [
            ('three priorities preempt each other', 'levels.c', ['-DWEFT_PRIORITIES=1'], 0),
            ('equal priorities do not preempt each other', 'levels.c',
             ['-DWEFT_PRIORITIES=1', '-DPRIORITY=255'], 2),
        ]
    if target.core != 'AVR':
        found.append(('no interrupt is lost with a critical section of one\'s own', 'wakes.c',
                      ['-include', '../../tests/firmware/critical.h'], 0))
    if target.name == 'microbit':
        found.append(('the template of a port', 'template.c', [], 0))
    for bits, epochs in WRAPS.items():
        for epoch in epochs:
            flags = ['-DWEFT_TIME_BITS=%d' % bits, '-DWEFT_PORT_EPOCH=' + epoch]
            flags += SLOW[target.name] if bits == 16 else []
            # The wheel takes more RAM than an ATmega328P has.
            flags += ['-DWEFT_TIMERS_LIST=1'] if target.core == 'AVR' else []
            found.append(('%d bits of time wrap from %s' % (bits, epoch), 'wrap.c', flags, 0))
            if epoch == epochs[0]:
                found.append(('%d bits of time wrap from %s, in an interrupt' % (bits, epoch),
                              'wrap.c', flags + ['-DWEFT_PRIORITIES=1'], 0))
    return found
