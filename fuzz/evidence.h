/*
 * evidence: at the time of a finding, all that its page will need, kept beside its program.
 *
 * The program is run once more for it: on sim in a process of its own, operation by operation, so
 * that of a crash it is known how far it came; on a machine of its own where the lane is a real Xen
 * that did not die of it.  See reports/evidence.h.
 */
#ifndef FUZZ_EVIDENCE_H
#define FUZZ_EVIDENCE_H

#include "diff/program.h"
#include "reports/finding.h"

/* What is known beside the finding. */
struct evidence_source {
	const struct program *original;	/* as it was found, if p is another; or NULL */
	const char *how;		/* how small p is */
	const char *repro;		/* the line that shows it again */
	const char *console;		/* path of what the machine said; or NULL */
	bool machine;			/* a machine may be started for it */
	/* Or it is not needed: what such a Xen answered, and to which delays of a race. */
	const struct trace *got;
	const struct profile *profile;
	uint32_t seed;
};

/* Write p, which shows f, and what it answers, to `path'.  Exits if it cannot be written. */
void evidence_keep(const char *path, const struct program *p, const struct finding *f,
		   const struct evidence_source *s);

/*
 * The race that shows f, run once more on sim, as reports/race_told.h tells it; free with
 * cJSON_Delete.  NULL: there is none, it is of another lane, or it does not show this time.
 */
cJSON *evidence_race(const struct program *p, const struct finding *f);

#endif
