/* ok_debug.c - what WEFT_DEBUG adds draws no warning. */
/* SPDX-License-Identifier: MIT */
/* flags: -DWEFT_DEBUG=1 -Wshadow -Wpedantic -Wconversion -Wsign-conversion -Wstrict-prototypes */
#include "ok_blocks.c"
