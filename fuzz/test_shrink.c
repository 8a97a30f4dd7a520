/*
 * test_shrink: the shrinker reaches the smallest program, and what it leaves is 1-minimal.
 *
 * Judges here look at programs and run nothing, so that what is smallest is known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/shrink.h"
#include "diff/shrink_step.h"
#include "diff/text.h"
#include "fuzz/mutate.h"

static struct shrink s;
static struct program p;
static char text[1 << 16];

static void
parse(const char *from)
{
	struct text_error e;

	if (!text_parse(&p, &e, from, strlen(from)))
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
}

/* ------------------------------------------------------------------ judges */

static const struct op *
find(const struct program *in, enum op_kind kind)
{
	for (unsigned int i = 0; i < in->n_ops; i++)
		if (in->ops[i].kind == kind)
			return &in->ops[i];
	return NULL;
}

/* A grant, later a mapping of it by whom it is to, and a copy. */
static bool
has_kinds(const struct program *in)
{
	const struct op *grant = find(in, OP_GRANT), *map = find(in, OP_MAP);

	return grant != NULL && map != NULL && find(in, OP_COPY) != NULL && grant < map &&
	       map->b.idx == grant->a.idx && map->b.dom == grant->actor &&
	       map->actor == grant->b.dom;
}

/* The same, and the copy is of more than 100 bytes. */
static bool
has_all(const struct program *in)
{
	return has_kinds(in) && find(in, OP_COPY)->len > 100;
}

/* Two swaps or none: no single removal keeps it. */
static bool
even_swaps(const struct program *in)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < in->n_ops; i++)
		n += in->ops[i].kind == OP_SWAP;
	return n % 2 == 0 && find(in, OP_TICK) != NULL;
}

struct asked {
	bool (*wanted)(const struct program *in);
	unsigned long n, most;
	unsigned long n_shown;	/* times that one was found to show it */
	uint8_t pages_least;	/* headers with fewer cannot be had */
};

static bool
judge(void *arg, const struct program *const candidates[], unsigned int n, bool shows[])
{
	struct asked *a = arg;
	bool any = false;

	assert_true(n > 0 && n <= SHRINK_BATCH);
	for (unsigned int i = 0; i < n; i++) {
		struct program again = *candidates[i];

		program_normalize(&again);
		assert_true(program_same(&again, candidates[i]));
		assert_true(candidates[i]->header.pages >= a->pages_least);
		any |= shows[i] = a->wanted(candidates[i]);
	}
	a->n += n;
	a->n_shown += any;
	return a->n <= a->most;
}

static bool
able(void *arg, const struct program_header *h)
{
	const struct asked *a = arg;

	return h->pages >= a->pages_least;
}

static void
shrink(struct asked *a)
{
	assert_true(a->wanted(&p));
	s.judge = judge;
	s.arg = a;
	s.able = a->pages_least > 0 ? able : NULL;
	shrink_program(&s, &p);
	assert_true(a->wanted(&p));
	text_print(&p, text, sizeof(text));
}

/* No single step leads to a smaller program that still shows it. */
static void
assert_minimal(bool (*wanted)(const struct program *in))
{
	static const struct shrink_steps *const all[] = { &shrink_removals, &shrink_unjoins,
							  &shrink_lowerings, &shrink_values };
	static struct program to;
	unsigned int n = 0;

	for (unsigned int k = 0; k < 4; k++)
		for (unsigned int i = 0; i < all[k]->count(&p); i++)
			if (all[k]->step(&to, &p, i)) {
				assert_false(wanted(&to));
				n++;
			}
	assert_true(n > 0);
}

/* ------------------------------------------------------------------ tests */

static void
test_known_smallest(void **unused)
{
	struct asked a = { .wanted = has_all, .most = 1000000 };

	(void)unused;
	parse("gnt 1\ndomains 3  pages 6  max_frames 8\n"
	      "d1 alloc c2 12\nd2 grant g7 to d1 page p5 ro\nd0 tick\nd1 fill p6\n"
	      "d1 map m4 from d2 g7 ro dev\nd0 swap g1 g2\n"
	      "d2 batch copy { d1:g3+5 -> p4+9 len 4000 ; p1+1 -> p2+2 len 64 }\n"
	      "d0 grant g1 to d0 page p0\n");
	shrink(&a);
	assert_true(s.minimal);
	assert_int_equal(s.n_judged, a.n);
	/* Names are lowered together: the grant's and the mapping's, and the domains. */
	assert_string_equal(text, "gnt 1\ndomains 1  pages 1  frames 1  max_frames 1  maptrack 0"
				  "  room 0\n"
				  "d0 grant g0 to d0 page p0\nd0 map m0 from d0 g0\n"
				  "d0 copy d0:g0+0 -> d0:g0+0 len 101\n");
	assert_minimal(has_all);
}

static void
test_two_at_once(void **unused)
{
	struct asked a = { .wanted = even_swaps, .most = 1000000 };

	(void)unused;
	parse("gnt 1\nd0 swap g0 g1\nd0 tick\nd0 swap g2 g3\n");
	shrink(&a);
	assert_int_equal(p.n_ops, 1);
	assert_int_equal(p.ops[0].kind, OP_TICK);
}

static void
test_batches_are_undone(void **unused)
{
	struct asked a = { .wanted = has_all, .most = 1000000 };

	(void)unused;
	parse("gnt 1\nd0 grant g0 to d1 page p0\n"
	      "d1 batch map { m0 from d0 g0 ; m1 from d0 g0 ; m2 from d0 g0 }\n"
	      "d1 batch copy { p0+0 -> p1+0 len 1 ; p0+0 -> p1+0 len 2000 }\n");
	p.ops[4].len = 2000;
	shrink(&a);
	assert_int_equal(p.n_ops, 3);
	for (unsigned int i = 0; i < p.n_ops; i++)
		assert_int_equal(p.ops[i].flags & OP_JOIN, 0);
}

/* Removing the end of a batch must not join what follows to it. */
static void
test_removing_keeps_batches_apart(void **unused)
{
	struct program to;

	(void)unused;
	parse("gnt 1\nd0 batch swap { g0 g1 ; g2 g3 }\nd0 swap g4 g5\n");
	assert_true(shrink_remove(&to, &p, 1, 1));
	assert_int_equal(to.n_ops, 2);
	assert_int_equal(to.ops[0].flags & OP_JOIN, 0);
	assert_true(shrink_remove(&to, &p, 0, 1));
	assert_int_equal(to.ops[0].flags & OP_JOIN, 0);
	/* An expectation goes alone, and an operation's end of the batch with it. */
	parse("gnt 1\nd0 batch swap { g0 g1 = okay ; g2 g3 = okay }\nd0 swap g4 g5\n");
	assert_true(shrink_remove(&to, &p, 1, 1));
	assert_int_equal(to.n_ops, 4);
	assert_int_equal(to.ops[0].flags & OP_JOIN, OP_JOIN);
	assert_true(shrink_remove(&to, &p, 2, 2));
	assert_int_equal(to.n_ops, 3);
	assert_int_equal(to.ops[0].flags & OP_JOIN, 0);
}

/* Every lower value is tried: of a word, of a code, of a number. */
static bool
is_odd(const struct program *in)
{
	const struct op *o = find(in, OP_WRITE);

	return o != NULL && (o->len == 0x1234 || o->len == 0x9007) &&
	       (o->a.idx == 5 || o->a.idx == 2) && (in->header.room == 11 || in->header.room == 4);
}

static void
test_every_lower_value(void **unused)
{
	struct asked a = { .wanted = is_odd, .most = 1000000 };

	(void)unused;
	parse("gnt 1\nroom 11\nd0 tick\nd0 write p5 +0 36871\n");
	shrink(&a);
	assert_true(s.minimal);
	assert_int_equal(p.ops[0].len, 0x1234);
	assert_int_equal(p.ops[0].a.idx, 2);
	assert_int_equal(p.header.room, 4);
	assert_true(s.n_proof > 0x1200 && s.n_proof < s.n_judged);
}

/* What is expected is removed, or stays as it was written. */
static bool
has_answer(const struct program *in)
{
	return find(in, OP_EXPECT) != NULL;
}

static void
test_expectations_are_not_lowered(void **unused)
{
	struct asked a = { .wanted = has_answer, .most = 1000000 };

	(void)unused;
	parse("gnt 1\nd0 tick\nd0 max_frames = 17\nd0 tick\n");
	shrink(&a);
	assert_true(s.minimal);
	assert_int_equal(p.n_ops, 2);
	assert_int_equal(p.ops[0].kind, OP_MAX_FRAMES);
	assert_int_equal(expect_value(&p.ops[1]), 17);
}

/* A machine that dies of what is looked for: few of the programs judged may show it. */
static void
test_dear(void **unused)
{
	static struct program first;
	struct rng r = { 4 };
	unsigned int n_done = 0;

	(void)unused;
	for (unsigned int i = 0; i < 3000 && n_done < 20; i++) {
		struct asked a = { .wanted = has_kinds, .most = 1000000, .pages_least = 3 }, b = a;

		mutate_random(&p, &r, &program_header_default, 32);
		while (p.n_ops > 0 && p.ops[p.n_ops - 1].kind != OP_COPY)
			p.n_ops--;
		program_normalize(&p);
		if (!has_kinds(&p))
			continue;
		first = p;
		s.dear = true;
		shrink(&a);
		s.dear = false;
		assert_true(s.minimal);
		assert_int_equal(p.n_ops, 3);
		assert_int_equal(p.header.pages, 3);
		assert_true(a.n_shown <= 5);
		p = first;
		shrink(&b);
		assert_true(b.n_shown > 2 * a.n_shown);
		n_done++;
	}
	assert_int_equal(n_done, 20);
}

/* Told to end, it ends, with what it has, and claims nothing. */
static void
test_stops(void **unused)
{
	struct asked a = { .wanted = has_all, .most = 40 };
	struct rng r = { 1 };

	(void)unused;
	do
		mutate_random(&p, &r, &program_header_default, 64);
	while (!has_all(&p));
	shrink(&a);
	assert_false(s.minimal);
	assert_true(a.n <= 40 + SHRINK_BATCH);
}

/* Whatever the program, and however large: an end is reached, and it is minimal. */
static void
test_random_programs(void **unused)
{
	struct rng r = { 2 };
	unsigned int n_done = 0;

	(void)unused;
	for (unsigned int i = 0; i < 400; i++) {
		struct asked a = { .wanted = has_all, .most = 10000000 };

		mutate_random(&p, &r, NULL, 1 + rng_below(&r, PROGRAM_OPS_MAX));
		if (!has_all(&p))
			continue;
		shrink(&a);
		assert_true(s.minimal);
		assert_int_equal(p.n_ops, 3);
		assert_minimal(has_all);
		n_done++;
	}
	assert_true(n_done >= 20);
}

/* Steps go down: no step of any sort gives an operation more, or a field a higher value. */
static void
test_steps_go_down(void **unused)
{
	static const struct shrink_steps *const all[] = { &shrink_removals, &shrink_unjoins,
							  &shrink_lowerings, &shrink_pairs,
							  &shrink_renamings };
	static struct program to;
	struct rng r = { 3 };

	(void)unused;
	for (unsigned int i = 0; i < 50; i++) {
		mutate_random(&p, &r, NULL, 1 + rng_below(&r, 20));
		for (unsigned int k = 0; k < 5; k++)
			for (unsigned int step = 0; step < all[k]->count(&p); step++) {
				if (!all[k]->step(&to, &p, step))
					continue;
				assert_true(to.n_ops <= p.n_ops);
				assert_false(program_same(&to, &p));
				for (unsigned int f = 0; f < PROGRAM_FIELDS; f++)
					assert_true(*program_field(&to.header, f) <=
						    *program_field(&p.header, f));
			}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_smallest),
		cmocka_unit_test(test_two_at_once),
		cmocka_unit_test(test_batches_are_undone),
		cmocka_unit_test(test_removing_keeps_batches_apart),
		cmocka_unit_test(test_every_lower_value),
		cmocka_unit_test(test_expectations_are_not_lowered),
		cmocka_unit_test(test_dear),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_random_programs),
		cmocka_unit_test(test_steps_go_down),
	};

	return cmocka_run_group_tests_name("shrink", tests, NULL, NULL);
}
