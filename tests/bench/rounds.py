# SPDX-License-Identifier: MIT
"""Workloads, and running them: rounds in which each peer has its turn."""
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LINE = re.compile(r'^(\S+) (\d+) (\d+) (\d+)((?: \w+=-?[0-9.]+(?:e[+-]?\d+)?)*)$')
SLOW_S = 1.5   # a peer that takes longer has two rounds
VERY_SLOW_S = 5  # and then only one
LIMIT_S = 400  # and then something is wrong


class Figure:
    """What is shown of a result: the first of a workload with its spread, the others as medians."""

    def __init__(self, name, title, ratio=False, less_is_better=True):
        self.name, self.title = name, title
        self.ratio = ratio                    # shown beside the bound and Weft, too
        self.less_is_better = less_is_better


CPU = Figure('cpu', 'ns of CPU', ratio=True)
WALL = Figure('wall', 'ns')
BYTES = Figure('bytes', 'bytes', ratio=True)


class Workload:
    """One table. `number`: as in the list of workloads; `label`: a word, for --only and files."""

    def __init__(self, number, label, title, directory, case, sizes, figures=(CPU, WALL), unit='',
                 rounds=4, growth=(), measure=None, pinned=True, minimum=False, text='', smoke=4,
                 sized='size', scale=1, without=()):
        self.number, self.label, self.title = number, label, title
        self.directory, self.case = directory, case
        self.sizes = list(sizes)      # a table for each
        self.figures = list(figures)
        self.unit = unit              # "1 {size} task(s)": how a size reads
        self.rounds = rounds
        self.growth = list(growth)    # sizes of the plot; [] = none
        self.measure = measure        # (workload, peer, program, size, scale) -> [Result]
        self.pinned = pinned          # on one core
        self.minimum = minimum        # ratios of the minima: for what is slow by moods of the machine
        self.text = text              # what a reader must know
        self.smoke = smoke            # a size for the smoke run
        self.sized = sized            # the axis of the plot
        self.scale = scale
        self.without = without        # peers that have the case, but are not asked

    def heading(self, size):
        return self.title.format(size=format(size, ',')).replace('(s)', '' if size == 1 else 's')

    def plotted(self):
        """The same without a size."""
        return self.title.split('{size}')[0].rstrip(' ,:') or self.label


class Result:
    """One line of a program: figures each, by name."""

    def __init__(self, what, figures):
        self.what, self.figures = what, figures

    @staticmethod
    def parse(line):
        found = LINE.match(line)
        if not found:
            raise ValueError('this is not "WHAT CPU_NS WALL_NS COUNT [FIGURE=VALUE ...]": ' + line)
        what, cpu, wall, count, more = found.groups()
        count = int(count)
        if count == 0:
            raise ValueError('nothing was measured: ' + line)
        figures = {'cpu': int(cpu) / count, 'wall': int(wall) / count}
        for word in more.split():
            name, value = word.split('=')
            figures[name] = float(value)
        return Result(what, figures)


def core():
    """The core on which programs of one thread run: not the first, which has the interrupts."""
    return max(os.sched_getaffinity(0))


def run_program(workload, peer, program, size, scale):
    """One run of an ordinary program: [Result]."""
    command = [str(program), workload.case + peer.suffix, str(size), repr(scale)]
    if workload.pinned:
        command = ['taskset', '-c', str(core())] + command
    done = subprocess.run(command, text=True, capture_output=True, timeout=LIMIT_S)
    if done.returncode != 0:
        said = (done.stdout + done.stderr)[-2000:]
        shown = ' '.join(command).replace('%s/' % ROOT, '')  # the report has it, too
        raise ValueError('%s: exit status %d: %s\n%s' % (
            shown, done.returncode, (said.splitlines() or ['it said nothing'])[-1], said))
    results = [Result.parse(line) for line in done.stdout.splitlines()]
    if not results or any(result.what.split('.')[0] != workload.case for result in results):
        raise ValueError('%s: it told nothing of %s\n%s' % (' '.join(command), workload.case,
                                                            done.stdout))
    return results


def measure(workload, peer, program, size, scale):
    function = workload.measure or run_program
    return function(workload, peer, program, size, scale * workload.scale)


def matches(workload, pattern):
    return any(re.fullmatch(pattern, text) for text in (str(workload.number), workload.label))


def chosen(workloads, only):
    return [workload for workload in workloads if not only or matches(workload, only)]


class Table:
    """What was measured of one workload at one size: rows[peer][round] = figures."""

    def __init__(self, workload, size, what):
        self.workload, self.size, self.what = workload, size, what
        self.rows = {}

    def as_json(self):
        return {'number': str(self.workload.number), 'workload': self.workload.label,
                'what': self.what, 'size': self.size, 'rows': self.rows}


def rounds_of(workload, size, count, shed, scale, told):
    """Runs the rounds of one table (or of several, if a run measures several things)."""
    tables, slow, ended = {}, set(), set()
    for number in range(count):
        for peer in shed.rows:
            program = shed.has(workload, peer)
            if program is None or peer.name in told['dropped'] | ended:
                continue
            began = time.monotonic()
            try:
                results = measure(workload, peer, program, size, scale)
            except Exception as failure:  # whatever it is: that peer's row is missing, and named
                told['dropped'].add(peer.name)
                told['failed'].append('%s, %s: %s' % (workload.label, peer.title, failure))
                print('\nFAILED ' + told['failed'][-1], flush=True)
                continue
            took = time.monotonic() - began
            if took > SLOW_S:
                slow.add(peer.name)
            if took > (SLOW_S if number else VERY_SLOW_S):
                ended.add(peer.name)
            for result in results:
                table = tables.setdefault(result.what, Table(workload, size, result.what))
                table.rows.setdefault(peer.name, {})[number] = result.figures
    return list(tables.values()), slow


def run(workloads, shed, options):
    """Everything: {'tables': [Table], 'growth': {label: [Table]}, 'failed': [text], ...}."""
    results = {'tables': [], 'growth': {}, 'failed': [], 'shed': shed, 'workloads': workloads,
               'options': options}
    began = time.monotonic()
    for workload in workloads:
        told = {'dropped': set(), 'failed': results['failed']}
        count = options.rounds or workload.rounds
        for size in workload.sizes:
            progress(began, workload, size)
            results['tables'] += rounds_of(workload, size, count, shed, options.scale, told)[0]
        if not options.no_growth and workload.growth:
            results['growth'][workload.label] = grow(workload, shed, options, told, began,
                                                     results['tables'])
    print(file=sys.stderr)
    results['took_s'] = time.monotonic() - began
    return results


def grow(workload, shed, options, told, began, measured):
    """The sizes of a plot, upwards; who was slow at one is not asked for the next. What has a table
    already is taken from there."""
    tables = []
    for size in workload.growth:
        there = [table for table in measured if table.workload is workload and table.size == size]
        if not there:
            progress(began, workload, size)
            there, slow = rounds_of(workload, size, min(2, options.rounds or 2), shed,
                                    options.scale / 4, told)
            told['dropped'] |= slow
        tables += there
    return tables


def progress(began, workload, size):
    print('\r%4d s  %-20s %-12s' % (time.monotonic() - began, workload.label, format(size, ',')),
          end='', file=sys.stderr, flush=True)
