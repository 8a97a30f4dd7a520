#include "arch/guest/domu.h"

#include "arch/guest/common.h"
#include "arch/guest/hypercall.h"

#include <xen/event_channel.h>
#include <xen/io/console.h>

enum { LOOK_NS = 1000 * 1000, LOOKS_MAX = DOMU_PATIENCE_S * 1000 };

static struct xencons_interface *ring;
static evtchn_port_t port;
static domid_t domid;
static unsigned int looks;	/* at a ring that is not read */

static long
channel_op(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_event_channel_op, cmd, (unsigned long)arg, 0, 0);
}

/* Nobody is told its own id, but with whom a channel is: so one is offered to ourselves. */
static domid_t
find_domid(void)
{
	struct evtchn_alloc_unbound offer = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
	struct evtchn_status status = { .dom = DOMID_SELF };
	struct evtchn_close close = { 0 };

	ARCH_ASSERT(channel_op(EVTCHNOP_alloc_unbound, &offer) == 0);
	status.port = close.port = offer.port;
	ARCH_ASSERT(channel_op(EVTCHNOP_status, &status) == 0);
	ARCH_ASSERT(status.status == EVTCHNSTAT_unbound);
	ARCH_ASSERT(channel_op(EVTCHNOP_close, &close) == 0);
	return status.u.unbound.dom;
}

static void
tell_reader(void)
{
	struct evtchn_send send = { .port = port };

	channel_op(EVTCHNOP_send, &send);
}

static XENCONS_RING_IDX
n_unread(void)
{
	return ring->out_prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE);
}

/* Wait until no more than that is unread.  False: it never will be. */
static bool
wait_for_reader(XENCONS_RING_IDX most)
{
	if (n_unread() > most)
		tell_reader();
	while (n_unread() > most && looks < LOOKS_MAX) {
		pv_sleep_ns(LOOK_NS);
		looks++;
	}
	return n_unread() <= most;
}

static void
put(char c)
{
	XENCONS_RING_IDX at = ring->out_prod;

	if (!wait_for_reader(sizeof(ring->out) - 1))
		return;
	ring->out[MASK_XENCONS_IDX(at, ring->out)] = c;
	__atomic_store_n(&ring->out_prod, at + 1, __ATOMIC_RELEASE);
}

void
domu_say(const char *s)
{
	for (; *s != 0; s++) {
		if (*s == '\n')
			put('\r');
		put(*s);
	}
	tell_reader();
}

void
domu_flush(void)
{
	if (domu_is())
		wait_for_reader(0);
}

bool
domu_is(void)
{
	return ring != NULL;
}

domid_t
domu_domid(void)
{
	return domid;
}

void
domu_begin(struct xencons_interface *console, uint32_t channel)
{
	ring = console;
	port = channel;
	domid = find_domid();
	domu_say("gntfuzz guest: begins\n");
	domu_flush();
}
