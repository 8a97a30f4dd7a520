#include "arch/translated/physmap.h"

#include "arch/guest/hypercall.h"

static void
add(unsigned int space, uint64_t index, uint64_t gfn)
{
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF, .space = space, .idx = index, .gpfn = gfn,
	};

	ARCH_ASSERT(hypercall_memory(XENMEM_add_to_physmap, &op) == 0);
}

void
physmap_add_table(uint32_t index, uint64_t gfn)
{
	add(XENMAPSPACE_grant_table, index, gfn);
}

void
physmap_add_shared_info(uint64_t gfn)
{
	add(XENMAPSPACE_shared_info, 0, gfn);
}

void
physmap_move(uint64_t from, uint64_t to)
{
	add(XENMAPSPACE_gmfn, from, to);
}

void
physmap_populate(uint64_t gfn)
{
	xen_pfn_t frame = gfn;
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

	set_xen_guest_handle(r.extent_start, &frame);
	ARCH_ASSERT(hypercall_memory(XENMEM_populate_physmap, &r) == 1);
}

void
physmap_remove(uint64_t gfn)
{
	struct xen_remove_from_physmap op = { .domid = DOMID_SELF, .gpfn = gfn };

	ARCH_ASSERT(hypercall_memory(XENMEM_remove_from_physmap, &op) == 0);
}

uint32_t
physmap_left(void)
{
	domid_t self = DOMID_SELF;
	long most = hypercall_memory(XENMEM_maximum_reservation, &self);
	long now = hypercall_memory(XENMEM_current_reservation, &self);

	return most > now ? (uint32_t)(most - now) : 0;
}
