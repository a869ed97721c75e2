/* run_inside_run.c - a task runs the executor that runs it. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: this executor runs already: await instead of running it */
#include "port.h"

struct hello {
    WEFT_FRAME;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_RETURN(weft_executor_run(&executor));
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
