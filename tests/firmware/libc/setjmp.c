/* setjmp.c - setjmp() and longjmp() of Arm and RISC-V. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>

#if defined __arm__
__asm__(".syntax unified\n"
        ".thumb\n"
        ".text\n"
        ".global setjmp\n"
        ".thumb_func\n"
        "setjmp:\n"
        "    stmia r0!, {r4-r7}\n"
        "    mov r1, r8\n"
        "    mov r2, r9\n"
        "    mov r3, r10\n"
        "    stmia r0!, {r1-r3}\n"
        "    mov r1, r11\n"
        "    mov r2, sp\n"
        "    mov r3, lr\n"
        "    stmia r0!, {r1-r3}\n"
        "    movs r0, #0\n"
        "    bx lr\n"
        ".global longjmp\n"
        ".thumb_func\n"
        "longjmp:\n"
        "    adds r0, #16\n"
        "    ldmia r0!, {r2-r4}\n"
        "    mov r8, r2\n"
        "    mov r9, r3\n"
        "    mov r10, r4\n"
        "    ldmia r0!, {r2-r4}\n"
        "    mov r11, r2\n"
        "    mov sp, r3\n"
        "    mov lr, r4\n"
        "    subs r0, #40\n"
        "    ldmia r0!, {r4-r7}\n"
        "    mov r0, r1\n"
        "    bx lr\n");
#elif defined __riscv && __riscv_xlen == 32
#define EACH(do)                                                                                   \
    do                                                                                             \
    " ra, 0(a0)\n" do " sp, 4(a0)\n" do " s0, 8(a0)\n" do " s1, 12(a0)\n" do " s2, 16(a0)\n" do " s3, 20(a0)\n" do " s4, 24(a0)\n" do " s5, 28(a0)\n" do " s6, 32(a0)\n" do " s7, 36(a0)\n" do " s8, 40(a0)\n" do " s9, 44(a0)\n" do " s10, 48(a0)\n" do " s11, 52(a0)\n"
__asm__(".text\n"
        ".globl setjmp\n"
        "setjmp:\n" EACH("sw") "li a0, 0\n"
                               "ret\n"
                               ".globl longjmp\n"
                               "longjmp:\n" EACH("lw") "mv a0, a1\n"
                                                       "ret\n");
#endif
