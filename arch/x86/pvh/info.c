/* info: what Xen tells a PVH guest about itself, and where exceptions go. */
#include "arch/x86/hypercall.h"
#include "arch/x86/pvh/physmap.h"

enum { TRAPS = 20, CODE_SELECTOR = 8, GATE_FLAGS = 0x8e00 };

extern const uint64_t trap_entries[TRAPS];

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

void
pvh_info_init(void)
{
	fill_hypercall_page();
	catch_exceptions();
	physmap_add_shared_info(GFN_SHARED_INFO);
}

shared_info_t *
pv_shared_info(void)
{
	return physmap_bytes(GFN_SHARED_INFO);
}
