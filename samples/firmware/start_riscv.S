/* start_riscv.S - from reset to main() on a RISC-V core: the stack, the trap vector, .bss. */
/* SPDX-License-Identifier: MIT */
    .section .start, "ax"
    .globl start_reset
start_reset:
    csrr t0, mhartid
    bnez t0, 3f             /* the first core only */
    la sp, start_stack_end
    la t0, board_trap
    csrw mtvec, t0
    la t0, start_bss
    la t1, start_bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  call main
    call board_exit
3:  wfi
    j 3b
