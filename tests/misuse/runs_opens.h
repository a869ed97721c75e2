/* runs_opens.h - the rest of a misuse: `opens` is called in a group that has the slot. */
/* SPDX-License-Identifier: MIT */
struct hello {
    WEFT_FRAME;
    weft_group group;
    outside slot;
    struct opens opens;
};

static WEFT_ASYNC(hello, self)
{
    WEFT_GROUP(self->group) {
        WEFT_TRY(self->opens, opens, &self->group, &self->slot);
    }
}
WEFT_END

int main(void)
{
    RUN(hello);
    return 0;
}
