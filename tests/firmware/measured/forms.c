/* forms.c - one state machine in three forms: what does the flash of each come to? */
/* SPDX-License-Identifier: MIT */
/* loop { wait for a; x++; wait for b; y += x; give way } */
#include <weft/resume.h>

extern volatile uint8_t flag_a, flag_b;

struct protothread {
    WEFT_PT_STATE;
    uint16_t x;
    uint32_t y;
};

WEFT_PT(protothread, self)
{
    for (;;) {
        WEFT_PT_WAIT_UNTIL(flag_a);
        self->x++;
        WEFT_PT_WAIT_UNTIL(flag_b);
        self->y += self->x;
        WEFT_PT_YIELD();
    }
}
WEFT_PT_END

struct by_hand {
    uint8_t state;
    uint16_t x;
    uint32_t y;
};

void by_hand(struct by_hand *self);
void by_hand(struct by_hand *self)
{
    switch (self->state) {
    case 0:
        if (flag_a) {
            self->x++;
            self->state = 1;
        }
        break;
    case 1:
        if (flag_b) {
            self->y += self->x;
            self->state = 2;
        }
        break;
    default:
        self->state = 0;
        break;
    }
}

/* A switch over line numbers, in two bytes: the form that protothreads are known in. */
struct lines {
    uint16_t line;
    uint16_t x;
    uint32_t y;
};

#if __GNUC__ >= 7
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough" /* one of its troubles */
#endif

#define LINES_WAIT(condition)                                                                      \
    self->line = __LINE__;                                                                         \
    case __LINE__:                                                                                 \
        if (!(condition))                                                                          \
        return 0

char lines(struct lines *self);
char lines(struct lines *self)
{
    char goes_on = 1;
    switch (self->line) {
    case 0:
        for (;;) {
            LINES_WAIT(flag_a);
            self->x++;
            LINES_WAIT(flag_b);
            self->y += self->x;
            goes_on = 0;
            LINES_WAIT(goes_on);
        }
    }
    return 3;
}
