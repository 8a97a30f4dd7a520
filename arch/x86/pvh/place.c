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

/* A PVH dom0 is alone. */
void
translated_find_others(void)
{
}

void
translated_need(unsigned int domains)
{
	(void)domains;
}

/* We see them as soon as Xen has put them there. */
void
translated_table_placed(struct arch *a)
{
	(void)a;
}

/* ------------------------------------------------------------------ hypercalls */

long
translated_grant_table(struct arch *a, unsigned int cmd, void *ops, unsigned int count)
{
	(void)a;
	return hypercall_grant_table(cmd, ops, count);
}

long
translated_memory(struct arch *a, unsigned int cmd, void *arg)
{
	(void)a;
	return hypercall_memory(cmd, arg);
}

/* ------------------------------------------------------------------ gfns */

uint64_t
physmap_table(const struct arch *a)
{
	(void)a;
	return GFN_TABLE_0;
}

void *
physmap_table_bytes(const struct arch *a)
{
	return physmap_bytes(physmap_table(a));
}

uint8_t *
physmap_look(struct arch *a, uint64_t gfn)
{
	(void)a;
	return physmap_bytes(gfn);
}

void
physmap_store(struct arch *a, uint64_t gfn, unsigned int off, const void *bytes, unsigned int len)
{
	__builtin_memcpy(physmap_look(a, gfn) + off, bytes, len);
}

void
physmap_clear(struct arch *a, uint64_t gfn)
{
	physmap_remove(a, gfn);
}

enum physmap_sort
physmap_at(struct arch *a, uint64_t gfn)
{
	struct xen_hvm_get_mem_type op = { .domid = DOMID_SELF, .pfn = gfn };

	(void)a;
	ARCH_ASSERT(hypercall(__HYPERVISOR_hvm_op, HVMOP_get_mem_type, (unsigned long)&op, 0, 0) ==
		    0);
	switch (op.mem_type) {
	case HVMMEM_ram_rw: return PHYSMAP_WRITABLE;
	case HVMMEM_ram_ro: return PHYSMAP_READONLY;
	default: return PHYSMAP_HOLE;
	}
}
