/* ok_generator.c - generators, in plain C and in coroutines, draw no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -Wshadow -Wpedantic -Wconversion -Wsign-conversion -Wstrict-prototypes -Werror */
#include <weft/generator.h>

struct squares {
    WEFT_FRAME;
    int limit, i, value;
};

static WEFT_ASYNC(squares, self)
{
    for (self->i = 1; self->i <= self->limit; self->i++) {
        WEFT_YIELD(self->value = self->i * self->i);
    }
    WEFT_YIELD_CATCH(self->value = 0);
WEFT_FINALLY:
    self->value = -1;
}
WEFT_END

struct even {
    WEFT_FRAME;
    int value;
    struct squares squares, others;
};

static WEFT_ASYNC(even, self)
{
    WEFT_FOR_EACH(self->squares, squares, .limit = 9) {
        if (self->squares.value % 2 == 1) {
            continue;
        }
        WEFT_FOR_EACH(self->others, squares, 3) {
            if (self->others.value > self->squares.value) {
                break;
            }
        }
        WEFT_YIELD(self->value = self->squares.value);
    }
    weft_init(&self->squares, squares, .limit = 2);
    WEFT_YIELD_FROM(self->squares, self->value = self->squares.value);
    weft_init(&self->squares, squares, .limit = 2);
    WEFT_NEXT(self->squares);
    WEFT_THROW(self->squares, -5);
    WEFT_CLOSE(self->squares);
}
WEFT_END

int main(void)
{
    int sum = 0;
    struct even it;
    for (weft_init(&it, even); weft_next(&it);) {
        sum += it.value;
    }
    (void)weft_throw(&it, -5);
    weft_close_generator(&it);
    return weft_outcome(&it) + sum;
}
