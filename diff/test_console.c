/*
 * test_console: what is read out of a machine's words, and a Xen that is not there.  No machine
 * runs.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/console.h"
#include "diff/mailbox.h"
#include "diff/xen_file.h"

static void
test_console(void **state)
{
	static const char said[] = MAILBOX_LINE "1a2b\n";
	static const char died[] = "(XEN) Panic on CPU 0:\r\n(XEN) what was wrong\r\n";
	struct console c;
	uint64_t frame = 0;
	char line[64];

	(void)state;
	assert_true(console_open(&c));
	assert_int_equal(write(c.fd, said, 20), 20);	/* a line that is not yet whole */
	assert_false(console_read(&c, &frame, line, sizeof(line)));
	assert_int_equal(frame, 0);
	assert_int_equal(write(c.fd, said + 20, strlen(said) - 20), strlen(said) - 20);
	assert_false(console_read(&c, &frame, line, sizeof(line)));
	assert_int_equal(frame, 0x1a2b);
	for (unsigned int i = 0; i < 5000; i++)
		assert_int_equal(write(c.fd, "x\n", 2), 2);
	assert_int_equal(write(c.fd, died, strlen(died)), strlen(died));
	assert_true(console_read(&c, &frame, line, sizeof(line)));
	assert_string_equal(line, "Panic on CPU 0: what was wrong");
	assert_true(console_read(&c, &frame, line, sizeof(line)));	/* again */
	console_last_line(&c, line, sizeof(line));
	assert_string_equal(line, "(XEN) what was wrong");
	console_close(&c);
}

static void
test_no_such_file(void **state)
{
	bool broken = true;
	char why[256];

	(void)state;
	assert_int_equal(xen_file_open("/no/such/xen", why, sizeof(why), &broken), -1);
	assert_false(broken);
	assert_string_equal(why, "/no/such/xen: cannot be read: No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_no_such_file),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
