/*
 * mappings: the handles that Xen has given out, so that all can be given back.
 *
 * A program may leave anything behind: a handle whose window was mapped over, whose page-table
 * entry another handle's unmap took, or which has lost one of its two parts.  In Xen each host
 * part of a handle is one reference on the frame, and so is each page-table entry; an unmap
 * consumes one of both, whichever entry it finds.  Hence a fresh ordinary mapping of the same
 * frame, which brings its own reference, stands in for an entry that is gone.
 */
#include "arch/x86/hypercall.h"
#include "arch/x86/pv.h"

static uint8_t stand_in[XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));

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

static bool
unmap_one(uint32_t handle, uint64_t host_addr, uint64_t dev_bus_addr)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = host_addr, .dev_bus_addr = dev_bus_addr, .handle = handle, .status = 1,
	};

	return hypercall_grant_table(GNTTABOP_unmap_grant_ref, &op, 1) == 0 &&
	       op.status == GNTST_okay;
}

/*
 * Unmap the host part through another entry than its own.  The frame may be lost: without its
 * entry a mapping does not keep Xen from taking the page.
 */
static void
unmap_by_stand_in(struct arch *a, const struct pv_mapping *m, uint32_t handle)
{
	unsigned int flags = m->readonly ? PTE_RO_FLAGS : PTE_RW_FLAGS;

	if (pv_set_mapping(stand_in, m->frame, flags) != 0) {
		ARCH_ASSERT(pv_page_recover(a, m->frame));
		ARCH_ASSERT(pv_set_mapping(stand_in, m->frame, flags) == 0);
	}
	ARCH_ASSERT(unmap_one(handle, (uintptr_t)stand_in, 0));
}

static void
undo(struct arch *a, uint32_t handle)
{
	struct pv_mapping *m = &a->mapping[handle];

	if (m->dev)
		ARCH_ASSERT(unmap_one(handle, 0, m->frame << XEN_PAGE_SHIFT));
	if (m->host && !unmap_one(handle, m->host_addr, 0))
		unmap_by_stand_in(a, m, handle);
	m->host = false;
	m->dev = false;
}

void
pv_mappings_reset(struct arch *a)
{
	for (unsigned int word = 0; word < PV_HANDLES / 64; word++)
		for (; a->live[word] != 0; a->live[word] &= a->live[word] - 1) {
			uint32_t handle = word * 64 + (unsigned int)__builtin_ctzll(a->live[word]);

			undo(a, handle);
		}
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++)
		if (*(volatile uint64_t *)a->window_pte[w] != 0)
			ARCH_ASSERT(pv_set_mapping(pv_window(w), 0, 0) == 0);
}
