/* progress.c - what is seen meanwhile: bars on a terminal, plain lines elsewhere. */
/* SPDX-License-Identifier: MIT */
/*
 * What has ended scrolls up as a line; below it stand the bars of what is under way, and one line
 * for all of it. The bars are drawn anew each time: up to their first line, and over them.
 */
#include "download.h"

#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TICK_MS = 100, PLAIN_S = 10, NAME_COLUMNS = 28 };

/* What stands behind a name; where the terminal is narrow, the later of these are left out. */
enum { PERCENT = 6, SPEED = 13, BAR = 6, SIZES = 22, LEFT = 10 };

static struct {
    bool is_terminal, has_utf8, has_color;
    int columns, rows; /* of the terminal */
    int lines;         /* of bars that stand there now */
    weft_time drawn;
    off_t received_before;
    double speed;
} screen;

void progress_init(void)
{
    const char *const term = getenv("TERM");
    const char *const no_color = getenv("NO_COLOR");
    (void)setlocale(LC_CTYPE, "");
    screen.has_utf8 = has_utf8();
    screen.is_terminal = isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
    if (screen.is_terminal) {
        static char room[1 << 16];
        (void)setvbuf(stdout, room, _IOFBF, sizeof room); /* a drawing is one write */
    }
    screen.has_color = screen.is_terminal && (no_color == NULL || *no_color == '\0');
}

static void color(const char *code)
{
    if (screen.has_color) {
        printf("\033[%sm", code);
    }
}

static void print_bar(double part, int columns)
{
    const char *const full = screen.has_utf8 ? "━" : "#", *const half = screen.has_utf8 ? "╸" : "";
    const int halves = (int)(part * 2 * columns);
    int i;
    color("36");
    for (i = 0; i < halves / 2; i++) {
        fputs(full, stdout);
    }
    if (halves % 2 == 1 && *half != '\0') {
        fputs(half, stdout);
        i++;
    }
    color("90");
    for (; i < columns; i++) {
        fputs(screen.has_utf8 ? "─" : "-", stdout);
    }
    color("0");
}

/* --- lines ------------------------------------------------------------------------------------ */

static void print_state(const struct job *job, const struct transfer *transfer)
{
    char time[16];
    switch (transfer->phase) {
    case CONNECTING:
        fputs("connecting", stdout);
        break;
    case ASKING:
        fputs("waiting for the first byte", stdout);
        break;
    case RESTING:
        color("33");
        printf("again in %s: %.*s", time_text(time, transfer->until - weft_loop_time(job->loop)),
               (int)strcspn(transfer->text, ":"), transfer->text);
        color("0");
        break;
    case QUEUED:
    case RECEIVING:
    case PHASES:
        break;
    }
}

/* In so many columns: a bar, and as much as there is room for. */
static void print_received(const struct transfer *transfer, int columns)
{
    char size[16], total[16], speed[16], left[16];
    const bool is_known = transfer->total >= 0;
    const double part = transfer->total > 0 ? (double)transfer->size / (double)transfer->total : 0;
    const double seconds =
        transfer->speed > 0 ? (double)(transfer->total - transfer->size) / transfer->speed : 0;
    const bool has_sizes = columns >= PERCENT + SPEED + BAR + SIZES;
    const bool has_left = columns >= PERCENT + SPEED + BAR + SIZES + LEFT;
    const int bar = columns - PERCENT - SPEED - (has_sizes ? SIZES : 0) - (has_left ? LEFT : 0);
    print_bar(part, bar > 40 ? 40 : bar >= BAR ? bar : 0);
    if (is_known) {
        printf("  %3.0f%%", part * 100);
    } else {
        printf("%*s", PERCENT, "");
    }
    if (has_sizes) {
        printf("  %8s", size_text(size, (double)transfer->size));
        printf(is_known ? " of %-8s" : "%12s",
               is_known ? size_text(total, (double)transfer->total) : "");
    }
    printf("  %9s/s", size_text(speed, transfer->speed));
    if (has_left && is_known && transfer->speed > 0 && seconds < 359999) {
        printf("  %s", time_text(left, WEFT_S((weft_time)(seconds + 0.99))));
    }
}

static void print_transfer(const struct job *job, const struct transfer *transfer)
{
    const int name = screen.columns / 4 < NAME_COLUMNS ? screen.columns / 4 : NAME_COLUMNS;
    print_name(transfer->name, name);
    fputs("  ", stdout);
    if (transfer->phase == RECEIVING) {
        print_received(transfer, screen.columns - name - 2);
    } else {
        print_state(job, transfer);
    }
}

/* Bytes that are still to come, as far as is known; `ret_guess`: some of it is a guess. */
static double left_of(const struct job *job, bool *ret_guess)
{
    double known = 0, left = 0;
    size_t sized = 0, unsized = 0;
    for (size_t i = 0; i < job->count; i++) {
        const struct transfer *const transfer = &job->transfers[i];
        if (transfer->outcome == DONE || (transfer->outcome == PENDING && transfer->total >= 0)) {
            const off_t total = transfer->outcome == DONE ? transfer->size : transfer->total;
            known += (double)total;
            left += (double)(total - transfer->size);
            sized++;
        } else if (transfer->outcome == PENDING) {
            unsized++;
        }
    }
    *ret_guess = unsized > 0;
    return left + (sized > 0 ? known / (double)sized * (double)unsized : 0);
}

static void print_all(const struct job *job)
{
    char some[16], speed[16], time[16];
    bool is_guess;
    off_t received = 0;
    const size_t failed = count_of(job, FAILED);
    const double left = left_of(job, &is_guess);
    for (size_t i = 0; i < job->count; i++) {
        received += job->transfers[i].received;
    }
    color("1");
    printf("%zu of %zu done", count_of(job, DONE) + count_of(job, THERE), job->count);
    if (failed > 0) {
        printf(", %zu failed", failed);
    }
    printf(", %s, %s/s", size_text(some, (double)received), size_text(speed, screen.speed));
    if (left > 0 && screen.speed > 0 && left / screen.speed < 359999) {
        printf(", %s%s left", is_guess ? "about " : "",
               time_text(time, WEFT_S((weft_time)(left / screen.speed + 0.99))));
    }
    color("0");
}

/* --- the screen ------------------------------------------------------------------------------- */

static void go_to_first_line(void)
{
    for (int i = 1; i < screen.lines; i++) {
        fputs("\033[A", stdout);
    }
    fputs(screen.lines > 0 ? "\r" : "", stdout);
}

/* Not flushed: the next drawing, or the end, shows it all at once. */
static void clear(void)
{
    if (screen.is_terminal) {
        go_to_first_line();
        fputs("\r\033[J", stdout);
        screen.lines = 0;
    }
}

void progress_clear(void)
{
    clear();
    fflush(stdout);
}

/* Smoothed over about two seconds. */
static double smooth(double speed, off_t bytes, double seconds)
{
    const double now = (double)bytes / seconds;
    return speed == 0 ? now : speed + (now - speed) * seconds / (seconds + 2);
}

static void measure(const struct job *job)
{
    const weft_time now = weft_loop_time(job->loop);
    const double seconds = (double)(now - screen.drawn) / (double)WEFT_S(1);
    off_t received = 0;
    if (seconds <= 0) {
        return;
    }
    for (size_t i = 0; i < job->count; i++) {
        struct transfer *const transfer = &job->transfers[i];
        transfer->speed =
            smooth(transfer->speed, transfer->received - transfer->received_before, seconds);
        transfer->received_before = transfer->received;
        received += transfer->received;
    }
    screen.speed = smooth(screen.speed, received - screen.received_before, seconds);
    screen.received_before = received;
    screen.drawn = now;
}

static bool is_under_way(const struct transfer *transfer)
{
    return transfer->outcome == PENDING && transfer->phase != QUEUED;
}

static void draw(const struct job *job)
{
    struct winsize size = {0};
    size_t shown = 0, under_way = 0;
    const bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    screen.columns = (is_known ? size.ws_col : 80) - 1; /* in the last, an erase takes it along */
    screen.rows = is_known && size.ws_row > 2 ? size.ws_row : 24;
    go_to_first_line();
    fputs("\033[?7l", stdout); /* what is too long is cut off */
    for (size_t i = 0; i < job->count; i++) {
        if (is_under_way(&job->transfers[i]) && ++under_way < (size_t)screen.rows - 2) {
            print_transfer(job, &job->transfers[i]);
            fputs("\033[K\n", stdout);
            shown++;
        }
    }
    screen.lines = (int)shown + 1;
    print_all(job);
    if (under_way > shown) {
        printf(" (%zu more under way)", under_way - shown);
    }
    fputs("\033[J\033[?7h", stdout);
    fflush(stdout);
}

double speed_of(off_t bytes, weft_time time)
{
    return time > 0 ? (double)bytes * (double)WEFT_S(1) / (double)time : 0;
}

/* The whole name, unless the line would not fit into the terminal; there the last columns are left
 * out where they leave less than a few for the name. */
static void say_done(const struct transfer *transfer)
{
    enum { FEW = 12, SIZE_COLUMNS = 19, SPEED_COLUMNS = 23, KEPT_COLUMNS = 22 };
    char size[16], time[16], speed[16];
    const weft_time took = time_of(transfer);
    const off_t kept = transfer->size - transfer->received;
    const int width = width_of(transfer->name);
    int room = screen.is_terminal ? screen.columns - SIZE_COLUMNS : INT_MAX;
    const bool has_speed = room >= FEW + SPEED_COLUMNS;
    const bool has_kept = kept > 0 && room >= FEW + SPEED_COLUMNS + KEPT_COLUMNS;
    room -= (has_speed ? SPEED_COLUMNS : 0) + (has_kept ? KEPT_COLUMNS : 0);
    const int wanted = width > NAME_COLUMNS ? width : NAME_COLUMNS;
    color("32");
    printf("done    ");
    color("0");
    print_name(transfer->name, wanted < room ? wanted : room > 8 ? room : 8);
    printf("  %9s", size_text(size, (double)transfer->size));
    if (has_speed) {
        printf("  %8s  %9s/s", time_text(time, took),
               size_text(speed, speed_of(transfer->received, took)));
    }
    if (has_kept) {
        printf("  (%s were here)", size_text(size, (double)kept));
    }
    putchar('\n');
}

void progress_ended(const struct transfer *transfer)
{
    clear();
    if (transfer->outcome == DONE) {
        say_done(transfer);
    } else if (transfer->outcome == THERE) {
        printf("there   %s: remove it to fetch it anew\n", transfer->name);
    } else if (transfer->outcome == FAILED) {
        /* Where both are the terminal they keep their order, and the bars are not torn. */
        FILE *const to = screen.is_terminal && isatty(STDERR_FILENO) ? stdout : stderr;
        if (to == stderr) {
            fflush(stdout);
        }
        fprintf(to, "%sfailed%s  %s: %s\n", screen.has_color ? "\033[31m" : "",
                screen.has_color ? "\033[0m" : "", transfer->url, transfer->text);
    }
    if (!screen.is_terminal) {
        fflush(stdout);
    }
}

WEFT_ASYNC(progress, self)
{
    for (;;) {
        measure(self->job);
        if (screen.is_terminal) {
            draw(self->job);
        } else if (screen.received_before > 0) {
            print_all(self->job);
            putchar('\n');
            fflush(stdout);
        }
        WEFT_TRY(self->sleep, weft_sleep, screen.is_terminal ? WEFT_MS(TICK_MS) : WEFT_S(PLAIN_S));
    }
WEFT_FINALLY:
    progress_clear();
}
WEFT_END
