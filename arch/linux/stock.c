/*
 * stock: memory that Xen gives dom0 over what Linux has, and that Linux does not know.
 *
 * A page that a program loses goes back to Xen, and may become anybody's: nothing is given back
 * but what the books say is ours.
 */
#include "arch/linux/process.h"

#include <stdio.h>
#include <string.h>

enum { OWNED_MAX = PV_STOCK_MAX + 3 * PV_PLACES };

static struct arch self;
static uint64_t place_frame[PV_PLACES];

/* Frames that Xen is being asked for, into this part of the stock; zero until it has given them. */
static struct {
	unsigned int first, n;
} filling;

unsigned int
pv_domains(void)
{
	return 1;
}

struct arch *
pv_domain(unsigned int index)
{
	ARCH_ASSERT(index == 0);
	return &self;
}

/* Frames anew, or back; returns how many that went. */
static unsigned int
reserve(unsigned int cmd, uint64_t *frames, unsigned int n)
{
	struct xen_memory_reservation r = { .nr_extents = n, .domid = DOMID_SELF };
	long done;

	set_xen_guest_handle(r.extent_start, frames);
	done = hypercall_memory(cmd, &r);
	return done > 0 ? (unsigned int)done : 0;
}

/* Fill the stock up to n frames.  Returns how many there are then. */
static unsigned int
fill_stock(unsigned int n)
{
	filling.n = 0;
	filling.first = self.n_stock;
	memset(&self.stock[self.n_stock], 0, (n - self.n_stock) * sizeof(self.stock[0]));
	filling.n = n - self.n_stock;
	self.n_stock += reserve(XENMEM_increase_reservation, &self.stock[filling.first], filling.n);
	filling.n = 0;
	return self.n_stock;
}

void
pv_supply_stock(void)
{
	if (self.n_stock < PV_STOCK_MIN) {
		ARCH_ASSERT(fill_stock(PV_STOCK) >= PV_STOCK_MIN);
	} else if (self.n_stock > PV_STOCK_MAX) {
		unsigned int n = self.n_stock - PV_STOCK;

		ARCH_ASSERT(reserve(XENMEM_decrease_reservation, &self.stock[PV_STOCK], n) == n);
		self.n_stock = PV_STOCK;
	}
}

uint64_t
pv_frame_of(const void *p)
{
	return place_frame[((uintptr_t)p - (uintptr_t)pv_page_bytes(0)) / XEN_PAGE_SIZE];
}

bool
process_stock_begin(struct arch *a, char *why, size_t why_bytes)
{
	unsigned int n = fill_stock(PV_PAGES + PV_STOCK);

	if (n < PV_PAGES + PV_STOCK) {
		snprintf(why, why_bytes, "Xen gives dom0 %u pages over those it has, and %d are "
			 "needed; `xl mem-max 0' raises its limit, less memory for others frees "
			 "some", n, PV_PAGES + PV_STOCK);
		return false;
	}
	for (unsigned int k = 0; k < PV_PAGES; k++)
		place_frame[k] = a->stock[--a->n_stock];
	return true;
}

uint64_t
process_first_frame(void)
{
	return place_frame[0];
}

bool
process_show_pages(void)
{
	for (unsigned int k = 0; k < PV_PAGES; k++)
		if (pv_set_mapping(pv_page_bytes(k), place_frame[k], PTE_RW_FLAGS) != 0)
			return false;
	return true;
}

/* ------------------------------------------------------------------ the end */

static void
add(uint64_t *frames, unsigned int *n, uint64_t frame)
{
	for (unsigned int i = 0; i < *n; i++)
		if (frames[i] == frame)
			return;
	ARCH_ASSERT(*n < OWNED_MAX);
	frames[(*n)++] = frame;
}

/* The frame of a place's page, or 0: before the pages were set up it is as the stock gave it. */
static uint64_t
frame_at(const struct arch *a, unsigned int k)
{
	if (a->page[k].frame == 0)
		return place_frame[k];
	return a->page[k].use != PV_EMPTY ? a->page[k].frame : 0;
}

static unsigned int
collect(const struct arch *a, uint64_t frames[OWNED_MAX])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < a->n_stock; i++)
		add(frames, &n, a->stock[i]);
	for (unsigned int i = filling.first; i < filling.first + filling.n; i++)
		if (a->stock[i] != 0)
			add(frames, &n, a->stock[i]);
	for (unsigned int i = 0; i < a->n_arrived; i++)
		add(frames, &n, a->arrived[i]);
	for (unsigned int k = 0; k < PV_PLACES; k++)
		if (frame_at(a, k) != 0)
			add(frames, &n, frame_at(a, k));
	return n;
}

/* Nothing is mapped any more. */
void
process_stock_end(struct arch *a)
{
	uint64_t frames[OWNED_MAX];
	unsigned int n = collect(a, frames);

	for (unsigned int i = 0; i < n; i++)
		reserve(XENMEM_decrease_reservation, &frames[i], 1);
	a->n_stock = a->n_arrived = 0;
	for (unsigned int k = 0; k < PV_PLACES; k++)
		place_frame[k] = a->page[k].frame = 0;
}

bool
process_owns_frame(const struct arch *a, uint64_t frame)
{
	for (unsigned int k = 0; k < PV_PLACES; k++)
		if (a->page[k].use != PV_EMPTY && a->page[k].frame == frame)
			return true;
	for (unsigned int i = 0; i < a->n_arrived; i++)
		if (a->arrived[i] == frame)
			return true;
	return false;
}
