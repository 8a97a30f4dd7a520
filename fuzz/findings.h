/*
 * findings: what was found, kept under DIR/findings by class.
 *
 * Before anything is run again that an engine died of, the line to paste is printed.
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

/* Keep the bytes in that file, which show f, whose program is kept: the file is moved. */
void findings_keep_bytes(const struct findings *fs, const struct finding *f, const char *path);

/*
 * Keep a text in a file, which shows f and is no program, and tell it.  Returns whether its class
 * is new; the file is then moved.
 */
bool findings_keep_text(struct findings *fs, const struct finding *f, const char *path);

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
 * The engine in that place, or each, has ended: its files in DIR/findings are whole.  Until then
 * they are called PLACE.TARGET-..., and findings_collect leaves them alone.
 */
void findings_engine_ended(const struct findings *fs, unsigned int place);

#define FINDINGS_EVERY_PLACE (~0u)

/*
 * Take what engines left in DIR/findings (TARGET-crash-..., -timeout-, -oom-, -afl-): judge, class,
 * rename.  Killed at any moment, the next call does the rest.  Returns how many new.
 */
unsigned int findings_collect(struct findings *fs);

/* Take p, which brought down a process of ours, as if an engine had died of it. */
void findings_take(struct findings *fs, const struct program *p);

/*
 * Begin: remove what a kill left half written, list in the summary what earlier runs of this
 * campaign found, if it goes on, and write DIR/known: the list of classes that a target takes
 * (fuzz/known.h).  It follows each new class.
 */
void findings_open(struct findings *fs, bool resumed);

#define FINDINGS_HITS ".hits"

/* Count in the summary how often targets met what is known: DIR/counters has files that say it. */
void findings_count(struct findings *fs);

#endif
