/* bare_priorities.c - one executor, and another in an interrupt. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_BARE=1 -DWEFT_PRIORITIES=1 */
/* error: WEFT_BARE is for one executor: leave out WEFT_PRIORITIES */
#include <weft/executor.h>
