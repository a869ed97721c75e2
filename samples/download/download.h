/* download.h - what the sources of the program `download` share. */
/* SPDX-License-Identifier: MIT */
/*
 *     download.c           options, the tasks, the summary
 *     download/names.c     which file a URL becomes
 *     download/part.c      FILE.part: where the bytes go until all are there
 *     download/fetch.c     the coroutine: one URL, until it is there or given up
 *     download/progress.c  what is seen meanwhile
 *     download/timeline.c  what is seen afterwards: a drawing of who waited for what
 */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include <sys/types.h>
#include <weft/curl.h>
#include <weft/sync.h>

/** What a transfer is doing. */
enum phase { QUEUED, CONNECTING, ASKING, RECEIVING, RESTING, PHASES };

struct span {
    enum phase phase;
    weft_time begin, end;
};

enum outcome { PENDING, DONE, THERE, FAILED, INTERRUPTED, OUTCOMES };

/** One URL on its way into one file. */
struct transfer {
    char *url;
    char *name, *part_name; /* NULL: the URL is none */
    enum outcome outcome;
    int attempts;
    char text[400]; /* why it failed, and the cure; also why it rests */

    /* the file: part.c */
    int fd;             /* of FILE.part; -1: closed */
    off_t kept;         /* bytes it had when this attempt began */
    off_t size;         /* bytes it has */
    off_t total;        /* bytes of the whole file; -1: unknown */
    off_t received;     /* bytes that came in this run, in all attempts */
    time_t last_change; /* of the file, when it was opened */
    int error;          /* of a write; 0: none */

    /* time: fetch.c */
    enum phase phase;
    weft_time since; /* when the phase began */
    weft_time until; /* when a rest will end */
    struct span *spans;
    size_t span_count, span_room;

    /* the speed that is shown: progress.c */
    double speed;
    off_t received_before;
};

/** The whole run. Times are those of the loop. */
struct job {
    /* options */
    const char *folder, *timeline;
    size_t at_once;
    int retries;
    weft_time patience; /* without a byte */
    /* the work */
    struct transfer *transfers;
    size_t count;
    int folder_fd;
    weft_loop *loop;
    weft_curl curl;
    weft_semaphore permits;
    weft_time began, ended;
};

/* --- download.c ------------------------------------------------------------------------------- */

/** How many transfers ended, or did not end, like that. */
size_t count_of(const struct job *job, enum outcome outcome);

/** How long a transfer took without the time it was queued. */
weft_time time_of(const struct transfer *transfer);

/* --- names.c ---------------------------------------------------------------------------------- */

/** Leaves out URLs that are there twice, and names the files: `file`, `file.1`, … @return false: no
 *  memory. */
bool name_all(struct job *job);

/* --- part.c ----------------------------------------------------------------------------------- */

/** Opens or makes the folder. @return false: it cannot be used, and that was said. */
bool folder_open(struct job *job);

/** Looks for FILE. @return 1: it is there; 0: it is not; -errno and a text: it cannot be. */
int part_look(const struct job *job, struct transfer *transfer);

/** Opens FILE.part for appending. @return 0, or -errno and a text. */
int part_open(const struct job *job, struct transfer *transfer);

/** Appends. @return false: see transfer->error. */
bool part_write(struct transfer *transfer, const char *data, size_t length);

/** Empties it, to begin anew. @return 0, or -errno and a text. */
int part_restart(struct transfer *transfer);

/** FILE.part becomes FILE. @return 0, or -errno and a text. */
int part_finish(const struct job *job, struct transfer *transfer);

/** Closes it; one that is empty is removed. Accepts a closed one. */
void part_close(const struct job *job, struct transfer *transfer);

/** Why a file could not be written, and the cure. */
void part_explain(struct transfer *transfer, int error);

/* --- fetch.c ---------------------------------------------------------------------------------- */

struct fetch {
    WEFT_FRAME;
    struct job *job;
    struct transfer *transfer;
    CURL *easy;
    weft_hold permit;
    weft_scope patience;
    weft_time pause;
    int verdict;   /* on the attempt: see judge() */
    bool is_stale; /* the file on the server is newer than what was kept */
    char said[CURL_ERROR_SIZE];
    union {
        struct weft_acquire acquire;
        struct weft_curl_perform perform;
        struct weft_sleep rest;
    };
};

WEFT_DECLARE(fetch);

/** Ends a phase of a transfer, and begins another. */
void enter(const struct job *job, struct transfer *transfer, enum phase phase);

/* --- progress.c ------------------------------------------------------------------------------- */

/** Redraws the screen ten times a second, or prints a line at times, until it is cancelled. */
struct progress {
    WEFT_FRAME;
    struct job *job;
    struct weft_sleep sleep;
};

WEFT_DECLARE(progress);

/** Finds out what standard output is. */
void progress_init(void);

/** Says how a transfer ended; one line. */
void progress_ended(const struct transfer *transfer);

/** Takes the bars away. */
void progress_clear(void);

/** Bytes a second. */
double speed_of(off_t bytes, weft_time time);

/* --- words.c ---------------------------------------------------------------------------------- */

/** `134.2 MB`. Owner: the caller's 16 bytes. */
const char *size_text(char text[16], double bytes);

/** `84 ms`, `0.8 s`, `4:05 min`, `1:02:03 h`. Owner: the caller's 16 bytes. */
const char *time_text(char text[16], weft_time time);

/** The locale's encoding is UTF-8. */
bool has_utf8(void);

/** How many columns a name has; 0: it cannot be printed as it is. */
int width_of(const char *name);

/** Prints a name in exactly so many columns: filled up, or without its middle. */
void print_name(const char *name, int columns);

/* --- timeline.c ------------------------------------------------------------------------------- */

/** Draws the run into an SVG file. @return 0 or -errno. */
int timeline_write(const struct job *job, const char *path);

#endif
