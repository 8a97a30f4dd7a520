/*
 * test_host_run: the lanes `host:' do to domains what they say, no more, and end it; on pretended
 * ones, so that no Xen is needed.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/host_pretend.h"
#include "diff/host_run.h"
#include "diff/lane_host.h"
#include "diff/text.h"

static char why[256];
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

/* Nothing of it is left out, either. */
static void
all_agrees(const char *text)
{
	struct difference d;
	unsigned int n_skipped = 0;

	if (!agrees(text, &host_pretend, &d))
		fail_msg("operation %u, R%u: expected %ld, got %ld", d.at + 1u, d.rule,
			 (long)d.expected, (long)d.got);
	for (unsigned int i = 0; i < p.n_ops; i++)
		n_skipped += got.record[i].skip != SKIP_NOT;
	assert_int_equal(n_skipped, 0);
}

static void
test_it_agrees_with_the_model(void **unused)
{
	(void)unused;
	all_agrees(long_text);
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
	(void)unused;
	all_agrees(long_text_of_two);
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
		cmocka_unit_test(test_it_agrees_with_the_model),
		cmocka_unit_test(test_two_domains_agree_with_the_model),
		cmocka_unit_test(test_a_party_that_is_lost),
		cmocka_unit_test(test_the_trace_tells_what_is_known),
		cmocka_unit_test(test_what_is_left_out),
		cmocka_unit_test(test_faults_are_seen),
	};

	return cmocka_run_group_tests_name("host_run", tests, NULL, NULL);
}
