#include "arch/arm/peer.h"

#include "arch/arm/arm.h"
#include "arch/guest/hypercall.h"

enum {
	IDLE_SLEEP_NS = 200 * 1000,
	COMES_UP_MS = 5000,
	ANSWERS_MS = 1500,
	TURNS_LEAST = 16,		/* of the peer's processor, before that counts */
	PEER_IMAGE_AT = 0x40000000,	/* where Xen puts the image of a domain that it makes */
	FOREIGN_0 = PHYSMAP_WINDOW_0 + 0x1000,	/* gfns where we map frames of peers */
};

/* The peer's own; in our image it is the same distance from the start, and of no use. */
static struct peer here __attribute__((aligned(XEN_PAGE_SIZE)));
extern const uint8_t _start[];

/* ------------------------------------------------------------------ in the peer */

static void
do_what_is_asked(struct peer *p)
{
	const uint64_t *arg = p->arg;
	void *address = (void *)(uintptr_t)arg[0];

	p->answer = 0;
	switch ((enum peer_what)p->what) {
	case PEER_CALL:
		p->answer = hypercall((unsigned int)arg[0], arg[1], arg[2], arg[3], arg[4]);
		break;
	case PEER_LOOK:
		p->answer = arm_reads(address);
		if (p->answer)
			__builtin_memcpy(p->bytes, address, XEN_PAGE_SIZE);
		break;
	case PEER_STORE: __builtin_memcpy(address, p->bytes, arg[1]); break;
	}
}

_Noreturn void
peer_serve(uint64_t pages_at, uint64_t table_at)
{
	here.bytes_at = (uintptr_t)here.bytes;
	here.pages_at = pages_at;
	here.table_at = table_at;
	__atomic_store_n(&here.magic, PEER_MAGIC, __ATOMIC_RELEASE);
	for (;;) {
		if (__atomic_load_n(&here.asked, __ATOMIC_ACQUIRE) != here.done) {
			do_what_is_asked(&here);
			__atomic_store_n(&here.done, here.done + 1, __ATOMIC_RELEASE);
		} else if (__atomic_load_n(&here.awake, __ATOMIC_RELAXED)) {
			arch_relax();
		} else {
			pv_sleep_ns(IDLE_SLEEP_NS);
		}
	}
}

/* ------------------------------------------------------------------ foreign frames */

/* Frame `theirs' of the domain at `ours'.  False: there is no such domain, or it has none there. */
static bool
map_frame(domid_t domid, uint64_t theirs, uint64_t ours)
{
	xen_ulong_t index = theirs;
	xen_pfn_t gfn = ours;
	int error = 0;
	struct xen_add_to_physmap_batch op = {
		.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = 1,
		.u.foreign_domid = domid,
	};

	set_xen_guest_handle(op.idxs, &index);
	set_xen_guest_handle(op.gpfns, &gfn);
	set_xen_guest_handle(op.errs, &error);
	return hypercall_memory(XENMEM_add_to_physmap_batch, &op) == 0 && error == 0;
}

void *
peer_map(domid_t domid, uint64_t address, unsigned int n)
{
	static uint64_t next = FOREIGN_0;
	uint64_t theirs = address >> XEN_PAGE_SHIFT, ours = next;

	if (!map_frame(domid, theirs, ours))
		return NULL;
	for (unsigned int i = 1; i < n; i++)
		ARCH_ASSERT(map_frame(domid, theirs + i, ours + i));
	next += n;
	return physmap_bytes(ours);
}

/* ------------------------------------------------------------------ talk */

/*
 * How long a wait may be, by the clock and by turns of the other side: the clock goes on where the
 * whole machine stands still.
 */
struct patience {
	uint64_t until_ns;
	unsigned int turns;
};

static struct patience
patience(unsigned int ms)
{
	return (struct patience){ .until_ns = arm_now_ns() + (uint64_t)ms * 1000000 };
}

static void
wait(struct patience *p, const char *what)
{
	arch_relax();
	if (p->turns++ > TURNS_LEAST && arm_now_ns() > p->until_ns)
		arch_panic(__FILE__, __LINE__, what);
}

struct peer *
peer_find(domid_t domid)
{
	uint64_t at = PEER_IMAGE_AT + ((uintptr_t)&here - (uintptr_t)_start);
	struct patience left = patience(COMES_UP_MS);
	struct peer *p = peer_map(domid, at, sizeof(*p) / XEN_PAGE_SIZE);

	while (p != NULL && __atomic_load_n(&p->magic, __ATOMIC_ACQUIRE) != PEER_MAGIC)
		wait(&left, "another domain does not come up");
	return p;
}

static long
ask(struct peer *p, enum peer_what what)
{
	struct patience left = patience(ANSWERS_MS);

	p->what = what;
	__atomic_store_n(&p->asked, p->asked + 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&p->done, __ATOMIC_ACQUIRE) != p->asked)
		wait(&left, "another domain does not answer");
	return p->answer;
}

long
peer_call(struct peer *p, unsigned int number, unsigned int cmd, void *arg, size_t bytes,
	  unsigned int count)
{
	long rc;

	ARCH_ASSERT(bytes <= PEER_OPS_BYTES);
	__builtin_memcpy(p->bytes, arg, bytes);
	p->arg[0] = number;
	p->arg[1] = cmd;
	p->arg[2] = bytes != 0 ? p->bytes_at : (uintptr_t)arg;
	p->arg[3] = count;
	p->arg[4] = 0;
	rc = ask(p, PEER_CALL);
	__builtin_memcpy(arg, p->bytes, bytes);
	return rc;
}

long
peer_setup(struct peer *p, struct gnttab_setup_table *op)
{
	struct gnttab_setup_table theirs = *op;
	xen_pfn_t *list = op->frame_list.p;
	size_t bytes = op->nr_frames * sizeof(*list);
	long rc;

	theirs.frame_list.p = (void *)(uintptr_t)(p->bytes_at + PEER_OPS_BYTES);
	rc = peer_call(p, __HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &theirs,
		       sizeof(theirs), 1);
	op->status = theirs.status;
	if (rc == 0 && op->status == GNTST_okay && bytes <= PEER_LIST_BYTES)
		__builtin_memcpy(list, p->bytes + PEER_OPS_BYTES, bytes);
	return rc;
}

uint8_t *
peer_look(struct peer *p, uint64_t address)
{
	p->arg[0] = address;
	return ask(p, PEER_LOOK) ? p->bytes : NULL;
}

void
peer_store(struct peer *p, uint64_t address, const void *bytes, unsigned int len)
{
	ARCH_ASSERT(len <= PEER_OPS_BYTES);
	__builtin_memcpy(p->bytes, bytes, len);
	p->arg[0] = address;
	p->arg[1] = len;
	ask(p, PEER_STORE);
}
