/* test_sim: the simulated hypervisor, by its hypercalls alone. */
#include "arch/sim/rig.h"

int
main(void)
{
	int failed = 0;

	rig_sim = sim_new();
	if (!rig_sim)
		return 1;
	rig_begin(0);
	failed += map_tests();
	failed += unmap_tests();
	failed += copy_tests();
	failed += transfer_tests();
	failed += query_tests();
	failed += guest_tests();
	failed += check_tests();
	failed += contents_tests();
	failed += fiber_tests();
	failed += litmus_tests();
	failed += steps_pin_tests();
	failed += steps_page_tests();
	failed += steps_table_tests();
	failed += watch_tests();
	failed += lock_tests();
	failed += turn_tests();
	sim_free(rig_sim);
	sim_free(NULL);
	return failed != 0;
}
