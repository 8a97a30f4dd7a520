/* guest: a PVH domain's hypercalls for the core, and how it comes up. */
#include "arch/x86/hypercall.h"
#include "arch/x86/pvh/pvh.h"

void pvh_start(void);

/* ------------------------------------------------------------------ hypercalls */

int
arch_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	if (services_is_fated(a))
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
	if (services_is_fated(a))
		return -XEN_EFAULT;

	int rc = (int)hypercall_memory(cmd, arg);

	if (rc == 0)
		pvh_table_follow(a, cmd, arg);
	return rc;
}

/* ------------------------------------------------------------------ start and reset */

void
pvh_reset(struct arch *a, uint32_t pristine)
{
	pvh_windows_reset(a);
	pvh_table_reset(a);
	pvh_pages_reset(a, pristine);
	services_reset(a);
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
