/*
 * memory: the image's addresses, the machine frames behind them, and the page tables between.
 *
 * Whoever built the domain, Xen or our dom0, built its page tables and mapped them, read-only, in
 * the image's part of the address space; entries are changed by hypercall only.
 */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv_info.h"

static uint8_t windows[GUEST_WINDOWS_MAX][XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));
static uint8_t places[PV_PLACES][XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));
static uint8_t stand_in[XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));

uint64_t
pv_frame_of(const void *p)
{
	const uint64_t *p2m = (const uint64_t *)pv_start_info()->mfn_list;

	return p2m[((uintptr_t)p - PV_VIRT_BASE) >> XEN_PAGE_SHIFT];
}

int
pv_set_mapping(void *address, uint64_t frame, unsigned int flags)
{
	uint64_t pte = flags != 0 ? frame << XEN_PAGE_SHIFT | flags : 0;

	return (int)hypercall(__HYPERVISOR_update_va_mapping, (unsigned long)address, pte,
			      UVMF_INVLPG, 0);
}

int
pv_set_foreign_mapping(void *address, uint64_t frame, unsigned int flags, domid_t owner)
{
	return (int)hypercall(__HYPERVISOR_update_va_mapping_otherdomain, (unsigned long)address,
			      frame << XEN_PAGE_SHIFT | flags, UVMF_INVLPG, owner);
}

/* To Xen dom0 is DOMID_SELF, and as the owner of the page table nothing at all. */
int
pv_set_pte_of(unsigned int index, uint64_t pte, uint64_t frame, unsigned int flags,
	      unsigned int owner)
{
	struct mmu_update update = {
		.ptr = pte | MMU_NORMAL_PT_UPDATE,
		.val = frame << XEN_PAGE_SHIFT | flags,
	};
	unsigned int table_owner = index != 0 ? index + 1 : 0;
	unsigned int page_owner = owner != 0 ? owner : DOMID_SELF;

	return (int)hypercall(__HYPERVISOR_mmu_update, (unsigned long)&update, 1, 0,
			      table_owner << 16 | page_owner);
}

/*
 * The page table that an entry points at, in our image: Xen's machine-to-physical table says
 * which page it is.
 */
static uint64_t *
next_table(uint64_t entry)
{
	uint64_t page = machine_to_phys_mapping[PTE_FRAME(entry)];

	ARCH_ASSERT((entry & PTE_PRESENT) != 0);
	return (uint64_t *)(PV_VIRT_BASE + (page << XEN_PAGE_SHIFT));
}

uint64_t *
pv_pte(const void *address)
{
	uintptr_t va = (uintptr_t)address;
	uint64_t *table = (uint64_t *)pv_start_info()->pt_base;

	for (unsigned int shift = 39; shift > XEN_PAGE_SHIFT; shift -= 9)
		table = next_table(table[va >> shift & 511]);
	return &table[va >> XEN_PAGE_SHIFT & 511];
}

uint8_t *
pv_window(unsigned int w)
{
	ARCH_ASSERT(w < GUEST_WINDOWS_MAX);
	return windows[w];
}

uint8_t *
pv_page_bytes(unsigned int page)
{
	ARCH_ASSERT(page < PV_PLACES);
	return places[page];
}

uint8_t *
pv_stand_in_bytes(void)
{
	return stand_in;
}

uint64_t
pv_window_pte(const struct arch *a, unsigned int w)
{
	return *(volatile uint64_t *)a->window_pte[w];
}

static void
stand_in_init(struct arch *a)
{
	const uint64_t *pte = pv_pte(stand_in);

	a->stand_in_pte = pv_frame_of(pte) << XEN_PAGE_SHIFT |
			  ((uintptr_t)pte & (XEN_PAGE_SIZE - 1));
	ARCH_ASSERT(pv_set_mapping(stand_in, 0, 0) == 0);
}

/* Windows keep their page tables and lose their pages, which stay ours and unused. */
void
pv_memory_init(struct arch *a)
{
	stand_in_init(a);
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++) {
		a->window_pte[w] = pv_pte(windows[w]);
		ARCH_ASSERT(PTE_FRAME(*a->window_pte[w]) == pv_frame_of(windows[w]));
		ARCH_ASSERT(pv_set_mapping(windows[w], 0, 0) == 0);
		ARCH_ASSERT(*a->window_pte[w] == 0);
	}
}

/* ------------------------------------------------------------------ guest.h: windows */

/*
 * The hole is in the gigabyte of our image, far above all that Xen mapped there.  The wild
 * address is in Xen's part of the address space, above the part that it lets guests read.
 */
uint64_t
guest_bad_addr(const struct arch *a, enum guest_bad which, unsigned int w)
{
	switch (which) {
	case GUEST_ADDR_UNALIGNED:
		return guest_window_addr(a, w) + sizeof(uint64_t);
	case GUEST_ADDR_HOLE:
		return PV_VIRT_BASE + 0x38000000;
	case GUEST_ADDR_WILD:
		break;
	}
	return 0xffff870000000000;
}
