/*
 * internal: what the core's files share, and nobody else sees.
 *
 * A reference has one word: its state in the top 4 bits, and in the low 28 a link, which means
 * something while the reference is on the list of references given back or in a private chain.
 * Words are kept a page at a time and come zeroed: free, on no list.  Always holds, while the lock
 * is not held:
 *
 *   - every reference from `fresh` on is free and was never handed out: its word is 0;
 *   - the free ones below `fresh` are the list from free_head, linked by their words;
 *   - free_count counts both;
 *   - references 0 to 7 are reserved from the start and for good.
 *
 * "_locked" in a name: call with the lock held and the table mapped, unless a line says otherwise.
 */
#ifndef GNTTAB_INTERNAL_H
#define GNTTAB_INTERNAL_H

#include "core/gnttab.h"

enum ref_state {
	REF_FREE,	/* what a zeroed word says */
	REF_RESERVED,	/* the toolstack's */
	REF_CHAINED,	/* in a private chain */
	REF_CLAIMED,	/* its owner's, entry clear */
	REF_ACCESS,	/* its owner's, access granted */
	REF_TRANSFER,	/* its owner's, a transfer accepted */
	REF_DEFERRED,	/* the core's, access to be ended by a tick */
	REF_LEAKED,	/* nobody's any more */
};

enum {
	REF_STATE_SHIFT = 28,
	REF_LINK_MASK = (1 << REF_STATE_SHIFT) - 1,	/* as a link: the end of a list */
	REFS_PER_LINK_PAGE = XEN_PAGE_SIZE / sizeof(uint32_t),
};

_Static_assert(GNTTAB_FRAMES_LIMIT * GNTTAB_ENTRIES_PER_FRAME < REF_LINK_MASK,
	       "every reference fits a link, and is not the end of a list");
_Static_assert(REF_FREE == 0, "a zeroed word is a free reference");
_Static_assert(GNTTAB_NR_RESERVED_ENTRIES == 8, "R101: references 0 to 7 are reserved");

/* ------------------------------------------------------------------ references, inline */

/* References that the table has. */
static inline uint32_t
ref_count(const struct gnttab *gt)
{
	return gt->nr_frames * GNTTAB_ENTRIES_PER_FRAME;
}

static inline uint32_t *
ref_word(const struct gnttab *gt, grant_ref_t ref)
{
	ARCH_ASSERT(ref < ref_count(gt));
	return &gt->links[ref / REFS_PER_LINK_PAGE][ref % REFS_PER_LINK_PAGE];
}

/* Whether ref, which may be any number, is a reference of the table in this state. */
static inline bool
ref_is(const struct gnttab *gt, grant_ref_t ref, enum ref_state state)
{
	return ref < ref_count(gt) && *ref_word(gt, ref) >> REF_STATE_SHIFT == (uint32_t)state;
}

/* The word of a reference in that state, with a link to `next`, which may be INVALID_GRANT_REF. */
static inline uint32_t
ref_linked(enum ref_state state, grant_ref_t next)
{
	return (uint32_t)state << REF_STATE_SHIFT | (next & REF_LINK_MASK);
}

/* What such a word links to. */
static inline grant_ref_t
ref_linked_to(uint32_t word)
{
	uint32_t link = word & REF_LINK_MASK;

	return link == REF_LINK_MASK ? INVALID_GRANT_REF : link;
}

/* Give ref a state, and the link to `next`, which may be INVALID_GRANT_REF. */
static inline void
ref_set(const struct gnttab *gt, grant_ref_t ref, enum ref_state state, grant_ref_t next)
{
	*ref_word(gt, ref) = ref_linked(state, next);
}

/* The reference after ref in its list, or INVALID_GRANT_REF. */
static inline grant_ref_t
ref_next(const struct gnttab *gt, grant_ref_t ref)
{
	return ref_linked_to(*ref_word(gt, ref));
}

/* ------------------------------------------------------------------ the lock, inline */

/*
 * Take the lock.  Pre: gt->arch is set.
 * A callback that calls the core stops here: at an arch's lock, or where the lock of a single CPU
 * lets its holder pass, at this assertion.
 */
static inline void
gnttab_lock(const struct gnttab *gt)
{
	arch_lock(gt->arch);
	ARCH_ASSERT(!gt->in_callback);
}

static inline void
gnttab_unlock(const struct gnttab *gt)
{
	arch_unlock(gt->arch);
}

/* Take the lock if the table is mapped.  Returns 0, or -XEN_ENODEV without the lock. */
static inline int
gnttab_lock_mapped(const struct gnttab *gt)
{
	if (gt->arch == NULL)
		return -XEN_ENODEV;
	gnttab_lock(gt);
	if (gt->shared != NULL)
		return 0;
	gnttab_unlock(gt);
	return -XEN_ENODEV;
}

/* ------------------------------------------------------------------ table.c */

/* The most frames to be had now; GNTTAB_FRAMES_LIMIT at the most. */
uint32_t gnttab_query_frames_max(struct arch *arch);

/* min(what is to be had now, what was at boot).  The table need not be mapped. */
uint32_t gnttab_frames_max_locked(const struct gnttab *gt);

/* Pages of the link directory, which also holds the frame numbers of a translated guest's table. */
unsigned int gnttab_directory_pages(const struct gnttab *gt);

/*
 * Have pages of links for the first nr_frames frames.  Pages that were got stay, whatever is
 * returned.
 * Returns 0 or -XEN_ENOMEM.  Bound: 1024 pages.
 */
int gnttab_alloc_links_locked(struct gnttab *gt, uint32_t nr_frames);

/*
 * Have the hypervisor set up frames 0 to nr_frames - 1, and map them; when translated, frames below
 * `from` are in place already.  The table need not be mapped.
 * Returns 0 with gt->shared set, -XEN_ENOMEM or -XEN_ENODEV with gt->shared untouched.
 * Bound: GNTTAB_FRAMES_LIMIT hypercalls.
 */
int gnttab_set_up_locked(struct gnttab *gt, uint32_t from, uint32_t nr_frames);

/* Grow by the frames that n references more need; then the callbacks.  Returns 0 or -XEN_ENOSPC. */
int gnttab_grow_locked(struct gnttab *gt, uint32_t n);

/* ------------------------------------------------------------------ ref.c, callback.c */

/* Free -> claimed; grows the table if need be.  Returns the reference, or -XEN_ENOSPC. */
int gnttab_take_locked(struct gnttab *gt);

/* Any state but free and reserved -> free; then the callbacks. */
void gnttab_give_locked(struct gnttab *gt, grant_ref_t ref);

/* Call the callbacks that are due.  Bound: those that wait. */
void gnttab_run_callbacks_locked(struct gnttab *gt);

/* ------------------------------------------------------------------ entry.c, defer.c */

/* What to publish in an entry. */
struct gnttab_offer {
	uint64_t frame;
	domid_t domid;
	uint16_t flags;			/* GTF_permit_access, maybe readonly; GTF_accept_transfer */
	enum ref_state state;		/* of the reference from then on */
};

/* Publish at ref, which must be claimed.  Returns 0, -XEN_EINVAL, -XEN_ERANGE or -XEN_EBUSY. */
int gnttab_offer_ref(struct gnttab *gt, grant_ref_t ref, const struct gnttab_offer *offer);

/* Publish at a new reference.  Returns it, -XEN_ERANGE, -XEN_ENOSPC or -XEN_EBUSY. */
int gnttab_offer_new(struct gnttab *gt, const struct gnttab_offer *offer);

/*
 * End the access that ref's entry gives.  Its state is left to the caller.
 * Returns true and clears the entry's flags; false, and the entry untouched, if a peer uses it.
 */
bool gnttab_end_entry_locked(struct gnttab *gt, grant_ref_t ref);

/* Give back the pages of deferred records.  The table need not be mapped. */
void gnttab_free_deferred_locked(struct gnttab *gt);

#endif
