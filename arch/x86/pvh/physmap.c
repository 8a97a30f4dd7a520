#include "arch/x86/pvh/physmap.h"

#include <xen/hvm/hvm_op.h>

#include "arch/x86/hypercall.h"

enum physmap_sort
physmap_at(uint64_t gfn)
{
	struct xen_hvm_get_mem_type op = { .domid = DOMID_SELF, .pfn = gfn };

	ARCH_ASSERT(hypercall(__HYPERVISOR_hvm_op, HVMOP_get_mem_type, (unsigned long)&op, 0, 0) ==
		    0);
	switch (op.mem_type) {
	case HVMMEM_ram_rw: return PHYSMAP_WRITABLE;
	case HVMMEM_ram_ro: return PHYSMAP_READONLY;
	default: return PHYSMAP_HOLE;
	}
}

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
