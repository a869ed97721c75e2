# SPDX-License-Identifier: MIT
"""The workloads that compute."""
from rounds import BYTES, CPU, WALL, Figure, Workload

# Of what more than one thread does, the time on the wall counts.
ON_THE_WALL = [Figure('wall', 'ns', ratio=True), Figure('cpu', 'ns of CPU')]

DECADES = [10 ** power for power in range(7)]

WORKLOADS = [
    Workload('1', 'yield', 'Resume through the ready queue, {size} task(s)', 'tasks', 'yield',
             [1, 1000, 1000000], growth=DECADES, sized='tasks',
             text='Each task lets the others run, over and over.'),
    Workload('2', 'nested', 'The same, {size} nested await(s) deep', 'tasks', 'nested', [1, 10, 100],
             growth=[1, 3, 10, 30, 100, 300, 1000], sized='nested awaits',
             text='A hundred tasks, so that the queue is the same for all depths.'),
    Workload('3', 'call', 'Call and return of a coroutine that does not suspend', 'tasks', 'call', [1]),
    Workload('4', 'spawn', 'Spawn and join, {size} tasks at once', 'tasks', 'spawn', [1000000],
             growth=DECADES[1:], sized='tasks'),
    Workload('4b', 'spawn_sequence', 'Spawn and join, one after the other', 'tasks', 'spawn_sequence',
             [1]),
    Workload('5', 'sleepers', 'Sleeping tasks, {size} at once', 'tasks', 'sleepers', [1000000],
             figures=[CPU, BYTES], growth=DECADES[1:], sized='sleepers', rounds=3),
    Workload('6', 'channel', 'Hand-off between two tasks by a channel, each message', 'tasks', 'channel',
             [1]),
    Workload('6b', 'queue', 'Hand-off between two tasks by a queue, each message', 'tasks', 'queue', [1]),
    Workload('7', 'arm_cancel', 'Timers: arm and cancel one, {size} pending', 'timers', 'arm_cancel',
             [100000]),
    Workload('7b', 'rearm', 'Timers: cancel and arm again at random, {size} pending', 'timers', 'rearm',
             [100000], growth=DECADES, sized='pending timers'),
    Workload('7c', 'arm', 'Timers: arm {size} at random', 'timers', 'arm', [1000000]),
    Workload('7d', 'fire', 'Timers: fire {size} that are due, in one call', 'timers', 'fire',
             [1000000], rounds=3, growth=DECADES[2:], sized='timers'),
    Workload('7e', 'timeout_ready', 'A timeout around a call that is ready', 'timers', 'timeout_ready',
             [1]),
    Workload('7f', 'timeout_suspends', 'A timeout around a call that suspends and then succeeds, '
             '{size} tasks', 'timers', 'timeout_suspends', [100]),
    Workload('7g', 'timeout_storm', '{size} tasks wait with a timeout each, and all are woken', 'timers',
             'timeout_storm', [1000000], rounds=3),
    Workload('11', 'loops', 'Loops on {size} core(s): resumes by all of them together', 'threads', 'loops',
             [1, 2], figures=ON_THE_WALL, pinned=False, smoke=2),
    Workload('11b', 'pool', 'A job for the thread pool, there and back', 'threads', 'pool', [1],
             figures=ON_THE_WALL, pinned=False, smoke=1),
    Workload('11c', 'post', 'Posts from another thread, as fast as it can', 'threads', 'post', [1],
             figures=ON_THE_WALL, pinned=False, smoke=1),
]
