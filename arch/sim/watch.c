/*
 * watch: what holds at every step of a race, also in the middle of operations.
 *
 *   S-PINS    whatever a grantee may still reach, by a mapping that is not flushed yet or in a
 *             copy, is pinned
 *   S-OWNER   and its page is the granter's; a PV guest may have replaced all that showed it, and
 *             keep the handle
 *   S-FLAGS   a pinned entry is in use in the eyes of its owner: reading, and writing if it may be
 *   S-PAIR    a pinned entry shows the domid and the frame that it was pinned with, so the two were
 *             published together
 *   S-COMMIT  an entry that is committed stays so until its transfer is complete
 *   S-FRAME   when it is complete, it shows the page that came
 *   S-HANDLE  a handle is given out and published once (maptrack.c, map.c say so)
 *
 * Not verified: entries whose owner wrote them itself (guest_scribbled).  Here memory is meant, not
 * what still waits in a CPU's store buffer.
 */
#include "arch/sim/machine.h"

static const char *
pinned_check(const struct arch *d, const struct active *act, const struct grant_entry_v1 *e)
{
	uint16_t need = GTF_reading | (act->pins & PIN_WRITERS ? GTF_writing : 0);
	uint16_t flags = arch_load16(&e->flags);
	const struct frame *f;

	if (!pins_cover(act->pins, act->used))
		return "S-PINS: a page can be reached by a grant that is not pinned";
	f = frame_at(d->sim, act->frame);
	if (act->used != 0 && f->refs + f->held != 0 && f->owner != d->index)
		return "S-OWNER: a page can be reached that is not its granter's";
	if (act->pins == 0 || act->scribbled)
		return NULL;
	if ((flags & GTF_type_mask) != GTF_permit_access || (flags & need) != need)
		return "S-FLAGS: a pinned entry does not look used";
	if (arch_load16(&e->domid) != guest_domid(&d->sim->domain[act->grantee]) ||
	    arch_load32(&e->frame) != act->number)
		return "S-PAIR: a pinned entry changed its domid or frame";
	return NULL;
}

/* A guest may go on with the entry once it has seen that it is complete: it is looked at once. */
static const char *
transfer_check(const struct arch *d, struct active *act, const struct grant_entry_v1 *e)
{
	enum { COMMITTED = GTF_accept_transfer | GTF_transfer_committed };
	uint16_t flags = arch_load16(&e->flags);
	uint16_t arrived = act->arrived;

	if (act->scribbled)
		return NULL;
	if (act->committed && (flags & COMMITTED) != COMMITTED)
		return "S-COMMIT: a committed transfer was taken back";
	if (arrived == 0 || !(flags & GTF_transfer_completed))
		return NULL;
	act->arrived = 0;
	if (frame_of_guest(d, arch_load32(&e->frame)) != frame_at(d->sim, arrived - 1u))
		return "S-FRAME: a completed transfer does not show its page";
	return NULL;
}

const char *
sim_check_step(const struct sim *s)
{
	const char *wrong = s->wrong;

	for (unsigned int d = 0; d < s->domains; d++) {
		const struct table *t = &s->domain[d].table;

		for (uint32_t i = 0; i < t->n_listed && !wrong; i++) {
			struct active *act = &t->active[t->listed[i]];
			const struct grant_entry_v1 *e = &t->shared[t->listed[i]];

			wrong = pinned_check(&s->domain[d], act, e);
			if (!wrong)
				wrong = transfer_check(&s->domain[d], act, e);
		}
	}
	return wrong;
}
