# SPDX-License-Identifier: MIT
"""What a program of program.py does, by the words of scope.h, timer.h, group.h and generator.h.

Written without a look at how the macros do it: a task is one thread of control here, what leaves is
an exception, and a wait is a search for what comes first.
"""

NOBODY = None


class Leave(Exception):
    """A status on its way out: 0, 'C' cancelled, 'T' timed out, 'F' failed, 'K' a child has."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Break(Exception):
    pass


class Continue(Exception):
    pass


class Endless(Exception):
    """The program does not end, or would wait for ever: take another."""


class Scope:
    def __init__(self, kind, entry):
        self.kind, self.entry = kind, entry
        self.serial = 0
        self.deadline = NOBODY
        self.expired = False
        self.shielded = kind == 'shield'


class Group(Scope):
    def __init__(self, entry, keeps_going):
        super().__init__('group', entry)
        self.keeps_going = keeps_going
        self.failed = self.cancelled = self.leaving = self.interrupted = False
        self.ending = []  # children that were cancelled and have not run since


class Child:
    def __init__(self, group, at, name, fails):
        self.group, self.at, self.name, self.fails = group, at, name, fails


class Model:
    def __init__(self, program):
        self.said = []
        self.now = 0
        self.asked = self.requests = self.note = 0  # of the task
        self.scopes, self.children = [], []
        self.cancels = list(program.cancels_us)
        self.status = 0
        self.cleaning, self.outcome = False, 0  # of the frame that runs
        self.say('s%s' % self.frame(program.body, program.cleanup))
        self.text = ' '.join(self.said)

    def say(self, text):
        self.said.append(str(text))
        if len(self.said) > 2000:
            raise Endless

    # --- requests -----------------------------------------------------------------------------

    def newest(self):
        newest = 0
        for scope in reversed(self.scopes):
            newest = max(newest, scope.serial)
            if scope.shielded:
                return newest
        return max(newest, self.asked)

    def is_pending(self):
        return self.newest() > self.note

    def next_serial(self):
        return 1 + max([self.note, self.asked] + [scope.serial for scope in self.scopes])

    def ask_task(self):
        self.requests += 1
        self.asked = self.next_serial()

    def acknowledge(self):
        """A wait was refused or undone: in a cleanup, what was asked from outside is one wait's."""
        note = self.note
        inner = any(scope.serial > note and scope.entry == note for scope in self.scopes)
        if note == 0 or inner:
            return
        self.note = self.newest()
        for scope in self.scopes:
            scope.entry = self.note if scope.entry == note else scope.entry

    def begin_cleanup(self):
        note = self.note
        self.note = self.newest() if self.newest() > note else note + 1
        return note

    def expire(self, scope):
        scope.expired = True
        if scope.shielded:
            scope.shielded = False
        else:
            scope.serial = self.next_serial()

    # --- waiting ------------------------------------------------------------------------------

    def next_event(self, at):
        events = [(at, lambda: None)] if at is not NOBODY else []
        events += [(scope.deadline, lambda scope=scope: self.expire(scope))
                   for scope in self.scopes if scope.deadline is not NOBODY and not scope.expired]
        events += [(child.at, lambda child=child: self.child_ends(child))
                   for child in self.children]
        events += [(self.cancels[0], self.cancel_comes)] if self.cancels else []
        if not events:
            raise Endless
        return min(events, key=lambda event: event[0])

    def cancel_comes(self):
        self.cancels.pop(0)
        self.ask_task()

    def wait(self, at, is_over=lambda: False):
        """Until a time, or until something is over: 0, or 'C'."""
        if self.is_pending():
            self.acknowledge()
            return 'C'
        while not is_over():
            when, happen = self.next_event(at)
            self.now = max(self.now, when)
            happen()
            if when == at:
                return 0
            if self.is_pending():
                self.acknowledge()
                return 'C'
        return 0

    def sleep(self, us):
        return self.wait(self.now + us)

    def awaited(self, how):
        failed, cancelled = self.status != 0, self.status == 'C' and self.is_pending()
        if how == 'TRY' and failed or how == 'AWAIT' and cancelled and not self.cleaning:
            raise Leave(self.status)

    # --- statements ---------------------------------------------------------------------------

    def frame(self, body, cleanup):
        outer = self.cleaning, self.outcome
        self.cleaning, self.outcome = False, 0
        try:
            self.run(body)
            self.say('end')
        except Leave as leave:
            self.outcome = self.status = leave.status
        if cleanup is not None:
            self.clean(cleanup)
        outcome = self.outcome
        self.cleaning, self.outcome = outer
        return outcome

    def clean(self, cleanup):
        note = self.begin_cleanup()
        self.cleaning = True
        self.say('finally')
        self.say('s%s' % self.outcome)
        try:
            self.run(cleanup)
            self.say('cleaned')
        except Leave as leave:
            self.outcome = self.outcome or leave.status
        self.note = note

    def run(self, statements):
        for kind, *values in statements:
            getattr(self, 'run_' + kind)(*values)

    def run_say(self, number):
        self.say(number)

    def run_sleep(self, how, us):
        self.status = self.sleep(us)
        self.awaited(how)
        self.say('s%s' % self.status)

    def run_call(self, how, number, body, cleanup):
        self.say('(%d' % number)
        self.status = self.frame(body, cleanup)
        self.awaited(how)
        self.say('%d)' % number)
        self.say('s%s' % self.status)

    def run_leave(self, how):
        raise {'fail': Leave('F'), 'return': Leave(0), 'break': Break(),
               'continue': Continue()}[how]

    def run_cancel(self):
        self.ask_task()

    def run_uncancel(self):
        if self.requests > 0:
            self.requests -= 1
            self.asked = self.asked if self.requests > 0 else 0

    def run_block(self, kind, number, value, body):
        if kind in ('for', 'while'):
            self.loop(number, value, body)
        elif kind == 'for_each':
            self.for_each(number, value, body)
        else:
            self.scope(kind, number, value, body)
        self.say('=%d' % number)

    def once(self, number, body):
        """The body of a block: what leaves it, or None."""
        self.say('+%d' % number)
        try:
            self.run(body)
            self.say('-%d' % number)
        except (Break, Continue, Leave) as leave:
            return leave
        return None

    def loop(self, number, count, body):
        for _ in range(count):
            leave = self.once(number, body)
            if isinstance(leave, Break):
                return
            if isinstance(leave, Leave):
                raise leave

    # --- scopes and groups --------------------------------------------------------------------

    def scope(self, kind, number, value, body):
        if kind == 'group':
            scope = Group(self.note, value[0])
            self.scopes.append(scope)
            self.children += [Child(scope, self.now + us, '%d.%d' % (number, i), fails)
                              for i, (us, fails) in enumerate(value[1])]
        else:
            scope = Scope(kind, self.note)
            self.scopes.append(scope)
            if value > 0:
                scope.deadline = self.now + value
            elif kind != 'shield':
                self.expire(scope)
        leave = self.once(number, body)
        leave = leave if isinstance(leave, Leave) else None
        leave = self.end_group(scope, leave) if kind == 'group' else self.end_scope(scope, leave)
        if leave:
            self.status = leave.status
            raise leave

    def end_scope(self, scope, leave):
        self.scopes.pop()
        is_ours = leave and leave.status == 'C' and scope.serial > 0 and not self.is_pending()
        if scope.kind == 'shield' or not is_ours:
            return leave
        status = 'T' if scope.expired else 'C'
        if scope.kind == 'move_on':
            self.status = status
            return None
        return Leave(status)

    def children_of(self, group):
        return [child for child in self.children if child.group is group]

    def child_ends(self, child):
        self.children.remove(child)
        self.say(child.name)
        if child.fails and not child.group.failed:
            child.group.failed = True
            if not child.group.keeps_going:
                self.cancel_group(child.group)
                self.let_end(child.group)

    def cancel_group(self, group):
        if not group.cancelled:
            group.cancelled = True
            group.ending = self.children_of(group)
            self.children = [child for child in self.children if child.group is not group]
            if not group.leaving:
                group.serial = self.next_serial()

    def let_end(self, group):
        """The cancelled children run before the task does, and before anything later."""
        for child in group.ending:
            self.say('x' + child.name)
        group.ending = []

    def end_group(self, group, leave):
        group.leaving = True
        status = leave.status if leave else 0
        if status != 0:
            self.cancel_group(group)
        if self.children_of(group) or group.ending:
            self.wait_for_children(group)
        self.scopes.pop()
        return self.left_group(group, leave, status)

    def wait_for_children(self, group):
        """The first wait can be cancelled, and hands that down; then nothing interrupts it."""
        def is_over():
            return group.cancelled or not self.children_of(group)
        if not group.cancelled and self.wait(NOBODY, is_over) == 'C':
            group.interrupted = True
            self.cancel_group(group)
        self.let_end(group)
        self.status = 0

    def left_group(self, group, leave, status):
        leaves_on = leave is not None
        if status == 0 and group.interrupted:
            status = 'C'
        elif status == 'C' and group.serial > 0 and not self.is_pending():
            status, leaves_on = 0, False
        if group.failed and not group.keeps_going and status in (0, 'C'):
            status = 'K'
        self.status = status
        return Leave(status) if leaves_on or status != 0 else None

    # --- generators ---------------------------------------------------------------------------

    def for_each(self, number, value, body):
        count, before_us, cleanup_us = value
        for _ in range(count):
            status = self.sleep(before_us) if before_us > 0 else 0
            if status != 0:
                self.close(number, cleanup_us)
                self.status = status
                raise Leave(status)
            self.status = 0
            leave = self.once(number, body)
            if isinstance(leave, Break):
                self.close(number, cleanup_us)
                self.left(0)
                return
            if isinstance(leave, Leave):
                self.close(number, cleanup_us)
                self.leave_loop(leave)
        self.close(number, cleanup_us)
        self.status = 0

    def left(self, status):
        """By `break` or a return of 0: a cancellation may have cut the cleanup short."""
        self.status = 'C' if status == 0 and self.is_pending() else status
        if self.status == 'C':
            raise Leave('C')

    def close(self, number, us):
        """Its cleanup, which can wait."""
        note = self.begin_cleanup()
        self.say('c%d' % number)
        if us > 0:
            self.sleep(us)
            self.say('d%d' % number)
        self.note = note

    def leave_loop(self, leave):
        if self.cleaning and self.outcome != 0:  # that stays, unless the cleanup was interrupted
            leave = Leave('C' if self.is_pending() else self.outcome)
        self.left(leave.status)
        raise leave
