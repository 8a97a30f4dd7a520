/*
 * gnttab: the guest's side of Xen grant tables, version 1.
 *
 * A guest lends a page by filling an entry of a table it shares with the hypervisor, and takes it
 * back by clearing the entry while nobody has the page mapped.  Names and results are those of the
 * Linux driver, with a handle first; where that driver trusts its caller, this one looks, and says
 * -XEN_E* instead of corrupting a list.
 *
 * The core has no globals, uses no libc, and allocates only through arch.h.  The entries are shared
 * with the hypervisor, and every access to them goes through arch.h.  Everything else is guarded by
 * arch_lock; all functions take it themselves.
 *
 * A reference has one state, kept beside its link: reserved (0 to 7), free, chained (in a private
 * chain), claimed (its owner's, entry clear), access, transfer, deferred, leaked.  Each function
 * says which state it wants; in any other it returns -XEN_EINVAL and changes nothing.
 *
 * Errors that any function on references, chains, access or transfer may return: -XEN_ENODEV (the
 * table is not mapped: before gnttab_init, or PV between suspend and resume), looked at first; and
 * -XEN_EINVAL (bad argument, or a reference in another state).
 * On an error every output is untouched, unless a line says otherwise.
 */
#ifndef GNTTAB_H
#define GNTTAB_H

#include "arch/arch.h"

#define INVALID_GRANT_REF ((grant_ref_t)-1)
#define INVALID_GRANT_HANDLE ((grant_handle_t)-1)

enum {
	GNTTAB_FRAMES_LIMIT = 2048,	/* most frames of a table that the core handles */
	GNTTAB_DEFERRED_PER_TICK = 10,
	GNTTAB_EAGAIN_MS_MAX = 255,	/* last sleep of an eagain retry: 1, 2, ... 255 ms */
};

/* Called once enough references are free; see gnttab_request_free_callback. */
struct gnttab_free_callback {
	struct gnttab_free_callback *next;
	void (*fn)(void *arg);
	void *arg;
	uint16_t count;
	bool queued;
};

/* A page whose owner left it here until its grant ends: struct in core/defer.c. */
struct gnttab_deferred;
struct gnttab_deferred_page;

/* One guest's table.  All members are private to the core. */
struct gnttab {
	struct arch *arch;
	struct grant_entry_v1 *shared;		/* NULL: not mapped */
	uint32_t **links;			/* each reference's state and link, in pages */
	uint32_t nr_link_pages;			/* of links, allocated */
	uint32_t nr_frames;			/* set up, of nr_frames_max */
	uint32_t nr_frames_max;			/* at boot; odd numbers are fine */
	grant_ref_t free_head;			/* references given back, last one first */
	grant_ref_t fresh;			/* from here on none was ever handed out */
	uint32_t free_count;
	uint32_t deferred_count;
	uint32_t leaked_count;
	struct gnttab_deferred *deferred_head, *deferred_tail, *deferred_free;
	struct gnttab_deferred_page *deferred_pages;
	struct gnttab_free_callback *callbacks;
	uint64_t xlat_addr;			/* place of a translated guest's; 0: none */
	bool suspended;
	bool in_callback;
};

/* ------------------------------------------------------------------ set-up */

/*
 * Set up the table of the guest `arch`: read the maximum, map the first frame, fill the free list
 * with references 8 to 511, handed out in ascending order.
 * Pre:  *gt is zero but for what gnttab_setup_auto_xlat_frames stored; translated guests called
 *       that first.
 * Returns 0, -XEN_ENOMEM, -XEN_ENODEV (no frame to be had, or a translated guest without a place
 * for the table, which makes no hypercall); on an error all that was allocated is given back, and
 * *gt is as before.
 * Allocations, in order: the link directory, one page of links, the frame list (PV).
 * Hypercalls, in order: query_size (a failure means 4 frames, more than GNTTAB_FRAMES_LIMIT that
 * many), then setup_table (PV) or add_to_physmap of frame 0 (translated).
 * Rule R101.  Init-only.
 */
int gnttab_init(struct gnttab *gt, struct arch *arch);

/*
 * Give back everything that gnttab_init and growth allocated, and unmap the table.  Entries are
 * left as they are; deferred pages are not put; callbacks that wait are forgotten.
 * Pre:  no other function of the core runs on gt.
 * Post: *gt is zero.  A no-op on a zero *gt.
 */
void gnttab_fini(struct gnttab *gt);

/*
 * Ask for a version of the interface.  Returns 1 for version 1 (always available, no hypercall),
 * -XEN_ENOSYS for any other.
 */
int gnttab_request_version(struct gnttab *gt, unsigned int version);

/*
 * Say where a translated guest's table goes: `addr` is a page-aligned guest-physical address with
 * room for the maximum of frames.
 * Pre:  *gt is zero, or was set up for the same guest.
 * Returns 0; -XEN_EINVAL if already set, addr is 0, not page-aligned or beyond what a frame number
 * of this guest can name (i386: 16 TiB), or the guest is not translated.  Init-only.
 */
int gnttab_setup_auto_xlat_frames(struct gnttab *gt, struct arch *arch, uint64_t addr);

/* Forget that place.  Returns 0, also if none was set; -XEN_EBUSY while the table is there. */
int gnttab_free_auto_xlat_frames(struct gnttab *gt);

/*
 * The most frames the table may have: min(what the hypervisor allows now, what it allowed at boot),
 * asked for by query_size as in gnttab_init.  Works while suspended; 0 before gnttab_init.
 */
uint32_t gnttab_max_grant_frames(struct gnttab *gt);

/*
 * Make ready for the guest to be saved.  PV: unmap the table.  Translated: only remember it, the
 * table may be used on.  Returns 0, also when suspended already; -XEN_ENODEV before gnttab_init.
 */
int gnttab_suspend(struct gnttab *gt);

/*
 * Set up frames 0 to nr-1 again after gnttab_suspend; entries and references are left as they are.
 * Returns 0 (also, doing nothing, if not suspended); -XEN_ENOSYS if the maximum is now below what
 * is in use; -XEN_ENOMEM, -XEN_ENODEV if it cannot be set up: still suspended, may be called again.
 * Hypercalls: query_size, then as gnttab_init, the highest frame first when translated.
 */
int gnttab_resume(struct gnttab *gt);

/* ------------------------------------------------------------------ references
 * The free list: references given back are handed out again last one first; when there are none,
 * those never handed out, ascending.  If n are asked for and fewer are free, the table grows by
 * ceil(shortfall / 512) frames or not at all; not at all is -XEN_ENOSPC, whatever stood in the way.
 *
 * Growth asks for the maximum (query_size), allocates missing pages of links, a page at a time,
 * then the frame list (PV), then calls setup_table or add_to_physmap (of the new frames, highest
 * first).  Pages of links got before a failure are kept for the next try.  Growth calls the free
 * callbacks that are then due, before the caller takes its references.
 */

/* References free now.  Never fails; 0 before gnttab_init. */
uint32_t gnttab_free_count(const struct gnttab *gt);

/*
 * Take n references off the free list as a private chain, in the order they would be handed out.
 * Returns 0 with *head the first; n = 0: 0 with an empty chain.  -XEN_ENOSPC: *head untouched,
 * nothing taken.
 */
int gnttab_alloc_grant_references(struct gnttab *gt, uint16_t n, grant_ref_t *head);

/* Returns 1 if the private chain has no reference left, else 0. */
int gnttab_empty_grant_references(const grant_ref_t *head);

/*
 * Take the first reference of a private chain: chained -> claimed.
 * Returns the reference; -XEN_ENOSPC from an empty chain.
 */
int gnttab_claim_grant_reference(struct gnttab *gt, grant_ref_t *head);

/*
 * Put a claimed reference at the front of a private chain.  Returns 0; -XEN_EINVAL also where *head
 * is neither INVALID_GRANT_REF (an empty chain) nor a chained reference.
 */
int gnttab_release_grant_reference(struct gnttab *gt, grant_ref_t *head, grant_ref_t ref);

/*
 * Give a claimed reference back, and call the free callbacks that are due.  Returns 0.
 * -XEN_EINVAL covers a second free, a reserved reference and one that is still granted.
 */
int gnttab_free_grant_reference(struct gnttab *gt, grant_ref_t ref);

/*
 * Give a whole private chain back, its first reference to be handed out first; then the callbacks.
 * Returns 0 (an empty chain too).  -XEN_EINVAL where the chain runs into a reference that is not
 * chained (a cycle, say): those before it are given back, and the callbacks called if there were
 * any.  Bound: the chain's length.
 */
int gnttab_free_grant_references(struct gnttab *gt, grant_ref_t head);

/*
 * Have cb->fn(arg) called once n references are free: now, or by a later free or growth.
 * Callbacks that are due are called in the order they were requested, each only once a request,
 * with the lock held: fn must call no function of the core (asserted).
 * If cb waits already nothing is changed.
 * Pre:  gnttab_init was called; *cb is zero before its first use.
 * Post: cb stays the core's until called or cancelled.
 * Bound: callbacks that wait.
 */
void gnttab_request_free_callback(struct gnttab *gt, struct gnttab_free_callback *cb,
				  void (*fn)(void *arg), void *arg, uint16_t n);

/* Forget cb; a no-op if it does not wait.  After the return fn does not run. */
void gnttab_cancel_free_callback(struct gnttab *gt, struct gnttab_free_callback *cb);

/* ------------------------------------------------------------------ access */

/*
 * Let domid access `frame`: claimed -> access.  Stores domid and frame, then flags, with release.
 * Returns 0.  -XEN_ERANGE: frame does not fit 32 bits.  -XEN_EBUSY: the entry's flags are not 0
 * (somebody wrote them behind the core's back); it is left as it is.
 * Order of checks: table mapped, state, range, flags.
 */
int gnttab_grant_foreign_access_ref(struct gnttab *gt, grant_ref_t ref, domid_t domid,
				    uint64_t frame, bool readonly);

/*
 * Take a reference and grant as above.  Returns the reference (>= 8); -XEN_ENOSPC if none is to be
 * had; -XEN_ERANGE and -XEN_EBUSY as above, the reference given back (and the callbacks called).
 * Order of checks: table mapped, range, a reference, flags.
 */
int gnttab_grant_foreign_access(struct gnttab *gt, domid_t domid, uint64_t frame, bool readonly);

/*
 * What the peer does with an entry: its GTF_reading and GTF_writing bits (0, 8, 16, 24).  A hint:
 * stale at once; only an end function knows.  Wants: access.
 */
int gnttab_query_foreign_access(struct gnttab *gt, grant_ref_t ref);

/*
 * End access: access -> claimed.
 * Returns 1; 0 if the peer has the page mapped or in use, entry untouched.
 * Bound: one retry for each change of flags meanwhile, ARCH_SPIN_MAX at the most, then 0.
 * Rules R205, R206, R1106: the compare-and-exchange to 0 is the moment at which access ends.
 */
int gnttab_end_foreign_access_ref(struct gnttab *gt, grant_ref_t ref);

/* End access and give the reference back: access -> free, then the callbacks.  Returns as above. */
int gnttab_try_end_foreign_access(struct gnttab *gt, grant_ref_t ref);

/*
 * End access, now or later; reference and page are the core's from here.  If access ends, the page
 * (unless 0) is put by arch_page_put and the reference given back; else both wait for
 * gnttab_deferred_tick: access -> deferred.
 * Returns 1 ended, 0 deferred; -XEN_ENOMEM: could not even be deferred, reference and page are
 * leaked (state leaked, counted), as in the driver.  On -XEN_EINVAL or -XEN_ENODEV the page stays
 * the caller's.
 * Allocations: a page of deferred records when none is left, 1 at a time.
 */
int gnttab_end_foreign_access(struct gnttab *gt, grant_ref_t ref, uintptr_t page);

/*
 * Try the deferred ends again: at most GNTTAB_DEFERRED_PER_TICK, oldest first; those still in use
 * go to the end of the queue, and meeting the first of them again ends the tick.  Of one that
 * ended, the page is put first, then the reference given back, then the callbacks called.
 * Arms the timer while any is left, also on -XEN_ENODEV.
 * Returns how many ended, or -XEN_ENODEV.
 */
int gnttab_deferred_tick(struct gnttab *gt);

/* ------------------------------------------------------------------ transfer */

/*
 * Accept a page from domid: claimed -> transfer.  `pfn` is the slot to be filled; 0 is permitted.
 * Returns and checks as gnttab_grant_foreign_access_ref.
 */
int gnttab_grant_foreign_transfer_ref(struct gnttab *gt, grant_ref_t ref, domid_t domid,
				      uint64_t pfn);

/* Take a reference and accept as above.  Returns as gnttab_grant_foreign_access. */
int gnttab_grant_foreign_transfer(struct gnttab *gt, domid_t domid, uint64_t pfn);

/*
 * End a transfer: transfer -> claimed.  Returns the frame that arrived (> 0), or 0 if nothing did;
 * the entry's flags are 0 in both cases.  A transfer that is committed is waited for, ARCH_SPIN_MAX
 * looks at the most, then -XEN_EAGAIN and nothing is changed.  -XEN_EIO: completed with frame 0,
 * which no hypervisor does: flags cleared, reference claimed.
 * The frame is read after completed is seen (acquire).  The lock is held while waiting.
 */
int64_t gnttab_end_foreign_transfer_ref(struct gnttab *gt, grant_ref_t ref);

/* As above, and give the reference back unless -XEN_EAGAIN; then the callbacks. */
int64_t gnttab_end_foreign_transfer(struct gnttab *gt, grant_ref_t ref);

/* ------------------------------------------------------------------ the peer's side
 * Nothing here needs the guest's own table, so it works while that is suspended too; only before
 * gnttab_init the hypercalls are -XEN_ENODEV.  No operations (n = 0) are no hypercall: 0.
 */

/* Fill an operation.  Status is 1, which no hypervisor answers: an untouched operation shows. */
void gnttab_set_map_op(struct gnttab_map_grant_ref *op, uint64_t host_addr, uint32_t flags,
		       grant_ref_t ref, domid_t domid);
/* dev_bus_addr is 0: a device mapping stays. */
void gnttab_set_unmap_op(struct gnttab_unmap_grant_ref *op, uint64_t host_addr,
			 grant_handle_t handle);

/*
 * Map or unmap n references in one hypercall; a failed hypercall's error is returned, statuses as
 * it left them.  map_refs is gnttab_batch_map under the name that the driver has for it.
 */
int gnttab_map_refs(struct gnttab *gt, struct gnttab_map_grant_ref *ops, unsigned int n);
int gnttab_unmap_refs(struct gnttab *gt, struct gnttab_unmap_grant_ref *ops, unsigned int n);

/*
 * Map or copy n operations in one hypercall, then each whose status is eagain again on its own,
 * sleeping 1, 2, ... GNTTAB_EAGAIN_MS_MAX ms before each try (about 33 s), then its status becomes
 * GNTST_bad_page.
 * Returns 0, or the error of the first hypercall that failed (no later one is made).
 */
int gnttab_batch_map(struct gnttab *gt, struct gnttab_map_grant_ref *ops, unsigned int n);
int gnttab_batch_copy(struct gnttab *gt, struct gnttab_copy *ops, unsigned int n);

/* ------------------------------------------------------------------ pages larger than a grant */

/* Called for one grant's worth of a range: `frame`, and the part [offset, offset + len) of it. */
typedef void gnttab_grant_fn(uint64_t frame, unsigned int offset, unsigned int len, void *arg);

/*
 * Call fn for each 4 KiB frame that the `len` bytes at `offset` from the start of `frame` touch, in
 * order.  len 0 calls nothing.  Bound: len / 4096 + 2 calls.
 */
void gnttab_foreach_grant(uint64_t frame, unsigned int offset, unsigned int len,
			  gnttab_grant_fn *fn, void *arg);

#endif
