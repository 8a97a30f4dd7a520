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
static int look[2];		/* a pipe, for looking whether there is a page */

static uint8_t *
at(unsigned int page)
{
	return area + (size_t)page * XEN_PAGE_SIZE;
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

	for (unsigned int w = 0; rc == 0 && w < GUEST_WINDOWS_MAX; w++)
		if (address == at(w))
			entry[w] = pte;
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

/* The entry that an address is shown by, or NULL. */
static uint64_t *
entry_of(uint64_t address)
{
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++)
		if (address == (uintptr_t)at(w))
			return &entry[w];
	return NULL;
}

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

	if (e == NULL || op->status != GNTST_okay || (op->flags & GNTMAP_host_map) == 0)
		return;
	*e = (op->dev_bus_addr & ~(uint64_t)(XEN_PAGE_SIZE - 1)) |
	     (op->flags & GNTMAP_readonly ? PTE_RO_FLAGS : PTE_RW_FLAGS);
}

static void
follow_unmap(const struct gnttab_unmap_grant_ref *op)
{
	uint64_t *e = entry_of(op->host_addr);

	if (e != NULL && op->status == GNTST_okay)
		*e = 0;
}

static void
follow_replace(const struct gnttab_unmap_and_replace *op)
{
	uint64_t *to = entry_of(op->host_addr), *from = entry_of(op->new_addr);

	if (to == NULL || from == NULL || op->status == FLIGHT_UNTOUCHED)
		return;
	if (op->status == GNTST_okay) {
		uint64_t moved = *from;

		*from = 0;
		*to = moved;
	} else if (*from != 0 && !is_there((void *)(uintptr_t)op->new_addr)) {
		*from = 0;
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
}

uint64_t
pv_window_pte(const struct arch *a, unsigned int w)
{
	(void)a;
	return entry[w];
}

uint64_t
guest_window_addr(const struct arch *a, unsigned int w)
{
	(void)a;
	return (uintptr_t)pv_window(w);
}

uint8_t *
guest_window_bytes(struct arch *a, unsigned int w, bool *writable)
{
	*writable = (pv_window_pte(a, w) & PTE_RW) != 0;
	return pv_window_pte(a, w) != 0 ? pv_window(w) : NULL;
}

void
guest_window_write(struct arch *a, unsigned int w, unsigned int off, const void *bytes,
		   unsigned int len)
{
	(void)a;
	__builtin_memcpy(pv_window(w) + off, bytes, len);
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
