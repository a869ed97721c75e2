/* frame_other.h - coroutines of another translation unit, for test_frame.c. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TEST_FRAME_OTHER_H
#define WEFT_TEST_FRAME_OTHER_H

#include <weft/frame.h>

/* Adds two numbers over there; a negative sum is a failure. */
struct other_add {
    WEFT_FRAME;
    int a, b; /* in */
    int sum;  /* out */
};
WEFT_DECLARE(other_add);

/* The frame of a static coroutine: each source has one of its own. */
struct private_answer {
    WEFT_FRAME;
    int answer; /* out */
};

/* Asks the private_answer of its own source. */
struct other_ask {
    WEFT_FRAME;
    int answer; /* out */
    struct private_answer ask;
};
WEFT_DECLARE(other_ask);

#endif
