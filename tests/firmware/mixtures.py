# SPDX-License-Identifier: MIT
"""Sources that were compiled with different choices do not link into one program; equal ones do."""
from harness import ROOT, run, side_by_side

SOURCES = [ROOT / 'tests/firmware/mixture.c', ROOT / 'samples/firmware/memory.c']
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
    'WEFT_ORIGINS': (['-DWEFT_LINES=1', '-DWEFT_ORIGINS=1'], ['-DWEFT_LINES=1']),
    'WEFT_CRITICAL_BEGIN': (['-DWEFT_CRITICAL_BEGIN(s)=int s=0', '-DWEFT_CRITICAL_END(s)=(void)s'],
                            []),
}
# The same choice, made in other words.
SAME = (['-DWEFT_TICK_HZ=16000000/64', '-DWEFT_LINES=(2>1)'], ['-DWEFT_TICK_HZ=250000',
                                                            '-DWEFT_LINES=1'])


def program(compiler, first, second, directory, second_language=()):
    """Compiles two sources and links them. Returns (exit status, what the linker said)."""
    objects = []
    for name, flags, language in (('first', first, []), ('second', second, second_language)):
        for source in SOURCES[:1 if name == 'second' else 2]:
            command = list(compiler)
            command[0] = command[0].replace('gcc', 'g++') if language else command[0]
            objects.append(directory / ('%s.%s.o' % (name, source.stem)))
            status, said = run(command + FLAGS + (list(language) or ['-std=c11']) + list(flags) +
                               ['-DUNIT=' + name, '-c', source, '-o', objects[-1]])
            if status:
                return -1, said or 'it was not compiled'
    return run(list(compiler) + ['-O1'] + LINK + objects + ['-lgcc', '-o', directory / 'both.elf'])


def link(job):
    """What is wrong with a program that must link (choice is '') or must not, or ''."""
    label, choice, compiler, first, second, language, directory = job
    directory.mkdir()
    status, said = program(compiler, first, second, directory, language)
    if choice:
        wrong = status <= 0 or 'differ_in_' + choice not in said.replace('differ in ', 'differ_in_')
        return label, 'it links, or the linker does not say why not:\n' + said if wrong else ''
    return label, (said or 'it failed') if status else ''


def jobs(name, compiler, critical):
    """Those for one compiler."""
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


def check(targets, directory):
    """[(label, what is wrong)]"""
    found = []
    for target in targets:
        choices = [flag for flag in target.choices if flag.startswith('-DF_CPU')]
        found += jobs(target.core, target.compiler + choices, target.core in ('Cortex-M0', 'AVR'))
    for linker in ([], ['-fuse-ld=gold']):
        found += jobs(' '.join(['gcc'] + linker), ['gcc'] + linker, False)
    return side_by_side(link, [job + (directory / ('mixture%d' % i),)
                               for i, job in enumerate(found)])
