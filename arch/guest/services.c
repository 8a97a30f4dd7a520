/*
 * services: what arch.h and guest.h ask of any guest of ours, PV or PVH, and no hypervisor is
 * needed for.
 *
 * A domain has one virtual CPU and no interrupt is ever delivered, so a lock is nothing to do.
 * Pages for arch_pages_alloc lie side by side in a fixed stock.
 */
#include "arch/guest.h"
#include "arch/guest/common.h"
#include "arch/guest/hypercall.h"

#include <xen/version.h>

enum { HEAP_PAGES = 64 };

static uint64_t heap_used;	/* bit p: page p, by any of the domains that run here */

_Static_assert(HEAP_PAGES == 8 * sizeof(uint64_t), "heap_used has a bit for each page");

static struct services *
services(struct arch *a)
{
	return (struct services *)(void *)a;
}

bool
services_is_fated(struct arch *a)
{
	struct services *s = services(a);

	return s->fail_hypercall != 0 && --s->fail_hypercall == 0;
}

void
services_reset(struct arch *a)
{
	heap_used &= ~services(a)->heap_used;
	*services(a) = (struct services){ 0 };
}

/* A domain has one virtual CPU: one branch after the other. */
void
guest_at_once(struct arch *const actor[], unsigned int n, void (*run)(void *ctx, unsigned int i),
	      void *ctx, const struct guest_turns *turns)
{
	(void)actor;
	(void)turns;
	for (unsigned int i = 0; i < n; i++)
		run(ctx, i);
}

/* ------------------------------------------------------------------ memory */

static uint8_t heap[HEAP_PAGES][XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));

static uint64_t
mask(unsigned int first, unsigned int n)
{
	return (n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0) << first;
}

void *
arch_pages_alloc(struct arch *a, unsigned int n)
{
	struct services *s = services(a);

	ARCH_ASSERT(n > 0);
	if (s->fail_alloc != 0 && --s->fail_alloc == 0)
		return NULL;
	for (unsigned int first = 0; first + n <= HEAP_PAGES; first++) {
		if ((heap_used & mask(first, n)) != 0)
			continue;
		heap_used |= mask(first, n);
		s->heap_used |= mask(first, n);
		__builtin_memset(heap[first], 0, (size_t)n * XEN_PAGE_SIZE);
		return heap[first];
	}
	return NULL;
}

void
arch_pages_free(struct arch *a, void *p, unsigned int n)
{
	struct services *s = services(a);
	unsigned int first = (unsigned int)(((uintptr_t)p - (uintptr_t)heap) / XEN_PAGE_SIZE);

	ARCH_ASSERT(first + n <= HEAP_PAGES);
	ARCH_ASSERT((s->heap_used & mask(first, n)) == mask(first, n));
	s->heap_used &= ~mask(first, n);
	heap_used &= ~mask(first, n);
}

void
arch_page_put(struct arch *a, uintptr_t page)
{
	ARCH_ASSERT(page >= 1);
	services(a)->pages_put++;
}

void
guest_page_write(struct arch *a, unsigned int slot, unsigned int off, const void *bytes,
		 unsigned int len)
{
	uint8_t *p = guest_page_bytes(a, slot);

	ARCH_ASSERT(p != NULL);
	__builtin_memcpy(p + off, bytes, len);
}

static uint8_t *
place_bytes(struct arch *a, enum guest_place at, unsigned int i, bool *writable)
{
	*writable = true;
	return at == GUEST_PAGE ? guest_page_bytes(a, i) : guest_window_bytes(a, i, writable);
}

bool
guest_load16(struct arch *a, enum guest_place at, unsigned int i, unsigned int off, uint16_t *v)
{
	bool writable;
	const uint8_t *bytes = place_bytes(a, at, i, &writable);

	if (bytes != NULL)
		*v = arch_load16_acquire((const uint16_t *)(const void *)(bytes + off));
	return bytes != NULL;
}

bool
guest_store16(struct arch *a, enum guest_place at, unsigned int i, unsigned int off, uint16_t v)
{
	bool writable;
	uint8_t *bytes = place_bytes(a, at, i, &writable);

	if (bytes == NULL || !writable)
		return false;
	__atomic_store_n((uint16_t *)(void *)(bytes + off), v, __ATOMIC_SEQ_CST);
	return true;
}

/* ------------------------------------------------------------------ one CPU, no interrupts */

void
arch_lock(struct arch *a)
{
	(void)a;
}

void
arch_unlock(struct arch *a)
{
	(void)a;
}

/* Nobody else runs here: no retry waits for what time would bring. */
void
arch_sleep_ms(struct arch *a, unsigned int ms)
{
	services(a)->slept_ms += ms;
}

void
arch_defer_arm(struct arch *a)
{
	(void)a;	/* programs tick themselves */
}

/* ------------------------------------------------------------------ faults and rare conditions */

void
guest_fail_alloc(struct arch *a, unsigned int n)
{
	services(a)->fail_alloc = n;
}

void
guest_fail_hypercall(struct arch *a, unsigned int n)
{
	services(a)->fail_hypercall = n;
}

/* A PV domain's pages cannot be paged out, and nobody pages out those of a lone dom0. */
int
guest_page_out(struct arch *a, unsigned int slot, unsigned int n)
{
	(void)a;
	(void)slot;
	(void)n;
	return -XEN_EOPNOTSUPP;
}

/* No emulated machine has memory above 16 TiB, and a translated guest's numbers are its own. */
int
guest_page_widen(struct arch *a, unsigned int slot)
{
	(void)a;
	(void)slot;
	return -XEN_EOPNOTSUPP;
}

unsigned int
guest_pages_put(const struct arch *a)
{
	return ((const struct services *)(const void *)a)->pages_put;
}

unsigned int
guest_slept_ms(const struct arch *a)
{
	return ((const struct services *)(const void *)a)->slept_ms;
}

/* ------------------------------------------------------------------ the hypervisor */

uint32_t
guest_xen_version(void)
{
	xen_extraversion_t extra = ".";	/* ".7", "-rc", ... */
	unsigned int point = 0;
	long version = hypercall(__HYPERVISOR_xen_version, XENVER_version, 0, 0, 0);

	hypercall(__HYPERVISOR_xen_version, XENVER_extraversion, (unsigned long)extra, 0, 0);
	for (unsigned int i = 1; extra[0] == '.' && extra[i] >= '0' && extra[i] <= '9'; i++)
		point = point * 10 + (unsigned int)(extra[i] - '0');
	return (uint32_t)(version >> 16 << 16 | (version & 0xff) << 8 | (point & 0xff));
}
