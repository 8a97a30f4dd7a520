/*
 * host_channel: what host_talk needs of a Xen host: a page that one domain lends the other, whose
 * kernels say who is gone, and an event channel.
 */
#ifndef HOST_CHANNEL_H
#define HOST_CHANNEL_H

#include "diff/host_talk.h"

struct host_channel;

/*
 * For an agent: lend a page to domain `peer', *ref being its reference, and offer it an event
 * channel.  NULL with one line in why[] if not.
 */
struct host_channel *host_channel_lend(domid_t peer, grant_ref_t *ref, char *why,
				       size_t why_bytes);

/* For a lane: whether the agent in domain `peer' has lent that, and is at work; if not, why[]. */
bool host_channel_look(domid_t peer, grant_ref_t ref, char *why, size_t why_bytes);

/* For a lane: take it.  As host_channel_lend.  It is of this process: no child of it has it. */
struct host_channel *host_channel_meet(domid_t peer, grant_ref_t ref, char *why,
				       size_t why_bytes);

/* For as long as the channel is there. */
struct host_talk *host_channel_talk(struct host_channel *c);

/* The other is told by the kernel.  Takes NULL. */
void host_channel_close(struct host_channel *c);

#endif
