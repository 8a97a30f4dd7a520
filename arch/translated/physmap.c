#include "arch/translated/physmap.h"

static void
add(struct arch *a, unsigned int space, uint64_t index, uint64_t gfn)
{
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF, .space = space, .idx = index, .gpfn = gfn,
	};

	ARCH_ASSERT(translated_memory(a, XENMEM_add_to_physmap, &op) == 0);
}

void
physmap_add_table(struct arch *a, uint32_t index, uint64_t gfn)
{
	add(a, XENMAPSPACE_grant_table, index, gfn);
}

void
physmap_add_shared_info(struct arch *a, uint64_t gfn)
{
	add(a, XENMAPSPACE_shared_info, 0, gfn);
}

void
physmap_move(struct arch *a, uint64_t from, uint64_t to)
{
	add(a, XENMAPSPACE_gmfn, from, to);
}

void
physmap_populate(struct arch *a, uint64_t gfn)
{
	xen_pfn_t frame = gfn;
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

	set_xen_guest_handle(r.extent_start, &frame);
	ARCH_ASSERT(translated_memory(a, XENMEM_populate_physmap, &r) == 1);
}

void
physmap_remove(struct arch *a, uint64_t gfn)
{
	struct xen_remove_from_physmap op = { .domid = DOMID_SELF, .gpfn = gfn };

	ARCH_ASSERT(translated_memory(a, XENMEM_remove_from_physmap, &op) == 0);
}

uint32_t
physmap_left(struct arch *a)
{
	domid_t self = DOMID_SELF;
	long most = translated_memory(a, XENMEM_maximum_reservation, &self);
	long now = translated_memory(a, XENMEM_current_reservation, &self);

	return most > now ? (uint32_t)(most - now) : 0;
}
