/*
 * machine: what a simulated machine is made of; shared by the files of arch/sim and nobody else.
 *
 * A frame is known by its place in sim.frames (a small index); guests know it by its mfn, or by a
 * gfn of their own.  Between hypercalls, and for every frame:
 *
 *   refs    = PV windows that show it + translated guests' host mappings + device mappings of it
 *   writers = those of them that are writable, where the hypervisor counts a type for them
 *   latched = grant entries that are pinned and latched it
 *
 * Two more references are not counted but derived: owning the page, and a PV guest's own mapping of
 * it (arch.mapped), which is why a page cannot be transferred while its guest has it mapped.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "arch/sim/sim.h"

enum {
	DOMAINS = GUEST_DOMAINS_MAX,
	SLOTS = GUEST_PAGES_MAX,
	WINDOWS = GUEST_WINDOWS_MAX,
	FILL_MAX = 8,				/* fresh pages a domain and program */
	DATA_FRAMES = SLOTS + FILL_MAX,		/* of a domain */
	HANDLES_PER_FRAME = 256,
	MAPTRACK_FRAMES_MAX = 2,
	HANDLES_MAX = MAPTRACK_FRAMES_MAX * HANDLES_PER_FRAME,
	HANDLE_NONE = 0xffff,
	FRAME_NONE = 0xffff,
	NOBODY = 0xff,				/* an owner, or a slot */
};

/* Places in sim.frames. */
enum {
	FRAME_DATA_0 = 0,
	FRAME_L1_0 = FRAME_DATA_0 + DOMAINS * DATA_FRAMES,	/* holds PV windows' entries */
	FRAME_PAGETABLE_0 = FRAME_L1_0 + DOMAINS,		/* the one that programs name */
	FRAME_UNOWNED = FRAME_PAGETABLE_0 + DOMAINS,
	FRAME_LOW,						/* one free page below 16 TiB */
	FRAME_TABLE_0,						/* table_frames_max a domain */
};

/* What guests call things by.  Distinct ranges, so that mixing two kinds of number shows. */
enum {
	GFN_PAGE_0 = 0x100,
	GFN_WINDOW_0 = 0x200,
	GFN_TABLE_0 = 0x300,
	MFN_0 = 0x40000,
	MFN_MISSING = 0xf00000,
};
#define GFN_NONE (~(xen_pfn_t)0)
#define MFN_WIDE ((uint64_t)1 << 32)
#define ADDR_WINDOW_0 ((uint64_t)0xa0000000000)	/* PV: linear address of window 0 */
#define ADDR_HOLE ((uint64_t)0x8000)
#define ADDR_HOLE_END ((uint64_t)0x10000)		/* nothing of any process is below */
#define ADDR_WILD ((uint64_t)0xffff8000fffff000)	/* no process has this, nor its low half */

enum frame_kind { FRAME_DATA, FRAME_TABLE, FRAME_PAGE_TABLE };

struct frame {
	uint8_t *bytes;
	uint64_t mfn;
	uint16_t refs, writers, latched;
	uint16_t lo, hi;		/* bytes outside [lo, hi) are the pattern below, or 0 */
	uint16_t eagain;		/* lookups that will still find it paged out */
	uint8_t owner;			/* domain index or NOBODY */
	uint8_t kind;			/* enum frame_kind */
	uint8_t slot;			/* of its owner, or NOBODY */
	uint8_t pattern_dom, pattern_slot;
	bool received;			/* came by a transfer, not put into a slot yet */
	bool touched;			/* is in sim.touched */
};

/* A page-table entry (PV) or physmap entry (translated) for a grant mapping. */
struct window {
	uint16_t frame;			/* or FRAME_NONE: not present */
	bool writable;
};

/* Four pin counters in one word, a byte each; at most 128 in each. */
enum {
	PIN_HOST_WRITE = 1 << 0,
	PIN_HOST_READ = 1 << 8,
	PIN_DEV_WRITE = 1 << 16,
	PIN_DEV_READ = 1 << 24,
	PIN_WRITERS = 0x00ff00ff,
	PIN_FULL_SHIFT = 7,		/* from a counter's unit to its top bit */
};

/* What the hypervisor knows of a grant entry. */
struct active {
	uint32_t pins;
	uint16_t frame;			/* latched while pins is not 0 */
	uint8_t grantee;		/* domain index, latched likewise */
	bool listed : 1;		/* is in table.listed */
	bool scribbled : 1;		/* its owner wrote flags of its own making */
};

struct table {
	uint32_t nr_frames, max_frames;
	uint32_t nr_dirty;		/* first so many frames may not be all 0 */
	struct grant_entry_v1 *shared;
	struct active *active;
	uint16_t *at;			/* translated: what is at GFN_TABLE_0 + i */
	xen_pfn_t *gfn;			/* translated: where frame i is, or GFN_NONE */
	uint32_t *expect;		/* check.c's scratch, one an entry */
	uint32_t *listed;		/* entries pinned or scribbled on since reset */
	uint32_t n_listed;
};

/* A mapping, by handle.  flags is GNTMAP_*; 0: the handle is free. */
struct mapping {
	uint32_t ref;
	uint16_t next;			/* free ones only */
	uint8_t flags;
	uint8_t granter;
};

struct maptrack {
	uint16_t limit;			/* handles that may be given out */
	uint16_t fresh;			/* from here on none was */
	uint16_t free_head, free_tail;	/* given back ones, first in first out; HANDLE_NONE */
	struct mapping map[HANDLES_MAX];
};

struct heap_page;
struct check_scratch;

/* One domain. */
struct arch {
	struct sim *sim;
	uint8_t index;
	bool translated;
	bool locked;
	uint8_t held;			/* bit s: the guest calls a page by slot s */
	uint8_t mapped;			/* PV, bit s: the guest has slot s mapped */
	uint8_t n_filled;
	int32_t tot_pages, max_pages;	/* both relative to what it started with */
	uint16_t page[SLOTS];		/* in slot; translated: at GFN_PAGE_0 + slot */
	struct window window[WINDOWS];
	struct table table;
	struct maptrack maptrack;
	struct heap_page *heap_live, *heap_free;
	uint32_t heap_pages;
	unsigned int fail_alloc, fail_hypercall;
	unsigned int n_put, slept_ms, n_armed;
};

struct sim {
	struct arch domain[DOMAINS];
	struct frame *frames;
	uint8_t *memory;		/* contents of all frames, in order */
	uint8_t *pristine;		/* of the data frames, as they start */
	uint16_t *touched;		/* frames that are not as they start */
	uint32_t n_frames, n_touched;
	uint32_t mfn_mask;
	uint32_t table_frames_max;	/* of a domain: what there is memory for */
	uint8_t domains;
	bool silo, no_transfer;
	bool low_used;			/* FRAME_LOW is gone */
	uint32_t changes;		/* counts what may have changed pins, mappings or owners */
	struct check_scratch *scratch;
};

/* An operation's place in the array of a hypercall, which is host memory here. */
#define OP_AT(type, uop, i) ((type *)(uop) + (i))

/* ------------------------------------------------------------------ frame.c */

/* Number all frames and fill the pristine contents.  Once a machine. */
void frames_init(struct sim *s);

/* Make all frames as they start.  Pre: windows and tables are still as the program left them. */
void frames_reset(struct sim *s);

static inline struct frame *
frame_at(const struct sim *s, unsigned int place)
{
	return &s->frames[place];
}

static inline unsigned int
frame_place(const struct sim *s, const struct frame *f)
{
	return (unsigned int)(f - s->frames);
}

/* To be called before anything of a frame but its contents changes. */
static inline void
frame_touch(struct sim *s, struct frame *f)
{
	if (!f->touched) {
		f->touched = true;
		s->touched[s->n_touched++] = (uint16_t)frame_place(s, f);
	}
}

/* The frame with that machine number; FRAME_UNOWNED for other memory, NULL for none. */
struct frame *frame_by_mfn(const struct sim *s, uint64_t mfn);

/* The frame that domain d calls by this number, whoever owns it, or NULL. */
struct frame *frame_of_guest(const struct arch *d, uint64_t number);

/*
 * Look a frame up for a grant or a copy (R509, R807): status okay with *out, eagain or bad_page.
 */
int16_t frame_lookup(struct arch *d, uint64_t number, struct frame **out);

/* Whether a writable type can be had: not for page tables. */
static inline bool
frame_writable(const struct frame *f)
{
	return f->kind != FRAME_PAGE_TABLE;
}

/* Whether nothing but owning it holds the page, so that it can be stolen. */
static inline bool
frame_idle(const struct arch *owner, const struct frame *f)
{
	bool mapped = f->slot < SLOTS && (owner->mapped & 1u << f->slot) &&
		      owner->page[f->slot] == frame_place(owner->sim, f);

	return f->refs == 0 && !mapped;
}

/* One more, or one less, mapping of f by `mapper`. */
void frame_get(const struct arch *mapper, struct frame *f, bool writable);
void frame_put(const struct arch *mapper, struct frame *f, bool writable);

/* Store into a frame, as any CPU does; tables note that it was scribbled on. */
void frame_write(struct sim *s, struct frame *f, unsigned int off, const void *bytes,
		 unsigned int len);

/* The page that slot of d starts with (slot < SLOTS), or the n-th fresh one (SLOTS + n). */
static inline struct frame *
frame_data(const struct sim *s, unsigned int d, unsigned int slot)
{
	return &s->frames[FRAME_DATA_0 + d * DATA_FRAMES + slot];
}

/* Frame i of d's grant table. */
static inline struct frame *
frame_table(const struct arch *d, unsigned int i)
{
	return &d->sim->frames[FRAME_TABLE_0 + d->index * d->sim->table_frames_max + i];
}

/* ------------------------------------------------------------------ heap.c */

void heap_reset(struct arch *d);
void heap_free(struct arch *d);

/* ------------------------------------------------------------------ pv.c, hvm.c */

/* The window that a host address names, or NULL.  `pte`: it is the machine address of the entry. */
struct window *pv_window(struct arch *d, uint64_t addr, bool pte);

/* Make, or take away, a host mapping.  The frame's reference: map takes it, unmap leaves it. */
int16_t pv_map(struct arch *d, uint64_t addr, uint32_t flags, struct frame *f);
int16_t pv_unmap(struct arch *d, uint64_t addr, uint64_t new_addr, uint32_t flags,
		 const struct frame *f);
int16_t hvm_map(struct arch *d, uint64_t addr, uint32_t flags, struct frame *f);
int16_t hvm_unmap(struct arch *d, uint64_t addr, uint64_t new_addr, uint32_t flags,
		  const struct frame *f);

/* The frame at a gfn, or NULL. */
struct frame *hvm_frame(const struct arch *d, uint64_t gfn);

/* Put a page at a gfn; false if no page can be there.  What was there has no gfn any more. */
bool hvm_add_page(struct arch *d, uint64_t gfn, struct frame *f);

/* XENMEM_add_to_physmap */
int hvm_add_to_physmap(struct arch *d, const struct xen_add_to_physmap *op);

/* ------------------------------------------------------------------ table.c */

void table_reset(struct arch *d, uint32_t frames, uint32_t max_frames);
void table_grow(struct arch *d, uint32_t nr_frames);

static inline uint32_t
table_entries(const struct table *t)
{
	return t->nr_frames * GNTTAB_ENTRIES_PER_FRAME;
}

/* Note that an entry needs to be looked at by check and reset. */
void table_list(struct table *t, grant_ref_t ref);

/* What a pin is for; the two differ in what they look at again (R508, R806 to R809). */
enum pin_use { PIN_MAP, PIN_COPY };

/*
 * Pin entry ref of rd for ld, adding `units` (PIN_*) to its counters.
 * Returns okay, and the entry's frame is latched; or the status, and nothing is changed.
 */
int16_t table_pin(struct arch *rd, struct arch *ld, grant_ref_t ref, uint32_t units,
		  enum pin_use use);

/* Take units back, and from the shared flags what the rest does not justify (R604, R813). */
void table_unpin(struct arch *rd, grant_ref_t ref, uint32_t units, bool wrote);

/* ------------------------------------------------------------------ maptrack.c */

void maptrack_reset(struct maptrack *m, unsigned int frames);
uint16_t maptrack_get(struct maptrack *m);
void maptrack_put(struct maptrack *m, uint16_t handle);

/* ------------------------------------------------------------------ check.c */

/* What sim_check counts in, or NULL; to be freed by free(). */
struct check_scratch *check_scratch_new(uint32_t n_frames);

/* ------------------------------------------------------------------ operations */

/* A domain by its own id, or NULL.  DOMID_SELF is nobody here. */
struct arch *domain_by_id(struct sim *s, domid_t id);
/* Likewise, and DOMID_SELF is d. */
struct arch *domain_by_any_id(struct arch *d, domid_t id);

/* The policy on d, which acts, letting ld and rd share (R504). */
bool policy_allows(const struct arch *d, const struct arch *ld, const struct arch *rd);
/* Whether d may manage what is t's: its own, or d is the control domain. */
bool policy_manages(const struct arch *d, const struct arch *t);

/* Whether the guest may name [addr, ...) at all, and whether anything is there (R905, R943). */
bool access_ok(const struct arch *d, const void *p);
bool access_faults(const void *p);

void map_grant_ref(struct arch *d, struct gnttab_map_grant_ref *op);
void unmap_batch(struct arch *d, struct gnttab_unmap_grant_ref *ops, unsigned int n);
void replace_batch(struct arch *d, struct gnttab_unmap_and_replace *ops, unsigned int n);
void copy_batch(struct arch *d, struct gnttab_copy *ops, unsigned int n);
void transfer(struct arch *d, struct gnttab_transfer *op);
void swap_grant_ref(struct arch *d, struct gnttab_swap_grant_ref *op);
int setup_table(struct arch *d, struct gnttab_setup_table *op);
void query_size(struct arch *d, struct gnttab_query_size *op);
int set_version(struct arch *d, struct gnttab_set_version *op);
int get_version(struct arch *d, struct gnttab_get_version *op);
int get_status_frames(struct arch *d, struct gnttab_get_status_frames *op);
int cache_flush(struct arch *d, const struct gnttab_cache_flush *op, grant_ref_t from);

#endif
