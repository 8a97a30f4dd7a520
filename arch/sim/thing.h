/*
 * thing: what an address stands for that a race's turn touches (race.h), for who tells of it.
 *
 * It looks, and changes nothing; nobody yields in it.
 */
#ifndef THING_H
#define THING_H

#include "arch/sim/sim.h"

enum sim_thing_kind {
	THING_NOTHING,		/* NULL, or nothing that is known */
	THING_GUEST,		/* what a guest keeps to itself */
	THING_GUEST_LOCK,	/* of its core */
	THING_TABLE_LOCK,
	THING_TABLE_SIZE,
	THING_ENTRY_LOCK,	/* number: which */
	THING_ENTRY_FLAGS,	/* number: of which entry; and its other fields */
	THING_ENTRY_DOMID,
	THING_ENTRY_FRAME,
	THING_HANDLES_LOCK,
	THING_HANDLE,		/* number: which */
	THING_PAGES,		/* who owns, holds, maps or shows a page */
	THING_BYTES,		/* of a page; number: its frame, as its owner calls it; offset */
	THING_KINDS,
};

struct sim_thing {
	uint8_t kind;			/* enum sim_thing_kind */
	uint8_t domain;			/* whose; undefined where nobody's */
	uint16_t offset;
	uint64_t number;
};

struct sim_thing sim_thing_at(const struct sim *s, const void *object);

#endif
