/*
 * table: where the grant table is, and how it becomes as it was.
 *
 * Xen's table is grown to its limit at boot.  What is in place then, PHYSMAP_TABLE_KEPT frames,
 * stays at its gfn for good; each program's core puts the others at theirs, or does not, and
 * translated_table_reset takes them away again.
 */
#include "arch/translated/physmap.h"

int
arch_gnttab_init(struct arch *a, uint32_t nr_frames_max)
{
	(void)a;
	return nr_frames_max <= TRANSLATED_TABLE_FRAMES ? 0 : -XEN_ENOMEM;
}

/* All that can be mapped is mapped already: see each boot.S. */
int
arch_gnttab_map_shared(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames,
		       struct grant_entry_v1 **shared)
{
	ARCH_ASSERT(nr_frames <= TRANSLATED_TABLE_FRAMES);
	for (uint32_t i = 0; i < nr_frames; i++)
		ARCH_ASSERT(frames[i] == physmap_table(a) + i);
	*shared = physmap_table_bytes(a);
	return 0;
}

void
arch_gnttab_unmap(struct arch *a, struct grant_entry_v1 *shared, uint32_t nr_frames)
{
	(void)nr_frames;
	ARCH_ASSERT((void *)shared == physmap_table_bytes(a));
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
	return physmap_table(a) << XEN_PAGE_SHIFT;
}

void
guest_scribbled(struct arch *a, grant_ref_t ref)
{
	(void)a;
	(void)ref;
}

void
translated_table_init(struct arch *a)
{
	struct gnttab_query_size size = { .dom = DOMID_SELF };
	struct translated *t = translated(a);

	ARCH_ASSERT(translated_grant_table(a, GNTTABOP_query_size, &size, 1) == 0);
	ARCH_ASSERT(size.status == GNTST_okay);
	ARCH_ASSERT(size.max_nr_frames <= TRANSLATED_TABLE_FRAMES);
	t->table_frames = size.max_nr_frames;
	for (unsigned int i = 0; i < t->table_frames; i++)
		physmap_add_table(a, i, physmap_table(a) + i);
	t->table_placed = (uint16_t)((1u << t->table_frames) - 1);
	translated_table_placed(a);
	translated_table_reset(a);
}

void
translated_table_follow(struct arch *a, unsigned int cmd, const void *arg)
{
	const struct xen_add_to_physmap *op = arg;

	if (cmd == XENMEM_add_to_physmap && op->space == XENMAPSPACE_grant_table)
		translated(a)->table_placed |= (uint16_t)(1u << op->idx);
}

bool
translated_table_frame(struct arch *a, grant_ref_t ref, uint32_t *frame)
{
	const struct grant_entry_v1 *table = physmap_table_bytes(a);
	uint32_t i = ref / GNTTAB_ENTRIES_PER_FRAME;

	if (i >= TRANSLATED_TABLE_FRAMES || (translated(a)->table_placed >> i & 1) == 0)
		return false;
	*frame = arch_load32(&table[ref].frame);
	return true;
}

/* The guest stores into frames that are in place only; but Xen swaps entries of any. */
static void
clear_frame(struct arch *a, unsigned int i)
{
	const struct translated *t = translated(a);
	bool placed = (t->table_placed >> i & 1) != 0;
	uint64_t gfn = physmap_table(a) + i;

	if (!placed && !t->swapped)
		return;
	if (!placed)
		physmap_add_table(a, i, gfn);
	__builtin_memset((uint8_t *)physmap_table_bytes(a) + i * XEN_PAGE_SIZE, 0, XEN_PAGE_SIZE);
	if (i >= PHYSMAP_TABLE_KEPT)
		physmap_remove(a, gfn);
}

void
translated_table_reset(struct arch *a)
{
	struct translated *t = translated(a);

	for (unsigned int i = 0; i < t->table_frames; i++)
		clear_frame(a, i);
	t->table_placed = (1u << PHYSMAP_TABLE_KEPT) - 1;
	t->swapped = false;
}
