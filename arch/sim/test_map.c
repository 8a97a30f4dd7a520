/* test_map: map_grant_ref, each check in its order (spec.md 5xx). */
#include "arch/sim/rig.h"

static void
map_statuses_in_order(void **state)
{
	(void)state;
	rig_begin(HVM1);
	rig_config.silo = true;
	rig_again();
	/* Everything is wrong; mend one thing at a time. */
	assert_int_equal(rig_map_at(1, 77, 9999, 0x8000, DEV | RO), GNTST_general_error);
	assert_int_equal(rig_map_at(1, 77, 9999, 0x8000, RO), GNTST_bad_gntref);
	assert_int_equal(rig_map_at(1, 77, 9999, 0x8000, HOST), GNTST_bad_domain);
	assert_int_equal(rig_map_at(1, DOMID_SELF, 9999, 0x8000, HOST), GNTST_bad_domain);
	assert_int_equal(rig_map_at(1, rig_id(2), 9999, 0x8000, HOST), GNTST_permission_denied);
	assert_int_equal(rig_map_at(1, rig_id(0), 512, 0x8000, HOST), GNTST_bad_gntref);
	assert_int_equal(rig_map_at(1, rig_id(0), UINT32_MAX, 0x8000, HOST), GNTST_bad_gntref);
	assert_int_equal(rig_map_at(1, rig_id(0), 8, 0x8000, HOST), GNTST_general_error);
	rig_table[0][8] = (struct grant_entry_v1){GTF_permit_access, rig_id(1), 0xf00000};
	assert_int_equal(rig_map_at(1, rig_id(0), 8, 0x8000, HOST), GNTST_bad_page);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map_at(1, rig_id(0), 8, 0x8000, HOST), GNTST_general_error);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), 0x19);
	/* The gfn shows a grant already. */
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_general_error);
	assert_int_equal(rig_map(1, 0, 8, 1, HOST | GNTMAP_application_map), GNTST_general_error);
	assert_int_equal(rig_map(1, 0, 8, 1, HOST | GNTMAP_contains_pte), GNTST_general_error);
}

static void
map_no_space(void **state)
{
	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_config.maptrack = 0;
	rig_again();
	/* Before the reference is looked at. */
	assert_int_equal(rig_map(1, 0, 9999, 0, HOST), GNTST_no_space);
}

static void
map_handles_run_out(void **state)
{
	grant_handle_t first;

	(void)state;
	rig_begin(0);
	for (unsigned int i = 0; i < 255; i++) {
		/* 128 of one counter are allowed, so two entries are needed. */
		rig_grant(0, 8 + i / 128, 1, 0, GTF_permit_access);
		if (i % 128)
			rig_table[0][8 + i / 128].flags |= GTF_reading;
		assert_int_equal(rig_map_at(1, rig_id(0), 8 + i / 128, 0, DEV | RO), GNTST_okay);
		first = i == 0 ? rig_handle : first;
	}
	assert_int_equal(rig_map(1, 0, 9999, 0, HOST), GNTST_no_space);
	assert_int_equal(rig_unmap_at(1, first, 0, rig_bus), GNTST_okay);
	assert_int_equal(rig_map_at(1, rig_id(0), 8, 0, DEV | RO), GNTST_okay);
	assert_int_equal(rig_handle, first);
}

static void
map_counter_full(void **state)
{
	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	for (unsigned int i = 0; i < 128; i++)
		assert_int_equal(rig_map_at(1, rig_id(0), 8, 0, DEV | RO), GNTST_okay);
	assert_int_equal(rig_map_at(1, rig_id(0), 8, 0, DEV | RO), GNTST_general_error);
	/* Another counter is not full. */
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_okay);
	assert_int_equal(rig_map(1, 0, 8, 1, HOST), GNTST_okay);
	/* Both are raised, and one is full. */
	assert_int_equal(rig_map(1, 0, 8, 2, HOST | DEV | RO), GNTST_general_error);
}

static void
map_flags_and_pins(void **state)
{
	grant_handle_t ro, rw;

	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_okay);
	ro = rig_handle;
	assert_int_equal(rig_bus, rig_frame(0, 0) << XEN_PAGE_SHIFT);
	assert_int_equal(rig_flags(0, 8), 0x09);
	/* Pinned for d1: nobody else, whatever the entry says. */
	rig_table[0][8].domid = rig_id(2);
	guest_scribbled(rig_dom[0], 8);
	assert_int_equal(rig_map(2, 0, 8, 0, HOST | RO), GNTST_general_error);
	/* An upgrade looks at readonly only; a plain second pin at nothing. */
	assert_int_equal(rig_map(1, 0, 8, 1, HOST), GNTST_okay);
	rw = rig_handle;
	rig_table[0][8].flags = GTF_readonly;
	assert_int_equal(rig_map(1, 0, 8, 2, HOST), GNTST_okay);
	assert_int_equal(rig_unmap(1, rig_handle, 2), GNTST_okay);
	assert_int_equal(rig_unmap(1, rw, 1), GNTST_okay);
	assert_int_equal(rig_map(1, 0, 8, 1, HOST), GNTST_general_error);
	assert_int_equal(rig_unmap(1, ro, 0), GNTST_okay);
	/* Not pinned any more, so the type counts again. */
	assert_int_equal(rig_map(1, 0, 8, 1, HOST | RO), GNTST_general_error);
}

static void
map_entry_must_permit(void **state)
{
	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access | GTF_readonly);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_general_error);
	assert_int_equal(rig_flags(0, 8), 5);
	assert_int_equal(rig_map(2, 0, 8, 0, HOST | RO), GNTST_general_error);
	rig_grant(0, 8, 1, 0, GTF_permit_access | GTF_sub_page);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_general_error);
	rig_grant(0, 8, 1, 0, 3);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_general_error);
	rig_grant(0, 8, 1, 0, GTF_accept_transfer);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_general_error);
	assert_int_equal(rig_flags(0, 8), GTF_accept_transfer);
}

/* Set by the guest, cleaned by the hypervisor: writing only if the operation wrote. */
static void
map_cleans_garbage(void **state)
{
	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access | GTF_reading | GTF_writing);
	guest_scribbled(rig_dom[0], 8);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_okay);
	assert_int_equal(rig_unmap(1, rig_handle, 0), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access | GTF_writing);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	assert_int_equal(rig_unmap(1, rig_handle, 0), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
}

static void
map_special_frames(void **state)
{
	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_table[0][8].frame = (uint32_t)guest_special_frame(rig_dom[0], GUEST_FRAME_PAGETABLE);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_general_error);
	assert_int_equal(rig_map(1, 0, 8, 0, DEV), GNTST_general_error);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | DEV | RO), GNTST_okay);
	rig_grant(0, 9, 1, 0, GTF_permit_access);
	rig_table[0][9].frame = (uint32_t)guest_special_frame(rig_dom[0], GUEST_FRAME_UNOWNED);
	assert_int_equal(rig_map(1, 0, 9, 0, HOST | RO), GNTST_bad_page);
	rig_table[0][9].frame = (uint32_t)rig_frame(1, 0);
	assert_int_equal(rig_map(1, 0, 9, 0, HOST | RO), GNTST_bad_page);
	/* The table itself can be granted; what is written to it is the guest's own doing. */
	rig_grant(0, 10, 1, 0, GTF_permit_access);
	rig_table[0][10].frame = (uint32_t)guest_special_frame(rig_dom[0], GUEST_FRAME_TABLE);
	assert_int_equal(rig_map(1, 0, 10, 1, HOST), GNTST_okay);
	guest_window_write(rig_dom[1], 1, 8 * 20, "\1\0\0\0abcd", 8);
	assert_int_equal(rig_flags(0, 20), GTF_permit_access);
	assert_int_equal(rig_table[0][20].domid, 0);
	rig_check();
}

static void
map_shows_the_owners_bytes(void **state)
{
	bool writable = true;

	(void)state;
	rig_begin(HVM1);
	rig_grant(0, 8, 1, 2, GTF_permit_access);
	rig_grant(1, 9, 2, 3, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 3, HOST), GNTST_okay);
	assert_int_equal(rig_map(2, 1, 9, 3, HOST | RO), GNTST_okay);
	guest_window_write(rig_dom[1], 3, 100, "hello", 5);
	assert_memory_equal(guest_page_bytes(rig_dom[0], 2) + 100, "hello", 5);
	assert_int_equal(guest_window_bytes(rig_dom[1], 3, &writable)[99],
			 guest_page_pattern(0, 2, 99));
	assert_true(writable);
	assert_ptr_equal(guest_window_bytes(rig_dom[2], 3, &writable),
			 guest_page_bytes(rig_dom[1], 3));
	assert_false(writable);
	assert_null(guest_window_bytes(rig_dom[2], 4, &writable));
}

/* A PV entry that is there is replaced; the older handle cannot be unmapped by it then. */
static void
map_replaces_pte(void **state)
{
	grant_handle_t old;

	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_grant(0, 9, 1, 1, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	old = rig_handle;
	assert_int_equal(rig_map_at(1, rig_id(0), 9, guest_window_addr(rig_dom[1], 0) + 8, HOST),
			 GNTST_okay);
	assert_int_equal(rig_unmap(1, old, 0), GNTST_general_error);
	assert_int_equal(rig_unmap(1, rig_handle, 0), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), 0x19);
	/* The page is pinned, and yet nothing refers to it: it can be given away. */
	assert_int_equal(guest_page_widen(rig_dom[0], 0), -XEN_EBUSY);
	rig_grant(2, 30, 0, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(0, 0, 2, 30), GNTST_okay);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_general_error);
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 8, 0, 9, 8)), GNTST_bad_domain);
	assert_int_equal(rig_unmap_at(1, old, 0, 0), GNTST_okay);
}

static void
map_at_entry_address(void **state)
{
	uint64_t pte;
	bool writable;

	(void)state;
	rig_begin(0);
	pte = sim_window_entry(rig_dom[1], 2);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map_at(1, rig_id(0), 8, pte + 4, HOST | GNTMAP_contains_pte),
			 GNTST_general_error);
	assert_int_equal(rig_map_at(1, rig_id(0), 8, guest_bad_addr(rig_dom[1], GUEST_ADDR_WILD, 0),
				    HOST | GNTMAP_contains_pte), GNTST_general_error);
	assert_int_equal(rig_map_at(1, rig_id(0), 8, pte, HOST | GNTMAP_contains_pte), GNTST_okay);
	assert_ptr_equal(guest_window_bytes(rig_dom[1], 2, &writable),
			 guest_page_bytes(rig_dom[0], 0));
	assert_int_equal(rig_unmap(1, rig_handle, 2), GNTST_general_error);
	assert_int_equal(rig_replace(1, rig_handle, pte, guest_window_addr(rig_dom[1], 3)),
			 GNTST_general_error);
	assert_int_equal(rig_unmap_at(1, rig_handle, pte, 0), GNTST_okay);
}

static void
map_self_and_paged(void **state)
{
	(void)state;
	rig_begin(HVM1);
	rig_grant(1, 8, 1, 0, GTF_permit_access);
	assert_int_equal(guest_page_out(rig_dom[1], 0, 2), 0);
	assert_int_equal(guest_page_out(rig_dom[0], 0, 2), -XEN_EOPNOTSUPP);
	assert_int_equal(rig_map(1, 1, 8, 0, HOST), GNTST_eagain);
	assert_int_equal(rig_flags(1, 8), GTF_permit_access);
	assert_int_equal(rig_map(1, 1, 8, 0, HOST | RO), GNTST_eagain);
	assert_int_equal(rig_map(1, 1, 8, 0, HOST), GNTST_okay);
	/* A translated stranger's page takes no type from a PV mapper. */
	rig_grant(1, 9, 0, 1, GTF_permit_access);
	assert_int_equal(rig_map(0, 1, 9, 0, HOST), GNTST_okay);
	assert_int_equal(rig_unmap(0, rig_handle, 0), GNTST_okay);
}

int
map_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_statuses_in_order), cmocka_unit_test(map_no_space),
		cmocka_unit_test(map_handles_run_out), cmocka_unit_test(map_counter_full),
		cmocka_unit_test(map_flags_and_pins), cmocka_unit_test(map_entry_must_permit),
		cmocka_unit_test(map_cleans_garbage), cmocka_unit_test(map_special_frames),
		cmocka_unit_test(map_shows_the_owners_bytes), cmocka_unit_test(map_replaces_pte),
		cmocka_unit_test(map_at_entry_address), cmocka_unit_test(map_self_and_paged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
