/* test_guest: guest.h, the services of arch.h, and that a reset leaves nothing behind. */
#include <string.h>

#include "arch/sim/rig.h"

static void
pages_are_patterns(unsigned int pages)
{
	for (unsigned int d = 0; d < 3; d++)
		for (unsigned int slot = 0; slot < pages; slot++)
			for (unsigned int off = 0; off < 4096; off++)
				assert_int_equal(guest_page_bytes(rig_dom[d], slot)[off],
						 guest_page_pattern(d, slot, off));
}

static void
pages_and_slots(void **state)
{
	unsigned int dom, slot, lo, hi;

	(void)state;
	for (unsigned int hvm = 0; hvm < 8; hvm += 7) {
		rig_begin(hvm);
		pages_are_patterns(4);
		assert_int_equal(rig_frame(1, 4), GUEST_FRAME_NONE);
		assert_null(guest_page_bytes(rig_dom[1], 4));
		assert_false(guest_page_dirty(rig_dom[1], 4, &dom, &slot, &lo, &hi));
		guest_page_write(rig_dom[1], 2, 100, "ab", 2);
		guest_page_write(rig_dom[1], 2, 90, "cd", 2);
		guest_page_write(rig_dom[1], 2, 95, "e", 1);
		guest_page_write(rig_dom[1], 2, 0, "", 0);
		assert_true(guest_page_dirty(rig_dom[1], 2, &dom, &slot, &lo, &hi));
		assert_int_equal(dom * 10000 + slot * 1000 + lo, 12090);
		assert_int_equal(hi, 102);
		assert_true(guest_frame_slot(rig_dom[1], rig_frame(1, 2), &slot));
		assert_int_equal(slot, 2);
		assert_false(guest_frame_slot(rig_dom[1], 0xf00000, &slot));
		assert_int_equal(guest_page_settle(rig_dom[1], 2, false), true);
	}
	/* One guest's number is not another's. */
	rig_begin(0);
	assert_false(guest_frame_slot(rig_dom[0], rig_frame(1, 2), &slot));
	guest_page_unmap(rig_dom[0], 1);
	assert_null(guest_page_bytes(rig_dom[0], 1));
	assert_true(guest_page_settle(rig_dom[0], 1, false));
	assert_non_null(guest_page_bytes(rig_dom[0], 1));
}

static void
park_and_fill(void **state)
{
	unsigned int slot;
	uint64_t was;

	(void)state;
	for (unsigned int hvm = 0; hvm < 8; hvm += 7) {
		rig_begin(hvm);
		was = rig_frame(1, 0);
		rig_grant(1, 8, 0, 0, GTF_permit_access);
		assert_true(guest_page_park(rig_dom[1], 0) != 0);
		assert_int_equal(rig_frame(1, 0), GUEST_FRAME_NONE);
		assert_false(guest_frame_slot(rig_dom[1], was, &slot));
		rig_check();
		/* It is the guest's still, and its grant is good. */
		assert_int_equal(rig_map(0, 1, 8, 0, HOST), GNTST_okay);
		assert_int_equal(rig_unmap(0, rig_handle, 0), GNTST_okay);
		assert_false(guest_page_take(rig_dom[1], 0, was));
		for (unsigned int n = 0; n < 8; n++) {
			assert_true(guest_page_fill(rig_dom[1], 0));
			assert_int_equal(guest_page_bytes(rig_dom[1], 0)[5],
					 guest_page_pattern(1, 8 + n, 5));
			rig_check();
			guest_page_park(rig_dom[1], 0);
		}
		assert_false(guest_page_fill(rig_dom[1], 0));
		assert_int_equal(rig_map(0, 1, 8, 0, HOST), GNTST_okay);
	}
}

static void
numbers_differ(void **state)
{
	uint64_t seen[64];
	unsigned int n = 0;

	(void)state;
	rig_begin(HVM2);
	for (unsigned int d = 0; d < 2; d++) {
		for (unsigned int slot = 0; slot < 4; slot++)
			seen[n++] = rig_frame(d, slot);
		seen[n++] = guest_special_frame(rig_dom[d], GUEST_FRAME_TABLE);
		seen[n++] = guest_special_frame(rig_dom[d], GUEST_FRAME_PAGETABLE);
	}
	seen[n++] = guest_special_frame(rig_dom[0], GUEST_FRAME_MISSING);
	seen[n++] = guest_special_frame(rig_dom[0], GUEST_FRAME_UNOWNED);
	for (unsigned int i = 0; i < n; i++) {
		assert_true(seen[i] != 0 && seen[i] < UINT32_MAX);
		for (unsigned int j = 0; j < i; j++)
			assert_int_not_equal(seen[i], seen[j]);
	}
	assert_int_equal(guest_special_frame(rig_dom[2], GUEST_FRAME_PAGETABLE), GUEST_FRAME_NONE);
	assert_int_equal(guest_special_frame(rig_dom[2], GUEST_FRAME_TABLE), 0x300);
	assert_int_equal(guest_special_frame(rig_dom[2], (enum guest_special)9), GUEST_FRAME_NONE);
	assert_int_equal(guest_bad_addr(rig_dom[2], GUEST_ADDR_UNALIGNED, 1),
			 guest_window_addr(rig_dom[2], 1) + 8);
}

static void
services(void **state)
{
	struct arch *a;
	uint8_t *one, *two, *again;

	(void)state;
	rig_begin(0);
	a = rig_dom[1];
	one = arch_pages_alloc(a, 1);
	two = arch_pages_alloc(a, 2);
	assert_int_equal(((uintptr_t)one | (uintptr_t)two) % XEN_PAGE_SIZE, 0);
	memset(two, 1, 2 * XEN_PAGE_SIZE);
	assert_int_equal(sim_pages_in_use(a), 3);
	again = arch_pages_alloc(a, 1);
	arch_pages_free(a, one, 1);
	arch_pages_free(a, again, 1);
	arch_pages_free(a, two, 2);
	assert_int_equal(sim_pages_in_use(a), 0);
	assert_ptr_equal(arch_pages_alloc(a, 2), two);
	assert_int_equal(two[8191], 0);
	assert_non_null(arch_pages_alloc(a, 3));
	guest_fail_alloc(a, 2);
	assert_non_null(arch_pages_alloc(a, 1));
	assert_null(arch_pages_alloc(a, 1));
	assert_non_null(arch_pages_alloc(a, 1));
	arch_store32(&rig_table[1][9].frame, 7);
	arch_store16_release(&rig_table[1][9].flags, 3);
	assert_int_equal(arch_cmpxchg16(&rig_table[1][9].flags, 2, 4), 3);
	assert_int_equal(arch_load16_acquire(&rig_table[1][9].flags), 3);
	assert_int_equal(arch_cmpxchg16(&rig_table[1][9].flags, 3, 4), 3);
	assert_int_equal(arch_load16(&rig_table[1][9].flags), 4);
	assert_int_equal(arch_load32(&rig_table[1][9].frame), 7);
	arch_lock(a);
	arch_unlock(a);
	arch_sleep_ms(a, 3);
	arch_sleep_ms(a, 4);
	arch_defer_arm(a);
	arch_page_put(a, 5);
	arch_relax();
	assert_int_equal(guest_slept_ms(a), 7);
	assert_int_equal(guest_pages_put(a), 1);
	arch_gnttab_unmap(a, rig_table[1], 1);
	rig_again();
	assert_int_equal(sim_pages_in_use(a), 0);
	assert_int_equal(guest_slept_ms(a) + guest_pages_put(a), 0);
}

/* Make a mess of everything, reset, and see that two machines cannot be told apart. */
static void
reset_is_complete(void **state)
{
	static const struct grant_entry_v1 none[2 * 512];

	(void)state;
	for (unsigned int hvm = 0; hvm < 8; hvm++) {
		rig_begin(hvm);
		rig_config.frames = 2;
		rig_again();
		guest_page_write(rig_dom[0], 0, 4000, "mess", 4);
		rig_grant(0, 8, 1, 0, GTF_permit_access);
		rig_grant(2, 600, 0, 3, GTF_accept_transfer);
		rig_grant(1, 1023, 1, 3, GTF_permit_access);
		rig_map(1, 0, 8, 3, HOST);
		rig_map(1, 1, 1023, 4, HOST | RO);
		guest_page_fill(rig_dom[2], 7);
		guest_page_park(rig_dom[2], 1);
		guest_page_widen(rig_dom[0], 1);
		if ((hvm & 1) == 0)
			rig_send(0, 1, 2, 600);
		guest_page_take(rig_dom[2], 3, rig_table[2][600].frame);
		guest_page_out(rig_dom[0], 2, 9);
		guest_scribbled(rig_dom[1], 77);
		arch_lock(rig_dom[0]);
		assert_non_null(arch_pages_alloc(rig_dom[0], 1));
		rig_again();
		pages_are_patterns(4);
		for (unsigned int d = 0; d < 3; d++) {
			assert_memory_equal(rig_table[d], none, sizeof none);
			assert_int_equal(rig_unmap(d, 0, 3), GNTST_bad_handle);
			assert_int_equal(rig_frame(d, 7), GUEST_FRAME_NONE);
		}
		rig_grant(0, 8, 1, 2, GTF_permit_access);
		assert_int_equal(rig_map(1, 0, 8, 3, HOST), GNTST_okay);
	}
}

/* More of everything than a program may ask for: memory is had for it once, and stays. */
static void
large_tables(void **state)
{
	struct gnttab_query_size q = {.dom = DOMID_SELF};
	struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 64};
	xen_pfn_t list[64];

	(void)state;
	rig_begin(0);
	rig_config.max_frames = 64;
	rig_config.maptrack = 2;
	rig_again();
	pages_are_patterns(4);
	set_xen_guest_handle(op.frame_list, list);
	assert_int_equal(rig_call(1, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(arch_gnttab_map_shared(rig_dom[1], list, 64, &rig_table[1]), 0);
	rig_grant(1, 64 * 512 - 1, 0, 0, GTF_permit_access);
	assert_int_equal(rig_map(0, 1, 64 * 512 - 1, 0, HOST), GNTST_okay);
	rig_again();
	assert_int_equal(rig_call(1, GNTTABOP_query_size, &q, 1), 0);
	assert_int_equal(q.nr_frames, 1);
	assert_int_equal(q.max_nr_frames, 64);
}

int
guest_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_slots), cmocka_unit_test(park_and_fill),
		cmocka_unit_test(numbers_differ), cmocka_unit_test(services),
		cmocka_unit_test(reset_is_complete), cmocka_unit_test(large_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
