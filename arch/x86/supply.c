/*
 * supply: how machine memory comes from Xen to us and back.
 *
 * At boot dom0 takes nearly all that Xen has free.  A frame that Xen takes from a domain later, by
 * a transfer that fails, is then one of few that it can give, and can be had again: a program may
 * end with a handle on such a frame, and no handle can be given back unless its frame is
 * somebody's.
 *
 * Nothing is asked for while a program runs: the frame of a page that was lost stays nobody's.  Nor
 * as a rule between two: each domain has a stock, for what Xen gives anew it flushes all TLBs.
 */
#include "arch/guest/domu.h"
#include "arch/guest/hypercall.h"
#include "arch/x86/pv.h"

enum {
	CHUNK = PV_SUPPLY_MAX,
	XEN_KEEPS = 128,	/* pages; what it needs for grants it has already */
	KEPT = XEN_KEEPS + GUEST_DOMAINS_MAX * PV_STOCK,
};

static xen_pfn_t chunk[CHUNK], kept[KEPT];

/* Populate and its reverse, for a domain: the number of frames that were done. */
static unsigned int
reserve(unsigned int cmd, domid_t domid, xen_pfn_t *frames, unsigned int n)
{
	struct xen_memory_reservation r = { .nr_extents = n, .domid = domid };
	long done;

	set_xen_guest_handle(r.extent_start, frames);
	done = hypercall_memory(cmd, &r);
	return done > 0 ? (unsigned int)done : 0;
}

/*
 * What goes in is the page's number in our own books, which Xen only notes; what comes out is
 * its frame.
 */
static unsigned int
take_for(domid_t domid, xen_pfn_t *frames, unsigned int n)
{
	__builtin_memset(frames, 0, n * sizeof(frames[0]));
	return reserve(XENMEM_populate_physmap, domid, frames, n);
}

static unsigned int
take(xen_pfn_t *frames, unsigned int n)
{
	return take_for(DOMID_SELF, frames, n);
}

void
pv_supply_return(uint64_t *frames, unsigned int n)
{
	ARCH_ASSERT(reserve(XENMEM_decrease_reservation, DOMID_SELF, frames, n) == n);
}

void
pv_supply_stock(void)
{
	for (unsigned int i = 0; i < pv_domains(); i++) {
		struct arch *a = pv_domain(i);
		domid_t domid = i != 0 ? (domid_t)i : DOMID_SELF;
		unsigned int n;

		if (a->n_stock >= PV_STOCK_MIN && a->n_stock <= PV_STOCK_MAX)
			continue;
		if (a->n_stock < PV_STOCK) {
			n = PV_STOCK - a->n_stock;
			pv_set_room(i, n);
			ARCH_ASSERT(take_for(domid, &a->stock[a->n_stock], n) == n);
		} else {
			n = a->n_stock - PV_STOCK;
			ARCH_ASSERT(reserve(XENMEM_decrease_reservation, domid,
					    &a->stock[PV_STOCK], n) == n);
		}
		a->n_stock = PV_STOCK;
	}
}

/* What Xen has free is others' where we are not dom0. */
void
pv_supply_init(void)
{
	if (domu_is()) {
		pv_supply_stock();
		return;
	}
	ARCH_ASSERT(take(kept, KEPT) == KEPT);
	while (take(chunk, CHUNK) == CHUNK)
		;
	pv_supply_return(kept, KEPT);
	pv_supply_stock();
}

void
pv_supply_exactly(uint64_t frame)
{
	unsigned int n = 0, found = CHUNK;

	while (found == CHUNK) {
		ARCH_ASSERT(n < CHUNK);
		ARCH_ASSERT(take(&chunk[n], 1) == 1);
		if (chunk[n] == frame)
			found = n;
		n++;
	}
	chunk[found] = chunk[n - 1];
	if (n > 1)
		pv_supply_return(chunk, n - 1);
}
