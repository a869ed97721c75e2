/* test_dns.c - names become addresses. */
/* SPDX-License-Identifier: MIT */
/* No test asks a name server: for names other than localhost `resolver` stands in for the system. */
#include "weft_check.h"
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <weft/dns.h>
#include <weft/sync.h>

typedef WEFT_TASK(weft_getaddrinfo) lookup;
typedef int resolve(const char *host, const char *service, const struct addrinfo *hints,
                    struct addrinfo **ret_chain);

static weft_loop *loop;
static resolve *resolver;           /* answers for what is not numeric; NULL: the system does */
static atomic_int asked;            /* how often something that is not numeric was asked for */
static atomic_int lists;            /* that were given out and not freed */
static atomic_bool asked_in_thread; /* the last time */
static atomic_int allocations_left; /* then one calloc() fails; 0: none does */
static pthread_t loop_thread;

/* Linked in place of the system's: see tests/meson.build. */
resolve __real_getaddrinfo, __wrap_getaddrinfo;
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **ret_chain)
{
    int error;
    if ((hints->ai_flags & AI_NUMERICHOST) != 0) {
        ck_assert(hints->ai_flags & AI_NUMERICSERV);
        error = __real_getaddrinfo(host, service, hints, ret_chain);
    } else {
        asked++;
        asked_in_thread = !pthread_equal(pthread_self(), loop_thread);
        error = (resolver != NULL ? resolver : __real_getaddrinfo)(host, service, hints, ret_chain);
    }
    lists += error == 0;
    return error;
}

void __real_freeaddrinfo(struct addrinfo *chain);
void __wrap_freeaddrinfo(struct addrinfo *chain);
void __wrap_freeaddrinfo(struct addrinfo *chain)
{
    lists--;
    __real_freeaddrinfo(chain);
}

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

/** The resolver's answers: that there is one address, in the family that was asked for; or none. */
static int find_one(const char *host, const char *service, const struct addrinfo *hints,
                    struct addrinfo **ret_chain)
{
    (void)host;
    return __real_getaddrinfo("192.0.2.7", service, hints, ret_chain);
}

static int failing_with, failing_errno;

static int find_nothing(const char *host, const char *service, const struct addrinfo *hints,
                        struct addrinfo **ret_chain)
{
    (void)host, (void)service, (void)hints, (void)ret_chain;
    errno = failing_errno;
    return failing_with;
}

static weft_signal has_begun;
static sem_t may_return;
static pthread_mutex_t seen = PTHREAD_MUTEX_INITIALIZER;
static char host_seen[64], service_seen[64];

static int find_slowly(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **ret_chain)
{
    weft_signal_set(&has_begun);
    while (sem_wait(&may_return) < 0) {
    }
    pthread_mutex_lock(&seen);
    snprintf(host_seen, sizeof host_seen, "%s", host);
    snprintf(service_seen, sizeof service_seen, "%s", service);
    pthread_mutex_unlock(&seen);
    return find_one(host, service, hints, ret_chain);
}

static void begin(resolve *by)
{
    resolver = by;
    asked = lists = allocations_left = 0;
    loop_thread = pthread_self();
    ck_assert_int_eq(weft_loop_new(&loop, NULL), 0);
    weft_signal_init(&has_begun, weft_loop_core(loop));
    sem_init(&may_return, 0, 0);
}

static void end(void)
{
    weft_loop_close(loop);
    ck_assert_int_eq(lists, 0);
}

#define RESOLVE(...) weft_loop_run_until_complete(loop, weft_getaddrinfo, __VA_ARGS__)

/** "1.2.3.4:80", "[::1]:80", … of the n-th address; the next call overwrites it. */
static const char *text_of(const weft_addresses *addresses, size_t nth)
{
    static char text[80];
    char host[INET6_ADDRSTRLEN];
    const struct addrinfo *const info = weft_address_at(addresses, nth);
    if (info->ai_family == AF_INET) {
        const struct sockaddr_in *const v4 = (const void *)info->ai_addr;
        snprintf(text, sizeof text, "%s:%u", inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host),
                 ntohs(v4->sin_port));
    } else {
        const struct sockaddr_in6 *const v6 = (const void *)info->ai_addr;
        snprintf(text, sizeof text, "[%s]:%u",
                 inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host), ntohs(v6->sin6_port));
    }
    return text;
}

/* --- numbers ---------------------------------------------------------------------------------- */

START_TEST(a_numeric_address_is_read_at_once_and_takes_no_thread)
{
    static const char *const hosts[] = {"127.0.0.1", "::1", "192.0.2.255", "2001:db8::ffff"};
    static const char *const texts[] = {"127.0.0.1:80", "[::1]:80", "192.0.2.255:80",
                                        "[2001:db8::ffff]:80"};
    weft_addresses addresses = {.count = 0};
    begin(find_nothing);
    ck_assert_int_eq(RESOLVE(&addresses, hosts[_i], 80), 0);
    ck_assert_uint_eq(weft_addresses_count(&addresses), 1);
    ck_assert_str_eq(text_of(&addresses, 0), texts[_i]);
    ck_assert_int_eq(weft_address_at(&addresses, 0)->ai_socktype, SOCK_STREAM);
    ck_assert_int_eq(asked, 0);
    ck_assert_uint_eq(weft_pool_threads(loop), 0);
    weft_addresses_free(&addresses);
    end();
}
END_TEST

START_TEST(a_numeric_address_of_another_family_is_no_address_and_takes_no_thread)
{
    weft_addresses addresses = {.count = 0};
    begin(find_one);
    ck_assert_int_eq(RESOLVE(&addresses, "::1", .family = AF_INET), WEFT_EADDRESS);
    ck_assert_int_eq(RESOLVE(&addresses, "127.0.0.1", .family = AF_INET6), WEFT_EADDRESS);
    ck_assert_int_eq(asked, 0);
    ck_assert_uint_eq(weft_addresses_count(&addresses), 0);
    end();
}
END_TEST

START_TEST(without_a_host_it_is_this_machine)
{
    weft_addresses addresses = {.count = 0};
    begin(find_nothing);
    ck_assert_int_eq(RESOLVE(&addresses, .port = 1, .family = AF_INET), 0);
    ck_assert_str_eq(text_of(&addresses, 0), "127.0.0.1:1");
    weft_addresses_free(&addresses);
    ck_assert_int_eq(RESOLVE(&addresses, .port = 65535, .family = AF_INET, .flags = AI_PASSIVE), 0);
    ck_assert_str_eq(text_of(&addresses, 0), "0.0.0.0:65535");
    weft_addresses_free(&addresses);
    end();
}
END_TEST

START_TEST(another_type_of_socket_can_be_asked_for)
{
    weft_addresses addresses = {.count = 0};
    begin(find_nothing);
    ck_assert_int_eq(RESOLVE(&addresses, "127.0.0.1", .socktype = SOCK_DGRAM), 0);
    ck_assert_int_eq(weft_address_at(&addresses, 0)->ai_socktype, SOCK_DGRAM);
    weft_addresses_free(&addresses);
    end();
}
END_TEST

START_TEST(a_family_or_a_type_that_is_none_is_invalid)
{
    weft_addresses addresses = {.count = 0};
    begin(find_nothing);
    ck_assert_int_eq(RESOLVE(&addresses, "127.0.0.1", .family = 12345), -EINVAL);
    ck_assert_int_eq(RESOLVE(&addresses, "127.0.0.1", .socktype = 12345), -EINVAL);
    end();
}
END_TEST

struct reads_numbers {
    WEFT_FRAME;
    int i;
    weft_addresses addresses;
    struct weft_getaddrinfo resolve;
};

static WEFT_ASYNC(reads_numbers, self)
{
    for (self->i = 0; self->i < 1000; self->i++) {
        WEFT_TRY(self->resolve, weft_getaddrinfo, &self->addresses, "127.0.0.1", 80);
        weft_addresses_free(&self->addresses);
    }
}
WEFT_END

static void note_how_far(void *argument)
{
    struct reads_numbers *const reader = argument;
    ck_assert_int_gt(reader->i, 0);
    ck_assert_int_lt(reader->i, 1000);
    reader->i = 1000;
}

START_TEST(who_reads_numbers_all_the_time_lets_the_others_run)
{
    WEFT_TASK(reads_numbers) slot = {0};
    weft_handle handle = {0};
    begin(find_nothing);
    ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &slot, reads_numbers), 0);
    weft_call_soon(loop, &handle, note_how_far, &slot.frame);
    while (!weft_task_is_done(&slot.task)) {
        weft_loop_run_once(loop, 0);
    }
    ck_assert_int_eq(slot.frame.i, 1001);
    end();
}
END_TEST

/* --- names ------------------------------------------------------------------------------------ */

START_TEST(localhost_is_found)
{
    weft_addresses addresses = {.count = 0};
    begin(NULL);
    ck_assert_int_eq(RESOLVE(&addresses, "localhost", 8080, .family = AF_INET), 0);
    ck_assert_str_eq(text_of(&addresses, 0), "127.0.0.1:8080");
    weft_addresses_free(&addresses);
    end();
}
END_TEST

START_TEST(a_name_is_looked_up_once_in_a_thread_of_the_pool)
{
    weft_addresses addresses = {.count = 0};
    begin(find_one);
    ck_assert_int_eq(RESOLVE(&addresses, "example.org", 443), 0);
    ck_assert_str_eq(text_of(&addresses, 0), "192.0.2.7:443");
    ck_assert_int_eq(asked, 1);
    ck_assert(asked_in_thread);
    ck_assert_uint_eq(weft_pool_threads(loop), 1);
    weft_addresses_free(&addresses);
    end();
}
END_TEST

START_TEST(a_service_can_be_named_and_is_looked_up_in_the_pool)
{
    weft_addresses addresses = {.count = 0};
    begin(find_slowly);
    sem_post(&may_return);
    sem_post(&may_return);
    ck_assert_int_eq(RESOLVE(&addresses, "127.0.0.1", .service = "no-such-service"), WEFT_EADDRESS);
    ck_assert_str_eq(service_seen, "no-such-service");
    ck_assert(asked_in_thread);
    ck_assert_int_eq(RESOLVE(&addresses, "127.0.0.1", .service = "443"), 0);
    ck_assert_str_eq(text_of(&addresses, 0), "127.0.0.1:443");
    ck_assert_int_eq(asked, 1);
    weft_addresses_free(&addresses);
    end();
}
END_TEST

static const struct {
    int error, system_error, status;
} failures[] = {
    {EAI_NONAME, 0, WEFT_EADDRESS},  {EAI_NODATA, 0, WEFT_EADDRESS},
    {EAI_SERVICE, 0, WEFT_EADDRESS}, {EAI_ADDRFAMILY, 0, WEFT_EADDRESS},
    {EAI_FAIL, 0, WEFT_EADDRESS},    {EAI_AGAIN, 0, -EAGAIN},
    {EAI_MEMORY, 0, WEFT_ENOMEM},    {EAI_SYSTEM, EMFILE, -EMFILE},
    {EAI_SYSTEM, EACCES, -EACCES},   {EAI_SYSTEM, 0, -EIO},
    {EAI_BADFLAGS, 0, -EINVAL},      {EAI_FAMILY, 0, -EINVAL},
    {-12345, 0, WEFT_EADDRESS},
};
enum { FAILURES = sizeof failures / sizeof failures[0] };

START_TEST(each_failure_of_the_resolver_is_a_status)
{
    weft_addresses addresses = {.count = 0};
    begin(find_nothing);
    failing_with = failures[_i].error;
    failing_errno = failures[_i].system_error;
    ck_assert_int_eq(RESOLVE(&addresses, "does-not-exist.invalid", 80), failures[_i].status);
    ck_assert_ptr_null(addresses.items);
    end();
}
END_TEST

START_TEST(out_of_memory_is_a_status_and_nothing_leaks)
{
    int status = WEFT_ENOMEM;
    for (int nth = 1; status == WEFT_ENOMEM; nth++) {
        weft_addresses addresses = {.count = 0};
        ck_assert_int_le(nth, 8);
        begin(find_one);
        allocations_left = nth;
        status = RESOLVE(&addresses, _i == 0 ? "example.org" : "127.0.0.1", 80);
        allocations_left = 0;
        ck_assert_uint_eq(weft_addresses_count(&addresses), status == 0);
        weft_addresses_free(&addresses);
        end();
    }
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_list_that_is_not_empty_is_not_overwritten)
{
    weft_addresses addresses = {.count = 0};
    begin(find_one);
    ck_assert_int_eq(RESOLVE(&addresses, "127.0.0.1", 80), 0);
    RESOLVE(&addresses, "127.0.0.1", 80);
}
END_TEST

START_TEST(there_is_no_address_behind_the_last)
{
    const weft_addresses addresses = {.count = 0};
    weft_address_at(&addresses, 0);
}
END_TEST

START_TEST(an_empty_list_can_be_freed_and_one_twice)
{
    weft_addresses addresses = {.count = 0};
    weft_addresses_free(&addresses);
    begin(find_one);
    ck_assert_int_eq(RESOLVE(&addresses, "127.0.0.1", 80), 0);
    weft_addresses_free(&addresses);
    weft_addresses_free(&addresses);
    ck_assert_uint_eq(weft_addresses_count(&addresses), 0);
    end();
}
END_TEST

/* --- cancellation ----------------------------------------------------------------------------- */

START_TEST(a_lookup_that_is_cancelled_ends_at_once_and_what_is_found_is_freed)
{
    lookup *const slot = calloc(1, sizeof *slot);
    char *const host = strdup("slow.example.org");
    weft_addresses addresses = {.count = 0};
    begin(find_slowly);
    ck_assert_int_eq(
        weft_spawn(weft_loop_group(loop), slot, weft_getaddrinfo, &addresses, host, 80), 0);
    ck_assert_int_eq(weft_loop_run_until_complete(loop, weft_signal_wait, &has_begun), 0);
    weft_task_cancel(&slot->task);
    ck_assert_int_eq(weft_loop_run_until_complete(loop, weft_join, &slot->task), WEFT_ECANCELED);
    free(slot);
    free(host); /* the thread has strings of its own */
    ck_assert_int_eq(lists, 0);
    sem_post(&may_return);
    end();
    ck_assert_str_eq(host_seen, "slow.example.org");
    ck_assert_uint_eq(weft_addresses_count(&addresses), 0);
}
END_TEST

START_TEST(a_lookup_cancelled_before_it_began_asks_nobody)
{
    lookup slot = {.frame = {.host = NULL}};
    weft_addresses addresses = {.count = 0};
    begin(find_one);
    ck_assert_int_eq(
        weft_spawn(weft_loop_group(loop), &slot, weft_getaddrinfo, &addresses, "example.org", 80),
        0);
    weft_task_cancel(&slot.task);
    ck_assert_int_eq(weft_loop_run_until_complete(loop, weft_join, &slot.task), WEFT_ECANCELED);
    ck_assert_int_eq(asked, 0);
    end();
}
END_TEST

START_TEST(closing_the_loop_cancels_lookups_and_frees_what_they_find)
{
    static lookup slots[50];
    static weft_addresses addresses[50];
    memset(addresses, 0, sizeof addresses);
    begin(find_slowly);
    for (int i = 0; i < 50; i++) {
        ck_assert_int_eq(weft_spawn(weft_loop_group(loop), &slots[i], weft_getaddrinfo,
                                    &addresses[i], "example.org", 80),
                         0);
    }
    ck_assert_int_eq(weft_loop_run_until_complete(loop, weft_signal_wait, &has_begun), 0);
    for (int i = 0; i < 50; i++) {
        sem_post(&may_return);
    }
    weft_loop_close(loop);
    for (int i = 0; i < 50; i++) {
        ck_assert_uint_eq(weft_addresses_count(&addresses[i]), slots[i].task.status == 0);
        weft_addresses_free(&addresses[i]);
    }
    ck_assert_int_eq(lists, 0);
}
END_TEST

/* --- the order -------------------------------------------------------------------------------- */

/* In and out: a digit for the family, and a letter for each address. */
static const char *const orders[][2] = {
    {"", ""},
    {"6a", "6a"},
    {"4a6a", "4a6a"},
    {"6a6b6c", "6a6b6c"},
    {"6a6b6c4a4b", "6a4a6b4b6c"},
    {"4a4b4c6a", "4a6a4b4c"},
    {"4a6a6b6c", "4a6a6b6c"},
    {"4a6a4b6b", "4a6a4b6b"},
    {"6a4a4b6b6c4c", "6a4a6b4b6c4c"},
};
enum { ORDERS = sizeof orders / sizeof orders[0] };

START_TEST(interleaved_the_families_take_turns_and_begin_with_the_first)
{
    struct addrinfo infos[8] = {{.ai_family = 0}};
    const struct addrinfo *items[8];
    weft_addresses addresses = {.items = items};
    char result[20] = "";
    for (const char *at = orders[_i][0]; *at != '\0'; at += 2) {
        infos[addresses.count].ai_family = *at == '6' ? AF_INET6 : AF_INET;
        infos[addresses.count].ai_protocol = at[1];
        items[addresses.count] = &infos[addresses.count];
        addresses.count++;
    }
    weft_addresses_interleave(&addresses);
    for (size_t i = 0; i < addresses.count; i++) {
        result[i * 2] = weft_address_at(&addresses, i)->ai_family == AF_INET6 ? '6' : '4';
        result[i * 2 + 1] = (char)weft_address_at(&addresses, i)->ai_protocol;
    }
    ck_assert_str_eq(result, orders[_i][1]);
}
END_TEST

SUITE(dns)
{
    TEST_EACH(a_numeric_address_is_read_at_once_and_takes_no_thread, 4);
    TEST(a_numeric_address_of_another_family_is_no_address_and_takes_no_thread);
    TEST(without_a_host_it_is_this_machine);
    TEST(another_type_of_socket_can_be_asked_for);
    TEST(a_family_or_a_type_that_is_none_is_invalid);
    TEST(who_reads_numbers_all_the_time_lets_the_others_run);

    TEST(localhost_is_found);
    TEST(a_name_is_looked_up_once_in_a_thread_of_the_pool);
    TEST(a_service_can_be_named_and_is_looked_up_in_the_pool);
    TEST_EACH(each_failure_of_the_resolver_is_a_status, FAILURES);
    TEST_EACH(out_of_memory_is_a_status_and_nothing_leaks, 2);
    TEST_STOPS(a_list_that_is_not_empty_is_not_overwritten);
    TEST_STOPS(there_is_no_address_behind_the_last);
    TEST(an_empty_list_can_be_freed_and_one_twice);

    TEST(a_lookup_that_is_cancelled_ends_at_once_and_what_is_found_is_freed);
    TEST(a_lookup_cancelled_before_it_began_asks_nobody);
    TEST(closing_the_loop_cancels_lookups_and_frees_what_they_find);

    TEST_EACH(interleaved_the_families_take_turns_and_begin_with_the_first, ORDERS);
}
