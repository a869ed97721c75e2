# SPDX-License-Identifier: MIT
"""Sources that were compiled with different choices do not link into one program; equal ones do."""
from functools import partial

from harness import ROOT, run
from targets import all_compiled

MIXTURE, MEMORY = ROOT / 'tests/firmware/mixture.c', ROOT / 'samples/firmware/memory.c'
FLAGS = ['-O1', '-ffreestanding', '-ffunction-sections', '-Wall', '-Wextra', '-Wpedantic',
         '-Werror', '-DWEFT_STOP(file,line,function,cure)=__builtin_unreachable()',
         '-I', ROOT / 'include']
LINK = ['-nostdlib', '-nostartfiles', '-Wl,--gc-sections', '-Wl,-e,first', '-Wl,-u,second',
        '-Wl,--defsym=board_exit=0'] # memory.c wants it

# {choice: how one source makes it, and another}
CHOICES = {
    'WEFT_LINES': (['-DWEFT_LINES=1'], ['-DWEFT_LINES=0']),
    'WEFT_STATE_BITS': (['-DWEFT_LINES=1', '-DWEFT_STATE_BITS=16'],
                        ['-DWEFT_LINES=1', '-DWEFT_STATE_BITS=8']),
    'WEFT_TIME_BITS': (['-DWEFT_TIME_BITS=16'], ['-DWEFT_TIME_BITS=32']),
    'WEFT_TICK_HZ': (['-DWEFT_TICK_HZ=250000'], []),
    'WEFT_TIMERS_LIST': (['-DWEFT_TIME_BITS=64', '-DWEFT_TIMERS_LIST=1'], ['-DWEFT_TIME_BITS=64']),
    'WEFT_CONTEXT': (['-DWEFT_CONTEXT=1'], ['-DWEFT_CONTEXT=0']),
    'WEFT_DEBUG': (['-DWEFT_DEBUG=1', '-DWEFT_NAMES=1'], ['-DWEFT_DEBUG=0']),
    'WEFT_HOOKS': (['-DWEFT_HOOKS=1'], ['-DWEFT_HOOKS=0']),
    'WEFT_PRIORITIES': (['-DWEFT_PRIORITIES=1'], []),
    'WEFT_BARE': (['-DWEFT_BARE=1'], []),
    'WEFT_ORIGINS': (['-DWEFT_LINES=1', '-DWEFT_ORIGINS=1'], ['-DWEFT_LINES=1']),
    'WEFT_CRITICAL_BEGIN': (['-DWEFT_CRITICAL_BEGIN(s)=int s=0', '-DWEFT_CRITICAL_END(s)=(void)s'],
                            []),
}
# The same choice, made in other words.
SAME = (['-DWEFT_TICK_HZ=16000000/64', '-DWEFT_LINES=(2>1)'], ['-DWEFT_TICK_HZ=250000',
                                                            '-DWEFT_LINES=1'])


def program(compiler, first, second, directory, second_language=()):
    """Compiles two sources and links them. Returns (exit status, what the linker said)."""
    other = [compiler[0].replace('gcc', 'g++')] + compiler[1:] if second_language else compiler
    objects, wrong = all_compiled(compiler + FLAGS + ['-std=c11'], [MEMORY], directory.parent)
    for command, unit, flags in ((compiler, 'first', ['-std=c11'] + first),
                                 (other, 'second', (second_language or ['-std=c11']) + second)):
        more, said = all_compiled(command + FLAGS + flags + ['-DUNIT=' + unit], [MIXTURE],
                                  directory.parent)
        objects, wrong = objects + more, wrong + said
    if wrong:
        return -1, wrong
    return run(compiler + ['-O1'] + LINK + objects + ['-lgcc', '-o', directory / 'both.elf'])


def link(label, choice, compiler, first, second, language, directory):
    """[(label, what is wrong)] with a program that must link (choice is '') or must not."""
    directory.mkdir()
    status, said = program(compiler, first, second, directory, language)
    if choice:
        wrong = status <= 0 or 'differ_in_' + choice not in said.replace('differ in ', 'differ_in_')
        return [(label, 'it links, or the linker does not say why not:\n' + said if wrong else '')]
    return [(label, (said or 'it failed') if status else '')]


def pairs(name, compiler, critical):
    """The pairs of sources for one compiler: what link() takes but a directory."""
    lto = compiler + ['-flto']
    alike = [('C', compiler, []), ('-flto', lto, [])]
    if not compiler[0].startswith('avr'):
        alike.append(('C and C++', compiler, ['-std=c++20', '-xc++']))
    for what, command, language in alike:
        yield '%s: equal choices link, %s' % (name, what), '', command, *SAME, language
    for choice, (first, second) in CHOICES.items():
        if choice != 'WEFT_CRITICAL_BEGIN' or not critical:
            for command in (compiler, lto) if choice == 'WEFT_LINES' else (compiler,):
                yield ('%s: other %s does not link%s' % (name, choice, command[len(compiler):] or ''),
                       choice, command, first, second, [])


def jobs(targets, directory):
    """[a function that returns [(label, what is wrong)]]"""
    found = []
    for target in targets:
        choices = [flag for flag in target.choices if flag.startswith('-DF_CPU')]
        found += pairs(target.core, target.compiler + choices, target.core in ('Cortex-M0', 'AVR'))
    for linker in ([], ['-fuse-ld=gold']):
        found += pairs(' '.join(['gcc'] + linker), ['gcc'] + linker, False)
    return [partial(link, *pair, directory / ('mixture%d' % i)) for i, pair in enumerate(found)]
