/* sizes.c - the sizes that the headers promise. */
/* SPDX-License-Identifier: MIT */
#include <weft/executor.h>
#include <weft/hold.h>
#include <weft/select.h>

#if defined __AVR__ && WEFT_LINES
#define HAS_SIZE(type, host_bytes, arm_bytes, avr_bytes) _Static_assert(sizeof(type) > 0, "")
_Static_assert(sizeof(weft_frame) == 10, "a frame with a line, on AVR");
#elif defined __AVR__
#define HAS_SIZE(type, host_bytes, arm_bytes, avr_bytes)                                           \
    _Static_assert(sizeof(type) == (avr_bytes), #type " on AVR")
#elif !__STDC_HOSTED__ && WEFT_LINES && UINTPTR_MAX == UINT32_MAX
#define HAS_SIZE(type, host_bytes, arm_bytes, avr_bytes) _Static_assert(sizeof(type) > 0, "")
_Static_assert(sizeof(weft_frame) == 16, "a frame with a line, on 32 bit");
#elif UINTPTR_MAX == UINT32_MAX
#define HAS_SIZE(type, host_bytes, arm_bytes, avr_bytes)                                           \
    _Static_assert(sizeof(type) == (arm_bytes), #type " on 32 bit")
#else
#define HAS_SIZE(type, host_bytes, arm_bytes, avr_bytes)                                           \
    _Static_assert(!__STDC_HOSTED__ || sizeof(type) == (host_bytes), #type " on 64 bit")
#endif

HAS_SIZE(weft_frame, 24, 12, 8);
HAS_SIZE(weft_chain, 40, 16, 12);
HAS_SIZE(weft_task, 96, 36, 22);
HAS_SIZE(weft_case, 104, 56, 32);
HAS_SIZE(weft_hold, 8, 4, 2);
