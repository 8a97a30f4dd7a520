/*
 * table: where the grant table is, and how it becomes as it was.
 *
 * Xen's table is grown to its limit at boot.  Frame 0 stays at its gfn for good; each program's
 * core puts the others at theirs, or does not, and pvh_table_reset takes them away again.
 */
#include "arch/x86/hypercall.h"
#include "arch/x86/pvh/physmap.h"

int
arch_gnttab_init(struct arch *a, uint32_t nr_frames_max)
{
	(void)a;
	return nr_frames_max <= PVH_TABLE_FRAMES ? 0 : -XEN_ENOMEM;
}

/* All that can be mapped is mapped already: see boot.S. */
int
arch_gnttab_map_shared(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames,
		       struct grant_entry_v1 **shared)
{
	(void)a;
	ARCH_ASSERT(nr_frames <= PVH_TABLE_FRAMES);
	for (uint32_t i = 0; i < nr_frames; i++)
		ARCH_ASSERT(frames[i] == GFN_TABLE_0 + i);
	*shared = physmap_bytes(GFN_TABLE_0);
	return 0;
}

void
arch_gnttab_unmap(struct arch *a, struct grant_entry_v1 *shared, uint32_t nr_frames)
{
	(void)a;
	(void)nr_frames;
	ARCH_ASSERT((void *)shared == physmap_bytes(GFN_TABLE_0));
}

bool
arch_translated(const struct arch *a)
{
	(void)a;
	return true;
}

uint64_t
guest_table_addr(const struct arch *a)
{
	(void)a;
	return (uint64_t)GFN_TABLE_0 << XEN_PAGE_SHIFT;
}

void
guest_scribbled(struct arch *a, grant_ref_t ref)
{
	(void)a;
	(void)ref;
}

void
pvh_table_init(struct arch *a)
{
	struct gnttab_query_size size = { .dom = DOMID_SELF };

	ARCH_ASSERT(hypercall_grant_table(GNTTABOP_query_size, &size, 1) == 0);
	ARCH_ASSERT(size.status == GNTST_okay);
	ARCH_ASSERT(size.max_nr_frames <= PVH_TABLE_FRAMES);
	a->table_frames = size.max_nr_frames;
	for (unsigned int i = 0; i < a->table_frames; i++)
		physmap_add_table(i, GFN_TABLE_0 + i);
	a->table_placed = (uint16_t)((1u << a->table_frames) - 1);
	pvh_table_reset(a);
}

void
pvh_table_follow(struct arch *a, unsigned int cmd, const void *arg)
{
	const struct xen_add_to_physmap *op = arg;

	if (cmd == XENMEM_add_to_physmap && op->space == XENMAPSPACE_grant_table)
		a->table_placed |= (uint16_t)(1u << op->idx);
}

bool
pvh_table_frame(const struct arch *a, grant_ref_t ref, uint32_t *frame)
{
	const struct grant_entry_v1 *table = physmap_bytes(GFN_TABLE_0);
	uint32_t i = ref / GNTTAB_ENTRIES_PER_FRAME;

	if (i >= PVH_TABLE_FRAMES || (a->table_placed >> i & 1) == 0)
		return false;
	*frame = arch_load32(&table[ref].frame);
	return true;
}

/* The guest stores into frames that are in place only; but Xen swaps entries of any. */
void
pvh_table_reset(struct arch *a)
{
	__builtin_memset(physmap_bytes(GFN_TABLE_0), 0, XEN_PAGE_SIZE);
	for (unsigned int i = 1; i < a->table_frames; i++) {
		bool placed = (a->table_placed >> i & 1) != 0;

		if (!placed && !a->swapped)
			continue;
		if (!placed)
			physmap_add_table(i, GFN_TABLE_0 + i);
		__builtin_memset(physmap_bytes(GFN_TABLE_0 + i), 0, XEN_PAGE_SIZE);
		physmap_remove(GFN_TABLE_0 + i);
	}
	a->table_placed = 1;
	a->swapped = false;
}
