/* test_watch: sim_check_step finds what is planted, and nothing while all is well. */
#include <string.h>

#include "arch/sim/machine.h"
#include "arch/sim/rig.h"

enum { REF = 8 };

static void
finds(const char *rule)
{
	const char *wrong = sim_check_step(rig_sim);

	assert_non_null(wrong);
	if (strncmp(wrong, rule, strlen(rule)) != 0)
		fail_msg("%s, not %s", wrong, rule);
}

/* d1 has d0's page mapped, to write; its entry. */
static struct active *
mapped(void)
{
	rig_begin(0);
	rig_grant(0, REF, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, REF, 0, HOST), GNTST_okay);
	assert_null(sim_check_step(rig_sim));
	return &rig_dom[0]->table.active[REF];
}

static void
watch_finds_pins(void **state)
{
	(void)state;
	mapped()->used += PIN_HOST_READ;
	finds("S-PINS");
	mapped()->used = PIN_HOST_READ;
	finds("S-PINS");
	mapped()->pins += PIN_HOST_READ;
	assert_null(sim_check_step(rig_sim));
}

static void
watch_finds_owners(void **state)
{
	(void)state;
	mapped();
	frame_data(rig_sim, 0, 0)->owner = NOBODY;
	finds("S-OWNER");
}

static void
watch_finds_flags(void **state)
{
	(void)state;
	mapped();
	rig_table[0][REF].flags = GTF_permit_access | GTF_reading;
	finds("S-FLAGS");
	rig_table[0][REF].flags = 0;
	finds("S-FLAGS");
	guest_scribbled(rig_dom[0], REF);
	assert_null(sim_check_step(rig_sim));
}

static void
watch_finds_pairs(void **state)
{
	(void)state;
	mapped();
	rig_table[0][REF].domid = rig_id(2);
	finds("S-PAIR");
	mapped();
	rig_table[0][REF].frame = (uint32_t)rig_frame(0, 1);
	finds("S-PAIR");
}

static void
watch_finds_transfers(void **state)
{
	struct active *act;

	(void)state;
	act = mapped();
	rig_grant(0, REF + 1, 1, 0, GTF_accept_transfer);
	table_list(&rig_dom[0]->table, REF + 1);
	act++;
	act->committed = true;
	finds("S-COMMIT");
	rig_table[0][REF + 1].flags |= GTF_transfer_committed;
	assert_null(sim_check_step(rig_sim));
	act->committed = false;
	act->arrived = (uint16_t)(frame_place(rig_sim, frame_data(rig_sim, 0, 1)) + 1);
	assert_null(sim_check_step(rig_sim));
	rig_table[0][REF + 1].flags |= GTF_transfer_completed;
	finds("S-FRAME");
	/* Looked at once: the guest may go on with the entry. */
	assert_null(sim_check_step(rig_sim));
}

static void
watch_finds_handles(void **state)
{
	(void)state;
	mapped();
	maptrack_put(rig_dom[1], (uint16_t)rig_handle);
	maptrack_put(rig_dom[1], (uint16_t)rig_handle);
	finds("S-HANDLE");
	mapped();
	maptrack_put(rig_dom[1], (uint16_t)rig_handle);
	assert_int_equal(rig_table[0][REF].flags, 0x19);
	rig_dom[1]->maptrack.map[rig_handle].taken = true;
	assert_int_equal(maptrack_get(rig_dom[1]), rig_handle);
	finds("S-HANDLE");
	assert_ptr_equal(sim_check(rig_sim), sim_check_step(rig_sim));
	/* A reset forgets it. */
	mapped();
}

int
watch_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watch_finds_pins), cmocka_unit_test(watch_finds_owners),
		cmocka_unit_test(watch_finds_flags), cmocka_unit_test(watch_finds_pairs),
		cmocka_unit_test(watch_finds_transfers), cmocka_unit_test(watch_finds_handles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
