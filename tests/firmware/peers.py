# SPDX-License-Identifier: MIT
"""One workload in several forms, by the same commands: RAM, code, and what a resume costs.

The sources are in peers/: main.c measures, each other file is one form.
"""
import re

from harness import ROOT, run
from objects import SMALLEST
from targets import here

HERE = ROOT / 'tests/firmware/peers'

# (what it is called on the page, source, compiler)
FORMS = [
    ('switch by hand', 'by_hand.c', 'gcc'),
    ('protothread over line numbers', 'lines.c', 'gcc'),
    ('**Weft**, protothread', 'protothread.c', 'gcc'),
    ('**Weft**, protothread', 'protothread.c', 'clang'),
    ('**Weft**, coroutine', 'coroutine.c', 'gcc'),
    ('**Weft**, coroutine', 'coroutine.c', 'clang'),
    ('C++20 coroutine', 'coroutine.cpp', 'g++'),
    ('C++20 coroutine', 'coroutine.cpp', 'clang++'),
]
WHAT = ['RAM, depth 1', 'RAM, depth 8', 'code', 'resume, depth 1', 'resume, depth 8']
CLANG = {'Cortex-M0': 'thumbv6m-none-eabi', 'Cortex-M3': 'thumbv7m-none-eabi'}


def cpp_headers(target):
    """Where g++ for this core has <coroutine>: for clang++."""
    said = run([target.prefix + 'g++'] + target.compiler[1:] + ['-xc++', '-E', '-v', '/dev/null'])[1]
    return ['-isystem' + path for path in re.findall(r'^ (/.*/c\+\+/.*)$', said, re.MULTILINE)]


def compiler(target, kind):
    """The command and its flags; None: there is none for this core."""
    arm = target.core in CLANG
    machine, flags = target.compiler[1:], target.flags()[len(target.compiler):]
    if kind == 'gcc':
        return target.compiler + flags
    # clang 14 ends with an error of its own at a symmetric transfer for a Cortex-M0.
    if not arm or (kind == 'clang++' and target.core == 'Cortex-M0'):
        return None
    if kind.startswith('clang'):
        command = [kind, '--target=' + CLANG[target.core], '-fshort-enums'] + machine + flags
    else:
        command = [target.prefix + kind] + machine + flags
    if kind.endswith('++'):
        command = [flag for flag in command if flag != '-std=c11']
        command += ['-std=c++20', '-fno-exceptions', '-fno-rtti']
    if kind == 'clang++':
        # libstdc++ asks for what g++ says of itself; clang 14 has it all the same.
        command += cpp_headers(target) + ['-D__cpp_impl_coroutine=201902L']
    return command


def build_object(target, source, kind, level, directory):
    """The object file of a form."""
    output = directory / ('%s.%s.%s.o' % (source, kind, target.name))
    status, said = run(compiler(target, kind) + SMALLEST +
                       [level, '-I', HERE, '-c', here(HERE / source), '-o', output])
    if status:
        raise RuntimeError('%s by %s on %s\n%s' % (source, kind, target.core, said))
    return output


def measure_code(target, source, kind, directory):
    """Bytes of `work`, with all that the compiler made of it."""
    output = build_object(target, source, kind, '-Os', directory)
    listed = run([target.prefix + 'nm', '-S', output])[1]
    return sum(int(size, 16)
               for size in re.findall(r'^\w+ (\w+) [tTrR] \S*work', listed, re.MULTILINE))


def measure_form(target, source, kind, directory):
    """[a number for each of WHAT], or None."""
    if compiler(target, kind) is None:
        return None
    numbers = {'code': measure_code(target, source, kind, directory)}
    output = build_object(target, source, kind, '-O2', directory)
    program = output.with_suffix('.elf')
    wrong = target.build(program, [here(HERE / 'main.c'), output], SMALLEST + ['-O2', '-I', HERE])
    if wrong:
        raise RuntimeError(wrong)
    status, printed = target.execute(program)
    if status:
        raise RuntimeError('%s by %s on %s ended with %d and printed\n%s' % (
            source, kind, target.core, status, printed))
    for what, depth, number in re.findall(r'^(\w+) (\d) (\d+)$', printed, re.MULTILINE):
        numbers['%s, depth %s' % ({'ram': 'RAM'}.get(what, what), depth)] = (
            (int(number) + 5) // 10 if what == 'resume' else int(number))
    return [numbers[what] for what in WHAT]


def measure(target, directory):
    """{(form, compiler): [numbers] or None}, {control block of others: bytes}, code of a task."""
    rows = {(name, kind): measure_form(target, source, kind, directory)
            for name, source, kind in FORMS}
    output = directory / ('published.%s.o' % target.name)
    status, said = run(target.flags() + ['-c', here(HERE / 'published.c'), '-o', output])
    if status:
        raise RuntimeError(said)
    listed = run([target.prefix + 'nm', '-S', output])[1]
    published = {name: int(size, 16)
                 for size, name in re.findall(r'^\w+ (\w+) \w (\w+)', listed, re.MULTILINE)}
    return rows, published, measure_code(target, 'task.c', 'gcc', directory)


def budgeted(rows):
    """{figure: number}: those that are ours, by gcc."""
    return {'form: %s, %s' % (name.split(', ')[1], what): number
            for (name, kind), numbers in rows.items() if 'Weft' in name and kind == 'gcc'
            for what, number in zip(WHAT, numbers)}


def task_row(figures, rows, code):
    """The coroutine as a task of an executor: measured in other tables."""
    frame = rows[('**Weft**, coroutine', 'gcc')]
    more = figures['RAM: task'] - figures['RAM: chain']  # a task begins with a chain
    return [frame[0] + more, frame[1] + more, code,
            figures['speed: resume_depth_1'], figures['speed: resume_depth_8']]


def page(measured, figures):
    lines = ['', '## Beside others', '', (HERE / 'forms.md').read_text().rstrip()]
    for core, (rows, _, code) in measured.items():
        lines += ['', '### ' + core, '', '| form | compiler | %s |' % ' | '.join(WHAT),
                  '|---|---|' + '--:|' * len(WHAT)]
        table = [(name, kind, numbers) for (name, kind), numbers in rows.items() if numbers]
        place = max(at for at, row in enumerate(table) if 'coroutine' in row[0] and
                    'Weft' in row[0])
        table.insert(place + 1, ('**Weft**, task', 'gcc', task_row(figures[core], rows, code)))
        lines += ['| %s | %s | %s |' % (name, kind, ' | '.join(map(str, numbers)))
                  for name, kind, numbers in table]
    blocks = {core: published for core, (_, published, _) in measured.items()}
    text = (HERE / 'published.md').read_text().rstrip()
    names = sorted(next(iter(blocks.values())))
    table = ['| | %s |' % ' | '.join(blocks), '|---|' + '--:|' * len(blocks)]
    table += ['| %s | %s |' % (name.replace('_', ' ').replace('freertos', 'FreeRTOS').replace(
        'contiki', 'Contiki-NG'), ' | '.join(str(blocks[core][name]) for core in blocks))
              for name in names]
    return '\n'.join(lines) + '\n\n' + text.replace('TABLE', '\n'.join(table)) + '\n'
