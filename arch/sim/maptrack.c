/*
 * maptrack: a mapper's handles.
 *
 * Handles that were given back are used again, the one that rested longest first; only then fresh
 * ones.  One handle of all is a sentinel that nobody ever gets (R505).
 */
#include "arch/sim/machine.h"

static uint16_t
handle_take(struct maptrack *m)
{
	uint16_t h = m->free_head;

	if (h == HANDLE_NONE)
		return m->fresh < m->limit ? m->fresh++ : HANDLE_NONE;
	m->free_head = m->map[h].next;
	if (m->free_head == HANDLE_NONE)
		m->free_tail = HANDLE_NONE;
	return h;
}

uint16_t
maptrack_get(struct arch *d)
{
	struct maptrack *m = &d->maptrack;
	uint16_t h;

	sim_lock(d->sim, &m->lock);
	h = handle_take(m);
	if (h != HANDLE_NONE) {
		if (m->map[h].taken)
			d->sim->wrong = "S-HANDLE: a handle is given out twice";
		m->map[h].taken = true;
	}
	sim_unlock(d->sim, &m->lock);
	return h;
}

void
maptrack_put(struct arch *d, uint16_t handle)
{
	struct maptrack *m = &d->maptrack;

	sim_lock(d->sim, &m->lock);
	if (!m->map[handle].taken)
		d->sim->wrong = "S-HANDLE: a handle is given back twice";
	m->map[handle].taken = false;
	m->map[handle].next = HANDLE_NONE;
	if (m->free_tail == HANDLE_NONE)
		m->free_head = handle;
	else
		m->map[m->free_tail].next = handle;
	m->free_tail = handle;
	sim_unlock(d->sim, &m->lock);
}
