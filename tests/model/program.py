# SPDX-License-Identifier: MIT
"""Random programs of blocks, calls, waits and ways out; and the C text of one.

A program is made of statements:

    ('say', n)                          prints n
    ('sleep', how, us)                  awaits a sleep by WEFT_TRY, _AWAIT or _CATCH
    ('call', how, n, body, cleanup)     awaits a coroutine of its own; cleanup: None, or a FINALLY
    ('block', kind, n, value, body)     see KINDS
    ('leave', how)                      'break', 'continue', 'return', 'fail'
    ('cancel',) ('uncancel',)           asks its own task to stop, takes a request back

No two times are alike, so that nothing hangs on what comes first in a pass.
"""
import random

KINDS = ['timeout', 'move_on', 'shield', 'group', 'for_each', 'for', 'while']
DEEPEST = 5


class Program:
    """`body` and `cleanup` of the first coroutine, and `cancels_us`: when it is cancelled."""

    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.number = 0
        self.times = 0
        self.blocks = 0  # around this place, in this coroutine
        self.left = self.random.randint(6, 18)
        self.body = self.statements(0)
        self.left = self.random.randint(0, 6)
        self.cleanup = self.statements(0) if self.chance(0.6) else None
        self.cancels_us = sorted(self.time_us() for _ in range(self.random.choice([0, 0, 1, 1, 3])))

    def chance(self, part):
        return self.random.random() < part

    def new(self):
        self.number += 1
        return self.number

    def time_us(self):
        self.times += 1
        return self.random.choice([7, 31, 131, 517, 2053]) * 1000 + self.times

    def statements(self, depth):
        chosen = []
        for _ in range(self.random.randint(1, 4)):
            if self.left > 0:
                self.left -= 1
                chosen.append(self.statement(depth))
        return chosen or [('say', self.new())]

    def statement(self, depth):
        if depth < DEEPEST and self.chance(0.55):
            return self.block(depth)
        if depth < DEEPEST - 1 and self.chance(0.2):
            return self.call(depth)
        kind = self.random.choices(['say', 'sleep', 'leave', 'cancel', 'uncancel'],
                                   [10, 50, 22, 8, 5])[0]
        if kind == 'say':
            return 'say', self.new()
        if kind == 'sleep':
            return 'sleep', self.how(), self.time_us()
        if kind == 'leave':
            inside = ['break', 'break', 'continue'] if self.blocks > 0 else []
            return 'leave', self.random.choice(inside + ['fail', 'fail', 'return'])
        return (kind,)

    def how(self):
        return self.random.choice(['TRY', 'TRY', 'AWAIT', 'CATCH'])

    def block(self, depth):
        kind, number = self.random.choice(KINDS), self.new()
        if kind in ('timeout', 'move_on'):
            value = 0 if self.chance(0.1) else self.time_us()
        elif kind == 'shield':
            value = self.random.choice([0, self.time_us()])
        elif kind == 'group':  # (keeps going, [(a child's time, it fails)])
            value = self.chance(0.3), [(self.time_us(), self.chance(0.2))
                                       for _ in range(self.random.randint(0, 3))]
        elif kind == 'for_each':  # (how many values, a wait before each, a wait of its cleanup)
            value = (self.random.randint(0, 3), self.random.choice([0, self.time_us()]),
                     self.random.choice([0, 0, self.time_us()]))
        else:
            value = self.random.randint(1, 3)
        self.blocks += 1
        body = self.statements(depth + 1)
        self.blocks -= 1
        return 'block', kind, number, value, body

    def call(self, depth):
        number, blocks = self.new(), self.blocks
        self.blocks = 0
        body = self.statements(depth + 1)
        cleanup = self.statements(depth + 1) if self.chance(0.6) else None
        self.blocks = blocks
        return 'call', self.how(), number, body, cleanup


class Writer:
    """The C text of a program: its coroutines, those that are called first."""

    def __init__(self, program):
        self.prefix = 'p%d_' % program.seed
        self.done = []
        self.coroutine(self.prefix + 'first', program.body, program.cleanup)
        self.text = '\n'.join(self.done)

    def coroutine(self, name, body, cleanup):
        members, lines = ['WEFT_FRAME;', 'struct weft_sleep nap;'], []
        self.statements(body, members, lines)
        lines.append('say("end");')
        if cleanup is not None:
            lines += ['WEFT_FINALLY:', 'say("finally"); told(WEFT_OUTCOME());']
            self.statements(cleanup, members, lines)
            lines.append('say("cleaned");')
        self.done.append('struct %s { %s };\nstatic WEFT_ASYNC(%s, self)\n{\n%s\n}\nWEFT_END\n'
                         % (name, ' '.join(members), name, '\n'.join(lines)))

    def statements(self, statements, members, lines):
        for kind, *values in statements:
            getattr(self, kind)(members, lines, *values)

    def say(self, members, lines, number):
        lines.append('say("%d");' % number)

    def sleep(self, members, lines, how, us):
        lines.append('WEFT_%s(self->nap, weft_sleep, WEFT_US(%d)); told(WEFT_STATUS());' % (how, us))

    def leave(self, members, lines, how):
        ways = {'fail': 'WEFT_RETURN(FAILED);', 'return': 'WEFT_RETURN(0);'}
        lines.append('if (always) { %s }' % ways.get(how, how + ';'))

    def cancel(self, members, lines):
        lines.append('weft_task_cancel(WEFT_SELF());')

    def uncancel(self, members, lines):
        lines.append('weft_uncancel(WEFT_SELF());')

    def call(self, members, lines, how, number, body, cleanup):
        name = '%s%d' % (self.prefix, number)
        self.coroutine(name, body, cleanup)
        members.append('struct %s call_%d;' % (name, number))
        lines.append('say("(%d"); WEFT_%s(self->call_%d, %s); say("%d)"); told(WEFT_STATUS());'
                     % (number, how, number, name, number))

    def block(self, members, lines, kind, number, value, body):
        lines.append(getattr(self, 'begin_' + kind, self.begin_scope)(members, kind, number, value))
        lines.append('say("+%d");' % number)
        self.statements(body, members, lines)
        lines.append('say("-%d");\n}\nsay("=%d");' % (number, number))

    def begin_scope(self, members, kind, number, us):
        members.append('weft_scope scope_%d;' % number)
        return 'WEFT_%s(self->scope_%d, WEFT_US(%d)) {' % (kind.upper(), number, us)

    def begin_group(self, members, kind, number, value):
        keeps_going, children = value
        members.append('weft_group group_%d;' % number)
        text = 'WEFT_GROUP(self->group_%d, .keep_going = %s) {' % (number, str(keeps_going).lower())
        for i, (us, fails) in enumerate(children):
            members.append('WEFT_TASK(child) child_%d_%d;' % (number, i))
            text += ('\n(void)weft_spawn(&self->group_%d, &self->child_%d_%d, child, WEFT_US(%d),'
                     ' "%d.%d", %d);' % (number, number, i, us, number, i, fails))
        return text

    def begin_for_each(self, members, kind, number, value):
        members.append('struct values values_%d;' % number)
        return ('WEFT_FOR_EACH(self->values_%d, values, "%d", %d, WEFT_US(%d), WEFT_US(%d)) {'
                % ((number, number) + value))

    def begin_for(self, members, kind, number, count):
        members.append('int i_%d;' % number)
        return ('for (self->i_%d = 0; self->i_%d < %d; self->i_%d++) {'
                % (number, number, count, number))

    def begin_while(self, members, kind, number, count):
        members.append('int i_%d;' % number)
        return 'self->i_%d = 0;\nwhile (self->i_%d++ < %d) {' % (number, number, count)
