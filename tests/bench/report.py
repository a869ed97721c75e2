# SPDX-License-Identifier: MIT
"""What the results say: ratios within rounds, tables, the page docs/benchmarks.md, raw JSON."""
import datetime
import json
import os
import platform
import re
import statistics
import subprocess

import plot

PAGE = '''# Benchmarks

Written by `tests/bench/run` on {date}; do not edit. How it measures, and how to repeat it, is told at the head of that
script; what the figures mean for a program is in [performance.md](performance.md).

Machine: {machine}. Servers and clients: {network}.

Each round ran every peer once, in turn. min / median / max are of all rounds. *× bound* and *× Weft* are medians of the
ratios, each taken within a round; where a table says so, ratios of the minima. Below 1 is better. Wall time is the median. The
whole run took {took} minutes.{part}

{versions}

## Summary

Weft against the bound that is written by hand, and against the best of the peers (the compilers' own variants of both left
out). Bare C++20 coroutines have no library: the scheduler, queue and timer beside them are written here, with no cancellation,
no current task and no join.

{summary}
{failed}
{tables}'''


def number(value):
    """With three digits or so."""
    if value is None:
        return ''
    if abs(value) >= 1000:
        return format(round(value), ',')
    return '%.*f' % (0 if value >= 100 else 1 if value >= 10 else 2, value)


def ratio(value):
    return '' if value is None else number(value)


def spread(row, figure):
    """(least, median, most) of all rounds."""
    values = sorted(figures[figure] for figures in row.values() if figure in figures)
    return (values[0], statistics.median(values), values[-1]) if values else None


def ratio_in_rounds(row, other, figure, by_minimum=False):
    """Median over the rounds that both have of row / other; or of the minima."""
    if not row or not other:
        return None
    if by_minimum:
        mine, theirs = spread(row, figure), spread(other, figure)
        return mine[0] / theirs[0] if mine and theirs and theirs[0] else None
    ratios = [row[number_][figure] / other[number_][figure] for number_ in row
              if number_ in other and figure in row[number_] and other[number_].get(figure)]
    return statistics.median(ratios) if ratios else None


def columns(table):
    """(heads, rows) of one table; rows are [peer's name, text ...]."""
    workload = table.workload
    first, others = workload.figures[0], workload.figures[1:]
    heads = ['', first.title + ', min', 'median', 'max', '× bound', '× Weft']
    heads += [title for figure in others
              for title in [figure.title] + (['× bound', '× Weft'] if figure.ratio else [])]
    heads = [head for head in heads if 'bound' in table.rows or head != '× bound']

    def ratios(row, figure):
        found = [ratio(ratio_in_rounds(row, table.rows.get(name), figure.name, workload.minimum))
                 for name in ('bound', 'weft')]
        return found if 'bound' in table.rows else found[1:]

    rows = []
    for name, row in table.rows.items():
        spread_first = spread(row, first.name)
        cells = [number(value) for value in spread_first] if spread_first else ['', '', '']
        cells += ratios(row, first)
        for figure in others:
            found = spread(row, figure.name)
            cells.append(number(found[1]) if found else '')
            cells += ratios(row, figure) if figure.ratio else []
        rows.append([name] + cells)
    rows.sort(key=lambda cells: (cells[0] != 'bound', spread(table.rows[cells[0]], first.name) is None,
                                 (spread(table.rows[cells[0]], first.name) or (0, 0))[1]
                                 * (1 if first.less_is_better else -1)))
    return heads, rows


def titles(shed):
    return {peer.name: peer.title for peer in shed.rows}


def heading(table):
    parts = table.what.split('.')[1:]
    return table.workload.heading(table.size) + (': ' + ' '.join(parts).replace('_', ' ') if parts else '')


def missing(workload, shed):
    """Peers that should have this and have not: named, not left out."""
    told = {shed.missing[key]: [] for key in shed.missing if key[0] == workload.directory}
    for (directory, peer), why in shed.missing.items():
        if directory == workload.directory:
            told[why].append(titles(shed)[peer])
    return '; '.join('%s %s' % (', '.join(names), why) for why, names in told.items())


def show(results):
    """The tables, on a terminal."""
    named = titles(results['shed'])
    for table in results['tables']:
        heads, rows = columns(table)
        lines = [heads] + [[named[row[0]]] + row[1:] for row in rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
        print('\n%s  %s' % (table.workload.number, heading(table)))
        for line in lines:
            print('  ' + line[0].ljust(widths[0]) + ''.join(
                '  ' + cell.rjust(width) for cell, width in zip(line[1:], widths[1:])))
        if missing(table.workload, results['shed']):
            print('  ' + missing(table.workload, results['shed']))
    for failure in results['failed']:
        print('\nFAILED ' + failure)


def as_markdown(heads, rows):
    lines = ['| ' + ' | '.join(heads) + ' |', '|---' + '|--:' * (len(heads) - 1) + '|']
    return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in rows])


def best_peer(table, figure):
    """(name, ratio of Weft to it) of the best in that figure that is no variant of Weft's or a bound."""
    found = []
    for name, row in table.rows.items():
        if name.startswith(('weft', 'bound')) or name.endswith('-clang'):
            continue
        mine = ratio_in_rounds(table.rows['weft'], row, figure.name, table.workload.minimum)
        if mine is not None:
            found.append((-mine if figure.less_is_better else mine, name, mine))
    return min(found)[1:] if found else (None, None)


def summary(results):
    named = titles(results['shed'])
    heads = ['', 'Weft, median', '', '× bound', 'best peer', '× best peer']
    rows = []
    for table in results['tables']:
        if 'weft' not in table.rows:
            continue
        for figure in table.workload.figures:
            found = spread(table.rows['weft'], figure.name)
            if not found or not figure.ratio and figure is not table.workload.figures[0]:
                continue
            name, against = best_peer(table, figure)
            rows.append(['%s. %s' % (table.workload.number, heading(table)), number(found[1]),
                         figure.title,
                         ratio(ratio_in_rounds(table.rows['weft'], table.rows.get('bound'), figure.name,
                                               table.workload.minimum)),
                         named.get(name, ''), ratio(against)])
    return as_markdown(heads, rows)


def machine():
    with open('/proc/cpuinfo') as file:
        told = file.read()
    cpu = re.search(r'^model name\s*: (.*)$', told, re.MULTILINE)
    with open('/proc/meminfo') as file:
        kib = int(re.search(r'MemTotal:\s+(\d+)', file.read()).group(1))
    return '%d × %s%s, %d GiB, Linux %s' % (
        os.cpu_count(), cpu.group(1) if cpu else 'an unknown processor',
        ' in a virtual machine' if ' hypervisor ' in told else '',
        round(kib / 1048576), '.'.join(platform.release().split('.')[:2]))


def versions(shed):
    gcc = subprocess.run(['gcc', '--version'], text=True, capture_output=True).stdout.splitlines()[0]
    lines = ['Weft and the bounds: ' + gcc + ', -O2.']
    for peer in shed.rows:
        if peer.name.startswith('bound') or not peer.make or peer.name == 'weft':
            continue
        why = peer.missing()
        lines.append('%s: %s.' % (peer.title, 'missing: ' + why if why else shed.versions[peer.name]))
    return '\n'.join('- ' + line for line in lines)


def tables_text(results):
    named = titles(results['shed'])
    text, last = [], None
    for table in results['tables']:
        workload = table.workload
        is_first = workload is not last
        if is_first and last is not None:
            text += growth_text(last, results)
        last = workload
        heads, rows = columns(table)
        text.append('## %s. %s' % (workload.number, heading(table)))
        if workload.text and is_first:
            text.append(workload.text)
        text.append(as_markdown(heads, [[named[row[0]]] + row[1:] for row in rows]))
        if workload.minimum:
            text.append('Ratios are of the minima.')
        if missing(workload, results['shed']):
            text.append(missing(workload, results['shed']) + '.')
    if last is not None:
        text += growth_text(last, results)
    return '\n\n'.join(text) + '\n'


def growth_text(workload, results):
    if workload.label not in results['growth']:
        return []
    return ['![cost against size](benchmarks/%s.svg)' % workload.label]


def part(options):
    """What was left out by whoever ran it."""
    given = ['--%s %s' % (name, value) for name, value in
             (('only', options.only), ('peers', options.peers), ('rounds', options.rounds)) if value]
    return '\n\n**This is a part of it**: `%s`.' % ' '.join(given) if given else ''


def write(results, docs):
    """docs/benchmarks.md and the plots."""
    named = titles(results['shed'])
    directory = docs / 'benchmarks'
    directory.mkdir(parents=True, exist_ok=True)
    for label, tables in results['growth'].items():
        (directory / (label + '.svg')).write_text(plot.growth(tables, named))
    failed = ''.join('\nFailed: %s\n' % failure.splitlines()[0] for failure in results['failed'])
    (docs / 'benchmarks.md').write_text(PAGE.format(
        date=datetime.date.today().isoformat(), machine=machine(), network=results['network'],
        took=round(results['took_s'] / 60), part=part(results['options']), versions=versions(results['shed']),
        summary=summary(results), failed=failed, tables=tables_text(results)))


def save(results, path):
    path.write_text(json.dumps({
        'machine': machine(),
        'network': results['network'],
        'tables': [table.as_json() for table in results['tables']],
        'growth': {label: [table.as_json() for table in tables]
                   for label, tables in results['growth'].items()},
        'missing': {'/'.join(key): why for key, why in results['shed'].missing.items()},
        'failed': results['failed'],
    }, indent=1))
