/*
 * test_model: the reference model against spec.md, rule by rule, without a hypervisor or a core.
 *
 * A case is a program whose last operation is decided by the rule that it names; what each
 * operation must answer is written behind it.  Where an answer does not tell enough, the case names
 * the entry that the last operation shows. The test fails if a rule has no case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/xen_abi.h"
#include "diff/compare.h"
#include "diff/model.h"
#include "diff/test_model.h"
#include "diff/text.h"

enum { RULES_OF_MEMORY = 1100 };	/* the first one; see core/test_race.c */

/*
 * Rules that decide no record, but say how others do: those of lists, growth and bytes are seen in
 * their answers.
 */
static const uint16_t indirect[] = { 101, 102, 103, 815, 1013 };

static struct profile reference, arm64, early;

struct fixture {
	struct model *model;
	struct program program;
	struct trace trace;
};

static int
set_up(void **state)
{
	struct fixture *f = malloc(sizeof *f);

	assert_non_null(f);
	f->model = malloc(model_bytes);
	assert_non_null(f->model);
	model_init(f->model);
	reference = arm64 = profile_for(PROFILE_REFERENCE);
	profile_be_arm64(&arm64);
	early = profile_for(PROFILE_ARM64_FIRST);
	profile_be_arm64(&early);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->model);
	free(f);
	return 0;
}

/* Run the program of a text: header words, then operations. */
static void
run_as(struct fixture *f, const char *text, const struct profile *profile)
{
	char whole[4096];
	struct text_error e;

	bool bare = strncmp(text, "d0", 2) == 0 || strncmp(text, "d1", 2) == 0;

	snprintf(whole, sizeof whole, "gnt 1%c%s\n", bare ? '\n' : ' ', text);
	if (!text_parse(&f->program, &e, whole, strlen(whole)))
		fail_msg("%u:%u: %s in\n%s", e.line, e.column, e.what, whole);
	model_begin(f->model, &f->program, profile);
	for (unsigned int at = 0; at < f->program.n_ops;)
		at += model_step(f->model, at, &f->trace);
	model_end(f->model, &f->trace);
}

static void
run(struct fixture *f, const char *text)
{
	run_as(f, text, &reference);
}

static unsigned int
last_operation(const struct program *p)
{
	unsigned int at = p->n_ops - 1u;

	while (p->ops[at].kind == OP_EXPECT)
		at--;
	return at;
}

static void
rules_decide(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < n_rule_cases; i++) {
		const struct rule_case *c = &rule_cases[i];
		const struct trace_record *r;
		const struct entry_view *v;
		struct difference d;

		run_as(f, c->text, c->early ? &early : c->arm64 ? &arm64 : &reference);
		r = &f->trace.record[last_operation(&f->program)];
		v = &r->entry[r->entry[0].dom == VIEW_NONE];	/* the first that is seen */
		if (!compare_expectations(&d, &f->program, &f->trace))
			fail_msg("R%u: operation %u: expected %d, not %d in\n%s", c->rule, d.at,
				 (int)d.expected, (int)d.got, c->text);
		if (r->rule != c->rule)
			fail_msg("R%u: decided by R%u instead in\n%s", c->rule, r->rule, c->text);
		if (c->looks && memcmp(v, &c->entry, sizeof c->entry) != 0)
			fail_msg("R%u: the entry shows %#x %u %u in\n%s", c->rule, v->flags, v->dom,
				 v->frame, c->text);
	}
}

static bool
covered(unsigned int rule)
{
	for (unsigned int i = 0; i < n_rule_cases; i++)
		if (rule_cases[i].rule == rule)
			return true;
	for (unsigned int i = 0; i < sizeof indirect / sizeof *indirect; i++)
		if (indirect[i] == rule)
			return true;
	return false;
}

/* Every `R' number that begins a row of spec.md has a case, but for what programs cannot show. */
static void
every_rule_has_a_case(void **state)
{
	FILE *spec = fopen("diff/spec.md", "r");
	char line[4096];
	unsigned int n = 0;

	(void)state;
	if (spec == NULL)
		skip();
	while (fgets(line, sizeof line, spec) != NULL) {
		if (strncmp(line, "| R", 3) != 0)
			continue;
		for (char *at = line + 2; *at == 'R'; n++) {
			unsigned int rule = (unsigned int)strtoul(at + 1, &at, 10);

			if (rule < RULES_OF_MEMORY && !covered(rule))
				fail_msg("R%u has no case", rule);
			at += *at == ' ';
		}
	}
	fclose(spec);
	assert_true(n > 120);
}

/*
 * ------------------------------------------------------------------ what one answer does not tell
 */

static const struct trace_record *
record(const struct fixture *f, unsigned int at)
{
	return &f->trace.record[at];
}

static void
callbacks_are_called_in_order(void **state)
{
	struct fixture *f = *state;

	run(f, "d0 alloc c0 10\nd0 callback k2 at 500\nd0 callback k0 at 504\n"
	       "d0 callback k1 at 500\nd0 callback k2 at 1\nd0 free_chain c0\nd0 alloc c0 504\n"
	       "d0 callback k3 at 100\nd0 grant g0 to d0 page p0\n");
	assert_int_equal(record(f, 1)->fired, 0);
	assert_int_equal(record(f, 4)->fired, 0);	/* waits already: its 500 stays */
	assert_int_equal(record(f, 5)->fired, 3 | 1 << 4 | 2 << 8);
	assert_int_equal(record(f, 8)->fired, 4);	/* growth, before the grant takes one */
	assert_int_equal(record(f, 8)->free_count, 511);
}

static void
ticks_are_bounded_and_rotate(void **state)
{
	struct fixture *f = *state;
	char text[4096] = "";
	unsigned int at;

	for (unsigned int i = 0; i < 12; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
			 "d0 grant g%u to d1 page p0\nd0 flags g%u 9\nd0 end g%u p0\n", i, i, i);
	strcat(text, "d0 tick = 0\nd0 tick = 0\nd0 max_frames\n");
	run(f, text);
	at = last_operation(&f->program);
	assert_int_equal(record(f, at)->free_count, 504 - 12);
	assert_int_equal(f->trace.domain[0].deferred, 12);
	assert_int_equal(f->trace.domain[0].leaked, 0);
}

static void
pages_end_up_where_they_were_sent(void **state)
{
	struct fixture *f = *state;
	uint64_t p2;

	run(f, "d0 max_frames");
	p2 = f->trace.domain[0].digest[2];
	run(f, ACCEPTED "d0 transfer p2 to d1 g0\nd1 end_transfer g0 = p3");
	assert_true(f->trace.domain[0].digest[2] == PAGE_EMPTY);
	assert_true(f->trace.domain[1].digest[3] == p2);
	run(f, MAPPED "d1 copy p1+0 -> d0:g0+0 len 4096\nd1 read p1 +0");
	assert_true(f->trace.domain[0].digest[0] == f->trace.domain[1].digest[1]);
	run(f, "d0 max_frames");			/* all as at the start */
	assert_true(f->trace.domain[0].digest[2] == p2);
	assert_true(f->trace.domain[0].digest[0] != f->trace.domain[1].digest[1]);
}

static void
overlap_is_undefined_and_spreads(void **state)
{
	struct fixture *f = *state;

	run(f, "d0 copy p0+0 -> p0+8 len 16\nd0 read p0 +100\nd0 copy p0+0 -> p1+0 len 1\n"
	       "d0 copy p2+0 -> p0+0 len 4096\nd0 copy p3+0 -> p3+0 len 99");
	assert_int_equal(record(f, 1)->any, TRACE_ANY_VALUE);
	assert_int_equal(f->trace.domain[0].any_digest, 1 << 1);
	assert_true(f->trace.domain[0].digest[0] == f->trace.domain[0].digest[2]);
}

static void
growth_counts_what_it_asks_for(void **state)
{
	struct fixture *f = *state;

	/* The failed growth keeps its page of links: the second needs the frame list alone. */
	run(f, "max_frames 8\nd0 fail_alloc 2\nd0 alloc c0 1100\nd0 fail_alloc 2\n"
	       "d0 alloc c0 1100\nd0 max_frames");
	assert_int_equal(record(f, 1)->rc, -XEN_ENOSPC);
	assert_int_equal(f->trace.domain[0].nr_frames, 3);
	run(f, "max_frames 8 hvm 1\nd0 fail_hypercall 4\nd0 alloc c0 1700\nd0 query_size self");
	assert_int_equal(record(f, 1)->rc, -XEN_ENOSPC);
	assert_int_equal(record(f, 2)->value, 4 | 8 << 16);	/* the frames it got first stay */
	assert_int_equal(f->trace.domain[0].nr_frames, 1);
}

static void
entry_states_are_told_apart(void **state)
{
	static const struct { unsigned int state; const char *text; } worlds[] = {
		{ 0, "d0 max_frames" }, { 1, "d0 query g0" }, { 2, GRANTED "d0 query g0" },
		{ 3, "d0 grant g0 to d1 page p0 ro\nd0 query g0" },
		{ 4, GRANTED "d0 flags g0 9\nd0 query g0" },
		{ 5, GRANTED "d1 map m0 from d0 g0 ro\nd0 query g0" }, { 6, MAPPED "d1 unmap m0" },
		{ 7, MAPPED "d0 flags g0 0\nd1 read_map m0 +0" },
		{ 8, ACCEPTED "d0 transfer p0 to d1 g0" },
		{ 9, ACCEPTED "d1 flags g0 6\nd1 end_transfer g0" },
		{ 10, ACCEPTED "d0 transfer p0 to d1 g0\nd1 end_transfer g0" },
		{ 11, "d0 flags g0 10\nd0 query g0" },
		{ 12, "d0 flags g0 257\nd1 copy d0:g0+0 -> p0+0 len 1" },
		{ 13, "d0 flags g0 3\nd0 query g0" }, { 14, "d0 flags g0 8\nd0 query g0" },
		{ 15, GRANTED "d1 map m0 from d0 g0 dev nohost\nd0 query g0" },
	};
	struct fixture *f = *state;

	_Static_assert(sizeof worlds / sizeof *worlds == MODEL_ENTRY_STATES, "each state once");
	for (unsigned int i = 0; i < MODEL_ENTRY_STATES; i++) {
		run(f, worlds[i].text);
		assert_int_equal(record(f, last_operation(&f->program))->state, worlds[i].state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_decide),
		cmocka_unit_test(every_rule_has_a_case),
		cmocka_unit_test(callbacks_are_called_in_order),
		cmocka_unit_test(ticks_are_bounded_and_rotate),
		cmocka_unit_test(pages_end_up_where_they_were_sent),
		cmocka_unit_test(overlap_is_undefined_and_spreads),
		cmocka_unit_test(growth_counts_what_it_asks_for),
		cmocka_unit_test(entry_states_are_told_apart),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
