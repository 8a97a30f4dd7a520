/*
 * hypercall: dispatch, the rules that all operations share (R940 to R946), and who may do what.
 *
 * Guest memory is host memory, so an argument is used where it is.  Two ranges of addresses are not
 * memory: below ADDR_HOLE_END nothing is mapped, and from ADDR_WILD on, as far as it fits into a
 * pointer of the host, it is not the guest's.
 */
#include "arch/sim/machine.h"

enum {
	CMD_MASK = (1 << 12) - 1,	/* above: where a preempted call goes on */
};

static const domid_t domid_of[DOMAINS] = {0, 3, 11};

domid_t
guest_domid(const struct arch *a)
{
	return domid_of[a->index];
}

struct arch *
domain_by_id(struct sim *s, domid_t id)
{
	for (unsigned int i = 0; i < s->domains; i++)
		if (domid_of[i] == id)
			return &s->domain[i];
	return NULL;
}

struct arch *
domain_by_any_id(struct arch *d, domid_t id)
{
	return id == DOMID_SELF ? d : domain_by_id(d->sim, id);
}

static bool
is_control(const struct arch *d)
{
	return d->index == 0;
}

/* SILO keeps all but the control domain apart (R504, R706, R803). */
bool
policy_allows(const struct arch *d, const struct arch *ld, const struct arch *rd)
{
	return !d->sim->silo || ld == rd || is_control(d) || is_control(ld) || is_control(rd);
}

bool
policy_manages(const struct arch *d, const struct arch *t)
{
	return d == t || is_control(d);
}

/* Only a PV guest shares its address space with the hypervisor. */
bool
access_ok(const struct arch *d, const void *p)
{
	return d->translated || (uintptr_t)p < (uintptr_t)ADDR_WILD;
}

bool
access_faults(const void *p)
{
	return (uintptr_t)p < ADDR_HOLE_END || (uintptr_t)p >= (uintptr_t)ADDR_WILD;
}

static int
cache_flush_batch(struct arch *d, const struct gnttab_cache_flush *ops, unsigned int n,
		  grant_ref_t from)
{
	/* The first error ends the call; `from` is where a preempted call left the first one. */
	for (unsigned int i = 0; i < n; i++) {
		int rc = cache_flush(d, &ops[i], i == 0 ? from : 0);

		if (rc)
			return rc;
	}
	return 0;
}

/* Operations that come in arrays: the array must be good before the first is done. */
static int
batch_op(struct arch *d, unsigned int cmd, void *uop, unsigned int n, grant_ref_t from)
{
	if (!access_ok(d, uop))
		return -XEN_EFAULT;
	if (cmd == GNTTABOP_transfer && d->sim->no_transfer)
		return -XEN_EOPNOTSUPP;
	if (n == 0)
		return 0;
	if (access_faults(uop))
		return -XEN_EFAULT;
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		for (unsigned int i = 0; i < n; i++)
			map_grant_ref(d, OP_AT(struct gnttab_map_grant_ref, uop, i));
		return 0;
	case GNTTABOP_unmap_grant_ref:
		unmap_batch(d, uop, n);
		return 0;
	case GNTTABOP_unmap_and_replace:
		replace_batch(d, uop, n);
		return 0;
	case GNTTABOP_transfer:
		for (unsigned int i = 0; i < n; i++)
			transfer(d, OP_AT(struct gnttab_transfer, uop, i));
		return 0;
	case GNTTABOP_copy:
		copy_batch(d, uop, n);
		return 0;
	case GNTTABOP_swap_grant_ref:
		for (unsigned int i = 0; i < n; i++)
			swap_grant_ref(d, OP_AT(struct gnttab_swap_grant_ref, uop, i));
		return 0;
	default:
		return cache_flush_batch(d, uop, n, from);
	}
}

/* Operations that come alone.  Those on versions do not look at the count at all. */
static int
single_op(struct arch *d, unsigned int cmd, void *uop, unsigned int count)
{
	bool version = cmd == GNTTABOP_set_version || cmd == GNTTABOP_get_version;

	if (!version && count != 1)
		return -XEN_EINVAL;
	if (access_faults(uop))
		return -XEN_EFAULT;
	switch (cmd) {
	case GNTTABOP_setup_table:
		return setup_table(d, uop);
	case GNTTABOP_query_size:
		query_size(d, uop);
		return 0;
	case GNTTABOP_set_version:
		return set_version(d, uop);
	case GNTTABOP_get_version:
		return get_version(d, uop);
	default:
		return get_status_frames(d, uop);
	}
}

/* R947: what Xen on x86 takes from a translated guest. */
static bool
is_for_translated(unsigned int cmd)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
	case GNTTABOP_unmap_grant_ref:
	case GNTTABOP_setup_table:
	case GNTTABOP_copy:
	case GNTTABOP_query_size:
	case GNTTABOP_set_version:
	case GNTTABOP_get_version:
	case GNTTABOP_swap_grant_ref:
		return true;
	default:
		return false;
	}
}

static int
table_op(struct arch *d, unsigned int cmd, void *uop, unsigned int count)
{
	unsigned int continued = cmd & ~(unsigned int)CMD_MASK;

	if (d->translated && !is_for_translated(cmd))
		return -XEN_ENOSYS;
	cmd &= CMD_MASK;
	if (count > INT32_MAX)
		return -XEN_EINVAL;
	if (continued && cmd != GNTTABOP_cache_flush)
		return -XEN_EINVAL;
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
	case GNTTABOP_unmap_grant_ref:
	case GNTTABOP_unmap_and_replace:
	case GNTTABOP_transfer:
	case GNTTABOP_copy:
	case GNTTABOP_swap_grant_ref:
	case GNTTABOP_cache_flush:
		return batch_op(d, cmd, uop, count, continued);
	case GNTTABOP_setup_table:
	case GNTTABOP_query_size:
	case GNTTABOP_set_version:
	case GNTTABOP_get_status_frames:
	case GNTTABOP_get_version:
		return single_op(d, cmd, uop, count);
	default:
		return -XEN_ENOSYS;
	}
}

static bool
call_fails(struct arch *a)
{
	return a->fail_hypercall > 0 && --a->fail_hypercall == 0;
}

int
arch_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	return call_fails(a) ? -XEN_EFAULT : table_op(a, cmd, uop, count);
}

int
arch_memory_op(struct arch *a, unsigned int cmd, void *arg)
{
	if (call_fails(a))
		return -XEN_EFAULT;
	if (cmd != XENMEM_add_to_physmap)
		return -XEN_ENOSYS;
	return access_faults(arg) ? -XEN_EFAULT : hvm_add_to_physmap(a, arg);
}
