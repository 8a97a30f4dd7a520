/* info: how a PVH guest comes up: what Xen tells it about itself, and where exceptions go. */
#include "arch/guest/domu.h"
#include "arch/guest/hypercall.h"
#include "arch/x86/pvh/pvh.h"

#include <xen/arch-x86/hvm/start_info.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

enum { TRAPS = 20, TRAP_PAGE_FAULT = 14, CODE_SELECTOR = 8, GATE_FLAGS = 0x8e00 };

/* What the stubs of boot.S leave on the stack. */
struct trap_frame {
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

void pvh_start(void);
_Noreturn void pvh_trap(const struct trap_frame *f);

extern const uint64_t trap_entries[TRAPS];
extern uint64_t directory[512];		/* an entry for each gigabyte */
extern uint32_t pvh_told;		/* where what Xen tells a guest is */

enum { PTE_TABLE = 0x3, PTE_LARGE = 0x83 };	/* as boot.S has them */

/* Xen's part of CPUID begins at a multiple of 0x100 from here; its third leaf names a register. */
static void
cpuid(uint32_t leaf, uint32_t r[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(0));
}

/* Have Xen write its code into hypercall_page.  Nothing can be said before. */
static void
fill_hypercall_page(void)
{
	uintptr_t page = (uintptr_t)hypercall_page;
	uint32_t leaf = 0x40000000, r[4];

	for (cpuid(leaf, r); r[1] != 0x566e6558; cpuid(leaf, r))	/* "XenV" */
		leaf += 0x100;
	cpuid(leaf + 2, r);
	__asm__ volatile("wrmsr" : : "c"(r[1]), "a"((uint32_t)page), "d"(0) : "memory");
}

static void
catch_exceptions(void)
{
	static uint64_t gates[TRAPS][2];
	static struct { uint16_t limit; uint64_t base; } __attribute__((packed)) at;

	for (unsigned int i = 0; i < TRAPS; i++) {
		uint64_t to = trap_entries[i];

		gates[i][0] = (to & 0xffff) | CODE_SELECTOR << 16 | (uint64_t)GATE_FLAGS << 32 |
			      (to >> 16 & 0xffff) << 48;
		gates[i][1] = to >> 32;
	}
	at.limit = sizeof(gates) - 1;
	at.base = (uintptr_t)gates;
	__asm__ volatile("lidt %0" : : "m"(at));
}

_Noreturn void
pvh_trap(const struct trap_frame *f)
{
	uint64_t address;

	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	translated_last_words();
	translated_say_number("trap 0x", f->vector);
	translated_say_number(" error 0x", f->error);
	translated_say_number(" rip 0x", f->rip);
	translated_say_number(" rsp 0x", f->rsp);
	if (f->vector == TRAP_PAGE_FAULT)
		translated_say_number(" address 0x", address);
	translated_die();
}

shared_info_t *
pv_shared_info(void)
{
	return physmap_bytes(GFN_SHARED_INFO);
}

/* ------------------------------------------------------------------ as a domU */

static uint64_t
hvm_param(uint32_t index)
{
	struct xen_hvm_param op = { .domid = DOMID_SELF, .index = index };

	ARCH_ASSERT(hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param, (unsigned long)&op, 0, 0) == 0);
	return op.value;
}

/* Tools put what they share with the guest just below 4 GiB, where boot.S maps nothing. */
static void *
map_low(uint64_t address)
{
	static uint64_t table[512] __attribute__((aligned(XEN_PAGE_SIZE)));
	const uint64_t large = (uint64_t)2 << 20;

	ARCH_ASSERT(address >> 32 == 0 && address >> 30 != 0);
	table[address >> 21 & 511] = (address & ~(large - 1)) | PTE_LARGE;
	directory[address >> 30] = (uintptr_t)table | PTE_TABLE;
	return (void *)(uintptr_t)address;
}

static void
begin_as_domu(void)
{
	const struct hvm_start_info *info = (const void *)(uintptr_t)pvh_told;

	if ((info->flags & SIF_INITDOMAIN) != 0)
		return;
	domu_begin(map_low(hvm_param(HVM_PARAM_CONSOLE_PFN) << XEN_PAGE_SHIFT),
		   (uint32_t)hvm_param(HVM_PARAM_CONSOLE_EVTCHN));
}

/* Entries that are clear name gfn 0, which is to be nothing, although there is memory at boot. */
void
pvh_start(void)
{
	static struct arch guest;

	fill_hypercall_page();
	catch_exceptions();
	physmap_add_shared_info(&guest, GFN_SHARED_INFO);
	begin_as_domu();
	if (physmap_at(&guest, 0) != PHYSMAP_HOLE)
		physmap_remove(&guest, 0);
	translated_start(&guest);
}
