# SPDX-License-Identifier: MIT
"""The workloads of the network: a server, its program, and the load generator, its client.

A server is PROGRAM CASE: it prints its port, and serves until it is killed. The client (load/) has the
other core, and reads the server's CPU time, all its threads and the kernel's work for it included.
"""
import json
import os
import re
import shutil
import signal
import subprocess

from rounds import Figure, Result, Workload

BENCH = os.path.dirname(os.path.abspath(__file__))
COUNTED = 2000  # requests of which the system calls are counted, beside what is measured

CPU = Figure('cpu', 'ns of server CPU', ratio=True)
CALLS = Figure('calls', 'system calls')
RATE = Figure('rps', 'requests/s', less_is_better=False)
TAILS = [Figure('p50', 'p50 µs'), Figure('p99', 'p99 µs'), Figure('p999', 'p99.9 µs')]
SERVED = [CPU, CALLS, RATE] + TAILS


def cores():
    """(server's, client's)."""
    all_of_them = sorted(os.sched_getaffinity(0))
    return str(all_of_them[-1]), str(all_of_them[0])


class Server:
    """A server that runs; its `port`."""

    def __init__(self, command):
        self.process = subprocess.Popen(['taskset', '-c', cores()[0]] + [str(word) for word in command],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().strip()
        self.port = line.rstrip('/').split(':')[-1]
        if not self.port.isdigit():
            self.end()
            raise ValueError('%s: its first line should be its port: %r' % (command, line))

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def load_generator(directory):
    """Built once."""
    program = directory / 'load'
    if program not in built:
        subprocess.run(['gcc', '-std=gnu11', '-O2', '-g', '-D_GNU_SOURCE', '-o', program]
                       + [os.path.join(BENCH, 'load', name) for name in ('load.c', 'modes.c')], check=True)
        built.add(program)
    return program


built = set()


def load(directory, server, mode, words, scale):
    """One run of the load generator: what it printed."""
    run_ms = max(20, round(250 * scale))
    command = ['taskset', '-c', cores()[1], load_generator(directory), mode, server.port,
               '--pid', server.process.pid, '--warm', run_ms // 5, '--run', run_ms] + words
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise ValueError('%s: %s' % (' '.join(str(word) for word in command), done.stderr))
    return json.loads(done.stdout)


def count_calls(directory, server, words, connections):
    """System calls for each request, by strace; None without one, or where it may not look."""
    if not shutil.which('strace'):
        return None
    each = max(2, COUNTED // connections)
    command = ['taskset', '-c', cores()[1], load_generator(directory), 'echo', server.port,
               '--each', each] + words
    client = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        client.stdout.readline()
        tracer = subprocess.Popen(['strace', '-qq', '-c', '-f', '-U', 'calls,name', '-p',
                                   str(server.process.pid)], stderr=subprocess.PIPE, text=True)
        while tracer.poll() is None and not is_traced(server.process.pid):
            pass
        client.stdin.write('go\n')
        client.stdin.flush()
        told = client.stdout.readline()
        tracer.send_signal(signal.SIGINT)
        counted = tracer.communicate(timeout=20)[1]
    finally:
        client.stdin.close()
        client.wait(timeout=20)
        client.stdout.close()
    total = re.search(r'^\s*(\d+) total$', counted, re.MULTILINE)
    return int(total.group(1)) / json.loads(told)['requests'] if total else None


def is_traced(pid):
    """All of its threads."""
    for thread in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/status' % (pid, thread)) as status:
            if 'TracerPid:\t0\n' in status.read():
                return False
    return True


calls = {}  # of (program, case, size): counted once


def asks(mode='echo', **options):
    """A measure: `mode` of the load generator; an option that is callable is made of the size."""
    def measure(workload, peer, program, size, scale):
        words = []
        for name, value in options.items():
            words += ['--' + name, value(size) if callable(value) else value]
        key = program, workload.case + peer.suffix, size
        with Server(key[:2]) as server:
            told = load(program.parent, server, mode, words, scale)
            if CALLS in workload.figures and key not in calls:
                calls[key] = count_calls(program.parent, server, words, int(words[1]))
        figures = {name[:-3] if name.endswith(('_us', '_ns')) else name: value
                   for name, value in told.items()}
        if calls.get(key) is not None:
            figures['calls'] = calls[key]
        return [Result(workload.case, figures)]
    return measure


def same(size):
    return size


WORKLOADS = [
    Workload('8', 'echo', 'TCP echo, 64 B, {size} connection(s)', 'echo', 'echo', [1, 50, 1000],
             figures=SERVED, rounds=8, measure=asks(connections=same, size=64), minimum=True,
             text='Each connection has one request under way. On one machine requests a second mostly show the\n'
             'client: the CPU time of the server for each request, the kernel\'s work included, is what tells\n'
             'servers apart.'),
    Workload('8b', 'echo_size', 'TCP echo, {size} B, 50 connections', 'echo', 'echo', [1024, 16384],
             figures=SERVED, rounds=8, measure=asks(connections=50, size=same), minimum=True),
]
