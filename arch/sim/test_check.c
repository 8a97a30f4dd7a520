/* test_check: sim_check finds what is planted, and panics say where. */
#define _POSIX_C_SOURCE 200809L

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch/sim/machine.h"
#include "arch/sim/rig.h"

static void
finds(const char *rule)
{
	const char *wrong;

	rig_sim->changes++;
	wrong = sim_check(rig_sim);
	assert_non_null(wrong);
	if (strncmp(wrong, rule, strlen(rule)) != 0)
		fail_msg("%s, not %s", wrong, rule);
	/* The scratch is clean again: it says the same twice. */
	assert_ptr_equal(sim_check(rig_sim), wrong);
}

static struct frame *
mapped_page(void)
{
	rig_begin(HVM2);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | DEV), GNTST_okay);
	return frame_data(rig_sim, 0, 0);
}

static void
check_finds_pins(void **state)
{
	(void)state;
	mapped_page();
	rig_dom[0]->table.active[8].pins += PIN_HOST_READ;
	finds("I-PINS");
	mapped_page();
	rig_dom[1]->maptrack.map[rig_handle].ref = 9;
	finds("I-PINS");
	mapped_page();
	rig_dom[1]->maptrack.map[rig_handle].flags = 0;
	finds("I-PINS");
}

static void
check_finds_flags(void **state)
{
	(void)state;
	mapped_page();
	rig_table[0][8].flags &= (uint16_t)~GTF_writing;
	finds("I-FLAGS");
	guest_scribbled(rig_dom[0], 8);
	rig_check();
	rig_table[0][8].flags = 0x19;
	assert_int_equal(rig_unmap_at(1, rig_handle, guest_window_addr(rig_dom[1], 0), rig_bus),
			 GNTST_okay);
	rig_table[0][8].flags |= GTF_reading;
	rig_check();
	/* Clear once: then it counts again. */
	rig_table[0][8].flags = 0;
	rig_check();
	rig_table[0][8].flags = GTF_permit_access | GTF_reading;
	finds("I-FLAGS");
	rig_table[0][8].flags = GTF_accept_transfer | GTF_reading;
	rig_check();
}

static void
check_finds_frames(void **state)
{
	struct frame *f = mapped_page();

	(void)state;
	f->latched++;
	finds("I-LATCH");
	f = mapped_page();
	f->refs--;
	finds("I-REFS");
	f = mapped_page();
	f->writers++;
	finds("I-REFS");
	f = mapped_page();
	rig_dom[1]->window[0].frame = FRAME_NONE;
	finds("I-REFS");
	f = mapped_page();
	f->slot = 1;
	finds("I-OWNER");
	f = mapped_page();
	f->bytes++;
	finds("I-BYTES");
	f = mapped_page();
	f->owner = NOBODY;
	finds("I-PAGES");
	mapped_page();
	rig_dom[2]->tot_pages++;
	finds("I-PAGES");
}

static void
check_counts_translated(void **state)
{
	(void)state;
	rig_begin(HVM2);
	rig_grant(0, 8, 2, 0, GTF_permit_access);
	assert_int_equal(rig_map(2, 0, 8, 0, HOST), GNTST_okay);
	rig_dom[2]->window[0].frame = FRAME_NONE;
	rig_sim->changes++;
	rig_check();
	frame_data(rig_sim, 0, 0)->refs = 0;
	finds("I-REFS");
}

static void
panic_child(int to)
{
	dup2(to, STDERR_FILENO);
	arch_lock(rig_dom[0]);
	arch_lock(rig_dom[0]);
}

static void
panic_says_where(void **state)
{
	int fd[2], status;
	char text[200] = "";
	pid_t child;

	(void)state;
	rig_begin(0);
	assert_int_equal(pipe(fd), 0);
	child = fork();
	if (child == 0) {
		panic_child(fd[1]);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(read(fd[0], text, sizeof text - 1) > 0);
	assert_non_null(strstr(text, "yield.h:"));
	assert_non_null(strstr(text, ": l->writer == 0"));
	assert_true(WIFSIGNALED(status));
	close(fd[0]);
	close(fd[1]);
}

int
check_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_finds_pins), cmocka_unit_test(check_finds_flags),
		cmocka_unit_test(check_finds_frames), cmocka_unit_test(check_counts_translated),
		cmocka_unit_test(panic_says_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
