#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds up a run of `meson test`: the checks inside of Check's suites, and each other test as one.

usage: tally.py TESTLOG_JSON

Prints what the failed ones said, and `N passed, N failed`.
"""
import json
import re
import sys

CHECKS = re.compile(r'^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$', re.MULTILINE)


def count(test):
    """(passed, failed) of one test."""
    if test['result'] == 'SKIP':
        return 0, 0
    is_ok = test['result'] in ('OK', 'EXPECTEDFAIL')
    checks = [[int(n) for n in row] for row in CHECKS.findall(test.get('stdout', ''))]
    if not checks:
        return (1, 0) if is_ok else (0, 1)
    failed = sum(row[1] + row[2] for row in checks)
    passed = sum(row[0] for row in checks) - failed
    # It may also fail behind its last line: by a leak, or by a time limit.
    return passed, failed if is_ok or failed else 1


def main(path):
    passed = failed = 0
    with open(path) as log:
        for test in map(json.loads, log):
            one_passed, one_failed = count(test)
            passed += one_passed
            failed += one_failed
            if one_failed:
                print('FAILED %s: %s' % (test['name'], test['result']))
                # A tail of each: what valgrind says about itself must not push out what failed.
                for said in test.get('stdout', ''), test.get('stderr', ''):
                    print(said.rstrip()[-2000:])
    print('%d passed, %d failed' % (passed, failed))
    sys.exit(1 if failed else 0)


main(*sys.argv[1:])
