/*
 * corpus: folders of programs, kept in order.
 *
 * A program's bytes are what it is known by: two programs of the same bytes are one.
 */
#ifndef CORPUS_H
#define CORPUS_H

#include <stdbool.h>
#include <stdint.h>

#include "diff/program.h"

/*
 * Hold every program of the folders, at most CORPUS_FOLDERS_MAX, to the rules:
 *	it is a text (.gnt) of printable characters that parses;
 *	its first line is a comment, which says why it is there;
 *	its words are those that the printer writes, but that numbers may be hexadecimal;
 *	from text to bytes and back it stays what it is;
 *	sim and model agree on it and answer what it expects, and so does each lane that a line
 *	`# lanes: LANE...' names;
 *	and no two are the same.
 * Returns an exit status, EXIT_FINDING if a program breaks a rule; what and where is printed.
 */
int corpus_check(const char *const folders[], unsigned int n, bool json);

/*
 * Write into the folder `out', made if need be, programs of what `in' names, files and folders,
 * that together cover what all of these cover: edges of core, model and simulation, and cells of
 * entry state, operation and answer.  What `out' has already stays, and is counted.  Programs that
 * show a difference are left out, and told.  Returns an exit status.
 */
int corpus_merge(const char *out, const char *const in[], unsigned int n, bool json);

/* A number made of the program's bytes: the same for the same program, anywhere. */
uint64_t corpus_hash(const struct program *p);

enum { CORPUS_FOLDERS_MAX = 64 };

#endif
