/* guest: how a PV domain comes up, and the module that came with it. */
#include "arch/guest/domu.h"
#include "arch/guest/hypercall.h"
#include "arch/x86/pv_info.h"

void pv_start(const void *start_info);

const uint8_t *
pv_module(size_t *bytes)
{
	*bytes = pv_start_info()->mod_len;
	return *bytes > 0 ? (const uint8_t *)pv_start_info()->mod_start : NULL;
}

/* Who comes first has index 0, whatever its id. */
domid_t
guest_domid(const struct arch *a)
{
	return a->index != 0 ? a->index : domu_domid();
}

/* Our dom0 puts a domain's number into its command line; others have words there, or nothing. */
static unsigned int
own_index(const start_info_t *info)
{
	unsigned int index = (unsigned int)info->cmd_line[0] - '0';

	return (info->flags & SIF_INITDOMAIN) == 0 && index < GUEST_DOMAINS_MAX ? index : 0;
}

/* A domain that is none of our dom0's and not dom0. */
static void
begin_as_domu(void)
{
	static uint8_t ring[XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));
	const start_info_t *info = pv_start_info();

	if ((info->flags & SIF_INITDOMAIN) != 0)
		return;
	ARCH_ASSERT(pv_set_mapping(ring, info->console.domU.mfn, PTE_RW_FLAGS) == 0);
	domu_begin((struct xencons_interface *)(void *)ring, info->console.domU.evtchn);
}

void
pv_start(const void *start_info)
{
	struct arch *self = pv_domain(own_index(start_info));

	self->index = (uint8_t)(self - pv_domain(0));
	pv_console_init(self->index, start_info);
	if (self->index == 0)
		begin_as_domu();
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
