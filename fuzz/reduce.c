#include "fuzz/reduce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/lane_xen.h"
#include "diff/shrink.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"

enum { DEATHS_MAX = 40, HOW = 160 };

static const double seconds_of_difference = 10, seconds_of_death = 60;

/* One finding, being reduced. */
struct reducing {
	struct reduce *r;
	const char *class;
	double end;		/* by child_clock */
	unsigned int n_deaths;
	const char *ended;	/* why before the end; NULL: it was not */
	struct program copy;	/* judges want one that they could change */
	struct finding finding;	/* of the last that was judged and differs */
	struct trace trace[SHRINK_BATCH];
	struct shrink shrink;
};

/* ------------------------------------------------------------------ judging */

static bool
goes_on(struct reducing *g)
{
	if (*g->r->stop)
		g->ended = "interrupted";
	else if (child_clock() > g->end)
		g->ended = "the time for it was over";
	else if (g->n_deaths >= DEATHS_MAX)
		g->ended = "too many machines had died";
	return g->ended == NULL;
}

static bool
is_same(const struct reducing *g, enum verdict v)
{
	return v == VERDICT_FAILURE && strcmp(g->finding.class, g->class) == 0;
}

/* The machine is gone.  Nobody is told of what it said. */
static bool
died(struct reducing *g, enum verdict v, const char *why)
{
	g->n_deaths++;
	if (v == VERDICT_FAILURE)
		judge_failed(g->r->judge, &g->finding, why);
	g->finding.console = NULL;
	lane_forget_console(g->r->judge->got);
	return is_same(g, v);
}

/* Candidates on a machine, until the first that shows it. */
static void
judge_together(struct reducing *g, const struct program *const candidates[], unsigned int n,
	       bool shows[])
{
	struct judge *j = g->r->judge;
	struct trace *traces[SHRINK_BATCH];
	char why[FILE_WHY] = "";

	for (unsigned int i = 0; i < n; i++)
		traces[i] = &g->trace[i];
	for (unsigned int at = 0; at < n && goes_on(g); at++) {
		unsigned int done = 0;
		enum verdict v = lane_xen_run_many(j->got, candidates + at, traces + at, n - at,
						   &done, why, sizeof(why));

		for (; done > 0; done--, at++) {
			j->got_trace = g->trace[at];
			shows[at] = is_same(g, judge_compare(j, candidates[at], &g->finding, why));
			if (shows[at])
				return;
		}
		if (at < n && v != VERDICT_SKIP)
			shows[at] = died(g, v, why);
		if (at < n && shows[at])
			return;
	}
}

static void
judge_alone(struct reducing *g, const struct program *const candidates[], unsigned int n,
	    bool shows[])
{
	char why[FILE_WHY] = "";

	for (unsigned int i = 0; i < n && goes_on(g); i++) {
		g->copy = *candidates[i];
		shows[i] = is_same(g, judge_run(g->r->judge, &g->copy, &g->finding, why));
		if (shows[i])
			return;
	}
}

static bool
judge(void *arg, const struct program *const candidates[], unsigned int n, bool shows[])
{
	struct reducing *g = arg;
	const struct lane *got = g->r->judge->got;

	if (got != NULL && got->kind == &lane_xen)
		judge_together(g, candidates, n, shows);
	else
		judge_alone(g, candidates, n, shows);
	return goes_on(g);
}

/* Whether the lane can give this header. */
static bool
able(void *arg, const struct program_header *h)
{
	struct reducing *g = arg;

	g->copy.header = *h;
	g->copy.n_ops = 0;
	judge_adapt(g->r->judge, &g->copy);
	return memcmp(&g->copy.header, h, sizeof(*h)) == 0;
}

/* Whether p shows it, run alone, and what it shows: g->finding, with its console. */
static bool
shows_alone(struct reducing *g, const struct program *p)
{
	char why[FILE_WHY] = "";

	g->copy = *p;
	return is_same(g, judge_run(g->r->judge, &g->copy, &g->finding, why));
}

/* The same, and nobody is told of its console. */
static bool
shows_again(struct reducing *g, const struct program *p)
{
	bool shows = shows_alone(g, p);

	if (g->r->judge->got != NULL)
		lane_forget_console(g->r->judge->got);
	return shows;
}

/* ------------------------------------------------------------------ one finding */

/* Begin with what was done up to the death, if that is enough.  False: it does not come again. */
static bool
cut(struct reducing *g, const struct reduce_waiting *w, struct program *p)
{
	*p = w->program;
	if (w->died && w->n_begun > 0 && w->n_begun < p->n_ops) {
		p->n_ops = (uint16_t)w->n_begun;
		if (shows_again(g, p))
			return true;
		*p = w->program;
	}
	return shows_again(g, p);
}

/* Make p the smallest program that shows what w does, and say in how[] whether it is. */
static void
reduce(struct reducing *g, const struct reduce_waiting *w, struct program *p, char how[HOW])
{
	struct shrink *s = &g->shrink;

	if (!goes_on(g) || !cut(g, w, p)) {
		snprintf(how, HOW, "not minimised: %s",
			 g->ended ? g->ended : "run alone it did not show this again");
		return;
	}
	s->judge = judge;
	s->able = able;
	s->arg = g;
	s->dear = w->died;
	shrink_program(s, p);
	if (s->minimal)
		snprintf(how, HOW, "1-minimal");
	else
		snprintf(how, HOW, "not minimised to the end: %s", g->ended);
}

/* Keep what was reached, if it is sure to show it; tell the finding. */
static void
settle(struct reducing *g, const struct reduce_waiting *w, const struct program *p,
       const char *how)
{
	const struct findings *fs = g->r->findings;
	const struct finding *f = &w->finding;

	if (program_same(p, &w->program) && !g->shrink.minimal) {
		findings_replace(fs, p, f, p, f, how);
	} else if (shows_alone(g, p)) {
		f = &g->finding;
		g->finding.minimal = g->shrink.minimal;
		findings_replace(fs, &w->program, &w->finding, p, f, how);
	} else {
		lane_forget_console(g->r->judge->got);
		p = &w->program;
		findings_replace(fs, p, f, p, f,
				 "not minimised: what it was reduced to did not show it again");
	}
	findings_tell(fs, p, f);
}

static void
reduce_one(struct reduce *r, const struct reduce_waiting *w)
{
	double seconds = w->died ? seconds_of_death : seconds_of_difference;
	struct reducing *g = calloc(1, sizeof(*g));
	struct program p = w->program;
	double start = child_clock();
	char how[HOW];

	if (g == NULL)
		cli_die(EXIT_RIG, "out of memory to reduce a finding");
	g->r = r;
	g->class = w->finding.class;
	g->end = start + (seconds < r->seconds_left ? seconds : r->seconds_left);
	reduce(g, w, &p, how);
	settle(g, w, &p, how);
	r->seconds_left -= child_clock() - start;
	free(g);
}

/* ------------------------------------------------------------------ all */

void
reduce_keep(struct reduce *r, const struct program *p, const struct finding *f, bool died)
{
	struct reduce_waiting *w;

	if (!findings_keep(r->findings, p, f))
		return;
	if (r->n_waiting == REDUCE_WAITING) {
		findings_tell(r->findings, p, f);
		return;
	}
	w = r->waiting[r->n_waiting++] = malloc(sizeof(*w));
	if (w == NULL)
		cli_die(EXIT_RIG, "out of memory for a finding");
	w->program = *p;
	w->finding = *f;
	w->finding.console = NULL;	/* it is kept */
	w->died = died;
	w->n_begun = died ? r->judge->got->n_begun : 0;
}

double
reduce_all(struct reduce *r)
{
	const struct totals totals = r->judge->totals;
	double start = child_clock();

	for (unsigned int i = 0; i < r->n_waiting; i++) {
		reduce_one(r, r->waiting[i]);
		free(r->waiting[i]);
	}
	if (r->n_waiting > 0)
		r->judge->totals = totals;
	r->n_waiting = 0;
	return child_clock() - start;
}
