/*
 * history: what became of each grant entry, and who mapped what, over a program, out of its traces.
 *
 * A trace shows an entry only when an operation names it; between two looks it is taken to be as it
 * was last seen.  That is exact for all that core and hypervisor do to an entry which is named;
 * what a suspend or a tick does to others shows at the next look.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "diff/trace.h"

enum {
	HISTORY_ENTRIES = 12, HISTORY_MAPS = 24,
	HISTORY_EXPECTED = 0, HISTORY_GOT, HISTORY_SIDES,
};

/* An entry that some operation named. */
struct history_entry {
	unsigned int owner;	/* domain */
	uint32_t number;	/* of the reference */
	char name[24];		/* "d0 g1", as the program first called it */
};

/* One entry after one operation. */
struct history_state {
	uint16_t flags;
	bool known;		/* it has been seen by now */
	bool seen;		/* by this operation */
};

/* A mapping; `pin' makes nameless ones, of which only the number is known. */
struct history_map {
	unsigned int entry;
	char name[24];		/* "d1 m0 ro" */
	unsigned int from, to;	/* made by `from', gone by `to'; to = n_ops: never */
	bool side[HISTORY_SIDES];
};

struct history {
	unsigned int n_entries, n_maps;
	bool left_out;		/* there were more entries or mappings than there is room for */
	struct history_entry entry[HISTORY_ENTRIES];
	struct history_map map[HISTORY_MAPS];
	struct history_state state[HISTORY_SIDES][HISTORY_ENTRIES][PROGRAM_OPS_MAX];
};

/* Tell it of both traces; n_expected and n_got are the records that they have. */
void history_of(struct history *h, const struct program *p, const struct trace *expected,
		unsigned int n_expected, const struct trace *got, unsigned int n_got);

#endif
