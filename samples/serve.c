/* serve.c - a server of static files. */
/* SPDX-License-Identifier: MIT */
/*
 * HTTP/1.1 over the streams: a task for each connection, with a timeout for those that say nothing,
 * and an end that lets the requests under way be answered. What one client gets is connection.c.
 */
#include "serve/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/group.h>
#include <weft/sync.h>

static const char usage[] =
    "usage: serve [--port N] [--host H] [--delay MS] [--rate BYTES/S] [--generate N] [DIR]\n"
    "\n"
    "Serves the files in DIR (.) by HTTP, and what links in it lead to. The first line it prints\n"
    "is where.\n"
    "\n"
    "  --port N        the port (8080); 0: any that is free\n"
    "  --host H        the address to listen on (127.0.0.1)\n"
    "  --delay MS      wait before each answer, to play a server that is far away\n"
    "  --rate BYTES    send so many bytes a second on each connection (no limit)\n"
    "  --idle S        close connections that say or take nothing for so long (30)\n"
    "  --cache S       take small files as they were for so long (1); 0: look each time\n"
    "  --generate N    first write N files of 16 KiB to 4 MiB into DIR, or into a new directory;\n"
    "                  if it made the directory it removes it at the end\n"
    "\n"
    "Ctrl-C, or SIGTERM, ends it when the requests under way are answered; a second one at once.\n"
    "Ends with 0: was asked to end; 1: could not serve; 2: wrong usage.\n";

enum { EXIT_USAGE = 2, GRACE_S = 10 };

struct options {
    const char *host, *directory;
    long port, delay_ms, rate, idle_s, cache_s, generate;
};

/* --- what is asked for ------------------------------------------------------------------------ */

static void wrong(const char *what, const char *value)
{
    fprintf(stderr, "serve: %s: %s\nTry `serve --help`.\n", what, value);
    exit(EXIT_USAGE);
}

static long number(const char *text, long least, long most, const char *what)
{
    char *end;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < least || value > most) {
        wrong(what, text);
    }
    return value;
}

static struct options read_options(int count, char **words)
{
    static const struct option known[] = {
        {"port", required_argument, NULL, 'p'},
        {"host", required_argument, NULL, 'H'},
        {"delay", required_argument, NULL, 'd'},
        {"rate", required_argument, NULL, 'r'},
        {"idle", required_argument, NULL, 'i'},
        {"generate", required_argument, NULL, 'g'},
        {"help", no_argument, NULL, 'h'},
        {"cache", required_argument, NULL, 'c'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.host = "127.0.0.1", .port = 8080, .idle_s = 30, .cache_s = 1};
    for (int option; (option = getopt_long(count, words, "h", known, NULL)) >= 0;) {
        if (option == 'p') {
            options.port = number(optarg, 0, 65535, "--port takes 0 to 65535");
        } else if (option == 'H') {
            options.host = optarg;
        } else if (option == 'd') {
            options.delay_ms = number(optarg, 0, 3600000, "--delay takes milliseconds");
        } else if (option == 'r') {
            options.rate = number(optarg, 1, 1L << 40, "--rate takes bytes a second");
        } else if (option == 'i') {
            options.idle_s = number(optarg, 1, 86400, "--idle takes seconds");
        } else if (option == 'c') {
            options.cache_s = number(optarg, 0, 86400, "--cache takes seconds");
        } else if (option == 'g') {
            options.generate = number(optarg, 1, 10000, "--generate takes 1 to 10000");
        } else if (option == 'h') {
            fputs(usage, stdout);
            exit(0);
        } else {
            fputs("Try `serve --help`.\n", stderr);
            exit(EXIT_USAGE);
        }
    }
    if (count - optind > 1) {
        wrong("serves one directory", words[optind + 1]);
    }
    options.directory = words[optind];
    return options;
}

/* --- the program ------------------------------------------------------------------------------ */

struct program {
    WEFT_FRAME;
    const struct options *options;
    struct site *site;
    bool *ret_served;
    weft_task *task;
    weft_listener *listener;
    weft_event stop;
    weft_handle interrupted, terminated;
    weft_scope grace;
    weft_group group;
    WEFT_TASK(weft_serve) server;
    union {
        struct weft_listen listen;
        struct weft_event_wait wait;
    };
};

/* The first time it is asked nicely. */
static void ask_to_stop(void *argument)
{
    struct program *const self = argument;
    if (!self->stop.is_set) {
        weft_event_set(&self->stop);
    } else {
        weft_task_cancel(self->task);
    }
}

static void tell_refusal(const struct options *options, int status)
{
    const char *const cure = status == -EADDRINUSE ? "another program has it: choose another --port"
                             : status == -EACCES   ? "not allowed: choose a --port above 1023"
                                                   : weft_strstatus(status);
    fprintf(stderr, "serve: cannot listen on port %ld of %s: %s\n", options->port, options->host,
            cure);
}

static void tell_place(const char *host, unsigned port)
{
    printf(strchr(host, ':') != NULL ? "http://[%s]:%u/\n" : "http://%s:%u/\n", host, port);
    fflush(stdout);
}

static WEFT_ASYNC(program, self)
{
    self->task = WEFT_SELF();
    WEFT_CHECK(weft_add_signal_handler(WEFT_LOOP(), SIGINT, &self->interrupted, ask_to_stop, self));
    WEFT_CHECK(weft_add_signal_handler(WEFT_LOOP(), SIGTERM, &self->terminated, ask_to_stop, self));
    WEFT_AWAIT(self->listen, weft_listen, &self->listener, self->options->host,
               (uint16_t)self->options->port);
    if (WEFT_STATUS() < 0) {
        tell_refusal(self->options, WEFT_STATUS());
        WEFT_RETURN(0);
    }
    WEFT_MOVE_ON(self->grace, WEFT_FOREVER) {
        WEFT_GROUP(self->group) {
            WEFT_SPAWN(&self->group, &self->server, weft_serve, self->listener,
                       WEFT_HANDLER(connection), self->site);
            tell_place(self->options->host, weft_listener_port(self->listener));
            WEFT_TRY(self->wait, weft_event_wait, &self->stop);
            weft_listener_close(&self->listener);
            end_connections(self->site);
            weft_scope_reschedule(&self->grace, WEFT_NOW() + WEFT_S(GRACE_S));
        } /* until the requests under way are answered */
    }
    *self->ret_served = true;
WEFT_FINALLY:
    *self->ret_served |= self->stop.is_set;
    weft_listener_close(&self->listener);
    weft_remove_signal_handler(WEFT_LOOP(), SIGINT);
    weft_remove_signal_handler(WEFT_LOOP(), SIGTERM);
}
WEFT_END

/* --- the directory ---------------------------------------------------------------------------- */

/* Opens the directory, which may have to be made: its descriptor, or -errno. */
static int open_directory(struct options *options, bool *ret_made)
{
    static char scratch[] = "/tmp/weft-serve-XXXXXX";
    *ret_made = false;
    if (options->generate > 0 && options->directory == NULL) {
        options->directory = mkdtemp(scratch);
        *ret_made = options->directory != NULL;
    } else if (options->generate > 0) {
        *ret_made = mkdir(options->directory, 0755) == 0;
    } else if (options->directory == NULL) {
        options->directory = ".";
    }
    const int fd = options->directory != NULL
                       ? open(options->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                       : -1;
    return fd < 0 ? -errno : fd;
}

static bool run(const struct options *options, int directory)
{
    bool served = false;
    struct site site = {
        .directory = directory,
        .delay = WEFT_MS(options->delay_ms),
        .rate = options->rate,
        .patience = WEFT_S(options->idle_s),
        .cached_for = WEFT_S(options->cache_s),
    };
    weft_link_init(&site.idle);
    const int status = weft_run(program, .options = options, .site = &site, .ret_served = &served);
    cache_clear(&site);
    return served && (status == 0 || status == WEFT_ECANCELED);
}

int main(int count, char **words)
{
    struct options options = read_options(count, words);
    bool made, served = false;
    const int directory = open_directory(&options, &made);
    int status = directory < 0 ? directory : 0;
    if (status == 0) {
        status = generate_files(directory, (int)options.generate);
    }
    if (status < 0) {
        fprintf(stderr, "serve: %s: %s\n", options.directory ? options.directory : "/tmp",
                weft_strstatus(status));
    } else {
        served = run(&options, directory);
    }
    if (made) {
        remove_files(directory, (int)options.generate);
        rmdir(options.directory);
    }
    if (directory >= 0) {
        close(directory);
    }
    return served ? 0 : 1;
}
