#include "fuzz/jury.h"

#include <limits.h>
#include <string.h>

#include "diff/lane_xen.h"
#include "fuzz/child.h"
#include "fuzz/guard.h"

enum { MACHINES_MAX = 40 };

static bool
is_machine(const struct lane *l)
{
	return l != NULL && l->kind == &lane_xen;
}

bool
jury_open(struct jury *j, struct judge *judge, char *why)
{
	memset(j, 0, sizeof(*j));
	j->judge = judge;
	if (judge == NULL)
		j->kind = &jury_target;
	else if (is_machine(judge->got) || is_machine(judge->expected))
		j->kind = &jury_machine;
	else
		j->kind = &jury_fork;
	/* A machine's death costs a boot, a process's a millisecond. */
	j->deaths_max = j->kind == &jury_machine ? MACHINES_MAX : UINT_MAX;
	return j->kind->open(j, why);
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

	j->hangs = shows && j->kind != &jury_machine && child_clock() - start >= GUARD_SECONDS;
	return shows;
}

bool
jury_able(struct jury *j, const struct program_header *h)
{
	if (j->judge == NULL)
		return true;
	j->copy.header = *h;
	j->copy.n_ops = 0;
	judge_adapt(j->judge, &j->copy);
	return memcmp(&j->copy.header, h, sizeof(*h)) == 0;
}
