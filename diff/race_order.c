/* race_order: see race_order.h. */
#include "diff/race_order.h"

#include <string.h>

static bool
dependent(const struct model_option *a, const struct model_option *b)
{
	if (a->object == NULL || b->object == NULL)
		return true;
	return a->object == b->object && !(a->looks && b->looks);
}

/* What sleeps behind choice c: what did there, and has nothing to do with what was taken. */
static uint32_t
asleep_after(const struct choice *c)
{
	uint32_t asleep = 0;

	if (c->data)
		return c->asleep;
	for (unsigned int i = 0; i < c->n; i++)
		if (c->asleep >> c->o[i].id & 1 && !dependent(&c->o[i], &c->o[c->taken]))
			asleep |= 1u << c->o[i].id;
	return asleep;
}

/* Take the first option from `from' on that is awake.  False: none is. */
static bool
take_awake(struct choice *c, unsigned int from)
{
	if (c->data) {
		c->taken = (uint8_t)from;
		return from < c->n;
	}
	for (unsigned int i = from; i < c->n; i++)
		if (!(c->asleep >> c->o[i].id & 1)) {
			c->taken = (uint8_t)i;
			return true;
		}
	return false;
}

/* The step of the guide before which a branch would do its next section, if it kept pace. */
static unsigned int
due(const struct race_order *s, unsigned int branch)
{
	unsigned int race = s->race - 1, all, steps = 0, want, i;

	if (s->guide == NULL || race >= s->guide->races)
		return 0;
	all = s->all_sections[race][branch] + 1;
	for (i = 0; i < s->guide->race[race].n; i++)
		steps += s->guide->race[race].branch[i] == branch;
	want = (2 * s->sections[branch] + 1) * steps / (2 * all);
	for (i = 0; i < s->guide->race[race].n; i++)
		if (s->guide->race[race].branch[i] == branch && want-- == 0)
			break;
	return i;
}

/* Fill a choice; what is due first is first. */
static void
choice_fill(const struct race_order *s, struct choice *c, const struct model_option *o,
	    unsigned int n)
{
	unsigned int when[RACE_BRANCHES_MAX];

	c->n = (uint8_t)n;
	c->data = o->data;
	for (unsigned int b = 0; b < RACE_BRANCHES_MAX; b++)
		when[b] = due(s, b);
	for (unsigned int i = 0; i < n && !c->data; i++) {
		unsigned int k = i;

		for (; k > 0 && when[c->o[k - 1].branch] > when[o[i].branch]; k--) {
			c->o[k] = c->o[k - 1];
			c->at[k] = c->at[k - 1];
		}
		c->o[k] = o[i];
		c->at[k] = (uint8_t)i;
	}
}

/* The option taken, as the model knows it. */
static unsigned int
taken(struct race_order *s, const struct choice *c)
{
	if (c->data)
		return c->taken;
	s->sections[c->o[c->taken].branch] += !c->o[c->taken].drains;
	return c->at[c->taken];
}

unsigned int
race_order_pick(void *ctx, const struct model_option *o, unsigned int n)
{
	struct race_order *s = ctx;
	struct choice *c;

	if (s->depth == RACE_CHOICES_MAX) {
		s->too_long = true;
		return 0;
	}
	c = &s->choice[s->depth++];
	if (s->depth <= s->n)
		return taken(s, c);
	s->n = s->depth;
	choice_fill(s, c, o, n);
	c->asleep = s->reduce && s->depth > 1 ? asleep_after(c - 1) : 0;
	if (take_awake(c, 0))
		return taken(s, c);
	s->n = --s->depth;
	s->pruned++;
	return n;
}

bool
race_order_next(struct race_order *s)
{
	while (s->n > 0) {
		struct choice *c = &s->choice[s->n - 1];
		unsigned int from = s->reduce && !c->data ? 0 : c->taken + 1u;

		if (s->reduce && !c->data)
			c->asleep |= 1u << c->o[c->taken].id;
		if (take_awake(c, from))
			return true;
		s->n--;
	}
	return false;
}

void
race_order_start(struct race_order *s, bool reduce)
{
	s->reduce = reduce;
	s->too_long = false;
	s->pruned = 0;
	s->n = 0;
	s->guide = NULL;
	memset(s->all_sections, 0, sizeof s->all_sections);
}

void
race_order_run(struct race_order *s)
{
	s->depth = 0;
	s->race = 0;
}

void
race_order_race(struct race_order *s)
{
	s->race++;
	for (unsigned int b = 0; b < RACE_BRANCHES_MAX; b++)
		s->sections[b] = 0;
}

unsigned int
race_order_count(void *ctx, const struct model_option *o, unsigned int n)
{
	struct race_order *s = ctx;

	(void)n;
	if (!o->data && !o->drains && s->race <= RACE_GUIDED_MAX)
		s->all_sections[s->race - 1][o->branch]++;
	return 0;
}

void
race_order_guide(struct race_order *s, const struct race_guide *guide)
{
	s->guide = guide;
	s->n = 0;
}
