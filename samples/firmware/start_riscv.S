/* start_riscv.S - from reset to main() on a RISC-V core: the stack, the trap vector, .data, .bss. */
/* SPDX-License-Identifier: MIT */
    .section .start, "ax"
    .globl start_reset
start_reset:
    csrr t0, mhartid
    bnez t0, 5f             /* the first core only */
    la sp, start_stack_end
    la t0, board_trap
    csrw mtvec, t0
    la t0, start_data
    la t1, start_data_end
    la t2, start_data_stored
1:  bgeu t0, t1, 2f
    lw t3, 0(t2)
    sw t3, 0(t0)
    addi t0, t0, 4
    addi t2, t2, 4
    j 1b
2:  la t0, start_bss
    la t1, start_bss_end
3:  bgeu t0, t1, 4f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 3b
4:  call main
    call board_exit
5:  wfi
    j 5b
