#include "arch/guest/tail.h"

/* No table is so large; what a program says beyond that is bad on purpose. */
enum { REFS_MAX = 1 << 24 };

static uint32_t before;

void
tail_begin(uint32_t frames)
{
	before = frames;
}

uint32_t
tail_before(void)
{
	return before;
}

static bool
is_self(domid_t domid)
{
	return domid == DOMID_SELF || domid == 0;
}

static void
shift(grant_ref_t *ref, domid_t domid, bool back)
{
	grant_ref_t by = before * GNTTAB_ENTRIES_PER_FRAME;

	if (!is_self(domid) || *ref >= (back ? 2u * REFS_MAX : (uint32_t)REFS_MAX))
		return;
	*ref = back ? *ref - by : *ref + by;
}

static void
shift_all(unsigned int cmd, void *op, bool back)
{
	struct gnttab_map_grant_ref *map = op;
	struct gnttab_transfer *transfer = op;
	struct gnttab_swap_grant_ref *swap = op;
	struct gnttab_copy *copy = op;

	switch (cmd) {
	case GNTTABOP_map_grant_ref: shift(&map->ref, map->dom, back); break;
	case GNTTABOP_transfer: shift(&transfer->ref, transfer->domid, back); break;
	case GNTTABOP_copy:
		if (copy->flags & GNTCOPY_source_gref)
			shift(&copy->source.u.ref, copy->source.domid, back);
		if (copy->flags & GNTCOPY_dest_gref)
			shift(&copy->dest.u.ref, copy->dest.domid, back);
		break;
	case GNTTABOP_swap_grant_ref:
		shift(&swap->ref_a, DOMID_SELF, back);
		shift(&swap->ref_b, DOMID_SELF, back);
		break;
	default: break;
	}
}

void
tail_put(unsigned int cmd, void *op)
{
	shift_all(cmd, op, false);
}

void
tail_put_back(unsigned int cmd, void *op)
{
	shift_all(cmd, op, true);
}

long
tail_setup(struct gnttab_setup_table *uop, bool list_is_bad, tail_call *call)
{
	static xen_pfn_t list[TAIL_TABLE_MAX];
	uint32_t skipped = is_self(uop->dom) && uop->nr_frames != 0 ? before : 0;
	struct gnttab_setup_table op = *uop;
	xen_pfn_t *frames = uop->frame_list.p;
	long rc;

	op.nr_frames += skipped;
	if (op.nr_frames > TAIL_TABLE_MAX)
		op.nr_frames = TAIL_TABLE_MAX + 1;
	else if (!list_is_bad)
		set_xen_guest_handle(op.frame_list, list);
	rc = call(GNTTABOP_setup_table, &op);
	uop->status = op.status;
	if (rc == 0 && op.status == GNTST_okay && !list_is_bad)
		for (uint32_t i = 0; i < uop->nr_frames; i++)
			frames[i] = list[skipped + i];
	return rc;
}

long
tail_size(struct gnttab_query_size *op, tail_call *call)
{
	long rc = call(GNTTABOP_query_size, op);

	if (rc == 0 && op->status == GNTST_okay && is_self(op->dom)) {
		op->nr_frames -= before;
		op->max_nr_frames -= before;
	}
	return rc;
}
