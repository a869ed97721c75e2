# SPDX-License-Identifier: MIT
"""Who is measured: how each is installed, found, built, run, and what version it is."""
import concurrent.futures
import os
import shutil
import subprocess
import threading
from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent.parent

# What everyone gets: the compilers' usual speed, and nothing that peers' users would not do.
C = ['-std=gnu11', '-O2', '-g', '-I', str(BENCH)]
CPP = ['-std=c++20', '-O2', '-g', '-I', str(BENCH)]


class Peer:
    """One row of the tables: the programs DIRECTORY/`stem`.EXTENSION, built by `build`."""

    def __init__(self, name, title, extension, build, stem=None, packages=(), version=(),
                 needs=(), modules=(), options=(), run=(), suffix=''):
        self.name, self.title, self.extension = name, title, extension
        self.stem = stem or name
        self.make = build          # (shed, peer, source, program)
        self.packages = packages   # of Debian
        self.version = version     # a command; its first line is shown
        self.needs = needs         # commands that must be there
        self.modules = modules     # of Python, that must be there
        self.options = list(options)  # of the compiler; '#HEADER': it must be there
        self.run = list(run)       # what stands before the program
        self.suffix = suffix       # of the cases: another way to do it, in the program of `stem`

    def missing(self):
        """'' if it can be built and run here, or what is missing."""
        for command in self.needs:
            if not shutil.which(command):
                return 'no ' + command
        for module in self.modules:
            if not exists_module(module):
                return 'no module %s of Python' % module
        for option in self.options:
            if option.startswith('#') and not exists_header(option[1:]):
                return 'no <%s>' % option[1:]
        return ''

    def described(self):
        """Its version, as the report tells it."""
        if not self.version:
            return ''
        done = subprocess.run(self.version, text=True, capture_output=True)
        lines = done.stdout.strip().splitlines()
        return lines[0].strip() if done.returncode == 0 and lines else ''


def exists_module(module):
    return subprocess.run([PYTHON, '-c', 'import ' + module], stderr=subprocess.DEVNULL).returncode == 0


def exists_header(header):
    done = subprocess.run(['g++', '-E', '-x', 'c++', '-'], input='#include <%s>\n' % header, text=True,
                          capture_output=True)
    return done.returncode == 0


def compiled(compiler, flags):
    """A `build` for sources of C and C++."""
    def build(shed, peer, source, program):
        options = [option for option in peer.options if not option.startswith('#')]
        before = [option for option in options if not option.startswith('-l')]
        libraries = [option for option in options if option.startswith('-l')]
        shed.call([compiler] + flags + before + [source, '-o', program] + libraries + ['-pthread'])
    return build


def with_weft(compiler):
    """The same, with Weft's headers and library."""
    def build(shed, peer, source, program):
        library = shed.weft_library(compiler)
        if source.parent.name == 'http':
            shed.weft_serve(compiler)
        shed.call([compiler] + C + peer.options + ['-D_GNU_SOURCE', '-I', ROOT / 'include', source, '-o',
                  program, library, '-pthread'])
    return build


def by_cargo(shed, peer, source, program):
    shed.cargo(program, source)


def by_go(shed, peer, source, program):
    """The program and clocks.go, which must stand in one directory."""
    together = shed.directory / 'go' / program.name
    together.mkdir(parents=True, exist_ok=True)
    for file in source, BENCH / 'clocks.go':
        shutil.copy(file, together)
    env = dict(os.environ, GO111MODULE='off', GOCACHE=str(shed.directory / 'go/cache'), GOFLAGS='')
    shed.call(['go', 'build', '-o', program] + sorted(together.glob('*.go')), env=env)


def as_it_is(shed, peer, source, program):
    """An interpreter's program is a script that calls it."""
    words = ' '.join(peer.run + [str(source)])
    program.write_text('#!/bin/sh\nexec %s "$@"\n' % words)
    program.chmod(0o755)


def debian_version(package):
    return ['dpkg-query', '-W', '-f', '${Version}', package]


PYTHON = '/usr/bin/python3'  # Debian's, for which its uvloop is
CARGO = '/usr/bin/cargo'     # Debian's, as its crates

PEERS = [
    Peer('bound', 'bound, by hand', 'c', compiled('gcc', C)),
    Peer('bound-ring', 'bound: ring', 'c', None, stem='bound', suffix=':ring'),
    Peer('bound-slist', 'bound: one link', 'c', None, stem='bound', suffix=':slist'),
    Peer('bound-trampoline', 'bound: trampoline', 'c', None, stem='bound', suffix=':trampoline'),
    Peer('bound-heap', 'bound, by malloc', 'c', None, stem='bound', suffix=':heap'),
    Peer('bound-heap4', 'bound: heap', 'c', compiled('gcc', C), stem='heap4'),
    Peer('bound-one-by-one', 'bound: one by one', 'c', None, stem='bound', suffix=':one_by_one'),
    Peer('weft', 'Weft', 'c', with_weft('gcc')),
    Peer('weft-spin', 'Weft, spinning', 'c', None, stem='weft', suffix=':spin'),
    Peer('weft-one-by-one', 'Weft, one by one', 'c', None, stem='weft', suffix=':one_by_one'),
    Peer('weft-heap', 'Weft, by malloc', 'c', None, stem='weft', suffix=':heap'),
    Peer('weft-clang', 'Weft, clang', 'c', with_weft('clang'), stem='weft', packages=['clang'],
         needs=['clang'], version=['clang', '--version']),
    Peer('cpp20', 'C++20', 'cc', compiled('g++', CPP), version=['g++', '--version'], needs=['g++']),
    Peer('cpp20-clang', 'C++20, clang', 'cc', compiled('clang++', CPP), stem='cpp20', packages=['clang'],
         needs=['clang++'], version=['clang++', '--version']),
    Peer('libuv', 'libuv', 'c', compiled('gcc', C), packages=['libuv1-dev'], options=['#uv.h', '-luv'],
         version=debian_version('libuv1-dev')),
    Peer('libev', 'libev', 'c', compiled('gcc', C), packages=['libev-dev'], options=['#ev.h', '-lev'],
         version=debian_version('libev-dev')),
    Peer('libevent', 'libevent', 'c', compiled('gcc', C), packages=['libevent-dev'],
         options=['#event2/event.h', '-levent', '-levent_pthreads'],
         version=debian_version('libevent-dev')),
    Peer('libevent-events', 'libevent, events', 'c', None, stem='libevent', suffix=':events'),
    Peer('asio', 'asio', 'cc', compiled('g++', CPP), packages=['libboost1.81-dev'],
         options=['#boost/asio/awaitable.hpp'], version=debian_version('libboost1.81-dev')),
    Peer('asio-coroutines', 'asio, coroutines', 'cc', None, stem='asio', suffix=':coroutines'),
    Peer('tokio', 'tokio', 'rs', by_cargo,
         packages=['cargo', 'rustc', 'librust-tokio-dev', 'librust-hyper-dev', 'librust-libc-dev'],
         needs=[CARGO], version=debian_version('librust-tokio-dev')),
    Peer('go', 'Go', 'go', by_go, packages=['golang-go'], needs=['go'], version=['go', 'version']),
    Peer('asyncio', 'asyncio', 'py', as_it_is, packages=['python3', 'python3-aiohttp'],
         needs=[PYTHON], modules=['aiohttp'], run=[PYTHON, '-P'], version=[PYTHON, '--version']),
    Peer('asyncio-streams', 'asyncio, streams', 'py', None, stem='asyncio', suffix=':streams'),
    Peer('uvloop', 'uvloop', 'py', as_it_is, stem='asyncio',
         packages=['python3-uvloop', 'python3-aiohttp'], needs=[PYTHON], modules=['uvloop', 'aiohttp'],
         run=['env', 'UVLOOP=1', PYTHON, '-P'], version=debian_version('python3-uvloop')),
    Peer('uvloop-streams', 'uvloop, streams', 'py', None, stem='uvloop', suffix=':streams'),
    Peer('nginx', 'nginx', 'py', as_it_is, packages=['nginx-light'], needs=[PYTHON, '/usr/sbin/nginx'],
         run=[PYTHON, '-P'], version=debian_version('nginx-light')),
    Peer('node', 'Node', 'js', as_it_is, packages=['nodejs'], needs=['node'], run=['node'],
         version=['node', '--version']),
]


def install():
    """What is missing, from Debian. One that cannot be had is missing in the table."""
    tools = ['pkg-config', 'meson', 'ninja-build', 'gcc', 'g++', 'strace', 'wrk']
    for packages in [tools] + [peer.packages for peer in PEERS]:
        if packages and subprocess.run([ROOT / 'src/tools/need'] + list(packages)).returncode != 0:
            print('left out: what needs ' + ' '.join(packages), flush=True)


class Failed(Exception):
    """A command that did not do what it should; its text is what it said."""


class Shed:
    """The build directory: the programs that are built, and why others are not there."""

    def __init__(self, directory, only=(), rows=PEERS):
        self.directory = directory.resolve()
        self.rows = [peer for peer in rows
                     if not only or peer.name in only or peer.suffix and peer.stem in only]
        unknown = set(only) - {peer.name for peer in rows}
        if unknown:
            raise SystemExit('no such peer: ' + ' '.join(sorted(unknown)))
        self.programs = {}  # (directory, peer) -> Path
        self.cases = {}     # the same -> what --list says
        self.missing = {}   # (directory, peer) -> why
        self.alone = threading.Lock()  # Weft's own build directories
        self.built = set()             # (directory, what) that ninja has made
        self.versions = {}

    def call(self, command, **more):
        command = [str(word) for word in command]
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              **more)
        if done.returncode != 0:
            raise Failed('%s\n%s' % (' '.join(command), done.stdout[-4000:]))
        return done.stdout

    def weft_made(self, compiler, what, *options):
        """A file of Weft's own build, which is compiled as the programs are."""
        directory = self.directory / ('weft-' + compiler)
        with self.alone:
            if not (directory / 'build.ninja').exists():
                self.call(['meson', 'setup', directory, ROOT, '-Dtests=disabled', '-Dsamples=false',
                           '-Dcurl=disabled'], env=dict(os.environ, CC=compiler))
            if (compiler, what) not in self.built:
                if options:
                    self.call(['meson', 'configure', directory] + list(options))
                self.call(['ninja', '-C', directory, what])
                self.built.add((compiler, what))
        return directory / what

    def weft_library(self, compiler):
        return self.weft_made(compiler, 'src/libweft.a')

    def weft_serve(self, compiler):
        """samples/serve, beside it."""
        return self.weft_made(compiler, 'samples/serve', '-Dsamples=true')

    def cargo(self, program, source):
        """A crate with this program alone, on the crates that Debian has, without the network."""
        crate = self.directory / 'rust' / program.name
        crate.mkdir(parents=True, exist_ok=True)
        crates = 'tokio = { version = "1", features = ["full"] }\nlibc = "0.2"\n'
        if 'hyper' in source.read_text():
            crates += 'hyper = { version = "0.14", features = ["full"] }\n'
        (crate / 'Cargo.toml').write_text(
            '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2021"\n\n'
            '[[bin]]\nname = "%s"\npath = "%s"\n\n[dependencies]\n%s\n'
            '[profile.release]\nopt-level = 3\nlto = "fat"\ncodegen-units = 1\n'
            % (program.name, program.name, source, crates))
        target = self.directory / 'rust/target'
        self.call([CARGO, 'build', '--release', '--offline', '--quiet',
                   '--config', 'source.crates-io.replace-with="debian"',
                   '--config', 'source.debian.directory="/usr/share/cargo/registry"'],
                  cwd=crate, env=dict(os.environ, CARGO_TARGET_DIR=str(target), RUSTC='/usr/bin/rustc',
                                      CARGO_HOME=str(self.directory / 'rust/home')))
        shutil.copy2(target / 'release' / program.name, program)

    def build(self, workloads):
        """All programs of these workloads, several at once; all of Rust's one after the other."""
        wanted = []
        for directory in dict.fromkeys(workload.directory for workload in workloads):
            for peer in self.rows:
                source = BENCH / directory / ('%s.%s' % (peer.stem, peer.extension))
                if source.exists() and peer.make:
                    wanted.append((directory, peer, source))
        reasons = {peer.name: peer.missing() for peer in self.rows}
        for peer in self.rows:
            self.versions[peer.name] = '' if reasons[peer.name] else peer.described()
        # All of Rust's is one job: they share a directory, and cargo uses all cores itself.
        rust = [job for job in wanted if job[1].make is by_cargo]
        jobs = [rust] + [[job] for job in wanted if job[1].make is not by_cargo]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda job: [self.one(*part, reasons[part[1].name]) for part in job], jobs))

    def one(self, directory, peer, source, reason):
        key = directory, peer.name
        if reason:
            self.missing[key] = 'missing: ' + reason
            return
        program = self.directory / ('%s_%s' % (directory, peer.name.replace('-', '_')))
        try:
            peer.make(self, peer, source, program)
            self.cases[key] = self.call([program, '--list']).split()
            self.programs[key] = program
        except Failed as failure:
            self.missing[key] = 'failed to build'
            print('FAILED to build %s for %s\n%s' % (source, peer.name, failure), flush=True)

    def has(self, workload, peer):
        """The program of a peer for a workload, or None if it has none, or not that case."""
        if peer.name in workload.without:
            return None
        key = workload.directory, peer.stem if peer.suffix else peer.name
        return self.programs[key] if workload.case + peer.suffix in self.cases.get(key, ()) else None
