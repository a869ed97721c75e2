/* timeline.c - draws who waited for what: a row a file, time from left to right. */
/* SPDX-License-Identifier: MIT */
#include "download.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LEFT = 210, PLOT = 640, RIGHT = 150, TOP = 118, BOTTOM = 44, WIDTH = LEFT + PLOT + RIGHT };

static const struct look {
    const char *name, *color;
    double height; /* of a row */
} looks[PHASES] = {
    [QUEUED] = {"queued", "#d5dbe3", 0.16},      [CONNECTING] = {"connecting", "#f0b429", 0.68},
    [ASKING] = {"first byte", "#9f7aea", 0.68},  [RECEIVING] = {"receiving", "#2b9d8f", 0.68},
    [RESTING] = {"backing off", "#f4a6a0", 0.4},
};

/* A row is lower where there are many: names are left out then. */
static double row_height(const struct job *job)
{
    const double height = 6400.0 / (double)(job->count + 1);
    return height > 20 ? 20 : height < 3 ? 3 : height;
}

static double x_of(const struct job *job, weft_time at)
{
    const weft_time took = job->ended - job->began;
    return LEFT + PLOT * (double)(at - job->began) / (double)(took > 0 ? took : 1);
}

/* Bytes of the character that begins there; 0: it is none of UTF-8. */
static size_t length_of(const char *at)
{
    const unsigned char first = (unsigned char)*at;
    const size_t length = first < 0x80   ? 1
                          : first < 0xc2 ? 0
                          : first < 0xe0 ? 2
                          : first < 0xf0 ? 3
                                         : 4;
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return first < ' ' || first == 0x7f || first > 0xf4 ? 0 : length;
}

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (size_t length; *text != '\0'; text += length > 0 ? length : 1) {
        length = length_of(text);
        count++;
    }
    return count;
}

/* Text for XML: at most so many characters, the middle left out; what is not printable becomes ?. */
static void put_text(FILE *to, const char *text, size_t most)
{
    const size_t count = count_characters(text), head = most * 3 / 5, tail = most - head;
    for (size_t i = 0; i < count; i++) {
        const size_t length = length_of(text);
        if (count > most && i >= head && i < count - tail) {
            fputs(i == head ? "…" : "", to);
        } else if (strchr("<&>\"", *text) != NULL) {
            fprintf(to, "&#%d;", *text);
        } else {
            fprintf(to, "%.*s", length > 0 ? (int)length : 1, length > 0 ? text : "?");
        }
        text += length > 0 ? length : 1;
    }
}

/* --- above the rows --------------------------------------------------------------------------- */

static weft_time sum_of(const struct job *job, enum phase phase)
{
    weft_time sum = 0;
    for (size_t i = 0; i < job->count; i++) {
        for (size_t n = 0; n < job->transfers[i].span_count; n++) {
            const struct span *const span = &job->transfers[i].spans[n];
            sum += span->phase == phase ? span->end - span->begin : 0;
        }
    }
    return sum;
}

static void put_title(FILE *to, const struct job *job)
{
    char size[16], speed[16], wall[16], sum[16];
    const weft_time took = job->ended - job->began;
    weft_time alone = 0;
    off_t received = 0;
    for (size_t i = 0; i < job->count; i++) {
        alone += time_of(&job->transfers[i]);
        received += job->transfers[i].received;
    }
    fprintf(to,
            "<text x='24' y='38' class='title'>%zu files, %s in %s</text>\n"
            "<text x='24' y='60' class='faint'>%zu at once, %s/s; the single times add up to %s: "
            "%.1f times as long</text>\n",
            job->count, size_text(size, (double)received), time_text(wall, took), job->at_once,
            size_text(speed, speed_of(received, took)), time_text(sum, alone),
            took > 0 ? (double)alone / (double)took : 0);
}

static void put_legend(FILE *to, const struct job *job)
{
    char sum[16];
    for (int phase = 0, x = 24; phase < PHASES; phase++, x += 150) {
        fprintf(to,
                "<rect x='%d' y='78' width='12' height='12' rx='3' fill='%s'/>"
                "<text x='%d' y='88'>%s <tspan class='faint'>%s</tspan></text>\n",
                x, looks[phase].color, x + 18, looks[phase].name,
                time_text(sum, sum_of(job, (enum phase)phase)));
    }
}

/* 1, 2 or 5 times a power of ten, so that there are four to ten of them. */
static weft_time step_of(weft_time took)
{
    weft_time step = WEFT_US(1);
    while (took / step > 100) {
        step *= 10;
    }
    return took / step > 50 ? step * 10 : took / step > 20 ? step * 5 : step * 2;
}

static void put_axis(FILE *to, const struct job *job, double bottom)
{
    const weft_time took = job->ended - job->began, step = step_of(took);
    char text[16];
    for (weft_time at = 0; at <= took; at += step) {
        const double x = x_of(job, job->began + at);
        fprintf(to,
                "<path d='M%.1f %d V%.1f' class='grid'/>"
                "<text x='%.1f' y='%.1f' class='faint middle'>%s</text>\n",
                x, TOP - 6, bottom, x, bottom + 18, at == 0 ? "0" : time_text(text, at));
    }
}

/* --- the rows --------------------------------------------------------------------------------- */

static void put_span(FILE *to, const struct job *job, const struct span *span, double y,
                     double height)
{
    char time[16];
    const struct look *const look = &looks[span->phase];
    const double x = x_of(job, span->begin), width = x_of(job, span->end) - x;
    fprintf(to,
            "<rect x='%.2f' y='%.2f' width='%.2f' height='%.2f' fill='%s'><title>%s %s</title>"
            "</rect>",
            x, y + height * (1 - look->height) / 2, width > 0.4 ? width : 0.4,
            height * look->height, look->color, look->name,
            time_text(time, span->end - span->begin));
}

/* What became of it: of a failure only what, not the cure. */
static void put_ending(FILE *to, const struct transfer *transfer, double y)
{
    char size[16], time[16], what[sizeof transfer->text];
    fprintf(to, "<text x='%d' y='%.2f' class='%s'>", LEFT + PLOT + 12, y,
            transfer->outcome == FAILED ? "bad" : "faint");
    if (transfer->outcome == FAILED) {
        memccpy(what, transfer->text, '\0', sizeof what);
        what[strcspn(what, ":")] = '\0';
        put_text(to, what, 22);
    } else if (transfer->outcome == INTERRUPTED) {
        fputs("interrupted", to);
    } else if (transfer->outcome == THERE) {
        fputs("was there", to);
    } else {
        fprintf(to, "%s, %s", size_text(size, (double)transfer->size),
                time_text(time, time_of(transfer)));
    }
    fputs("</text>", to);
}

static void put_row(FILE *to, const struct job *job, const struct transfer *transfer, double y,
                    double height)
{
    for (size_t i = 0; i < transfer->span_count; i++) {
        put_span(to, job, &transfer->spans[i], y, height);
    }
    if (transfer->outcome == FAILED && transfer->span_count > 0) {
        const double x = x_of(job, transfer->spans[transfer->span_count - 1].end), arm = 4;
        fprintf(to, "<path d='M%.1f %.1f l%g %g m0 %g l%g %g' class='cross'/>", x - arm,
                y + height / 2 - arm, 2 * arm, 2 * arm, -2 * arm, -2 * arm, 2 * arm);
    }
    if (height >= 12) {
        fprintf(to, "<text x='%d' y='%.2f' class='end'>", LEFT - 12, y + height / 2 + 4);
        put_text(to, transfer->name != NULL ? transfer->name : transfer->url, 27);
        fputs("</text>", to);
        put_ending(to, transfer, y + height / 2 + 4);
    }
    fputc('\n', to);
}

int timeline_write(const struct job *job, const char *path)
{
    const double height = row_height(job), bottom = TOP + height * (double)job->count + 4;
    FILE *const to = fopen(path, "we");
    if (to == NULL) {
        return -errno;
    }
    fprintf(to,
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %.0f' width='%d' "
            "height='%.0f'>\n"
            "<style>text { font: 12px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; "
            "fill: #1f2933 } .title { font-size: 20px; font-weight: 600 } .faint { fill: #7b8794 } "
            ".bad { fill: #c53030 } .middle { text-anchor: middle } .end { text-anchor: end } "
            ".grid { stroke: #e9edf2 } .cross { stroke: #c53030; stroke-width: 2; fill: none }"
            "</style>\n<rect width='100%%' height='100%%' fill='#fff'/>\n",
            WIDTH, bottom + BOTTOM, WIDTH, bottom + BOTTOM);
    put_title(to, job);
    put_legend(to, job);
    put_axis(to, job, bottom);
    for (size_t i = 0; i < job->count; i++) {
        put_row(to, job, &job->transfers[i], TOP + height * (double)i, height);
    }
    fputs("</svg>\n", to);
    const int failed = ferror(to);
    return fclose(to) != 0 || failed ? -errno : 0;
}
