/*
 * test_host: whether this is a Xen host is told well, and the lane `host:' does to a domain what it
 * says, no more, and ends it; on a pretended one, so that no Xen is needed.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/coarse.h"
#include "diff/host_place.h"
#include "diff/host_pretend.h"
#include "diff/host_run.h"
#include "diff/lane_host.h"
#include "diff/text.h"

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

/* ------------------------------------------------------------------ programs */

static struct program p;
static struct trace got, model_trace;

/* The header that the lane gives a program of so many domains. */
static void
adapt(unsigned int n, struct program_header *h)
{
	const char *lane = n == 2 ? "host:5,6@1+plan" : "host:5+plan";
	bool broken;
	struct lane *l;

	lane_host_name(lane);
	l = lane_open(lane, why, sizeof(why), &broken);
	assert_non_null(l);
	lane_adapt(l, h);
	assert_int_equal(h->domains, n);
	lane_close(l);
}

/* Run a text on the pretended domains 5 and 6, and compare with the model. */
static bool
agrees(const char *text, const struct host_calls *calls, struct difference *d)
{
	static const domid_t real[2] = { 5, 6 };
	void *host[2] = { NULL, NULL };
	struct host_side *side[2];
	struct host_party party[2];
	struct text_error e;
	struct lane *model;
	bool broken, same;
	unsigned int n;

	if (!text_parse(&p, &e, text, strlen(text)))
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
	n = p.header.domains;
	adapt(n, &p.header);
	program_normalize(&p);
	for (unsigned int i = 0; i < n; i++) {
		host[i] = host_pretend_open(NULL, real[i], host[0]);
		assert_non_null(host[i]);
		side[i] = host_side_new(calls, host[i], i, real, n);
		party[i] = host_party_here(side[i]);
	}
	model = lane_open("model", why, sizeof(why), &broken);
	assert_non_null(model);
	assert_true(host_run(party, n, &p, &got, NULL));
	assert_int_equal(lane_run(model, &p, &model_trace, why, sizeof(why)), VERDICT_SUCCESS);
	same = lane_compare(d, model, &p, &model_trace, &got);
	assert_int_equal(host_pretend_live(host[0]), 0);
	while (n-- > 0) {
		host_side_free(side[n]);
		calls->close(host[n]);
	}
	lane_close(model);
	return same;
}

#define HEAD "gnt 1\ndomains 1 pages 2\n"

static const char long_text[] =
	HEAD "d0 write p0 +0 7\nd0 grant g0 to d0 page p0\nd0 map m0 from d0 g0\n"
	"d0 read_map m0 +0\nd0 write_map m0 +8 9\nd0 read p0 +8\n"
	"d0 grant g1 to d0 page p1 ro\nd0 map m1 from d0 g1\nd0 map m2 from d0 g1 ro\n"
	"d0 copy d0:g1+0 -> p0+64 len 100\nd0 copy p0+0 -> d0:g1+0 len 8\nd0 read p0 +64\n"
	"d0 end g0 p0 page\nd0 read_map m0 +0\nd0 fill p0\nd0 read p0 +0\nd0 unmap m0\n"
	"d0 grant g0 to d0 page p0\nd0 map m0 from d0 ref=max\nd0 unmap m2\nd0 end g1 p1 page\n";

static void
test_it_agrees_with_the_model(void **unused)
{
	struct difference d;
	unsigned int n_skipped = 0;

	(void)unused;
	if (!agrees(long_text, &host_pretend, &d))
		fail_msg("operation %u, R%u: expected %ld, got %ld", d.at + 1u, d.rule,
			 (long)d.expected, (long)d.got);
	for (unsigned int i = 0; i < p.n_ops; i++)
		n_skipped += got.record[i].skip != SKIP_NOT;
	assert_int_equal(n_skipped, 0);
	assert_int_equal(got.kind, TRACE_COARSE);
}

#define TWO "gnt 1\ndomains 2 pages 2\n"

static const char long_text_of_two[] =
	TWO "d0 write p0 +0 7\nd0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\n"
	"d1 read_map m0 +0\nd1 write_map m0 +8 9\nd0 read p0 +8\n"
	"d1 grant g0 to d0 page p1 ro\nd0 map m0 from d1 g0\nd0 map m1 from d1 g0 ro\n"
	"d0 copy d1:g0+0 -> p0+64 len 100\nd0 copy p0+0 -> d1:g0+0 len 8\nd0 read p0 +64\n"
	"d1 copy d0:g0+0 -> p0+64 len 100\nd1 copy p0+0 -> d0:g0+0 len 8\nd1 read p0 +64\n"
	"d1 map m1 from d1 g0\nd0 end g0 p0 page\nd1 read_map m0 +0\nd0 fill p0\n"
	"d0 grant g0 to d0 page p0\nd1 map m1 from d0 g0\nd1 copy d0:g0+0 -> p0+0 len 8\n"
	"d1 unmap m0\nd1 end g0 p1 page\n";

static void
test_two_domains_agree_with_the_model(void **unused)
{
	struct difference d;
	unsigned int n_skipped = 0;

	(void)unused;
	if (!agrees(long_text_of_two, &host_pretend, &d))
		fail_msg("operation %u, R%u: expected %ld, got %ld", d.at + 1u, d.rule,
			 (long)d.expected, (long)d.got);
	for (unsigned int i = 0; i < p.n_ops; i++)
		n_skipped += got.record[i].skip != SKIP_NOT;
	assert_int_equal(n_skipped, 0);
}

static unsigned int n_asked_lost;

static bool
ask_lost(void *side, const struct host_ask *ask, struct host_answer *answer)
{
	(void)side;
	(void)ask;
	(void)answer;
	n_asked_lost++;
	return false;
}

/* It is asked once, which may take long; and this domain ends what it has. */
static void
test_a_party_that_is_lost(void **unused)
{
	static const domid_t real[2] = { 5, 6 };
	void *host = host_pretend_open(NULL, 5, NULL);
	struct host_side *side = host_side_new(&host_pretend, host, 0, real, 2);
	struct host_party party[2] = { host_party_here(side), { ask_lost, NULL } };
	struct text_error e;

	(void)unused;
	assert_true(text_parse(&p, &e, long_text_of_two, strlen(long_text_of_two)));
	assert_false(host_run(party, 2, &p, &got, NULL));
	assert_int_equal(n_asked_lost, 1);
	assert_int_equal(host_pretend_live(host), 0);
	host_side_free(side);
	host_pretend.close(host);
}

/* What is not known is not told. */
static void
test_the_trace_tells_what_is_known(void **unused)
{
	static char text[4096];
	struct difference d;

	(void)unused;
	assert_true(agrees(HEAD "d0 grant g0 to d0 page p0\nd0 map m0 from d0 g0\n", &host_pretend,
			   &d));
	assert_true(text_print_trace(&p, &got, text, sizeof(text)) < sizeof(text));
	assert_non_null(strstr(text, " done\n"));
	assert_non_null(strstr(text, " okay\n"));
	assert_null(strstr(text, "free"));
}

/* What cannot be done is left out for the model, too; what is behind it still counts. */
static void
test_what_is_left_out(void **unused)
{
	static const char text[] = HEAD
		"d0 alloc c0 3\nd0 claim g1 from c0\nd0 grant g0 to d0 page p0\n"
		"d0 grant g1 to d0 page p0\nd0 end_ref g0\nd0 map m0 from d0 g0 dev\n"
		"d0 map m0 from d1 g0\nd0 map m0 from d0 g0\nd0 transfer p0 to d0 g0\n"
		"d0 unmap m0 at m1\nd0 read_map m0 +0\n";
	struct difference d;

	(void)unused;
	assert_true(agrees(text, &host_pretend, &d));
	for (unsigned int i = 0; i < p.n_ops; i++) {
		bool done = i == 2 || i == 7 || i == 10;

		assert_int_equal(got.record[i].skip, done ? SKIP_NOT : SKIP_LANE);
	}
}

/* ------------------------------------------------------------------ a kernel with faults */

static void *
map_anything(void *host, domid_t of, grant_ref_t ref, bool writable)
{
	(void)writable;
	return host_pretend.map(host, of, ref, false);
}

static int
copy_nothing(void *host, struct host_copy *c)
{
	(void)host;
	c->status = GNTST_okay;
	return 0;
}

/* What another domain could write to is not this page. */
static void *
share_another(void *host, domid_t to, bool writable, grant_ref_t *ref)
{
	void *bytes = host_pretend.share(host, to, writable, ref);

	++*ref;
	return bytes;
}

static void
test_faults_are_seen(void **unused)
{
	struct host_calls calls[] = { host_pretend, host_pretend, host_pretend };
	struct difference d;

	(void)unused;
	calls[0].map = map_anything;
	calls[1].copy = copy_nothing;
	calls[2].share = share_another;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (agrees(long_text, &calls[i], &d) ||
		    agrees(long_text_of_two, &calls[i], &d))
			fail_msg("fault %zu is not seen", i);
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
		cmocka_unit_test(test_it_agrees_with_the_model),
		cmocka_unit_test(test_two_domains_agree_with_the_model),
		cmocka_unit_test(test_a_party_that_is_lost),
		cmocka_unit_test(test_the_trace_tells_what_is_known),
		cmocka_unit_test(test_what_is_left_out),
		cmocka_unit_test(test_faults_are_seen),
	};

	return cmocka_run_group_tests_name("host", tests, make_place, remove_place);
}
