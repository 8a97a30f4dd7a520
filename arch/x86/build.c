/*
 * build: another PV domain out of our own image.
 *
 * It has the image at the same addresses as we have: its page n is at PV_VIRT_BASE + n pages.  Our
 * code and constants are copied, .bss is zero, and what is PV_SHARED is our own memory.  Behind the
 * image lie what Xen's ABI wants a guest to find: the list of its frames, start_info, page tables.
 *
 * dom0 only.  It keeps nothing of the new domain mapped.
 */
#include "arch/x86/domctl.h"
#include "arch/guest/hypercall.h"
#include "arch/x86/pv.h"

extern uint8_t image_start[], shared_start[], shared_end[], image_end[], _start[];

enum {
	TABLE_ENTRIES = 512,
	L1_TABLES = 2,
	DOMAIN_PAGES = L1_TABLES * TABLE_ENTRIES,	/* numbers; not every page exists */
	LIST_PAGES = DOMAIN_PAGES / TABLE_ENTRIES,
	LEVELS = 4,
	PAGES_MAX = 2 * DOMAIN_PAGES,		/* that it may own until it is told otherwise */
};

/* The numbers of the pages behind the image. */
struct layout {
	unsigned int list, start_info, table[LEVELS], end;	/* table[0]: the first L1 */
};

/* What is written to one page after the other. */
static union {
	uint64_t word[TABLE_ENTRIES];
	start_info_t info;
} page;

static uint64_t frames[DOMAIN_PAGES];	/* of the domain being built; 0: no such page */
static uint64_t l1_frame[GUEST_DOMAINS_MAX][L1_TABLES];

static unsigned int
number(const void *address)
{
	return (unsigned int)(((uintptr_t)address - PV_VIRT_BASE) >> XEN_PAGE_SHIFT);
}

static void *
address_of(unsigned int n)
{
	return (void *)(PV_VIRT_BASE + ((uintptr_t)n << XEN_PAGE_SHIFT));
}

static bool
is_shared(unsigned int n)
{
	return n >= number(shared_start) && n < number(shared_end);
}

static struct layout
lay_out(void)
{
	struct layout l = { .list = number(image_end) };

	l.start_info = l.list + LIST_PAGES;
	l.table[0] = l.start_info + 1;
	l.table[1] = l.table[0] + L1_TABLES;
	l.table[2] = l.table[1] + 1;
	l.table[3] = l.table[2] + 1;
	l.end = l.table[3] + 1;
	ARCH_ASSERT(l.end <= DOMAIN_PAGES);
	return l;
}

/* Fill one of its pages through a window of ours; NULL: with zeroes. */
static void
fill(unsigned int index, unsigned int n, const void *from)
{
	void *window = pv_window(0);

	ARCH_ASSERT(pv_set_foreign_mapping(window, frames[n], PTE_RW_FLAGS, (domid_t)index) == 0);
	if (from != NULL)
		__builtin_memcpy(window, from, XEN_PAGE_SIZE);
	else
		__builtin_memset(window, 0, XEN_PAGE_SIZE);
	ARCH_ASSERT(pv_set_mapping(window, 0, 0) == 0);
}

/* Get the domain its pages; `frames` has their numbers first, and then their frames. */
static void
populate(unsigned int index, const struct layout *l)
{
	static uint64_t got[DOMAIN_PAGES];
	struct xen_memory_reservation r = { .domid = (domid_t)index };
	unsigned int n_pages = 0;

	for (unsigned int n = number(image_start); n < l->end; n++)
		if (!is_shared(n))
			got[n_pages++] = n;
	r.nr_extents = n_pages;
	set_xen_guest_handle(r.extent_start, got);
	ARCH_ASSERT(hypercall_memory(XENMEM_populate_physmap, &r) == (long)n_pages);
	for (unsigned int n = number(image_start), i = 0; n < l->end; n++)
		frames[n] = is_shared(n) ? 0 : got[i++];
}

static void
copy_image(unsigned int index)
{
	for (unsigned int n = number(image_start); n < number(image_end); n++)
		if (!is_shared(n))
			fill(index, n, n < number(shared_start) ? address_of(n) : NULL);
}

static void
write_list(unsigned int index, const struct layout *l)
{
	for (unsigned int i = 0; i < LIST_PAGES; i++)
		fill(index, l->list + i, &frames[i * TABLE_ENTRIES]);
}

/* Page tables map all pages that there are, themselves read-only. */
static void
write_tables(unsigned int index, const struct layout *l)
{
	const unsigned int slot[LEVELS] = { 0, 0, 510, 511 };	/* of PV_VIRT_BASE, at each level */

	for (unsigned int t = 0; t < L1_TABLES; t++) {
		for (unsigned int i = 0; i < TABLE_ENTRIES; i++) {
			unsigned int n = t * TABLE_ENTRIES + i;
			bool table = n >= l->table[0] && n <= l->table[LEVELS - 1];

			page.word[i] = frames[n] == 0 ? 0 : frames[n] << XEN_PAGE_SHIFT |
				       (table ? PTE_RO_FLAGS : PTE_RW_FLAGS);
		}
		l1_frame[index][t] = frames[l->table[0] + t];
		fill(index, l->table[0] + t, &page);
	}
	for (unsigned int level = 1; level < LEVELS; level++) {
		unsigned int n_below = level == 1 ? L1_TABLES : 1;

		__builtin_memset(&page, 0, sizeof(page));
		for (unsigned int i = 0; i < n_below; i++)
			page.word[slot[level] + i] =
				frames[l->table[level - 1] + i] << XEN_PAGE_SHIFT | PTE_RW_FLAGS;
		fill(index, l->table[level], &page);
	}
}

static void
pin_tables(unsigned int index, const struct layout *l)
{
	struct mmuext_op pin = {
		.cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = frames[l->table[LEVELS - 1]],
	};

	ARCH_ASSERT(hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&pin, 1, 0, index) == 0);
}

static void
write_start_info(unsigned int index, const struct layout *l)
{
	static const char magic[] = "xen-3.0-x86_64";
	struct domctl_info info;

	ARCH_ASSERT(domctl_get_info((domid_t)index, &info) == 0);
	__builtin_memset(&page, 0, sizeof(page));
	__builtin_memcpy(page.info.magic, magic, sizeof(magic));
	page.info.nr_pages = info.pages;
	page.info.shared_info = info.shared_info_frame << XEN_PAGE_SHIFT;
	page.info.pt_base = (uintptr_t)address_of(l->table[LEVELS - 1]);
	page.info.nr_pt_frames = L1_TABLES + LEVELS - 1;
	page.info.mfn_list = (uintptr_t)address_of(l->list);
	page.info.cmd_line[0] = (int8_t)('0' + index);
	fill(index, l->start_info, &page);
}

uint64_t
pv_built_pte(unsigned int index, const void *address)
{
	unsigned int n = number(address);

	return l1_frame[index][n / TABLE_ENTRIES] << XEN_PAGE_SHIFT |
	       n % TABLE_ENTRIES * sizeof(uint64_t);
}

static void
share_memory(unsigned int index)
{
	for (unsigned int n = number(shared_start); n < number(shared_end); n++)
		ARCH_ASSERT(pv_set_pte_of(index, pv_built_pte(index, address_of(n)),
					  pv_frame_of(address_of(n)), PTE_RW_FLAGS, 0) == 0);
}

static void
set_context(unsigned int index, const struct layout *l)
{
	static vcpu_guest_context_t c;

	__builtin_memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel | VGCF_online;
	c.user_regs.cs = FLAT_KERNEL_CS;
	c.user_regs.ss = FLAT_KERNEL_SS;
	c.user_regs.ds = c.user_regs.es = c.user_regs.fs = c.user_regs.gs = FLAT_KERNEL_DS;
	c.user_regs.rip = (uintptr_t)_start;
	c.user_regs.rsi = (uintptr_t)address_of(l->start_info);
	c.user_regs.rflags = 1 << 9;	/* interrupts on: a PV guest cannot turn them off */
	c.kernel_ss = FLAT_KERNEL_SS;
	c.kernel_sp = (uintptr_t)image_end;	/* for exceptions from user mode: there is none */
	c.ctrlreg[3] = xen_pfn_to_cr3(frames[l->table[LEVELS - 1]]);
	ARCH_ASSERT(domctl_set_context((domid_t)index, &c) == 0);
}

void
pv_build(unsigned int index)
{
	struct layout l = lay_out();
	domid_t id = (domid_t)index;

	ARCH_ASSERT(domctl_create(id) == 0);
	ARCH_ASSERT(domctl_max_pages(id, PAGES_MAX) == 0);
	ARCH_ASSERT(domctl_make_vcpu(id) == 0);
	ARCH_ASSERT(domctl_native_tsc(id) == 0);
	populate(index, &l);
	copy_image(index);
	write_list(index, &l);
	write_start_info(index, &l);
	write_tables(index, &l);
	pin_tables(index, &l);
	share_memory(index);
	set_context(index, &l);
}
