/*
 * domctl: the control structures of Xen 4.14 and of 4.17 to 4.20, as far as we use them.
 *
 * Between these versions only creation changed: it grew words behind max_maptrack_frames, the first
 * of which is grant_opts.  What follows it is all 0 for a PV domain without options, so that one
 * declaration serves them all.
 */
#include "arch/x86/domctl.h"
#include "arch/guest/hypercall.h"

/* Those whose layout was checked against the headers of a Xen. */
static const struct interface {
	uint32_t version;
	bool has_grant_options;
} interfaces[] = {
	{ 0x12, false },	/* 4.14 */
	{ 0x15, true },		/* 4.17 */
	{ 0x16, true },		/* 4.18: between two that have them */
	{ 0x17, true },		/* 4.19, 4.20 */
};

static const struct interface *interface;	/* of the running Xen */

enum command {
	CREATE = 1, UNPAUSE = 4, GET_INFO = 5, SET_AFFINITY = 9, MAX_MEM = 11, SET_CONTEXT = 12,
	MAX_VCPUS = 15, SET_TSC = 60,
};

enum {
	HANDLE_BYTES = 16,
	INFO_DYING = 1, INFO_SHUTDOWN = 4,
	AFFINITY_HARD = 1,
	TSC_NEVER_EMULATE = 2,
	GRANT_VERSION_1 = 1,
};

struct bitmap {
	uint64_t bytes;			/* address */
	uint32_t n_bits, zero;
};

struct domctl {
	uint32_t command, interface;
	uint16_t domain, zero[3];
	union {
		struct {
			uint32_t ssid;
			uint8_t handle[HANDLE_BYTES];
			uint32_t flags, iommu_options, max_vcpus, max_event_port;
			int32_t max_grant_frames, max_maptrack_frames;	/* -1: the default */
			uint32_t grant_options;
		} create;
		struct {
			uint16_t domain, zero;
			uint32_t flags;
			uint64_t pages, max_pages, outstanding, shared, paged, shared_info_frame;
		} info;
		struct {
			uint32_t vcpu, flags;
			struct bitmap hard, soft;
		} affinity;
		struct {
			uint32_t vcpu, zero;
			uint64_t context;
		} context;
		uint64_t max_kib;
		uint32_t max_vcpus, tsc_mode;
		uint8_t bytes[128];
	} u;
};

_Static_assert(sizeof(struct domctl) == 144, "every control call is as long");
_Static_assert(offsetof(struct domctl, domain) == 8, "domctl: domain at 8");
_Static_assert(offsetof(struct domctl, u) == 16, "domctl: arguments at 16");
_Static_assert(offsetof(struct domctl, u.create.handle) == 20, "createdomain: handle");
_Static_assert(offsetof(struct domctl, u.create.flags) == 36, "createdomain: flags");
_Static_assert(offsetof(struct domctl, u.create.max_vcpus) == 44, "createdomain: max_vcpus");
_Static_assert(offsetof(struct domctl, u.create.max_event_port) == 48, "createdomain: port");
_Static_assert(offsetof(struct domctl, u.create.max_grant_frames) == 52, "createdomain: frames");
_Static_assert(offsetof(struct domctl, u.create.max_maptrack_frames) == 56,
	       "createdomain: maptrack");
_Static_assert(offsetof(struct domctl, u.create.grant_options) == 60, "createdomain: grant_opts");
_Static_assert(offsetof(struct domctl, u.info.flags) == 20, "getdomaininfo: flags");
_Static_assert(offsetof(struct domctl, u.info.pages) == 24, "getdomaininfo: tot_pages");
_Static_assert(offsetof(struct domctl, u.info.shared_info_frame) == 64,
	       "getdomaininfo: shared_info_frame");
_Static_assert(offsetof(struct domctl, u.affinity.hard.bytes) == 24, "vcpuaffinity: bitmap");
_Static_assert(offsetof(struct domctl, u.affinity.hard.n_bits) == 32, "vcpuaffinity: nr_bits");
_Static_assert(offsetof(struct domctl, u.context.context) == 24, "vcpucontext: ctxt");
_Static_assert(sizeof(vcpu_guest_context_t) == 5168, "a virtual CPU's state");

static int
call(struct domctl *d, enum command command, domid_t id)
{
	d->command = command;
	d->interface = interface->version;
	d->domain = id;
	return (int)hypercall(__HYPERVISOR_domctl, (unsigned long)d, 0, 0, 0);
}

/* A call of another interface is refused before anything is done. */
bool
domctl_init(void)
{
	for (unsigned int i = 0; i < sizeof(interfaces) / sizeof(interfaces[0]); i++) {
		struct domctl d = { 0 };

		interface = &interfaces[i];
		if (call(&d, GET_INFO, 0) == 0)
			return true;
	}
	return false;
}

int
domctl_create(domid_t id)
{
	struct domctl d = { 0 };

	for (unsigned int i = 0; i < HANDLE_BYTES; i++)
		d.u.create.handle[i] = (uint8_t)(id + i);
	d.u.create.max_vcpus = 1;
	d.u.create.max_event_port = ~(uint32_t)0;
	d.u.create.max_grant_frames = -1;
	d.u.create.max_maptrack_frames = -1;
	if (interface->has_grant_options)
		d.u.create.grant_options = GRANT_VERSION_1;
	return call(&d, CREATE, id);
}

int
domctl_max_pages(domid_t id, uint64_t pages)
{
	struct domctl d = { 0 };

	d.u.max_kib = pages * (XEN_PAGE_SIZE / 1024);
	return call(&d, MAX_MEM, id);
}

int
domctl_make_vcpu(domid_t id)
{
	struct domctl d = { 0 };

	d.u.max_vcpus = 1;
	return call(&d, MAX_VCPUS, id);
}

int
domctl_pin(domid_t id, unsigned int cpu)
{
	uint8_t map[8] = { (uint8_t)(1u << cpu) };
	struct domctl d = { 0 };

	ARCH_ASSERT(cpu < 8);
	d.u.affinity.flags = AFFINITY_HARD;
	d.u.affinity.hard.bytes = (uintptr_t)map;
	d.u.affinity.hard.n_bits = sizeof(map) * 8;
	return call(&d, SET_AFFINITY, id);
}

int
domctl_native_tsc(domid_t id)
{
	struct domctl d = { 0 };

	d.u.tsc_mode = TSC_NEVER_EMULATE;
	return call(&d, SET_TSC, id);
}

int
domctl_set_context(domid_t id, const vcpu_guest_context_t *context)
{
	struct domctl d = { 0 };

	d.u.context.context = (uintptr_t)context;
	return call(&d, SET_CONTEXT, id);
}

int
domctl_unpause(domid_t id)
{
	struct domctl d = { 0 };

	return call(&d, UNPAUSE, id);
}

/* Asked for a domain that is not there, some Xens tell of the next one. */
int
domctl_get_info(domid_t id, struct domctl_info *info)
{
	struct domctl d = { 0 };
	int rc = call(&d, GET_INFO, id);

	if (rc == 0 && d.u.info.domain != id)
		rc = -XEN_ESRCH;
	if (rc == 0) {
		info->pages = d.u.info.pages;
		info->shared_info_frame = d.u.info.shared_info_frame;
		info->ended = (d.u.info.flags & (INFO_DYING | INFO_SHUTDOWN)) != 0;
	}
	return rc;
}
