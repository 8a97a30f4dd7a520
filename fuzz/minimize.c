#include "fuzz/minimize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"

static bool
judge(void *arg, const struct program *const candidates[], unsigned int n, bool shows[])
{
	struct jury *j = arg;
	unsigned int first = jury_first(j, candidates, n);

	if (first < n)
		shows[first] = true;
	return j->ended == NULL;
}

static bool
able(void *arg, const struct program_header *h)
{
	return jury_able(arg, h);
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
	struct shrink *s = calloc(1, sizeof(*s));

	if (s == NULL)
		cli_die(EXIT_RIG, "out of memory to minimise a program");
	s->judge = judge;
	s->able = able;
	s->arg = m->jury;
	s->dear = m->dear || m->jury->hangs;
	shrink_program(s, p);
	m->minimal = s->minimal;
	m->n_judged = s->n_judged;
	m->n_proof = s->n_proof;
	free(s);
}

/* Say in how[] what p is, if it is sure to be it. */
static void
tell(struct minimize *m, struct program *p, const struct program *whole)
{
	/* The bounds are for the search: the last look is not one of it. */
	if (!jury_shows(m->jury, p)) {
		m->minimal = m->again = false;
		*p = *whole;
		snprintf(m->how, sizeof(m->how),
			 "not minimised: what it was reduced to did not show it again");
	} else if (m->minimal) {
		snprintf(m->how, sizeof(m->how),
			 "1-minimal: no removal, no lower value keeps it; %u operations of %u, "
			 "%lu programs judged",
			 p->n_ops, m->n_ops, m->n_judged);
	} else {
		snprintf(m->how, sizeof(m->how), "not minimised to the end: %s", m->jury->ended);
	}
	m->finding = m->jury->finding;
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
		shrink(m, p);
		tell(m, p, &whole);
	} else {
		snprintf(m->how, sizeof(m->how), "not minimised: %s",
			 j->ended ? j->ended : "run alone it did not show this again");
	}
	m->seconds = child_clock() - start;
}
