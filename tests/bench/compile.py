# SPDX-License-Identifier: MIT
"""The workload of the compilers: how long a coroutine of 20 awaits takes, and how large it becomes."""
import os
import resource
import subprocess
import tempfile
from pathlib import Path

import peers
from rounds import Figure, Result, Workload

COMPILERS = {'c': ['gcc', 'clang'], 'cc': ['g++', 'clang++']}
OPTIONS = ['-O2', '-Os']

FIGURES = [Figure('ms', 'ms of CPU', ratio=True), Figure('headers_ms', 'of that, headers'),
           Figure('bytes', 'bytes', ratio=True)]


def compiled(command, source, words, object_file):
    """Milliseconds of CPU time that it takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command + words + ['-c', str(source), '-o', str(object_file)], text=True,
                          capture_output=True, env=dict(os.environ, CCACHE_DISABLE='1'))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise ValueError('%s does not compile: %s' % (source, done.stderr[-2000:]))
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def bytes_of(object_file):
    """Code, constants and data."""
    told = subprocess.run(['size', str(object_file)], text=True, capture_output=True, check=True).stdout
    return sum(int(word) for word in told.splitlines()[1].split()[:3])


def measure(workload, peer, program, size, scale):
    """Both compilers and both options, of each language; the rows of clang are in these."""
    if peer.name.endswith('-clang'):
        return []
    source = peers.BENCH / workload.directory / ('%s.%s' % (peer.stem, peer.extension))
    standard = peers.C[:1] if peer.extension == 'c' else peers.CPP[:1]
    words = standard + ['-D_GNU_SOURCE', '-I', str(peers.ROOT / 'include')]
    results = []
    with tempfile.TemporaryDirectory(prefix='weft-') as scratch:
        made = Path(scratch) / 'made.o'
        for command in COMPILERS[peer.extension]:
            for option in OPTIONS:
                headers = compiled([command, option], source, words + ['-DHEADERS_ONLY'], made)
                before = bytes_of(made)
                whole = compiled([command, option], source, words + ['-DCOROUTINE_ONLY'], made)
                family = 'clang' if 'clang' in command else 'gcc'
                results.append(Result('compile.%s_%s' % (family, option[1:]), {
                    'ms': whole, 'headers_ms': headers, 'bytes': bytes_of(made) - before}))
    return results


WORKLOADS = [
    Workload('12', 'compile', 'Compiling a coroutine with 20 awaits', 'compile', 'compile', [20],
             figures=FIGURES, measure=measure, pinned=False, rounds=3,
             text='The bound is a state machine written by hand: a `switch` in a function that is called '
                  'again. Weft includes all of `<weft.h>`, C++20 `<coroutine>` and a task type of its own.'),
]
