/*
 * table: the hooks that map the grant table, and the table as Xen sees it.
 *
 * A domain's table has one address in all domains.  The domain itself maps it there when its core
 * says so; the others have it there always, so that the interpreter can look at a peer's entries.
 * Xen's table is grown to its limit at boot and mapped here once more, for good: pv_table_reset
 * clears it through that mapping, whatever a program did to the core's.
 */
#include "arch/x86/hypercall.h"
#include "arch/x86/pv.h"

typedef uint8_t frame_bytes[XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));

/* What each domain's core accesses, and the others look at. */
static frame_bytes views[GUEST_DOMAINS_MAX][PV_TABLE_FRAMES];
static frame_bytes reset_view[PV_TABLE_FRAMES];

int
arch_gnttab_init(struct arch *a, uint32_t nr_frames_max)
{
	(void)a;
	return nr_frames_max <= PV_TABLE_FRAMES ? 0 : -XEN_ENOMEM;
}

int
arch_gnttab_map_shared(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames,
		       struct grant_entry_v1 **shared)
{
	ARCH_ASSERT(nr_frames <= PV_TABLE_FRAMES);
	for (uint32_t i = 0; i < nr_frames; i++) {
		if (a->table_mapped[i] == frames[i])
			continue;
		if (pv_set_mapping(views[a->index][i], frames[i], PTE_RW_FLAGS) != 0)
			return -XEN_ENOMEM;
		a->table_mapped[i] = frames[i];
	}
	*shared = (struct grant_entry_v1 *)views[a->index];
	return 0;
}

void
arch_gnttab_unmap(struct arch *a, struct grant_entry_v1 *shared, uint32_t nr_frames)
{
	ARCH_ASSERT((void *)shared == (void *)views[a->index]);
	ARCH_ASSERT(nr_frames <= PV_TABLE_FRAMES);
	for (uint32_t i = 0; i < nr_frames; i++) {
		if (a->table_mapped[i] == 0)
			continue;
		ARCH_ASSERT(pv_set_mapping(views[a->index][i], 0, 0) == 0);
		a->table_mapped[i] = 0;
	}
}

bool
arch_translated(const struct arch *a)
{
	(void)a;
	return false;
}

/* A PV guest's table has no guest-physical address. */
uint64_t
guest_table_addr(const struct arch *a)
{
	(void)a;
	return 0;
}

void
guest_scribbled(struct arch *a, grant_ref_t ref)
{
	(void)a;
	(void)ref;
}

void
pv_table_init(struct arch *a)
{
	struct gnttab_query_size size = { .dom = DOMID_SELF };
	struct gnttab_setup_table setup = { .dom = DOMID_SELF };

	ARCH_ASSERT(hypercall_grant_table(GNTTABOP_query_size, &size, 1) == 0);
	ARCH_ASSERT(size.status == GNTST_okay);
	ARCH_ASSERT(size.max_nr_frames <= PV_TABLE_FRAMES);
	a->table_frames = size.max_nr_frames;
	setup.nr_frames = size.max_nr_frames;
	set_xen_guest_handle(setup.frame_list, a->table_frame);
	ARCH_ASSERT(hypercall_grant_table(GNTTABOP_setup_table, &setup, 1) == 0);
	ARCH_ASSERT(setup.status == GNTST_okay);
	for (unsigned int i = 0; i < a->table_frames; i++) {
		ARCH_ASSERT(pv_set_mapping(reset_view[i], a->table_frame[i], PTE_RW_FLAGS) == 0);
		ARCH_ASSERT(pv_set_mapping(views[a->index][i], 0, 0) == 0);
	}
	pv_table_reset(a);
}

void
pv_table_reset(struct arch *a)
{
	arch_gnttab_unmap(a, (struct grant_entry_v1 *)views[a->index], a->table_frames);
	__builtin_memset(reset_view, 0, (size_t)a->table_frames * XEN_PAGE_SIZE);
}

/* Show table frame i of domain `of` to domain `to`, which is another. */
static void
show(unsigned int of, unsigned int to, unsigned int i)
{
	uint64_t frame = pv_domain(of)->table_frame[i];
	int rc;

	if (to == 0)
		rc = pv_set_foreign_mapping(views[of][i], frame, PTE_RW_FLAGS, (domid_t)of);
	else
		rc = pv_set_pte_of(to, pv_built_pte(to, views[of][i]), frame, PTE_RW_FLAGS, of);
	ARCH_ASSERT(rc == 0);
}

void
pv_table_share(void)
{
	for (unsigned int of = 0; of < pv_domains(); of++)
		for (unsigned int to = 0; to < pv_domains(); to++)
			for (unsigned int i = 0; to != of && i < pv_domain(of)->table_frames; i++)
				show(of, to, i);
}
