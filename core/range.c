/*
 * range: memory that is larger than a grant, grant by grant.
 */
#include "core/internal.h"

void
gnttab_foreach_grant(uint64_t frame, unsigned int offset, unsigned int len, gnttab_grant_fn *fn,
		     void *arg)
{
	ARCH_ASSERT(fn != NULL);
	frame += offset / XEN_PAGE_SIZE;
	offset %= XEN_PAGE_SIZE;
	while (len > 0) {
		unsigned int room = XEN_PAGE_SIZE - offset;
		unsigned int part = len < room ? len : room;

		fn(frame, offset, part, arg);
		len -= part;
		offset = 0;
		frame++;
	}
}
