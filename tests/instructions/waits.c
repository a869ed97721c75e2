/* waits.c - loads that have to wait for stores, for forwarding.py to find. */
/* SPDX-License-Identifier: MIT */
static volatile struct {
    unsigned char bytes[8];
} pieces;

/* Two bytes are stored, and read as one number. */
__attribute__((noinline)) static void waits(void)
{
    unsigned number;
    pieces.bytes[0] = 1;
    pieces.bytes[1] = 2;
    __asm__ volatile("movl %1, %0" : "=r"(number) : "m"(*(volatile unsigned *)&pieces));
    (void)number;
}

/* A number is stored, and a byte of it read: its store holds that. */
__attribute__((noinline)) static void goes_on(void)
{
    unsigned byte;
    __asm__ volatile("movl $1, %0" : "=m"(*(volatile unsigned *)&pieces));
    __asm__ volatile("movzbl %1, %0" : "=r"(byte) : "m"(pieces.bytes[1]));
    (void)byte;
}

int main(void)
{
    for (int i = 0; i < 100; i++) {
        waits();
        goes_on();
    }
    return 0;
}
