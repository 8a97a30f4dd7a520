#define _GNU_SOURCE
#include "diff/host_channel.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "diff/host_load.h"

enum { WAIT_MS = 200, PATIENCE = 5 };

struct host_channel {
	struct host_talk talk;
	void *gnttab_library, *evtchn_library;
	struct host_log log;
	xengntshr_handle *shr;		/* the agent's */
	xengnttab_handle *tab;		/* the lane's */
	xenevtchn_handle *evtchn;
	int port;			/* our end */
	__typeof__(xengntshr_open) *shr_open;
	__typeof__(xengntshr_close) *shr_close;
	__typeof__(xengntshr_share_page_notify) *share;
	__typeof__(xengntshr_unshare) *unshare;
	__typeof__(xengnttab_open) *tab_open;
	__typeof__(xengnttab_close) *tab_close;
	__typeof__(xengnttab_map_grant_ref) *map;
	__typeof__(xengnttab_map_grant_ref_notify) *map_notify;
	__typeof__(xengnttab_unmap) *unmap;
	__typeof__(xenevtchn_open) *evtchn_open;
	__typeof__(xenevtchn_close) *evtchn_close;
	__typeof__(xenevtchn_fd) *fd;
	__typeof__(xenevtchn_notify) *notify;
	__typeof__(xenevtchn_bind_unbound_port) *offer;
	__typeof__(xenevtchn_bind_interdomain) *bind;
	__typeof__(xenevtchn_pending) *pending;
	__typeof__(xenevtchn_unmask) *unmask;
};

static bool
load_all(struct host_channel *c, char *why, size_t why_bytes)
{
	const struct host_symbol gnttab[] = {
		{ "xengntshr_open", &c->shr_open },
		{ "xengntshr_close", &c->shr_close },
		{ "xengntshr_share_page_notify", &c->share },
		{ "xengntshr_unshare", &c->unshare },
		{ "xengnttab_open", &c->tab_open },
		{ "xengnttab_close", &c->tab_close },
		{ "xengnttab_map_grant_ref", &c->map },
		{ "xengnttab_map_grant_ref_notify", &c->map_notify },
		{ "xengnttab_unmap", &c->unmap },
	}, evtchn[] = {
		{ "xenevtchn_open", &c->evtchn_open },
		{ "xenevtchn_close", &c->evtchn_close },
		{ "xenevtchn_fd", &c->fd },
		{ "xenevtchn_notify", &c->notify },
		{ "xenevtchn_bind_unbound_port", &c->offer },
		{ "xenevtchn_bind_interdomain", &c->bind },
		{ "xenevtchn_pending", &c->pending },
		{ "xenevtchn_unmask", &c->unmask },
	};

	c->gnttab_library = host_load(HOST_GNTTAB, gnttab, sizeof(gnttab) / sizeof(gnttab[0]),
				      why, why_bytes);
	if (c->gnttab_library != NULL)
		c->evtchn_library = host_load(HOST_EVTCHN, evtchn,
					      sizeof(evtchn) / sizeof(evtchn[0]), why, why_bytes);
	return c->evtchn_library != NULL;
}

/* ------------------------------------------------------------------ the bell */

/* That nobody hears it is no fault: the other may have just gone. */
static void
ring(void *bell)
{
	struct host_channel *c = bell;

	c->notify(c->evtchn, (evtchn_port_t)c->port);
}

static void
wait_for_it(void *bell)
{
	struct host_channel *c = bell;
	struct pollfd p = { .fd = c->fd(c->evtchn), .events = POLLIN };
	int port;

	if (poll(&p, 1, WAIT_MS) != 1)
		return;
	port = c->pending(c->evtchn);
	if (port >= 0)
		c->unmask(c->evtchn, (evtchn_port_t)port);
}

/* ------------------------------------------------------------------ both ends */

void
host_channel_close(struct host_channel *c)
{
	if (c == NULL)
		return;
	if (c->talk.page != NULL && c->shr != NULL)
		c->unshare(c->shr, c->talk.page, 1);
	if (c->talk.page != NULL && c->tab != NULL)
		c->unmap(c->tab, c->talk.page, 1);
	if (c->evtchn != NULL)
		c->evtchn_close(c->evtchn);
	if (c->shr != NULL)
		c->shr_close(c->shr);
	if (c->tab != NULL)
		c->tab_close(c->tab);
	host_log_close(&c->log);
	if (c->evtchn_library != NULL)
		dlclose(c->evtchn_library);
	if (c->gnttab_library != NULL)
		dlclose(c->gnttab_library);
	free(c);
}

/* With the libraries loaded, and the device of event channels open; *c is NULL if not. */
static void
channel_open(struct host_channel **c, char *why, size_t why_bytes)
{
	*c = calloc(1, sizeof(**c));
	snprintf(why, why_bytes, "out of memory");
	if (*c == NULL)
		return;
	(*c)->talk = (struct host_talk){ NULL, ring, wait_for_it, *c, PATIENCE };
	if (load_all(*c, why, why_bytes)) {
		host_log_open(&(*c)->log);
		(*c)->evtchn = (*c)->evtchn_open((*c)->log.log, 0);
		snprintf(why, why_bytes, "libxenevtchn does not open /dev/xen/evtchn: %s",
			 strerror(errno));
	}
	if ((*c)->evtchn != NULL)
		return;
	host_channel_close(*c);
	*c = NULL;
}

struct host_talk *
host_channel_talk(struct host_channel *c)
{
	return &c->talk;
}

/* ------------------------------------------------------------------ each end */

struct host_channel *
host_channel_lend(domid_t peer, grant_ref_t *ref, char *why, size_t why_bytes)
{
	struct host_channel *c;

	channel_open(&c, why, why_bytes);
	if (c == NULL)
		return NULL;
	c->port = c->offer(c->evtchn, peer);
	if (c->port >= 0)
		c->shr = c->shr_open(c->log.log, 0);
	if (c->shr != NULL)
		c->talk.page = c->share(c->shr, peer, ref, 1, TALK_AGENT_AT,
					(evtchn_port_t)c->port);
	if (c->talk.page != NULL) {
		host_talk_open(&c->talk, (uint32_t)c->port);
		return c;
	}
	snprintf(why, why_bytes, "%s domain %u: %s; is there such a domain? (xl list)",
		 c->port < 0 ? "no event channel can be offered to" : "no page can be lent to",
		 peer, strerror(errno));
	host_channel_close(c);
	return NULL;
}

/* Look what is lent: nobody is told when that ends. */
static bool
look(struct host_channel *c, domid_t peer, grant_ref_t ref, uint32_t *port, char *why,
     size_t why_bytes)
{
	struct host_talk t;
	bool is;

	c->tab = c->tab_open(c->log.log, 0);
	if (c->tab == NULL) {
		snprintf(why, why_bytes, "libxengnttab does not open /dev/xen/gntdev: %s",
			 strerror(errno));
		return false;
	}
	t.page = c->map(c->tab, peer, ref, PROT_READ | PROT_WRITE);
	if (t.page == NULL) {
		snprintf(why, why_bytes, "domain %u lends nothing to this one by reference %u; "
			 "start `gntfuzz agent' there, which says what to name", peer, ref);
		return false;
	}
	is = host_talk_find(&t, port, why, why_bytes);
	c->unmap(c->tab, t.page, 1);
	return is;
}

static bool
meet(struct host_channel *c, domid_t peer, grant_ref_t ref, char *why, size_t why_bytes)
{
	uint32_t port;

	if (!look(c, peer, ref, &port, why, why_bytes))
		return false;
	c->port = c->bind(c->evtchn, peer, port);
	if (c->port >= 0)
		c->talk.page = c->map_notify(c->tab, peer, ref, PROT_READ | PROT_WRITE,
					     TALK_LANE_AT, (evtchn_port_t)c->port);
	if (c->talk.page == NULL) {
		snprintf(why, why_bytes, "the agent in domain %u cannot be met: %s; another may be "
			 "at work with it", peer, strerror(errno));
		return false;
	}
	return host_talk_begin(&c->talk, why, why_bytes);
}

bool
host_channel_look(domid_t peer, grant_ref_t ref, char *why, size_t why_bytes)
{
	struct host_channel *c;
	uint32_t port;
	bool is;

	channel_open(&c, why, why_bytes);
	is = c != NULL && look(c, peer, ref, &port, why, why_bytes);
	host_channel_close(c);
	return is;
}

struct host_channel *
host_channel_meet(domid_t peer, grant_ref_t ref, char *why, size_t why_bytes)
{
	struct host_channel *c;

	channel_open(&c, why, why_bytes);
	if (c == NULL || meet(c, peer, ref, why, why_bytes))
		return c;
	host_channel_close(c);
	return NULL;
}
