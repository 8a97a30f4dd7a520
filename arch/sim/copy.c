/*
 * copy: GNTTABOP_copy (spec.md 8xx).
 *
 * Within one hypercall the last source and the last destination stay claimed, and their flags set,
 * while operations name the same domains and pages: the grant is not looked at again.  Another
 * domain on either side, or a failed operation, releases both; another page, the side it is on.
 *
 * A page is held while it is claimed.
 */
#include <string.h>

#include "arch/sim/machine.h"

struct side {
	struct arch *rd;		/* NULL: no domain is held */
	domid_t domid;			/* as it was named */
	struct frame *f;		/* NULL: nothing is claimed */
	uint64_t name;			/* grant reference, or frame number */
	bool gref;
};

struct buffers {
	struct side source, dest;
};

static void
side_release(struct side *b, uint32_t unit)
{
	if (!b->f)
		return;
	if (b->gref)
		b->rd->table.active[b->name].used -= unit;
	frame_release(b->rd->sim, b->f);
	if (b->gref)
		entry_unpin(b->rd, (grant_ref_t)b->name, unit, unit & PIN_WRITERS);
	b->f = NULL;
}

static void
buffers_release(struct buffers *b)
{
	side_release(&b->source, PIN_HOST_READ);
	side_release(&b->dest, PIN_HOST_WRITE);
}

static int16_t
side_domain(struct arch *d, domid_t domid, struct side *b)
{
	b->rd = domain_by_any_id(d, domid);
	b->domid = domid;
	return b->rd ? GNTST_okay : GNTST_bad_domain;
}

static int16_t
domains_claim(struct arch *d, const struct gnttab_copy *op, struct buffers *b)
{
	int16_t status;

	status = side_domain(d, op->source.domid, &b->source);
	if (status == GNTST_okay)
		status = side_domain(d, op->dest.domid, &b->dest);
	if (status == GNTST_okay && !policy_allows(d, b->source.rd, b->dest.rd))
		status = GNTST_permission_denied;
	if (status != GNTST_okay)
		b->source.rd = b->dest.rd = NULL;
	return status;
}

/* Whether the domains of the operation before serve this one. */
static bool
domains_valid(const struct gnttab_copy *op, const struct buffers *b)
{
	return b->source.rd && b->dest.rd &&
	       op->source.domid == b->source.domid && op->dest.domid == b->dest.domid;
}

static int16_t
side_claim(struct arch *d, struct side *b, uint64_t name, bool gref, uint32_t unit)
{
	struct frame *f = NULL;
	int16_t status;

	if (b->f && b->gref == gref && b->name == name)
		return GNTST_okay;
	side_release(b, unit);
	if (gref) {
		status = entry_pin(b->rd, d, (grant_ref_t)name, unit, PIN_COPY, &f);
	} else if (b->domid != DOMID_SELF) {
		/* A frame can be named of the caller itself only, and only so. */
		status = GNTST_permission_denied;
	} else {
		status = frame_lookup(b->rd, name, &f);
	}
	if (status != GNTST_okay)
		return status;
	if (gref)
		b->rd->table.active[name].used += unit;
	b->f = f;
	b->name = name;
	b->gref = gref;
	return (unit & PIN_WRITERS) && !frame_writable(f) ? GNTST_general_error : GNTST_okay;
}

/* Others see all of it or nothing, and may write to the source between reading and writing. */
static void
bytes_copy(struct sim *s, const struct gnttab_copy *op, struct frame *to, const struct frame *from)
{
	uint8_t bytes[XEN_PAGE_SIZE];

	sim_step_bytes(s, from->bytes + op->source.offset, op->len, SIM_READ);
	memcpy(bytes, from->bytes + op->source.offset, op->len);
	sim_step_bytes(s, to->bytes + op->dest.offset, op->len, SIM_WRITE);
	frame_write(s, to, op->dest.offset, bytes, op->len);
}

/* The number that a side goes by: a reference is half as wide as a frame. */
static uint64_t
side_name(const struct gnttab_copy_ptr *p, bool gref)
{
	return gref ? p->u.ref : p->u.gmfn;
}

/* Order: domains, policy, source, destination, and only then whether it fits. */
static int16_t
copy_one(struct arch *d, const struct gnttab_copy *op, struct buffers *b)
{
	bool source_gref = op->flags & GNTCOPY_source_gref;
	bool dest_gref = op->flags & GNTCOPY_dest_gref;
	int16_t status;

	if (!domains_valid(op, b)) {
		buffers_release(b);
		status = domains_claim(d, op, b);
		if (status != GNTST_okay)
			return status;
	}
	status = side_claim(d, &b->source, side_name(&op->source, source_gref), source_gref,
			    PIN_HOST_READ);
	if (status == GNTST_okay)
		status = side_claim(d, &b->dest, side_name(&op->dest, dest_gref), dest_gref,
				    PIN_HOST_WRITE);
	if (status != GNTST_okay)
		return status;
	if (op->source.offset + op->len > XEN_PAGE_SIZE ||
	    op->dest.offset + op->len > XEN_PAGE_SIZE)
		return GNTST_bad_copy_arg;
	bytes_copy(d->sim, op, b->dest.f, b->source.f);
	return GNTST_okay;
}

void
copy_batch(struct arch *d, struct gnttab_copy *ops, unsigned int n)
{
	struct buffers b = {0};

	for (unsigned int i = 0; i < n; i++) {
		ops[i].status = copy_one(d, &ops[i], &b);
		if (ops[i].status != GNTST_okay)
			buffers_release(&b);
	}
	buffers_release(&b);
}
