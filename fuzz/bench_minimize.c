/*
 * bench_minimize: how long it takes until a finding is 1-minimal.
 *
 * The findings are true ones: random programs of 64 operations on which two versions of Xen differ
 * by rule (a copy of nothing is okay since 4.19).  The yardsticks are how long the suite may take.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/bench.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/minimize.h"
#include "fuzz/mutate.h"
#include "fuzz/stop.h"
#include "fuzz/sweep.h"

enum { OPS = 64, FINDINGS = 20, DRAWN_MAX = 20000 };

struct timing {
	struct judge judge;
	struct jury jury;
	double worst;	/* seconds */
	unsigned int n;
};

/* The next random program, from *i on, that shows anything; false: none. */
static bool
draw(struct timing *t, uint64_t *i, struct program *p)
{
	char why[FILE_WHY];

	t->jury.class = NULL;
	while (*i < DRAWN_MAX) {
		sweep_draw(p, 1, (*i)++, OPS);
		mutate_for_machine(p);
		judge_adapt(&t->judge, p);
		if (jury_look(&t->jury, p, why) == VERDICT_FAILURE)
			return true;
	}
	return false;
}

/* Minimise some findings; false with a line in why[] if one could not be. */
static bool
measure(struct timing *t, char *why)
{
	static struct program p;
	uint64_t at = 0;

	while (t->n < FINDINGS) {
		char class[sizeof(t->jury.finding.class)];
		struct minimize m = { .jury = &t->jury, .class = class, .stop = &stop_asked,
				      .seconds_max = 60 };

		if (!draw(t, &at, &p)) {
			snprintf(why, FILE_WHY, "no program of %d differs", DRAWN_MAX);
			return false;
		}
		snprintf(class, sizeof(class), "%s", t->jury.finding.class);
		minimize_program(&m, &p);
		if (!m.minimal) {
			snprintf(why, FILE_WHY, "%s", m.how);
			return false;
		}
		if (m.seconds > t->worst)
			t->worst = m.seconds;
		t->n++;
	}
	return true;
}

static void
row(struct bench *b, const char *name, const char *expected, const char *got, double aim)
{
	struct timing *t = calloc(1, sizeof(*t));
	char why[FILE_WHY] = "";
	bool broken, ok;

	if (t == NULL)
		cli_die(EXIT_RIG, "out of memory to measure minimising");
	ok = judge_open(&t->judge, expected, got, why, &broken);
	if (ok && jury_open(&t->jury, &t->judge, why)) {
		ok = measure(t, why);
		jury_close(&t->jury);
		judge_close(&t->judge);
	}
	if (ok)
		bench_row(b, &(struct bench_row){ name, "s/finding", t->worst, aim, 1, false });
	else
		bench_skip(b, name, why);
	free(t);
}

void
bench_minimize(struct bench *b)
{
	row(b, "minimize", "model:4.20", "sim", 2);
	row(b, "minimize-xen", "model:4.20", "xen:bookworm-security", 30);
}
