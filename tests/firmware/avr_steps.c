/* avr_steps.c - runs steps.c on simavr, instruction by instruction, and interrupts it at each. */
/* SPDX-License-Identifier: MIT */
/*
 *     avr_steps lost|asleep|behind PROGRAM.elf BEGINS WOKEN GAVE_UP GIVES_WAY
 *
 * The addresses of the program's functions, in bytes. It ends with 0 if no interrupt was lost, with
 * 2 if some were, with 1 if it could not tell.
 *
 *     begins()        the pin rises        the core sleeps, or would
 *     ───┬──────────────────┬────────────────────┬───────> instructions
 *        └── n of them ─────┘                              n = 0, 1, 2, ... until it sleeps before
 *
 * Then as often by chance: a number of cycles from 0 to somewhat behind the sleep, twice in a round.
 *
 * With `asleep` and `behind`: how many cycles from the first instruction of the interrupt to woken(),
 * where the core slept, and where another task was running.
 */
#include <simavr/avr_extint.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_core.h>
#include <simavr/sim_elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLOCK_HZ = 16000000,
    PATIENCE = 100000 /* cycles */,
    BY_CHANCE = 4000,
    MOST = 4000,
    INT0_VECTOR = 4
};

static avr_t *avr;
static uint32_t begins, woken, gave_up, gives_way;
static int lost;

static void sleeps(avr_t *of, avr_cycle_count_t cycles)
{
    (void)of, (void)cycles;
}

/* What it says about itself. */
static void says(avr_t *of, const int level, const char *format, va_list arguments)
{
    (void)of;
    if (level <= LOG_ERROR) {
        vfprintf(stderr, format, arguments);
    }
}

static void fail(const char *why)
{
    fprintf(stderr, "%s, at 0x%x\n", why, (unsigned)avr->pc);
    exit(1);
}

/* One instruction, or some cycles of sleep. */
static void step(void)
{
    avr->run_cycle_limit = 1;
    avr->run_cycle_count = 1;
    const int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) {
        fail("it ended");
    }
}

static void run_to(uint32_t place)
{
    const avr_cycle_count_t begin = avr->cycle;
    while (avr->pc != place) {
        step();
        if (avr->cycle - begin > PATIENCE) {
            fail("it does not come there");
        }
    }
}

static void interrupt(void)
{
    avr_irq_t *const pin = avr_io_getirq(avr, AVR_IOCTL_EXTINT_GETIRQ(), EXTINT_IRQ_OUT_INT0);
    avr_raise_irq(pin, 0);
    avr_raise_irq(pin, 1);
}

/* After an interrupt: does the task go on? If not, another one helps. */
static void look_whether_it_wakes(void)
{
    const avr_cycle_count_t begin = avr->cycle;
    while (avr->pc != woken) {
        if (avr->pc == gave_up || avr->cycle - begin > PATIENCE) {
            lost++;
            if (avr->pc != gave_up) {
                interrupt();
                run_to(woken);
            }
            return;
        }
        step();
    }
}

/* True if it fell asleep before the n-th instruction. */
static bool round_of(int n)
{
    run_to(begins);
    for (int i = 0; i < n && avr->state == cpu_Running; i++) {
        step();
    }
    const bool is_asleep = avr->state == cpu_Sleeping;
    interrupt();
    look_whether_it_wakes();
    return is_asleep;
}

static void by_chance(int instructions)
{
    uint32_t random = 2463534242U;
    for (int i = 0; i < BY_CHANCE; i++) {
        run_to(begins);
        random = random * 1664525U + 1013904223U;
        const avr_cycle_count_t at =
            avr->cycle + (random >> 16) % (unsigned)(2 * instructions + 64);
        while (avr->cycle < at) {
            step();
        }
        interrupt();
        for (unsigned more = random >> 28; more > 0 && (random & 1) != 0; more--) {
            step();
        }
        interrupt();
        look_whether_it_wakes();
    }
}

static void load(char **arguments)
{
    static elf_firmware_t firmware;
    avr_global_logger_set(says);
    avr = avr_make_mcu_by_name("atmega328p");
    if (avr == NULL || elf_read_firmware(arguments[2], &firmware) != 0) {
        fprintf(stderr, "cannot load %s\n", arguments[2]);
        exit(1);
    }
    avr_init(avr);
    avr_load_firmware(avr, &firmware);
    avr->frequency = CLOCK_HZ;
    avr->sleep = sleeps;
    begins = (uint32_t)strtoul(arguments[3], NULL, 16);
    woken = (uint32_t)strtoul(arguments[4], NULL, 16);
    gave_up = (uint32_t)strtoul(arguments[5], NULL, 16);
    gives_way = (uint32_t)strtoul(arguments[6], NULL, 16);
}

static int measure(bool is_behind)
{
    avr_cycle_count_t entry = 0;
    for (int i = 0; i < 3; i++) { /* the first has what is done once only */
        run_to(begins);
        if (is_behind) {
            run_to(gives_way);
        }
        while (!is_behind && avr->state != cpu_Sleeping) {
            step();
        }
        interrupt();
        run_to(INT0_VECTOR);
        entry = avr->cycle;
        run_to(woken);
    }
    printf("%d\n", (int)(avr->cycle - entry));
    return 0;
}

int main(int argc, char **argv)
{
    int n = 0;
    if (argc != 7) {
        return 1;
    }
    load(argv);
    if (strcmp(argv[1], "lost") != 0) {
        return measure(strcmp(argv[1], "behind") == 0);
    }
    while (!round_of(n)) {
        if (++n == MOST) {
            fail("it never sleeps");
        }
    }
    printf("%d instructions from the wait to sleep, %d lost\n", n, lost);
    const int at_each = lost;
    by_chance(n);
    printf("%d by chance, %d lost\n", BY_CHANCE, lost - at_each);
    return lost == 0 ? 0 : 2;
}
