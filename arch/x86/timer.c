/*
 * timer: the one that Xen keeps for our vCPU, with its interrupt bound to a channel: nothing is
 * delivered, as all channels are masked, but the pending bit is there to be seen.
 */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv.h"

#include <xen/event_channel.h>

static evtchn_port_t port;

static xen_ulong_t *
pending(void)
{
	return &pv_shared_info()->evtchn_pending[port / 64];
}

void
pv_timer_init(void)
{
	struct evtchn_bind_virq bind = { .virq = VIRQ_TIMER };

	ARCH_ASSERT(hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq,
			      (unsigned long)&bind, 0, 0) == 0);
	port = bind.port;
}

void
pv_timer_set(uint64_t when_ns)
{
	__atomic_fetch_and(pending(), ~((xen_ulong_t)1 << port % 64), __ATOMIC_SEQ_CST);
	hypercall(__HYPERVISOR_set_timer_op, when_ns, 0, 0, 0);
}

bool
pv_timer_fired(void)
{
	return __atomic_load_n(pending(), __ATOMIC_ACQUIRE) >> port % 64 & 1;
}
