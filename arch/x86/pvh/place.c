/* place: what a PVH guest knows of places, and what it asks Xen about them. */
#include "arch/guest/hypercall.h"
#include "arch/translated/physmap.h"

#include <xen/hvm/hvm_op.h>

uint64_t
translated_machine_frame(const void *p)
{
	(void)p;
	return ~(uint64_t)0;
}

/* Nobody puts anything beside a PVH guest yet. */
const uint8_t *
translated_module(size_t *bytes)
{
	*bytes = 0;
	return NULL;
}

uint64_t
physmap_table(void)
{
	return GFN_TABLE_0;
}

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
