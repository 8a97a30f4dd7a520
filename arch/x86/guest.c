/* guest: a PV domain's hypercalls for the core, and how it comes up. */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv_info.h"

void pv_start(const void *start_info);

/* ------------------------------------------------------------------ hypercalls */

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

/* ------------------------------------------------------------------ start and reset */

const uint8_t *
pv_module(size_t *bytes)
{
	*bytes = pv_start_info()->mod_len;
	return *bytes > 0 ? (const uint8_t *)pv_start_info()->mod_start : NULL;
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
	pv_timer_init();
	if (self->index == 0) {
		pv_domains_init();
		pv_supply_init();
	}
	__atomic_store_n(&self->up, true, __ATOMIC_RELEASE);
	guest_main(self);
}
