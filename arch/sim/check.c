/*
 * check: the invariants (spec.md, I-*), over what is in use.
 *
 * Verified between operations, for entries that were pinned and frames that were touched since the
 * reset (watch.c has what holds during them):
 *   I-PINS    an entry's counters are the mappings of it that live, by handle
 *   I-FLAGS   reading and writing in the shared entry say what the counters say
 *   I-LATCH   a frame knows how many entries have latched it
 *   I-REFS    a frame knows how many mappings show it, and how many may write
 *   I-OWNER   a page in a slot is its guest's, and in no other slot
 *   I-PAGES   a domain's page count is the number of pages it owns
 *   I-BYTES   a frame's bytes are where they were
 *
 * Not verified: flags of an entry whose owner wrote them itself, until entry and pins are clear
 * again (guest_scribbled); entries and frames that nobody touched; contents, which the digests
 * compare; and, but for I-FLAGS, anything while no change was counted (sim.changes) since all was
 * well.
 */
#include <stdlib.h>

#include "arch/sim/machine.h"

struct frame_count {
	uint16_t refs, writers, latched;
};

/* All counts are 0 between two checks. */
struct check_scratch {
	uint32_t checked;		/* sim.changes when all was well */
	struct frame_count count[];
};

struct check_scratch *
check_scratch_new(uint32_t n_frames)
{
	struct check_scratch *c;

	return calloc(1, sizeof *c + n_frames * sizeof c->count[0]);
}

static void
count_ref(const struct arch *d, uint16_t place, bool writable)
{
	const struct sim *s = d->sim;
	struct frame_count *c = &s->scratch->count[place];
	uint8_t owner = s->frames[place].owner;

	c->refs++;
	if (writable && (owner == NOBODY || owner == d->index || !s->domain[owner].translated))
		c->writers++;
}

/* What d's handles and windows imply.  A handle of an entry that is not listed is wrong already. */
static bool
mappings_count(const struct arch *d)
{
	for (unsigned int h = 0; h < d->maptrack.fresh; h++) {
		const struct mapping *m = &d->maptrack.map[h];
		const struct table *t = &d->sim->domain[m->granter].table;

		if (m->flags == 0)
			continue;
		if (!t->active[m->ref].listed)
			return false;
		t->expect[m->ref] += pin_units(m->flags);
		if (m->flags & GNTMAP_device_map)
			count_ref(d, t->active[m->ref].frame, !(m->flags & GNTMAP_readonly));
		if ((m->flags & GNTMAP_host_map) && d->translated)
			count_ref(d, t->active[m->ref].frame, !(m->flags & GNTMAP_readonly));
	}
	for (unsigned int w = 0; w < WINDOWS && !d->translated; w++)
		if (d->window[w].frame != FRAME_NONE)
			count_ref(d, d->window[w].frame, d->window[w].writable);
	return true;
}

static const char *
flags_check(struct active *act, uint16_t flags)
{
	uint16_t used = flags & (GTF_reading | GTF_writing);
	uint16_t want = 0;

	act->arrived = 0;
	if (act->scribbled) {
		act->scribbled = act->pins != 0 || flags != 0;
		return NULL;
	}
	if (act->pins != 0)
		want = GTF_reading | (act->pins & PIN_WRITERS ? GTF_writing : 0);
	else if ((flags & GTF_type_mask) != GTF_permit_access)
		return NULL;
	return used == want ? NULL : "I-FLAGS: reading and writing do not match the pins";
}

static const char *
pins_check(const struct arch *d)
{
	const struct table *t = &d->table;
	const char *wrong = NULL;

	for (uint32_t i = 0; i < t->n_listed; i++) {
		grant_ref_t ref = t->listed[i];
		const struct active *act = &t->active[ref];

		if (act->pins != t->expect[ref] || act->used != act->pins)
			wrong = "I-PINS: pin counters do not match the live mappings";
		t->expect[ref] = 0;
		if (act->pins != 0)
			d->sim->scratch->count[act->frame].latched++;
	}
	return wrong;
}

static const char *
entries_check(const struct arch *d)
{
	const struct table *t = &d->table;

	for (uint32_t i = 0; i < t->n_listed; i++) {
		grant_ref_t ref = t->listed[i];
		const char *wrong = flags_check(&t->active[ref],
						arch_load16(&t->shared[ref].flags));

		if (wrong)
			return wrong;
	}
	return NULL;
}

static bool
in_place(const struct sim *s, const struct frame *f, unsigned int place)
{
	if (f->owner == NOBODY || f->kind != FRAME_DATA || f->slot == NOBODY)
		return true;
	return s->domain[f->owner].page[f->slot] == place;
}

static const char *
frame_check(const struct sim *s, unsigned int place)
{
	const struct frame *f = &s->frames[place];
	const struct frame_count *c = &s->scratch->count[place];

	if (f->latched != c->latched)
		return "I-LATCH: entries that latched a frame do not match";
	if (f->refs != c->refs || f->writers != c->writers || f->held != 0)
		return "I-REFS: references of a frame do not match its mappings";
	if (!in_place(s, f, place))
		return "I-OWNER: a slot does not hold the page that says so";
	if (f->bytes != s->memory + (size_t)place * XEN_PAGE_SIZE)
		return "I-BYTES: a frame's bytes moved";
	return NULL;
}

static const char *
frames_check(const struct sim *s)
{
	int32_t pages[DOMAINS] = {0};
	const char *wrong = NULL;

	for (uint32_t i = 0; i < s->n_touched; i++) {
		unsigned int place = s->touched[i];
		uint8_t owner = s->frames[place].owner;

		if (place < FRAME_L1_0)
			pages[place / DATA_FRAMES]--;
		if (owner != NOBODY && s->frames[place].kind == FRAME_DATA)
			pages[owner]++;
		if (!wrong)
			wrong = frame_check(s, place);
		s->scratch->count[place] = (struct frame_count){0};
	}
	for (unsigned int d = 0; d < DOMAINS; d++)
		if (pages[d] != s->domain[d].tot_pages && !wrong)
			wrong = "I-PAGES: a domain's page count is not what it owns";
	return wrong;
}

/* Every pass runs to its end, as each clears the scratch behind it. */
static const char *
structure_check(const struct sim *s)
{
	const char *wrong = NULL, *more;

	for (unsigned int d = 0; d < s->domains; d++)
		if (!mappings_count(&s->domain[d]))
			wrong = "I-PINS: a handle for an entry that was never pinned";
	for (unsigned int d = 0; d < s->domains; d++) {
		more = pins_check(&s->domain[d]);
		wrong = wrong ? wrong : more;
	}
	more = frames_check(s);
	return wrong ? wrong : more;
}

const char *
sim_check(const struct sim *s)
{
	const char *wrong = s->wrong;

	if (!wrong && s->changes != s->scratch->checked)
		wrong = structure_check(s);
	if (!wrong)
		s->scratch->checked = s->changes;
	for (unsigned int d = 0; d < s->domains && !wrong; d++)
		wrong = entries_check(&s->domain[d]);
	return wrong;
}
