/*
 * turn: which domain goes on, while the others wait.
 *
 * Each domain has a processor of its own, and QEMU runs them all in one thread, one after the
 * other; PAUSE is where it goes on to the next.  So to look at a word in memory and pause is the
 * quickest way to wait, and costs those who run nothing but that.  With only one processor, a
 * domain that waits yields it.
 *
 * Who has waited for long and is not needed sleeps, until dom0 rings its bell.
 */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv_info.h"

#include <xen/event_channel.h>
#include <xen/sched.h>

enum { WAITS_MAX = 2000 };	/* looks before a sleep */

static struct {
	uint32_t turn;
	uint32_t needed;			/* domains: the first so many do not sleep */
	bool asleep[GUEST_DOMAINS_MAX];
	evtchn_port_t port[GUEST_DOMAINS_MAX];	/* by which a domain is woken: its end */
	/* What is to be done at once; bit d of each: domain d. */
	void (*fn)(unsigned int index);		/* the image is at one address in all */
	uint32_t called, ready, all;
} state PV_SHARED;

static evtchn_port_t bell[GUEST_DOMAINS_MAX];	/* dom0's end */

void
pv_turn_give(unsigned int to)
{
	__atomic_store_n(&state.turn, to, __ATOMIC_RELEASE);
}

void
pv_relax(void)
{
	if (pv_one_cpu())
		hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
	else
		__asm__ volatile("pause" : : : "memory");
}

/* ------------------------------------------------------------------ sleep */

/* Nothing is delivered: a poll sees the pending bit of a channel that is masked, too. */
void
pv_bell_init(unsigned int index)
{
	struct evtchn_alloc_unbound theirs = { .dom = (domid_t)index, .remote_dom = 0 };
	struct evtchn_bind_interdomain ours = { .remote_dom = (domid_t)index };

	ARCH_ASSERT(hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
			      (unsigned long)&theirs, 0, 0) == 0);
	ours.remote_port = theirs.port;
	ARCH_ASSERT(hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain,
			      (unsigned long)&ours, 0, 0) == 0);
	state.port[index] = theirs.port;
	bell[index] = ours.local_port;
}

static void
ring(unsigned int index)
{
	struct evtchn_send send = { .port = bell[index] };

	ARCH_ASSERT(hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (unsigned long)&send,
			      0, 0) == 0);
}

static bool
may_sleep(unsigned int index)
{
	return __atomic_load_n(&state.needed, __ATOMIC_SEQ_CST) <= index;
}

/*
 * Who falls asleep says so before it looks whether it may; who wakes says who may not before it
 * looks who sleeps: so one of them sees the other.
 */
static void
sleep_until_rung(unsigned int index)
{
	evtchn_port_t port = state.port[index];
	struct sched_poll poll = { .nr_ports = 1 };

	set_xen_guest_handle(poll.ports, &port);
	__atomic_fetch_and(&pv_shared_info()->evtchn_pending[port / 64],
			   ~((xen_ulong_t)1 << port % 64), __ATOMIC_SEQ_CST);
	__atomic_store_n(&state.asleep[index], true, __ATOMIC_SEQ_CST);
	if (may_sleep(index))
		hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, (unsigned long)&poll, 0, 0);
	__atomic_store_n(&state.asleep[index], false, __ATOMIC_SEQ_CST);
}

void
pv_need(unsigned int n)
{
	__atomic_store_n(&state.needed, n, __ATOMIC_SEQ_CST);
	for (unsigned int i = 1; i < n; i++)
		if (__atomic_load_n(&state.asleep[i], __ATOMIC_SEQ_CST))
			ring(i);
}

/* ------------------------------------------------------------------ at once */

/* Nobody starts before all stand ready. */
static void
take_part(unsigned int index)
{
	__atomic_fetch_or(&state.ready, 1u << index, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&state.ready, __ATOMIC_ACQUIRE) != state.all)
		pv_relax();
	state.fn(index);
	__atomic_fetch_and(&state.called, ~(1u << index), __ATOMIC_SEQ_CST);
}

static bool
is_called(unsigned int index)
{
	return __atomic_load_n(&state.called, __ATOMIC_ACQUIRE) >> index & 1;
}

void
pv_at_once(unsigned int domains, void (*fn)(unsigned int index))
{
	unsigned int self = __atomic_load_n(&state.turn, __ATOMIC_RELAXED);

	state.fn = fn;
	state.all = domains;
	state.ready = 0;
	__atomic_store_n(&state.called, domains, __ATOMIC_RELEASE);
	take_part(self);
	while (__atomic_load_n(&state.called, __ATOMIC_ACQUIRE) != 0) {
		if (self == 0)
			pv_serve();
		pv_relax();
	}
}

void
pv_turn_wait(const struct arch *self)
{
	for (unsigned int waits = 0;; waits++) {
		if (__atomic_load_n(&state.turn, __ATOMIC_ACQUIRE) == self->index)
			return;
		if (is_called(self->index)) {
			take_part(self->index);
			waits = 0;
		}
		if (self->index == 0)
			pv_serve();
		else if (waits >= WAITS_MAX && may_sleep(self->index))
			sleep_until_rung(self->index);
		pv_relax();
	}
}
