/*
 * test_steps: what happens between the steps of the hypervisor's operations (spec.md 11xx), one test
 * an interleaving of a granter, the hypervisor and mappers.
 *
 * d0 grants or sends entry 8, d1 is the grantee and d2 somebody else, unless a test says otherwise.
 */
#include "arch/sim/machine.h"
#include "arch/sim/rig_race.h"

enum { REF = 8, OTHER = 9 };
enum { BUSY, ENDED };			/* what the end of a grant says */

/* What the branches saw. */
static int status[4], ended[4];
static unsigned int n_ended;
static grant_handle_t handle;

static uint16_t *
flags_of(unsigned int d, grant_ref_t ref)
{
	return &rig_table[d][ref].flags;
}

/* ------------------------------------------------------------------ what guests do */

/* As a granter must: by an exchange that fails if the peer comes first (R1105, R1106). */
static int
grant_end(grant_ref_t ref)
{
	uint16_t *flags = flags_of(0, ref), seen = arch_load16(flags), was;

	while (!(seen & (GTF_reading | GTF_writing))) {
		was = arch_cmpxchg16(flags, seen, 0);
		if (was == seen)
			return ENDED;
		seen = was;
	}
	return BUSY;
}

static void
end_once(void)
{
	ended[n_ended++] = grant_end(REF);
}

static void
end_thrice(void)
{
	for (unsigned int i = 0; i < 3; i++)
		end_once();
}

static int
map_by(unsigned int d, grant_ref_t ref, unsigned int w, uint32_t flags)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = guest_window_addr(rig_dom[d], w), .flags = flags, .ref = ref,
		.dom = rig_id(0), .status = 1,
	};

	arch_grant_table_op(rig_dom[d], GNTTABOP_map_grant_ref, &op, 1);
	return op.status;
}

static void
map_rw(void)
{
	status[0] = map_by(1, REF, 0, HOST);
}

static void
map_rw_too(void)
{
	status[1] = map_by(1, REF, 1, HOST);
}

static void
map_by_stranger(void)
{
	status[1] = map_by(2, REF, 1, HOST);
}

static int
unmap_by(unsigned int d, unsigned int w)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = guest_window_addr(rig_dom[d], w), .handle = handle, .status = 1,
	};

	arch_grant_table_op(rig_dom[d], GNTTABOP_unmap_grant_ref, &op, 1);
	return op.status;
}

static void
unmap_once(void)
{
	status[0] = unmap_by(1, 0);
}

static void
unmap_too(void)
{
	status[1] = unmap_by(1, 0);
}

static void
begin_granted(void)
{
	rig_again();
	rig_grant(0, REF, 1, 0, GTF_permit_access);
	status[0] = status[1] = 99;
	n_ended = 0;
}

static void
begin_mapped(void)
{
	begin_granted();
	assert_int_equal(rig_map(1, 0, REF, 0, HOST), GNTST_okay);
	handle = rig_handle;
}

static void
begin_mapped_to_read(void)
{
	begin_granted();
	assert_int_equal(rig_map(1, 0, REF, 3, HOST | RO), GNTST_okay);
}

/* ------------------------------------------------------------------ outcomes
 * The first of a test is bit 0; what must not be is UNEXPECTED.
 */

enum { FIRST = 1, SECOND = 2, THIRD = 4, UNEXPECTED = 128 };

struct outcome {
	int a, b;
};

static unsigned int
which(int a, int b, const struct outcome *o, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (o[i].a == a && o[i].b == b)
			return 1u << i;
	return UNEXPECTED;
}

#define WHICH(a, b, ...) \
	which(a, b, (const struct outcome[]){__VA_ARGS__}, \
	      sizeof (const struct outcome[]){__VA_ARGS__} / sizeof (struct outcome))

/* ------------------------------------------------------------------ grants */

static const struct rig_race end_and_map = {2, {0, 1}, {end_once, map_rw}};

static void
end_loses_to_a_pin(void **state)
{
	(void)state;
	begin_granted();
	/* It has seen an unused entry, and is about to exchange. */
	RIG_RACE(&end_and_map, {0, flags_of(0, REF), 1}, {1, NULL, 0});
	assert_int_equal(status[0], GNTST_okay);
	assert_int_equal(ended[0], BUSY);
	assert_int_equal(rig_flags(0, REF), 0x19);
}

static void
pin_loses_to_an_end(void **state)
{
	(void)state;
	begin_granted();
	/* The hypervisor has read the word, and is about to exchange. */
	RIG_RACE(&end_and_map, {1, flags_of(0, REF), 1}, {0, NULL, 0});
	assert_int_equal(status[0], GNTST_general_error);
	assert_int_equal(ended[0], ENDED);
	assert_int_equal(rig_flags(0, REF), 0);
	assert_int_equal(rig_sim->domain[0].table.active[REF].pins, 0);
}

static unsigned int
end_or_map(void)
{
	return WHICH(ended[0], status[0], {ENDED, GNTST_general_error}, {BUSY, GNTST_okay});
}

static void
end_and_map_exclude_each_other(void **state)
{
	(void)state;
	assert_int_equal(rig_race_all(&end_and_map, 3, begin_granted, end_or_map), FIRST | SECOND);
}

enum { TOGGLES = 6 };

/* Changes the word without changing what it says. */
static void
toggle_often(void)
{
	for (unsigned int i = 0; i < TOGGLES; i++) {
		uint16_t flags = arch_load16(flags_of(0, REF));

		arch_cmpxchg16(flags_of(0, REF), flags, flags ^ GTF_PWT);
	}
}

/* Each time the hypervisor has read the word the owner changes it: two accesses. */
static void
toggle_between(unsigned int tries)
{
	static const struct rig_race r = {2, {0, 1}, {toggle_often, map_rw}};
	struct rig_stage stage[2 * TOGGLES + 1];
	unsigned int n = 0;

	begin_granted();
	for (unsigned int i = 0; i < tries; i++) {
		stage[n++] = (struct rig_stage){1, flags_of(0, REF), 1};
		stage[n++] = (struct rig_stage){0, flags_of(0, REF), 2};
	}
	stage[n++] = (struct rig_stage){1, NULL, 0};
	rig_race(&r, stage, n);
}

static void
five_tries_and_no_more(void **state)
{
	(void)state;
	toggle_between(4);
	assert_int_equal(status[0], GNTST_okay);
	toggle_between(5);
	assert_int_equal(status[0], GNTST_general_error);
	assert_int_equal(rig_flags(0, REF) & GTF_type_mask, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, REF, 0, HOST), GNTST_okay);
}

/* ------------------------------------------------------------------ unmapping */

static void
end_waits_for_the_flush(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {end_thrice, unmap_once}};
	bool writable;

	(void)state;
	begin_mapped();
	RIG_RACE(&r, {1, rig_dom[1]->window, 1}, {0, flags_of(0, REF), 1},
		 {1, flags_of(0, REF), 0}, {0, flags_of(0, REF), 1}, {1, NULL, 0});
	assert_int_equal(status[0], GNTST_okay);
	assert_null(guest_window_bytes(rig_dom[1], 0, &writable));
	assert_int_equal(ended[0], BUSY);
	assert_int_equal(ended[1], BUSY);
	assert_int_equal(ended[2], ENDED);
}

static unsigned int
one_unmaps(void)
{
	unsigned int seen = WHICH(status[0], status[1], {GNTST_okay, GNTST_bad_handle},
				  {GNTST_bad_handle, GNTST_okay});

	return rig_flags(0, REF) == GTF_permit_access ? seen : UNEXPECTED;
}

static void
one_of_two_unmaps_of_a_handle(void **state)
{
	static const struct rig_race r = {2, {1, 1}, {unmap_once, unmap_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_mapped, one_unmaps), FIRST | SECOND);
}

static unsigned int
handle_comes_back(void)
{
	bool gone = status[0] == GNTST_okay;

	/* The window is the new mapping's if it was free in time; else the old one's was dropped. */
	return gone && status[1] == GNTST_okay ? FIRST : status[0] * 10 + status[1] == 0 ? SECOND :
	       UNEXPECTED;
}

static void
map_while_the_handle_goes_back(void **state)
{
	static const struct rig_race r = {2, {1, 1}, {unmap_once, map_rw_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 2, begin_mapped, handle_comes_back), FIRST);
}

/* ------------------------------------------------------------------ pinned already */

/* Sets readonly unless a writer is there. */
static void
make_readonly(void)
{
	uint16_t *flags = flags_of(0, REF), seen = arch_load16(flags), was;

	ended[0] = BUSY;
	while (!(seen & GTF_writing)) {
		was = arch_cmpxchg16(flags, seen, seen | GTF_readonly);
		if (was == seen) {
			ended[0] = ENDED;
			return;
		}
		seen = was;
	}
}

static void
readonly_or_a_writer(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {make_readonly, map_rw}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_mapped_to_read, end_or_map), FIRST | SECOND);
	/* Also when the hypervisor has read the word already. */
	begin_mapped_to_read();
	RIG_RACE(&r, {1, flags_of(0, REF), 1}, {0, NULL, 0}, {1, NULL, 0});
	assert_int_equal(status[0], GNTST_general_error);
	assert_int_equal(rig_flags(0, REF), 0x0d);
}

static uint64_t other_frame;

static void
begin_rewriting(void)
{
	begin_mapped_to_read();
	other_frame = rig_frame(0, 1);
	guest_scribbled(rig_dom[0], REF);
}

static void
rewrite_frame(void)
{
	arch_store32(&rig_table[0][REF].frame, (uint32_t)other_frame);
}

static void
copy_into_ref(void)
{
	struct gnttab_copy op = rig_copy_refs(0, REF, 0, REF, 5);

	op.flags = GNTCOPY_dest_gref;
	op.source.domid = DOMID_SELF;
	op.source.u.gmfn = rig_frame(1, 2);
	arch_grant_table_op(rig_dom[1], GNTTABOP_copy, &op, 1);
	status[0] = op.status;
}

/* Into the page that was lent, or nowhere (XSA-500). */
static unsigned int
copied(void)
{
	const uint8_t *to = guest_page_bytes(rig_dom[0], 0), *other = guest_page_bytes(rig_dom[0], 1);
	bool there = to[0] == guest_page_pattern(1, 2, 0);

	if (other[0] != guest_page_pattern(0, 1, 0))
		return UNEXPECTED;
	return WHICH(status[0], there, {GNTST_okay, true}, {GNTST_general_error, false});
}

static void
copy_does_not_follow_the_entry(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {rewrite_frame, copy_into_ref}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_rewriting, copied), FIRST | SECOND);
}

static unsigned int
mapped_the_old_page(void)
{
	bool writable;
	const uint8_t *bytes = guest_window_bytes(rig_dom[1], 0, &writable);

	return status[0] == GNTST_okay && bytes == guest_page_bytes(rig_dom[0], 0) ? FIRST :
	       UNEXPECTED;
}

static void
map_does_not_follow_the_entry(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {rewrite_frame, map_rw}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_rewriting, mapped_the_old_page), FIRST);
}

static unsigned int
both_mapped(void)
{
	const struct maptrack *m = &rig_dom[1]->maptrack;

	return m->map[0].flags && m->map[1].flags && rig_flags(0, REF) == 0x19 ?
	       WHICH(status[0], status[1], {GNTST_okay, GNTST_okay}) : UNEXPECTED;
}

static void
two_maps_of_one_grantee(void **state)
{
	static const struct rig_race r = {2, {1, 1}, {map_rw, map_rw_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 2, begin_granted, both_mapped), FIRST);
}

static void
begin_passed_on(void)
{
	begin_mapped();
	guest_scribbled(rig_dom[0], REF);
	rig_table[0][REF].domid = rig_id(2);
}

static unsigned int
stranger_maps(void)
{
	return WHICH(status[0], status[1], {GNTST_okay, GNTST_general_error},
		     {GNTST_okay, GNTST_okay});
}

/* While the first one has it pinned the shared domid is not asked; after that it decides. */
static void
stranger_waits_for_the_last_unmap(void **state)
{
	static const struct rig_race maps = {2, {1, 2}, {map_rw, map_by_stranger}};
	static const struct rig_race passed_on = {2, {1, 2}, {unmap_once, map_by_stranger}};

	(void)state;
	assert_int_equal(rig_race_all(&maps, 2, begin_granted, stranger_maps), FIRST);
	assert_int_equal(rig_race_all(&passed_on, 2, begin_passed_on, stranger_maps),
			 FIRST | SECOND);
}

/* ------------------------------------------------------------------ copies */

static void
copy_twice(void)
{
	struct gnttab_copy ops[2];

	for (unsigned int i = 0; i < 2; i++) {
		ops[i] = rig_copy_refs(0, REF, 0, REF, 5);
		ops[i].flags = GNTCOPY_source_gref;
		ops[i].dest.domid = DOMID_SELF;
		ops[i].dest.u.gmfn = rig_frame(1, 2 + i);
	}
	arch_grant_table_op(rig_dom[1], GNTTABOP_copy, ops, 2);
	status[0] = ops[0].status;
	status[1] = ops[1].status;
}

static void
copies_keep_their_claim(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {end_thrice, copy_twice}};
	const uint8_t *second;

	(void)state;
	begin_granted();
	second = guest_page_bytes(rig_dom[1], 3);
	RIG_RACE(&r, {1, second, 0}, {0, flags_of(0, REF), 1}, {1, flags_of(0, REF), 0},
		 {0, flags_of(0, REF), 1}, {1, NULL, 0});
	assert_int_equal(status[0], GNTST_okay);
	assert_int_equal(status[1], GNTST_okay);
	assert_int_equal(ended[0], BUSY);
	assert_int_equal(ended[1], BUSY);
	assert_int_equal(ended[2], ENDED);
}

/* ------------------------------------------------------------------ transfers: d0 sends, d1 takes */

static uint64_t sent_frame, got_frame;

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
	status[0] = send(sent_frame, REF);
}

static void
send_page_too(void)
{
	status[1] = send(sent_frame, OTHER);
}

static void
send_other_page(void)
{
	status[1] = send(other_frame, REF);
}

/* As a receiver must: it takes the entry back, or waits for what is on its way (R1108). */
static void
receive(void)
{
	uint16_t *flags = flags_of(1, REF), seen = arch_load16(flags), was;

	ended[0] = ENDED;
	while (!(seen & GTF_transfer_committed)) {
		was = arch_cmpxchg16(flags, seen, 0);
		if (was == seen)
			return;
		seen = was;
	}
	while (!(arch_load16_acquire(flags) & GTF_transfer_completed))
		arch_relax();
	got_frame = arch_load32(&rig_table[1][REF].frame);
	ended[0] = BUSY;
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
	rig_grant(1, REF, 0, 0, GTF_accept_transfer);
	rig_grant(1, OTHER, 0, 0, GTF_accept_transfer);
	rig_grant(0, REF, 1, 0, GTF_permit_access);
	status[0] = status[1] = 99;
}

static unsigned int
received(void)
{
	if (ended[0] == BUSY && got_frame != sent_frame)
		return UNEXPECTED;
	return WHICH(ended[0], status[0], {ENDED, GNTST_general_error}, {BUSY, GNTST_okay});
}

static void
transfer_is_taken_back_or_arrives(void **state)
{
	static const struct rig_race r = {2, {1, 0}, {receive, send_page}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_sending, received), FIRST | SECOND);
	/* Once committed it is waited for, and shows its frame. */
	begin_sending();
	RIG_RACE(&r, {1, PAGES(rig_sim), 2}, {0, NULL, 0}, {1, NULL, 0});
	assert_int_equal(ended[0], BUSY);
	assert_int_equal(got_frame, sent_frame);
}

static unsigned int
one_okay(void)
{
	return WHICH(status[0], status[1], {GNTST_okay, GNTST_bad_page},
		     {GNTST_bad_page, GNTST_okay});
}

static void
page_is_mapped_or_sent(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {send_page_too, map_rw}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_sending, one_okay), FIRST | SECOND);
}

static void
page_is_sent_once(void **state)
{
	static const struct rig_race r = {2, {0, 0}, {send_page, send_page_too}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_sending, one_okay), FIRST | SECOND);
}

static unsigned int
one_arrives(void)
{
	return WHICH(status[0], status[1], {GNTST_okay, GNTST_general_error},
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
	status[1] = send(other_frame, OTHER);
}

static void
entry_and_room_serve_once(void **state)
{
	static const struct rig_race entry = {2, {0, 0}, {send_page, send_other_page}};
	static const struct rig_race room = {2, {0, 0}, {send_page, send_other_to_other}};

	(void)state;
	assert_int_equal(rig_race_all(&entry, 3, begin_sending, one_arrives), FIRST | SECOND);
	assert_int_equal(rig_race_all(&room, 3, begin_sending_without_room, one_arrives),
			 FIRST | SECOND);
}

/* ------------------------------------------------------------------ the table */

enum { REF_NEW = GNTTAB_ENTRIES_PER_FRAME };

static void
grow(void)
{
	xen_pfn_t frames[4];
	struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 2};

	set_xen_guest_handle(op.frame_list, frames);
	arch_grant_table_op(rig_dom[0], GNTTABOP_setup_table, &op, 1);
	ended[0] = op.status;
}

static void
grow_and_grant(void)
{
	grow();
	guest_scribbled(rig_dom[0], REF_NEW);
	arch_store32(&rig_table[0][REF_NEW].frame, (uint32_t)other_frame);
	arch_store16(&rig_table[0][REF_NEW].domid, rig_id(1));
	arch_store16_release(flags_of(0, REF_NEW), GTF_permit_access);
}

static void
map_new(void)
{
	status[0] = map_by(1, REF_NEW, 0, HOST);
}

static unsigned int
new_entry(void)
{
	return WHICH(ended[0], status[0], {GNTST_okay, GNTST_bad_gntref},
		     {GNTST_okay, GNTST_general_error}, {GNTST_okay, GNTST_okay});
}

static void
table_grows_under_a_map(void **state)
{
	static const struct rig_race r = {2, {0, 1}, {grow_and_grant, map_new}};
	static const struct rig_race both = {2, {0, 0}, {grow, grow}};

	(void)state;
	assert_int_equal(rig_race_all(&r, 3, begin_rewriting, new_entry), FIRST | SECOND | THIRD);
	status[0] = GNTST_bad_gntref;
	begin_granted();
	RIG_RACE(&both, {0, &rig_dom[0]->table.nr_frames, 0});
	assert_int_equal(rig_dom[0]->table.nr_frames, 2);
}

static void
swap_there(void)
{
	struct gnttab_swap_grant_ref op = {.ref_a = REF, .ref_b = OTHER, .status = 1};

	arch_grant_table_op(rig_dom[0], GNTTABOP_swap_grant_ref, &op, 1);
	ended[0] = op.status;
}

static void
swap_back(void)
{
	struct gnttab_swap_grant_ref op = {.ref_a = OTHER, .ref_b = REF, .status = 1};

	arch_grant_table_op(rig_dom[0], GNTTABOP_swap_grant_ref, &op, 1);
	ended[1] = op.status;
}

static unsigned int
swapped(void)
{
	return WHICH(ended[0], status[0], {GNTST_okay, GNTST_general_error},
		     {GNTST_eagain, GNTST_okay}, {GNTST_okay, GNTST_okay});
}

static unsigned int
swapped_twice(void)
{
	return rig_flags(0, REF) == GTF_permit_access && rig_flags(0, OTHER) == 0 ?
	       WHICH(ended[0], ended[1], {GNTST_okay, GNTST_okay}) : UNEXPECTED;
}

/* Against a map: all before or all after.  Against each other: no deadlock. */
static void
swaps(void **state)
{
	static const struct rig_race map = {2, {0, 1}, {swap_there, map_rw}};
	static const struct rig_race both = {2, {0, 0}, {swap_there, swap_back}};

	(void)state;
	assert_int_equal(rig_race_all(&map, 3, begin_granted, swapped), FIRST | SECOND);
	assert_int_equal(rig_race_all(&both, 3, begin_granted, swapped_twice), FIRST);
}

int
steps_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(end_loses_to_a_pin),
		cmocka_unit_test(pin_loses_to_an_end),
		cmocka_unit_test(end_and_map_exclude_each_other),
		cmocka_unit_test(five_tries_and_no_more),
		cmocka_unit_test(end_waits_for_the_flush),
		cmocka_unit_test(one_of_two_unmaps_of_a_handle),
		cmocka_unit_test(map_while_the_handle_goes_back),
		cmocka_unit_test(readonly_or_a_writer),
		cmocka_unit_test(copy_does_not_follow_the_entry),
		cmocka_unit_test(map_does_not_follow_the_entry),
		cmocka_unit_test(two_maps_of_one_grantee),
		cmocka_unit_test(stranger_waits_for_the_last_unmap),
		cmocka_unit_test(copies_keep_their_claim),
		cmocka_unit_test(transfer_is_taken_back_or_arrives),
		cmocka_unit_test(page_is_mapped_or_sent),
		cmocka_unit_test(page_is_sent_once),
		cmocka_unit_test(entry_and_room_serve_once),
		cmocka_unit_test(table_grows_under_a_map),
		cmocka_unit_test(swaps),
	};

	rig_begin(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
