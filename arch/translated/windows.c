/*
 * windows: the gfns at which programs map, the handles that Xen has given out for them, and the
 * addresses at which nobody can map.
 *
 * A handle is one mapping at one gfn.  An unmap takes any gfn that shows the same frame, so that a
 * program may leave a handle whose own window is empty; but each map made one window, and each
 * unmap emptied one, so that another window shows the frame.
 */
#include "arch/translated/physmap.h"

static uint64_t
window_gfn(unsigned int w)
{
	ARCH_ASSERT(w < GUEST_WINDOWS_MAX);
	return PHYSMAP_WINDOW_0 + w;
}

static void
expect_empty(struct arch *a, uint8_t windows)
{
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++)
		ARCH_ASSERT((windows >> w & 1) == 0 ||
			    physmap_at(a, window_gfn(w)) == PHYSMAP_HOLE);
}

void
translated_windows_init(struct arch *a)
{
	expect_empty(a, 0xff);
}

/* ------------------------------------------------------------------ handles */

static void
set_handle(struct arch *a, uint32_t handle, uint64_t host_addr)
{
	uint64_t bit = (uint64_t)1 << handle % 64;
	struct translated *t = translated(a);

	ARCH_ASSERT(handle < TRANSLATED_HANDLES);
	t->host_addr[handle] = host_addr;
	t->live[handle / 64] &= ~bit;
	if (host_addr != 0)
		t->live[handle / 64] |= bit;
}

static void
follow_map(struct arch *a, const struct gnttab_map_grant_ref *op)
{
	struct translated *t = translated(a);
	uint8_t bit;

	translated_pages_doubt(a, op->ref);
	if (op->status != GNTST_okay)
		return;
	set_handle(a, op->handle, op->host_addr);
	bit = (uint8_t)(1u << ((op->host_addr >> XEN_PAGE_SHIFT) - PHYSMAP_WINDOW_0));
	t->windows_used |= bit;
	t->windows_readonly &= (uint8_t)~bit;
	if ((op->flags & GNTMAP_readonly) != 0)
		t->windows_readonly |= bit;
}

/* An unmap that named no part is okay too, and did nothing. */
void
translated_windows_follow(struct arch *a, unsigned int cmd, const void *uop, unsigned int count)
{
	const struct gnttab_map_grant_ref *map = uop;
	const struct gnttab_unmap_grant_ref *unmap = uop;

	if (cmd == GNTTABOP_map_grant_ref) {
		for (unsigned int i = 0; i < count; i++)
			follow_map(a, &map[i]);
	} else if (cmd == GNTTABOP_unmap_grant_ref) {
		for (unsigned int i = 0; i < count; i++)
			if (unmap[i].status == GNTST_okay && unmap[i].host_addr != 0)
				set_handle(a, unmap[i].handle, 0);
	}
}

static bool
unmap(struct arch *a, uint32_t handle, uint64_t host_addr)
{
	struct gnttab_unmap_grant_ref op = { .host_addr = host_addr, .handle = handle };

	ARCH_ASSERT(translated_grant_table(a, GNTTABOP_unmap_grant_ref, &op, 1) == 0);
	if (op.status == GNTST_okay)
		set_handle(a, handle, 0);
	return op.status == GNTST_okay;
}

static void
give_back(struct arch *a, uint32_t handle)
{
	bool done = unmap(a, handle, translated(a)->host_addr[handle]);

	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX && !done; w++)
		done = unmap(a, handle, window_gfn(w) << XEN_PAGE_SHIFT);
	ARCH_ASSERT(done);
}

void
translated_windows_reset(struct arch *a)
{
	struct translated *t = translated(a);
	uint8_t cleared = 0;

	for (unsigned int i = 0; i < TRANSLATED_HANDLES / 64; i++)
		while (t->live[i] != 0)
			give_back(a, i * 64 + (unsigned int)__builtin_ctzll(t->live[i]));
	for (unsigned int w = 0; w < GUEST_WINDOWS_MAX; w++) {
		if ((t->windows_used >> w & 1) == 0 || physmap_at(a, window_gfn(w)) == PHYSMAP_HOLE)
			continue;
		physmap_clear(a, window_gfn(w));
		cleared |= (uint8_t)(1u << w);
	}
	expect_empty(a, cleared);
	t->windows_used = 0;
}

/* ------------------------------------------------------------------ guest.h */

uint64_t
guest_window_addr(const struct arch *a, unsigned int w)
{
	(void)a;
	return window_gfn(w) << XEN_PAGE_SHIFT;
}

uint8_t *
guest_window_bytes(struct arch *a, unsigned int w, bool *writable)
{
	enum physmap_sort sort = physmap_at(a, window_gfn(w));
	bool readonly = (translated(a)->windows_readonly >> w & 1) != 0;

	*writable = sort == PHYSMAP_WRITABLE || (sort == PHYSMAP_THERE && !readonly);
	return sort != PHYSMAP_HOLE ? physmap_look(a, window_gfn(w)) : NULL;
}

void
guest_window_write(struct arch *a, unsigned int w, unsigned int off, const void *bytes,
		   unsigned int len)
{
	physmap_store(a, window_gfn(w), off, bytes, len);
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
