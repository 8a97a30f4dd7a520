/* test_transfer: GNTTABOP_transfer, what is kept and what is lost (spec.md 7xx). */
#include "arch/sim/rig.h"

static void
transfer_keeps(void **state)
{
	struct arch *d;

	(void)state;
	rig_begin(HVM1);
	d = rig_dom[0];
	rig_grant(2, 8, 0, 0, GTF_accept_transfer);
	assert_int_equal(rig_transfer(0, 0xf00000, rig_id(2), 8), GNTST_bad_page);
	assert_int_equal(rig_transfer(0, guest_special_frame(d, GUEST_FRAME_TABLE), rig_id(2), 8),
			 GNTST_bad_page);
	assert_int_equal(rig_transfer(0, guest_special_frame(d, GUEST_FRAME_PAGETABLE), rig_id(2),
				      8), GNTST_bad_page);
	assert_int_equal(rig_transfer(0, guest_special_frame(d, GUEST_FRAME_UNOWNED), rig_id(2), 8),
			 GNTST_bad_page);
	assert_int_equal(rig_transfer(0, rig_frame(2, 0), rig_id(2), 8), GNTST_bad_page);
	/* Its guest has it mapped, then somebody else. */
	assert_int_equal(rig_transfer(0, rig_frame(0, 0), 77, 8), GNTST_bad_page);
	rig_grant(0, 9, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 9, 0, HOST | RO), GNTST_okay);
	assert_int_equal(rig_send(0, 0, 2, 8), GNTST_bad_page);
	assert_non_null(guest_page_bytes(d, 0));
	assert_int_equal(rig_unmap(1, rig_handle, 0), GNTST_okay);
	/* Translated: there is no such command. */
	assert_int_equal(rig_call(1, GNTTABOP_transfer, NULL, 0), -XEN_ENOSYS);
	assert_int_equal(rig_flags(2, 8), GTF_accept_transfer);
	assert_int_equal(rig_send(0, 0, 2, 8), GNTST_okay);
}

static void
transfer_loses(void **state)
{
	(void)state;
	rig_begin(0);
	rig_config.silo = true;
	rig_config.room = 0;
	rig_again();
	guest_page_unmap(rig_dom[1], 0);
	assert_int_equal(rig_transfer(1, rig_frame(1, 0), 77, 9999), GNTST_bad_domain);
	assert_false(guest_page_settle(rig_dom[1], 0, false));
	assert_int_equal(rig_frame(1, 0), GUEST_FRAME_NONE);
	assert_int_equal(rig_send(1, 1, 2, 9999), GNTST_permission_denied);
	assert_int_equal(rig_send(1, 2, 0, 9999), GNTST_general_error);
	assert_int_equal(rig_send(1, 3, 0, 9999), GNTST_general_error);
	assert_int_equal(rig_frame(1, 3), GUEST_FRAME_NONE);
	rig_config.room = 8;
	rig_again();
	assert_int_equal(rig_send(1, 0, 0, 512), GNTST_general_error);
	rig_grant(0, 8, 1, 0, GTF_accept_transfer | GTF_reading);
	assert_int_equal(rig_send(1, 1, 0, 8), GNTST_general_error);
	rig_grant(0, 8, 2, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(1, 2, 0, 8), GNTST_general_error);
	assert_int_equal(rig_flags(0, 8), GTF_accept_transfer);
	assert_int_equal(rig_send(1, 3, 1, DOMID_SELF), GNTST_general_error);
}

static void
transfer_arrives(void **state)
{
	uint64_t frame;
	unsigned int slot = 99;

	(void)state;
	rig_begin(0);
	guest_page_write(rig_dom[0], 2, 10, "moved", 5);
	frame = rig_frame(0, 2);
	rig_grant(1, 8, 0, 0, GTF_accept_transfer);
	rig_table[1][8].frame = (uint32_t)guest_page_pfn(rig_dom[1], 3);
	assert_int_equal(rig_table[1][8].frame, 4);
	assert_int_equal(rig_send(0, 2, 1, 8), GNTST_okay);
	assert_int_equal(rig_flags(1, 8), 0x0e);
	assert_int_equal(rig_table[1][8].frame, frame);
	assert_false(guest_frame_slot(rig_dom[1], frame, &slot));
	assert_false(guest_page_take(rig_dom[0], 2, frame));
	assert_true(guest_page_take(rig_dom[1], 3, frame));
	assert_false(guest_page_take(rig_dom[1], 2, frame));
	assert_true(guest_frame_slot(rig_dom[1], frame, &slot));
	assert_int_equal(slot, 3);
	assert_memory_equal(guest_page_bytes(rig_dom[1], 3) + 10, "moved", 5);
	assert_int_equal(guest_page_bytes(rig_dom[1], 3)[9], guest_page_pattern(0, 2, 9));
	rig_check();
	/* Not twice through one entry. */
	assert_int_equal(rig_send(0, 0, 1, 8), GNTST_general_error);
	/* The page is the receiver's to give on. */
	rig_grant(2, 8, 1, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(1, 3, 2, 8), GNTST_okay);
	assert_true(guest_page_take(rig_dom[2], 7, frame));
}

/* To oneself: given, and received, and in no slot between. */
static void
transfer_to_self(void **state)
{
	uint64_t frame;

	(void)state;
	rig_begin(0);
	rig_config.room = 0;
	rig_again();
	frame = rig_frame(1, 0);
	rig_grant(1, 8, 1, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(1, 0, 1, 8), GNTST_okay);
	assert_int_equal(rig_frame(1, 0), GUEST_FRAME_NONE);
	assert_true(guest_page_take(rig_dom[1], 5, frame));
	assert_int_equal(rig_frame(1, 5), frame);
	rig_check();
}

/* The page appears at the gfn that the entry names, in place of what was there. */
static void
transfer_to_translated(void **state)
{
	uint64_t gfn;

	(void)state;
	rig_begin(HVM1);
	guest_page_write(rig_dom[0], 0, 0, "new", 3);
	gfn = guest_page_pfn(rig_dom[1], 2);
	assert_int_equal(gfn, rig_frame(1, 2));
	rig_grant(1, 8, 0, 2, GTF_accept_transfer);
	assert_int_equal(rig_send(0, 0, 1, 8), GNTST_okay);
	assert_int_equal(rig_table[1][8].frame, gfn);
	/* In no slot yet, but at the gfn: a copy finds it. */
	assert_int_equal(rig_frame(1, 2), GUEST_FRAME_NONE);
	assert_int_equal(rig_copy(1, rig_copy_frames(gfn, rig_frame(1, 0), 3)), GNTST_okay);
	assert_memory_equal(guest_page_bytes(rig_dom[1], 0), "new", 3);
	assert_true(guest_page_take(rig_dom[1], 2, gfn));
	assert_memory_equal(guest_page_bytes(rig_dom[1], 2), "new", 3);
	rig_check();
	/* Taken into another slot, it moves; and the page of that slot is parked. */
	rig_grant(1, 9, 0, 3, GTF_accept_transfer);
	assert_int_equal(rig_send(0, 1, 1, 9), GNTST_okay);
	assert_true(guest_page_take(rig_dom[1], 1, guest_page_pfn(rig_dom[1], 3)));
	assert_int_equal(rig_frame(1, 3), GUEST_FRAME_NONE);
	assert_int_equal(guest_page_bytes(rig_dom[1], 1)[50], guest_page_pattern(0, 1, 50));
	rig_check();
	/* Nowhere to put it: completed, and failed (4.16 and later). */
	rig_grant(1, 10, 0, 1, GTF_accept_transfer);
	rig_table[1][10].frame = 0x180;
	assert_int_equal(rig_send(0, 2, 1, 10), GNTST_general_error);
	assert_int_equal(rig_flags(1, 10), 0x0e);
	assert_int_equal(rig_frame(0, 2), GUEST_FRAME_NONE);
	assert_false(guest_page_take(rig_dom[1], 3, 0x180));
	/* A received page whose gfn is taken by another cannot be taken any more. */
	rig_grant(1, 11, 0, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(0, 3, 1, 11), GNTST_okay);
	assert_true(guest_page_fill(rig_dom[1], 0));
	assert_false(guest_page_take(rig_dom[1], 0, guest_page_pfn(rig_dom[1], 0)));
	rig_check();
}

static void
transfer_wide(void **state)
{
	uint64_t was, wide;

	(void)state;
	rig_begin(HVM2);
	was = rig_frame(0, 1);
	guest_page_write(rig_dom[0], 1, 7, "wide", 4);
	assert_int_equal(guest_page_widen(rig_dom[0], 1), 0);
	assert_int_equal(guest_page_widen(rig_dom[0], 1), -XEN_EINVAL);
	assert_int_equal(guest_page_widen(rig_dom[2], 1), -XEN_EOPNOTSUPP);
	wide = rig_frame(0, 1);
	assert_true(wide >> 32);
	assert_memory_equal(guest_page_bytes(rig_dom[0], 1) + 7, "wide", 4);
	assert_int_equal(rig_copy(0, rig_copy_frames(was, rig_frame(0, 0), 1)), GNTST_bad_page);
	assert_int_equal(rig_copy(0, rig_copy_frames(wide, rig_frame(0, 0), 1)), GNTST_okay);
	/* One page is left below, for one such transfer. */
	rig_grant(1, 8, 0, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(0, 1, 1, 8), GNTST_okay);
	assert_false(rig_table[1][8].frame == (uint32_t)wide);
	assert_true(guest_page_take(rig_dom[1], 6, rig_table[1][8].frame));
	assert_memory_equal(guest_page_bytes(rig_dom[1], 6) + 7, "wide", 4);
	assert_int_equal(guest_page_bytes(rig_dom[1], 6)[6], guest_page_pattern(0, 1, 6));
	rig_check();
	assert_int_equal(guest_page_widen(rig_dom[0], 2), 0);
	rig_grant(1, 9, 0, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(0, 2, 1, 9), GNTST_address_too_big);
	assert_int_equal(rig_frame(0, 2), GUEST_FRAME_NONE);
	/* A translated guest can have it as it is. */
	assert_int_equal(guest_page_widen(rig_dom[0], 3), 0);
	rig_grant(2, 9, 0, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(0, 3, 2, 9), GNTST_okay);
}

static void
transfer_disabled_and_full(void **state)
{
	struct gnttab_transfer op = {.status = 1};

	(void)state;
	rig_begin(0);
	rig_config.no_transfer = true;
	rig_again();
	assert_int_equal(rig_call(0, GNTTABOP_transfer, &op, 1), -XEN_EOPNOTSUPP);
	assert_int_equal(op.status, 1);
	rig_config.no_transfer = false;
	rig_config.room = 1;
	rig_again();
	for (unsigned int i = 0; i < 2; i++) {
		rig_grant(1, 8 + i, 0, 0, GTF_accept_transfer);
		assert_int_equal(rig_send(0, i, 1, 8 + i), i ? GNTST_general_error : GNTST_okay);
	}
	/* One less makes room again. */
	rig_grant(0, 8, 1, 0, GTF_accept_transfer);
	assert_int_equal(rig_send(1, 0, 0, 8), GNTST_okay);
	assert_int_equal(rig_send(0, 2, 1, 9), GNTST_okay);
}

int
transfer_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transfer_keeps), cmocka_unit_test(transfer_loses),
		cmocka_unit_test(transfer_arrives), cmocka_unit_test(transfer_to_self),
		cmocka_unit_test(transfer_to_translated), cmocka_unit_test(transfer_wide),
		cmocka_unit_test(transfer_disabled_and_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
