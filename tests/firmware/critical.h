/* critical.h - a critical section of the user's own, as docs/porting.md asks for it: it nests. */
/* SPDX-License-Identifier: MIT */
#if !defined CRITICAL_H && !defined __ASSEMBLER__
#define CRITICAL_H

#if defined __riscv
#define INTERRUPTS_OFF(saved) __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(saved)::"memory")
#define INTERRUPTS_AS(saved) __asm__ volatile("csrs mstatus, %0" ::"r"((saved)&8U) : "memory")
#else
#define INTERRUPTS_OFF(saved) __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(saved)::"memory")
#define INTERRUPTS_AS(saved) __asm__ volatile("msr primask, %0" ::"r"(saved) : "memory")
#endif

static inline unsigned long critical_begin(void)
{
    unsigned long outer, inner;
    INTERRUPTS_OFF(outer);
    INTERRUPTS_OFF(inner); /* and one inside of it, whose end lets nothing in */
    INTERRUPTS_AS(inner);
    return outer;
}

static inline void critical_end(unsigned long saved)
{
    INTERRUPTS_AS(saved);
}

#define WEFT_CRITICAL_BEGIN(saved) const unsigned long saved = critical_begin()
#define WEFT_CRITICAL_END(saved) critical_end(saved)

#endif
