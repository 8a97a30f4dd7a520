/*
 * known: the classes on which a target does not abort, so that a search goes on behind them.
 *
 * GNTFUZZ_KNOWN names a file of class ids, one a line; what follows a space on the line, and lines
 * that begin with `#', are for people.  A campaign writes it as findings arrive.  A class that is
 * not in it is looked up again in the file before it counts as new: another engine may have found
 * it meanwhile.
 */
#ifndef KNOWN_H
#define KNOWN_H

#include "diff/class.h"

enum { KNOWN_MAX = 1000 };	/* classes; more in the file are not read */

struct known {
	const char *path;	/* NULL: nothing is known */
	unsigned int n;
	struct known_class {
		char id[CLASS_ID];
		uint64_t hits;
	} class[KNOWN_MAX];
};

/* Read the file that the environment names, if any.  Exits if there is a name and no such file. */
void known_open(struct known *k);

/* Whether the class is known; counts it if it is. */
bool known_hit(struct known *k, const char *id);

/* Append `ID HITS' to a file for each class that was hit.  Returns false if that fails. */
bool known_save(const struct known *k, const char *path);

#endif
