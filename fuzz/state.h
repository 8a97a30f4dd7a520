/*
 * state: what a campaign's folder remembers between runs of the command.
 *
 * A small text file, replaced in one step, so that a kill at any moment leaves either the old one
 *or the new one.  The folder belongs to one campaign at a time: it is locked while one runs.
 *
 *	DIR/state		this file
 *	DIR/lock		locked while a campaign runs
 *	DIR/fuzz_ops, fuzz_race, fuzz_text	inputs kept, one folder a target
 *	DIR/seeds, seeds_race	what engines begin with, as bytes; see seeds.h
 *	DIR/counters		what each engine run counted
 *	DIR/cells		what each engine's process saw, while it runs
 *	DIR/growth.csv		what was done by when
 *	DIR/findings		what was found: CLASS.bin, CLASS.gnt and CLASS.json
 *	DIR/known		its classes, on which engines do not stop
 *	DIR/afl			AFL++'s instances, a folder a target; see afl.h
 *	DIR/logs		the last lines of engines that failed
 *	DIR/summary.json	what the campaign came to
 *	DIR/report		the pages
 */
#ifndef STATE_H
#define STATE_H

#include "fuzz/file.h"
#include "fuzz/targets.h"

#include <stdint.h>

struct state {
	const char *folder;
	int lock;     /* file descriptor */
	bool resumed; /* an unfinished campaign was found */
	bool finished;
	uint64_t seed;
	uint64_t done_ms;             /* of the engines' time */
	uint64_t slices;              /* engine runs started: numbers the counters' files */
	uint64_t runs[TARGETS];       /* executions */
};

/*
 * Take the folder for a campaign: make it if it is not there, lock it, read its state.  A folder
 * that holds anything but a campaign is refused.  False with one line in why[FILE_WHY].
 */
bool state_open(struct state *s, const char *folder, char *why);

/* Write the state, lasting.  False with a line in why. */
bool state_save(const struct state *s, char *why);

void state_close(struct state *s);

#endif
