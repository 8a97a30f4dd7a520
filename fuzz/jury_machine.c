/* jury_machine: one of the lanes is a real Xen, which a program may bring down. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/lane_xen.h"
#include "fuzz/jury.h"

static bool
machine_open(struct jury *j, char *why)
{
	j->own = calloc(SHRINK_BATCH, sizeof(struct trace));
	if (j->own == NULL)
		snprintf(why, FILE_WHY, "out of memory for traces");
	return j->own != NULL;
}

static void
machine_close(struct jury *j)
{
	free(j->own);
}

/* The machine is gone.  Nobody is told of what it said. */
static bool
died(struct jury *j, enum verdict v, const char *why)
{
	j->n_deaths++;
	if (v == VERDICT_FAILURE)
		judge_failed(j->judge, &j->finding, why);
	j->finding.console = NULL;
	lane_forget_console(j->judge->got);
	return jury_is_same(j, v);
}

/* The machine is the second lane, and never waits for us. */
static unsigned int
first_together(struct jury *j, const struct program *const programs[], unsigned int n)
{
	struct trace *traces[SHRINK_BATCH], *trace = j->own;
	char why[FILE_WHY] = "";

	for (unsigned int i = 0; i < n; i++)
		traces[i] = &trace[i];
	for (unsigned int at = 0; at < n && jury_goes_on(j); at++) {
		unsigned int done = 0;
		enum verdict v = lane_xen_run_many(j->judge->got, programs + at, traces + at,
						   n - at, &done, why, sizeof(why));

		for (; done > 0; done--, at++) {
			j->judge->got_trace = trace[at];
			if (jury_is_same(j, judge_compare(j->judge, programs[at], &j->finding,
							  why)))
				return at;
		}
		if (at < n && v != VERDICT_SKIP && died(j, v, why))
			return at;
	}
	return n;
}

static enum verdict
machine_look(struct jury *j, const struct program *p, char *why)
{
	j->copy = *p;
	return judge_run(j->judge, &j->copy, &j->finding, why);
}

static unsigned int
machine_first(struct jury *j, const struct program *const programs[], unsigned int n)
{
	char why[FILE_WHY] = "";

	if (j->judge->got->kind == &lane_xen)
		return first_together(j, programs, n);
	for (unsigned int i = 0; i < n && jury_goes_on(j); i++) {
		enum verdict v = machine_look(j, programs[i], why);

		if (jury_is_same(j, v))
			return i;
		if (v == VERDICT_ERROR)
			snprintf(j->broke, sizeof(j->broke), "%s", why);
	}
	return n;
}

const struct jury_kind jury_machine = {
	machine_open, machine_first, machine_look, jury_lanes_able, machine_close, false,
};
