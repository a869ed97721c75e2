/* fault_without_failure.c - what can fail says how: with a negative status. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: a fault is a negative status */
#include <errno.h>
#include <weft/injection.h>

static weft_test test;

int main(void)
{
    weft_test_init(&test, NULL);
    return weft_test_fault(&test, EIO);
}
