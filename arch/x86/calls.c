/* calls: a PV domain's hypercalls for the core, and what is put back between programs. */
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
