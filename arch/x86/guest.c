/*
 * guest: the rest of what arch.h and guest.h ask of a PV domain, and how it comes up.
 *
 * A domain has one virtual CPU and no interrupt is ever delivered, so a lock is nothing to do.
 */
#include "arch/x86/hypercall.h"
#include "arch/x86/pv_info.h"

#include <xen/version.h>

void pv_start(const void *start_info);

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
		pv_mappings_follow(a, cmd, uop, count);
		pv_arrivals_follow(cmd, uop, count);
	}
	return rc;
}

int
arch_memory_op(struct arch *a, unsigned int cmd, void *arg)
{
	if (is_fated(a))
		return -XEN_EFAULT;
	return (int)hypercall_memory(cmd, arg);
}

/* ------------------------------------------------------------------ services */

void
arch_page_put(struct arch *a, uintptr_t page)
{
	ARCH_ASSERT(page >= 1);
	ARCH_ASSERT(page <= PV_PLACES);
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

/* Nobody else runs here: a PV domain's retries wait for nothing that time would bring. */
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

/* A PV domain's pages cannot be paged out. */
int
guest_page_out(struct arch *a, unsigned int slot, unsigned int n)
{
	(void)a;
	(void)slot;
	(void)n;
	return -XEN_EOPNOTSUPP;
}

/* No emulated machine has memory above 16 TiB. */
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

const uint8_t *
pv_module(size_t *bytes)
{
	*bytes = pv_start_info()->mod_len;
	return *bytes > 0 ? (const uint8_t *)pv_start_info()->mod_start : NULL;
}

uint32_t
pv_xen_version(void)
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
pv_reset(struct arch *a, uint32_t pristine)
{
	a->slept_ms = 0;
	a->fail_alloc = 0;
	a->fail_hypercall = 0;
	pv_table_reset(a);
	pv_pages_reset(a, pristine);
	pv_heap_reset(a);
}

void
pv_unmap_all(struct arch *a)
{
	pv_mappings_reset(a);
	if (a->index == 0)
		pv_return_borrowed();
}

/* dom0 puts a domain's number into its command line. */
static unsigned int
own_index(const start_info_t *info)
{
	return (info->flags & SIF_INITDOMAIN) != 0 ? 0 : (unsigned int)info->cmd_line[0] - '0';
}

void
pv_start(const void *start_info)
{
	struct arch *self = pv_domain(own_index(start_info));

	self->index = (uint8_t)(self - pv_domain(0));
	pv_console_init(self->index, start_info);
	pv_memory_init(self);
	pv_mappings_init(self);
	pv_table_init(self);
	pv_pages_init(self);
	if (self->index == 0) {
		pv_domains_init();
		pv_supply_init();
	}
	__atomic_store_n(&self->up, true, __ATOMIC_RELEASE);
	guest_main(self);
}
