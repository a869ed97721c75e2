/* rooms.c - says what its tasks and pools take: src/tools/ram.py must say the same. */
/* SPDX-License-Identifier: MIT */
#include "board.h"

struct leaf {
    WEFT_FRAME;
    uint32_t much[3];
    struct weft_sleep nap;
};

static WEFT_ASYNC(leaf, self)
{
    self->much[0]++;
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
}
WEFT_END

struct branch {
    WEFT_FRAME;
    weft_executor *executor;
    uint8_t little;
    WEFT_TASK(leaf) inside; /* counts in the branch that has it */
    struct leaf leaf;
};

static WEFT_ASYNC(branch, self)
{
    weft_spawn(&self->executor->group, &self->inside, leaf);
    WEFT_TRY(self->leaf, leaf);
}
WEFT_END

static WEFT_TASKS(leaf, 3) pool;
static WEFT_TASK(branch) alone;
static struct {
    char name[5];
    union {
        WEFT_TASK(branch) branches[2];
    };
} box;
static struct leaf frames[2];

static void row(const char *name, size_t frame, size_t task, size_t room, size_t bytes)
{
    const size_t numbers[] = {frame, task, room, bytes};
    board_print(name);
    for (size_t i = 0; i < 4; i++) {
        board_print(" ");
        board_print_number((long)numbers[i]);
    }
    board_print("\n");
}

int main(void)
{
    weft_executor *const executor = board_start();
    weft_spawn_in(&executor->group, &pool, leaf);
    weft_spawn(&executor->group, &alone, branch, executor);
    weft_spawn(&executor->group, &box.branches[0], branch, executor);
    weft_spawn(&executor->group, &box.branches[1], branch, executor);
    __asm__ volatile("" ::"r"(frames) : "memory"); /* it is not left out */
    box.name[0] = 'x';
    if (weft_executor_run(executor) != 0) {
        board_exit(1);
    }
    row("branch", sizeof(struct branch), sizeof alone, 3, sizeof alone + sizeof box.branches);
    row("leaf", sizeof(struct leaf), sizeof pool.slots[0], 5, sizeof pool.slots + sizeof frames);
    board_exit(0);
}
