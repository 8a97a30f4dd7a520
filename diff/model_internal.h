/*
 * model_internal: the reference model's state, and what its files share.  See model.h.
 *
 * The rules behind every function are in spec.md; R507 is one, and so is the 507 of an answer.
 * Three parties are modelled side by side: the core (references, chains, callbacks), the hypervisor
 * (entries, pins, handles, pages) and the interpreter (slots, windows, names).  A page is an index;
 * a frame number is a *name* for one (below), so that nothing here knows a machine frame.  Always
 * holds between steps:
 *
 *   - every word that differs from its state at the start of a program lies in a touched block or
 *     page;
 *   - a page's refs are the windows that show it and the device mappings of it; its latches the
 *     pinned entries.
 */
#ifndef MODEL_INTERNAL_H
#define MODEL_INTERNAL_H

#include "arch/guest.h"
#include "diff/model.h"

enum {
	NONE = 0xff,			/* no page, domain, slot */
	FILLS = 8,			/* pages for `fill', a domain */
	PAGES_EACH = PAGE_SLOTS + FILLS,
	PAGE_TABLE0 = DOMAINS_MAX * PAGES_EACH,		/* grant-table frame 0 of each domain */
	PAGE_PAGETABLE0 = PAGE_TABLE0 + DOMAINS_MAX,	/* a page-table page of each */
	PAGES = PAGE_PAGETABLE0 + DOMAINS_MAX,
	FRAMES_MAX = 8,
	REFS = FRAMES_MAX * GNTTAB_ENTRIES_PER_FRAME,
	HANDLE_NONE = 0xffff,
	/* Each map's, and all that pins can ever take. */
	HANDLES_MAX = PROGRAM_OPS_MAX + DOMAINS_MAX * 512,
	REF_NONE = 0xffff,		/* end of a chain */
	UNTOUCHED = 1,			/* status of an operation not looked at */
	EAGAIN_RETRIES = 255,		/* R509, R807: how often the core tries again */
	CLAIM_TRIES = 5,		/* R1105: how often the hypervisor tries to change flags */
};

/* Names of frames, as entries and operands hold them.  NUMBER_* + page is a machine frame. */
enum frame_name {
	NAME_ZERO = 0,
	NUMBER_FIRST = 0x100,		/* the page's number from the start */
	NUMBER_WIDE = 0x200,		/* the one after `widen', beyond 32 bits */
	NUMBER_LOW = 0x300,		/* of the copy made for a PV receiver */
	NAME_GFN = 0x400,		/* + slot: where a domain whose slots are gfns has it */
	NAME_GFN_TABLE = 0x500,		/* where a translated domain has its table */
	NAME_PFN = 0x600,		/* + slot: what a PV domain calls the slot when accepting */
	NAME_NOTHING = 0x700,		/* a number that no frame has */
	NAME_UNOWNED = 0x701,		/* a frame of nobody */
};

/*
 * In a list: free or in a private chain, which no function of the core asks of a single reference;
 * or reserved.
 */
enum ref_state {
	STATE_LISTED, STATE_CLAIMED, STATE_ACCESS, STATE_TRANSFER, STATE_DEFERRED, STATE_LEAKED,
};

/*
 * A reference: the core's state and link, the entry, and what the hypervisor has pinned.  All zero
 * at the start.
 */
struct ref {
	uint16_t flags;
	uint16_t domid;
	uint16_t frame;			/* enum frame_name */
	uint16_t link;			/* next in its list: this + 1 + link; see list_next */
	uint8_t state;
	uint8_t grantee, page;		/* while pinned */
	uint8_t pin[4];			/* enum pin */
	bool locked;			/* by an operation of the hypervisor, in a race */
};

struct model_racing;

enum pin { PIN_HOST_WRITE, PIN_HOST_READ, PIN_DEV_WRITE, PIN_DEV_READ };
enum { PIN_MAX = 128 };

struct page {
	uint16_t number;		/* its owner's: NUMBER_* + index, or NAME_GFN + place */
	uint8_t owner;			/* domain, or NONE: lost */
	uint8_t slot;			/* the owner's slot that holds it, or NONE */
	bool untaken;			/* arrived, and has had no slot yet */
	bool undefined;			/* its bytes may be anything */
	bool touched;			/* some of this differs from the start */
	uint16_t refs, latches;
	uint16_t paged_out;		/* lookups still to be refused */
	uint16_t lo, hi;		/* bytes that may differ from its pattern */
};

/* A mapping as the hypervisor tracks it. */
struct handle {
	uint16_t ref;
	uint8_t granter;
	bool host, dev, readonly;
};

/* A mapping as the interpreter names it. */
struct mapping {
	uint16_t handle;
	uint16_t stale;			/* the one last forgotten */
	uint8_t granter;		/* NONE before the first map */
	bool host, dev, stale_ok;
	uint32_t ref;
};

struct window {
	uint8_t page;			/* or NONE */
	bool writable;
};

/*
 * References linked by their words; head is REF_NONE if there are none, and tail and n then mean
 * nothing.
 */
struct list {
	uint16_t head, tail, n;
};

/* What a program's names of a domain stand for.  In a race each branch has its own (R1201). */
struct names {
	uint8_t window_used;
	uint16_t held;
	uint32_t ref[REF_SLOTS];
	uint8_t landing[REF_SLOTS];
	struct list chain[CHAIN_SLOTS];
	struct mapping map[MAP_SLOTS];
};

struct deferred {
	uint16_t ref;
	bool page;
};

struct domain {
	uint8_t id;
	bool translated;
	bool slot_is_gfn;		/* translated, and pages come and go at a slot's gfn */

	/* the core */
	bool locked;			/* in a race */
	bool mapped, suspended;
	uint16_t nr_frames, link_pages;
	struct list recycled;		/* free, given back */
	uint16_t fresh, free_count;
	uint16_t leaked;
	bool deferred_ready;		/* there is a page of deferred records */
	uint16_t deferred_first, n_deferred;
	struct deferred deferred[PROGRAM_OPS_MAX];
	uint8_t n_waiting, waiting[CALLBACK_SLOTS];	/* callbacks, by request */
	uint8_t called;			/* bit k: callback k was, since the last race began */
	uint16_t threshold[CALLBACK_SLOTS];

	/* the hypervisor */
	bool table_locked;		/* in a race */
	uint16_t hv_frames;
	uint8_t placed;			/* translated: table frames that have a gfn */
	uint8_t behind[PAGE_SLOTS];	/* translated: the page at each gfn for pages */
	int16_t gained;			/* pages owned over those at the start */
	uint16_t n_handles;		/* live */
	uint8_t accesses;		/* of its own to pages, under way in a race */
	struct window window[MAP_SLOTS];
	uint64_t touched;		/* bit b: references 64 b to 64 b + 63 */

	/* the interpreter, and the guest's machine */
	uint16_t fail_alloc, fail_hypercall;
	uint16_t pages_put;
	uint8_t filled;
	uint8_t slot[PAGE_SLOTS];	/* the page that the slot holds, or NONE */
	uint8_t put_away;		/* slots whose page is out of reach in a race, a bit each */
	struct names own, *names;	/* names: own, or the running branch's */
};

/* The operation in hand: who does it, and the record to fill. */
struct now {
	struct model *m;
	const struct op *o;
	struct trace_record *r;
	struct domain *d;
};

/* The members of one hypercall that are not skipped. */
struct batch {
	struct model *m;
	struct domain *d;
	unsigned int n;
	struct now member[OP_BATCH_MAX];
};

struct model {
	const struct program *program;
	const struct profile *profile;
	bool racing;			/* a branch of a race runs */
	struct program_header h;
	struct domain domain[DOMAINS_MAX];
	struct page page[PAGES];
	uint16_t n_handles;
	struct handle handle[HANDLES_MAX];
	bool low_used;			/* the machine's one low page is gone */
	uint16_t fired, n_fired;	/* callbacks of the step */
	struct batch batch;		/* the step's; on the stack it would cost more */
	struct model_order order;
	struct model_racing *race;	/* from the first one on */
	struct ref ref[DOMAINS_MAX][REFS];
	uint8_t bytes[PAGE_TABLE0][XEN_PAGE_SIZE];
	uint8_t pristine[PAGE_TABLE0][XEN_PAGE_SIZE];
};

/* ------------------------------------------------------------------ model.c: operands and views */

/* Leave the operation undone.  Returns false. */
bool model_skip(struct now *w, enum trace_skip why);

/* Answer an errno or number, a status. */
void model_rc(struct now *w, int rc, unsigned int rule);
void model_status(struct now *w, int status, unsigned int rule);

/*
 * The domain that a code names as an ordinary id; with DOMID_SELF too.  NULL: unknown to the
 * hypervisor.
 */
struct domain *model_by_id(const struct now *w, unsigned int code);
struct domain *model_by_any_id(const struct now *w, unsigned int code);

/* Where a peer's reference is looked up. */
struct domain *model_owner(const struct now *w, unsigned int code);

/* The id of a code, and the number of a reference operand. */
uint16_t model_domid(unsigned int code);
uint32_t model_ref(const struct model *m, const struct domain *d, unsigned int code);

/* Reference `ref` of d, to be changed. */
struct ref *model_touch(struct model *m, const struct domain *d, uint32_t ref);

/* See the entry of d's reference. */
void model_view(struct now *w, unsigned int i, const struct domain *d, uint32_t ref);

/* The page behind a window of an AT_* code: its number, or MAP_SLOTS. */
unsigned int model_window(unsigned int at, unsigned int own);

/* Drop member i of a batch: it was skipped. */
void batch_drop(struct batch *b, unsigned int i);

/* ------------------------------------------------------------------ model_list.c */

/* Take the first.  Pre: there is one. */
uint16_t list_pop(const struct model *m, const struct domain *d, struct list *l);
/* Put ref first. */
void list_push(struct model *m, const struct domain *d, struct list *l, uint16_t ref);
/* Put all of `front' before what l holds. */
void list_splice(struct model *m, const struct domain *d, struct list *l, const struct list *front);
/* Take the first n off l; all, if it has no more. */
struct list list_cut(const struct model *m, const struct domain *d, struct list *l, unsigned int n);

/* ------------------------------------------------------------------ model_core.c */

/* Count one allocation, one hypercall.  False: it is the one that fails. */
bool model_alloc(struct domain *d);
bool model_hypercall(struct model *m, struct domain *d);

void core_begin(struct model *m, struct domain *d);
bool core_is(const struct model *m, const struct domain *d, uint32_t ref, enum ref_state state);
/* Take a reference; grows.  False: none to be had. */
bool core_take(struct model *m, struct domain *d, uint16_t *ref);
/* Give one back; runs callbacks. */
void core_give(struct model *m, struct domain *d, uint32_t ref);

void model_do_core(struct now *w);	/* chains, callbacks, set-up */
void model_do_access(struct now *w);	/* grant, end, tick, accept, end_transfer */
void model_do_other(struct now *w);	/* table hypercalls */
void model_do_memory(struct now *w);	/* memory, faults */

void model_do_pin(struct now *w);
void model_do_map(struct batch *b);
void model_do_unmap(struct batch *b);
void model_do_replace(struct batch *b);
void model_do_copy(struct batch *b);
void model_do_transfer(struct batch *b);
void model_do_swap(struct batch *b);
void model_do_cache_flush(struct batch *b);

/* ------------------------------------------------------------------ model_pin.c */

/* Why a claim failed; the callers number their rules from a base in this order. */
enum claim_result {
	CLAIM_OKAY, CLAIM_PINNED, CLAIM_REFUSED, CLAIM_EAGAIN, CLAIM_BAD_PAGE, CLAIM_MOVED,
	CLAIM_LOST,
};

/* Use of an entry by a grantee. */
struct claim {
	struct domain *granter;
	uint32_t ref;
	uint8_t grantee;		/* domain */
	bool readonly;
	bool host, dev;			/* counters to raise */
	bool copying;			/* sub-page entries pass, a moved frame does not */
	bool held;			/* the page, until what it is claimed for is done */
	uint8_t page;			/* which */
};

unsigned int pin_sum(const struct ref *e);
bool pin_writers(const struct ref *e);
/*
 * Make the checks from "pinned by another" to the frame's lookup; on CLAIM_OKAY the entry is
 * pinned, and *page its page, held but for a map of an entry that is pinned already.
 */
enum claim_result claim_entry(struct model *m, struct claim *c, uint8_t *page);
/* Hold page for c.  False: it is not the granter's any more. */
bool claim_hold(struct model *m, struct claim *c, uint8_t page);
/* Undo one use. */
void claim_release(struct model *m, struct claim *c);

/* ------------------------------------------------------------------ model_other.c */

/* Whether an interdomain operation between a and b by the actor passes the policy. */
bool model_policy(const struct now *w, const struct domain *a, const struct domain *b);

/* Whether Xen takes no such command from a domain of this kind, whatever its operations (R947). */
bool model_no_command(const struct model *m, const struct domain *d, unsigned int command);

/* Whether Xen puts that frame of the table, which it may have, where a translated domain asks. */
bool model_may_place(const struct model *m, const struct domain *d, unsigned int frame);

/* ------------------------------------------------------------------ model_page.c */

struct page *page_touch(struct model *m, unsigned int page);
void pages_begin(struct model *m);
/* The page that `name` is to domain d, or NONE. */
uint8_t page_named(const struct model *m, const struct domain *d, unsigned int name);
/* Whether the hypervisor's lookup is refused this time. */
bool page_refused(struct model *m, unsigned int page);
/* The name that a FRAME_* code stands for.  False: skipped. */
bool page_operand(struct now *w, unsigned int code, uint16_t *name);
/* The slot of d that holds the frame d calls `name`, or NONE. */
uint8_t page_slot(const struct model *m, const struct domain *d, unsigned int name);
bool page_is_data(unsigned int page);
/* Empty the slot; its page stays the domain's. */
void page_park(struct model *m, struct domain *d, unsigned int slot);
/* Put a page at a translated domain's gfn; what was there is parked. */
void page_place(struct model *m, struct domain *d, unsigned int gfn, uint8_t page);
/* The page leaves its gfn, and may stay in its slot. */
void page_unplace(const struct model *m, struct domain *d, unsigned int page);
/* Whether the slot holds a page, and the domain can reach it. */
bool page_in_place(const struct domain *d, unsigned int slot);
/* Put an arrived frame into a slot. */
bool page_take(struct model *m, struct domain *d, unsigned int slot, unsigned int name);
void page_write(struct model *m, unsigned int page, unsigned int off, const uint8_t *from,
		unsigned int len);
/* Pre: `to` holds data.  Undefined bytes, and what overlaps within one page, make it undefined. */
void page_copy(struct model *m, unsigned int to, unsigned int to_off, unsigned int from,
	       unsigned int from_off, unsigned int len);
uint64_t page_digest(const struct model *m, unsigned int page);

/* The next operations, one or a whole batch, but for what comes after each.  Returns how many. */
unsigned int model_do_next(struct model *m, struct batch *b, unsigned int at, struct trace *t);

/* ------------------------------------------------------------------ model_race.c: races */

/*
 * Run the race that begins at `at`; its records are as LANGUAGE.md's "At once" has them.  Returns
 * how many operations, or 0 if it was given up.
 */
unsigned int model_do_race(struct model *m, unsigned int at, struct trace *t);

#include "diff/model_section.h"

#endif
