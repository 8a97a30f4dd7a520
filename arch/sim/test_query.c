/* test_query: the rules of all hypercalls, and the operations on whole tables (spec.md 9xx). */
#include "arch/sim/rig.h"

static void *
bad(unsigned int d, enum guest_bad which)
{
	return (void *)(uintptr_t)guest_bad_addr(rig_dom[d], which, 0);
}

static void
call_generic(void **state)
{
	struct gnttab_query_size q = {.dom = DOMID_SELF};

	(void)state;
	rig_begin(HVM1);
	for (unsigned int cmd = 0; cmd < 16; cmd++) {
		bool single = cmd == 2 || cmd == 6 || cmd == 9;
		bool version = cmd == 8 || cmd == 10;
		bool none = cmd == 3 || cmd > 12;
		bool pv_only = cmd == 4 || cmd == 7 || cmd == 9 || cmd == 12;
		int fault[] = {
			none ? -XEN_ENOSYS : -XEN_EFAULT,
			none || pv_only ? -XEN_ENOSYS : -XEN_EFAULT,
		};

		assert_int_equal(rig_call(0, cmd, &q, 0x80000000), -XEN_EINVAL);
		assert_int_equal(rig_call(0, cmd | 1 << 12, &q, 0), cmd == 12 ? 0 : -XEN_EINVAL);
		for (unsigned int d = 0; d < 2; d++) {
			assert_int_equal(rig_call(d, cmd, bad(d, GUEST_ADDR_WILD), 1), fault[d]);
			assert_int_equal(rig_call(d, cmd, bad(d, GUEST_ADDR_HOLE), 1), fault[d]);
		}
		if (!single && !version && !none) {
			assert_int_equal(rig_call(0, cmd, &q, 0), 0);
			assert_int_equal(rig_call(0, cmd, bad(0, GUEST_ADDR_HOLE), 0), 0);
			assert_int_equal(rig_call(1, cmd, bad(1, GUEST_ADDR_WILD), 0),
					 pv_only ? -XEN_ENOSYS : 0);
			assert_int_equal(rig_call(0, cmd, bad(0, GUEST_ADDR_WILD), 0), -XEN_EFAULT);
		}
		assert_int_equal(rig_call(1, cmd | 1 << 12, &q, 0), -XEN_ENOSYS);
		if (single) {
			assert_int_equal(rig_call(0, cmd, &q, 0), -XEN_EINVAL);
			assert_int_equal(rig_call(0, cmd, bad(0, GUEST_ADDR_WILD), 2), -XEN_EINVAL);
		}
	}
}

static void
call_fails_by_number(void **state)
{
	struct gnttab_query_size q = {.dom = DOMID_SELF, .status = 1};
	struct xen_add_to_physmap add = {.domid = 77};

	(void)state;
	rig_begin(0);
	guest_fail_hypercall(rig_dom[0], 2);
	assert_int_equal(rig_call(0, GNTTABOP_query_size, &q, 1), 0);
	q.status = 1;
	assert_int_equal(rig_call(0, GNTTABOP_query_size, &q, 1), -XEN_EFAULT);
	assert_int_equal(q.status, 1);
	assert_int_equal(rig_call(0, GNTTABOP_query_size, &q, 1), 0);
	guest_fail_hypercall(rig_dom[0], 1);
	assert_int_equal(arch_memory_op(rig_dom[0], XENMEM_add_to_physmap, &add), -XEN_EFAULT);
	guest_fail_hypercall(rig_dom[0], 1);
	guest_fail_hypercall(rig_dom[0], 0);
	assert_int_equal(rig_call(0, GNTTABOP_query_size, &q, 1), 0);
}

static void
setup_table_statuses(void **state)
{
	xen_pfn_t list[8] = {0};
	struct gnttab_setup_table op = {.dom = 77, .nr_frames = 9};

	(void)state;
	rig_begin(HVM1);
	set_xen_guest_handle(op.frame_list, bad(0, GUEST_ADDR_WILD));
	assert_int_equal(rig_call(0, GNTTABOP_setup_table, &op, 1), -XEN_EFAULT);
	assert_int_equal(rig_call(1, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_bad_domain);
	set_xen_guest_handle(op.frame_list, list);
	assert_int_equal(rig_call(2, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_bad_domain);
	op.dom = rig_id(0);
	assert_int_equal(rig_call(2, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_permission_denied);
	op.nr_frames = 5;
	assert_int_equal(rig_call(0, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_general_error);
	op.nr_frames = 0;
	assert_int_equal(rig_call(0, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_okay);
	assert_int_equal(list[0], 0);
	op.nr_frames = 2;
	set_xen_guest_handle(op.frame_list, bad(0, GUEST_ADDR_HOLE));
	assert_int_equal(rig_call(0, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_bad_virt_addr);
	/* It has grown all the same, and it grows no further than it must. */
	assert_int_equal(rig_map(1, 0, 1023, 0, HOST), GNTST_general_error);
	assert_int_equal(rig_map(1, 0, 1024, 0, HOST), GNTST_bad_gntref);
	/* The control domain may, for others; a translated guest's frame is where it was added. */
	op.dom = rig_id(1);
	set_xen_guest_handle(op.frame_list, list);
	assert_int_equal(rig_call(0, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_okay);
	assert_int_equal(list[0], guest_table_addr(rig_dom[1]) >> XEN_PAGE_SHIFT);
	assert_true(list[1] == ~(xen_pfn_t)0);
}

static void
query_and_versions(void **state)
{
	struct gnttab_query_size q = {.dom = 77};
	struct gnttab_get_version g = {.dom = 77};
	struct gnttab_set_version v = {.version = 2};
	struct gnttab_get_status_frames f = {.dom = 77, .nr_frames = 1};

	(void)state;
	rig_begin(0);
	assert_int_equal(rig_call(0, GNTTABOP_query_size, &q, 1), 0);
	assert_int_equal(q.status, GNTST_bad_domain);
	assert_int_equal(rig_call(0, GNTTABOP_get_version, &g, 0), -XEN_ESRCH);
	assert_int_equal(rig_call(0, GNTTABOP_get_status_frames, &f, 1), 0);
	assert_int_equal(f.status, GNTST_bad_domain);
	q.dom = g.dom = f.dom = rig_id(0);
	assert_int_equal(rig_call(1, GNTTABOP_query_size, &q, 1), 0);
	assert_int_equal(q.status, GNTST_permission_denied);
	assert_int_equal(rig_call(1, GNTTABOP_get_version, &g, 1), -XEN_EPERM);
	assert_int_equal(rig_call(1, GNTTABOP_get_status_frames, &f, 1), 0);
	assert_int_equal(f.status, GNTST_permission_denied);
	q.dom = g.dom = f.dom = rig_id(1);
	assert_int_equal(rig_call(0, GNTTABOP_query_size, &q, 1), 0);
	assert_int_equal(q.status, GNTST_okay);
	assert_int_equal(q.nr_frames, 1);
	assert_int_equal(q.max_nr_frames, 4);
	assert_int_equal(rig_call(0, GNTTABOP_get_version, &g, 1), 0);
	assert_int_equal(g.version, 1);
	assert_int_equal(rig_call(0, GNTTABOP_get_status_frames, &f, 1), 0);
	assert_int_equal(f.status, GNTST_general_error);
	f.nr_frames = 0;
	assert_int_equal(rig_call(0, GNTTABOP_get_status_frames, &f, 1), 0);
	assert_int_equal(f.status, GNTST_okay);
	assert_int_equal(rig_call(0, GNTTABOP_set_version, &v, 1), -XEN_ENOSYS);
	assert_int_equal(v.version, 1);
	assert_int_equal(rig_call(0, GNTTABOP_set_version, &v, 1), 0);
	v.version = 0;
	assert_int_equal(rig_call(0, GNTTABOP_set_version, &v, 1), -XEN_EINVAL);
	assert_int_equal(v.version, 1);
}

static void
swap_refs(void **state)
{
	struct gnttab_swap_grant_ref op[2] = {{8, 512, 1}, {512, 8, 1}};
	struct gnttab_setup_table grow = {.dom = DOMID_SELF, .nr_frames = 2};
	xen_pfn_t list[2];

	(void)state;
	rig_begin(0);
	rig_grant(0, 8, 1, 0, GTF_permit_access);
	rig_grant(0, 9, 1, 1, GTF_permit_access | GTF_readonly);
	assert_int_equal(rig_call(0, GNTTABOP_swap_grant_ref, op, 2), 0);
	assert_int_equal(op[0].status, GNTST_bad_gntref);
	assert_int_equal(op[1].status, GNTST_bad_gntref);
	op[0] = (struct gnttab_swap_grant_ref){8, 9, 1};
	assert_int_equal(rig_call(0, GNTTABOP_swap_grant_ref, op, 1), 0);
	assert_int_equal(op[0].status, GNTST_okay);
	assert_int_equal(rig_flags(0, 8), 5);
	assert_int_equal(rig_table[0][9].frame, rig_frame(0, 0));
	assert_int_equal(rig_map(1, 0, 8, 0, HOST | RO), GNTST_okay);
	op[0].status = 1;
	op[1] = (struct gnttab_swap_grant_ref){9, 8, 1};
	assert_int_equal(rig_call(0, GNTTABOP_swap_grant_ref, op, 2), 0);
	assert_int_equal(op[0].status, GNTST_eagain);
	assert_int_equal(op[1].status, GNTST_eagain);
	op[0].ref_b = 8;
	assert_int_equal(rig_call(0, GNTTABOP_swap_grant_ref, op, 1), 0);
	assert_int_equal(op[0].status, GNTST_okay);
	/* Into a frame that the guest has not mapped: a reset clears that one, too. */
	set_xen_guest_handle(grow.frame_list, list);
	assert_int_equal(rig_call(0, GNTTABOP_setup_table, &grow, 1), 0);
	guest_scribbled(rig_dom[0], 9);
	guest_scribbled(rig_dom[0], 9999);
	op[0] = (struct gnttab_swap_grant_ref){9, 600, 1};
	assert_int_equal(rig_call(0, GNTTABOP_swap_grant_ref, op, 1), 0);
	assert_int_equal(rig_flags(0, 9), 0);
	assert_int_equal(rig_flags(0, 600), GTF_permit_access);
	rig_again();
	assert_int_equal(rig_flags(0, 600), 0);
}

static int
flush(unsigned int d, uint64_t frame, uint16_t off, uint16_t len, uint32_t how)
{
	struct gnttab_cache_flush op = {
		.a.dev_bus_addr = frame << XEN_PAGE_SHIFT, .offset = off, .length = len, .op = how,
	};

	return rig_call(d, GNTTABOP_cache_flush, &op, 1);
}

static void
cache_flush_errors(void **state)
{
	struct gnttab_cache_flush ops[2] = {{.op = 4}, {.op = 0}};
	uint64_t own, other;

	(void)state;
	rig_begin(HVM2);
	own = rig_frame(0, 0);
	other = rig_frame(1, 0);
	assert_int_equal(flush(0, own, 0, 4096, GNTTAB_CACHE_CLEAN), 0);
	assert_int_equal(flush(0, own, 0, 64, GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL), 0);
	assert_int_equal(flush(0, own, 0, 64, GNTTAB_CACHE_INVAL), -XEN_EOPNOTSUPP);
	assert_int_equal(flush(0, own, 4096, 0, 1), -XEN_EINVAL);
	assert_int_equal(flush(0, own, 0, 4097, 1), -XEN_EINVAL);
	assert_int_equal(flush(0, own, 1, 4096, 1), -XEN_EINVAL);
	assert_int_equal(flush(0, own, 0, 1, 4), -XEN_EINVAL);
	assert_int_equal(flush(0, own, 0, 1, GNTTAB_CACHE_SOURCE_GREF), -XEN_EINVAL);
	assert_int_equal(flush(0, 0xf00000, 0, 0, 1), 0);
	assert_int_equal(flush(0, 0xf00000, 0, 1, 0), 0);
	assert_int_equal(flush(0, 0xf00000, 0, 1, 1), -XEN_EINVAL);
	assert_int_equal(flush(0, guest_special_frame(rig_dom[0], GUEST_FRAME_UNOWNED), 0, 1, 1),
			 -XEN_EPERM);
	assert_int_equal(flush(0, other, 0, 1, 1), -XEN_EINVAL);
	rig_grant(1, 8, 0, 0, GTF_permit_access);
	rig_grant(1, 9, 2, 0, GTF_permit_access);
	assert_int_equal(rig_map(2, 1, 9, 0, HOST), GNTST_okay);
	assert_int_equal(flush(0, other, 0, 1, 1), -XEN_EINVAL);
	assert_int_equal(rig_map(0, 1, 8, 0, HOST), GNTST_okay);
	assert_int_equal(flush(0, other, 0, 1, 1), 0);
	assert_int_equal(flush(2, rig_frame(2, 0), 0, 1, 1), -XEN_ENOSYS);
	assert_int_equal(rig_call(0, GNTTABOP_cache_flush, ops, 2), -XEN_EINVAL);
	assert_int_equal(rig_call(0, GNTTABOP_cache_flush, ops + 1, 1), 0);
	assert_int_equal(rig_call(0, GNTTABOP_cache_flush | 1 << 12, ops + 1, 1), -XEN_EILSEQ);
}

static int
add(unsigned int d, domid_t dom, unsigned int space, uint64_t idx, uint64_t gpfn)
{
	struct xen_add_to_physmap op = {.domid = dom, .space = space, .idx = idx, .gpfn = gpfn};

	return arch_memory_op(rig_dom[d], XENMEM_add_to_physmap, &op);
}

static void
add_to_physmap(void **state)
{
	uint64_t at = guest_table_addr(rig_dom[1]) >> XEN_PAGE_SHIFT;

	(void)state;
	rig_begin(HVM1 | HVM2);
	assert_int_equal(add(1, 77, XENMAPSPACE_grant_table, 0, at), -XEN_ESRCH);
	assert_int_equal(add(0, DOMID_SELF, XENMAPSPACE_grant_table, 0, 0), -XEN_EACCES);
	assert_int_equal(add(1, rig_id(2), XENMAPSPACE_grant_table, 0, at), -XEN_EPERM);
	assert_int_equal(add(1, DOMID_SELF, XENMAPSPACE_shared_info, 0, at), -XEN_ENOSYS);
	assert_int_equal(add(1, DOMID_SELF, XENMAPSPACE_grant_table, 4, at), -XEN_EINVAL);
	assert_int_equal(add(1, DOMID_SELF, XENMAPSPACE_grant_table, 1u << 31, at), -XEN_EINVAL);
	assert_int_equal(add(1, DOMID_SELF, XENMAPSPACE_grant_table, 2, 0x180), -XEN_ENOMEM);
	assert_int_equal(add(0, rig_id(1), XENMAPSPACE_grant_table, 2, at + 2), 0);
	assert_int_equal(add(1, DOMID_SELF, XENMAPSPACE_grant_table, 2, at + 3), 0);
	assert_int_equal(add(1, DOMID_SELF, XENMAPSPACE_grant_table, 1, at + 3), 0);
	assert_int_equal(rig_copy(1, rig_copy_frames(at + 2, rig_frame(1, 0), 1)), GNTST_bad_page);
	assert_int_equal(rig_copy(1, rig_copy_frames(at + 3, rig_frame(1, 0), 1)), GNTST_okay);
	assert_int_equal(arch_memory_op(rig_dom[1], XENMEM_add_to_physmap,
					bad(1, GUEST_ADDR_HOLE)), -XEN_EFAULT);
	assert_int_equal(arch_memory_op(rig_dom[1], 9999, NULL), -XEN_ENOSYS);
}

int
query_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_generic), cmocka_unit_test(call_fails_by_number),
		cmocka_unit_test(setup_table_statuses), cmocka_unit_test(query_and_versions),
		cmocka_unit_test(swap_refs), cmocka_unit_test(cache_flush_errors),
		cmocka_unit_test(add_to_physmap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
