#include "fuzz/reduce.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/stop.h"

static const double seconds_of_difference = 15, seconds_of_death = 60;

/* Minimise p, which showed f, put the result in its place, and tell it. */
static void
settle(const struct findings *fs, struct minimize *m, const struct program *p,
       const struct finding *f)
{
	static struct program small;

	small = *p;
	m->class = f->class;
	minimize_program(m, &small);
	findings_replace(fs, p, f, &small, m->again ? &m->finding : f, m->how);
	findings_tell(fs, &small, m->again ? &m->finding : f);
}

static void
reduce_one(struct reduce *r, struct jury *jury, const struct reduce_waiting *w)
{
	double seconds = w->died ? seconds_of_death : seconds_of_difference;
	struct minimize m = {
		.jury = jury,
		.stop = r->stop,
		.seconds_max = seconds < r->seconds_left ? seconds : r->seconds_left,
		.n_begun = w->n_begun,
		.dear = w->died,
	};

	settle(r->findings, &m, &w->program, &w->finding);
	r->seconds_left -= m.seconds;
}

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

/* Large, and one at a time. */
static struct jury *
open_jury(struct judge *judge)
{
	static struct jury jury;
	char why[FILE_WHY];

	if (!jury_open(&jury, judge, why))
		cli_die(EXIT_RIG, "%s", why);
	return &jury;
}

double
reduce_all(struct reduce *r)
{
	double start = child_clock();
	struct totals totals;
	struct jury *jury;

	if (r->n_waiting == 0)
		return 0;
	totals = r->judge->totals;
	jury = open_jury(r->judge);
	for (unsigned int i = 0; i < r->n_waiting; i++) {
		jury->n_deaths = 0;
		reduce_one(r, jury, r->waiting[i]);
		free(r->waiting[i]);
	}
	jury_close(jury);
	r->judge->totals = totals;
	r->n_waiting = 0;
	return child_clock() - start;
}

void
reduce_engine_find(struct findings *fs, const struct program *p, const struct finding *f,
		   bool target_only)
{
	struct minimize m = { .stop = &stop_asked, .dear = finding_is_failure(f),
			      .seconds_max = seconds_of_difference };
	static struct judge judge;
	char why[FILE_WHY];
	bool broken;

	if (!target_only && !judge_open(&judge, "model", "sim", why, &broken))
		cli_die(EXIT_RIG, "%s", why);
	m.jury = open_jury(target_only ? NULL : &judge);
	settle(fs, &m, p, f);
	jury_close(m.jury);
	if (!target_only)
		judge_close(&judge);
}
