/*
 * test_xen: the lane of a real Xen: that it tells the same every time, cleans up after a program,
 * says what it cannot do, and survives the death of its machine.
 *
 * Whether Xen and the model agree is not asked here; that is a campaign's job.  Without QEMU, guest
 * or Xen the tests of the machine are skipped.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/xen_abi.h"
#include "diff/lane_xen.h"
#include "diff/text.h"

#define SUITE "bookworm-security"

enum { PROGRAMS = 600, OPS = 24 };

static struct program programs[PROGRAMS];
static struct trace traces[PROGRAMS], again[PROGRAMS];
static struct lane *lane;
static char why[256];

/*
 * Begin with what leaves something behind: a mapping, a page that went to another domain, one that
 * was lost.  From domain `from` to domain `to`.
 */
static void
begin_program(struct program *p, unsigned int from, unsigned int to)
{
	struct text_error e;
	char text[512];
	int n = snprintf(text, sizeof(text),
			 "gnt 1\ndomains %u\n"
			 "d%u grant g0 to d%u page p0\nd%u map m0 from d%u g0\n"
			 "d%u copy p2+0 -> d%u:g0+8 len 64\n"
			 "d%u accept g1 from d%u slot p3\nd%u transfer p1 to d%u g1\n"
			 "d%u transfer p2 to d%u g7\n",
			 (from > to ? from : to) + 1, from, to, to, from, to, from, to, from, from,
			 to, from, to);

	assert_true(text_parse(p, &e, text, (size_t)n));
}

/* Then bytes that mostly are small numbers, so that operations meet each other's slots. */
static void
make_program(struct program *p, unsigned int domains, uint64_t *state)
{
	uint8_t bytes[PROGRAM_HEADER_BYTES + OPS * OP_BYTES];
	struct program rest;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		*state = *state * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (uint8_t)(*state >> 40);
		/* PROGRAM_HEADER_BYTES are a whole operation's. */
		bytes[i] = i % OP_BYTES != 0 ? bytes[i] % 5 : bytes[i] | 0xc0;
	}
	program_decode(&rest, bytes, sizeof(bytes));
	begin_program(p, bytes[3] % domains, bytes[4] % domains);
	memcpy(&p->ops[p->n_ops], rest.ops, rest.n_ops * sizeof(rest.ops[0]));
	p->n_ops = (uint16_t)(p->n_ops + rest.n_ops);
	p->header.domains = (uint8_t)domains;
	lane_adapt(lane, &p->header);
	program_normalize(p);
}

static int
open_lane(void **state)
{
	bool broken;

	(void)state;
	lane = lane_xen.open("xen:" SUITE, why, sizeof(why), &broken);
	if (lane == NULL)
		print_message("%s: %s\n", broken ? "broken" : "skipped", why);
	return lane == NULL && broken ? -1 : 0;
}

static int
close_lane(void **state)
{
	(void)state;
	if (lane != NULL)
		lane_xen.close(lane);
	return 0;
}

static void
need_lane(void)
{
	if (lane == NULL)
		skip();
}

/* ------------------------------------------------------------------ tests */

/* Count what was done to another domain and succeeded. */
static void
count_foreign(const struct program *p, unsigned int at, unsigned int *n_okay)
{
	const struct op *o = &p->ops[at];
	bool foreign = o->b.dom < DOMAINS_MAX && o->b.dom != o->actor;

	if (o->kind == OP_COPY)
		foreign |= o->a.idx < SIDE_FRAME && o->a.dom < DOMAINS_MAX && o->a.dom != o->actor;
	n_okay[o->kind] += foreign && traces[p - programs].record[at].status == GNTST_okay;
}

static void
test_same_in_other_company(void **state)
{
	const struct program *order[PROGRAMS];
	struct trace *to[PROGRAMS];
	unsigned int n_run, n_okay[OP_KINDS] = { 0 };
	uint64_t seed = 1;

	(void)state;
	need_lane();
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		make_program(&programs[i], 1 + i % DOMAINS_MAX, &seed);
		order[i] = &programs[i];
		to[i] = &traces[i];
	}
	assert_int_equal(lane_xen_run_many(lane, order, to, PROGRAMS, &n_run, why, sizeof(why)), 0);
	assert_int_equal(n_run, PROGRAMS);
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		order[i] = &programs[PROGRAMS - 1 - i];
		to[i] = &again[PROGRAMS - 1 - i];
	}
	assert_int_equal(lane_xen_run_many(lane, order, to, PROGRAMS, &n_run, why, sizeof(why)), 0);
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		size_t n = offsetof(struct trace, record) +
			   programs[i].n_ops * sizeof(struct trace_record);

		assert_memory_equal(&traces[i], &again[i], n);
		for (unsigned int at = 0; at < programs[i].n_ops; at++)
			count_foreign(&programs[i], at, n_okay);
	}
	/* Not all of it was refused. */
	for (unsigned int kind = 0; kind < OP_KINDS; kind++)
		if (kind == OP_MAP || kind == OP_COPY || kind == OP_TRANSFER)
			assert_true(n_okay[kind] >= PROGRAMS / 10);
	assert_int_equal(lane_xen_check(lane, why, sizeof(why)), VERDICT_SUCCESS);
}

/* A handle whose entry is gone, by a replace that fails; the page stays, goes or is lost. */
static void
leave_handle(struct program *p, unsigned int mapper, unsigned int granter, unsigned int receiver)
{
	struct text_error e;
	char text[512];
	int n = snprintf(text, sizeof(text),
			 "gnt 1\ndomains 3 room %u\n"
			 "d%u grant g0 to d%u page p0\nd%u grant g1 to d%u page p1\n"
			 "d%u map m0 from d%u g0 at m2\nd%u map m1 from d%u g1\n"
			 "d%u replace m0 by m1\n",
			 receiver < DOMAINS_MAX, granter, mapper, granter, mapper, mapper, granter,
			 mapper, granter, mapper);

	if (receiver < DOMAINS_MAX)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "d%u accept g5 from d%u slot p6\nd%u transfer p1 to d%u g5\n",
			      receiver, granter, granter, receiver);
	else if (receiver == DOMAINS_MAX)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "d%u transfer p1 to none g0\n",
			      granter);
	assert_true(text_parse(p, &e, text, (size_t)n));
	lane_adapt(lane, &p->header);
}

static void
test_handles_without_entry(void **state)
{
	enum { ALL = DOMAINS_MAX * DOMAINS_MAX * (DOMAINS_MAX + 2) };

	(void)state;
	need_lane();
	for (unsigned int i = 0; i < ALL; i++) {
		leave_handle(&programs[0], i % 3, i / 3 % 3, i / 9);
		assert_int_equal(lane_run(lane, &programs[0], &traces[0], why, sizeof(why)),
				 VERDICT_SUCCESS);
		assert_int_equal(traces[0].record[4].status, GNTST_general_error);
		assert_int_equal(lane_xen_check(lane, why, sizeof(why)), VERDICT_SUCCESS);
	}
}

static void
test_other_world_is_skip(void **state)
{
	uint64_t seed = 2;

	(void)state;
	need_lane();
	make_program(&programs[0], 2, &seed);
	programs[0].header.hvm = 1;
	assert_int_equal(lane_run(lane, &programs[0], &traces[0], why, sizeof(why)), VERDICT_SKIP);
	assert_true(strlen(why) > 0);
}

/* The machine is the only child of this test. */
static pid_t
find_machine(void)
{
	char path[64];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	if (f != NULL && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f != NULL)
		fclose(f);
	return pid;
}

/* why[] names the file that a machine's console was kept in. */
static void
forget_console(void)
{
	assert_non_null(lane->console);
	assert_non_null(strstr(why, lane->console));
	assert_int_equal(unlink(lane->console), 0);
}

static void
test_machine_dies(void **state)
{
	uint64_t seed = 3;
	pid_t machine;

	(void)state;
	need_lane();
	make_program(&programs[0], DOMAINS_MAX, &seed);
	assert_int_equal(lane_run(lane, &programs[0], &traces[0], why, sizeof(why)),
			 VERDICT_SUCCESS);
	machine = find_machine();
	assert_true(machine > 0);
	kill(machine, SIGKILL);
	assert_int_equal(lane_run(lane, &programs[0], &again[0], why, sizeof(why)), VERDICT_ERROR);
	assert_non_null(strstr(why, "signal 9"));
	forget_console();
	assert_int_equal(lane_run(lane, &programs[0], &again[0], why, sizeof(why)),
			 VERDICT_SUCCESS);
	assert_memory_equal(traces[0].record, again[0].record,
			    programs[0].n_ops * sizeof(struct trace_record));
}

static void
assert_same_records(unsigned int i)
{
	assert_memory_equal(traces[i].record, again[i].record,
			    programs[i].n_ops * sizeof(struct trace_record));
}

/* A machine that dies costs the program whose turn it was; one that cannot run costs itself. */
static void
test_given_ahead(void **state)
{
	enum { GIVEN = LANE_XEN_GIVEN_MAX, OTHER_WORLD = 7 };
	uint64_t seed = 4;
	pid_t machine;

	(void)state;
	need_lane();
	for (unsigned int i = 0; i < GIVEN; i++) {
		make_program(&programs[i], 1 + i % 3, &seed);
		programs[i].header.silo = i == OTHER_WORLD;
		lane_xen_give(lane, &programs[i]);
	}
	for (unsigned int i = 0; i < GIVEN; i++)
		assert_int_equal(lane_xen_take(lane, &traces[i], why, sizeof(why)),
				 i == OTHER_WORLD ? VERDICT_SKIP : VERDICT_SUCCESS);
	machine = find_machine();
	assert_true(machine > 0);
	kill(machine, SIGSTOP);
	for (unsigned int i = 0; i < GIVEN; i++)
		lane_xen_give(lane, &programs[i]);
	kill(machine, SIGKILL);
	assert_int_equal(lane_xen_take(lane, &again[0], why, sizeof(why)), VERDICT_ERROR);
	forget_console();
	for (unsigned int i = 1; i < GIVEN; i++) {
		assert_int_equal(lane_xen_take(lane, &again[i], why, sizeof(why)),
				 i == OTHER_WORLD ? VERDICT_SKIP : VERDICT_SUCCESS);
		if (i != OTHER_WORLD)
			assert_same_records(i);
	}
}

/* A machine of its own each time, and yet the answers are the same, and those of any other. */
static void
test_exact(void **state)
{
	uint64_t seed = 4;
	struct lane *exact;
	bool broken;

	(void)state;
	need_lane();
	make_program(&programs[0], DOMAINS_MAX, &seed);
	assert_int_equal(lane_run(lane, &programs[0], &traces[0], why, sizeof(why)),
			 VERDICT_SUCCESS);
	exact = lane_xen.open("xen:" SUITE "+exact", why, sizeof(why), &broken);
	assert_non_null(exact);
	for (unsigned int i = 0; i < 2; i++) {
		memset(&again[i], 0, sizeof(again[i]));
		assert_int_equal(lane_run(exact, &programs[0], &again[i], why, sizeof(why)),
				 VERDICT_SUCCESS);
		assert_memory_equal(&traces[0], &again[i],
				    offsetof(struct trace, record) +
				    programs[0].n_ops * sizeof(struct trace_record));
	}
	lane_xen.close(exact);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_in_other_company),
		cmocka_unit_test(test_handles_without_entry),
		cmocka_unit_test(test_other_world_is_skip),
		cmocka_unit_test(test_machine_dies),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_given_ahead),
	};

	return cmocka_run_group_tests_name("xen", tests, open_lane, close_lane);
}
