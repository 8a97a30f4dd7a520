/* interp_internal: what the interpreter's files share.  See interp.h. */
#ifndef INTERP_INTERNAL_H
#define INTERP_INTERNAL_H

#include "diff/interp.h"

/* Do the next operations, one or a batch, but for what comes after each.  Returns how many. */
unsigned int interp_do(struct interp *in, unsigned int at);

/* Do the race that begins at `at`.  Returns how many operations. */
unsigned int interp_race(struct interp *in, unsigned int at);

/* What a race holds for this operation; NULL outside of races. */
struct interp_held *interp_held(const struct doing *w);

/* Leave the operation undone.  Returns false, for `return interp_skip(...)`. */
bool interp_skip(struct doing *w, enum trace_skip why);

/* The id that a DOM_* code stands for. */
domid_t interp_domid(const struct interp *in, unsigned int code);

/* The domain whose slots a peer's reference is looked up in: the one named, or the actor. */
struct interp_domain *interp_owner(const struct doing *w, unsigned int dom_code);

/* The number that a REF_* code of domain d stands for. */
grant_ref_t interp_ref(const struct interp *in, const struct interp_domain *d, unsigned int code);

/* The frame that a FRAME_* code stands for.  False, and skipped, if there is none. */
bool interp_frame(struct doing *w, unsigned int code, uint64_t *frame);

/* The address that an AT_* code stands for, `own` being the mapping's own window. */
uint64_t interp_addr(const struct interp_domain *d, unsigned int at, unsigned int own);

/* The window that an AT_* code names, or MAP_SLOTS for none. */
unsigned int interp_window(unsigned int at, unsigned int own);

/* Record what the entry `ref` of `owner`'s table holds now; nothing if its core cannot see it. */
void interp_view(struct doing *w, unsigned int i, const struct interp_domain *owner,
		 grant_ref_t ref);

/*
 * What the interpreter keeps in its books of an operation that was done: `op' is what the
 * hypercall left, of a member whose status is okay.  A C test that makes the calls itself
 * (reports/ctest.h) keeps the same books.
 */
void interp_hold(struct interp_domain *d, unsigned int slot, grant_ref_t number,
		 unsigned int landing);
void interp_mapped(struct doing *w, const struct gnttab_map_grant_ref *op);
void interp_unmapped(struct doing *w, const struct gnttab_unmap_grant_ref *op);
void interp_replaced(struct doing *w);

/* OP_PIN's status and value, of all its members, whatever they answered. */
void interp_pinned(struct doing *w, const struct gnttab_map_grant_ref *ops);

/* Record what the entry that the handle's mapping is of holds now. */
void interp_view_mapped(struct doing *w);

/* A free callback, told which by its struct interp_callback; and what OP_FOREACH sums up. */
void interp_fired(void *arg);
struct interp_ranges {
	int32_t n;
	uint32_t sum;
};
void interp_range_seen(uint64_t frame, unsigned int offset, unsigned int len, void *arg);

/* Leave member i out of the hypercall: it is skipped. */
void batch_leave_out(struct batch *b, unsigned int i);

/*
 * Each does one operation whose kind is its own; the record is preset to "done, rc 0, nothing
 * seen".
 */
void interp_do_reference(struct doing *w);	/* OP_GRANT to OP_XLAT_FREE */
void interp_do_other(struct doing *w);		/* the table, plain hypercalls, memory, faults */

/* Each does a batch of its kind. */
void interp_do_map(struct batch *b);
void interp_do_pin(struct doing *w);
void interp_do_unmap(struct batch *b);
void interp_do_replace(struct batch *b);
void interp_do_copy(struct batch *b);
void interp_do_transfer(struct batch *b);
void interp_do_swap(struct batch *b);
void interp_do_cache_flush(struct batch *b);

#endif
