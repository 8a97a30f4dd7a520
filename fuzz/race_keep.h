/*
 * race_keep: what `gntfuzz race` finds, kept in a folder: the program as text, and all that a page
 * needs.
 */
#ifndef RACE_KEEP_H
#define RACE_KEEP_H

#include <stdint.h>

#include "fuzz/file.h"
#include "fuzz/race_tally.h"

enum { RACE_REPRO = FILE_PATH_MAX + 256 };

/* Where to, and of a series on a real Xen what it was begun with. */
struct race_keeper {
	const char *folder;		/* made, if it is not there */
	uint64_t runs, seed;
};

/*
 * Write FOLDER/findings/CLASS.gnt and .json of what t found on the lane; and to repro[RACE_REPRO]
 * the command that shows it again.  Pre: t found something.  Returns the program's path, to be
 * freed; ends the process with one line if the folder is no good (2) or a file is not written (3).
 */
char *race_keep(const struct race_keeper *k, const struct race_lane *lane,
		const struct race_tally *t, char *repro);

#endif
