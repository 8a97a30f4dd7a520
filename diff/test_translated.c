/*
 * test_translated LANE DOMAINS: a lane of a real Xen with our guest as a translated dom0, and that
 * many domains in all: that pages are again what they were, although programs move and lose them,
 * and that Xen and the model agree about it.
 *
 * Without QEMU, guest or Xen the tests of the machine are skipped.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/xen_abi.h"
#include "diff/lane_xen.h"
#include "diff/stamps.h"
#include "diff/text.h"

enum { ROUNDS = 150 };

/* Each leaves behind all that it can. */
static const char *const texts[] = {
	"d0 query_size self\nd0 setup_table self 4\nd0 read p0 +0\nd0 read p7 +0\n"
	"d0 swap g0 ref=last\n",
	/* pages that are lost, while mapped and after, by a good mapping and by a bad one */
	"d0 grant g0 to d0 page p0\nd0 map m0 from d0 g0\nd0 write_map m0 +0 7\n"
	"d0 grant g1 to d0 page p1 ro\nd0 map m1 from d0 g1 ro\nd0 unmap m1\n"
	"d0 grant g2 to d0 page p2\nd0 map m2 from d0 g2 at hole\nd0 read p2 +0\n",
	/* a handle whose window another one's unmap took */
	"d0 grant g0 to d0 page p5\nd0 map m0 from d0 g0\nd0 map m1 from d0 g0\n"
	"d0 map m2 from d0 g0 ro\nd0 unmap m0 at m1\nd0 unmap m1 at m2\n",
	/* slots filled again and again, over pages that are there and over holes */
	"d0 grant g0 to d0 page p3\nd0 end g0 p3 page\nd0 fill p3\nd0 write p3 +8 9\n"
	"d0 grant g0 to d0 page p3\nd0 end g0 p3 page\nd0 fill p3\nd0 read p3 +8\n"
	"d0 grant g1 to d0 page p3\nd0 map m0 from d0 g1\nd0 end g1 p3 page\nd0 fill p3\n"
	"d0 tick\nd0 unmap m0\nd0 read p3 +8\n"
	/* and one that never had a page */
	"d0 accept g9 from d0 slot p7\nd0 flags g9 1\nd0 map m7 from d0 g9\n",
	/* a table that grew, and entries in frames that are not in place */
	"d0 alloc c0 1200\nd0 swap ref=0 ref=last\nd0 flags g0 1\nd0 swap g0 ref=last\n"
	"d0 write p0 +0 1\n",
	"d0 add_to_physmap 3\nd0 setup_table self 4\n",
	/* dom0 and the others, either way */
	"d1 grant g0 to d0 page p0\nd0 map m0 from d1 g0\nd0 write_map m0 +0 7\nd1 read p0 +0\n"
	"d0 grant g1 to d2 page p1 ro\nd2 map m1 from d0 g1 ro\nd2 read_map m1 +0\n"
	"d1 end_ref g0\nd2 grant g2 to d0 page p2\nd0 copy p0+0 -> d2:g2+8 len 16\n"
	"d2 read p2 +8\nd0 grant g3 to d1 page p3\nd1 map m3 from d0 g3\n"
	"d1 write_map m3 +4094 9\nd0 read p3 +4092\n",
	/* the others among themselves, which is for the policy to say */
	"d1 grant g0 to d2 page p0\nd2 map m0 from d1 g0\nd2 write_map m0 +0 7\n"
	"d2 copy d1:g0+0 -> p1+0 len 8\nd1 end_ref g0\n",
	/* what the others leave behind of their own */
	"d1 grant g0 to d1 page p3\nd1 map m0 from d1 g0\nd1 map m1 from d1 g0 ro\n"
	"d1 end g0 p3 page\nd1 fill p3\nd1 write p3 +8 9\nd2 fail_alloc 1\n"
	"d2 grant g1 to d0 page p2\nd2 map m2 from d1 g5 at wild\nd2 unmap m2\n",
	"d1 alloc c0 1200\nd1 swap ref=0 ref=last\nd1 flags g0 1\nd2 add_to_physmap 3\n"
	"d2 setup_table self 4\nd2 setup_table self 4 wild\nd0 setup_table d2 4\n"
	"d2 setup_table d0 4\nd0 query_size d1\nd1 query_size d2\nd2 hypercall 0 wild\n"
	"d1 hypercall 31 negative\nd2 get_version d2\nd1 swap g0 g1\n",
	/* a frame's number is the domain's, but for a flush the machine's */
	"d1 cache_flush p0 +0 len 64 clean\nd1 cache_flush table +0 len 64 clean\n"
	"d2 cache_flush p1 +0 len 64 inval\nd2 cache_flush unowned +0 len 64 clean\n"
	"d1 grant g0 to d0 page unowned\nd0 map m0 from d1 g0\n",
};

enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static struct program programs[TEXTS];
static struct trace first[TEXTS], again;
static const char *lane_name;
static unsigned int lane_domains;
static struct lane *lane;
static char why[256];

static void
read_programs(void)
{
	for (unsigned int i = 0; i < TEXTS; i++) {
		char text[2048];
		struct text_error e;
		bool alone = strstr(texts[i], "d2") == NULL;

		snprintf(text, sizeof(text), "gnt 1\ndomains %d pages %u\n%s",
			 alone ? 1 : DOMAINS_MAX, alone ? 8 - i : 8, texts[i]);
		assert_true(text_parse(&programs[i], &e, text, strlen(text)));
		lane_adapt(lane, &programs[i].header);
		program_normalize(&programs[i]);
	}
}

static int
open_lane(void **state)
{
	bool broken;

	(void)state;
	lane = lane_open(lane_name, why, sizeof(why), &broken);
	if (lane == NULL)
		print_message("%s: %s\n", broken ? "broken" : "skipped", why);
	else
		read_programs();
	return lane == NULL && broken ? -1 : 0;
}

static int
close_lane(void **state)
{
	(void)state;
	lane_close(lane);
	return 0;
}

static void
need_lane(void)
{
	if (lane == NULL)
		skip();
}

static void
run(struct lane *l, unsigned int i, struct trace *t)
{
	memset(t, 0, sizeof(*t));
	assert_int_equal(lane_run(l, &programs[i], t, why, sizeof(why)), VERDICT_SUCCESS);
}

/* ------------------------------------------------------------------ tests */

static void
test_same_as_the_model(void **state)
{
	struct profile profile;
	struct difference d;
	struct lane *model;
	bool broken;

	(void)state;
	need_lane();
	model = lane_open("model", why, sizeof(why), &broken);
	assert_non_null(model);
	assert_int_equal(lane_profile(lane, &profile, why, sizeof(why)), VERDICT_SUCCESS);
	lane_model_be(model, &profile);
	for (unsigned int i = 0; i < TEXTS; i++) {
		run(lane, i, &first[i]);
		run(model, i, &again);
		if (!compare_traces(&d, &programs[i], &again, &first[i]))
			fail_msg("program %u, operation %u, rule R%u: expected %ld, got %ld", i,
				 d.at + 1u, d.rule, (long)d.expected, (long)d.got);
		assert_int_equal(d.lane_skip_at, programs[i].n_ops);
	}
	lane_close(model);
}

static void
test_same_in_other_company(void **state)
{
	unsigned int seed = 1;

	(void)state;
	need_lane();
	for (unsigned int i = 0; i < TEXTS; i++)
		run(lane, i, &first[i]);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		unsigned int i = (seed = seed * 1103515245 + 12345) >> 16 & 0xff;

		run(lane, i % TEXTS, &again);
		assert_memory_equal(&first[i % TEXTS], &again, sizeof(again));
	}
	assert_int_equal(lane_xen_check(lane, why, sizeof(why)), VERDICT_SUCCESS);
}

/*
 * A machine of its own each time, of one processor, and the answers are those of any other.  A PVH
 * dom0 has none.
 */
static void
test_exact(void **state)
{
	char name[128];
	struct lane *exact;
	bool broken;

	(void)state;
	need_lane();
	snprintf(name, sizeof(name), "%s+exact", lane_name);
	exact = lane_open(name, why, sizeof(why), &broken);
	assert_int_equal(exact == NULL, strstr(lane_name, "+pvh") != NULL);
	for (unsigned int i = 0; exact != NULL && i < TEXTS; i++) {
		run(lane, i, &first[i]);
		run(exact, i, &again);
		assert_memory_equal(&first[i], &again, sizeof(again));
	}
	if (exact != NULL)
		lane_close(exact);
}

/* A program for more domains than the lane has is for fewer. */
static void
test_domains(void **state)
{
	struct program_header h = program_header_default;

	(void)state;
	need_lane();
	h.domains = DOMAINS_MAX;
	lane_adapt(lane, &h);
	assert_int_equal(h.domains, lane_domains);
}

static void
test_pv_world_is_skip(void **state)
{
	struct program p;

	(void)state;
	need_lane();
	p = programs[0];
	p.header.hvm = 0;
	assert_int_equal(lane_run(lane, &p, &again, why, sizeof(why)), VERDICT_SKIP);
	assert_non_null(strstr(why, "the header wants another"));
}

/* Pages out of order, in a file with holes, and one that is not there. */
static void
test_stamps(void **state)
{
	static struct mailbox m;
	int fd = memfd_create("gntfuzz-test", 0);
	uint64_t magic = MAILBOX_MAGIC, at[] = { 0, 700, 3, 5000, 0 };

	(void)state;
	m.n_pages = 5;
	assert_int_equal(ftruncate(fd, 6000 * MAILBOX_PAGE), 0);
	assert_int_equal(stamps_first(fd), 0);
	assert_int_equal(pwrite(fd, &magic, 8, 9 * MAILBOX_PAGE + 8), 8);
	assert_int_equal(stamps_first(fd), 0);
	assert_int_equal(pwrite(fd, &magic, 8, 600 * MAILBOX_PAGE), 8);
	assert_int_equal(stamps_first(fd), 600);
	for (uint64_t page = 1; page < 4; page++) {
		uint64_t stamp[2] = { MAILBOX_STAMP, page };

		assert_int_equal(pwrite(fd, stamp, 16, (off_t)at[page] * MAILBOX_PAGE), 16);
	}
	stamps_find(fd, &m);
	for (unsigned int page = 1; page < 4; page++)
		assert_int_equal(m.frame[page], at[page]);
	assert_true(m.frame[4] == MAILBOX_FRAME_UNKNOWN);
	close(fd);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_same_as_the_model),
		cmocka_unit_test(test_same_in_other_company),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_pv_world_is_skip),
	};

	if (argc != 3)
		return 2;
	lane_name = argv[1];
	lane_domains = (unsigned int)atoi(argv[2]);
	return cmocka_run_group_tests_name("translated", tests, open_lane, close_lane);
}
