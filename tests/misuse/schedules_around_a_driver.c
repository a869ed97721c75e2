/* schedules_around_a_driver.c - a schedule is of one run: it cannot be of many. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: the program of weft_test_schedules\(\) runs once each time: let that be innermost */
#include <weft/explore.h>

static weft_test test;

struct passer {
    WEFT_FRAME;
};

static WEFT_ASYNC(passer, self)
{
    WEFT_PASS();
}
WEFT_END

static void program(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, passer);
}

static void seeds(weft_test *of, void *context)
{
    (void)weft_test_seeds(of, 10, program, context);
}

int main(void)
{
    weft_test_init(&test, NULL);
    return weft_test_schedules(&test, 10, seeds, NULL);
}
