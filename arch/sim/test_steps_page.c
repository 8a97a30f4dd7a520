/*
 * test_steps_page: what happens between the steps of copies and transfers (spec.md 7xx, 8xx, 11xx):
 * an interleaving a test, or all of them.
 */
#include "arch/sim/machine.h"
#include "arch/sim/rig_race.h"

/* ------------------------------------------------------------------ copies */

static void
copy_twice(void)
{
	struct gnttab_copy ops[2];

	for (unsigned int i = 0; i < 2; i++) {
		ops[i] = rig_copy_refs(0, RIG_REF, 0, RIG_REF, 5);
		ops[i].flags = GNTCOPY_source_gref;
		ops[i].dest.domid = DOMID_SELF;
		ops[i].dest.u.gmfn = rig_frame(1, 2 + i);
	}
	arch_grant_table_op(rig_dom[1], GNTTABOP_copy, ops, 2);
	rig_status[0] = ops[0].status;
	rig_status[1] = ops[1].status;
}

static void
copies_keep_their_claim(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {rig_end_thrice, copy_twice}};
	const uint16_t *flags = rig_entry_flags(0, RIG_REF);
	const uint8_t *second;

	(void)state;
	rig_begin_granted();
	second = guest_page_bytes(rig_dom[1], 3);
	RIG_RACE(&r, {1, second, 0}, {0, flags, 1}, {1, flags, 0}, {0, flags, 1},
		 {1, NULL, 0});
	assert_int_equal(rig_status[0], GNTST_okay);
	assert_int_equal(rig_status[1], GNTST_okay);
	assert_int_equal(rig_ended[0], RIG_BUSY);
	assert_int_equal(rig_ended[1], RIG_BUSY);
	assert_int_equal(rig_ended[2], RIG_ENDED);
}

/* ------------------------------------------------------------------ transfers
 * d0 sends, and d1 receives by RIG_REF.
 */

static uint64_t sent_frame, other_frame, got_frame;

static int
send(uint64_t frame, grant_ref_t ref)
{
	struct gnttab_transfer op = {.mfn = frame, .domid = rig_id(1), .ref = ref, .status = 1};

	arch_grant_table_op(rig_dom[0], GNTTABOP_transfer, &op, 1);
	return op.status;
}

static void
send_page(void)
{
	rig_status[0] = send(sent_frame, RIG_REF);
}

static void
send_page_too(void)
{
	rig_status[1] = send(sent_frame, RIG_OTHER);
}

static void
send_other_page(void)
{
	rig_status[1] = send(other_frame, RIG_REF);
}

/* As a receiver must: it takes the entry back, or waits for what is on its way (R1108). */
static void
receive(void)
{
	uint16_t *flags = rig_entry_flags(1, RIG_REF), seen = arch_load16(flags), was;

	rig_ended[0] = RIG_ENDED;
	while (!(seen & GTF_transfer_committed)) {
		was = arch_cmpxchg16(flags, seen, 0);
		if (was == seen)
			return;
		seen = was;
	}
	while (!(arch_load16_acquire(flags) & GTF_transfer_completed))
		arch_relax();
	got_frame = arch_load32(&rig_table[1][RIG_REF].frame);
	rig_ended[0] = RIG_BUSY;
}

static void
begin_sending(void)
{
	rig_again();
	guest_page_unmap(rig_dom[0], 0);
	guest_page_unmap(rig_dom[0], 1);
	sent_frame = rig_frame(0, 0);
	other_frame = rig_frame(0, 1);
	got_frame = 0;
	rig_grant(1, RIG_REF, 0, 0, GTF_accept_transfer);
	rig_grant(1, RIG_OTHER, 0, 0, GTF_accept_transfer);
	rig_grant(0, RIG_REF, 1, 0, GTF_permit_access);
	rig_status[0] = rig_status[1] = 99;
}

static unsigned int
received(void)
{
	if (rig_ended[0] == RIG_BUSY && got_frame != sent_frame)
		return RIG_UNEXPECTED;
	return RIG_WHICH(rig_ended[0], rig_status[0], {RIG_ENDED, GNTST_general_error},
			 {RIG_BUSY, GNTST_okay});
}

static void
transfer_is_taken_back_or_arrives(void **state)
{
	static const struct rig_race r = {2, {1, 0}, {receive, send_page}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_sending, received), RIG_FIRST | RIG_SECOND);
	assert_int_equal(rig_race_all_arm(&r, 2, begin_sending, received),
			 RIG_FIRST | RIG_SECOND);
	/* Once committed it is waited for, and shows its frame. */
	begin_sending();
	RIG_RACE(&r, {1, PAGES(rig_sim), 2}, {0, NULL, 0}, {1, NULL, 0});
	assert_int_equal(rig_ended[0], RIG_BUSY);
	assert_int_equal(got_frame, sent_frame);
}

static unsigned int
one_okay(void)
{
	return RIG_WHICH(rig_status[0], rig_status[1], {GNTST_okay, GNTST_bad_page},
		     {GNTST_bad_page, GNTST_okay});
}

static void
page_is_mapped_or_sent(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {send_page_too, rig_map_rw}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_sending, one_okay), RIG_FIRST | RIG_SECOND);
}

static void
begin_mapped_and_sending(void)
{
	begin_sending();
	assert_int_equal(rig_map(1, 0, RIG_REF, 1, HOST), GNTST_okay);
}

static void
unmap_first(void)
{
	rig_ended[0] = rig_try_unmap(1, rig_handle, 1);
}

/* Pinned by the first map when the second one came, and gone with the first. */
static unsigned int
second_map(void)
{
	return RIG_WHICH(rig_status[0], rig_status[1], {GNTST_okay, GNTST_bad_page},
			 {GNTST_general_error, GNTST_okay}, {GNTST_bad_page, GNTST_okay});
}

static void
page_goes_between_two_maps(void **state)
{
	static const struct rig_race r = {3, {1, 1, 0}, {rig_map_rw, unmap_first, send_page_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_mapped_and_sending, second_map),
			 RIG_FIRST | RIG_SECOND | RIG_THIRD);
}

static void
page_is_sent_once(void **state)
{
	static const struct rig_race r = {2, {0, 0}, {send_page, send_page_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 4, begin_sending, one_okay), RIG_FIRST | RIG_SECOND);
}

static unsigned int
one_arrives(void)
{
	return RIG_WHICH(rig_status[0], rig_status[1], {GNTST_okay, GNTST_general_error},
		     {GNTST_general_error, GNTST_okay});
}

static void
begin_sending_without_room(void)
{
	rig_config.room = 1;
	begin_sending();
	rig_config.room = 8;
}

static void
send_other_to_other(void)
{
	rig_status[1] = send(other_frame, RIG_OTHER);
}

static void
entry_and_room_serve_once(void **state)
{
	static const struct rig_race entry = {2, {0, 0}, {send_page, send_other_page}};
	static const struct rig_race room = {2, {0, 0}, {send_page, send_other_to_other}};

	(void)state;
	assert_int_equal(rig_race_all(&entry, 4, begin_sending, one_arrives),
			 RIG_FIRST | RIG_SECOND);
	assert_int_equal(rig_race_all(&room, 4, begin_sending_without_room, one_arrives),
			 RIG_FIRST | RIG_SECOND);
}

int
steps_page_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_keep_their_claim),
		cmocka_unit_test(transfer_is_taken_back_or_arrives),
		cmocka_unit_test(page_is_mapped_or_sent), cmocka_unit_test(page_is_sent_once),
		cmocka_unit_test(page_goes_between_two_maps),
		cmocka_unit_test(entry_and_room_serve_once),
	};

	rig_begin(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
