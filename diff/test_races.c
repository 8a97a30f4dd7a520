/*
 * test_races: what can happen at once to one grant entry, exhausted.
 *
 * Every pair of operations on one entry, chosen threes, and chosen sequences beside each other,
 * from every state that the entry may be in, under both memories: each order of their steps is run
 * once (arch/sim/explore.h), its answers must be some order's of the model, and the machine's
 * invariants are looked at after every turn (diff/duel.h).
 *
 * The first violation is made small, its schedule down to the fewest switches; what is printed is a
 * program that shows it.  The numbers of scenarios and orders are checked, so that a test that ran
 * nothing fails.
 *
 * usage: test_races [x86|arm]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sim/explore.h"
#include "diff/duel.h"
#include "diff/race_set.h"
#include "diff/tell.h"
#include "diff/text.h"
#include "diff/violation.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	TEXT = 2000,
	/* Of one memory, a tenth below what there are. */
	SCENARIOS_LEAST = 2100,
	RUNS_LEAST = 65000,
};

/* What the entry of g0 is before: d0's, for d1. */
static const char *const states[] = {
	"d0 alloc c0 1\nd0 claim g0 from c0\n",
	"d0 grant g0 to d1 page p0\n",
	"d0 grant g0 to d1 page p0 ro\n",
	"d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\n",
	"d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0 ro\n",
	"d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\nd1 map m3 from d0 g0 ro\n",
	"d0 accept g0 from d1 slot p3\n",
	"d0 accept g0 from d1 slot p3\nd1 transfer p2 to d0 g0\n",
};

/* On that entry. */
static const char *const operations[] = {
	"d0 grant_ref g0 to d1 page p1", "d0 grant_ref g0 to d2 page p1 ro",
	"d0 query g0", "d0 end_ref g0", "d0 try_end g0", "d0 end g0 p0 page", "d0 free g0",
	"d0 accept_ref g0 from d1 slot p3", "d0 end_transfer_ref g0", "d0 end_transfer g0",
	"d0 flags g0 5", "d0 swap g0 g1", "d0 setup_table self 2", "d0 tick",
	"d1 map m1 from d0 g0", "d1 map m2 from d0 g0 ro", "d2 map m1 from d0 g0 ro",
	"d1 unmap m0", "d1 copy d0:g0+0 -> p1+0 len 8", "d1 copy p1+0 -> d0:g0+0 len 8",
	"d1 transfer p2 to d0 g0", "d1 transfer p1 to d0 g0",
};

/* Of these every three, one of them the owner's: they come first. */
enum { OWNERS = 3 };
static const char *const few[] = {
	"d0 end_ref g0", "d0 flags g0 5", "d0 query g0",
	"d1 map m1 from d0 g0", "d1 map m2 from d0 g0 ro",
	"d1 unmap m0", "d1 copy p1+0 -> d0:g0+0 len 8",
};

/* Branches of several operations, and what else needs a start of its own. */
static const char *const sequences[][3] = {
	/* what the grantee wrote is there when the end has succeeded */
	{ "d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\n",
	  "d0 end_ref g0 ; d0 read p0 +0", "d1 write_map m0 +0 7 ; d1 unmap m0" },
	/* what the owner wrote is there when the grant is */
	{ "d0 alloc c0 1\nd0 claim g0 from c0\n",
	  "d0 write p1 +0 7 ; d0 grant_ref g0 to d1 page p1", "d1 copy d0:g0+0 -> p1+0 len 8" },
	{ "d0 alloc c0 1\nd0 claim g0 from c0\n",
	  "d0 write p1 +0 7 ; d0 grant_ref g0 to d1 page p1",
	  "d1 map m0 from d0 g0 ; d1 read_map m0 +0" },
	/* an entry is used again for somebody else */
	{ "d0 grant g0 to d1 page p0\n",
	  "d0 end_ref g0 ; d0 grant_ref g0 to d2 page p1",
	  "d1 map m1 from d0 g0 ro" },
	{ "d0 grant g0 to d1 page p0\n",
	  "d0 end_ref g0 ; d0 grant_ref g0 to d2 page p1",
	  "d2 map m1 from d0 g0 ro" },
	{ "d0 grant g0 to d1 page p0\n",
	  "d0 end_ref g0 ; d0 grant_ref g0 to d1 page p1 ro", "d1 copy p1+0 -> d0:g0+0 len 8" },
	/* one handle, two processors */
	{ "d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\n",
	  "d1 unmap m0", "d1 unmap m0 ; d1 map m1 from d0 g0" },
	/* a page is lent and given away */
	{ "d0 grant g0 to d1 page p0\nd2 accept g1 from d0 slot p3\n",
	  "d0 transfer p0 to d2 g1", "d1 map m0 from d0 g0" },
	{ "d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\nd2 accept g1 from d0 slot p3\n",
	  "d0 transfer p0 to d2 g1", "d1 unmap m0" },
	{ "d0 grant g0 to d1 page p0\nd2 accept g1 from d0 slot p3\n",
	  "d0 transfer p0 to d2 g1", "d1 copy d0:g0+0 -> p1+0 len 8" },
	/* a slot is offered twice, a page comes once */
	{ "d0 accept g0 from d1 slot p3\n",
	  "d0 end_transfer_ref g0 ; d0 accept_ref g0 from d1 slot p2",
	  "d1 transfer p2 to d0 g0" },
	/* the flags stay until all is flushed */
	{ "d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\nd1 map m1 from d0 g0\n",
	  "d1 batch unmap { m0 ; m1 }", "d0 end_ref g0" },
	{ "d0 grant g0 to d1 page p0\nd0 grant g1 to d1 page p1\n",
	  "d1 batch copy { d0:g0+0 -> p1+0 len 8 ; d0:g0+8 -> p1+8 len 8 ; "
	  "d0:g1+0 -> p1+16 len 8 }", "d0 end_ref g0" },
};

struct test {
	struct duel *duel;
	struct explore *explore;
	struct program program;
	bool arm;
	unsigned long scenarios, runs, pruned, turns;
};

static void
tell(struct test *t, const struct difference *d)
{
	static struct violation v;
	static char text[1 << 14];

	if (!violation_take(&v, t->duel, &t->program, d))
		printf("its own schedule does not show it again\n");
	tell_difference(stdout, &v.program, &v.difference);
	text_print(&v.program, text, sizeof(text));
	printf("# class: %s\n%s", v.class, text);
}

/* ------------------------------------------------------------------ a scenario */

/* All its orders.  False: a violation was found and told. */
static bool
explore(struct test *t, const char *start, const char *race)
{
	char text[TEXT];
	struct text_error e;
	struct difference d;
	struct explore_count n;

	snprintf(text, sizeof(text), "gnt 1\ndomains 3  arm %d\n%s%s\n", t->arm, start, race);
	if (!text_parse(&t->program, &e, text, strlen(text))) {
		printf("%s\nline %u, column %u: %s\n", text, e.line, e.column, e.what);
		exit(1);
	}
	explore_start(t->explore, t->arm);
	do
		if (!duel_run(t->duel, &t->program, false, &d)) {
			tell(t, &d);
			return false;
		}
	while (explore_next(t->explore));
	n = explore_count(t->explore);
	t->scenarios++;
	t->runs += n.n_runs;
	t->pruned += n.n_pruned;
	t->turns += n.n_turns;
	if (n.deep || duel_orders(t->duel)->cut_short)
		printf("not all orders were tried of\n%s", text);
	return !n.deep;
}

static bool
pairs(struct test *t)
{
	char race[TEXT];

	for (unsigned int s = 0; s < COUNT(states); s++)
		for (unsigned int a = 0; a < COUNT(operations); a++)
			for (unsigned int b = a; b < COUNT(operations); b++) {
				snprintf(race, sizeof(race), "race { %s | %s }", operations[a],
					 operations[b]);
				if (!explore(t, states[s], race))
					return false;
			}
	return true;
}

static bool
threes(struct test *t)
{
	char race[TEXT];

	for (unsigned int s = 1; s < COUNT(states) - 2; s++)
		for (unsigned int a = 0; a < OWNERS; a++)
			for (unsigned int b = a + 1; b < COUNT(few); b++)
				for (unsigned int c = b + 1; c < COUNT(few); c++) {
					snprintf(race, sizeof(race), "race { %s | %s | %s }",
						 few[a], few[b], few[c]);
					if (!explore(t, states[s], race))
						return false;
				}
	return true;
}

static bool
chosen(struct test *t)
{
	char race[TEXT];

	for (unsigned int i = 0; i < COUNT(sequences); i++) {
		snprintf(race, sizeof(race), "race { %s | %s }", sequences[i][1], sequences[i][2]);
		if (!explore(t, sequences[i][0], race))
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------ all */

static bool
under(struct test *t, bool arm)
{
	t->arm = arm;
	t->scenarios = t->runs = t->pruned = t->turns = 0;
	duel_set_pick(t->duel, explore_pick, t->explore);
	if (!pairs(t) || !chosen(t) || !threes(t))
		return false;
	printf("%s memory: %lu scenarios, %lu interleavings, %lu pruned, %lu turns: no violation\n",
	       arm ? "Arm" : "x86", t->scenarios, t->runs, t->pruned, t->turns);
	return t->scenarios >= SCENARIOS_LEAST && t->runs >= RUNS_LEAST;
}

int
main(int argc, char **argv)
{
	static struct test t;
	bool x86 = argc < 2 || strcmp(argv[1], "x86") == 0;
	bool arm = argc < 2 || strcmp(argv[1], "arm") == 0;

	t.duel = duel_new();
	t.explore = explore_new();
	if (t.duel == NULL || t.explore == NULL || (!x86 && !arm))
		return 2;
	if ((x86 && !under(&t, false)) || (arm && !under(&t, true)))
		return 1;
	duel_free(t.duel);
	explore_free(t.explore);
	return 0;
}
