/* start_avr.S - from reset to main() on an ATmega328P: vectors, the stack, .data, .bss. */
/* SPDX-License-Identifier: MIT */
#include <avr/io.h>

.macro vector number
    .weak __vector_\number
    .set __vector_\number, start_unexpected
    jmp __vector_\number
.endm

    .section .vectors, "ax", @progbits
    jmp start_reset
    .irp number, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25
    vector \number
    .endr

    .section .text.start_reset, "ax", @progbits
    .globl start_reset
start_reset:
    clr r1                              /* what the compiler takes for zero */
    out _SFR_IO_ADDR(SREG), r1
    ldi r28, lo8(RAMEND)
    ldi r29, hi8(RAMEND)
    out _SFR_IO_ADDR(SPH), r29
    out _SFR_IO_ADDR(SPL), r28
    ldi r26, lo8(start_data)            /* X: to */
    ldi r27, hi8(start_data)
    ldi r30, lo8(start_data_stored)     /* Z: from, in flash */
    ldi r31, hi8(start_data_stored)
    ldi r17, hi8(start_data_end)
    rjmp 2f
1:  lpm r0, Z+
    st X+, r0
2:  cpi r26, lo8(start_data_end)
    cpc r27, r17
    brne 1b
    ldi r17, hi8(start_bss_end)         /* .bss stands right behind */
    rjmp 4f
3:  st X+, r1
4:  cpi r26, lo8(start_bss_end)
    cpc r27, r17
    brne 3b
    call main
    jmp board_exit

    .section .text.start_unexpected, "ax", @progbits
start_unexpected:
    ldi r24, 99
    ldi r25, 0
    jmp board_exit
