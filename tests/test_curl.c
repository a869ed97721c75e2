/* test_curl.c - transfers by libcurl, against a server that does what it is asked for. */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"
#include <arpa/inet.h>
#include <weft/curl.h>
#include <weft/sync.h>

/* --- the server: a process of its own, one connection at a time ------------------------------- */

static pid_t server;
static unsigned short port;

/* Reads the head of a request. @return false: there is none any more. */
static bool read_request(int fd, char head[static 4096])
{
    size_t length = 0;
    head[0] = '\0';
    while (strstr(head, "\r\n\r\n") == NULL) {
        const ssize_t got = read(fd, head + length, 4095 - length);
        if (got <= 0) {
            return false;
        }
        length += (size_t)got;
        head[length] = '\0';
    }
    return true;
}

static void write_text(int fd, const char *text)
{
    const ssize_t written = write(fd, text, strlen(text));
    (void)written;
}

static void wait_for_close(int fd)
{
    char bytes[64];
    while (read(fd, bytes, sizeof bytes) > 0) {
    }
}

static void close_with_reset(int fd)
{
    const struct linger linger = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(fd);
}

/* Answers three only when the third has asked. */
static void meet(int fd)
{
    static int waiting[3], count;
    waiting[count++] = fd;
    for (; count == 3; count = 0) {
        for (int i = 0; i < 3; i++) {
            write_text(waiting[i], "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
            close(waiting[i]);
        }
    }
}

/* Says each time which connection this is, and keeps it. */
static void keep(int fd, char head[static 4096])
{
    static int connections;
    char text[128];
    connections++;
    do {
        (void)snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d",
                       connections);
        write_text(fd, text);
    } while (read_request(fd, head));
    close(fd);
}

static void answer(int fd)
{
    static const struct {
        const char *path, *text;
        void (*then)(int fd);
    } answers[] = {
        {"/whole", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", NULL},
        {"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", NULL},
        {"/part", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", NULL},
        {"/half", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", wait_for_close},
        {"/silent", "", wait_for_close},
        {"/nothing", "", NULL},
        {"/reset", "", close_with_reset},
        {"/round", "HTTP/1.1 302 Found\r\nLocation: /whole\r\nContent-Length: 0\r\n\r\n", NULL},
    };
    static char head[4096];
    if (read_request(fd, head)) {
        const char *const path = head + strlen("GET ");
        const size_t length = strcspn(path, " ");
        if (strncmp(path, "/meet", length) == 0) {
            meet(fd);
            return;
        }
        if (strncmp(path, "/keep", length) == 0) {
            keep(fd, head);
            return;
        }
        for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
            if (strncmp(path, answers[i].path, length) == 0) {
                write_text(fd, answers[i].text);
                if (answers[i].then != NULL) {
                    answers[i].then(fd);
                }
            }
        }
    }
    close(fd);
}

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(fd, (const void *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    ck_assert_int_eq(getsockname(fd, (void *)&address, &length), 0);
    port = ntohs(address.sin_port);
    return fd;
}

static weft_curl curl;

static void start(int n)
{
    const int listener = listen_somewhere();
    server = fork();
    ck_assert_int_ge(server, 0);
    if (server == 0) {
        for (;;) {
            const int fd = accept(listener, NULL, NULL);
            if (fd >= 0) {
                answer(fd);
            }
        }
    }
    close(listener);
    begin(n);
    ck_assert_int_eq(weft_curl_init(&curl, loop), 0);
}

static void stop(void)
{
    weft_curl_done(&curl);
    end();
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}

/* --- the client ------------------------------------------------------------------------------- */

/* Gets a path, and says `body:code=status`. */
struct get {
    WEFT_FRAME;
    const char *path;
    const char *host;         /* default: 127.0.0.1 */
    long limit_ms;            /* curl's own; 0: none */
    weft_task *stopped_by_it; /* cancelled with the first byte */
    weft_scope *left_by_it;   /* cancelled with the first byte */
    bool refuses;             /* the first byte */
    CURL *easy;
    char body[64];
    struct weft_curl_perform perform;
};

static size_t on_data(char *data, size_t one, size_t length, void *argument)
{
    struct get *const self = argument;
    (void)one;
    strncat(self->body, data, length);
    if (self->stopped_by_it != NULL) {
        weft_task_cancel(self->stopped_by_it);
    }
    if (self->left_by_it != NULL) {
        weft_scope_cancel(self->left_by_it);
    }
    return self->refuses ? 0 : length;
}

static void prepare(struct get *self)
{
    char url[128];
    (void)snprintf(url, sizeof url, "http://%s:%d%s", self->host != NULL ? self->host : "127.0.0.1",
                   port, self->path);
    curl_easy_setopt(self->easy, CURLOPT_URL, url);
    curl_easy_setopt(self->easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(self->easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(self->easy, CURLOPT_TIMEOUT_MS, self->limit_ms);
    curl_easy_setopt(self->easy, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(self->easy, CURLOPT_WRITEDATA, self);
}

static size_t discard(char *data, size_t one, size_t length, void *unused)
{
    (void)data, (void)one, (void)unused;
    return length;
}

/* The same with a handle of the caller's, and without a word. */
struct get_with {
    WEFT_FRAME;
    CURL *easy;
    const char *path;
    char url[64];
    struct weft_curl_perform perform;
};

static WEFT_ASYNC(get_with, self)
{
    (void)snprintf(self->url, sizeof self->url, "http://127.0.0.1:%d%s", port, self->path);
    WEFT_CHECK(curl_easy_setopt(self->easy, CURLOPT_URL, self->url) == CURLE_OK ? 0 : WEFT_ENOMEM);
    curl_easy_setopt(self->easy, CURLOPT_WRITEFUNCTION, discard);
    WEFT_TRY(self->perform, weft_curl_perform, &curl, self->easy);
}
WEFT_END

static WEFT_ASYNC(get, self)
{
    self->easy = curl_easy_init();
    prepare(self);
    WEFT_CATCH(self->perform, weft_curl_perform, &curl, self->easy);
    say("%s:%ld=%d ", self->body, self->perform.response_code, WEFT_STATUS());
    WEFT_RETURN(WEFT_STATUS());
WEFT_FINALLY:
    curl_easy_cleanup(self->easy);
}
WEFT_END

START_TEST(a_transfer_ends_with_what_the_server_sent)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/whole"), 0);
    ck_assert_str_eq(trace, "hello:200=0 ");
    stop();
}
END_TEST

START_TEST(an_answer_is_an_answer_even_if_it_says_no)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/missing"), 0);
    ck_assert_str_eq(trace, ":404=0 ");
    stop();
}
END_TEST

START_TEST(a_redirect_is_followed)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/round"), 0);
    ck_assert_str_eq(trace, "hello:200=0 ");
    stop();
}
END_TEST

struct three {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(get) gets[3];
};

static WEFT_ASYNC(three, self)
{
    WEFT_GROUP(self->group) {
        for (int i = 0; i < 3; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->gets[i], get, "/meet"));
        }
    }
}
WEFT_END

START_TEST(three_transfers_are_under_way_at_once)
{
    start(_i);
    ck_assert_int_eq(RUN(three), 0); /* the server answers none before the third has come */
    ck_assert_str_eq(trace, "hello:200=0 hello:200=0 hello:200=0 ");
    stop();
}
END_TEST

START_TEST(a_connection_is_used_again)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/keep"), 0);
    ck_assert_int_eq(RUN(get, "/keep"), 0);
    ck_assert_str_eq(trace, "1:200=0 1:200=0 ");
    stop();
}
END_TEST

START_TEST(waiting_for_a_name_is_no_deadlock)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/whole", .host = "localhost"), 0);
    ck_assert_str_eq(trace, "hello:200=0 ");
    ck_assert_int_eq(reports, 0);
    stop();
}
END_TEST

/* --- what goes wrong -------------------------------------------------------------------------- */

START_TEST(an_answer_that_breaks_off_is_incomplete)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/part"), WEFT_EINCOMPLETE);
    ck_assert_str_eq(trace, "hello:200=-4106 ");
    stop();
}
END_TEST

START_TEST(no_answer_at_all_is_incomplete)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/nothing"), WEFT_EINCOMPLETE);
    stop();
}
END_TEST

START_TEST(a_reset_is_told_as_such)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/reset"), -ECONNRESET);
    stop();
}
END_TEST

START_TEST(a_refused_connection_is_told_as_such)
{
    start(_i);
    close(listen_somewhere()); /* from now on that is the port */
    ck_assert_int_eq(RUN(get, "/whole"), -ECONNREFUSED);
    stop();
}
END_TEST

START_TEST(a_url_that_is_none_is_told_as_such)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/whole", .host = "not a host"), -EINVAL);
    stop();
}
END_TEST

START_TEST(a_callback_that_refuses_data_ends_the_transfer)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/half", .refuses = true), -EIO);
    stop();
}
END_TEST

START_TEST(curls_own_time_limit_is_the_systems_timeout)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/silent", .limit_ms = 20), -ETIMEDOUT);
    stop();
}
END_TEST

/* --- cancelling ------------------------------------------------------------------------------- */

struct impatient {
    WEFT_FRAME;
    const char *path;
    weft_scope scope;
    struct get get;
};

static WEFT_ASYNC(impatient, self)
{
    WEFT_TIMEOUT(self->scope, WEFT_MS(20)) {
        WEFT_TRY(self->get, get, self->path);
    }
}
WEFT_END

START_TEST(a_scope_that_expires_takes_the_transfer_back)
{
    start(_i);
    ck_assert_int_eq(RUN(impatient, _i == 0 ? "/silent" : "/half"), WEFT_ETIMEDOUT);
    ck_assert_int_eq(RUN(get, "/whole"), 0); /* the server was let go of: it goes on */
    stop();
}
END_TEST

struct canceller {
    WEFT_FRAME;
    bool at_once; /* before it has begun to wait */
    weft_group group;
    WEFT_TASK(get) get;
};

static WEFT_ASYNC(canceller, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(
            weft_spawn(&self->group, &self->get, get, "/half", .stopped_by_it = &self->get.task));
        if (self->at_once) {
            WEFT_PASS();
            weft_task_cancel(&self->get.task);
        }
    }
    WEFT_RETURN(self->get.task.status);
}
WEFT_END

START_TEST(a_cancel_from_a_callback_of_curl_takes_it_back)
{
    start(_i);
    ck_assert_int_eq(RUN(canceller), WEFT_ECANCELED);
    ck_assert_str_eq(trace, "hello:0=-4097 ");
    ck_assert_int_eq(RUN(get, "/whole"), 0);
    stop();
}
END_TEST

START_TEST(a_cancel_before_anything_was_sent_takes_it_back)
{
    start(_i);
    ck_assert_int_eq(RUN(canceller, .at_once = true), WEFT_ECANCELED);
    ck_assert_str_eq(trace, ":0=-4097 ");
    stop();
}
END_TEST

START_TEST(a_cancel_behind_the_end_of_a_transfer_does_not_take_it_back)
{
    WEFT_TASK(get) task = {0};
    start(_i);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &task, get, "/whole"), 0);
    run_passes(1);
    while (task.frame.perform.task != NULL) { /* until curl has ended it */
        ck_assert_int_eq(weft_loop_run_once(loop, WEFT_S(10)), 0);
    }
    ck_assert(!weft_task_is_done(&task.task));
    weft_task_cancel(&task.task);
    finish(&task.task);
    ck_assert_int_eq(task.task.status, 0);
    ck_assert_str_eq(trace, "hello:200=0 ");
    stop();
}
END_TEST

/* A transfer that is cancelled, and then the same handle with another URL. */
struct twice {
    WEFT_FRAME;
    weft_scope scope;
    struct get get;
    struct weft_curl_perform perform;
};

static WEFT_ASYNC(twice, self)
{
    self->get.path = "/half";
    self->get.left_by_it = &self->scope;
    self->get.easy = curl_easy_init();
    prepare(&self->get);
    WEFT_MOVE_ON(self->scope, WEFT_FOREVER) {
        WEFT_AWAIT(self->perform, weft_curl_perform, &curl, self->get.easy);
    }
    say("%s:%d ", self->get.body, WEFT_STATUS());
    ck_assert_int_eq(self->perform.result, CURLE_ABORTED_BY_CALLBACK);
    self->get.left_by_it = NULL;
    self->get.path = "/whole";
    self->get.body[0] = '\0';
    prepare(&self->get);
    WEFT_TRY(self->perform, weft_curl_perform, &curl, self->get.easy);
    say("%s", self->get.body);
WEFT_FINALLY:
    curl_easy_cleanup(self->get.easy);
}
WEFT_END

START_TEST(a_handle_can_be_used_again_after_a_cancel)
{
    start(_i);
    ck_assert_int_eq(RUN(twice), 0);
    ck_assert_str_eq(trace, "hello:-4097 hello");
    stop();
}
END_TEST

/* --- the loop --------------------------------------------------------------------------------- */

struct stuck {
    WEFT_FRAME;
    weft_event never;
    struct weft_event_wait wait;
};

static WEFT_ASYNC(stuck, self)
{
    WEFT_TRY(self->wait, weft_event_wait, &self->never);
}
WEFT_END

START_TEST(a_connection_that_is_kept_hides_no_deadlock)
{
    start(_i);
    ck_assert_int_eq(RUN(get, "/keep"), 0);
    capture_stderr();
    ck_assert_int_eq(RUN(stuck), WEFT_EDEADLOCK);
    (void)read_stderr();
    stop();
}
END_TEST

START_TEST(done_accepts_one_that_never_began)
{
    weft_curl none = {.multi = NULL};
    weft_curl_done(&none);
}
END_TEST

START_TEST(done_while_a_transfer_is_under_way_stops)
{
    static WEFT_TASK(get) slot;
    start(0);
    capture_stderr();
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &slot, get, "/half"), 0);
    run_passes(3);
    weft_curl_done(&curl);
}
END_TEST

/* --- no memory -------------------------------------------------------------------------------- */

static int allocations_left; /* then one fails; 0: none does */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    const int left = allocations_left;
    if (left > 0) {
        allocations_left = left - 1;
    }
    return left == 1 ? NULL : __real_calloc(count, size);
}

START_TEST(without_memory_for_a_socket_only_that_transfer_fails)
{
    start(_i);
    allocations_left = 1;
    ck_assert_int_eq(RUN(get, "/whole"), WEFT_ENOMEM);
    ck_assert_int_eq(RUN(get, "/whole"), 0);
    ck_assert_str_eq(trace, ":0=-4110 hello:200=0 ");
    stop();
}
END_TEST

/* curl's own allocations: the n-th one fails; 0: none does. */
static int curl_allocations_left;

static bool is_out(void)
{
    const int left = curl_allocations_left;
    curl_allocations_left -= left > 0;
    return left == 1;
}

static void *give(size_t size)
{
    return is_out() ? NULL : malloc(size);
}

static void *give_zeroed(size_t count, size_t size)
{
    return is_out() ? NULL : __real_calloc(count, size);
}

static void *give_more(void *old, size_t size)
{
    return is_out() ? NULL : realloc(old, size);
}

static char *give_copy(const char *text)
{
    return is_out() ? NULL : strdup(text);
}

START_TEST(whichever_allocation_of_curl_fails_the_transfer_ends_and_nothing_leaks)
{
    int n = 0, status;
    ck_assert_int_eq(
        curl_global_init_mem(CURL_GLOBAL_DEFAULT, give, free, give_more, give_copy, give_zeroed),
        CURLE_OK);
    start(_i);
    do {
        CURL *const easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
        trace[0] = '\0';
        curl_allocations_left = ++n;
        status = RUN(get_with, easy, "/whole");
        curl_allocations_left = 0;
        curl_easy_cleanup(easy);
        ck_assert(status <= 0);
    } while (status < 0);
    ck_assert_int_gt(n, 20);
    stop();
    curl_global_cleanup();
}
END_TEST

SUITE(curl)
{
    TEST_EACH(a_transfer_ends_with_what_the_server_sent, BACKENDS);
    TEST_EACH(an_answer_is_an_answer_even_if_it_says_no, BACKENDS);
    TEST_EACH(a_redirect_is_followed, BACKENDS);
    TEST_EACH(three_transfers_are_under_way_at_once, BACKENDS);
    TEST_EACH(a_connection_is_used_again, BACKENDS);
    TEST_EACH(waiting_for_a_name_is_no_deadlock, BACKENDS);
    TEST_EACH(an_answer_that_breaks_off_is_incomplete, BACKENDS);
    TEST_EACH(no_answer_at_all_is_incomplete, BACKENDS);
    TEST_EACH(a_reset_is_told_as_such, BACKENDS);
    TEST_EACH(a_refused_connection_is_told_as_such, BACKENDS);
    TEST_EACH(a_url_that_is_none_is_told_as_such, BACKENDS);
    TEST_EACH(a_callback_that_refuses_data_ends_the_transfer, BACKENDS);
    TEST_EACH(curls_own_time_limit_is_the_systems_timeout, BACKENDS);
    TEST_EACH(a_scope_that_expires_takes_the_transfer_back, BACKENDS);
    TEST_EACH(a_cancel_from_a_callback_of_curl_takes_it_back, BACKENDS);
    TEST_EACH(a_cancel_before_anything_was_sent_takes_it_back, BACKENDS);
    TEST_EACH(a_cancel_behind_the_end_of_a_transfer_does_not_take_it_back, BACKENDS);
    TEST_EACH(a_handle_can_be_used_again_after_a_cancel, BACKENDS);
    TEST_EACH(a_connection_that_is_kept_hides_no_deadlock, BACKENDS);
    TEST(done_accepts_one_that_never_began);
    TEST_STOPS(done_while_a_transfer_is_under_way_stops);
    TEST_EACH(without_memory_for_a_socket_only_that_transfer_fails, BACKENDS);
    TEST_EACH(whichever_allocation_of_curl_fails_the_transfer_ends_and_nothing_leaks, BACKENDS);
}
