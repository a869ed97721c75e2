# SPDX-License-Identifier: MIT
"""The quick form, a test: each program runs, and prints what the report can read."""
import argparse
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

import peers
import loopback
import plot
import report
import rounds

# Those that build in a moment, where they are there; Weft and the bound must be.
QUICK = ['bound', 'weft', 'cpp20', 'libuv', 'libev', 'libevent', 'asyncio', 'uvloop']


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.at = time.monotonic()

    def check(self, what, wrong):
        if wrong:
            self.failed += 1
            print('FAILED %s\n%s\n' % (what, wrong))
        else:
            self.passed += 1
            print('ok %s (%.1f s)' % (what, time.monotonic() - self.at))
        self.at = time.monotonic()


def wrong_with(workload, peer, program):
    """'' if a tiny run tells what it should. Where there is a plot, one of size 1 may be done another way."""
    sizes = {workload.smoke} | ({1} & set(workload.sizes) if workload.growth else set())
    try:
        results = [result for size in sizes
                   for result in rounds.measure(workload, peer, program, size, 0.0005)]
    except Exception as failure:  # whatever it is, it is that program's
        return '%s: %s' % (type(failure).__name__, failure)
    shown = workload.figures[0].name
    for result in results:
        if result.figures.get(shown, -1) < 0:
            return '%s has no %s' % (result.what, shown)
    return ''


def row(*values):
    return {number: {'cpu': value, 'wall': value} for number, value in enumerate(values)}


def arithmetic(tally):
    """The report's figures, by an example that can be done in one's head."""
    # Both twice as slow in the second round: within a round Weft takes half as long in all.
    weft, peer = row(1.0, 2.0, 1.0), row(2.0, 4.0, 2.0)
    tally.check('ratios are taken within a round', '' if report.ratio_in_rounds(weft, peer, 'cpu') == 0.5
                else 'not 0.5')
    tally.check('a ratio uses the rounds that both have',
                '' if report.ratio_in_rounds(row(3.0, 8.0), row(1.0), 'cpu') == 3.0 else 'not 3')
    tally.check('min, median, max', '' if report.spread(row(5.0, 1.0, 3.0), 'cpu') == (1.0, 3.0, 5.0)
                else 'not 1, 3, 5')
    for line in 'yield 1 2', 'yield 1 2 0', 'yield 1 2 3 bytes', 'yield -1 2 3', '':
        tally.check('a line that says nothing is refused: %r' % line, accepted(line))
    figures = rounds.Result.parse('yield.a 30 60 3 bytes=1.5').figures
    tally.check('a line is read', '' if figures == {'cpu': 10, 'wall': 20, 'bytes': 1.5} else str(figures))


def page(tally):
    """A report of made-up figures: one that lacks, one that failed, and ends of lines that are close."""
    workload = rounds.Workload('1', 'made_up', 'Made up, {size} task(s)', 'tasks', 'made_up', [1], growth=[1, 10])
    shed = peers.Shed(Path('.'))
    shed.missing['tasks', 'go'] = 'missing: no go'
    shed.versions = {peer.name: '1.0' for peer in shed.rows}
    tables = []
    for size in workload.growth:
        table = rounds.Table(workload, size, 'made_up')
        table.rows = {'weft': row(2.0, 4.0), 'bound': row(1.0, 2.0), 'tokio': row(4.0, 8.0),
                      'cpp20': row(1.0, 2.0), 'asio': row(4.0, 8.0)}
        tables.append(table)
    results = {'tables': tables[:1], 'growth': {'made_up': tables}, 'failed': ['made_up, Node: it fell'],
               'network': loopback.enter(),
               'shed': shed, 'workloads': [workload], 'took_s': 60,
               'options': argparse.Namespace(only='', peers='weft', rounds=None)}
    with tempfile.TemporaryDirectory(prefix='weft-') as scratch:
        report.write(results, Path(scratch))
        text = (Path(scratch) / 'benchmarks.md').read_text()
        drawn = ElementTree.parse(Path(scratch) / 'benchmarks/made_up.svg')
    for line in ('| Weft | 2.00 | 3.00 | 4.00 | 2.00 | 1.00 | 3.00 |',
                 '| 1. Made up, 1 task | 3.00 | ns of CPU | 2.00 | C++20 | 2.00 |', 'Go missing: no go.',
                 'Failed: made_up, Node: it fell', '**This is a part of it**: `--peers weft`.',
                 '![cost against size](benchmarks/made_up.svg)'):
        tally.check('the page says: ' + line, '' if line in text.splitlines() else text)
    tally.check('the page says what network it was',
                '' if 'Servers and clients: %s.' % results['network'] in text else text)
    labels = sorted(float(node.get('y')) for node in drawn.iter('{http://www.w3.org/2000/svg}text')
                    if float(node.get('x')) > plot.WIDTH - plot.RIGHT)
    gaps = [after - before for before, after in zip(labels, labels[1:])]
    tally.check("the plot's labels do not overlap", '' if len(labels) == 5 and min(gaps) > 12 else str(labels))


def accepted(line):
    try:
        rounds.Result.parse(line)
    except ValueError:
        return ''
    return 'it was accepted'


def run(workloads, directory):
    """The exit status; ends with `N passed, N failed`."""
    tally = Tally()
    arithmetic(tally)
    page(tally)
    shed = peers.Shed(directory, QUICK)
    shed.build(workloads)
    for (where, name), why in sorted(shed.missing.items()):
        if why.startswith('missing') and name not in ('bound', 'weft'):
            print('skipped: %s of %s: %s' % (name, where, why))
        else:
            tally.check('%s of %s builds' % (name, where), why)
    for workload in workloads:
        told = [peer for peer in shed.rows if shed.has(workload, peer)]
        tally.check('%s: Weft has it' % workload.label,
                    '' if any(peer.name == 'weft' for peer in told) else 'no such case')
        for peer in told:
            tally.check('%s: %s' % (workload.label, peer.title),
                        wrong_with(workload, peer, shed.has(workload, peer)))
    print('%d passed, %d failed' % (tally.passed, tally.failed))
    return 1 if tally.failed else 0
