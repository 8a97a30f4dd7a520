#include "fuzz/minimize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"

/* What a shrink is about. */
struct minimizing {
	struct jury *jury;
	struct duel *reference;	/* its model must answer what programs expect; or NULL */
};

/* Whether what p expects is what the reference answers. */
static bool
is_right(struct duel *reference, const struct program *p)
{
	struct difference d;

	duel_run_model(reference, p);
	return compare_expectations(&d, p, duel_expected(reference));
}

static bool
judge(void *arg, const struct program *const candidates[], unsigned int n, bool shows[])
{
	const struct minimizing *g = arg;
	const struct program *right[SHRINK_BATCH];
	unsigned int place[SHRINK_BATCH], n_right = 0, first;

	for (unsigned int i = 0; i < n; i++) {
		if (g->reference != NULL && !is_right(g->reference, candidates[i]))
			continue;
		place[n_right] = i;
		right[n_right++] = candidates[i];
	}
	first = jury_first(g->jury, right, n_right);
	if (first < n_right)
		shows[place[first]] = true;
	return g->jury->ended == NULL;
}

static bool
able(void *arg, const struct program_header *h)
{
	const struct minimizing *g = arg;

	return jury_able(g->jury, h);
}

/*
 * What a program expects is only worth something in its world: in a smaller one the same answer is
 * soon wrong.  So if the reference answers all that p expects, it goes on doing so.  NULL: it does
 * not, or p's class is not about that.
 */
static struct duel *
open_reference(const struct jury *j, const struct program *p)
{
	struct duel *d;

	if (strcmp(j->finding.lane_expected, "program") != 0)
		return NULL;
	d = duel_new();
	if (d == NULL)
		cli_die(EXIT_RIG, "out of memory for the model");
	if (is_right(d, p))
		return d;
	duel_free(d);
	return NULL;
}

/* Nobody is told of what a machine said. */
static bool
shows_quietly(struct jury *j, const struct program *p)
{
	bool shows = jury_shows(j, p);

	if (j->judge != NULL && j->judge->got != NULL)
		lane_forget_console(j->judge->got);
	j->finding.console = NULL;
	return shows;
}

/* Begin with what was done up to the death, if that is enough.  False: it does not come again. */
static bool
begin(struct minimize *m, struct program *p)
{
	struct program whole = *p;

	if (!jury_goes_on(m->jury))
		return false;
	if (m->n_begun > 0 && m->n_begun < p->n_ops) {
		p->n_ops = (uint16_t)m->n_begun;
		program_normalize(p);
		if (shows_quietly(m->jury, p))
			return true;
		*p = whole;
	}
	return shows_quietly(m->jury, p);
}

static void
shrink(struct minimize *m, struct program *p)
{
	struct minimizing g = { m->jury, open_reference(m->jury, p) };
	struct shrink *s = calloc(1, sizeof(*s));

	if (s == NULL)
		cli_die(EXIT_RIG, "out of memory to minimise a program");
	s->judge = judge;
	s->able = able;
	s->arg = &g;
	s->dear = m->dear || m->jury->hangs;
	shrink_program(s, p);
	m->minimal = s->minimal;
	m->n_judged = s->n_judged;
	m->n_proof = s->n_proof;
	duel_free(g.reference);
	free(s);
}

/* Say in how[] what p is, if it is sure to be it. */
static void
tell(struct minimize *m, struct program *p, const struct program *whole)
{
	/* The bounds are for the search: the last look is not one of it. */
	if (!jury_shows(m->jury, p)) {
		m->minimal = false;
		*p = *whole;
		snprintf(m->how, sizeof(m->how),
			 "not minimised: what it was reduced to did not show it again");
		return;
	}
	m->finding = m->jury->finding;
	if (m->minimal) {
		snprintf(m->how, sizeof(m->how),
			 "1-minimal: no removal, no lower value keeps it; %u of %u operations, "
			 "%lu programs judged",
			 p->n_ops, m->n_ops, m->n_judged);
	} else {
		snprintf(m->how, sizeof(m->how), "not minimised to the end: %s", m->jury->ended);
	}
	m->finding.minimal = m->minimal;
}

void
minimize_program(struct minimize *m, struct program *p)
{
	const struct program whole = *p;
	double start = child_clock();
	struct jury *j = m->jury;

	j->class = m->class;
	j->stop = m->stop;
	j->end = start + m->seconds_max;
	j->ended = NULL;
	m->n_ops = p->n_ops;
	m->minimal = false;
	m->n_judged = m->n_proof = 0;
	m->again = begin(m, p);
	if (m->again) {
		m->finding = j->finding;
		shrink(m, p);
		tell(m, p, &whole);
	} else {
		snprintf(m->how, sizeof(m->how), "not minimised: %s",
			 j->ended ? j->ended : "run alone it did not show this again");
	}
	m->seconds = child_clock() - start;
}
