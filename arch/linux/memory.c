/*
 * memory: the process's addresses that Xen may map at, all in one mapping of the device.
 *
 * A process cannot look at its page tables.  What a window's entry is follows from the hypercalls
 * that were done, but for one: unmap_and_replace takes the entry of its new address away before it
 * fails.  Then the page is asked for; if it is gone the kernel says so in a debug message
 * (privcmd_fault), and the answer is EFAULT.
 */
#define _GNU_SOURCE
#include "arch/linux/process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* The area, in pages; the table's frames and the stand-in come last. */
enum {
	PLACE_0 = GUEST_WINDOWS_MAX,
	TABLE_0 = PLACE_0 + PV_PLACES,
	STAND_IN = TABLE_0 + PROCESS_FRAMES,
	AREA_PAGES,
	HOLE_BYTES = 1 << 30,	/* what one page of page tables is for, less than which is none */
};

static uint8_t *area;
static uint8_t *hole;		/* two of HOLE_BYTES, never touched */
static uint64_t entry[GUEST_WINDOWS_MAX];
static bool has_host[PV_HANDLES];	/* the handle's host part is mapped */
static int look[2];		/* a pipe, for looking whether there is a page */

static uint8_t *
at(unsigned int page)
{
	return area + (size_t)page * XEN_PAGE_SIZE;
}

/* The entry that an address is shown by, the first of its page or not; or NULL. */
static uint64_t *
entry_of(uint64_t address)
{
	uint64_t w = (address - (uintptr_t)area) / XEN_PAGE_SIZE;

	return address >= (uintptr_t)area && w < GUEST_WINDOWS_MAX ? &entry[w] : NULL;
}

bool
process_memory_init(uint64_t frame)
{
	hole = mmap(NULL, 2ul * HOLE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		    -1, 0);
	if (hole == MAP_FAILED || pipe2(look, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	area = process_area(AREA_PAGES, frame);
	for (unsigned int page = 0; area != NULL && page < AREA_PAGES; page++)
		ARCH_ASSERT(pv_set_mapping(at(page), 0, 0) == 0);
	return area != NULL;
}

bool
process_has_memory(void)
{
	return area != NULL;
}

void
process_memory_end(void)
{
	for (unsigned int page = 0; area != NULL && page < AREA_PAGES; page++)
		ARCH_ASSERT(pv_set_mapping(at(page), 0, 0) == 0);
	if (area != NULL)
		munmap(area, (size_t)AREA_PAGES * XEN_PAGE_SIZE);
	area = NULL;
}

int
pv_set_mapping(void *address, uint64_t frame, unsigned int flags)
{
	uint64_t pte = flags != 0 ? frame << XEN_PAGE_SHIFT | flags | PTE_SPECIAL : 0;
	int rc = (int)process_call(__HYPERVISOR_update_va_mapping, (uintptr_t)address, pte,
				   UVMF_INVLPG, 0, 0);

	if (rc == 0 && entry_of((uintptr_t)address) != NULL)
		*entry_of((uintptr_t)address) = pte;
	return rc;
}

uint8_t *
pv_window(unsigned int w)
{
	ARCH_ASSERT(w < GUEST_WINDOWS_MAX);
	return at(w);
}

uint8_t *
pv_page_bytes(unsigned int page)
{
	ARCH_ASSERT(page < PV_PLACES);
	return at(PLACE_0 + page);
}

uint8_t *
pv_stand_in_bytes(void)
{
	return at(STAND_IN);
}

uint8_t *
process_table_bytes(unsigned int i)
{
	ARCH_ASSERT(i < PROCESS_FRAMES);
	return at(TABLE_0 + i);
}

/* ------------------------------------------------------------------ windows */

static bool
is_there(const void *page)
{
	uint8_t byte;

	return write(look[1], page, 1) == 1 && read(look[0], &byte, 1) == 1;
}

static void
follow_map(const struct gnttab_map_grant_ref *op)
{
	uint64_t *e = entry_of(op->host_addr);

	if (op->status != GNTST_okay)
		return;
	has_host[process_handle_ours(op->handle)] = (op->flags & GNTMAP_host_map) != 0;
	if (e == NULL || (op->flags & GNTMAP_host_map) == 0)
		return;
	*e = (op->dev_bus_addr & ~(uint64_t)(XEN_PAGE_SIZE - 1)) |
	     (op->flags & GNTMAP_readonly ? PTE_RO_FLAGS : PTE_RW_FLAGS);
}

/* Whether the host part goes now: of a handle that has lost it, all is well and nothing done. */
static bool
loses_host(uint32_t handle)
{
	uint32_t ours = process_handle_ours(handle);
	bool loses = ours < PV_HANDLES && has_host[ours];

	if (loses)
		has_host[ours] = false;
	return loses;
}

static void
follow_unmap(const struct gnttab_unmap_grant_ref *op)
{
	uint64_t *e = entry_of(op->host_addr);

	if (op->status == GNTST_okay && op->host_addr != 0 && loses_host(op->handle) && e != NULL)
		*e = 0;
}

static void
follow_replace(const struct gnttab_unmap_and_replace *op)
{
	uint64_t *to = entry_of(op->host_addr), *from = entry_of(op->new_addr), moved;

	if (op->status != GNTST_okay || to == NULL || from == NULL || !loses_host(op->handle))
		return;
	moved = *from;
	*from = 0;
	*to = moved;
}

/* One that fails may have taken away what it was to put elsewhere. */
static void
look_for_losses(const struct gnttab_unmap_and_replace *op, unsigned int count)
{
	bool any = false;

	for (unsigned int i = 0; i < count; i++)
		any = any || op[i].status == GNTST_general_error;
	for (unsigned int i = 0; any && i < 2 * count; i++) {
		uint64_t address = i % 2 == 0 ? op[i / 2].host_addr : op[i / 2].new_addr;
		uint64_t *e = entry_of(address);

		if (e != NULL && *e != 0 && !is_there((void *)(uintptr_t)address))
			*e = 0;
	}
}

void
process_windows_follow(unsigned int cmd, const void *ops, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		switch (cmd) {
		case GNTTABOP_map_grant_ref:
			follow_map((const struct gnttab_map_grant_ref *)ops + i);
			break;
		case GNTTABOP_unmap_grant_ref:
			follow_unmap((const struct gnttab_unmap_grant_ref *)ops + i);
			break;
		case GNTTABOP_unmap_and_replace:
			follow_replace((const struct gnttab_unmap_and_replace *)ops + i);
			break;
		default:
			return;
		}
	if (cmd == GNTTABOP_unmap_and_replace)
		look_for_losses(ops, count);
}

uint64_t
pv_window_pte(const struct arch *a, unsigned int w)
{
	(void)a;
	return entry[w];
}

/* The wild address is in Xen's part of the address space, above what it lets guests read. */
uint64_t
guest_bad_addr(const struct arch *a, enum guest_bad which, unsigned int w)
{
	switch (which) {
	case GUEST_ADDR_UNALIGNED:
		return guest_window_addr(a, w) + sizeof(uint64_t);
	case GUEST_ADDR_HOLE:
		return ((uintptr_t)hole + HOLE_BYTES - 1) & ~((uint64_t)HOLE_BYTES - 1);
	case GUEST_ADDR_WILD:
		break;
	}
	return 0xffff870000000000;
}
