/* avr_runner.c - runs a program on an AVR of simavr (default: ATmega328P), as fast as it goes, and tells how it ended. */
/* SPDX-License-Identifier: MIT */
/*
 *     avr_runner [-m CORE] [-i TEXT] PROGRAM.elf
 *
 * What the program sends by its serial line goes to standard output. TEXT is sent to it once it
 * has printed a line. It ends by sleeping with interrupts off; its exit status is in GPIOR0.
 */
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GPIOR0 = 0x3e, LONGEST_S = 60, CLOCK_HZ = 16000000 };

static const char *input = "", *core = "atmega328p";
static int may_send, has_line;

static void sent(struct avr_irq_t *irq, uint32_t byte, void *context)
{
    (void)irq, (void)context;
    putchar((int)byte);
    has_line |= byte == '\n';
}

static void goes_on(struct avr_irq_t *irq, uint32_t on, void *context)
{
    (void)irq, (void)on;
    may_send = context != NULL;
}

/* What it says about itself. */
static void says(avr_t *avr, const int level, const char *format, va_list arguments)
{
    (void)avr;
    if (level <= LOG_ERROR) {
        vfprintf(stderr, format, arguments);
    }
}

/* It need not really sleep. */
static void sleeps(avr_t *avr, avr_cycle_count_t cycles)
{
    (void)avr, (void)cycles;
}

static avr_irq_t *uart(avr_t *avr, int which)
{
    return avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), which);
}

static avr_t *load(const char *path)
{
    static elf_firmware_t firmware;
    avr_t *const avr = avr_make_mcu_by_name(core);
    uint32_t flags = 0;
    avr_global_logger_set(says);
    if (avr == NULL || elf_read_firmware(path, &firmware) != 0) {
        fprintf(stderr, "cannot load %s\n", path);
        exit(2);
    }
    avr_init(avr);
    avr_load_firmware(avr, &firmware);
    avr->frequency = CLOCK_HZ;
    avr->sleep = sleeps;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(uart(avr, UART_IRQ_OUTPUT), sent, NULL);
    avr_irq_register_notify(uart(avr, UART_IRQ_OUT_XON), goes_on, avr);
    avr_irq_register_notify(uart(avr, UART_IRQ_OUT_XOFF), goes_on, NULL);
    return avr;
}

int main(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "m:i:")) != -1;) {
        *(option == 'm' ? &core : &input) = optarg;
    }
    avr_t *const avr = load(argv[argc - 1]);
    for (int state = cpu_Running; state != cpu_Done && state != cpu_Crashed; state = avr_run(avr)) {
        if (has_line && may_send && *input != '\0') {
            avr_raise_irq(uart(avr, UART_IRQ_INPUT), (uint8_t)*input++);
        }
        if (avr->cycle > (avr_cycle_count_t)LONGEST_S * CLOCK_HZ) {
            fprintf(stderr, "it does not end\n");
            return 124;
        }
    }
    fflush(stdout);
    if (avr->state == cpu_Crashed) {
        fprintf(stderr, "it crashed at 0x%x\n", avr->pc);
        return 98;
    }
    return avr->data[GPIOR0];
}
