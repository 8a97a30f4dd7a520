/* pv_info: what Xen tells a PV guest about itself, and where it delivers exceptions. */
#include "arch/x86/pv_info.h"

#include "arch/x86/hypercall.h"

enum { TRAPS = 20 };

extern const uint64_t trap_entries[TRAPS];

static const start_info_t *start_info;

/* A page of its own: what Xen puts at its address hides what was there. */
static union {
	shared_info_t info;
	uint8_t page[XEN_PAGE_SIZE];
} shared __attribute__((aligned(XEN_PAGE_SIZE)));

void
pv_console_init(const void *info)
{
	static trap_info_t traps[TRAPS + 1];	/* the last stays 0 */

	start_info = info;
	for (unsigned int i = 0; i < TRAPS; i++) {
		traps[i].vector = (uint8_t)i;
		traps[i].cs = FLAT_KERNEL_CS;
		traps[i].address = trap_entries[i];
	}
	ARCH_ASSERT(hypercall(__HYPERVISOR_set_trap_table, (unsigned long)traps, 0, 0, 0) == 0);
	ARCH_ASSERT(hypercall(__HYPERVISOR_update_va_mapping, (unsigned long)&shared,
			      start_info->shared_info | PTE_RW_FLAGS, UVMF_INVLPG, 0) == 0);
}

const start_info_t *
pv_start_info(void)
{
	return start_info;
}

const shared_info_t *
pv_shared_info(void)
{
	return &shared.info;
}

uint64_t
pv_fault_address(void)
{
	return shared.info.vcpu_info[0].arch.cr2;
}
