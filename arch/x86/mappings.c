/*
 * mappings: the handles that Xen has given out, so that all can be given back.
 *
 * A program may leave anything behind: a handle whose window was mapped over, whose page-table
 * entry another handle's unmap took, or which has lost one of its two parts.  In Xen each host
 * part of a handle is one reference on the frame, and so is each page-table entry; an unmap
 * consumes one of both, whichever entry it finds.  Hence a fresh ordinary mapping of the same
 * frame, which brings its own reference, stands in for an entry that is gone.
 */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv.h"

enum { UNMAPS_MAX = 32 };

static void
set_live(struct arch *a, uint32_t handle)
{
	const struct pv_mapping *m = &a->mapping[handle];

	a->live[handle / 64] &= ~((uint64_t)1 << handle % 64);
	a->live[handle / 64] |= (uint64_t)(m->host || m->dev) << handle % 64;
}

static void
follow_map(struct arch *a, const struct gnttab_map_grant_ref *op)
{
	struct pv_mapping *m = &a->mapping[op->handle];

	ARCH_ASSERT(op->handle < PV_HANDLES);
	ARCH_ASSERT(!m->host && !m->dev);
	m->host = (op->flags & GNTMAP_host_map) != 0;
	m->dev = (op->flags & GNTMAP_device_map) != 0;
	m->readonly = (op->flags & GNTMAP_readonly) != 0;
	m->host_addr = op->host_addr & ~(uint64_t)(XEN_PAGE_SIZE - 1);
	m->frame = op->dev_bus_addr >> XEN_PAGE_SHIFT;
	set_live(a, op->handle);
}

static void
follow_unmap(struct arch *a, uint32_t handle, bool host, bool dev)
{
	if (handle >= PV_HANDLES)
		return;
	if (host)
		a->mapping[handle].host = false;
	if (dev)
		a->mapping[handle].dev = false;
	set_live(a, handle);
}

void
pv_mappings_follow(struct arch *a, unsigned int cmd, const void *uop, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (cmd == GNTTABOP_map_grant_ref) {
			const struct gnttab_map_grant_ref *op = uop;

			if (op[i].status == GNTST_okay)
				follow_map(a, &op[i]);
		} else if (cmd == GNTTABOP_unmap_grant_ref) {
			const struct gnttab_unmap_grant_ref *op = uop;

			if (op[i].status == GNTST_okay)
				follow_unmap(a, op[i].handle, op[i].host_addr != 0,
					     op[i].dev_bus_addr != 0);
		} else if (cmd == GNTTABOP_unmap_and_replace) {
			const struct gnttab_unmap_and_replace *op = uop;

			if (op[i].status == GNTST_okay)
				follow_unmap(a, op[i].handle, op[i].host_addr != 0, false);
		} else {
			return;
		}
	}
}

/* Show what is mapped at the stand-in address.  If the frame is not ours, dom0 helps. */
static void
set_stand_in(struct arch *a, const struct pv_mapping *m)
{
	unsigned int flags = m->readonly ? PTE_RO_FLAGS : PTE_RW_FLAGS;

	if (pv_set_mapping(pv_stand_in_bytes(), m->frame, flags) != 0)
		pv_stand_in(a, m->frame, flags);
}

/* Unmap the host part through another entry than its own. */
static void
unmap_by_stand_in(struct arch *a, uint32_t handle)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = (uintptr_t)pv_stand_in_bytes(), .handle = handle,
	};

	set_stand_in(a, &a->mapping[handle]);
	ARCH_ASSERT(hypercall_grant_table(GNTTABOP_unmap_grant_ref, &op, 1) == 0);
	ARCH_ASSERT(op.status == GNTST_okay);
	follow_unmap(a, handle, true, false);
}

bool
pv_mapping_is_in_place(const struct arch *a, const struct pv_mapping *m)
{
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++) {
		uint64_t pte = pv_window_pte(a, w);

		if ((uintptr_t)pv_window(w) == m->host_addr)
			return (pte & PTE_PRESENT) != 0 && PTE_FRAME(pte) == m->frame &&
			       ((pte & PTE_RW) == 0) == m->readonly;
	}
	return false;
}

/*
 * An operation for each part of a live handle; of those that need the stand-in only for the first,
 * which has it.  Returns how many, ops_max at the most.
 */
static unsigned int
collect_live(struct arch *a, struct gnttab_unmap_grant_ref *ops, unsigned int ops_max)
{
	unsigned int n = 0;
	bool lent = false;

	for (uint32_t handle = 0; handle < PV_HANDLES && n + 2 <= ops_max; handle++) {
		const struct pv_mapping *m = &a->mapping[handle];
		struct gnttab_unmap_grant_ref op = { .handle = handle };
		bool in_place;

		if (a->live[handle / 64] >> handle % 64 == 0) {
			handle |= 63;	/* none in the rest of this word */
			continue;
		}
		op.dev_bus_addr = m->frame << XEN_PAGE_SHIFT;
		if (m->dev)
			ops[n++] = op;
		in_place = m->host && pv_mapping_is_in_place(a, m);
		if (!m->host || (!in_place && lent))
			continue;
		if (!in_place) {
			set_stand_in(a, m);
			lent = true;
		}
		op.dev_bus_addr = 0;
		op.host_addr = in_place ? m->host_addr : (uintptr_t)pv_stand_in_bytes();
		ops[n++] = op;
	}
	return n;
}

/* One hypercall for all as a rule: each flushes Xen's TLB, which is most of its cost. */
void
pv_mappings_reset(struct arch *a)
{
	struct gnttab_unmap_grant_ref ops[UNMAPS_MAX];
	unsigned int n;

	while ((n = collect_live(a, ops, UNMAPS_MAX)) > 0) {
		ARCH_ASSERT(hypercall_grant_table(GNTTABOP_unmap_grant_ref, ops, n) == 0);
		pv_mappings_follow(a, GNTTABOP_unmap_grant_ref, ops, n);
		for (unsigned int i = 0; i < n; i++) {
			if (ops[i].status == GNTST_okay)
				continue;
			ARCH_ASSERT(ops[i].dev_bus_addr == 0);
			unmap_by_stand_in(a, ops[i].handle);
		}
	}
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++)
		if (pv_window_pte(a, w) != 0)
			ARCH_ASSERT(pv_set_mapping(pv_window(w), 0, 0) == 0);
}
