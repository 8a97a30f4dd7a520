/*
 * trace: what a lane answered to a program.
 *
 * One record an operation, and at the end each page's digest and each core's counters.  Nothing in
 * it depends on machine frames or handle values: frames are written as the slot that holds them,
 * domains as DOM_* codes, so that traces of different lanes compare byte by byte.  Fixed layout,
 * little-endian: the bare-metal guest writes it straight into the memory that the host reads.
 *
 * Freestanding.
 */
#ifndef TRACE_H
#define TRACE_H

#include "diff/program.h"

/* Why an operation was not done; 0 is done. */
enum trace_skip {
	SKIP_NOT,
	SKIP_SLOT_HELD,		/* the slot holds a reference, the chain is in use */
	SKIP_SLOT_EMPTY,	/* the page slot named holds no page, or (fill) holds one */
	SKIP_MAP_LIVE,		/* map: the name still has a mapping, or its window is in use */
	SKIP_NO_MAPPING,	/* nothing mapped, or read-only; no stale handle */
	SKIP_NO_TABLE,		/* entry, flags: the reference is not in the mapped table */
	SKIP_LANE,		/* this lane cannot do it */
	SKIP_EXPECT,		/* OP_EXPECT is nothing to do */
	SKIP_REASONS,
};

enum {
	STATUS_NONE = 0x7fff,	/* the operation has no status */
	VIEW_NONE = 0xff,	/* entry_view.dom: no entry seen */
	VIEW_DOM_OTHER = 0xfe,	/* a domid with no DOM_* code */
	VIEW_FRAME_ZERO = 0xf0,
	VIEW_FRAME_OTHER = 0xff,/* no slot of the entry's owner holds it */
	ENTRY_VIEWS = 2,
};

/* A grant entry after the operation: flags raw; domid as DOM_*; frame as its owner's page slot. */
struct entry_view {
	uint16_t flags;
	uint8_t dom;
	uint8_t frame;
};

struct trace_record {
	int32_t rc;		/* hypercall's or core function's return */
	uint32_t value;		/* see LANGUAGE.md, 0 where the kind has none */
	int16_t status;		/* GNTST_*, or STATUS_NONE */
	uint16_t free_count;	/* the actor's core, after */
	uint16_t fired;		/* callbacks called: slot + 1 in four bits each, first lowest */
	uint8_t skip;		/* enum trace_skip */
	uint8_t any;		/* model only: TRACE_ANY_*, fields that may be anything */
	struct entry_view entry[ENTRY_VIEWS];
	uint16_t rule;		/* model only: the rule of spec.md that decided, 0 elsewhere */
	uint16_t state;		/* model only: what the entry was before; see model.h */
};

enum {
	TRACE_ANY_VALUE = 1, TRACE_ANY_STATUS = 2, TRACE_ANY_RC = 4,
	TRACE_ANY_ENTRY0 = 8, TRACE_ANY_ENTRY1 = 16,
};

enum { PAGE_EMPTY = 0 };	/* digest of a slot without a page */

struct trace_domain {
	uint64_t digest[PAGE_SLOTS];	/* trace_digest of each slot's page, or PAGE_EMPTY */
	uint32_t any_digest;		/* model only: bit s: slot s's bytes are undefined */
	uint16_t free_count, nr_frames;	/* the core's */
	uint16_t deferred, leaked;
	uint16_t pages_put;
	uint16_t zero;
};

/* What it tells, of what.  See coarse.h. */
enum trace_kind {
	TRACE_EXACT,		/* all, of all that the lane can do */
	TRACE_COARSE,		/* less; the lane went on where it left operations out */
	TRACE_PARTIAL,		/* all; likewise */
};

struct trace {
	uint16_t n_records;		/* = the program's n_ops */
	uint16_t domains;
	uint32_t kind;			/* enum trace_kind */
	struct trace_domain domain[DOMAINS_MAX];
	struct trace_record record[PROGRAM_OPS_MAX];
};

_Static_assert(sizeof(struct trace_record) == 28, "a record's layout is shared with the guest");
_Static_assert(offsetof(struct trace, record) == 8 + DOMAINS_MAX * sizeof(struct trace_domain),
	       "a trace's layout is shared with the guest");

/*
 * Start a record: done, nothing answered or seen yet.  free_count and fired are left to the end of
 * the operation.  Word by word: sanitizers make a call of clearing it whole, for each operation.
 */
static inline void
trace_record_begin(struct trace_record *r)
{
	static const struct entry_view unseen = { 0, VIEW_NONE, 0 };

	r->rc = 0;
	r->value = 0;
	r->status = STATUS_NONE;
	r->skip = SKIP_NOT;
	r->any = 0;
	r->entry[0] = unseen;
	r->entry[1] = unseen;
	r->rule = 0;
	r->state = 0;
}

/*
 * A page's digest: 1 + the sum over its 512 little-endian 64-bit words w at index i of
 * digest_word(i, w), modulo 2^64, and 1 instead of 0.  A sum, so that a change can be followed word
 * by word.
 */
static inline uint64_t
digest_word(unsigned int i, uint64_t w)
{
	uint64_t x = (w ^ (i + 1) * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;

	return x ^ x >> 29;
}

/* The digest of a whole page of 4096 bytes. */
uint64_t trace_digest(const uint8_t *page);

/*
 * The same digest, if only the bytes [lo, hi) may differ from guest_page_pattern(dom, slot):
 * computed from those.
 * Pre: lo <= hi <= 4096.
 */
uint64_t trace_digest_part(const uint8_t *page, unsigned int dom, unsigned int slot,
			   unsigned int lo, unsigned int hi);

/*
 * The answer of record r to an operation of `kind`, in one class and one number; see op_row.result.
 */
enum result_class trace_headline(const struct trace_record *r, enum op_kind kind, int32_t *value);

#endif
