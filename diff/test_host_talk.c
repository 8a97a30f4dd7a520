/*
 * test_host_talk: a lane and an agent talk over a page, whatever happens to either; the agent is a
 * process of its own, in a pretended domain.  What the kernel would do for a process that ends is
 * done here.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/host_pretend.h"
#include "diff/host_talk.h"
#include "diff/text.h"

enum { PORT = 17 };

static const domid_t real[2] = { 5, 6 };
static volatile int stop;
static char why[256];
static pid_t agent;

static void
no_ring(void *bell)
{
	(void)bell;
}

static void
doze(void *bell)
{
	(void)bell;
	usleep(200);
}

static struct host_talk talk = { NULL, no_ring, doze, NULL, 1 };

static void
on_term(int number)
{
	(void)number;
	stop = 1;
}

/* The agent.  Its status is how much it has left lent or mapped. */
static _Noreturn void
be_agent(void)
{
	void *host = host_pretend_open(NULL, real[1], NULL);
	struct host_side *side = host_side_new(&host_pretend, host, 1, real, 2);
	unsigned int left;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, on_term);
	host_talk_serve(&talk, side, &stop);
	left = host_pretend_live(host);
	host_side_free(side);
	host_pretend.close(host);
	_exit((int)left);
}

static int
begin(void **unused)
{
	(void)unused;
	talk.page = mmap(NULL, TALK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			 0);
	assert_true(talk.page != MAP_FAILED);
	host_talk_open(&talk, PORT);
	agent = fork();
	assert_true(agent >= 0);
	if (agent == 0)
		be_agent();
	return 0;
}

/* End the agent; its status. */
static int
end_agent(int number)
{
	int status = 0;

	kill(agent, number);
	waitpid(agent, &status, 0);
	agent = 0;
	return status;
}

static int
end(void **unused)
{
	(void)unused;
	if (agent != 0)
		end_agent(SIGKILL);
	munmap(talk.page, TALK_BYTES);
	return 0;
}

/* As the kernel does when the lane's process ends; and the agent has seen it. */
static void
lane_ends(void)
{
	__atomic_store_n(&talk.page[TALK_LANE_AT], 0, __ATOMIC_RELEASE);
	assert_true(host_talk_begin(&talk, why, sizeof(why)));
}

static bool
asks(enum host_ask_kind kind, const char *line, struct host_answer *answer)
{
	struct host_ask ask = { .kind = (uint8_t)kind, .pages = 2 };
	static struct program p;
	struct text_error e;
	char text[256];

	snprintf(text, sizeof(text), "gnt 1\ndomains 2 pages 2\n%s\n", line);
	if (!text_parse(&p, &e, text, strlen(text)))
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
	ask.op = p.ops[0];
	return host_talk_ask(&talk, &ask, answer);
}

static void
lend_a_page(void)
{
	struct host_answer answer;

	assert_true(asks(ASK_BEGIN, "", &answer));
	assert_true(asks(ASK_OP, "d1 grant g0 to d0 page p0", &answer));
	assert_true(answer.ref[0].live);
	assert_int_equal(answer.record.skip, SKIP_NOT);
}

/* ------------------------------------------------------------------ the tests */

static void
test_it_is_found_and_answers(void **unused)
{
	struct host_answer answer;
	uint32_t port;

	(void)unused;
	assert_true(host_talk_find(&talk, &port, why, sizeof(why)));
	assert_int_equal(port, PORT);
	assert_true(host_talk_begin(&talk, why, sizeof(why)));
	lend_a_page();
	assert_true(asks(ASK_OP, "d1 write p0 +0 9", &answer));
	assert_true(asks(ASK_OP, "d1 read p0 +0", &answer));
	assert_int_equal(answer.record.value & 0xffff, 9);
	assert_true(asks(ASK_OP, "d1 transfer p0 to d0 g0", &answer));
	assert_int_equal(answer.record.skip, SKIP_LANE);
	assert_true(asks(ASK_END, "", &answer));
	assert_true(answer.digest[0] != PAGE_EMPTY && answer.digest[2] == PAGE_EMPTY);
	assert_int_equal(end_agent(SIGTERM), 0);
}

static void
test_what_is_no_agent(void **unused)
{
	uint32_t port;

	(void)unused;
	talk.page[8] ^= 1;
	assert_false(host_talk_find(&talk, &port, why, sizeof(why)));
	assert_non_null(strstr(why, "another build"));
	memset(talk.page, 0x55, TALK_BYTES);
	assert_false(host_talk_find(&talk, &port, why, sizeof(why)));
	assert_non_null(strstr(why, "start `gntfuzz agent'"));
}

static void
test_one_lane_at_a_time(void **unused)
{
	(void)unused;
	assert_true(host_talk_begin(&talk, why, sizeof(why)));
	assert_false(host_talk_begin(&talk, why, sizeof(why)));
	assert_non_null(strstr(why, "at work for another"));
	lane_ends();
}

/* A lane that ends without a word leaves nothing, and another finds the agent as new. */
static void
test_a_lane_that_is_gone(void **unused)
{
	struct host_answer answer;

	(void)unused;
	for (unsigned int i = 0; i < 20; i++) {
		if (i == 0)
			assert_true(host_talk_begin(&talk, why, sizeof(why)));
		lend_a_page();
		lane_ends();
		assert_true(asks(ASK_OP, "d1 read p0 +0", &answer));
		assert_int_equal(answer.record.skip, SKIP_LANE);
	}
	assert_int_equal(end_agent(SIGTERM), 0);
}

/* Left lent when the agent is told to end, it shows: the test above is not blind. */
static void
test_what_is_left_shows(void **unused)
{
	(void)unused;
	assert_true(host_talk_begin(&talk, why, sizeof(why)));
	lend_a_page();
	assert_int_equal(WEXITSTATUS(end_agent(SIGTERM)), 1);
}

static void
test_an_agent_that_is_gone(void **unused)
{
	struct host_answer answer;

	(void)unused;
	assert_true(host_talk_begin(&talk, why, sizeof(why)));
	lend_a_page();
	end_agent(SIGKILL);
	assert_false(asks(ASK_OP, "d1 read p0 +0", &answer));
	__atomic_store_n(&talk.page[TALK_AGENT_AT], 0, __ATOMIC_RELEASE);
	assert_false(asks(ASK_OP, "d1 read p0 +0", &answer));
	assert_false(host_talk_begin(&talk, why, sizeof(why)));
}

/* Whoever writes to the page cannot make the agent do what no program does. */
static void
test_any_bytes(void **unused)
{
	struct host_answer answer;
	struct host_ask ask;
	uint32_t seed = 1;

	(void)unused;
	assert_true(host_talk_begin(&talk, why, sizeof(why)));
	for (unsigned int i = 0; i < 50000; i++) {
		for (size_t b = 0; b < sizeof(ask); b++)
			((uint8_t *)&ask)[b] = (uint8_t)((seed = seed * 1103515245 + 12345) >> 16);
		ask.kind = i % 64 == 0 ? ASK_BEGIN : ask.kind % 8 ? ASK_OP : ask.kind;
		if (!host_talk_ask(&talk, &ask, &answer))
			fail_msg("ask %u", i);
	}
	lane_ends();
	assert_int_equal(end_agent(SIGTERM), 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_it_is_found_and_answers),
		TEST(test_what_is_no_agent),
		TEST(test_one_lane_at_a_time),
		TEST(test_a_lane_that_is_gone),
		TEST(test_what_is_left_shows),
		TEST(test_an_agent_that_is_gone),
		TEST(test_any_bytes),
	};

	return cmocka_run_group_tests_name("host_talk", tests, NULL, NULL);
}
