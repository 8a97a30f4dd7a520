/*
 * test_steps_pin: what happens between the steps of maps and unmaps, while the granter ends or
 * changes its entry (spec.md 11xx): an interleaving a test, or all of them.
 *
 * d0 grants RIG_REF, d1 is the grantee, and d2 somebody else.
 */
#include "arch/sim/machine.h"
#include "arch/sim/rig_race.h"

/* The flags that granter and hypervisor race for. */
static uint16_t *
shared(void)
{
	return rig_entry_flags(0, RIG_REF);
}

static void
map_by_stranger(void)
{
	rig_status[1] = rig_try_map(2, RIG_REF, 1, HOST);
}

static void
unmap_too(void)
{
	rig_status[1] = rig_try_unmap(1, rig_handle, 0);
}

static void
begin_mapped_to_read(void)
{
	rig_begin_granted();
	assert_int_equal(rig_map(1, 0, RIG_REF, 3, HOST | RO), GNTST_okay);
}

/* ------------------------------------------------------------------ grants */

static const struct rig_race end_and_map = {2, {0, 1}, {rig_end_once, rig_map_rw}};

static void
end_loses_to_a_pin(void **state)
{
	(void)state;
	rig_begin_granted();
	/* It has seen an unused entry, and is about to exchange. */
	RIG_RACE(&end_and_map, {0, shared(), 1}, {1, NULL, 0});
	assert_int_equal(rig_status[0], GNTST_okay);
	assert_int_equal(rig_ended[0], RIG_BUSY);
	assert_int_equal(rig_flags(0, RIG_REF), 0x19);
}

static void
pin_loses_to_an_end(void **state)
{
	(void)state;
	rig_begin_granted();
	/* The hypervisor has read the word, and is about to exchange. */
	RIG_RACE(&end_and_map, {1, shared(), 1}, {0, NULL, 0});
	assert_int_equal(rig_status[0], GNTST_general_error);
	assert_int_equal(rig_ended[0], RIG_ENDED);
	assert_int_equal(rig_flags(0, RIG_REF), 0);
	assert_int_equal(rig_sim->domain[0].table.active[RIG_REF].pins, 0);
}

static unsigned int
end_or_map(void)
{
	return RIG_WHICH(rig_ended[0], rig_status[0], {RIG_ENDED, GNTST_general_error},
			 {RIG_BUSY, GNTST_okay});
}

static void
end_and_map_exclude_each_other(void **state)
{
	(void)state;
	assert_int_equal(rig_race_all(&end_and_map, 4, rig_begin_granted, end_or_map),
			 RIG_FIRST | RIG_SECOND);
}

enum { TOGGLES = 6 };

/* Changes the word without changing what it says. */
static void
toggle_often(void)
{
	for (unsigned int i = 0; i < TOGGLES; i++) {
		uint16_t flags = arch_load16(shared());

		arch_cmpxchg16(shared(), flags, flags ^ GTF_PWT);
	}
}

/* Each time the hypervisor has read the word the owner changes it: two accesses. */
static void
toggle_between(unsigned int tries)
{
	static const struct rig_race r = {2, {0, 1}, {toggle_often, rig_map_rw}};
	struct rig_stage stage[2 * TOGGLES + 1];
	unsigned int n = 0;

	rig_begin_granted();
	for (unsigned int i = 0; i < tries; i++) {
		stage[n++] = (struct rig_stage){1, shared(), 1};
		stage[n++] = (struct rig_stage){0, shared(), 2};
	}
	stage[n++] = (struct rig_stage){1, NULL, 0};
	rig_race(&r, stage, n);
}

static void
five_tries_and_no_more(void **state)
{
	(void)state;
	toggle_between(4);
	assert_int_equal(rig_status[0], GNTST_okay);
	toggle_between(5);
	assert_int_equal(rig_status[0], GNTST_general_error);
	assert_int_equal(rig_flags(0, RIG_REF) & GTF_type_mask, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, RIG_REF, 0, HOST), GNTST_okay);
}

/* ------------------------------------------------------------------ unmapping */

static void
end_waits_for_the_flush(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {rig_end_thrice, rig_unmap_once}};
	bool writable;

	(void)state;
	rig_begin_mapped();
	RIG_RACE(&r, {1, PAGES(rig_sim), 1}, {0, shared(), 1}, {1, shared(), 0},
		 {0, shared(), 1}, {1, NULL, 0});
	assert_int_equal(rig_status[0], GNTST_okay);
	assert_null(guest_window_bytes(rig_dom[1], 0, &writable));
	assert_int_equal(rig_ended[0], RIG_BUSY);
	assert_int_equal(rig_ended[1], RIG_BUSY);
	assert_int_equal(rig_ended[2], RIG_ENDED);
}

/* Its owner's bits are the owner's also while the hypervisor clears its own. */
static void
set_a_bit(void)
{
	uint16_t seen = arch_load16(shared()), was;

	while ((was = arch_cmpxchg16(shared(), seen, seen | GTF_PWT)) != seen)
		seen = was;
}

static unsigned int
bit_is_set(void)
{
	return RIG_WHICH(rig_status[0], rig_flags(0, RIG_REF),
			 {GNTST_okay, GTF_permit_access | GTF_PWT});
}

static void
unmap_keeps_its_owners_bits(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {set_a_bit, rig_unmap_once}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, rig_begin_mapped, bit_is_set), RIG_FIRST);
}

static unsigned int
one_unmaps(void)
{
	if (rig_flags(0, RIG_REF) != GTF_permit_access)
		return RIG_UNEXPECTED;
	return RIG_WHICH(rig_status[0], rig_status[1], {GNTST_okay, GNTST_bad_handle},
			 {GNTST_bad_handle, GNTST_okay});
}

static void
one_of_two_unmaps_of_a_handle(void **state)
{
	static const struct rig_race r = {2, {1, 1}, {rig_unmap_once, unmap_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, rig_begin_mapped, one_unmaps), RIG_FIRST | RIG_SECOND);
}

static unsigned int
both_okay(void)
{
	return RIG_WHICH(rig_status[0], rig_status[1], {GNTST_okay, GNTST_okay});
}

static void
begin_guessing(void)
{
	rig_begin_granted();
	rig_handle = 0;
}

static unsigned int
guessed(void)
{
	return RIG_WHICH(rig_status[0], rig_status[1], {GNTST_okay, GNTST_bad_handle},
			 {GNTST_okay, GNTST_okay});
}

/* A handle that is not given out yet names nothing, or the whole mapping. */
static void
unmap_of_a_guessed_handle(void **state)
{
	static const struct rig_race r = {2, {1, 1}, {rig_map_rw, unmap_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_guessing, guessed), RIG_FIRST | RIG_SECOND);
}

/* The new mapping has the old one's handle, or another. */
static void
map_while_the_handle_goes_back(void **state)
{
	static const struct rig_race r = {2, {1, 1}, {rig_unmap_once, rig_map_rw_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, rig_begin_mapped, both_okay), RIG_FIRST);
}

/* ------------------------------------------------------------------ pinned already */

/* Sets readonly unless a writer is there. */
static void
make_readonly(void)
{
	uint16_t *flags = shared(), seen = arch_load16(flags), was;

	rig_ended[0] = RIG_BUSY;
	while (!(seen & GTF_writing)) {
		was = arch_cmpxchg16(flags, seen, seen | GTF_readonly);
		if (was == seen) {
			rig_ended[0] = RIG_ENDED;
			return;
		}
		seen = was;
	}
}

static void
readonly_or_a_writer(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {make_readonly, rig_map_rw}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_mapped_to_read, end_or_map),
			 RIG_FIRST | RIG_SECOND);
	/* Also when the hypervisor has read the word already. */
	begin_mapped_to_read();
	RIG_RACE(&r, {1, shared(), 1}, {0, NULL, 0}, {1, NULL, 0});
	assert_int_equal(rig_status[0], GNTST_general_error);
	assert_int_equal(rig_flags(0, RIG_REF), 0x0d);
}

static uint64_t other_frame;

static void
begin_rewriting(void)
{
	begin_mapped_to_read();
	other_frame = rig_frame(0, 1);
	guest_scribbled(rig_dom[0], RIG_REF);
}

static void
rewrite_frame(void)
{
	arch_store32(&rig_table[0][RIG_REF].frame, (uint32_t)other_frame);
}

static void
copy_into_ref(void)
{
	struct gnttab_copy op = rig_copy_refs(0, RIG_REF, 0, RIG_REF, 5);

	op.flags = GNTCOPY_dest_gref;
	op.source.domid = DOMID_SELF;
	op.source.u.gmfn = rig_frame(1, 2);
	arch_grant_table_op(rig_dom[1], GNTTABOP_copy, &op, 1);
	rig_status[0] = op.status;
}

/* Into the page that was lent, or nowhere (XSA-500). */
static unsigned int
copied(void)
{
	bool there = guest_page_bytes(rig_dom[0], 0)[0] == guest_page_pattern(1, 2, 0);

	if (guest_page_bytes(rig_dom[0], 1)[0] != guest_page_pattern(0, 1, 0))
		return RIG_UNEXPECTED;
	return RIG_WHICH(rig_status[0], there, {GNTST_okay, true}, {GNTST_general_error, false});
}

static void
copy_does_not_follow_the_entry(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {rewrite_frame, copy_into_ref}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_rewriting, copied), RIG_FIRST | RIG_SECOND);
}

static unsigned int
mapped_the_old_page(void)
{
	bool writable;
	const uint8_t *bytes = guest_window_bytes(rig_dom[1], 0, &writable);

	return rig_status[0] == GNTST_okay && bytes == guest_page_bytes(rig_dom[0], 0) ? RIG_FIRST :
	       RIG_UNEXPECTED;
}

static void
map_does_not_follow_the_entry(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {rewrite_frame, rig_map_rw}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_rewriting, mapped_the_old_page), RIG_FIRST);
}

static unsigned int
both_mapped(void)
{
	const struct mapping *map = rig_dom[1]->maptrack.map;

	return map[0].flags && map[1].flags && rig_flags(0, RIG_REF) == 0x19 ? both_okay() :
	       RIG_UNEXPECTED;
}

static void
two_maps_of_one_grantee(void **state)
{
	static const struct rig_race r = {2, {1, 1}, {rig_map_rw, rig_map_rw_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, rig_begin_granted, both_mapped), RIG_FIRST);
}

static void
begin_passed_on(void)
{
	rig_begin_mapped();
	guest_scribbled(rig_dom[0], RIG_REF);
	rig_table[0][RIG_REF].domid = rig_id(2);
}

static unsigned int
stranger_maps(void)
{
	return RIG_WHICH(rig_status[0], rig_status[1], {GNTST_okay, GNTST_general_error},
		     {GNTST_okay, GNTST_okay});
}

/* While the first one has it pinned the shared domid is not asked; after that it decides. */
static void
stranger_waits_for_the_last_unmap(void **state)
{
	static const struct rig_race maps = {2, {1, 2}, {rig_map_rw, map_by_stranger}};
	static const struct rig_race passed_on = {2, {1, 2}, {rig_unmap_once, map_by_stranger}};

	(void)state;
	assert_int_equal(rig_race_all(&maps, 4, rig_begin_granted, stranger_maps), RIG_FIRST);
	assert_int_equal(rig_race_all(&passed_on, 4, begin_passed_on, stranger_maps),
			 RIG_FIRST | RIG_SECOND);
}

int
steps_pin_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(end_loses_to_a_pin), cmocka_unit_test(pin_loses_to_an_end),
		cmocka_unit_test(end_and_map_exclude_each_other),
		cmocka_unit_test(five_tries_and_no_more), cmocka_unit_test(end_waits_for_the_flush),
		cmocka_unit_test(unmap_keeps_its_owners_bits),
		cmocka_unit_test(one_of_two_unmaps_of_a_handle),
		cmocka_unit_test(unmap_of_a_guessed_handle),
		cmocka_unit_test(map_while_the_handle_goes_back),
		cmocka_unit_test(readonly_or_a_writer),
		cmocka_unit_test(copy_does_not_follow_the_entry),
		cmocka_unit_test(map_does_not_follow_the_entry),
		cmocka_unit_test(two_maps_of_one_grantee),
		cmocka_unit_test(stranger_waits_for_the_last_unmap),
	};

	rig_begin(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
