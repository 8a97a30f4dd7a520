/* guest: how a PV domain comes up, and the module that came with it. */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv_info.h"

void pv_start(const void *start_info);

const uint8_t *
pv_module(size_t *bytes)
{
	*bytes = pv_start_info()->mod_len;
	return *bytes > 0 ? (const uint8_t *)pv_start_info()->mod_start : NULL;
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
