/*
 * guest: the rest of what arch.h and guest.h ask of a PVH domain, and how it comes up.
 *
 * There is one virtual CPU and no interrupt is ever delivered, so a lock is nothing to do.
 */
#include "arch/x86/hypercall.h"
#include "arch/x86/pvh/pvh.h"

#include <xen/version.h>

void pvh_start(void);

/* ------------------------------------------------------------------ hypercalls */

/* Whether this hypercall is the one that shall fail. */
static bool
is_fated(struct arch *a)
{
	return a->fail_hypercall != 0 && --a->fail_hypercall == 0;
}

int
arch_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	if (is_fated(a))
		return -XEN_EFAULT;

	int rc = (int)hypercall_grant_table(cmd, uop, count);

	if (rc == 0) {
		a->swapped |= cmd == GNTTABOP_swap_grant_ref;
		pvh_windows_follow(a, cmd, uop, count);
	}
	return rc;
}

int
arch_memory_op(struct arch *a, unsigned int cmd, void *arg)
{
	if (is_fated(a))
		return -XEN_EFAULT;

	int rc = (int)hypercall_memory(cmd, arg);

	if (rc == 0)
		pvh_table_follow(a, cmd, arg);
	return rc;
}

/* ------------------------------------------------------------------ services */

static uint8_t heap[PVH_HEAP_PAGES][XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));

static uint64_t
mask(unsigned int first, unsigned int n)
{
	return (n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0) << first;
}

void *
arch_pages_alloc(struct arch *a, unsigned int n)
{
	ARCH_ASSERT(n > 0);
	if (a->fail_alloc != 0 && --a->fail_alloc == 0)
		return NULL;
	for (unsigned int first = 0; first + n <= PVH_HEAP_PAGES; first++) {
		if ((a->heap_used & mask(first, n)) != 0)
			continue;
		a->heap_used |= mask(first, n);
		__builtin_memset(heap[first], 0, (size_t)n * XEN_PAGE_SIZE);
		return heap[first];
	}
	return NULL;
}

void
arch_pages_free(struct arch *a, void *p, unsigned int n)
{
	unsigned int first = (unsigned int)(((uintptr_t)p - (uintptr_t)heap) / XEN_PAGE_SIZE);

	ARCH_ASSERT(first + n <= PVH_HEAP_PAGES);
	ARCH_ASSERT((a->heap_used & mask(first, n)) == mask(first, n));
	a->heap_used &= ~mask(first, n);
}

void
arch_page_put(struct arch *a, uintptr_t page)
{
	ARCH_ASSERT(page >= 1);
	ARCH_ASSERT(page <= PVH_PAGES);
	a->pages_put++;
}

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
	a->slept_ms += ms;
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
	a->fail_alloc = n;
}

void
guest_fail_hypercall(struct arch *a, unsigned int n)
{
	a->fail_hypercall = n;
}

/* Nobody pages out the pages of the only domain. */
int
guest_page_out(struct arch *a, unsigned int slot, unsigned int n)
{
	(void)a;
	(void)slot;
	(void)n;
	return -XEN_EOPNOTSUPP;
}

/* Frame numbers are the guest's own. */
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
	return a->pages_put;
}

unsigned int
guest_slept_ms(const struct arch *a)
{
	return a->slept_ms;
}

/* ------------------------------------------------------------------ start and reset */

uint32_t
pvh_xen_version(void)
{
	xen_extraversion_t extra = ".";	/* ".7", "-rc", ... */
	unsigned int point = 0;
	long version = hypercall(__HYPERVISOR_xen_version, XENVER_version, 0, 0, 0);

	hypercall(__HYPERVISOR_xen_version, XENVER_extraversion, (unsigned long)extra, 0, 0);
	for (unsigned int i = 1; extra[0] == '.' && extra[i] >= '0' && extra[i] <= '9'; i++)
		point = point * 10 + (unsigned int)(extra[i] - '0');
	return (uint32_t)(version >> 16 << 16 | (version & 0xff) << 8 | (point & 0xff));
}

void
pvh_reset(struct arch *a, uint32_t pristine)
{
	pvh_windows_reset(a);
	pvh_table_reset(a);
	pvh_pages_reset(a, pristine);
	a->heap_used = 0;
	a->fail_alloc = 0;
	a->fail_hypercall = 0;
	a->slept_ms = 0;
	a->pages_put = 0;
}

void
pvh_start(void)
{
	static struct arch guest;

	pvh_info_init();
	pvh_windows_init();
	pvh_table_init(&guest);
	pvh_pages_init(&guest);
	guest_main(&guest);
}
