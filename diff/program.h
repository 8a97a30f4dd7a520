/*
 * program: a header and a list of operations; what every lane runs.
 *
 * Two forms, one meaning: text for people (diff/text.h) and bytes for engines (here).  Any bytes
 * decode; what decoding gives is normal, and a normal program's encoding decodes to it.
 *
 * Freestanding.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "diff/op.h"

enum {
	PROGRAM_OPS_MAX = 256,
	PROGRAM_HEADER_BYTES = 12,
	PROGRAM_BYTES_MAX = PROGRAM_HEADER_BYTES + PROGRAM_OPS_MAX * OP_BYTES,
};

/* The world a program starts in.  One byte each, in this order, in the byte form; the rest is 0. */
struct program_header {
	uint8_t domains;	/* 1 to DOMAINS_MAX */
	uint8_t pages;		/* 1 to PAGE_SLOTS: slots with a page at the start, each domain */
	uint8_t frames;		/* 1 to max_frames: grant-table frames the hypervisor starts with */
	uint8_t max_frames;	/* 1 to 8 */
	uint8_t maptrack;	/* 0 to 2: maptrack frames, 256 handles each, one of them unused */
	uint8_t hvm;		/* bit d: domain d is auto-translated, else PV */
	uint8_t silo;		/* 0 the default policy, 1 SILO */
	uint8_t no_transfer;	/* 1: gnttab=no-transfer */
	uint8_t room;		/* 0 to 15: pages a domain may receive over what it starts with */
	uint8_t arm;		/* memory in a race: 0 as x86 orders it, 1 as Arm does */
};

struct program {
	struct program_header header;
	uint16_t n_ops;
	struct op ops[PROGRAM_OPS_MAX];
};

/* The header's words, in the order of its bytes. */
enum program_header_field {
	FIELD_DOMAINS, FIELD_PAGES, FIELD_FRAMES, FIELD_MAX_FRAMES, FIELD_MAPTRACK, FIELD_HVM,
	FIELD_SILO, FIELD_NO_TRANSFER, FIELD_ROOM, FIELD_ARM,
	PROGRAM_FIELDS,
};

/* Its name, range and value where the text says nothing.  frames has a second limit: max_frames. */
struct program_field {
	const char *name;
	uint8_t low, high, normal;
};

extern const struct program_field program_fields[PROGRAM_FIELDS];

/* Field i of a header. */
static inline uint8_t *
program_field(struct program_header *h, unsigned int i)
{
	return (uint8_t *)h + i;
}

/*
 * The greatest value of each field of a kind; 0 for what the kind does not use.  flags: all that it
 * has, OP_JOIN included.  actor: 0, that is the header's to limit.
 */
extern const struct op program_op_max[OP_KINDS];

/* What the text form leaves out: domains 2, pages 4, max_frames 4, room 8, one or 0 of the rest. */
extern const struct program_header program_header_default;

/*
 * Make *p normal: every field in its range (by remainder), unused fields 0, OP_JOIN only between
 * operations of one kind and actor that may be joined and at most OP_BATCH_MAX in a row, OP_EXPECT
 * only behind an operation, its class known, and at most one (others are dropped, so n_ops may
 * shrink).  A member of a batch may have its OP_EXPECT: OP_JOIN reaches over it.  An OP_EXPECT has
 * its operation's actor; its value is a status for kinds that answer one, -1 to -EXPECT_ERRNO_MAX
 * for an error, 0 for skip.
 *
 * A race is OP_RACE, branches with OP_WITH between them, OP_RACE_END, then OP_TURNS: 2 or 3
 * branches, none empty, each of one actor; at most RACE_OPS_MAX operations, a batch counted as one,
 * none of a kind that is `alone`; every OP_TURNS but the last is full, its turns are of branches
 * that there are.  Empty branches and those too many are dropped, their operations staying; an
 * operation gets its branch's actor; what is still no race loses its marks.
 */
void program_normalize(struct program *p);

/*
 * Read bytes, any bytes; missing ones are 0, what is in no operation is skipped.  *p is normal
 * after.
 */
void program_decode(struct program *p, const uint8_t *bytes, size_t n_bytes);

/* Write a normal program.  Returns the bytes written: header + n_ops * OP_BYTES, which fit. */
size_t program_encode(const struct program *p, uint8_t *bytes);

/* How many operations the race that begins at `at` has, marks and schedule counted. */
unsigned int program_race(const struct program *p, unsigned int at);

/*
 * How many operations from `at` on are done in one go: 1; a batch with the OP_EXPECTs between its
 * members; from an OP_RACE on the whole race with its schedule.  Pre: p is normal, at < n_ops.
 */
static inline unsigned int
program_batch(const struct program *p, unsigned int at)
{
	unsigned int n = 1;

	if (p->ops[at].kind == OP_RACE)
		return program_race(p, at);
	for (bool more = p->ops[at].flags & OP_JOIN; more && at + n < p->n_ops; n++)
		if (p->ops[at + n].kind != OP_EXPECT)
			more = p->ops[at + n].flags & OP_JOIN;
	return n;
}

/* Two programs are equal.  (struct op has a byte of padding: memcmp does not tell.) */
bool program_same(const struct program *a, const struct program *b);

enum {
	EXPECT_ERRNO_MAX = 4095,
	EXPECT_NOTHING = -1,	/* end_transfer: no page arrived */
};

/* OP_EXPECT's operands: class in a.idx, value in a.off (low half) and b.off (high half). */
static inline int32_t
expect_value(const struct op *o)
{
	return (int32_t)((uint32_t)o->a.off | (uint32_t)o->b.off << 16);
}

#endif
