/* wrong_slot.c - the slot for a task is that of another coroutine. */
/* SPDX-License-Identifier: MIT */
/* error: incompatible */
#include <weft/spawn.h>

struct small {
    WEFT_FRAME;
};

struct big {
    WEFT_FRAME;
    int room[100];
};
WEFT_DECLARE(big);

int start(weft_group *group);

int start(weft_group *group)
{
    static WEFT_TASK(small) slot;
    return weft_spawn(group, &slot, big);
}
