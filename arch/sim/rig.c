/* rig: see rig.h. */
#include "arch/sim/rig.h"

struct sim *rig_sim;
struct arch *rig_dom[GUEST_DOMAINS_MAX];
struct grant_entry_v1 *rig_table[GUEST_DOMAINS_MAX];
struct sim_config rig_config;
grant_handle_t rig_handle;
uint64_t rig_bus;

static void
table_set_up(unsigned int d)
{
	xen_pfn_t frames[8];
	struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = rig_config.frames};

	for (unsigned int i = 0; i < rig_config.frames; i++) {
		struct xen_add_to_physmap add = {
			.domid = DOMID_SELF,
			.space = XENMAPSPACE_grant_table,
			.idx = i,
			.gpfn = (guest_table_addr(rig_dom[d]) >> XEN_PAGE_SHIFT) + i,
		};

		if (arch_translated(rig_dom[d]))
			assert_int_equal(arch_memory_op(rig_dom[d], XENMEM_add_to_physmap, &add),
					 0);
	}
	set_xen_guest_handle(op.frame_list, frames);
	assert_int_equal(rig_call(d, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_okay);
	assert_int_equal(arch_gnttab_init(rig_dom[d], rig_config.max_frames), 0);
	assert_int_equal(arch_gnttab_map_shared(rig_dom[d], frames, rig_config.frames,
						&rig_table[d]), 0);
}

uint64_t
rig_second_frame(unsigned int d)
{
	xen_pfn_t frames[2] = {0};
	struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 2};

	set_xen_guest_handle(op.frame_list, frames);
	assert_int_equal(rig_call(d, GNTTABOP_setup_table, &op, 1), 0);
	assert_int_equal(op.status, GNTST_okay);
	return frames[1];
}

void
rig_again(void)
{
	sim_reset(rig_sim, &rig_config);
	for (unsigned int d = 0; d < rig_config.domains; d++) {
		rig_dom[d] = sim_guest(rig_sim, d);
		table_set_up(d);
	}
	rig_check();
}

void
rig_begin(unsigned int hvm)
{
	rig_config = (struct sim_config){
		.domains = 3, .pages = 4, .frames = 1, .max_frames = 4, .maptrack = 1, .room = 8,
		.hvm = hvm,
	};
	rig_again();
}

void
rig_check(void)
{
	const char *wrong = sim_check(rig_sim);

	if (wrong)
		fail_msg("%s", wrong);
}

int
rig_call(unsigned int d, unsigned int cmd, void *op, unsigned int n)
{
	int rc = arch_grant_table_op(rig_dom[d], cmd, op, n);

	rig_check();
	return rc;
}

domid_t
rig_id(unsigned int d)
{
	return guest_domid(rig_dom[d]);
}

uint64_t
rig_frame(unsigned int d, unsigned int slot)
{
	return guest_page_frame(rig_dom[d], slot);
}

void
rig_grant(unsigned int d, grant_ref_t ref, unsigned int to, unsigned int slot, uint16_t flags)
{
	rig_table[d][ref] = (struct grant_entry_v1){
		.flags = flags,
		.domid = rig_id(to),
		.frame = (uint32_t)rig_frame(d, slot),
	};
}

uint16_t
rig_flags(unsigned int d, grant_ref_t ref)
{
	return arch_load16(&rig_table[d][ref].flags);
}

int
rig_map_at(unsigned int d, domid_t from, grant_ref_t ref, uint64_t addr, uint32_t flags)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = addr, .flags = flags, .ref = ref, .dom = from, .status = 1,
	};

	assert_int_equal(rig_call(d, GNTTABOP_map_grant_ref, &op, 1), 0);
	if (op.status == GNTST_okay) {
		rig_handle = op.handle;
		rig_bus = op.dev_bus_addr;
	}
	return op.status;
}

int
rig_map(unsigned int d, unsigned int from, grant_ref_t ref, unsigned int w, uint32_t flags)
{
	return rig_map_at(d, rig_id(from), ref, guest_window_addr(rig_dom[d], w), flags);
}

int
rig_unmap_at(unsigned int d, grant_handle_t h, uint64_t addr, uint64_t bus)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = addr, .dev_bus_addr = bus, .handle = h, .status = 1,
	};

	assert_int_equal(rig_call(d, GNTTABOP_unmap_grant_ref, &op, 1), 0);
	return op.status;
}

int
rig_unmap(unsigned int d, grant_handle_t h, unsigned int w)
{
	return rig_unmap_at(d, h, guest_window_addr(rig_dom[d], w), 0);
}

int
rig_replace(unsigned int d, grant_handle_t h, uint64_t addr, uint64_t new_addr)
{
	struct gnttab_unmap_and_replace op = {
		.host_addr = addr, .new_addr = new_addr, .handle = h, .status = 1,
	};

	assert_int_equal(rig_call(d, GNTTABOP_unmap_and_replace, &op, 1), 0);
	return op.status;
}

int
rig_transfer(unsigned int d, uint64_t frame, domid_t to, grant_ref_t ref)
{
	struct gnttab_transfer op = {.mfn = frame, .domid = to, .ref = ref, .status = 1};

	assert_int_equal(arch_grant_table_op(rig_dom[d], GNTTABOP_transfer, &op, 1), 0);
	return op.status;
}

int
rig_send(unsigned int d, unsigned int slot, unsigned int to, grant_ref_t ref)
{
	int status;

	guest_page_unmap(rig_dom[d], slot);
	status = rig_transfer(d, rig_frame(d, slot), rig_id(to), ref);
	guest_page_settle(rig_dom[d], slot, status == GNTST_okay);
	rig_check();
	return status;
}

struct gnttab_copy
rig_copy_refs(unsigned int sd, grant_ref_t s, unsigned int dd, grant_ref_t t, uint16_t len)
{
	return (struct gnttab_copy){
		.source = {.u.ref = s, .domid = rig_id(sd)},
		.dest = {.u.ref = t, .domid = rig_id(dd)},
		.len = len,
		.flags = GNTCOPY_source_gref | GNTCOPY_dest_gref,
		.status = 1,
	};
}

struct gnttab_copy
rig_copy_frames(uint64_t s, uint64_t t, uint16_t len)
{
	return (struct gnttab_copy){
		.source = {.u.gmfn = s, .domid = DOMID_SELF},
		.dest = {.u.gmfn = t, .domid = DOMID_SELF},
		.len = len,
		.status = 1,
	};
}

int
rig_copy(unsigned int d, struct gnttab_copy op)
{
	assert_int_equal(rig_call(d, GNTTABOP_copy, &op, 1), 0);
	return op.status;
}
