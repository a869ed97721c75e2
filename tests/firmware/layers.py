# SPDX-License-Identifier: MIT
"""Flash, layer by layer: what one more of them adds, and what a coroutine takes that uses it."""
from objects import SMALLEST, flash_of_weft, symbols

# In the order of measured/layers.c: (what it is, the coroutine there that uses it).
LAYERS = [
    ('frames, generators', 'frames'),
    ('tasks, executor', 'task'),
    ('timers', 'timer'),
    ('event', 'event'),
    ('signal from an interrupt', 'signal'),
    ('timeouts, cancellation', 'scope'),
    ('groups', 'group'),
    ('queue', 'queue'),
    ('semaphore, lock', 'locks'),
    ('ring, transfer', 'bytes'),
    ('channel, select', 'select'),
]

LAYER_TITLE = (
    '### Layer by layer', 'Bytes of Weft in a program that uses this layer and all above '
    '(`measured/layers.c`), in the smallest configuration at -Os, without the coroutines of the '
    'program itself. What one line adds is its price: a program that has no groups does not pay for '
    'them. The protothreads of resume.h stand beside all of this, and need none of it.')
USE_TITLE = (
    '### A coroutine that uses it', 'Bytes of the coroutine itself, in the same program: the '
    'awaits that its source shows, and the blocks, which are macros. One with a group of two tasks '
    'is the largest.')


def measure(target, directory):
    figures = {}
    for layer, (what, user) in enumerate(LAYERS, 1):
        flags = SMALLEST + ['-DLAYER=%d' % layer]
        figures['layer: ' + what] = flash_of_weft(target, 'layers.c', flags, directory)
    found = symbols(target, 'layers.c', flags, directory)[1]  # all of them
    for what, user in LAYERS:
        figures['use: ' + what] = found['program_' + user]
    return figures
