/* guest: a translated domain's hypercalls for the core, and how it comes up. */
#include "arch/guest/hypercall.h"
#include "arch/translated/translated.h"

/* ------------------------------------------------------------------ hypercalls */

int
arch_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	if (services_is_fated(a))
		return -XEN_EFAULT;

	int rc = (int)hypercall_grant_table(cmd, uop, count);

	if (rc == 0) {
		translated(a)->swapped |= cmd == GNTTABOP_swap_grant_ref;
		translated_windows_follow(a, cmd, uop, count);
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
		translated_table_follow(a, cmd, arg);
	return rc;
}

/* ------------------------------------------------------------------ start and reset */

void
translated_reset(struct arch *a, uint32_t pristine)
{
	translated_windows_reset(a);
	translated_table_reset(a);
	translated_pages_reset(a, pristine);
	services_reset(a);
}

_Noreturn void
translated_start(struct arch *a)
{
	translated_windows_init();
	translated_table_init(a);
	translated_pages_init(a);
	guest_main(a);
}
