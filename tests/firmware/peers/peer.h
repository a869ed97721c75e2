/* peer.h - one workload, which each file here has in another form: see main.c. */
/* SPDX-License-Identifier: MIT */
/*
 *     work:   for ever { wait for flag_a; x++; wait for flag_b; y += x; give way }
 *     level2: awaits work;  level3: awaits level2;  …  level8: awaits level7
 */
#ifndef PEER_H
#define PEER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

extern volatile uint8_t flag_a, flag_b;

/** Prepares `work`, at depth 1, or `level8`, at depth 8. @return the bytes of RAM it takes, with
 *  the 6 bytes of x and y. */
size_t peer_start(int depth);

/** Resumes it once: what the main loop does again and again. */
void peer_resume(void);

/** What it has come to: y. */
uint32_t peer_sum(void);

#ifdef __cplusplus
}
#endif

/* As if they were in different files: nothing is inlined, nor changed to suit the one who calls. */
#define PEER_APART __attribute__((noinline))

/* For each level its name, and the one it awaits. */
#define PEER_LEVELS(LEVEL)                                                                         \
    LEVEL(level2, work)                                                                            \
    LEVEL(level3, level2)                                                                          \
    LEVEL(level4, level3)                                                                          \
    LEVEL(level5, level4)                                                                          \
    LEVEL(level6, level5)                                                                          \
    LEVEL(level7, level6)                                                                          \
    LEVEL(level8, level7)

#endif
