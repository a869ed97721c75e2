/* weft.c - a coroutine with 20 awaits, to be compiled. */
/* SPDX-License-Identifier: MIT */
/* compile.py compiles it with -DCOROUTINE_ONLY, and with -DHEADERS_ONLY to see what those cost. */
#include <weft.h>

#ifndef HEADERS_ONLY
struct child {
    WEFT_FRAME;
    uint64_t value;  /* in */
    uint64_t result; /* out */
};
WEFT_DECLARE(child);

struct machine {
    WEFT_FRAME;
    uint64_t sum;
    struct child child;
};
WEFT_DECLARE(machine);

WEFT_ASYNC(machine, self)
{
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 1;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 2;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 3;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 4;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 5;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 6;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 7;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 8;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 9;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 10;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 11;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 12;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 13;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 14;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 15;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 16;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 17;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 18;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 19;
    WEFT_TRY(self->child, child, self->sum);
    self->sum += self->child.result + 20;
}
WEFT_END
#endif

#if !defined COROUTINE_ONLY && !defined HEADERS_ONLY
#include "bench.h"

WEFT_ASYNC(child, self)
{
    WEFT_PASS();
    self->result = self->value + 1;
}
WEFT_END

struct started {
    WEFT_FRAME;
    struct machine machine;
};

static WEFT_ASYNC(started, self)
{
    WEFT_TRY(self->machine, machine);
    bench_check(self->machine.sum == 3145705);
}
WEFT_END

static void compile(size_t size)
{
    (void)size;
    bench_begin();
    bench_check(weft_run(started) == 0);
    bench_end("compile", 1);
}

BENCH_MAIN({"compile", compile})
#endif
