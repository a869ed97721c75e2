#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tells what RAM a program needs at worst, from the linked ELF file: a step of its build.

usage: ram.py [--stack BYTES] [--of BYTES] [--readelf PROGRAM] PROGRAM.elf

Weft allocates nothing, so all of it is known: each coroutine's frame, the tasks and pools that are
static (WEFT_TASK, WEFT_TASKS), and the rest of .data and .bss.

  --stack BYTES  the C stack, as it was measured (tests/firmware/stack.c shows how)
  --of BYTES     how much RAM there is: more is an error (exit status 1)
  --readelf X    instead of `readelf`, which reads ELF files of all cores

The program is compiled with -g (avr-gcc 5: -gdwarf-4): that changes nothing of what is loaded. A coroutine that was not
linked is not listed. "room" is how many calls of it static storage has room for, `static` how many
bytes; what lies in the frame of another counts there.
"""
import argparse
import re
import subprocess
import sys

HEAD = re.compile(r'^ <([0-9a-f]+)><([0-9a-f]+)>: Abbrev Number: \d+(?: \((\w+)\))?')
VALUE = re.compile(r'^ +<[0-9a-f]+> +(DW_AT_\w+) *: (.*)$')
RAM = re.compile(r'^\.(data|bss|sdata|sbss|noinit)\b')
LIBRARY = 'weft_'


class Wrong(Exception):
    """Something that a person must mend; the text says how."""


def read(command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              errors='replace', check=False)
    except OSError as error:
        raise Wrong('%s: %s: install binutils, or say --readelf' % (command[0],
                                                                    error.strerror)) from error
    if done.returncode:
        raise Wrong(re.sub('^readelf: Error: ', '', done.stderr.strip().split('\n')[0]))
    return done.stdout


def sections(readelf, path):
    """[(name, address, bytes)] of what is in RAM."""
    found = re.findall(r'^ *\[ *\d+\] (\S+) +\w+ +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+)',
                       read([readelf, '-SW', path]), re.MULTILINE)
    return [(name, int(at, 16), int(size, 16)) for name, at, size in found if RAM.match(name)]


def entries(readelf, path):
    """{offset: an entry of the debug information, with its children}"""
    found, open_ = {}, {}
    entry = None
    for line in read([readelf, '-wi', path]).split('\n'):
        head = HEAD.match(line)
        if head:
            level, offset, tag = int(head.group(1)), int(head.group(2), 16), head.group(3)
            if tag is None:  # the end of some children
                continue
            entry = found[offset] = {'tag': tag[7:], 'children': []}
            open_[level] = entry
            if level > 0:
                open_[level - 1]['children'].append(entry)
            continue
        value = VALUE.match(line)
        if value and entry is not None:
            entry[value.group(1)[6:]] = value.group(2).rstrip()
    if not found:
        raise Wrong('%s has no DWARF information: compile with -g, and with -gdwarf-4 where '
                    'that is not the default (avr-gcc 5)' % path)
    return found


class Program:
    """What the debug information says of types and variables."""

    def __init__(self, readelf, path):
        self.entries = entries(readelf, path)
        self.ram = sections(readelf, path)
        self.is_coroutine = self.coroutines()

    def name(self, entry):
        """Its name, or '': behind "(indirect string, offset: …): "."""
        entry = self.origin(entry)
        return re.sub(r'^\((?:indirect|alt indirect|indexed).*?\): ', '', entry.get('name', ''))

    def origin(self, entry):
        for link in ('abstract_origin', 'specification'):
            if link in entry:
                return self.origin(self.entries[int(entry[link].strip('<>'), 16)])
        return entry

    def type(self, entry):
        """What it is, without typedef, const and volatile; None: void."""
        entry = self.origin(entry)
        if 'type' not in entry:
            return None
        of = self.entries[int(entry['type'].strip('<>'), 16)]
        return self.type(of) if of['tag'] in ('typedef', 'const_type', 'volatile_type') else of

    @staticmethod
    def size(entry):
        return int(entry.get('byte_size', '0'), 0)

    def members(self, entry):
        return [child for child in entry['children'] if child['tag'] == 'member']

    def begins_with(self, entry, name):
        """Its first member is a struct `name`."""
        first = self.members(entry)[:1]
        of = self.type(first[0]) if first else None
        return of is not None and self.name(of) == name

    def coroutines(self):
        """The names of the functions that are linked and have a frame."""
        linked = set()
        for entry in self.entries.values():
            if entry['tag'] == 'subprogram' and int(entry.get('low_pc', '0'), 16) != 0:
                linked.add(self.name(entry))
        return {self.name(entry) for entry in self.entries.values()
                if entry['tag'] == 'structure_type' and self.name(entry) in linked
                and self.begins_with(entry, 'weft_frame')}

    def frame(self, entry):
        """The coroutine whose frame a struct is, or ''."""
        name = self.name(entry)
        return name if name in self.is_coroutine and self.begins_with(entry, 'weft_frame') else ''

    def task(self, entry):
        """The coroutine whose WEFT_TASK a struct is, or ''."""
        members = self.members(entry)
        if [self.name(member) for member in members] != ['task', 'frame']:
            return ''
        return self.frame(self.type(members[1]))

    def rooms(self, entry, count=1):
        """[(coroutine, how many, bytes)]: tasks and frames in something static, the outermost."""
        if entry is None:
            return
        if entry['tag'] == 'array_type':
            for child in entry['children']:
                bound = child.get('upper_bound', child.get('count'))
                if bound is not None and bound.isdigit():
                    count *= int(bound) + ('upper_bound' in child)
            yield from self.rooms(self.type(entry), count)
        elif entry['tag'] in ('structure_type', 'union_type'):
            coroutine = self.task(entry) or self.frame(entry)
            if coroutine:
                yield coroutine, count, count * self.size(entry)
                return
            for member in self.members(entry):
                yield from self.rooms(self.type(member), count)

    def statics(self):
        """{address: entry} of the variables in RAM."""
        found = {}
        for entry in self.entries.values():
            at = re.search(r'DW_OP_addr: ([0-9a-f]+)', entry.get('location', ''))
            if entry['tag'] == 'variable' and at:
                address = int(at.group(1), 16)
                if any(begin <= address < begin + size for _, begin, size in self.ram):
                    found[address] = entry
        return found

    def table(self):
        """{coroutine: [frame, task, room, static]}"""
        frames, tasks = {}, {}
        for entry in self.entries.values():
            if entry['tag'] == 'structure_type':
                if self.frame(entry):
                    frames[self.frame(entry)] = self.size(entry)
                elif self.task(entry):
                    tasks[self.task(entry)] = self.size(entry)
        rows = {name: [size, tasks.get(name), 0, 0] for name, size in frames.items()}
        for entry in self.statics().values():
            for name, count, size in self.rooms(self.type(entry)):
                rows[name][2] += count
                rows[name][3] += size
        return rows


def number(text):
    return int(text, 0)


def show(program, stack, there):
    """Prints the table. Returns how many bytes of RAM it comes to."""
    rows = program.table()
    if not rows:
        raise Wrong('no coroutine in its debug information: compile all of it with -g')
    width = max([len(name) for name in rows] + [len('the rest of .data and .bss')])
    print('%-*s %7s %7s %7s %7s' % (width, 'coroutine', 'frame', 'task', 'room', 'static'))
    for name, (frame, task, room, static) in sorted(
            rows.items(), key=lambda row: (row[0].startswith(LIBRARY), row[0])):
        print('%-*s %7d %7s %7s %7s' % (width, name, frame, task or '-', room or '-',
                                        static or '-'))
    tasks = sum(row[3] for row in rows.values())
    rest = sum(size for _, _, size in program.ram) - tasks
    lines = [('tasks and frames', tasks), ('the rest of .data and .bss', rest)]
    if stack is not None:
        lines.append(('C stack, as measured', stack))
    for what, size in lines:
        print('%-*s %31d' % (width, what, size))
    total = sum(size for _, size in lines)
    print('%-*s %31d%s' % (width, 'RAM', total, ' of %d' % there if there is not None else ''))
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0],
                                     epilog=__doc__.split('\n\n', 2)[2],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program', metavar='PROGRAM.elf')
    parser.add_argument('--stack', type=number, metavar='BYTES')
    parser.add_argument('--of', type=number, metavar='BYTES')
    parser.add_argument('--readelf', default='readelf', metavar='PROGRAM')
    options = parser.parse_args()
    try:
        total = show(Program(options.readelf, options.program), options.stack, options.of)
    except Wrong as wrong:
        sys.exit('ram.py: %s' % wrong)
    if options.of is not None and total > options.of:
        sys.exit('ram.py: %d bytes too many: fewer slots in a pool, smaller frames (calls that are '
                 'made one after the other share a union)' % (total - options.of))


if __name__ == '__main__':
    main()
