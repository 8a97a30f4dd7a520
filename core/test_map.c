/*
 * test_map: the peer's side, and memory larger than a grant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "core/testbed.h"

#include <cmocka.h>

static void
set_ops(void **state)
{
	struct gnttab_map_grant_ref map;
	struct gnttab_unmap_grant_ref unmap;

	(void)state;
	memset(&map, 0xff, sizeof map);
	memset(&unmap, 0xff, sizeof unmap);
	gnttab_set_map_op(&map, 0x123000, GNTMAP_host_map | GNTMAP_readonly, 9, 5);
	assert_int_equal(map.host_addr, 0x123000);
	assert_int_equal(map.flags, GNTMAP_host_map | GNTMAP_readonly);
	assert_int_equal(map.ref, 9);
	assert_int_equal(map.dom, 5);
	assert_int_equal(map.status, 1);
	assert_int_equal(map.handle, INVALID_GRANT_HANDLE);
	assert_int_equal(map.dev_bus_addr, 0);
	gnttab_set_unmap_op(&unmap, 0x123000, 77);
	assert_int_equal(unmap.host_addr, 0x123000);
	assert_int_equal(unmap.dev_bus_addr, 0);
	assert_int_equal(unmap.handle, 77);
	assert_int_equal(unmap.status, 1);
}

static void
one_hypercall(void **state)
{
	struct testbed *b = testbed_up(4, false);
	struct gnttab_map_grant_ref map[3];
	struct gnttab_unmap_grant_ref unmap[3];
	struct gnttab_copy copy[3];

	(void)state;
	memset(map, 0, sizeof map);
	memset(unmap, 0, sizeof unmap);
	memset(copy, 0, sizeof copy);
	assert_int_equal(gnttab_map_refs(&b->gt, map, 3), 0);
	assert_int_equal(gnttab_unmap_refs(&b->gt, unmap, 2), 0);
	assert_int_equal(gnttab_batch_map(&b->gt, map, 1), 0);
	assert_int_equal(gnttab_batch_copy(&b->gt, copy, 3), 0);
	testbed_expect(b, "map:3 unmap:2 map:1 copy:3 ");
	assert_int_equal(gnttab_map_refs(&b->gt, map, 0), 0);
	assert_int_equal(gnttab_unmap_refs(&b->gt, NULL, 0), 0);
	assert_int_equal(gnttab_batch_map(&b->gt, NULL, 0), 0);
	assert_int_equal(gnttab_batch_copy(&b->gt, copy, 0), 0);
	testbed_expect(b, "");
	/* The own table is not needed for it. */
	assert_int_equal(gnttab_suspend(&b->gt), 0);
	b->status = GNTST_bad_gntref;
	assert_int_equal(gnttab_map_refs(&b->gt, map, 2), 0);
	assert_int_equal(map[1].status, GNTST_bad_gntref);
	testbed_free(b);
}

static void
retry_eagain(void **state)
{
	struct testbed *b = testbed_up(4, false);
	struct gnttab_map_grant_ref map[2];
	struct gnttab_copy copy[2];

	(void)state;
	memset(map, 0, sizeof map);
	memset(copy, 0, sizeof copy);
	b->n_eagain = 3;		/* both, and the first once more */
	assert_int_equal(gnttab_map_refs(&b->gt, map, 2), 0);
	testbed_expect(b, "map:2 sleep:1 map:1 sleep:2 map:1 sleep:1 map:1 ");
	assert_int_equal(map[0].status, GNTST_okay);
	assert_int_equal(map[1].status, GNTST_okay);
	b->n_eagain = 1;
	b->status = GNTST_bad_copy_arg;
	assert_int_equal(gnttab_batch_copy(&b->gt, copy, 2), 0);
	testbed_expect(b, "copy:2 sleep:1 copy:1 ");
	assert_int_equal(copy[0].status, GNTST_bad_copy_arg);
	testbed_free(b);
}

static void
retry_ends(void **state)
{
	struct testbed *b = testbed_up(4, false);
	struct gnttab_map_grant_ref map;
	struct gnttab_copy copy;

	(void)state;
	memset(&map, 0, sizeof map);
	memset(&copy, 0, sizeof copy);
	b->n_eagain = 256;		/* one, and 255 tries */
	assert_int_equal(gnttab_batch_map(&b->gt, &map, 1), 0);
	assert_int_equal(map.status, GNTST_bad_page);
	assert_int_equal(b->slept_ms, 255 * 256 / 2);
	b->n_eagain = 256;
	assert_int_equal(gnttab_batch_copy(&b->gt, &copy, 1), 0);
	assert_int_equal(copy.status, GNTST_bad_page);
	b->n_eagain = 255;		/* the last try is one too */
	assert_int_equal(gnttab_batch_copy(&b->gt, &copy, 1), 0);
	assert_int_equal(copy.status, GNTST_okay);
	testbed_free(b);
}

/* The first hypercall that fails is the last. */
static void
hypercall_fails(void **state)
{
	struct testbed *b = testbed_up(4, false);
	struct gnttab_map_grant_ref map[2];
	struct gnttab_unmap_grant_ref unmap = { .status = 1 };
	struct gnttab_copy copy[2];

	(void)state;
	memset(map, 0, sizeof map);
	memset(copy, 0, sizeof copy);
	b->fail_call = 1;
	assert_int_equal(gnttab_unmap_refs(&b->gt, &unmap, 1), -XEN_EFAULT);
	assert_int_equal(unmap.status, 1);
	map[0].status = GNTST_eagain;
	b->fail_call = 1;
	assert_int_equal(gnttab_map_refs(&b->gt, map, 2), -XEN_EFAULT);
	assert_int_equal(map[0].status, GNTST_eagain);
	testbed_expect(b, "");
	b->n_eagain = 2;
	b->fail_call = 2;
	assert_int_equal(gnttab_batch_copy(&b->gt, copy, 2), -XEN_EFAULT);
	testbed_expect(b, "copy:2 sleep:1 ");
	assert_int_equal(copy[0].status, GNTST_eagain);
	assert_int_equal(copy[1].status, GNTST_eagain);
	testbed_free(b);
}

/* ------------------------------------------------------------------ ranges */

struct parts {
	unsigned int n;
	uint64_t frame[8];
	unsigned int offset[8], len[8];
};

static void
part(uint64_t frame, unsigned int offset, unsigned int len, void *arg)
{
	struct parts *p = arg;

	assert_true(p->n < 8);
	p->frame[p->n] = frame;
	p->offset[p->n] = offset;
	p->len[p->n] = len;
	p->n++;
}

static void
expect_parts(unsigned int offset, unsigned int len, unsigned int n, unsigned int first_len,
	     unsigned int last_len)
{
	struct parts p = { .n = 0 };
	unsigned int sum = 0;

	gnttab_foreach_grant(1000, offset, len, part, &p);
	assert_int_equal(p.n, n);
	for (unsigned int i = 0; i < n; i++) {
		assert_int_equal(p.frame[i], 1000 + offset / 4096 + i);
		assert_int_equal(p.offset[i], i == 0 ? offset % 4096 : 0);
		sum += p.len[i];
	}
	assert_int_equal(sum, len);
	if (n > 0) {
		assert_int_equal(p.len[0], first_len);
		assert_int_equal(p.len[n - 1], last_len);
	}
}

static void
foreach_grant(void **state)
{
	(void)state;
	expect_parts(0, 0, 0, 0, 0);
	expect_parts(5000, 0, 0, 0, 0);
	expect_parts(0, 1, 1, 1, 1);
	expect_parts(0, 4096, 1, 4096, 4096);
	expect_parts(1, 4095, 1, 4095, 4095);
	expect_parts(1, 4096, 2, 4095, 1);
	expect_parts(4095, 4098, 3, 1, 1);
	expect_parts(3 * 4096 + 9, 10000, 3, 4087, 1817);
	expect_parts(0xffffffff, 2, 2, 1, 1);
}

int
test_map(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_ops),
		cmocka_unit_test(one_hypercall),
		cmocka_unit_test(retry_eagain),
		cmocka_unit_test(retry_ends),
		cmocka_unit_test(hypercall_fails),
		cmocka_unit_test(foreach_grant),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
