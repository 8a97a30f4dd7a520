#include "fuzz/jury.h"

#include <limits.h>
#include <string.h>

#include "diff/lane_raw.h"
#include "diff/lane_xen.h"
#include "fuzz/child.h"
#include "fuzz/guard.h"

enum { MACHINES_MAX = 40 };

static bool
is_machine(const struct lane *l)
{
	return l != NULL && (l->kind == &lane_xen || l->kind == &lane_raw);
}

bool
jury_open_as(struct jury *j, const struct jury_kind *kind, void *own, char *why)
{
	memset(j, 0, sizeof(*j));
	j->kind = kind;
	j->own = own;
	/* A process that dies costs a millisecond, a machine a boot. */
	j->deaths_max = kind->waits ? UINT_MAX : MACHINES_MAX;
	return kind->open(j, why);
}

bool
jury_open(struct jury *j, struct judge *judge, char *why)
{
	const struct jury_kind *kind = &jury_fork;

	if (judge == NULL)
		kind = &jury_target;
	else if (is_machine(judge->got) || is_machine(judge->expected))
		kind = &jury_machine;
	if (!jury_open_as(j, kind, NULL, why))
		return false;
	j->judge = judge;
	return true;
}

void
jury_close(struct jury *j)
{
	j->kind->close(j);
}

bool
jury_goes_on(struct jury *j)
{
	if (*j->stop)
		j->ended = "interrupted";
	else if (j->broke[0])
		j->ended = j->broke;
	else if (child_clock() > j->end)
		j->ended = "the time for it was over";
	else if (j->n_deaths >= j->deaths_max)
		j->ended = "too many machines had died";
	return j->ended == NULL;
}

bool
jury_is_same(const struct jury *j, enum verdict v)
{
	return v == VERDICT_FAILURE &&
	       (j->class == NULL || strcmp(j->finding.class, j->class) == 0);
}

unsigned int
jury_first(struct jury *j, const struct program *const programs[], unsigned int n)
{
	return n > 0 && jury_goes_on(j) ? j->kind->first(j, programs, n) : n;
}

enum verdict
jury_look(struct jury *j, const struct program *p, char *why)
{
	return j->kind->look(j, p, why);
}

bool
jury_shows(struct jury *j, const struct program *p)
{
	char why[FILE_WHY] = "";
	double start = child_clock();
	bool shows = jury_is_same(j, jury_look(j, p, why));

	j->hangs = shows && j->kind->waits && child_clock() - start >= GUARD_SECONDS;
	return shows;
}

bool
jury_able(struct jury *j, const struct program_header *h)
{
	return j->kind->able(j, h);
}

bool
jury_lanes_able(struct jury *j, const struct program_header *h)
{
	j->copy.header = *h;
	j->copy.n_ops = 0;
	judge_adapt(j->judge, &j->copy);
	return memcmp(&j->copy.header, h, sizeof(*h)) == 0;
}
