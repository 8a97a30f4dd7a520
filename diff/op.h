/*
 * op: one operation, the vocabulary that fuzzers, lanes, model and reports share.
 *
 * An operation is a kind, an actor, two sides, a number and a few flags.  What each kind uses, and
 * how it reads as text, is one row of op_table: parser, printer, decoder and mutator all follow
 * that row.  Any field may hold a bad value on purpose.  LANGUAGE.md is the reader's reference.
 *
 * Freestanding: nothing here needs a libc.
 */
#ifndef OP_H
#define OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum op_kind {
	/* references */
	OP_GRANT, OP_GRANT_REF, OP_QUERY, OP_END_REF, OP_END, OP_TRY_END,
	OP_ACCEPT, OP_ACCEPT_REF, OP_END_TRANSFER_REF, OP_END_TRANSFER,
	OP_ALLOC, OP_EMPTY, OP_CLAIM, OP_RELEASE, OP_FREE, OP_FREE_CHAIN,
	OP_CALLBACK, OP_CANCEL, OP_TICK, OP_SUSPEND, OP_RESUME,
	OP_VERSION, OP_MAX_FRAMES, OP_FOREACH, OP_XLAT_SETUP, OP_XLAT_FREE,
	/* the peer's side */
	OP_MAP, OP_PIN, OP_UNMAP, OP_REPLACE, OP_COPY, OP_TRANSFER,
	/* the table, behind the core's back, and the other hypercalls */
	OP_ENTRY, OP_FLAGS, OP_SWAP, OP_SETUP_TABLE, OP_QUERY_SIZE, OP_SET_VERSION, OP_GET_VERSION,
	OP_GET_STATUS, OP_CACHE_FLUSH, OP_DUMP_TABLE, OP_ADD_TO_PHYSMAP, OP_HYPERCALL,
	/* memory */
	OP_WRITE, OP_READ, OP_WRITE_MAP, OP_READ_MAP, OP_FILL,
	/* faults and rare conditions */
	OP_FAIL_ALLOC, OP_FAIL_HYPERCALL, OP_PAGE_OUT, OP_WIDEN,
	/* not an operation: what the one before must have answered; what is done is below it */
	OP_EXPECT,
	/* not operations: where a race begins, its branches part and it ends; then its schedule */
	OP_RACE, OP_WITH, OP_RACE_END, OP_TURNS,
	OP_KINDS,
};

enum {
	OP_BYTES = 12,		/* an operation's byte form */
	OP_FLAGS_MAX = 5,	/* flags of a kind's own; bit 0 of flags is OP_JOIN */
	OP_BATCH_MAX = 16,	/* operations in one hypercall */
	OP_JOIN = 1,		/* one hypercall with the next operation: same kind, same actor */
	OP_FLAG0 = 2,		/* op_table[].flags[0]; flags[i] is OP_FLAG0 << i */
};

/* Flags by name; each is the position of that word in its kind's row. */
enum {
	OPF_GRANT_RO = OP_FLAG0,		/* OP_GRANT, OP_GRANT_REF */
	OPF_END_PAGE = OP_FLAG0,		/* the page in slot b goes to the core too */
	OPF_MAP_RO = OP_FLAG0,			/* OP_MAP, OP_PIN */
	OPF_MAP_DEV = OP_FLAG0 << 1,		/* device_map too */
	OPF_MAP_NOHOST = OP_FLAG0 << 2,		/* no host_map */
	OPF_MAP_APP = OP_FLAG0 << 3,		/* application_map */
	OPF_MAP_PTE = OP_FLAG0 << 4,		/* contains_pte; host_addr is GUEST_ADDR_WILD */
	OPF_UNMAP_DEV = OP_FLAG0,		/* dev_bus_addr as map answered it */
	OPF_UNMAP_WRONGDEV = OP_FLAG0 << 1,	/* dev_bus_addr one page beyond */
	OPF_UNMAP_STALE = OP_FLAG0 << 2,	/* the handle last freed */
	OPF_TRANSFER_MAPPED = OP_FLAG0,		/* without dropping the own mapping first */
	OPF_LIST_HOLE = OP_FLAG0,		/* setup_table, get_status: list at ..._HOLE */
	OPF_LIST_WILD = OP_FLAG0 << 1,		/* ... at ..._WILD (wins over hole) */
	OPF_FLUSH_CLEAN = OP_FLAG0,
	OPF_FLUSH_INVAL = OP_FLAG0 << 1,
	OPF_FLUSH_GREF = OP_FLAG0 << 2,		/* SOURCE_GREF: unsupported, as unknown bits */
	OPF_FLUSH_ODD = OP_FLAG0 << 3,		/* bit 2, which has no meaning */
	OPF_PHYSMAP_STATUS = OP_FLAG0,		/* idx bit 31: status frames */
};

/* Domain operands.  DOM_D0 + i is domain i's real id, whether it exists or not. */
enum op_dom {
	DOM_D0, DOM_D1, DOM_D2,
	DOM_SELF, DOM_IO, DOM_XEN, DOM_COW, DOM_INVALID, DOM_IDLE,
	DOM_NONE,		/* 77: an ordinary id that no domain has */
	DOM_LAST,		/* 0x7fef: the last ordinary id */
	DOM_MAX,		/* 0xffff */
	DOM_CODES,
};

/*
 * Reference operands.  A slot holds the number its last grant, accept or claim got; 8 + slot
 * before.
 */
enum {
	REF_SLOTS = 16,
	REF_0 = REF_SLOTS, REF_1, REF_7, REF_511, REF_512,
	REF_LAST,		/* 512 * the header's max_frames - 1 */
	REF_END,		/* 512 * the header's max_frames: the first out of range */
	REF_MAX,		/* 0xffffffff */
	REF_CODES,
};

/* Frame operands. */
enum {
	FRAME_P0 = 0,		/* own slots p0 to p7 */
	FRAME_OTHER_P0 = 8,	/* of the next domain (actor + 1, round); unowned if it is alone */
	FRAME_MISSING = 16, FRAME_TABLE, FRAME_PAGETABLE, FRAME_UNOWNED, /* enum guest_special */
	FRAME_CODES,
	SIDE_FRAME = REF_CODES,		/* a copy side: references, then SIDE_FRAME + frame code */
	SIDE_CODES = SIDE_FRAME + FRAME_CODES,
};

/* Where to map or unmap. */
enum {
	AT_OWN,			/* the window of the mapping's own name */
	AT_M0,			/* AT_M0 + w: window w */
	AT_HOLE = AT_M0 + 8, AT_WILD, AT_UNALIGNED,
	AT_ZERO,		/* address 0: for unmap, "leave the host mapping" */
	AT_CODES,
};

/* Handle operands of unmap and replace. */
enum {
	MAP_SLOTS = 8,
	HANDLE_BAD = MAP_SLOTS,	/* 0x00ffffff: beyond any maptrack */
	HANDLE_MAX,		/* 0xffffffff */
	HANDLE_CODES,
};

/* How OP_HYPERCALL spoils its call. */
enum {
	CALL_COUNT0,		/* no operations, good pointer */
	CALL_NEGATIVE,		/* count 0x80000000 */
	CALL_WILD, CALL_HOLE,	/* one operation at a bad address */
	CALL_CONTINUED,		/* count 0, a continuation bit (1 << 12) set in the command */
	CALL_CODES,
};

enum {
	CHAIN_SLOTS = 4,
	CALLBACK_SLOTS = 4,
	PAGE_SLOTS = 8,
	DOMAINS_MAX = 3,
	PINS_MAX = 300,			/* handles asked for by one OP_PIN */
};

struct side {
	uint8_t dom;
	uint8_t idx;
	uint16_t off;
};

struct op {
	uint8_t kind;		/* enum op_kind */
	uint8_t actor;		/* 0 to domains - 1 */
	uint8_t flags;
	struct side a, b;
	uint16_t len;
};

/* Where an OP_MAP or OP_UNMAP maps or unmaps: AT_*. */
static inline unsigned int
op_where(const struct op *o)
{
	return o->kind == OP_MAP ? o->a.dom : o->b.idx;
}

/*
 * Whether the kind names a frame only for the hypervisor to look at.  To others the frame of the
 * grant table itself is not to be had: what a table that is lent or copied holds is no program's
 * business.
 */
static inline bool
op_moves_no_bytes(enum op_kind kind)
{
	return kind == OP_TRANSFER || kind == OP_CACHE_FLUSH;
}

/* Whether an operation of this kind is one that is done: no answer, no mark of a race. */
static inline bool
op_is_done(unsigned int kind)
{
	return kind < OP_EXPECT;
}

/* Whether it marks a race: where it begins, parts or ends, or its schedule. */
static inline bool
op_is_mark(unsigned int kind)
{
	return kind > OP_EXPECT;
}

/* What an operation's answer is, in one word; see trace_headline. */
enum result_class { RESULT_STATUS, RESULT_ERRNO, RESULT_VALUE, RESULT_SKIP, RESULT_CLASSES };

/*
 * One row a kind.
 *
 * syntax: words, and operands as %TS, T the type and S the side (a or b) that holds it:
 *	%d domain        side.dom  enum op_dom
 *	%r own reference side.idx  REF_*
 *	%R reference of the domain in side.dom (written before it)
 *	%f frame         side.idx  FRAME_*
 *	%p page slot     side.idx  0..7
 *	%m map slot      side.idx  0..7           %M handle: HANDLE_* too
 *	%w where         side.idx  AT_*, written ` at WHERE', left out if AT_OWN
 *	%W where         side.dom  the same, where the side's idx is taken (OP_MAP: in a.dom)
 *	%c chain %k callback %t call trouble (CALL_*)      side.idx
 *	%o offset        side.off  0..4095, written `+N'
 *	%x copy side     side.dom, idx (SIDE_CODES), off (0..8191)
 *	%n               len       a number from 0 to number_max, no side
 * then the flags that are set, in their order.
 */
struct op_row {
	const char *name;
	const char *syntax;
	const char *flags[OP_FLAGS_MAX];
	uint16_t number_max;
	bool joinable;
	bool alone;		/* nothing else may be under way meanwhile: not in a race */
	/* What the answer reads like: 's' status, 'e' 1 ended / 0 busy, 'd' 1 ended / 0 deferred,
	 * 'g' reference number, 't' page slot that arrived or `nothing', 'n' number. */
	char result;
};

extern const struct op_row op_table[OP_KINDS];

#endif
