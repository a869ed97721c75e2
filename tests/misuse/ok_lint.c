/* ok_lint.c - linting, a `switch` without an await draws no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_LINT -fsyntax-only -Wshadow -Wpedantic -Werror */
#include <weft/executor.h>

enum color { RED, GREEN };

struct hello {
    WEFT_FRAME;
    enum color color;
    int number;
    weft_scope patience;
    weft_group group;
    struct weft_sleep nap;
};
WEFT_DECLARE(hello);

WEFT_ASYNC(hello, self)
{
    switch (self->color) {
    case RED:
        self->number = 1;
        break;
    case GREEN:
        WEFT_RETURN(-1);
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    WEFT_MOVE_ON(self->patience, WEFT_S(1)) {
        switch (self->number) {
        case 0x6001:
            break;
        default:
            self->number = 2;
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    }
    WEFT_GROUP(self->group) {
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END
