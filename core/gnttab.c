/*
 * gnttab: a table's life: where it goes, set-up, suspend and resume, the end.
 */
#include "core/internal.h"

/* ------------------------------------------------------------------ a translated guest's place */

/* An address at which a table may begin: one of a page that has a number. */
ARCH_INIT static bool
is_place(uint64_t addr)
{
	uint64_t page = addr >> XEN_PAGE_SHIFT;

	return page != 0 && addr % XEN_PAGE_SIZE == 0 && (xen_pfn_t)page == page;
}

ARCH_INIT int
gnttab_setup_auto_xlat_frames(struct gnttab *gt, struct arch *arch, uint64_t addr)
{
	int rc = -XEN_EINVAL;

	ARCH_ASSERT(gt->arch == NULL || gt->arch == arch);
	arch_lock(arch);
	ARCH_ASSERT(!gt->in_callback);
	if (gt->xlat_addr == 0 && is_place(addr) && arch_translated(arch)) {
		gt->arch = arch;
		gt->xlat_addr = addr;
		rc = 0;
	}
	arch_unlock(arch);
	return rc;
}

int
gnttab_free_auto_xlat_frames(struct gnttab *gt)
{
	int rc = 0;

	if (gt->arch == NULL)
		return 0;
	gnttab_lock(gt);
	if (gt->xlat_addr != 0 && gt->shared != NULL)
		rc = -XEN_EBUSY;
	else
		gt->xlat_addr = 0;
	gnttab_unlock(gt);
	return rc;
}

/* ------------------------------------------------------------------ set-up */

/* Get the memory that holds references; what was got stays if not all can be had. */
ARCH_INIT static int
init_memory(struct gnttab *gt)
{
	gt->links = arch_pages_alloc(gt->arch, gnttab_directory_pages(gt));
	if (gt->links == NULL)
		return -XEN_ENOMEM;
	return gnttab_alloc_links_locked(gt, 1);
}

/* All references of the first frame are free and fresh, but for those reserved. */
ARCH_INIT static void
init_references(struct gnttab *gt)
{
	ARCH_ASSERT(gt->shared != NULL);
	gt->nr_frames = 1;
	for (grant_ref_t ref = 0; ref < GNTTAB_NR_RESERVED_ENTRIES; ref++)
		ref_set(gt, ref, REF_RESERVED, INVALID_GRANT_REF);
	gt->fresh = GNTTAB_NR_RESERVED_ENTRIES;
	gt->free_head = INVALID_GRANT_REF;
	gt->free_count = GNTTAB_ENTRIES_PER_FRAME - GNTTAB_NR_RESERVED_ENTRIES;
}

ARCH_INIT static int
init_locked(struct gnttab *gt)
{
	int rc;

	if (arch_translated(gt->arch) && gt->xlat_addr == 0)
		return -XEN_ENODEV;
	gt->nr_frames_max = gnttab_query_frames_max(gt->arch);
	if (gt->nr_frames_max == 0)
		return -XEN_ENODEV;
	rc = init_memory(gt);
	if (rc == 0)
		rc = arch_gnttab_init(gt->arch, gt->nr_frames_max);
	if (rc == 0)
		rc = gnttab_set_up_locked(gt, 0, 1);
	if (rc == 0)
		init_references(gt);
	return rc;
}

/* Give back the memory that holds references. */
static void
free_memory(struct gnttab *gt)
{
	if (gt->links == NULL)
		return;
	while (gt->nr_link_pages > 0)
		arch_pages_free(gt->arch, gt->links[--gt->nr_link_pages], 1);
	arch_pages_free(gt->arch, gt->links, gnttab_directory_pages(gt));
	gt->links = NULL;
}

ARCH_INIT int
gnttab_init(struct gnttab *gt, struct arch *arch)
{
	struct gnttab before = *gt;
	int rc;

	ARCH_ASSERT(gt->shared == NULL);
	ARCH_ASSERT(gt->links == NULL);
	gt->arch = arch;
	gnttab_lock(gt);
	rc = init_locked(gt);
	if (rc != 0) {
		free_memory(gt);
		*gt = before;
	}
	arch_unlock(arch);
	return rc;
}

void
gnttab_fini(struct gnttab *gt)
{
	struct arch *arch = gt->arch;

	if (arch == NULL)
		return;
	gnttab_lock(gt);
	if (gt->shared != NULL)
		arch_gnttab_unmap(arch, gt->shared, gt->nr_frames);
	gnttab_free_deferred_locked(gt);
	free_memory(gt);
	for (struct gnttab_free_callback *cb = gt->callbacks; cb != NULL; cb = cb->next)
		cb->queued = false;
	*gt = (struct gnttab){ .arch = NULL };
	arch_unlock(arch);
}

int
gnttab_request_version(struct gnttab *gt, unsigned int version)
{
	(void)gt;
	return version == 1 ? 1 : -XEN_ENOSYS;
}

/* ------------------------------------------------------------------ suspend and resume */

/* Only set-up and the end change links, and nothing else runs beside them. */
int
gnttab_suspend(struct gnttab *gt)
{
	if (gt->links == NULL)
		return -XEN_ENODEV;
	gnttab_lock(gt);
	if (!gt->suspended) {
		gt->suspended = true;
		if (!arch_translated(gt->arch)) {
			ARCH_ASSERT(gt->shared != NULL);
			arch_gnttab_unmap(gt->arch, gt->shared, gt->nr_frames);
			gt->shared = NULL;
		}
	}
	gnttab_unlock(gt);
	return 0;
}

static int
resume_locked(struct gnttab *gt)
{
	int rc;

	ARCH_ASSERT(gt->nr_frames > 0);
	if (gnttab_frames_max_locked(gt) < gt->nr_frames)
		return -XEN_ENOSYS;
	rc = gnttab_set_up_locked(gt, 0, gt->nr_frames);
	if (rc == 0)
		gt->suspended = false;
	return rc;
}

int
gnttab_resume(struct gnttab *gt)
{
	int rc = 0;

	if (gt->links == NULL)
		return -XEN_ENODEV;
	gnttab_lock(gt);
	if (gt->suspended)
		rc = resume_locked(gt);
	gnttab_unlock(gt);
	return rc;
}
