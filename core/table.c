/*
 * table: how many frames the table has, and where they come from.
 *
 * The hypervisor's table grows and never shrinks.  A PV guest is told its frames and maps them; a
 * translated guest puts them, one hypercall each, at frame numbers that follow each other.
 * What the hypervisor has and we failed to map is simply set up again by the next attempt.
 */
#include "core/internal.h"

enum {
	FRAMES_LEGACY = 4,	/* R119: the maximum where it cannot be asked for */
};

/* ------------------------------------------------------------------ how many */

uint32_t
gnttab_query_frames_max(struct arch *arch)
{
	struct gnttab_query_size q = { .dom = DOMID_SELF, .status = GNTST_general_error };

	if (arch_grant_table_op(arch, GNTTABOP_query_size, &q, 1) != 0 || q.status != GNTST_okay)
		return FRAMES_LEGACY;
	return q.max_nr_frames < GNTTAB_FRAMES_LIMIT ? q.max_nr_frames : GNTTAB_FRAMES_LIMIT;
}

uint32_t
gnttab_frames_max_locked(const struct gnttab *gt)
{
	uint32_t now = gnttab_query_frames_max(gt->arch);

	return now < gt->nr_frames_max ? now : gt->nr_frames_max;
}

uint32_t
gnttab_max_grant_frames(struct gnttab *gt)
{
	uint32_t n;

	if (gt->arch == NULL)
		return 0;
	gnttab_lock(gt);
	n = gnttab_frames_max_locked(gt);
	gnttab_unlock(gt);
	return n;
}

/* ------------------------------------------------------------------ memory for them */

/* Pages that n items of the given size fill. */
static unsigned int
pages_for(uint32_t n, size_t item_bytes)
{
	return (unsigned int)(((uint64_t)n * item_bytes + XEN_PAGE_SIZE - 1) / XEN_PAGE_SIZE);
}

/* Pages of links for n frames. */
static uint32_t
link_pages_for(uint32_t n)
{
	return pages_for(n * GNTTAB_ENTRIES_PER_FRAME, sizeof(uint32_t));
}

/* Bytes of the directory's first part, the pointers to pages of links; frame numbers may follow. */
static size_t
directory_links_bytes(const struct gnttab *gt)
{
	size_t bytes = link_pages_for(gt->nr_frames_max) * sizeof gt->links[0];

	return (bytes + sizeof(xen_pfn_t) - 1) / sizeof(xen_pfn_t) * sizeof(xen_pfn_t);
}

unsigned int
gnttab_directory_pages(const struct gnttab *gt)
{
	size_t bytes = directory_links_bytes(gt);

	if (arch_translated(gt->arch))
		bytes += gt->nr_frames_max * sizeof(xen_pfn_t);
	return pages_for(1, bytes);
}

int
gnttab_alloc_links_locked(struct gnttab *gt, uint32_t nr_frames)
{
	ARCH_ASSERT(nr_frames <= gt->nr_frames_max);
	while (gt->nr_link_pages < link_pages_for(nr_frames)) {
		uint32_t *page = arch_pages_alloc(gt->arch, 1);

		if (page == NULL)
			return -XEN_ENOMEM;
		gt->links[gt->nr_link_pages++] = page;
	}
	return 0;
}

/* ------------------------------------------------------------------ set-up */

/* Map the frames that are in place.  The address is the same each time: entries do not move. */
static int
map_frames(struct gnttab *gt, const xen_pfn_t *frames, uint32_t nr_frames)
{
	struct grant_entry_v1 *shared;

	if (arch_gnttab_map_shared(gt->arch, frames, nr_frames, &shared) != 0)
		return -XEN_ENOMEM;
	ARCH_ASSERT(gt->shared == NULL || gt->shared == shared);
	gt->shared = shared;
	return 0;
}

/* Have `frames` filled with the frames of a PV guest's table, which grows if need be. */
static int
list_frames(struct gnttab *gt, xen_pfn_t *frames, uint32_t nr_frames)
{
	struct gnttab_setup_table op = {
		.dom = DOMID_SELF, .nr_frames = nr_frames, .status = GNTST_general_error,
	};

	set_xen_guest_handle(op.frame_list, frames);
	if (arch_grant_table_op(gt->arch, GNTTABOP_setup_table, &op, 1) != 0)
		return -XEN_ENODEV;
	return op.status == GNTST_okay ? 0 : -XEN_ENODEV;
}

static int
set_up_pv(struct gnttab *gt, uint32_t nr_frames)
{
	unsigned int n = pages_for(nr_frames, sizeof(xen_pfn_t));
	xen_pfn_t *frames = arch_pages_alloc(gt->arch, n);
	int rc;

	if (frames == NULL)
		return -XEN_ENOMEM;
	rc = list_frames(gt, frames, nr_frames);
	if (rc == 0)
		rc = map_frames(gt, frames, nr_frames);
	arch_pages_free(gt->arch, frames, n);
	return rc;
}

static int
set_up_translated(struct gnttab *gt, uint32_t from, uint32_t nr_frames)
{
	xen_pfn_t *frames = (xen_pfn_t *)((char *)gt->links + directory_links_bytes(gt));

	/* From the highest down, so that the hypervisor's table grows once. */
	for (uint32_t i = nr_frames; i-- > from; ) {
		struct xen_add_to_physmap op = {
			.domid = DOMID_SELF,
			.space = XENMAPSPACE_grant_table,
			.idx = i,
			.gpfn = (gt->xlat_addr >> XEN_PAGE_SHIFT) + i,
		};

		frames[i] = op.gpfn;
		if (arch_memory_op(gt->arch, XENMEM_add_to_physmap, &op) != 0)
			return -XEN_ENODEV;
	}
	return map_frames(gt, frames, nr_frames);
}

int
gnttab_set_up_locked(struct gnttab *gt, uint32_t from, uint32_t nr_frames)
{
	ARCH_ASSERT(nr_frames > from);
	ARCH_ASSERT(nr_frames <= gt->nr_frames_max);
	if (!arch_translated(gt->arch))
		return set_up_pv(gt, nr_frames);
	return set_up_translated(gt, from, nr_frames);
}

int
gnttab_grow_locked(struct gnttab *gt, uint32_t n)
{
	uint32_t more = (n + GNTTAB_ENTRIES_PER_FRAME - 1) / GNTTAB_ENTRIES_PER_FRAME;
	uint32_t nr_frames = gt->nr_frames + more;

	ARCH_ASSERT(n > 0);
	ARCH_ASSERT(gt->shared != NULL);
	if (nr_frames > gnttab_frames_max_locked(gt))
		return -XEN_ENOSPC;
	if (gnttab_alloc_links_locked(gt, nr_frames) != 0)
		return -XEN_ENOSPC;
	if (gnttab_set_up_locked(gt, gt->nr_frames, nr_frames) != 0)
		return -XEN_ENOSPC;
	gt->nr_frames = nr_frames;
	gt->free_count += more * GNTTAB_ENTRIES_PER_FRAME;
	ARCH_ASSERT(gt->free_count >= n);
	gnttab_run_callbacks_locked(gt);
	return 0;
}
