/* test_unmap: unmap_grant_ref and unmap_and_replace (spec.md 6xx). */
#include "arch/sim/rig.h"

static uint64_t
window(unsigned int d, unsigned int w)
{
	return guest_window_addr(rig_dom[d], w);
}

static void
unmap_bad_handles(void **state)
{
	(void)state;
	rig_begin(0);
	assert_int_equal(rig_unmap(1, 0, 0), GNTST_bad_handle);
	assert_int_equal(rig_unmap(1, 0xffffff, 0), GNTST_bad_handle);
	assert_int_equal(rig_unmap(1, UINT32_MAX, 0), GNTST_bad_handle);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	assert_int_equal(rig_unmap(2, rig_handle, 0), GNTST_bad_handle);
	assert_int_equal(rig_unmap(1, rig_handle, 0), GNTST_okay);
	assert_int_equal(rig_unmap(1, rig_handle, 0), GNTST_bad_handle);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
}

static void
unmap_in_parts(void **state)
{
	grant_handle_t h;

	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | DEV), GNTST_okay);
	h = rig_handle;
	assert_int_equal(rig_unmap_at(1, h, 0, 0), GNTST_okay);
	assert_int_equal(rig_unmap_at(1, h, window(1, 0), rig_bus + 4096), GNTST_bad_dev_addr);
	assert_int_equal(rig_unmap_at(1, h, window(1, 1), rig_bus), GNTST_general_error);
	assert_int_equal(rig_unmap_at(1, h, 0, rig_bus), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), 0x19);
	/* The device part is gone, so its address is not looked at. */
	assert_int_equal(rig_unmap_at(1, h, 0, 1), GNTST_okay);
	assert_int_equal(rig_unmap_at(1, h, window(1, 0), 1), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
	assert_int_equal(rig_unmap_at(1, h, 0, 0), GNTST_bad_handle);
	/* Writing goes with the last writer, reading with the last of all. */
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | DEV | RO), GNTST_okay);
	h = rig_handle;
	assert_int_equal(rig_map_at(1, rig_id(0), 8, 0, DEV), GNTST_okay);
	assert_int_equal(rig_unmap_at(1, rig_handle, 0, rig_bus), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), 0x09);
	assert_int_equal(rig_unmap_at(1, h, window(1, 0), rig_bus), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
}

/* PV: entry and handle are told apart by frame and permission only. */
static void
unmap_by_another_window(void **state)
{
	grant_handle_t a, b, ro;

	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	a = rig_handle;
	assert_int_equal(rig_map(1, 0, 8, 1, HOST), GNTST_okay);
	b = rig_handle;
	assert_int_equal(rig_map(1, 0, 8, 2, HOST | RO), GNTST_okay);
	ro = rig_handle;
	assert_int_equal(rig_unmap(1, a, 2), GNTST_general_error);
	assert_int_equal(rig_unmap(1, a, 1), GNTST_okay);
	assert_int_equal(rig_unmap(1, b, 1), GNTST_general_error);
	assert_int_equal(rig_unmap(1, b, 0), GNTST_okay);
	assert_int_equal(rig_unmap(1, ro, 2), GNTST_okay);
}

/* Translated: the permission is not compared either. */
static void
unmap_translated(void **state)
{
	grant_handle_t rw, ro;

	(void)state;
	rig_begin(HVM1);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	rw = rig_handle;
	assert_int_equal(rig_map(1, 0, 8, 1, HOST | RO), GNTST_okay);
	ro = rig_handle;
	assert_int_equal(rig_unmap(1, rw, 2), GNTST_general_error);
	assert_int_equal(rig_unmap_at(1, rw, 0x8000, 0), GNTST_general_error);
	assert_int_equal(rig_call(1, GNTTABOP_unmap_and_replace, NULL, 0), -XEN_ENOSYS);
	assert_int_equal(rig_unmap(1, rw, 1), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), 0x09);
	assert_int_equal(rig_unmap(1, ro, 0), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
}

/* A batch of 40: the first 32 are complete before the rest, and nothing of them is left. */
static void
unmap_batch_flushes(void **state)
{
	struct gnttab_unmap_grant_ref ops[40];
	struct gnttab_unmap_and_replace replace[40];

	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	for (unsigned int i = 0; i < 39; i++) {
		assert_int_equal(rig_map_at(1, rig_id(0), 8, 0, DEV | RO), GNTST_okay);
		ops[i] = (struct gnttab_unmap_grant_ref){
			.dev_bus_addr = rig_bus, .handle = rig_handle, .status = 1,
		};
		replace[i] = (struct gnttab_unmap_and_replace){.handle = rig_handle, .status = 1};
	}
	ops[39] = ops[38];
	replace[39] = (struct gnttab_unmap_and_replace){.handle = 9999};
	/* There is no host part to replace. */
	assert_int_equal(rig_call(1, GNTTABOP_unmap_and_replace, replace, 40), 0);
	assert_int_equal(replace[38].status, GNTST_okay);
	assert_int_equal(replace[39].status, GNTST_bad_handle);
	assert_int_equal(rig_flags(0, 8), 0x09);
	assert_int_equal(rig_call(1, GNTTABOP_unmap_grant_ref, ops, 40), 0);
	for (unsigned int i = 0; i < 39; i++)
		assert_int_equal(ops[i].status, GNTST_okay);
	assert_int_equal(ops[39].status, GNTST_bad_handle);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
}

static void
replace_moves_an_entry(void **state)
{
	grant_handle_t a, b;
	bool writable;

	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_grant(0, 9, 1, 1, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	a = rig_handle;
	assert_int_equal(rig_map(1, 0, 9, 1, HOST), GNTST_okay);
	b = rig_handle;
	assert_int_equal(rig_replace(1, a, window(1, 0), 0x8000), GNTST_general_error);
	assert_int_equal(rig_replace(1, a, window(1, 0), window(1, 1)), GNTST_okay);
	assert_ptr_equal(guest_window_bytes(rig_dom[1], 0, &writable),
			 guest_page_bytes(rig_dom[0], 1));
	assert_null(guest_window_bytes(rig_dom[1], 1, &writable));
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
	assert_int_equal(rig_unmap(1, b, 1), GNTST_general_error);
	/* An entry that is not there moves as well. */
	assert_int_equal(rig_replace(1, b, window(1, 0), window(1, 1)), GNTST_okay);
	assert_null(guest_window_bytes(rig_dom[1], 0, &writable));
	assert_int_equal(rig_flags(0, 9), GTF_permit_access);
	/* Without new_addr it is an unmap. */
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	assert_int_equal(rig_replace(1, rig_handle, window(1, 0), 0), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
}

/* What was stolen is gone although the operation fails. */
static void
replace_loses_what_it_stole(void **state)
{
	grant_handle_t a, b;
	bool writable;

	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_grant(0, 9, 1, 1, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST), GNTST_okay);
	a = rig_handle;
	assert_int_equal(rig_map(1, 0, 9, 1, HOST), GNTST_okay);
	b = rig_handle;
	assert_int_equal(rig_replace(1, a, window(1, 3), window(1, 1)), GNTST_general_error);
	assert_null(guest_window_bytes(rig_dom[1], 1, &writable));
	assert_int_equal(rig_unmap(1, b, 1), GNTST_general_error);
	assert_int_equal(rig_flags(0, 9), 0x19);
	assert_int_equal(rig_replace(1, a, window(1, 0), window(1, 0)), GNTST_general_error);
	assert_null(guest_window_bytes(rig_dom[1], 0, &writable));
}

int
unmap_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unmap_bad_handles), cmocka_unit_test(unmap_in_parts),
		cmocka_unit_test(unmap_by_another_window), cmocka_unit_test(unmap_translated),
		cmocka_unit_test(unmap_batch_flushes), cmocka_unit_test(replace_moves_an_entry),
		cmocka_unit_test(replace_loses_what_it_stole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
