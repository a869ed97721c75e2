/* 58_dump.c - what everybody waits for. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: all tasks as a tree, each with its chain of awaits, function, file and line. It can be
 * asked for at any time, and costs nothing before. A deadlock prints one; a program of the operating
 * system's can be told to print one on a signal (weft_loop_dump_on).
 * Next: 59_line_by_line.c, reading lines and sizes.
 */
#include <stdio.h>
#include <string.h>
#include <weft.h>
#include <weft/testing.h>

struct reader {
    WEFT_FRAME;
    weft_queue *queue;
    int item;
    struct weft_get get;
};

static WEFT_ASYNC(reader, self)
{
    WEFT_TRY(self->get, weft_get, self->queue, &self->item);
}
WEFT_END

static char text[1024];

static void put(void *unused, const char *piece, size_t length)
{
    (void)unused;
    strncat(text, piece, length);
}

/* The places are left out here: they change with every edit. */
static void print_without_places(void)
{
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        const bool runs = strstr(line, ", past line") != NULL;
        const char *const place = strstr(line, runs ? " in " : " at ");
        printf("%.*s\n", place != NULL ? (int)(place - line) : (int)strlen(line), line);
    }
}

struct program {
    WEFT_FRAME;
    weft_executor *executor;
    int room[1];
    weft_queue queue;
    weft_group group;
    WEFT_TASK(reader) slot;
    struct weft_sleep nap;
};

static WEFT_ASYNC(program, self)
{
    weft_queue_init(&self->queue, self->room, sizeof self->room[0], 1);
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->slot, reader, &self->queue);
        weft_task_set_name(&self->slot.task, "Ann");
        WEFT_TRY(self->nap, weft_sleep, 0);
        weft_dump(self->executor, put, NULL);
        print_without_places();
        weft_group_cancel(&self->group);
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, program, &test.executor);
}

/* prints:
 * 2 tasks
 * `-- program: runs
 *     |   program
 *     `-- Ann (reader): waits in weft_get
 *             reader
 *             weft_get
 */
