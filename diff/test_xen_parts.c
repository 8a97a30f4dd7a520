/*
 * test_xen_parts: what of the Xen lane needs no machine: consoles, spellings, file names.
 */
#define _GNU_SOURCE	/* memfd_create */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/console.h"
#include "diff/mailbox.h"
#include "diff/root.h"
#include "diff/xen_file.h"
#include "diff/xen_setup.h"

static char why[256];

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

static unsigned int
files_in(const char *folder)
{
	DIR *d = opendir(folder);
	unsigned int n = 0;

	assert_non_null(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

/* Kept whole, or, where there is no room for it, not at all. */
static void
test_console_and_a_full_disk(void **state)
{
	char folder[] = "/tmp/gntfuzz-console-XXXXXX", path[64];
	struct rlimit before, little;
	struct console c;
	struct stat s;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_true(console_open(&c));
	for (unsigned int i = 0; i < 5000; i++)
		assert_int_equal(write(c.fd, "x\n", 2), 2);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = before;
	little.rlim_cur = 6000;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	assert_false(console_keep(&c, folder, path, sizeof(path)));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(files_in(folder), 0);
	assert_true(console_keep(&c, folder, path, sizeof(path)));
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_size, 10000);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	console_close(&c);
}

/* Options are cut off the end in any order; what is none of them belongs to the name. */
static void
test_setup(void **state)
{
	static struct xen_setup s;

	(void)state;
	assert_null(xen_setup_read(&s, "sid"));
	assert_string_equal(s.xen, "sid");
	assert_false(s.no_maptrack || s.no_transfer || s.exact || s.pvh);
	assert_int_equal(s.machine.cpus, DOMAINS_MAX);
	assert_null(xen_setup_read(&s, "./xen+debug+exact+nomaptrack"));
	assert_string_equal(s.xen, "./xen+debug");
	assert_true(s.exact && s.no_maptrack && !s.no_transfer);
	assert_non_null(strstr(s.xen_options, "gnttab_max_maptrack_frames=0"));
	assert_null(xen_setup_read(&s, "sid+notransfer+exactly"));
	assert_string_equal(s.xen, "sid+notransfer+exactly");
	assert_null(xen_setup_read(&s, "sid+notransfer"));
	assert_non_null(strstr(s.xen_options, "no-transfer"));
	assert_null(xen_setup_read(&s, "+exact"));	/* a file may be called so */
	assert_non_null(xen_setup_read(&s, "sid+pvh+exact"));
	assert_null(xen_setup_read(&s, "sid+exact+arm64"));
	assert_string_equal(s.xen, "sid");
	assert_string_equal(s.machine.emulator, "qemu-system-aarch64");
	assert_true(s.exact && s.arm64 && s.machine.cpus == 1);
	assert_int_equal(s.machine.guests, DOMAINS_MAX);
	assert_null(xen_setup_read(&s, "sid+dummy+arm64"));
	assert_true(s.dummy);
	assert_non_null(strstr(s.xen_options, "xsm=dummy"));
	assert_int_equal(s.machine.guests, DOMAINS_MAX);
	assert_non_null(xen_setup_read(&s, "sid+dummy"));
	assert_non_null(xen_setup_read(&s, "sid+arm64+pvh"));
	assert_non_null(xen_setup_read(&s, "sid+arm64+threads"));
	assert_non_null(xen_setup_read(&s, "sid+arm64+notransfer"));
}

/* By the name that it has in a device tree; what has none may make more. */
static void
test_versions_of_arm(void **state)
{
	static const struct {
		const char *text;
		bool alone;
	} files[] = {
		{ "....xen,xen-4.14", true }, { "xen,xen-4.16-", true }, { "xen,xen-4.9", true },
		{ "..xen,xen-4.17", false }, { "xen,xen-4.20", false }, { "xen,xen-4.", false },
		{ "nothing", false }, { "", false },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		size_t n = strlen(files[i].text);
		int fd = memfd_create("gntfuzz-test", 0);

		assert_int_equal(write(fd, files[i].text, n), n);
		assert_int_equal(xen_file_makes_dom0_alone(fd), files[i].alone);
		close(fd);
	}
}

static void
test_temporary_folder(void **state)
{
	char path[64], small[12];

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/no/such", 1), 0);
	assert_false(root_temp(path, sizeof(path)));
	assert_non_null(strstr(path, "/no/such/"));
	assert_int_equal(setenv("TMPDIR", "", 1), 0);
	assert_false(root_temp(small, sizeof(small)));
	assert_true(root_temp(path, sizeof(path)));
	assert_int_equal(strncmp(path, "/tmp/", 5), 0);
	assert_int_equal(rmdir(path), 0);
}

static void
test_no_such_file(void **state)
{
	bool broken = true;

	(void)state;
	assert_int_equal(xen_file_open("/no/such/xen", false, why, sizeof(why), &broken), -1);
	assert_false(broken);
	assert_string_equal(why, "/no/such/xen: cannot be read: No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_console_and_a_full_disk),
		cmocka_unit_test(test_setup),
		cmocka_unit_test(test_versions_of_arm),
		cmocka_unit_test(test_temporary_folder),
		cmocka_unit_test(test_no_such_file),
	};

	return cmocka_run_group_tests_name("xen_parts", tests, NULL, NULL);
}
