/* bound.c - a state machine by hand with 20 waits, to be compiled. */
/* SPDX-License-Identifier: MIT */
/* compile.py compiles it with -DCOROUTINE_ONLY, and with -DHEADERS_ONLY to see what those cost. */
#include <stdbool.h>
#include <stdint.h>

#ifndef HEADERS_ONLY
struct child {
    unsigned state;
    uint64_t value, result;
};
bool child_step(struct child *self);

struct machine {
    unsigned state;
    uint64_t sum;
    struct child child;
};
bool machine_step(struct machine *self);

bool machine_step(struct machine *self)
{
    switch (self->state) {
    case 0:
        self->child = (struct child){.value = self->sum};
        self->state = 1;
        /* fall through */
    case 1:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 1;
        self->child = (struct child){.value = self->sum};
        self->state = 2;
        /* fall through */
    case 2:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 2;
        self->child = (struct child){.value = self->sum};
        self->state = 3;
        /* fall through */
    case 3:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 3;
        self->child = (struct child){.value = self->sum};
        self->state = 4;
        /* fall through */
    case 4:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 4;
        self->child = (struct child){.value = self->sum};
        self->state = 5;
        /* fall through */
    case 5:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 5;
        self->child = (struct child){.value = self->sum};
        self->state = 6;
        /* fall through */
    case 6:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 6;
        self->child = (struct child){.value = self->sum};
        self->state = 7;
        /* fall through */
    case 7:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 7;
        self->child = (struct child){.value = self->sum};
        self->state = 8;
        /* fall through */
    case 8:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 8;
        self->child = (struct child){.value = self->sum};
        self->state = 9;
        /* fall through */
    case 9:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 9;
        self->child = (struct child){.value = self->sum};
        self->state = 10;
        /* fall through */
    case 10:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 10;
        self->child = (struct child){.value = self->sum};
        self->state = 11;
        /* fall through */
    case 11:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 11;
        self->child = (struct child){.value = self->sum};
        self->state = 12;
        /* fall through */
    case 12:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 12;
        self->child = (struct child){.value = self->sum};
        self->state = 13;
        /* fall through */
    case 13:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 13;
        self->child = (struct child){.value = self->sum};
        self->state = 14;
        /* fall through */
    case 14:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 14;
        self->child = (struct child){.value = self->sum};
        self->state = 15;
        /* fall through */
    case 15:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 15;
        self->child = (struct child){.value = self->sum};
        self->state = 16;
        /* fall through */
    case 16:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 16;
        self->child = (struct child){.value = self->sum};
        self->state = 17;
        /* fall through */
    case 17:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 17;
        self->child = (struct child){.value = self->sum};
        self->state = 18;
        /* fall through */
    case 18:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 18;
        self->child = (struct child){.value = self->sum};
        self->state = 19;
        /* fall through */
    case 19:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 19;
        self->child = (struct child){.value = self->sum};
        self->state = 20;
        /* fall through */
    case 20:
        if (!child_step(&self->child)) {
            return false;
        }
        self->sum += self->child.result + 20;
    }
    return true;
}
#endif

#if !defined COROUTINE_ONLY && !defined HEADERS_ONLY
#include "bench.h"

bool child_step(struct child *self)
{
    if (self->state == 0) {
        self->state = 1;
        return false;
    }
    self->result = self->value + 1;
    return true;
}

static void compile(size_t size)
{
    struct machine machine = {0};
    (void)size;
    bench_begin();
    while (!machine_step(&machine)) {
    }
    bench_end("compile", 1);
    bench_check(machine.sum == 3145705);
}

BENCH_MAIN({"compile", compile})
#endif
