/* windows: the gfns at which programs map, and the addresses at which nobody can. */
#include "arch/x86/hypercall.h"
#include "arch/x86/pvh/physmap.h"

/* Nothing is there at boot. */
void
pv_memory_init(struct arch *a)
{
	(void)a;
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++)
		ARCH_ASSERT(physmap_at(GFN_WINDOW_0 + w) == PHYSMAP_HOLE);
}

uint64_t
guest_window_addr(const struct arch *a, unsigned int w)
{
	(void)a;
	ARCH_ASSERT(w < GUEST_WINDOWS_MAX);
	return (uint64_t)(GFN_WINDOW_0 + w) << XEN_PAGE_SHIFT;
}

uint8_t *
guest_window_bytes(struct arch *a, unsigned int w, bool *writable)
{
	enum physmap_sort sort = physmap_at(guest_window_addr(a, w) >> XEN_PAGE_SHIFT);

	*writable = sort == PHYSMAP_WRITABLE;
	return sort != PHYSMAP_HOLE ? physmap_bytes(GFN_WINDOW_0 + w) : NULL;
}

void
guest_window_write(struct arch *a, unsigned int w, unsigned int off, const void *bytes,
		   unsigned int len)
{
	(void)a;
	__builtin_memcpy((uint8_t *)physmap_bytes(GFN_WINDOW_0 + w) + off, bytes, len);
}

/*
 * As guest-physical addresses hole and wild need more bits than a physmap has, and as linear ones
 * our page tables have nothing there.
 */
uint64_t
guest_bad_addr(const struct arch *a, enum guest_bad which, unsigned int w)
{
	switch (which) {
	case GUEST_ADDR_UNALIGNED:
		return guest_window_addr(a, w) + sizeof(uint64_t);
	case GUEST_ADDR_HOLE:
		return 0xffff900000000000;
	case GUEST_ADDR_WILD:
		break;
	}
	return 0xffff870000000000;
}

/*
 * An unmap takes any gfn that shows the frame, and each map made one: if this handle's window does
 * not, another does, whose handle's unmap took this one's.
 */
void
pv_unmap_lost(struct arch *a, uint32_t handle)
{
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++) {
		struct gnttab_unmap_grant_ref op = {
			.host_addr = guest_window_addr(a, w), .handle = handle,
		};

		ARCH_ASSERT(hypercall_grant_table(GNTTABOP_unmap_grant_ref, &op, 1) == 0);
		if (op.status == GNTST_okay)
			return;
	}
	arch_panic(__FILE__, __LINE__, "no window shows the frame of a handle");
}

void
pv_windows_reset(struct arch *a)
{
	if (a->n_calls[GNTTABOP_map_grant_ref] == 0)
		return;
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++)
		ARCH_ASSERT(physmap_at(GFN_WINDOW_0 + w) == PHYSMAP_HOLE);
}
