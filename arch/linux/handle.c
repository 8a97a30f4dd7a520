/*
 * handle: Xen's handles are as many as dom0 may have, and shared with Linux; a program's are few,
 * and lowest first.  One that is not a program's own by now may be Linux's: Xen is given a number
 * that is nobody's in its place, and says the same of it.
 */
#include "arch/linux/process.h"

#define NOBODYS (~(uint32_t)0)

static uint32_t of_xen[PV_HANDLES];
static bool given[PV_HANDLES];		/* of_xen[h] is in use, or was when last looked at */

uint32_t
process_handle_of(uint32_t ours)
{
	return ours < PV_HANDLES && given[ours] ? of_xen[ours] : NOBODYS;
}

uint32_t
process_handle_ours(uint32_t xens)
{
	for (uint32_t h = 0; h < PV_HANDLES; h++)
		if (given[h] && of_xen[h] == xens)
			return h;
	return NOBODYS;
}

static bool
is_live(uint32_t h)
{
	const struct pv_mapping *m = &pv_domain(0)->mapping[h];

	return m->host || m->dev;
}

void
process_handles_settle(void)
{
	for (uint32_t h = 0; h < PV_HANDLES; h++)
		given[h] = given[h] && is_live(h);
}

uint32_t
process_handle_new(uint32_t xens)
{
	uint32_t h = process_handle_ours(xens);

	if (h < PV_HANDLES)
		return h;
	for (h = 0; given[h] || is_live(h); h++)
		ARCH_ASSERT(h + 1 < PV_HANDLES);
	of_xen[h] = xens;
	given[h] = true;
	return h;
}

unsigned int
process_handles_left(const struct arch *a)
{
	unsigned int n = PV_HANDLES - 1;

	for (uint32_t h = 0; h < PV_HANDLES; h++)
		n -= a->mapping[h].host || a->mapping[h].dev;
	return n;
}
