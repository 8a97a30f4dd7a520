#include "arch/guest/tail.h"

#include "arch/guest.h"

/* No table is so large; what a program says beyond that is bad on purpose. */
enum { REFS_MAX = 1 << 24 };

static uint32_t before[TAIL_DOMAINS];

void
tail_begin(domid_t domid, uint32_t frames)
{
	before[domid] = frames;
}

uint32_t
tail_before(domid_t domid)
{
	return domid < TAIL_DOMAINS ? before[domid] : 0;
}

static domid_t
real(domid_t self, domid_t domid)
{
	return domid == DOMID_SELF ? self : domid;
}

static void
shift(grant_ref_t *ref, domid_t domid, bool back)
{
	grant_ref_t by = tail_before(domid) * GNTTAB_ENTRIES_PER_FRAME;

	if (*ref < (back ? 2u * REFS_MAX : (uint32_t)REFS_MAX))
		*ref = back ? *ref - by : *ref + by;
}

static void
shift_all(domid_t self, unsigned int cmd, void *op, bool back)
{
	struct gnttab_map_grant_ref *map = op;
	struct gnttab_transfer *transfer = op;
	struct gnttab_swap_grant_ref *swap = op;
	struct gnttab_copy *copy = op;

	switch (cmd) {
	case GNTTABOP_map_grant_ref: shift(&map->ref, real(self, map->dom), back); break;
	case GNTTABOP_transfer: shift(&transfer->ref, real(self, transfer->domid), back); break;
	case GNTTABOP_copy:
		if (copy->flags & GNTCOPY_source_gref)
			shift(&copy->source.u.ref, real(self, copy->source.domid), back);
		if (copy->flags & GNTCOPY_dest_gref)
			shift(&copy->dest.u.ref, real(self, copy->dest.domid), back);
		break;
	case GNTTABOP_swap_grant_ref:
		shift(&swap->ref_a, self, back);
		shift(&swap->ref_b, self, back);
		break;
	default: break;
	}
}

void
tail_put(domid_t self, unsigned int cmd, void *op)
{
	shift_all(self, cmd, op, false);
}

void
tail_put_back(domid_t self, unsigned int cmd, void *op)
{
	shift_all(self, cmd, op, true);
}

bool
tail_is_bad(const void *address)
{
	return (uintptr_t)address == guest_bad_addr(NULL, GUEST_ADDR_WILD, 0) ||
	       (uintptr_t)address == guest_bad_addr(NULL, GUEST_ADDR_HOLE, 0);
}

long
tail_setup(domid_t self, struct gnttab_setup_table *uop, tail_call *call, void *ctx)
{
	static xen_pfn_t list[TAIL_TABLE_MAX];
	uint32_t skipped = uop->nr_frames != 0 ? tail_before(real(self, uop->dom)) : 0;
	struct gnttab_setup_table op = *uop;
	xen_pfn_t *frames = uop->frame_list.p;
	bool list_is_bad = tail_is_bad(frames);
	long rc;

	op.nr_frames += skipped;
	if (op.nr_frames > TAIL_TABLE_MAX)
		op.nr_frames = TAIL_TABLE_MAX + 1;
	else if (!list_is_bad)
		set_xen_guest_handle(op.frame_list, list);
	rc = call(ctx, GNTTABOP_setup_table, &op);
	uop->status = op.status;
	if (rc == 0 && op.status == GNTST_okay && !list_is_bad)
		for (uint32_t i = 0; i < uop->nr_frames; i++)
			frames[i] = list[skipped + i];
	return rc;
}

long
tail_size(domid_t self, struct gnttab_query_size *op, tail_call *call, void *ctx)
{
	uint32_t hidden = tail_before(real(self, op->dom));
	long rc = call(ctx, GNTTABOP_query_size, op);

	if (rc == 0 && op->status == GNTST_okay) {
		op->nr_frames -= hidden;
		op->max_nr_frames -= hidden;
	}
	return rc;
}
