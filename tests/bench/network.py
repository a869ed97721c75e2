# SPDX-License-Identifier: MIT
"""The workloads of the network: a server, its program, and the load generator, its client.

A server is PROGRAM CASE: it prints its port, and serves until it is killed. The client (load/) has the
other core, and reads the server's CPU time, all its threads and the kernel's work for it included.
"""
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time

from rounds import Figure, Result, Workload

BENCH = os.path.dirname(os.path.abspath(__file__))
COUNTED = 2000  # requests of which the system calls are counted, beside what is measured

WARM_MS = {'node': 1200}  # before it is measured: for a compiler at run time; the others: a quarter

CPU = Figure('cpu', 'ns of server CPU', ratio=True)
CALLS = Figure('calls', 'system calls')
RATE = Figure('rps', 'requests/s', less_is_better=False)
TAILS = [Figure('p50', 'p50 µs'), Figure('p99', 'p99 µs'), Figure('p999', 'p99.9 µs')]
HELD = [Figure('bytes', 'bytes each', ratio=True), Figure('accept_cpu', 'ns of server CPU each', ratio=True),
        Figure('accept', 'ns each')] + TAILS
SERVED = [CPU, CALLS, RATE] + TAILS


def raise_limit():
    """As many descriptors as this process may have, here and in what it starts: how many."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


HELD_MOST = min(20000, raise_limit()) - 1000  # connections; some descriptors are for other things


def cores():
    """(server's, client's)."""
    all_of_them = sorted(os.sched_getaffinity(0))
    return str(all_of_them[-1]), str(all_of_them[0])


class Server:
    """A server that runs; its `port`."""

    def __init__(self, command, where=None):
        command = ['taskset', '-c', where or cores()[0]] + [str(word) for word in command]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
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


def load(directory, server, mode, words, scale, warm_ms, where=None):
    """One run of the load generator: what it printed."""
    run_ms = max(20, round(120 * scale))
    command = ['taskset', '-c', where or cores()[1], load_generator(directory), mode, server.port,
               '--pid', server.process.pid, '--warm', max(warm_ms, run_ms // 4), '--run', run_ms] + words
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
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        if client.stdout.readline() != 'ready\n':
            raise ValueError('the load generator: ' + client.stderr.read())
        tracer = subprocess.Popen(['strace', '-qq', '-c', '-f', '-U', 'calls,name', '-p',
                                   str(server.process.pid)], stderr=subprocess.PIPE, text=True)
        while tracer.poll() is None and not is_traced(server.process.pid):
            pass
        client.stdin.write('go\n')
        client.stdin.flush()
        told = client.stdout.readline()
        tracer.send_signal(signal.SIGINT)
        counted = tracer.communicate(timeout=20)[1]
        if not told:
            raise ValueError('the load generator: ' + client.stderr.read())
    finally:
        client.communicate(timeout=20)
    total = re.search(r'^\s*(\d+) total$', counted, re.MULTILINE)
    return int(total.group(1)) / json.loads(told)['requests'] if total else None


def is_traced(pid):
    """All of its threads."""
    for thread in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/status' % (pid, thread)) as status:
            if 'TracerPid:\t0\n' in status.read():
                return False
    return True


def warm_ms(peer, scale):
    return round(WARM_MS.get(peer.name, 0) * min(1, scale))


calls = {}  # of (workload, peer, size): counted once


def figures_of(told):
    """Without the units in their names."""
    return {name[:-3] if name.endswith(('_us', '_ns')) else name: value for name, value in told.items()}


def asks(mode='echo', **options):
    """A measure: `mode` of the load generator; an option that is callable is made of the size."""
    def measure(workload, peer, program, size, scale):
        words = []
        for name, value in options.items():
            words += ['--' + name, value(size) if callable(value) else value]
        key = workload.label, peer.name, size
        with Server([program, workload.case + peer.suffix]) as server:
            told = load(program.parent, server, mode, words, scale, warm_ms(peer, scale))
            if CALLS in workload.figures and key not in calls and size not in workload.growth:
                calls[key] = count_calls(program.parent, server, words, int(words[1]))
        figures = figures_of(told)
        if calls.get(key) is not None:
            figures['calls'] = calls[key]
        return [Result(workload.case, figures)]
    return measure


def on_all_cores(workload, peer, program, size, scale):
    """So many loops or threads, and the client, where the system puts them."""
    everywhere = ','.join(str(core) for core in sorted(os.sched_getaffinity(0)))
    with Server([program, workload.case, size], everywhere) as server:
        told = load(program.parent, server, 'echo', ['--connections', 50], scale, 0, everywhere)
    return [Result(workload.case, figures_of(told))]


def run_wrk(server, path, run_s):
    """What it says. It has a handler for SIGINT only once it has said its first line: before that the
    signal kills it, or is ignored."""
    client = subprocess.Popen(['taskset', '-c', cores()[1], 'stdbuf', '-oL', 'wrk', '-t1', '-c50',
                               '-d20s', '--latency', 'http://127.0.0.1:%s%s' % (server.port, path)],
                              stdout=subprocess.PIPE, text=True)
    said = client.stdout.readline()
    try:
        client.wait(run_s)
    except subprocess.TimeoutExpired:
        client.send_signal(signal.SIGINT)
    return said + client.communicate(timeout=60)[0]


def by_wrk(workload, peer, program, size, scale):
    """HTTP, with wrk, to which a request to stop is the end of the time."""
    path = {1: '/hello.txt', 16: '/file.bin'}[size]
    run_s = max(0.05, 0.25 * scale)
    with Server([program, workload.case]) as server:
        run_wrk(server, path, max(warm_ms(peer, scale) / 1000, run_s / 4))
        for longer in 1, 10, 100:  # a machine that is busy may not come to a request in so short a time
            began = cpu_ns(server.process.pid)
            told = run_wrk(server, path, run_s * longer)
            cpu = cpu_ns(server.process.pid) - began
            requests = int(re.search(r'(\d+) requests in', told).group(1))
            if requests:
                break
    wrong = re.search(r'Non-2xx.*|Socket errors: (?!connect 0, read 0, write 0).*', told)
    if wrong or not requests:
        raise ValueError('wrk said: ' + told)
    figures = {'cpu': cpu / requests, 'rps': float(re.search(r'Requests/sec: *([0-9.]+)', told).group(1))}
    for name, part in ('p50', '50%'), ('p99', '99%'):
        value, unit = re.search(part + r' +([0-9.]+)(us|ms|s)', told).groups()
        figures[name] = float(value) * {'us': 1, 'ms': 1e3, 's': 1e6}[unit]
    return [Result(workload.case, figures)]


def cpu_ns(pid):
    """CPU time of a process, all its threads; the clock's number is made as the C library makes it."""
    return time.clock_gettime_ns(~pid << 3 | 2)


def same(size):
    return size


# Other ways to do the same: the first table has them, the others would be long.
VARIANTS = ['weft-clang', 'weft-spin']
WAYS = ['libevent-events', 'asio-coroutines', 'asyncio-streams', 'uvloop-streams']

WORKLOADS = [
    Workload('8', 'echo', 'TCP echo, 64 B, {size} connection(s)', 'echo', 'echo', [50], figures=SERVED,
             rounds=8, growth=[1, 10, 100, 1000], sized='connections',
             measure=asks(connections=same, size=64), minimum=True, without=VARIANTS,
             text='Each connection has one request under way. On one machine requests a second mostly show the\n'
             'client: the CPU time of the server for each request, the kernel\'s work included, is what tells\n'
             'servers apart. System calls are counted by strace in a run of their own, in which the server is\n'
             'slow.'),
    Workload('8', 'echo_one', 'TCP echo, 64 B, {size} connection', 'echo', 'echo', [1], figures=SERVED,
             rounds=4, measure=asks(connections=same, size=64), minimum=True, without=VARIANTS[:1] + WAYS,
             text='The client waits for each answer, so both sleep and are woken each time; "spinning" looks\n'
             'for a while first (weft_loop_desc.spin).'),
    Workload('8', 'echo_many', 'TCP echo, 64 B, {size} connections', 'echo', 'echo', [1000],
             figures=SERVED, rounds=4, measure=asks(connections=same, size=64), minimum=True,
             without=VARIANTS),
    Workload('8b', 'echo_size', 'TCP echo, {size} B, 50 connections', 'echo', 'echo', [16384],
             figures=SERVED, rounds=4, measure=asks(connections=50, size=same), minimum=True,
             without=VARIANTS),
    Workload('9', 'http', 'HTTP, {size} KiB or less, 50 connections', 'http', 'http', [1, 16],
             figures=[CPU, RATE] + TAILS[:2], rounds=4, measure=by_wrk, minimum=True, smoke=1,
             without=VARIANTS + WAYS,
             text='13 bytes of text, and 16 KiB. Weft\'s server is samples/serve, a server of files; the bound\n'
             'and the others have both answers in memory; nginx has the text, and reads the file. tokio: hyper;\n'
             'libevent: evhttp; asyncio, uvloop: aiohttp; libuv: a responder as small as it can be.'),
    Workload('9b', 'messages', 'Pipelined messages of 64 B, {size} at once on 50 connections', 'echo',
             'messages', [16], figures=SERVED, rounds=6,
             measure=asks(connections=50, size=64, depth=same), minimum=True, without=VARIANTS + WAYS, smoke=2,
             text='The server looks at each message and answers it by itself; figures are for a message. "One by\n'
             'one": each answer is a system call.'),
    Workload('9b', 'echo_large_many', 'TCP echo, 16 KiB, {size} connections', 'echo', 'echo', [1000],
             figures=SERVED, rounds=4, measure=asks(connections=same, size=16384), minimum=True,
             without=VARIANTS),
    Workload('9b', 'busy', 'One busy connection among {size}: the others', 'echo', 'echo', [1000],
             figures=[Figure('p50', 'p50 µs', ratio=True)] + TAILS[1:], rounds=3,
             measure=asks('busy', connections=same, size=4096), minimum=True, without=VARIANTS + WAYS,
             text='One connection always has 16 requests of 4 KiB under way; the others ask one after the other.'),
    Workload('9b', 'churn', 'Connections opened, asked once and closed, one after the other', 'echo', 'echo',
             [1], figures=[CPU, RATE] + TAILS, rounds=3, measure=asks('churn', connections=same, size=64),
             minimum=True, without=VARIANTS + WAYS, text='For each connection.'),
    Workload('10', 'held', '{size} idle connections', 'echo', 'echo', [HELD_MOST], figures=HELD, rounds=1,
             measure=asks('hold', connections=same, size=64), without=VARIANTS + WAYS, smoke=20,
             text='Opened by four processes from sixteen addresses. Bytes: resident memory of the server that\n'
             'is its own, without the kernel\'s. CPU: to accept one, with its first request. Latency: of one\n'
             'active connection among them. The bound, libev and libuv have one buffer for all, Weft one while\n'
             'something is in it; asio, tokio and Go have 16 KiB for each connection, as their tutorials have\n'
             'it, of which what was never touched is not resident.'),
    Workload('11d', 'reuse_port', 'TCP echo, 64 B, 50 connections, {size} loop(s) on one port', 'echo', 'loops',
             [1, 2], figures=[Figure('rps', 'requests/s', ratio=True, less_is_better=False), CPU] + TAILS,
             rounds=4, measure=on_all_cores, without=VARIANTS + WAYS, smoke=2,
             text='Weft and the bound: a loop in each thread, each with a listener of its own on the same port\n'
             '(SO_REUSEPORT). The client has no core for itself: where there are but two, it is one of three\n'
             'that share them.'),
]
