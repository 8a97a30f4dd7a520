/* test_host: whether this is a Xen host, and has what is needed, is told well. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "diff/host_place.h"

static char root[] = "/tmp/gntfuzz-test-XXXXXX", why[256];
static char sys[64], dev[64], proc[64], run_folder[64];
static int domid_told;

static int
domid(void)
{
	return domid_told;
}

static const struct host_place place = { sys, dev, proc, run_folder, domid };

/* ------------------------------------------------------------------ a place of our own */

static void
folder(char path[64], const char *name)
{
	snprintf(path, 64, "%s/%s", root, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void
put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
away(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(remove(path), 0);
}

/* All that a dom0 has. */
static int
make_place(void **unused)
{
	char version[64];

	(void)unused;
	assert_non_null(mkdtemp(root));
	folder(sys, "sys");
	folder(dev, "dev");
	folder(proc, "proc");
	folder(run_folder, "run");
	folder(version, "sys/version");
	put("sys/type", "xen\n");
	put("sys/version/major", "4\n");
	put("sys/version/minor", "17\n");
	put("sys/version/extra", ".5-pre\n");
	put("sys/guest_type", "PV\n");
	put("dev/privcmd", "");
	put("dev/gntdev", "");
	put("dev/gntalloc", "");
	put("dev/evtchn", "");
	put("proc/capabilities", "control_d\n");
	return 0;
}

static int
remove_place(void **unused)
{
	static const char *const names[] = {
		"sys/type", "sys/version/major", "sys/version/minor", "sys/version/extra",
		"sys/version", "sys/guest_type", "sys", "dev/gntdev", "dev/gntalloc",
		"dev/evtchn", "dev/privcmd", "dev", "proc/capabilities",
		"proc", "run/gntfuzz-host.lock", "run", "",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		away(names[i]);
	return 0;
}

static bool
is_place_for(unsigned int id, enum host_way way)
{
	struct host_found f;
	bool is = host_place_find(&f, &place, id, way, why, sizeof(why));

	if (is)
		close(f.lock);
	return is;
}

static bool
is_place(unsigned int id)
{
	return is_place_for(id, HOST_ALONE);
}

/* It is no place, and why[] says so, and what to do. */
static void
refuses_for(unsigned int id, enum host_way way, const char *what, const char *advice)
{
	why[0] = 0;
	assert_false(is_place_for(id, way));
	if (strstr(why, what) == NULL || strstr(why, advice) == NULL)
		fail_msg("not '%s' and '%s' in: %s", what, advice, why);
}

static void
refuses(unsigned int id, const char *what, const char *advice)
{
	refuses_for(id, HOST_ALONE, what, advice);
}

/* ------------------------------------------------------------------ refusals */

static void
test_a_dom0_is_taken(void **unused)
{
	struct host_found f;

	(void)unused;
	if (!host_place_find(&f, &place, 0, HOST_ALONE, why, sizeof(why)))
		fail_msg("%s", why);
	assert_int_equal(f.version, 4 << 16 | 17 << 8 | 5);
	close(f.lock);
}

static void
test_no_xen(void **unused)
{
	(void)unused;
	away("sys/type");
	refuses(0, "does not run on Xen", "a domain of a Xen host");
	put("sys/type", "kvm\n");
	refuses(0, "says kvm", "a domain of a Xen host");
	put("sys/type", "xen\n");
}

static void
test_no_device(void **unused)
{
	(void)unused;
	away("dev/gntalloc");
	refuses(0, "no ", "modprobe xen-gntalloc");
	put("dev/gntalloc", "");
	away("dev/gntdev");
	refuses(0, "no ", "modprobe xen-gntdev");
	put("dev/gntdev", "");
}

static void
test_two_domains_want_more(void **unused)
{
	(void)unused;
	assert_true(is_place_for(0, HOST_TWO));
	away("dev/evtchn");
	assert_true(is_place(0));
	refuses_for(0, HOST_TWO, "no ", "modprobe xen-evtchn");
	put("dev/evtchn", "");
}

static void
test_raw_hypercalls_want_more(void **unused)
{
	(void)unused;
	assert_true(is_place_for(0, HOST_RAW));
	away("dev/privcmd");
	assert_true(is_place(0));
	refuses_for(0, HOST_RAW, "no ", "modprobe xen-privcmd");
	put("dev/privcmd", "");
	put("sys/guest_type", "PVH\n");
	assert_true(is_place(0));
	refuses_for(0, HOST_RAW, "guest_type says PVH", "dom0=pv");
	away("sys/guest_type");
	refuses_for(0, HOST_RAW, "guest_type says nothing", "dom0=pv");
	put("sys/guest_type", "PV\n");
}

/* Root may open nearly everything; what is below a file nobody may. */
static void
test_a_device_that_does_not_open(void **unused)
{
	static char below[128];
	struct host_place odd = place;
	struct host_found f;

	(void)unused;
	snprintf(below, sizeof(below), "%s/type", sys);
	odd.dev = below;
	assert_false(host_place_find(&f, &odd, 0, HOST_ALONE, why, sizeof(why)));
	if (strstr(why, "Not a directory; run as root") == NULL)
		fail_msg("%s", why);
}

static void
test_another_domain(void **unused)
{
	(void)unused;
	refuses(3, "this is domain 0, not 3", "host:0, or agent --domid 0");
	put("proc/capabilities", "");
	domid_told = 3;
	assert_true(is_place(3));
	refuses(0, "this is domain 3, not 0", "host:3, or agent --domid 3");
	domid_told = -1;
	refuses(3, "cannot tell which domain", "xenfs");
	put("proc/capabilities", "control_d\n");
}

static void
test_one_at_a_time(void **unused)
{
	struct host_found f;

	(void)unused;
	assert_true(host_place_find(&f, &place, 0, HOST_ALONE, why, sizeof(why)));
	refuses(0, "another gntfuzz", "wait");
	close(f.lock);
	assert_true(is_place(0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_dom0_is_taken),
		cmocka_unit_test(test_no_xen),
		cmocka_unit_test(test_no_device),
		cmocka_unit_test(test_two_domains_want_more),
		cmocka_unit_test(test_raw_hypercalls_want_more),
		cmocka_unit_test(test_a_device_that_does_not_open),
		cmocka_unit_test(test_another_domain),
		cmocka_unit_test(test_one_at_a_time),
	};

	return cmocka_run_group_tests_name("host", tests, make_place, remove_place);
}
