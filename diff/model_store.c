/*
 * model_store: stores that others see later, in races.  Rule R1213.
 *
 * A CPU's stores wait until somebody's choice lets them out: the oldest first or, on Arm, any that
 * does not overlap an older one, and flags only as the oldest.  Functions of the core and
 * hypercalls begin with none waiting.  So this matters only to a branch that goes on without one of
 * these, by looking at a page, say; all others store at once.
 */
#include "diff/model_race.h"

static bool
leaves_stores(unsigned int kind)
{
	switch (kind) {
	case OP_GRANT:
	case OP_GRANT_REF:
	case OP_ACCEPT:
	case OP_ACCEPT_REF:
	case OP_END_TRANSFER:
	case OP_END_TRANSFER_REF:
	case OP_ENTRY:
	case OP_FLAGS:
	case OP_SWAP:
	case OP_TRANSFER:
		return true;
	default:
		return false;
	}
}

/* Whether it is done while stores may wait, and its place among them tells. */
static bool
passes_stores(unsigned int kind, bool arm)
{
	switch (kind) {
	case OP_READ:
	case OP_READ_MAP:
		return true;
	case OP_WRITE:
	case OP_WRITE_MAP:
	case OP_ENTRY:
	case OP_FLAGS:
		return arm;
	default:
		return false;
	}
}

bool
store_matters(const struct model *m, const struct race_branch *b)
{
	bool left = false;

	for (unsigned int at = b->from; at < b->to; at++) {
		unsigned int kind = m->program->ops[at].kind;

		if (left && passes_stores(kind, m->h.arm))
			return true;
		left = left || leaves_stores(kind);
	}
	return m->h.arm && left;	/* entry: one store passes the other */
}

void
store_apply(struct model *m, const struct model_store *s)
{
	const uint8_t bytes[2] = { (uint8_t)s->value, (uint8_t)(s->value >> 8) };

	switch (s->to) {
	case STORE_BYTES: page_write(m, s->page, s->off, bytes, sizeof bytes); break;
	case STORE_UNLOCK: *s->lock = false; break;
	default: entry_store(s->e, s->to, s->value); break;
	}
}

static const void *
object_of(const struct model *m, const struct model_store *s)
{
	if (s->to != STORE_BYTES)
		return s->e;
	/* Which loads may still miss it depends on what their branches did before. */
	return m->h.arm ? NULL : m->bytes[s->page];
}

static bool
overlap(const struct model_store *a, const struct model_store *b)
{
	if (a->to == STORE_BYTES || b->to == STORE_BYTES)
		return a->to == b->to && a->page == b->page && a->off == b->off;
	return a->e == b->e && (a->to == b->to || (a->to >= STORE_FLAGS_PLAIN &&
						   b->to >= STORE_FLAGS_PLAIN));
}

static bool
can_drain(const struct model *m, const struct model_branch *b, unsigned int i)
{
	if (i == 0)
		return true;
	if (!m->h.arm || b->store[i].to == STORE_FLAGS || b->store[i].to == STORE_UNLOCK)
		return false;
	for (unsigned int k = 0; k < i; k++)
		if (b->store[k].to != STORE_UNLOCK && overlap(&b->store[k], &b->store[i]))
			return false;
	return true;
}

unsigned int
store_options(const struct model *m, unsigned int branch, struct model_option *o)
{
	const struct model_branch *b = &m->race->branch[branch];
	unsigned int n = 0;

	for (unsigned int i = 0; i < b->n_stores; i++)
		if (can_drain(m, b, i))
			o[n++] = (struct model_option){
				.object = object_of(m, &b->store[i]),
				.branch = (uint8_t)branch,
				.id = (uint8_t)(RACE_BRANCHES_MAX + branch * STORES_MAX +
						b->store[i].id),
				.drains = true,
			};
	return n;
}

static void
take_out(struct model_branch *b, unsigned int i)
{
	b->n_stores--;
	for (; i < b->n_stores; i++)
		b->store[i] = b->store[i + 1];
}

void
store_drain(struct model *m, unsigned int branch, unsigned int id)
{
	struct model_branch *b = &m->race->branch[branch];
	unsigned int i = 0;

	while (b->store[i].to == STORE_UNLOCK ||
	       RACE_BRANCHES_MAX + branch * STORES_MAX + b->store[i].id != id)
		i++;
	if (b->store[i].to == STORE_BYTES)
		section_wrote(m, branch, b->store[i].page, b->store[i].off);
	store_apply(m, &b->store[i]);
	take_out(b, i);
	while (b->n_stores > 0 && b->store[0].to == STORE_UNLOCK) {
		store_apply(m, &b->store[0]);
		take_out(b, 0);
	}
}

static uint8_t
free_id(const struct model_branch *b)
{
	uint32_t used = 0;

	for (unsigned int i = 0; i < b->n_stores; i++)
		if (b->store[i].to != STORE_UNLOCK)
			used |= 1u << b->store[i].id;
	return (uint8_t)__builtin_ctz(~used);
}

void
section_store(struct model *m, const struct model_store *s)
{
	struct model_branch *b = &m->race->branch[m->race->current];

	if (!b->delays && s->to != STORE_UNLOCK)
		section_cut(m, object_of(m, s), false);
	if (!b->delays || (s->to == STORE_UNLOCK && b->n_stores == 0)) {
		if (s->to == STORE_BYTES)
			section_wrote(m, m->race->current, s->page, s->off);
		store_apply(m, s);
		return;
	}
	if (b->n_stores >= STORES_MAX && s->to != STORE_UNLOCK)
		section_fence(m);
	ARCH_ASSERT(b->n_stores < sizeof b->store / sizeof *b->store);
	b->store[b->n_stores] = *s;
	b->store[b->n_stores].id = s->to == STORE_UNLOCK ? 0 : free_id(b);
	b->n_stores++;
}

/* ------------------------------------------------------------------ loads that are early */

static uint16_t
bytes_at(const struct model *m, unsigned int page, unsigned int off)
{
	return (uint16_t)(m->bytes[page][off] | m->bytes[page][off + 1] << 8);
}

void
section_wrote(struct model *m, unsigned int branch, unsigned int page, unsigned int off)
{
	struct model_racing *r = m->race;

	if (r->now == WRITTEN_MAX)
		return;
	r->written[r->now++] = (struct model_written){
		.page = (uint8_t)page, .branch = (uint8_t)branch, .off = (uint16_t)off,
		.old = off == WRITTEN_ALL ? 0 : bytes_at(m, page, off),
	};
}

/*
 * What is there now or, on Arm, was there before stores that the branch needs not have seen: those
 * of others since it last took a lock, changed an entry, began a hypercall, or saw a later one.
 */
uint16_t
section_load(struct model *m, unsigned int page, unsigned int off)
{
	struct model_branch *b = &m->race->branch[m->race->current];
	uint16_t v[EARLY_MAX] = { bytes_at(m, page, off) };
	unsigned int time[EARLY_MAX] = { m->race->now }, n = 1, i;

	for (unsigned int t = m->race->now; m->h.arm && t > b->seen && n < EARLY_MAX; t--) {
		const struct model_written *w = &m->race->written[t - 1];

		if (w->page != page || (w->off != off && w->off != WRITTEN_ALL))
			continue;
		time[n - 1] = t;
		if (w->off == WRITTEN_ALL || w->branch == m->race->current)
			break;
		v[n] = w->old;
		time[n++] = b->seen;
	}
	i = model_choose(m, n);
	if (n > 1 && time[i] > b->seen)
		b->seen = time[i];
	return v[i];
}
