/*
 * table: the end of dom0's grant table, as if it were a table of its own.
 *
 * A table never shrinks; but what is left of it when the process ends is free for the next one.  A
 * mark in its very last entry, which to Xen is a free one, says that it is.
 */
#include "arch/linux/process.h"

#include <stdio.h>
#include <string.h>

enum {
	LAST = PROCESS_FRAMES * GNTTAB_ENTRIES_PER_FRAME - 1,
	MARK = 0x676e7466,	/* a frame number, which Xen does not look at where flags are 0 */
};

static bool ours;			/* its end, to clear when we go */

static struct grant_entry_v1 *
entries(void)
{
	return (struct grant_entry_v1 *)(void *)process_table_bytes(0);
}

/* ------------------------------------------------------------------ begin and end */

static bool
show(struct arch *a)
{
	struct gnttab_setup_table setup = { .dom = DOMID_SELF, .nr_frames = PROCESS_FRAMES };

	set_xen_guest_handle(setup.frame_list, a->table_frame);
	if (hypercall_grant_table(GNTTABOP_setup_table, &setup, 1) != 0 ||
	    setup.status != GNTST_okay)
		return false;
	for (unsigned int i = 0; i < PROCESS_FRAMES; i++)
		if (pv_set_mapping(process_table_bytes(i), a->table_frame[i], PTE_RW_FLAGS) != 0)
			return false;
	a->table_frames = PROCESS_FRAMES;
	return true;
}

/* The first entry with a flag, or LAST + 1. */
static unsigned int
first_in_use(void)
{
	unsigned int i = 0;

	while (i <= LAST && entries()[i].flags == 0)
		i++;
	return i;
}

bool
process_table_begin(struct arch *a, char *why, size_t why_bytes)
{
	struct gnttab_query_size size = { .dom = DOMID_SELF };
	uint32_t had;

	if (hypercall_grant_table(GNTTABOP_query_size, &size, 1) != 0 ||
	    size.status != GNTST_okay) {
		snprintf(why, why_bytes, "Xen does not tell the size of the grant table");
		return false;
	}
	had = size.nr_frames;
	if (size.max_nr_frames < 2 * PROCESS_FRAMES || size.max_nr_frames > TAIL_TABLE_MAX) {
		snprintf(why, why_bytes, "dom0's grant table has %u frames at most, and 8 to %d "
			 "are needed; boot Xen with gnttab_max_frames=64", size.max_nr_frames,
			 TAIL_TABLE_MAX);
		return false;
	}
	tail_begin(0, size.max_nr_frames - PROCESS_FRAMES);
	if (!show(a)) {
		snprintf(why, why_bytes, "the grant table cannot be grown to its limit; Xen may "
			 "be out of memory");
		return false;
	}
	if (first_in_use() <= LAST) {
		snprintf(why, why_bytes, "reference %u of dom0 is in use, of those at the end of "
			 "its table: Linux needs them, or a run was killed with its watcher; boot "
			 "the host anew",
			 tail_before(0) * GNTTAB_ENTRIES_PER_FRAME + first_in_use());
		return false;
	}
	if (had > tail_before(0) && entries()[LAST].frame != MARK) {
		snprintf(why, why_bytes, "dom0's grant table is at its limit already: Linux may "
			 "need its end, or a run was killed with its watcher; boot the host anew, "
			 "with a larger gnttab_max_frames");
		return false;
	}
	ours = true;
	return true;
}

void
process_table_end(struct arch *a)
{
	if (!ours)
		return;
	if (first_in_use() <= LAST)
		pv_table_reset(a);
	entries()[LAST].frame = MARK;
	ours = false;
}

void
pv_table_reset(struct arch *a)
{
	(void)a;
	memset(entries(), 0, PROCESS_FRAMES * XEN_PAGE_SIZE);
}

/* ------------------------------------------------------------------ for the core */

int
arch_gnttab_init(struct arch *a, uint32_t nr_frames_max)
{
	(void)a;
	return nr_frames_max <= PROCESS_FRAMES ? 0 : -XEN_ENOMEM;
}

/* All of it is mapped, for good. */
int
arch_gnttab_map_shared(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames,
		       struct grant_entry_v1 **shared)
{
	ARCH_ASSERT(nr_frames <= PROCESS_FRAMES);
	for (uint32_t i = 0; i < nr_frames; i++)
		ARCH_ASSERT(frames[i] == a->table_frame[i]);
	*shared = entries();
	return 0;
}

void
arch_gnttab_unmap(struct arch *a, struct grant_entry_v1 *shared, uint32_t nr_frames)
{
	(void)a;
	ARCH_ASSERT(shared == entries());
	ARCH_ASSERT(nr_frames <= PROCESS_FRAMES);
}
