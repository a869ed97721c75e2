/* started_twice.c - a task says twice that it is ready. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: weft_started\(\) once */
#include "port.h"
#include <weft/start.h>

struct hello {
    WEFT_FRAME;
    weft_ready ready;
};

static WEFT_ASYNC(hello, self)
{
    weft_started(&self->ready);
    weft_started(&self->ready);
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
