# SPDX-License-Identifier: MIT
"""The workloads that compute."""
import peers
from rounds import BYTES, CPU, WALL, Figure, Workload

# Of what more than one thread does, the time on the wall counts.
ON_THE_WALL = [Figure('wall', 'ns', ratio=True), Figure('cpu', 'ns of CPU')]

DECADES = [10 ** power for power in range(7)]


def all_but(*names):
    return [peer.name for peer in peers.PEERS if peer.name not in names]


WORKLOADS = [
    Workload('1', 'yield', 'Resume through the ready queue, {size} task(s)', 'tasks', 'yield',
             [1, 1000, 1000000], growth=DECADES, sized='tasks',
             text='Each task lets the others run, over and over. The bound is a circular list linked in '
                  'both directions; beside it a list with one link, and a ring of pointers.'),
    Workload('2', 'nested', 'Resume inside of nested awaits, {size} deep', 'tasks', 'nested',
             [1, 10, 100], growth=[1, 3, 10, 30, 100, 300, 1000], sized='nested awaits',
             text='A hundred tasks do what those above do, so many awaits deep.'),
    Workload('3', 'call', 'Call and return of a coroutine that does not suspend', 'tasks', 'call', [1],
             growth=[1, 3, 10, 16, 17, 30, 100, 300, 1000], sized='nested calls', smoke=20,
             text="What is called is kept from being inlined, but for tokio: Rust's compiler makes an async "
                  'function that it awaits a part of the caller. In Go it is a plain call. The plot has so '
                  'many calls inside of each other, and what each one costs. How deep, is told at run time: so '
                  'Rust must box each. Weft has sixteen on the C stack at most; what is deeper goes through a '
                  'trampoline.'),
    Workload('3b', 'call_large', 'The same, with a kilobyte in the frame that is hardly used', 'tasks',
             'call_large', [1], text='An await of Weft writes the whole frame of what it calls.'),
    Workload('4', 'spawn', 'Spawn and join, {size} tasks at once', 'tasks', 'spawn', [1000000],
             growth=DECADES[1:], sized='tasks',
             text="Frames in the caller's storage, memory that nobody has touched before; or each by malloc, "
                  'as the peers do it. The first touch of memory is a large part of it.'),
    Workload('4b', 'spawn_sequence', 'Spawn and join, one after the other', 'tasks', 'spawn_sequence',
             [1]),
    Workload('4c', 'spawn_eager', 'Spawn and join, one after the other, each begun at once', 'tasks',
             'spawn_eager', [1],
             text='The first step runs inside of the spawn, and here it is the last: the join finds a task '
             'that has ended. In Weft the group is `.eager`, in C++20 nothing suspends initially; the bound '
             'is a call through a pointer.'),
    Workload('5', 'sleepers', 'Sleeping tasks, {size} at once', 'tasks', 'sleepers', [1000000],
             figures=[CPU, BYTES], growth=DECADES[1:], sized='sleepers', rounds=3,
             text='All sleep equally long; CPU time to make, to arm, to wake and to end each; resident memory '
                  'of the process while all of them sleep. Those of libev, libevent and libuv are bare '
                  'timers, those of C++20 bare frames: no task, no join, no cancellation.'),
    Workload('5b', 'sleepers_many', 'Sleeping tasks, {size} at once', 'tasks', 'sleepers', [10000000],
             figures=[CPU, BYTES, WALL], rounds=1, smoke=4,
             without=all_but('bound', 'weft', 'cpp20'),
             text='They sleep 4.1 seconds, so that all of them are held at once.'),
    Workload('6', 'channel', 'Hand-off between two tasks by a channel, each message', 'tasks', 'channel',
             [1], growth=DECADES[:6], sized='pairs of tasks',
             text='A number goes to and fro through two channels with room for one; each message is a '
                  'change of task. Beside the one pair of the table, the plot has so many at once.'),
    Workload('6b', 'queue', 'Hand-off between two tasks by a queue, each message', 'tasks', 'queue', [1],
             text='The same; where a peer has only one of the two, that one stands in both tables.'),
    Workload('7', 'arm_cancel', 'Timers: arm and cancel one, {size} pending', 'timers', 'arm_cancel',
             [100000]),
    Workload('7b', 'rearm', 'Timers: cancel and arm again at random, {size} pending', 'timers', 'rearm',
             [100000], growth=DECADES, sized='pending timers'),
    Workload('7c', 'arm', 'Timers: arm {size} at random', 'timers', 'arm', [1000000],
             rounds=3),
    Workload('7d', 'fire', 'Timers: fire all that are due in one call, {size}', 'timers', 'fire',
             [1000000], rounds=3, growth=DECADES[2:], sized='timers'),
    Workload('7e', 'timeout_ready', 'A timeout around a call that is ready', 'timers', 'timeout_ready',
             [1], text='The bound is the call alone.'),
    Workload('7f', 'timeout_suspends', 'A timeout around a call that suspends and then succeeds, '
             '{size} tasks', 'timers', 'timeout_suspends', [100]),
    Workload('7g', 'timeout_storm', '{size} tasks wait with a timeout each, and all are woken', 'timers',
             'timeout_storm', [1000000], rounds=2),
    Workload('11', 'loops', 'Loops on {size} core(s): resumes by all of them together', 'threads', 'loops',
             [1, 2], figures=ON_THE_WALL, pinned=False, smoke=2),
    Workload('11b', 'pool', 'A job for the thread pool, there and back', 'threads', 'pool', [1],
             figures=ON_THE_WALL, pinned=False, smoke=1,
             text='One after the other. In Go any goroutine may block, so there it is one goroutine that asks '
                  'another: no change of threads. The bound is two threads and two eventfds. On two cores '
                  'both sleep in turn, and most of it is to wake a core: who lets them meet on one is ahead.'),
    Workload('11b', 'pool_on_one_core', 'The same, both threads on one core', 'threads', 'pool', [1],
             figures=ON_THE_WALL, smoke=1, text='No core is to be woken: what is left is the hand-over.'),
    Workload('11c', 'post', 'Posts from another thread, as fast as it can', 'threads', 'post', [1],
             figures=ON_THE_WALL, pinned=False, smoke=1),
]
