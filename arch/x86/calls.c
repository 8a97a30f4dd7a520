/*
 * calls: what is the same for every PV domain, booted as one or a process of one: its hypercalls
 * for the core, its windows, and what is put back between programs.
 */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv.h"

int
arch_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	if (services_is_fated(a))
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
	if (services_is_fated(a))
		return -XEN_EFAULT;
	return (int)hypercall_memory(cmd, arg);
}

void
pv_reset(struct arch *a, uint32_t pristine)
{
	pv_table_reset(a);
	pv_pages_reset(a, pristine);
	services_reset(a);
}

void
pv_unmap_all(struct arch *a)
{
	pv_mappings_reset(a);
	if (a->index == 0)
		pv_return_borrowed();
}

bool
arch_translated(const struct arch *a)
{
	(void)a;
	return false;
}

/* A PV guest's table has no guest-physical address. */
uint64_t
guest_table_addr(const struct arch *a)
{
	(void)a;
	return 0;
}

void
guest_scribbled(struct arch *a, grant_ref_t ref)
{
	(void)a;
	(void)ref;
}

uint64_t
guest_window_addr(const struct arch *a, unsigned int w)
{
	(void)a;
	return (uintptr_t)pv_window(w);
}

uint8_t *
guest_window_bytes(struct arch *a, unsigned int w, bool *writable)
{
	uint64_t pte = pv_window_pte(a, w);

	*writable = (pte & PTE_RW) != 0;
	return (pte & PTE_PRESENT) != 0 ? pv_window(w) : NULL;
}

void
guest_window_write(struct arch *a, unsigned int w, unsigned int off, const void *bytes,
		   unsigned int len)
{
	(void)a;
	__builtin_memcpy(pv_window(w) + off, bytes, len);
}
