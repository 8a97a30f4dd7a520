/* start: how the guest comes up on Arm, what an exception says, and its gfns. */
#include "arch/arm/arm.h"
#include "arch/guest/hypercall.h"
#include "arch/guest/tail.h"

_Noreturn void arm_start(const void *fdt);
_Noreturn void arm_exception(uint64_t syndrome, uint64_t pc, uint64_t address, uint64_t vector);

enum { TABLE_FRAMES = 4 };	/* as XEN_SETUP_TABLE_FRAMES has it */

extern const char _start[];

/* A program's table is the last frames of ours, which is grown to its limit. */
static void
find_tail(void)
{
	struct gnttab_query_size size = { .dom = DOMID_SELF };

	ARCH_ASSERT(hypercall_grant_table(GNTTABOP_query_size, &size, 1) == 0);
	ARCH_ASSERT(size.status == GNTST_okay);
	ARCH_ASSERT(size.max_nr_frames >= TABLE_FRAMES);
	tail_begin(size.max_nr_frames - TABLE_FRAMES);
}

_Noreturn void
arm_start(const void *fdt)
{
	static struct arch guest;

	arm_clock_init();
	arm_tree_read(fdt);
	find_tail();
	translated_start(&guest);
}

_Noreturn void
arm_exception(uint64_t syndrome, uint64_t pc, uint64_t address, uint64_t vector)
{
	translated_last_words();
	translated_say_number("exception 0x", vector);
	translated_say_number(" syndrome 0x", syndrome);
	translated_say_number(" at 0x", pc - (uintptr_t)_start);
	translated_say_number(" address 0x", address);
	translated_die();
}

/* Xen gives dom0 memory at the machine's own addresses. */
uint64_t
translated_machine_frame(const void *p)
{
	return (uintptr_t)p >> XEN_PAGE_SHIFT;
}

const uint8_t *
translated_module(size_t *bytes)
{
	const struct arm_tree *t = arm_tree();

	*bytes = (size_t)(t->module_end - t->module_at);
	return (const uint8_t *)(uintptr_t)t->module_at;
}

/* ------------------------------------------------------------------ gfns */

uint64_t
physmap_table(void)
{
	return arm_tree()->table_at >> XEN_PAGE_SHIFT;
}

/*
 * Whether it may be written is not to be had: a store that may not be makes Xen enter the guest
 * at that store again, for ever.
 */
enum physmap_sort
physmap_at(uint64_t gfn)
{
	return arm_reads(physmap_bytes(gfn)) ? PHYSMAP_THERE : PHYSMAP_HOLE;
}
