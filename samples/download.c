/* download.c - fetches many files at once. */
/* SPDX-License-Identifier: MIT */
/*
 * A program to keep, and one to learn from: a task for each URL, a semaphore that lets so many of
 * them work at once, a deadline that moves on with each byte, retries, and a ctrl-C that leaves
 * everything in order. The interesting part is fetch.c.
 */
#include "download/download.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char usage[] =
    "usage: download [-j N] [-o DIR] [--timeout S] [--retries N] [--timeline FILE.svg] URL...\n"
    "\n"
    "Fetches all URLs, several at once. Without URLs, or for a URL `-`, it reads them from "
    "standard\n"
    "input, one a line. Run it again, and it goes on with what is not complete.\n"
    "\n"
    "  -j, --jobs N         at most N at once (8)\n"
    "  -o, --output DIR     where the files go (.); made if it is not there\n"
    "      --timeout S      give an attempt up when nothing came for S seconds (30)\n"
    "      --retries N      try again N times after 5xx, timeouts and broken connections (3)\n"
    "      --timeline FILE  draw who waited for what into an SVG file\n"
    "\n"
    "A file is named as the URL's last part; the second of a name gets `.1` behind it, the third\n"
    "`.2`. While it comes it is FILE.part. A file that is there already is left alone.\n"
    "\n"
    "Ends with 0: all are there; 1: some failed; 2: wrong usage; 130: interrupted.\n";

enum { EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* --- what is asked for ------------------------------------------------------------------------ */

static void wrong(const char *what, const char *value)
{
    fprintf(stderr, "download: %s%s%s\nTry `download --help`.\n", what, value != NULL ? ": " : "",
            value != NULL ? value : "");
    exit(EXIT_USAGE);
}

static double number(const char *text, double least, double most, const char *what)
{
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= least && value <= most)) {
        wrong(what, text);
    }
    return value;
}

static void add_url(struct job *job, const char *url)
{
    if ((job->count & (job->count - 1)) == 0) { /* a power of two: its room is used up */
        job->transfers = realloc(job->transfers, (job->count * 2 + 1) * sizeof *job->transfers);
        if (job->transfers == NULL) {
            wrong("out of memory: give it fewer URLs at once", NULL);
        }
    }
    char *const own = strdup(url);
    if (own == NULL) {
        wrong("out of memory: give it fewer URLs at once", NULL);
    }
    job->transfers[job->count++] = (struct transfer){.url = own, .fd = -1, .total = -1};
}

static void read_urls(struct job *job)
{
    char *line = NULL;
    size_t room = 0;
    if (isatty(STDIN_FILENO)) {
        fputs("URLs, one a line; ctrl-D ends:\n", stderr);
    }
    while (getline(&line, &room, stdin) >= 0) {
        char *const url = line + strspn(line, " \t\r\n");
        for (char *end = url + strlen(url); end > url && isspace((unsigned char)end[-1]);) {
            *--end = '\0';
        }
        if (*url != '\0' && *url != '#') {
            add_url(job, url);
        }
    }
    free(line);
}

static void read_options(struct job *job, int argc, char **argv)
{
    static const struct option options[] = {{"jobs", required_argument, NULL, 'j'},
                                            {"output", required_argument, NULL, 'o'},
                                            {"timeout", required_argument, NULL, 't'},
                                            {"retries", required_argument, NULL, 'r'},
                                            {"timeline", required_argument, NULL, 'l'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "j:o:h", options, NULL)) >= 0;) {
        switch (option) {
        case 'j':
            job->at_once = (size_t)number(optarg, 1, 1000, "-j wants a number from 1 to 1000");
            break;
        case 'o':
            job->folder = optarg;
            break;
        case 't':
            job->patience = (weft_time)(number(optarg, 0.001, 1e6, "--timeout wants seconds") *
                                        (double)WEFT_S(1));
            break;
        case 'r':
            job->retries = (int)number(optarg, 0, 1000, "--retries wants a number from 0");
            break;
        case 'l':
            job->timeline = optarg;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        default:
            wrong("this option is not known, or wants a value", NULL);
        }
    }
}

/* A transfer takes a file and a socket, and two more while it looks for a name. */
static void allow_files(struct job *job)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0) {
        return;
    }
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    const size_t most = files.rlim_cur > 24 ? (size_t)(files.rlim_cur - 20) / 4 : 1;
    if (job->at_once > most) {
        fprintf(stderr, "download: only %zu at once: see `ulimit -Hn`\n", most);
        job->at_once = most;
    }
}

/* --- the work --------------------------------------------------------------------------------- */

typedef WEFT_TASK(fetch) fetch_slot;

struct download {
    WEFT_FRAME;
    struct job *job;
    weft_group all, files;
    WEFT_TASK(progress) progress;
    fetch_slot *slots; /* one for each URL */
};

static WEFT_ASYNC(download, self)
{
    self->job->loop = WEFT_LOOP();
    self->job->began = WEFT_NOW();
    WEFT_CHECK(weft_curl_init(&self->job->curl, WEFT_LOOP()));
    self->slots = calloc(self->job->count + 1, sizeof *self->slots);
    WEFT_CHECK(self->slots == NULL ? (int)WEFT_ENOMEM : 0);
    WEFT_GROUP(self->all) {
        WEFT_SPAWN(&self->all, &self->progress, progress, self->job);
        WEFT_GROUP(self->files, .keep_going = true) {
            for (size_t i = 0; i < self->job->count; i++) {
                self->job->transfers[i].since = WEFT_NOW();
                WEFT_SPAWN(&self->files, &self->slots[i], fetch, self->job,
                           &self->job->transfers[i]);
            }
        } /* here all files have ended, whatever happened */
        weft_group_cancel(&self->all);
    }
WEFT_FINALLY:
    self->job->ended = WEFT_NOW();
    weft_curl_done(&self->job->curl);
    free(self->slots);
}
WEFT_END

/* --- the summary ------------------------------------------------------------------------------ */

size_t count_of(const struct job *job, enum outcome outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < job->count; i++) {
        count += job->transfers[i].outcome == outcome;
    }
    return count;
}

weft_time time_of(const struct transfer *transfer)
{
    weft_time time = 0;
    for (size_t i = 0; i < transfer->span_count; i++) {
        const struct span *const span = &transfer->spans[i];
        time += span->phase != QUEUED ? span->end - span->begin : 0;
    }
    return time;
}

static void summarize(const struct job *job)
{
    char size[16], speed[16], wall[16], sum[16];
    const size_t failed = count_of(job, FAILED), interrupted = count_of(job, INTERRUPTED);
    const weft_time took = job->ended - job->began;
    weft_time alone = 0;
    off_t received = 0;
    for (size_t i = 0; i < job->count; i++) {
        alone += time_of(&job->transfers[i]);
        received += job->transfers[i].received;
    }
    printf("%zu of %zu done", count_of(job, DONE) + count_of(job, THERE), job->count);
    if (failed > 0) {
        printf(", %zu failed", failed);
    }
    if (interrupted > 0) {
        printf(", %zu not complete: run it again, and it goes on there", interrupted);
    }
    printf(".\n%s in %s, %s/s.", size_text(size, (double)received), time_text(wall, took),
           size_text(speed, speed_of(received, took)));
    if (received > 0 && took > 0 && alone > took) { /* else there is nothing to be proud of */
        printf(" The single times add up to %s: %.1f times as long.", time_text(sum, alone),
               (double)alone / (double)took);
    }
    putchar('\n');
}

static void free_all(struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        free(job->transfers[i].url);
        free(job->transfers[i].name);
        free(job->transfers[i].part_name);
        free(job->transfers[i].spans);
    }
    free(job->transfers);
    close(job->folder_fd);
}

/* A file that arrived is good, told or not; but who reads our lines must learn that some are missing. */
static bool was_told(void)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return true;
    }
    fprintf(stderr, "download: cannot write what was done: %s: see the files themselves\n",
            strerror(errno != 0 ? errno : EIO));
    return false;
}

static void timeline_failed(const struct job *job, int error)
{
    fprintf(stderr, "download: cannot write %s: %s: name another with --timeline\n", job->timeline,
            strerror(error));
}

/* Better now than when all has been fetched. */
static bool timeline_can_be_written(const struct job *job)
{
    FILE *const to = job->timeline != NULL ? fopen(job->timeline, "ae") : NULL;
    if (job->timeline != NULL && to == NULL) {
        timeline_failed(job, errno);
        return false;
    }
    if (to != NULL) {
        (void)fclose(to);
    }
    return true;
}

static int finish(const struct job *job, int status)
{
    const int drawn = job->timeline != NULL ? timeline_write(job, job->timeline) : 0;
    summarize(job);
    const bool told = was_told();
    if (drawn < 0) {
        timeline_failed(job, -drawn);
    }
    if (status == -EINTR) {
        return EXIT_INTERRUPTED;
    }
    return status < 0 || drawn < 0 || !told || count_of(job, FAILED) > 0 ? EXIT_FAILURE
                                                                         : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct job job = {
        .folder = ".", .at_once = 8, .retries = 3, .patience = WEFT_S(30), .folder_fd = -1};
    read_options(&job, argc, argv);
    for (int i = optind; i < argc; i++) {
        strcmp(argv[i], "-") == 0 ? read_urls(&job) : add_url(&job, argv[i]);
    }
    if (optind == argc) {
        read_urls(&job);
    }
    if (job.count == 0) {
        wrong("which URLs?", NULL);
    }
    if (!name_all(&job)) {
        wrong("out of memory: give it fewer URLs at once", NULL);
    }
    if (!folder_open(&job) || !timeline_can_be_written(&job)) {
        free_all(&job);
        return EXIT_FAILURE;
    }
    allow_files(&job);
    job.permits = (weft_semaphore){.permits = job.at_once};
    srandom((unsigned)getpid());
    progress_init();
    const int status = finish(&job, weft_run(download, .job = &job));
    free_all(&job);
    return status;
}
