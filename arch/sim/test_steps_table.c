/*
 * test_steps_table: what happens between the steps of what changes a table as a whole (spec.md
 * 9xx): it grows, and two entries are swapped.
 */
#include "arch/sim/machine.h"
#include "arch/sim/rig_race.h"

enum { REF_NEW = GNTTAB_ENTRIES_PER_FRAME };

static uint64_t new_frame;		/* what d0 lends by it */

static void
begin_growing(void)
{
	rig_begin_granted();
	new_frame = rig_frame(0, 1);
}

static void
grow(void)
{
	xen_pfn_t frames[4];
	struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 2};

	set_xen_guest_handle(op.frame_list, frames);
	arch_grant_table_op(rig_dom[0], GNTTABOP_setup_table, &op, 1);
	rig_ended[0] = op.status;
}

static void
grow_and_grant(void)
{
	grow();
	guest_scribbled(rig_dom[0], REF_NEW);
	arch_store32(&rig_table[0][REF_NEW].frame, (uint32_t)new_frame);
	arch_store16(&rig_table[0][REF_NEW].domid, rig_id(1));
	arch_store16_release(rig_entry_flags(0, REF_NEW), GTF_permit_access);
}

static void
map_new(void)
{
	rig_status[0] = rig_try_map(1, REF_NEW, 0, HOST);
}

static unsigned int
new_entry(void)
{
	return RIG_WHICH(rig_ended[0], rig_status[0], {GNTST_okay, GNTST_bad_gntref},
		     {GNTST_okay, GNTST_general_error}, {GNTST_okay, GNTST_okay});
}

static unsigned int
grown(void)
{
	return RIG_WHICH(rig_ended[0], (int)rig_dom[0]->table.nr_frames, {GNTST_okay, 2});
}

static void
table_grows_under_a_map(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {grow_and_grant, map_new}};
	static const struct rig_race both = {2, {0, 0}, {grow, grow}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_growing, new_entry),
			 RIG_FIRST | RIG_SECOND | RIG_THIRD);
	assert_int_equal(rig_race_all(&both, 4, begin_growing, grown), RIG_FIRST);
}

static void
begin_growing_translated(void)
{
	rig_begin(HVM0);
}

static void
place_second(void)
{
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .idx = 1,
		.gpfn = (guest_table_addr(rig_dom[0]) >> XEN_PAGE_SHIFT) + 1,
	};

	rig_ended[1] = arch_memory_op(rig_dom[0], XENMEM_add_to_physmap, &op);
}

static unsigned int
placed(void)
{
	return RIG_WHICH(rig_ended[1], rig_dom[0]->table.gfn[1] != GFN_NONE, {0, true});
}

static void
growing_keeps_what_is_placed(void **state)
{
	static const struct rig_race r = {2, {0, 0}, {grow, place_second}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_growing_translated, placed), RIG_FIRST);
	rig_begin(0);
}

static void
swap_there(void)
{
	struct gnttab_swap_grant_ref op = {.ref_a = RIG_REF, .ref_b = RIG_OTHER, .status = 1};

	arch_grant_table_op(rig_dom[0], GNTTABOP_swap_grant_ref, &op, 1);
	rig_ended[0] = op.status;
}

static void
swap_back(void)
{
	struct gnttab_swap_grant_ref op = {.ref_a = RIG_OTHER, .ref_b = RIG_REF, .status = 1};

	arch_grant_table_op(rig_dom[0], GNTTABOP_swap_grant_ref, &op, 1);
	rig_ended[1] = op.status;
}

static unsigned int
swapped(void)
{
	return RIG_WHICH(rig_ended[0], rig_status[0], {GNTST_okay, GNTST_general_error},
		     {GNTST_eagain, GNTST_okay}, {GNTST_okay, GNTST_okay});
}

static unsigned int
swapped_twice(void)
{
	return rig_flags(0, RIG_REF) == GTF_permit_access && rig_flags(0, RIG_OTHER) == 0 ?
	       RIG_WHICH(rig_ended[0], rig_ended[1], {GNTST_okay, GNTST_okay}) : RIG_UNEXPECTED;
}

/* Against a map: all before or all after.  Against each other: no deadlock. */
static void
swaps_are_all_or_nothing(void **state)
{
	static const struct rig_race map = {2, {0, 1}, {swap_there, rig_map_rw}};
	static const struct rig_race both = {2, {0, 0}, {swap_there, swap_back}};

	(void)state;
	assert_int_equal(rig_race_all(&map, 4, rig_begin_granted, swapped), RIG_FIRST | RIG_SECOND);
	assert_int_equal(rig_race_all(&both, 4, rig_begin_granted, swapped_twice), RIG_FIRST);
}

int
steps_table_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_grows_under_a_map),
		cmocka_unit_test(growing_keeps_what_is_placed),
		cmocka_unit_test(swaps_are_all_or_nothing),
	};

	rig_begin(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
