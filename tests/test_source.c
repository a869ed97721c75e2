/* test_source.c - descriptors that the loop watches. */
/* SPDX-License-Identifier: MIT */
#include "hosted.h"
#include <sys/resource.h>
#include <weft/group.h>

/* --- coroutines: each says its name, and how the wait ended if not well ------------------------ */

static void say_status(const char *name, int status)
{
    say("%s", name);
    if (status == WEFT_ECLOSED) {
        say("-closed");
    } else if (status == WEFT_ECANCELED) {
        say("-cancelled");
    } else if (status < 0) {
        say("%d", status);
    }
    say(" ");
}

struct reads {
    WEFT_FRAME;
    const char *name;
    weft_source *source;
    struct weft_wait_readable wait;
};

static WEFT_ASYNC(reads, self)
{
    WEFT_CATCH(self->wait, weft_wait_readable, self->source);
    say_status(self->name, WEFT_STATUS());
}
WEFT_END

struct writes {
    WEFT_FRAME;
    const char *name;
    weft_source *source;
    struct weft_wait_writable wait;
};

static WEFT_ASYNC(writes, self)
{
    WEFT_CATCH(self->wait, weft_wait_writable, self->source);
    say_status(self->name, WEFT_STATUS());
}
WEFT_END

struct edge {
    WEFT_FRAME;
    const char *name;
    weft_source *source;
    int direction;
    struct weft_wait_edge wait;
};

static WEFT_ASYNC(edge, self)
{
    WEFT_CATCH(self->wait, weft_wait_edge, self->source, self->direction);
    say_status(self->name, WEFT_STATUS());
}
WEFT_END

/* Waits many times for what is there already. */
struct eager {
    WEFT_FRAME;
    weft_source *source;
    int times, i;
    struct weft_wait_edge wait;
};

static WEFT_ASYNC(eager, self)
{
    for (self->i = 0; self->i < self->times; self->i++) {
        WEFT_CATCH(self->wait, weft_wait_edge, self->source, WEFT_READABLE);
        if (WEFT_STATUS() < 0) {
            break;
        }
    }
    say_status("eager", WEFT_STATUS());
}
WEFT_END

/* --- the ends of a test ----------------------------------------------------------------------- */

static weft_source source;
static int ends[2];
static WEFT_TASK(reads) reader, reader2;
static WEFT_TASK(writes) writer;
static WEFT_TASK(edge) edge_task, edge_task2;

#define START(slot, ...) ck_assert_int_eq(weft_spawn(weft_loop_group(loop), slot, __VA_ARGS__), 0)

static void open_source(weft_source *place, int fd)
{
    ck_assert_int_eq(weft_source_open(place, loop, fd), 0);
}

/* A source on the reading end of a pipe. */
static void begin_pipe(int n)
{
    begin(n);
    make_pipe(ends);
    open_source(&source, ends[0]);
}

/* A source on one end of a pair of sockets. */
static void begin_pair(int n)
{
    begin(n);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    open_source(&source, ends[0]);
}

static void end_pipe(void)
{
    weft_source_close(&source);
    close_pipe(ends);
    end();
}

static void fill(int fd)
{
    static const char bytes[4096];
    while (write(fd, bytes, sizeof bytes) > 0) {
    }
    ck_assert_int_eq(errno, EAGAIN);
}

static void drain(int fd)
{
    char bytes[4096];
    while (read(fd, bytes, sizeof bytes) > 0) {
    }
    ck_assert_int_eq(errno, EAGAIN);
}

/* --- waits ------------------------------------------------------------------------------------ */

START_TEST(a_wait_for_what_is_readable_goes_on_at_once)
{
    begin_pipe(_i);
    put(ends[1], "x");
    START(&reader, reads, "read", &source);
    run_passes(1);
    ck_assert_str_eq(trace, "read ");
    end_pipe();
}
END_TEST

START_TEST(a_wait_for_bytes_ends_when_they_come)
{
    begin_pipe(_i);
    START(&reader, reads, "read", &source);
    run_passes(3);
    ck_assert_str_eq(trace, "");
    put(ends[1], "x");
    run_passes(1);
    ck_assert_str_eq(trace, "read ");
    end_pipe();
}
END_TEST

START_TEST(a_wait_for_bytes_ends_when_the_other_side_ends)
{
    begin_pipe(_i);
    START(&reader, reads, "read", &source);
    run_passes(2);
    close(ends[1]);
    run_passes(1);
    ck_assert_str_eq(trace, "read ");
    ck_assert(source.hung_up);
    ends[1] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    end_pipe();
}
END_TEST

START_TEST(a_wait_for_room_ends_when_the_other_side_has_read)
{
    begin_pair(_i);
    START(&writer, writes, "first", &source);
    run_passes(1);
    ck_assert_str_eq(trace, "first ");
    fill(ends[0]);
    START(&writer, writes, "second", &source);
    run_passes(3);
    ck_assert_str_eq(trace, "first ");
    drain(ends[1]);
    run_passes(1);
    ck_assert_str_eq(trace, "first second ");
    end_pipe();
}
END_TEST

START_TEST(a_fresh_source_may_be_tried_in_both_directions)
{
    begin_pair(_i);
    ck_assert(source.may_read && source.may_write && !source.hung_up);
    START(&edge_task, edge, "read", &source, WEFT_READABLE);
    START(&edge_task2, edge, "write", &source, WEFT_WRITABLE);
    run_passes(1);
    ck_assert_str_eq(trace, "read write ");
    end_pipe();
}
END_TEST

START_TEST(an_edge_sets_the_mark_that_was_cleared)
{
    begin_pair(_i);
    run_passes(1); /* "it may be written to" is news at first */
    source.may_read = false;
    START(&edge_task, edge, "edge", &source, WEFT_READABLE);
    run_passes(3);
    ck_assert_str_eq(trace, "");
    put(ends[1], "x");
    run_passes(1);
    ck_assert_str_eq(trace, "edge ");
    ck_assert(source.may_read);
    end_pipe();
}
END_TEST

START_TEST(all_that_wait_for_one_direction_are_woken_in_order)
{
    begin_pipe(_i);
    START(&reader, reads, "a", &source);
    START(&reader2, reads, "b", &source);
    run_passes(1);
    put(ends[1], "x");
    run_passes(1);
    ck_assert_str_eq(trace, "a b ");
    end_pipe();
}
END_TEST

START_TEST(bytes_do_not_wake_who_waits_for_room)
{
    begin_pair(_i);
    fill(ends[0]);
    START(&reader, reads, "read", &source);
    START(&writer, writes, "write", &source);
    run_passes(2);
    put(ends[1], "x");
    run_passes(2);
    ck_assert_str_eq(trace, "read ");
    end_pipe();
    ck_assert_str_eq(trace, "read write-closed ");
}
END_TEST

START_TEST(a_hangup_wakes_both_directions)
{
    begin_pair(_i);
    fill(ends[0]);
    START(&reader, reads, "read", &source);
    START(&writer, writes, "write", &source);
    run_passes(2);
    close(ends[1]);
    run_passes(2);
    ck_assert_str_eq(trace, "read write ");
    ck_assert(source.hung_up);
    ends[1] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    end_pipe();
}
END_TEST

START_TEST(who_waits_for_room_in_a_full_pipe_hears_that_its_reader_has_gone)
{
    begin(_i);
    make_pipe(ends);
    fill(ends[1]);
    open_source(&source, ends[1]);
    START(&writer, writes, "write", &source);
    run_passes(3);
    ck_assert_str_eq(trace, "");
    close(ends[0]);
    run_passes(2);
    ck_assert_str_eq(trace, "write ");
    ends[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    end_pipe();
}
END_TEST

START_TEST(what_is_ready_but_not_awaited_lets_the_loop_sleep)
{
    begin_pair(_i);
    put(ends[1], "x");
    run_passes(2);
    const weft_time before = weft_loop_time(loop);
    weft_loop_run_once(loop, WEFT_MS(2));
    ck_assert_int_ge(weft_loop_time(loop) - before, WEFT_MS(2));
    end_pipe();
}
END_TEST

START_TEST(a_cancelled_wait_loses_no_event)
{
    begin_pipe(_i);
    START(&reader, reads, "first", &source);
    run_passes(1);
    put(ends[1], "x");
    weft_task_cancel(&reader.task);
    run_passes(2);
    START(&reader, reads, "second", &source);
    run_passes(1);
    ck_assert_str_eq(trace, "first-cancelled second ");
    end_pipe();
}
END_TEST

struct lost {
    WEFT_FRAME;
    weft_link nobody;
};

static WEFT_ASYNC(lost, self)
{
    WEFT_PARK(&self->nobody);
}
WEFT_END

START_TEST(a_wait_that_was_cancelled_does_not_hide_a_deadlock)
{
    begin_pipe(_i);
    START(&reader, reads, "read", &source);
    run_passes(1);
    weft_task_cancel(&reader.task);
    capture_stderr();
    ck_assert_int_eq(RUN(lost), WEFT_EDEADLOCK);
    (void)read_stderr();
    end_pipe();
}
END_TEST

static void say_it_and_remove(void *text)
{
    say_it(text);
    weft_remove_reader(&source);
}

START_TEST(who_never_has_to_wait_lets_the_others_run)
{
    WEFT_TASK(eager) task = {0};
    weft_handle handle = {0};
    begin_pipe(_i);
    START(&task, eager, &source, 1000);
    weft_call_soon(loop, &handle, say_it, word("other"));
    run_passes(20);
    ck_assert_str_eq(trace, "other eager ");
    end_pipe();
}
END_TEST

static void close_and_free(void *place)
{
    weft_source_close(place);
    free(place);
    say("freed ");
}

START_TEST(a_source_may_be_closed_and_freed_while_a_waiter_lets_the_others_run)
{
    WEFT_TASK(eager) task = {0};
    weft_source *const mine = calloc(1, sizeof *mine);
    weft_handle handle = {0};
    begin(_i);
    make_pipe(ends);
    open_source(mine, ends[0]);
    START(&task, eager, mine, WEFT_BUDGET); /* its last turn comes when the source is gone */
    weft_call_soon(loop, &handle, close_and_free, mine);
    run_passes(3);
    ck_assert_str_eq(trace, "freed eager ");
    close_pipe(ends);
    end();
}
END_TEST

/* --- callbacks -------------------------------------------------------------------------------- */

static void read_one(void *text)
{
    char byte;
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    say("%s%c ", (const char *)text, byte);
}

START_TEST(a_reader_is_called_as_long_as_there_is_something_to_read)
{
    weft_handle handle = {0};
    begin_pipe(_i);
    weft_add_reader(&source, &handle, read_one, word("got-"));
    run_passes(2);
    put(ends[1], "abc");
    run_passes(5);
    ck_assert_str_eq(trace, "got-a got-b got-c ");
    put(ends[1], "d");
    run_passes(5);
    ck_assert_str_eq(trace, "got-a got-b got-c got-d ");
    end_pipe();
}
END_TEST

START_TEST(a_reader_that_is_added_late_finds_what_is_there)
{
    weft_handle handle = {0};
    begin_pipe(_i);
    put(ends[1], "ab");
    run_passes(2);
    weft_add_reader(&source, &handle, read_one, word("got-"));
    run_passes(4);
    ck_assert_str_eq(trace, "got-a got-b ");
    end_pipe();
}
END_TEST

START_TEST(a_writer_is_called_in_each_pass_while_there_is_room)
{
    weft_handle handle = {0};
    begin_pair(_i);
    weft_add_writer(&source, &handle, say_it, word("room"));
    run_passes(3);
    ck_assert_str_eq(trace, "room room room ");
    fill(ends[0]);
    run_passes(3);
    ck_assert_str_eq(trace, "room room room ");
    ck_assert(weft_remove_writer(&source));
    ck_assert(!weft_remove_writer(&source));
    drain(ends[1]);
    run_passes(3);
    ck_assert_str_eq(trace, "room room room ");
    end_pipe();
}
END_TEST

START_TEST(a_second_reader_replaces_the_first)
{
    weft_handle first = {0}, second = {0};
    begin_pipe(_i);
    put(ends[1], "x");
    weft_add_reader(&source, &first, read_one, word("first-"));
    weft_add_reader(&source, &second, read_one, word("second-"));
    weft_add_reader(&source, &second, read_one, word("third-"));
    run_passes(3);
    ck_assert_str_eq(trace, "third-x ");
    ck_assert(weft_remove_reader(&source));
    ck_assert(!weft_remove_reader(&source));
    end_pipe();
}
END_TEST

START_TEST(a_reader_that_was_removed_hides_no_deadlock_and_is_a_handle_as_any)
{
    weft_handle handle = {0};
    begin_pipe(_i);
    weft_add_reader(&source, &handle, say_it, word("never"));
    run_passes(1);
    ck_assert(weft_remove_reader(&source));
    weft_call_soon(loop, &handle, say_it, word("once"));
    run_passes(2);
    ck_assert(!weft_handle_is_pending(&handle));
    ck_assert_str_eq(trace, "once ");
    capture_stderr();
    ck_assert_int_eq(RUN(lost), WEFT_EDEADLOCK);
    (void)read_stderr();
    end_pipe();
}
END_TEST

START_TEST(a_reader_may_remove_itself)
{
    weft_handle handle = {0};
    begin_pipe(_i);
    put(ends[1], "x");
    weft_add_reader(&source, &handle, say_it_and_remove, word("once"));
    run_passes(3);
    ck_assert_str_eq(trace, "once ");
    end_pipe();
}
END_TEST

struct watched {
    weft_source source;
    weft_handle handle;
};

static void free_watched(void *place)
{
    struct watched *const watched = place;
    weft_source_close(&watched->source);
    free(watched);
    say("freed ");
}

START_TEST(a_reader_may_close_and_free_its_source_and_its_handle)
{
    struct watched *const watched = calloc(1, sizeof *watched);
    begin(_i);
    make_pipe(ends);
    open_source(&watched->source, ends[0]);
    put(ends[1], "x");
    weft_add_reader(&watched->source, &watched->handle, free_watched, watched);
    run_passes(3);
    ck_assert_str_eq(trace, "freed ");
    close_pipe(ends);
    end();
}
END_TEST

START_TEST(one_handle_for_reader_and_writer_stops)
{
    static weft_handle handle;
    begin_pair(_i);
    weft_add_reader(&source, &handle, say_it, word("read"));
    weft_add_writer(&source, &handle, say_it, word("write"));
}
END_TEST

/* --- closing ---------------------------------------------------------------------------------- */

START_TEST(closing_wakes_who_waits_in_either_direction)
{
    begin_pair(_i);
    fill(ends[0]);
    source.may_read = false;
    START(&reader, reads, "read", &source);
    START(&writer, writes, "write", &source);
    START(&edge_task, edge, "edge", &source, WEFT_READABLE);
    run_passes(2);
    weft_source_close(&source);
    ck_assert_str_eq(trace, "");
    run_passes(1);
    ck_assert_str_eq(trace, "read-closed edge-closed write-closed ");
    end_pipe();
}
END_TEST

START_TEST(a_wait_on_a_closed_source_is_refused)
{
    begin_pair(_i);
    weft_source_close(&source);
    weft_source_close(&source);
    START(&reader, reads, "read", &source);
    START(&writer, writes, "write", &source);
    START(&edge_task, edge, "edge", &source, WEFT_READABLE);
    run_passes(1);
    ck_assert_str_eq(trace, "read-closed write-closed edge-closed ");
    end_pipe();
}
END_TEST

START_TEST(a_number_that_is_used_again_reaches_only_its_new_waiter)
{
    weft_source fresh = {0};
    int others[2];
    begin_pipe(_i);
    START(&reader, reads, "old", &source);
    run_passes(1);
    put(ends[1], "x"); /* on its way, and never to arrive */
    weft_source_close(&source);
    make_pipe(others);
    ck_assert_int_eq(dup2(others[0], ends[0]), ends[0]);
    open_source(&fresh, ends[0]);
    START(&reader2, reads, "new", &fresh);
    run_passes(3);
    ck_assert_str_eq(trace, "old-closed ");
    put(others[1], "y");
    run_passes(1);
    ck_assert_str_eq(trace, "old-closed new ");
    weft_source_close(&fresh);
    close_pipe(others);
    end_pipe();
}
END_TEST

START_TEST(a_duplicate_of_a_closed_descriptor_reports_to_nobody)
{
    weft_source fresh = {0};
    int others[2];
    begin_pipe(_i);
    const int duplicate = dup(ends[0]);
    START(&reader, reads, "old", &source);
    run_passes(1);
    weft_source_close(&source);
    make_pipe(others);
    ck_assert_int_eq(dup2(others[0], ends[0]), ends[0]);
    open_source(&fresh, ends[0]);
    START(&reader2, reads, "new", &fresh);
    put(ends[1], "x"); /* readable by the duplicate */
    run_passes(3);
    ck_assert_str_eq(trace, "old-closed ");
    ck_assert(!source.may_read); /* in a program its memory may be gone by now */
    weft_source_close(&fresh);
    run_passes(1);
    ck_assert_str_eq(trace, "old-closed new-closed ");
    close(duplicate);
    close_pipe(others);
    end_pipe();
}
END_TEST

static weft_source second_source;
static int second_ends[2], third_ends[2];

/* Closes a source of which an event came in the same pass; another takes its place and number. */
static void replace_second(void *unused)
{
    (void)unused;
    say("replaced ");
    weft_remove_reader(&source);
    weft_source_close(&second_source);
    ck_assert_int_eq(dup2(third_ends[0], second_ends[0]), second_ends[0]);
    open_source(&second_source, second_ends[0]);
    START(&reader2, reads, "new", &second_source);
}

START_TEST(an_event_of_the_same_pass_does_not_reach_the_successor)
{
    weft_handle first = {0}, second = {0};
    begin_pipe(_i);
    make_pipe(second_ends);
    make_pipe(third_ends);
    open_source(&second_source, second_ends[0]);
    weft_add_reader(&source, &first, replace_second, NULL);
    weft_add_reader(&second_source, &second, say_it, word("wrong"));
    run_passes(2);
    put(ends[1], "x");
    put(second_ends[1], "x");
    run_passes(4);
    ck_assert_str_eq(trace, "replaced ");
    put(third_ends[1], "x");
    run_passes(1);
    ck_assert_str_eq(trace, "replaced new ");
    weft_source_close(&second_source);
    close_pipe(second_ends);
    close_pipe(third_ends);
    end_pipe();
}
END_TEST

/* --- what cannot be watched ------------------------------------------------------------------- */

START_TEST(files_and_directories_are_refused)
{
    weft_source refused = {0};
    FILE *const file = tmpfile();
    begin(_i);
    const int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(weft_source_open(&refused, loop, fileno(file)), -EPERM);
    ck_assert_int_eq(weft_source_open(&refused, loop, directory), -EPERM);
    weft_source_close(&refused);
    close(directory);
    end();
    fclose(file);
}
END_TEST

START_TEST(bad_descriptors_are_refused)
{
    weft_source refused = {0};
    begin(_i);
    ck_assert_int_eq(weft_source_open(&refused, loop, -1), -EBADF);
    ck_assert_int_eq(weft_source_open(&refused, loop, 1000000), -EBADF);
    end();
}
END_TEST

START_TEST(a_descriptor_is_watched_once)
{
    weft_source refused = {0};
    begin_pipe(_i);
    ck_assert_int_eq(weft_source_open(&refused, loop, ends[0]), -EEXIST);
    run_passes(1);
    end_pipe();
}
END_TEST

/* --- many ------------------------------------------------------------------------------------- */

enum { MANY = 300 };
static struct {
    weft_source source;
    weft_handle handle;
    int ends[2];
} many[MANY];
static int called;

static void count_call(void *place)
{
    const weft_source *const readable = place;
    char byte;
    ck_assert_int_eq(read(readable->fd, &byte, 1), 1);
    called++;
}

START_TEST(three_hundred_at_once_are_all_served)
{
    begin(_i);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){2048, 2048});
    for (size_t i = 0; i < MANY; i++) {
        make_pipe(many[i].ends);
        open_source(&many[i].source, many[i].ends[0]);
        weft_add_reader(&many[i].source, &many[i].handle, count_call, &many[i].source);
    }
    run_passes(3);
    for (size_t i = 0; i < MANY; i++) {
        put(many[i].ends[1], "x");
    }
    run_passes(5);
    ck_assert_int_eq(called, MANY);
    for (size_t i = 0; i < MANY; i++) {
        weft_source_close(&many[i].source);
        close_pipe(many[i].ends);
    }
    end();
}
END_TEST

SUITE(source)
{
    TEST_EACH(a_wait_for_what_is_readable_goes_on_at_once, BACKENDS);
    TEST_EACH(a_wait_for_bytes_ends_when_they_come, BACKENDS);
    TEST_EACH(a_wait_for_bytes_ends_when_the_other_side_ends, BACKENDS);
    TEST_EACH(a_wait_for_room_ends_when_the_other_side_has_read, BACKENDS);
    TEST_EACH(a_fresh_source_may_be_tried_in_both_directions, BACKENDS);
    TEST_EACH(an_edge_sets_the_mark_that_was_cleared, BACKENDS);
    TEST_EACH(all_that_wait_for_one_direction_are_woken_in_order, BACKENDS);
    TEST_EACH(bytes_do_not_wake_who_waits_for_room, BACKENDS);
    TEST_EACH(a_hangup_wakes_both_directions, BACKENDS);
    TEST_EACH(who_waits_for_room_in_a_full_pipe_hears_that_its_reader_has_gone, BACKENDS);
    TEST_EACH(what_is_ready_but_not_awaited_lets_the_loop_sleep, BACKENDS);
    TEST_EACH(a_cancelled_wait_loses_no_event, BACKENDS);
    TEST_EACH(a_wait_that_was_cancelled_does_not_hide_a_deadlock, BACKENDS);
    TEST_EACH(who_never_has_to_wait_lets_the_others_run, BACKENDS);
    TEST_EACH(a_source_may_be_closed_and_freed_while_a_waiter_lets_the_others_run, BACKENDS);
    TEST_EACH(a_reader_is_called_as_long_as_there_is_something_to_read, BACKENDS);
    TEST_EACH(a_reader_that_is_added_late_finds_what_is_there, BACKENDS);
    TEST_EACH(a_writer_is_called_in_each_pass_while_there_is_room, BACKENDS);
    TEST_EACH(a_second_reader_replaces_the_first, BACKENDS);
    TEST_EACH(a_reader_that_was_removed_hides_no_deadlock_and_is_a_handle_as_any, BACKENDS);
    TEST_EACH(a_reader_may_remove_itself, BACKENDS);
    TEST_EACH(a_reader_may_close_and_free_its_source_and_its_handle, BACKENDS);
    TEST_STOPS(one_handle_for_reader_and_writer_stops);
    TEST_EACH(closing_wakes_who_waits_in_either_direction, BACKENDS);
    TEST_EACH(a_wait_on_a_closed_source_is_refused, BACKENDS);
    TEST_EACH(a_number_that_is_used_again_reaches_only_its_new_waiter, BACKENDS);
    TEST_EACH(a_duplicate_of_a_closed_descriptor_reports_to_nobody, BACKENDS);
    TEST_EACH(an_event_of_the_same_pass_does_not_reach_the_successor, BACKENDS);
    TEST_EACH(files_and_directories_are_refused, BACKENDS);
    TEST_EACH(bad_descriptors_are_refused, BACKENDS);
    TEST_EACH(a_descriptor_is_watched_once, BACKENDS);
    TEST_EACH(three_hundred_at_once_are_all_served, BACKENDS);
}
