/* model_section: the branches of a race are coroutines, whose sections are done one at a time. */
#include "diff/model_race.h"

_Static_assert((int)FIBERS_MAX > (int)RACE_BRANCHES_MAX, "a stack for each branch");

/* ------------------------------------------------------------------ cuts */

static struct model_branch *
running(struct model *m)
{
	return &m->race->branch[m->race->current];
}

/* Stand before a section until it is chosen. */
static void
stand(struct model *m, const void *object, bool looks)
{
	running(m)->next.object = object;
	running(m)->next.looks = looks;
	fiber_switch(m->race->stacks, 0);
}

void
section_cut(struct model *m, const void *object, bool looks)
{
	stand(m, object, looks);
}

void
section_lock(struct model *m, bool *lock, const void *object)
{
	running(m)->wait = WAIT_LOCK;
	running(m)->lock = lock;
	stand(m, object, false);
	ARCH_ASSERT(!*lock);
	*lock = true;
	section_acquire(m);
}

/* Stand until none of the branch's stores waits. */
void
section_fence(struct model *m)
{
	if (running(m)->n_stores > 0) {
		running(m)->wait = WAIT_STORES;
		stand(m, &running(m)->batch, true);
	}
	section_acquire(m);
}

void
section_acquire(struct model *m)
{
	running(m)->seen = m->race->now;
}

void
section_flush(struct model *m, const uint8_t *accesses)
{
	running(m)->wait = WAIT_ACCESSES;
	running(m)->accesses = accesses;
	stand(m, m->page, false);
}

/* Every option is the same; the order's choice is what counts. */
unsigned int
section_choose(struct model *m, unsigned int n)
{
	struct model_option o[1 + 2 * MAP_SLOTS] = { running(m)->next };
	unsigned int i = 0;

	ARCH_ASSERT(n <= sizeof o / sizeof *o);
	for (unsigned int k = 0; k < n; k++) {
		o[k] = running(m)->next;
		o[k].data = true;
	}
	if (m->order.pick != NULL)
		i = m->order.pick(m->order.ctx, o, n);
	ARCH_ASSERT(i < n);
	return i;
}

/* Wait until e's flags change.  False if nobody is left who could change them. */
bool
section_wait(struct model *m, const struct ref *e)
{
	running(m)->wait = WAIT_ENTRY;
	running(m)->flags = &e->flags;
	running(m)->was = e->flags;
	stand(m, e, true);
	return e->flags != running(m)->was;
}

bool
section_is_restless(const struct model *m)
{
	return m->race->branch[m->race->current].restless;
}

/* ------------------------------------------------------------------ the order */

static bool
can_go(const struct model_branch *b)
{
	switch (b->wait) {
	case WAIT_NOTHING: return true;
	case WAIT_STORES: return b->n_stores == 0;
	case WAIT_ACCESSES: return *b->accesses == 0;
	case WAIT_LOCK: return b->n_stores == 0 && !*b->lock;
	case WAIT_ENTRY: return *b->flags != b->was;
	default: return false;
	}
}

static unsigned int
steps(const struct model_racing *r, struct model_option *o)
{
	unsigned int n = 0;

	if (can_go(&r->branch[r->current]))
		o[n++] = r->branch[r->current].next;
	for (unsigned int i = 0; i < r->place.n; i++)
		if (i != r->current && can_go(&r->branch[i]))
			o[n++] = r->branch[i].next;
	return n;
}

/* What can be done now. */
static unsigned int
options(const struct model *m, struct model_option *o)
{
	const struct model_racing *r = m->race;
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->place.n; i++)
		n += store_options(m, i, o + n);
	n += steps(r, o + n);
	if (n > 0)
		return n;
	/* Who waits for an entry gives up when nobody else can do anything. */
	for (unsigned int i = 0; i < r->place.n; i++)
		if (r->branch[i].wait == WAIT_ENTRY) {
			o[n] = r->branch[i].next;
			o[n++].object = NULL;
		}
	return n;
}

/* Have branch `b' do its next section. */
static void
go_on(struct model *m, unsigned int b)
{
	m->race->current = b;
	m->race->branch[b].wait = WAIT_NOTHING;
	for (unsigned int d = 0; d < m->h.domains; d++)
		m->domain[d].names = &m->race->branch[b].names[d];
	m->racing = true;
	fiber_switch(m->race->stacks, b + 1);
	m->racing = false;
}

bool
sections_run(struct model *m)
{
	struct model_option o[MODEL_OPTIONS_MAX];
	unsigned int n;

	while ((n = options(m, o)) > 0) {
		unsigned int i = m->order.pick ? m->order.pick(m->order.ctx, o, n) : 0;

		if (i >= n)
			return false;
		if (o[i].drains)
			store_drain(m, o[i].branch, o[i].id);
		else
			go_on(m, o[i].branch);
		if (m->race->given_up)
			return false;
	}
	for (unsigned int b = 0; b < m->race->place.n; b++)
		ARCH_ASSERT(m->race->branch[b].wait == WAIT_NEVER);
	return true;
}

static void
branch_run(void *ctx)
{
	struct model *m = ctx;
	struct model_racing *r = m->race;
	struct model_branch *b = running(m);
	const struct race_branch *place = &r->place.branch[b->next.branch];

	for (unsigned int at = place->from; at < place->to;) {
		unsigned int n = model_do_next(m, &b->batch, at, r->trace);

		r->given_up = m->order.answered &&
			!m->order.answered(m->order.ctx, r->trace, at, n);
		if (r->given_up)
			break;
		at += n;
	}
	b->wait = WAIT_NEVER;
	fiber_end(m->race->stacks, 0);
}

void
sections_begin(struct model *m)
{
	for (unsigned int b = 0; b < m->race->place.n; b++)
		fiber_start(m->race->stacks, b + 1, branch_run, m);
}
