/*
 * findings: what was found, kept under DIR/findings by class.
 *
 * CLASS.bin is the engine's own file, CLASS.gnt the program as text with its class in a comment,
 * which is what `gntfuzz repro' takes, CLASS.orig.gnt the one that was found if CLASS.gnt is a
 * smaller one, CLASS.console.txt what the machine said, CLASS.json all that its page will need.  A
 * class that is there already is only counted, so a bug that is hit all the time fills no disk.
 */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "diff/program.h"
#include "fuzz/file.h"
#include "reports/finding.h"
#include "reports/summary.h"

struct findings {
	const char *folder; /* the campaign's */
	struct summary *summary;
	bool json; /* print each new class as one object on stdout */
};

/*
 * Keep a program that shows f, and f's console, which is no longer where it was.  Returns whether
 * its class is new: it is then to be told.  Exits if it cannot be written.
 */
bool findings_keep(struct findings *fs, const struct program *p, const struct finding *f);

/*
 * Keep p, which shows f, in place of `original', which showed `first' of the same class and stays
 * beside it; they may be the same program.  `how' says how small p is.  f's console, if any, takes
 * the other's place.
 */
void findings_replace(const struct findings *fs, const struct program *original,
		      const struct finding *first, const struct program *p,
		      const struct finding *f, const char *how);

/* Print a new class: p is its program. */
void findings_tell(const struct findings *fs, const struct program *p, const struct finding *f);

/*
 * Take what engines left in DIR/findings (TARGET-crash-..., -timeout-, -oom-): judge, class,
 * rename.  Returns how many new.
 */
unsigned int findings_collect(struct findings *fs);

/* List in the summary what earlier runs of this campaign found. */
void findings_recall(struct findings *fs);

#endif
