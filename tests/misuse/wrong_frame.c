/* wrong_frame.c - the place for a call is the frame of another coroutine. */
/* SPDX-License-Identifier: MIT */
/* error: this is the frame of another coroutine than .big. */
#include <weft/frame.h>

struct small {
    WEFT_FRAME;
};

struct big {
    WEFT_FRAME;
    int room[100];
};
WEFT_DECLARE(big);

struct caller {
    WEFT_FRAME;
    struct small small;
};

WEFT_ASYNC(caller, self)
{
    WEFT_TRY(self->small, big);
}
WEFT_END
