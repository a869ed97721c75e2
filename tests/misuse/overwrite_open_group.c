/* overwrite_open_group.c - a call shares its room with the group it stands in. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 */
/* stops: overwrite_open_group\.c:\d+: hello: weft: this overwrites an open scope or group */
#include "port.h"

struct quick {
    WEFT_FRAME;
    char room[500];
};

static WEFT_ASYNC(quick, self) {}
WEFT_END

struct hello {
    WEFT_FRAME;
    union {
        weft_group group;
        struct quick quick;
    };
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_TRY(self->quick, quick);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
