/* start: how the process gets all it needs, and gives all of it back, in every case. */
#include "arch/linux/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void
arch_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "host-agent: %s:%d: %s does not hold\n", file, line, what);
	abort();
}

/* The process is dom0's. */
domid_t
guest_domid(const struct arch *a)
{
	(void)a;
	return 0;
}

static bool
begin(struct arch *a, char *why, size_t why_bytes)
{
	if (process_open() != 0) {
		snprintf(why, why_bytes, "/dev/xen/privcmd: %s; modprobe xen-privcmd, as root",
			 strerror(errno));
		return false;
	}
	if (!process_watch(a, why, why_bytes) || !process_stock_begin(a, why, why_bytes))
		return false;
	if (!process_memory_init(process_first_frame()) || !process_show_pages()) {
		snprintf(why, why_bytes, "Xen does not map dom0's pages into a process: a dom0 "
			 "that is no PV domain, perhaps (dom0=pv)");
		return false;
	}
	if (!process_table_begin(a, why, why_bytes))
		return false;
	pv_pages_init(a);
	return true;
}

bool
process_begin(struct arch *a, char *why, size_t why_bytes)
{
	bool good = begin(a, why, why_bytes);

	if (!good)
		process_end(a);
	return good;
}

void
process_undo(struct arch *a)
{
	if (process_has_memory()) {
		process_flight_land(a);
		pv_mappings_reset(a);
		process_table_end(a);
		process_memory_end();
	}
	process_stock_end(a);
}

void
process_end(struct arch *a)
{
	process_undo(a);
	process_unwatch();
	process_close();
}

/* Nothing of the table's or of memory is bad on purpose here: others' memory is theirs. */
uint64_t
guest_special_frame(const struct arch *a, enum guest_special which)
{
	(void)a;
	(void)which;
	return GUEST_FRAME_NONE;
}

void
pv_special_init(struct arch *a)
{
	(void)a;
}

/* Nothing is borrowed to begin with: see process_has_strays. */
void
pv_return_borrowed(void)
{
}

void
pv_stand_in(struct arch *a, uint64_t frame, unsigned int flags)
{
	(void)a;
	(void)frame;
	(void)flags;
	arch_panic(__FILE__, __LINE__, "a page of ours that is mapped is ours");
}

bool
process_has_strays(const struct arch *a)
{
	for (unsigned int h = 0; h < PV_HANDLES; h++)
		if (a->mapping[h].host && !pv_mapping_is_in_place(a, &a->mapping[h]))
			return true;
	return false;
}

bool
process_has_domain(domid_t domid)
{
	struct gnttab_query_size size = { .dom = domid };

	return domid != 0 && hypercall_grant_table(GNTTABOP_query_size, &size, 1) == 0 &&
	       size.status == GNTST_okay;
}
