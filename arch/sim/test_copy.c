/* test_copy: GNTTABOP_copy, its order of checks, what a batch keeps claimed (spec.md 8xx). */
#include <string.h>

#include "arch/sim/rig.h"

static struct gnttab_copy
with_domids(struct gnttab_copy op, domid_t source, domid_t dest)
{
	op.source.domid = source;
	op.dest.domid = dest;
	return op;
}

static void
copy_statuses_in_order(void **state)
{
	struct gnttab_copy frames = rig_copy_frames(0, 0, 8), op = frames;

	(void)state;
	rig_begin(0);
	rig_config.silo = true;
	rig_again();
	/* The source's domain, then the destination's, then the policy, then what they name. */
	assert_int_equal(rig_copy(1, with_domids(op, 77, rig_id(2))), GNTST_bad_domain);
	assert_int_equal(rig_copy(1, with_domids(op, rig_id(1), 77)), GNTST_bad_domain);
	assert_int_equal(rig_copy(1, with_domids(op, rig_id(1), rig_id(2))),
			 GNTST_permission_denied);
	op = rig_copy_refs(1, 9999, 2, 9999, 5000);
	op.source.offset = 4096;
	assert_int_equal(rig_copy(1, with_domids(op, rig_id(1), 77)), GNTST_bad_domain);
	assert_int_equal(rig_copy(1, op), GNTST_permission_denied);
	rig_config.silo = false;
	rig_again();
	/* A frame is the caller's and named so, not by the caller's number. */
	frames.source.u.gmfn = rig_frame(1, 0);
	assert_int_equal(rig_copy(1, with_domids(frames, rig_id(1), DOMID_SELF)),
			 GNTST_permission_denied);
	assert_int_equal(rig_copy(1, with_domids(frames, DOMID_SELF, rig_id(1))),
			 GNTST_permission_denied);
	assert_int_equal(rig_copy(1, op), GNTST_bad_gntref);
	op.source.u.ref = 8;
	assert_int_equal(rig_copy(1, op), GNTST_general_error);
	rig_grant(1, 8, 1, 0, GTF_permit_access | GTF_readonly);
	assert_int_equal(rig_copy(1, op), GNTST_bad_gntref);
	assert_int_equal(rig_flags(1, 8), 5);
	op.dest.u.ref = 9;
	rig_grant(2, 9, 1, 0, GTF_permit_access | GTF_readonly);
	assert_int_equal(rig_copy(1, op), GNTST_general_error);
	rig_grant(2, 9, 1, 0, GTF_permit_access);
	assert_int_equal(rig_copy(1, op), GNTST_bad_copy_arg);
	op.len = 1;
	assert_int_equal(rig_copy(1, op), GNTST_bad_copy_arg);
	op.source.offset = 4095;
	op.dest.offset = 4096;
	assert_int_equal(rig_copy(1, op), GNTST_bad_copy_arg);
	op.dest.offset = 4095;
	assert_int_equal(rig_copy(1, op), GNTST_okay);
	assert_int_equal(guest_page_bytes(rig_dom[2], 0)[4095], guest_page_pattern(1, 0, 4095));
	/* A length of nothing is checked like any other (4.17). */
	op.len = 0;
	op.source.u.ref = 10;
	assert_int_equal(rig_copy(1, op), GNTST_general_error);
	assert_int_equal(rig_flags(2, 9), GTF_permit_access);
}

static void
copy_frames(void **state)
{
	uint64_t wild = 0xf00000;
	bool writable;

	(void)state;
	for (unsigned int hvm = 0; hvm < 8; hvm += 7) {
		rig_begin(hvm);
		assert_int_equal(rig_copy(1, rig_copy_frames(rig_frame(1, 0), rig_frame(1, 1),
							     4096)), GNTST_okay);
		assert_memory_equal(guest_page_bytes(rig_dom[1], 1),
				    guest_page_bytes(rig_dom[1], 0), 4096);
		assert_int_equal(rig_copy(1, rig_copy_frames(wild, wild, 1)), GNTST_bad_page);
		assert_int_equal(rig_copy(1, rig_copy_frames(rig_frame(1, 0), wild, 1)),
				 GNTST_bad_page);
		assert_int_equal(rig_copy(1, rig_copy_frames(rig_frame(1, 0),
			guest_special_frame(rig_dom[1], GUEST_FRAME_UNOWNED), 1)), GNTST_bad_page);
	}
	/* A window's gfn names its own page only, which is nowhere else then. */
	rig_grant(1, 8, 1, 2, GTF_permit_access);
	rig_grant(0, 8, 1, 2, GTF_permit_access);
	assert_int_equal(rig_map(1, 1, 8, 0, HOST), GNTST_okay);
	assert_int_equal(rig_map(1, 0, 8, 1, HOST), GNTST_okay);
	assert_int_equal(rig_copy(1, rig_copy_frames(rig_frame(1, 1),
		guest_window_addr(rig_dom[1], 0) >> XEN_PAGE_SHIFT, 99)), GNTST_okay);
	assert_null(guest_page_bytes(rig_dom[1], 2));
	assert_int_equal(guest_window_bytes(rig_dom[1], 0, &writable)[98],
			 guest_page_pattern(1, 0, 98));
	assert_int_equal(rig_copy(1, rig_copy_frames(rig_frame(1, 1),
		guest_window_addr(rig_dom[1], 1) >> XEN_PAGE_SHIFT, 99)), GNTST_bad_page);
	assert_int_equal(guest_page_out(rig_dom[1], 0, 1), 0);
	assert_int_equal(rig_copy(1, rig_copy_frames(rig_frame(1, 0), rig_frame(1, 1), 1)),
			 GNTST_eagain);
	assert_int_equal(rig_copy(1, rig_copy_frames(rig_frame(1, 0), rig_frame(1, 1), 1)),
			 GNTST_okay);
}

/* A page table may be read and not written; a table of grants may be both. */
static void
copy_special_frames(void **state)
{
	uint64_t pagetable, table;
	struct grant_entry_v1 e = {GTF_permit_access, 0, 0x1234};

	(void)state;
	rig_begin(0);
	pagetable = guest_special_frame(rig_dom[0], GUEST_FRAME_PAGETABLE);
	table = guest_special_frame(rig_dom[0], GUEST_FRAME_TABLE);
	assert_int_equal(rig_copy(0, rig_copy_frames(rig_frame(0, 0), pagetable, 1)),
			 GNTST_general_error);
	assert_int_equal(rig_copy(0, rig_copy_frames(pagetable, rig_frame(0, 0), 16)), GNTST_okay);
	assert_int_equal(guest_page_bytes(rig_dom[0], 0)[15], 0);
	guest_page_write(rig_dom[0], 1, 80, &e, sizeof e);
	assert_int_equal(rig_copy(0, rig_copy_frames(rig_frame(0, 1), table, 88)), GNTST_okay);
	assert_int_equal(rig_table[0][10].frame, 0x1234);
	/* Also one that the guest has not mapped; a reset knows. */
	assert_int_equal(rig_copy(0, rig_copy_frames(rig_frame(0, 1), rig_second_frame(0), 88)),
			 GNTST_okay);
	assert_int_equal(rig_table[0][522].frame, 0x1234);
	rig_again();
	assert_int_equal(rig_table[0][522].frame, 0);
	assert_int_equal(rig_table[0][10].frame, 0);
	assert_int_equal(rig_flags(0, 9), 0);
}

/* Sub-page is not looked at, and the caller must be the grantee on both sides. */
static void
copy_by_reference(void **state)
{
	(void)state;
	rig_begin(HVM2);
	rig_grant(0, 8, 1, 0, GTF_permit_access | GTF_readonly | GTF_sub_page);
	rig_grant(2, 9, 1, 0, GTF_permit_access);
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 8, 2, 9, 64)), GNTST_okay);
	assert_int_equal(guest_page_bytes(rig_dom[2], 0)[63], guest_page_pattern(0, 0, 63));
	assert_int_equal(rig_copy(2, rig_copy_refs(0, 8, 2, 9, 64)), GNTST_general_error);
	rig_grant(1, 10, 1, 0, GTF_permit_access);
	assert_int_equal(rig_copy(1, with_domids(rig_copy_refs(0, 8, 1, 10, 8), rig_id(0),
						 DOMID_SELF)), GNTST_okay);
	rig_table[2][9].frame = 0xf00000;
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 8, 2, 9, 64)), GNTST_bad_page);
	assert_int_equal(rig_flags(2, 9), GTF_permit_access);
	assert_int_equal(rig_flags(0, 8), 0x105);
}

/* R809, XSA-500: an upgrade to writing looks the frame up again, and it must be the latched one. */
static void
copy_upgrade_checks_the_frame(void **state)
{
	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_grant(0, 9, 1, 1, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_okay);
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 9, 0, 8, 8)), GNTST_okay);
	assert_int_equal(rig_flags(0, 8), 0x09);
	rig_table[0][8].frame = (uint32_t)rig_frame(0, 2);
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 9, 0, 8, 8)), GNTST_general_error);
	assert_int_equal(rig_flags(0, 8), 0x09);
	/* As a source it is pinned, so nothing is looked at. */
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 8, 0, 9, 8)), GNTST_okay);
	rig_table[0][8].frame = 0xf00000;
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 9, 0, 8, 8)), GNTST_bad_page);
	assert_int_equal(rig_flags(0, 8), 0x09);
}

/*
 * The batch copies onto the granter's own table frame, and so sees and changes entries under way:
 * a claimed grant is not looked at again, whatever its entry has become.
 */
static void
copy_batch_keeps_claims(void **state)
{
	struct grant_entry_v1 zero[4] = {{0, 0, 0}};
	struct gnttab_copy ops[4];
	uint64_t table;

	(void)state;
	rig_begin(0);
	table = guest_special_frame(rig_dom[1], GUEST_FRAME_TABLE);
	rig_grant(1, 8, 1, 0, GTF_permit_access);
	guest_page_write(rig_dom[1], 1, 0, zero, sizeof zero);
	/* The entries of 8 to 11 are read while 8 is claimed, then while it is not. */
	ops[0] = with_domids(rig_copy_refs(1, 8, 1, 0, 8), DOMID_SELF, DOMID_SELF);
	ops[0].flags = GNTCOPY_source_gref;
	ops[0].dest.u.gmfn = rig_frame(1, 2);
	ops[1] = rig_copy_frames(table, rig_frame(1, 3), 8);
	ops[1].source.offset = 64;
	ops[1].dest.offset = 64;
	assert_int_equal(rig_call(1, GNTTABOP_copy, ops, 2), 0);
	assert_int_equal(guest_page_bytes(rig_dom[1], 3)[64], GTF_permit_access);
	/* The destination is claimed for writing while the source, its own table, is read. */
	ops[0] = with_domids(rig_copy_refs(1, 0, 1, 8, 8), DOMID_SELF, DOMID_SELF);
	ops[0].flags = GNTCOPY_dest_gref;
	ops[0].source.u.gmfn = table;
	ops[0].source.offset = 64;
	assert_int_equal(rig_call(1, GNTTABOP_copy, ops, 1), 0);
	assert_int_equal(guest_page_bytes(rig_dom[1], 0)[0], 0x19);
	/* Clear the claimed entry: the claim still serves, until an error releases it. */
	ops[0] = with_domids(rig_copy_refs(1, 8, 1, 0, 8), DOMID_SELF, DOMID_SELF);
	ops[0].flags = GNTCOPY_source_gref;
	ops[0].dest.u.gmfn = table;
	ops[0].dest.offset = 64;
	ops[0].source.offset = 128;
	guest_page_write(rig_dom[1], 0, 128, zero, sizeof zero);
	ops[1] = ops[0];
	ops[2] = ops[0];
	ops[2].len = 4096;
	ops[3] = ops[0];
	assert_int_equal(rig_call(1, GNTTABOP_copy, ops, 4), 0);
	assert_int_equal(ops[0].status, GNTST_okay);
	assert_int_equal(ops[1].status, GNTST_okay);
	assert_int_equal(ops[2].status, GNTST_bad_copy_arg);
	assert_int_equal(ops[3].status, GNTST_general_error);
}

static void
copy_batch_releases(void **state)
{
	struct gnttab_copy ops[4];

	(void)state;
	rig_begin(HVM0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_grant(2, 9, 1, 0, GTF_permit_access);
	rig_grant(2, 10, 1, 1, GTF_permit_access);
	/* The frame rule holds in each operation, also where the domain is claimed already. */
	ops[0] = rig_copy_refs(0, 8, 2, 9, 8);
	ops[1] = ops[0];
	ops[1].flags = GNTCOPY_source_gref;
	ops[1].dest.u.gmfn = rig_frame(2, 0);
	ops[2] = rig_copy_refs(0, 8, 2, 10, 8);
	ops[3] = rig_copy_refs(2, 10, 0, 8, 8);
	/* The page is paged out only after it was claimed: the second operation does not notice. */
	assert_int_equal(rig_call(1, GNTTABOP_copy, ops, 4), 0);
	assert_int_equal(ops[0].status, GNTST_okay);
	assert_int_equal(ops[1].status, GNTST_permission_denied);
	assert_int_equal(ops[2].status, GNTST_okay);
	assert_int_equal(ops[3].status, GNTST_okay);
	assert_int_equal(rig_flags(0, 8), GTF_permit_access);
	assert_int_equal(rig_flags(2, 9), GTF_permit_access);
	/* A claim is one lookup, however often it serves. */
	assert_int_equal(guest_page_out(rig_dom[0], 0, 1), 0);
	for (unsigned int i = 0; i < 4; i++)
		ops[i] = rig_copy_refs(0, 8, 2, 9, 8);
	assert_int_equal(rig_call(1, GNTTABOP_copy, ops, 4), 0);
	assert_int_equal(ops[0].status, GNTST_eagain);
	assert_int_equal(ops[1].status, GNTST_okay);
	assert_int_equal(ops[3].status, GNTST_okay);
}

static void
copy_counter_full(void **state)
{
	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_grant(0, 9, 1, 1, GTF_permit_access);
	for (unsigned int i = 0; i < 128; i++)
		assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_okay);
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 8, 0, 9, 8)), GNTST_general_error);
	assert_int_equal(rig_copy(1, rig_copy_refs(0, 9, 0, 8, 8)), GNTST_okay);
	assert_int_equal(rig_copy(2, rig_copy_refs(0, 8, 0, 9, 8)), GNTST_general_error);
}

int
copy_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copy_statuses_in_order), cmocka_unit_test(copy_frames),
		cmocka_unit_test(copy_special_frames), cmocka_unit_test(copy_by_reference),
		cmocka_unit_test(copy_upgrade_checks_the_frame),
		cmocka_unit_test(copy_batch_keeps_claims), cmocka_unit_test(copy_batch_releases),
		cmocka_unit_test(copy_counter_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
