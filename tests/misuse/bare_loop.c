/* bare_loop.c - the library's tasks stand in groups. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_BARE=1 */
/* error: WEFT_BARE is for a program without the library */
#include <weft/loop.h>
