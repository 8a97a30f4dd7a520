#include "diff/shrink_leap.h"

#include "diff/shrink_step.h"

void
leap_lower(struct leap *l, const struct program *p)
{
	l->from = p;
	l->lowers = true;
	l->begun = false;
	l->n_things = l->n_kept = 0;
}

void
leap_add(struct leap *l, unsigned int number)
{
	if (l->n_things < LEAP_THINGS_MAX)
		l->thing[l->n_things++] = (uint16_t)number;
}

void
leap_remove(struct leap *l, const struct program *p)
{
	leap_lower(l, p);
	l->lowers = false;
	for (unsigned int i = 0; i + 1 < p->n_ops; i++)
		leap_add(l, i);
}

/* ------------------------------------------------------------------ what is kept */

/* How many ways there are to keep that many of so many things. */
static uint64_t
count_choices(unsigned int n_things, unsigned int n_kept)
{
	uint64_t n = 1;

	for (unsigned int i = 0; i < n_kept; i++)
		n = n * (n_things - i) / (i + 1);
	return n;
}

/* Keep one thing more, the first ones to begin with. */
static bool
keep_more(struct leap *l)
{
	unsigned int n = l->n_kept + 1;

	/* To keep all is no leap. */
	if (n > LEAP_KEPT_MAX || n >= l->n_things ||
	    count_choices(l->n_things, n) > LEAP_PROGRAMS_MAX)
		return false;
	for (unsigned int i = 0; i < n; i++)
		l->kept[i] = i;
	l->n_kept = n;
	return true;
}

/* Keep other things. */
static bool
keep_others(struct leap *l)
{
	unsigned int i = l->n_kept;

	if (!l->begun) {
		l->begun = true;
		return l->n_things > 0;
	}
	while (i > 0 && l->kept[i - 1] == l->n_things - l->n_kept + i - 1)
		i--;
	if (i == 0)
		return keep_more(l);
	l->kept[i - 1]++;
	for (; i < l->n_kept; i++)
		l->kept[i] = l->kept[i - 1] + 1;
	return true;
}

/* ------------------------------------------------------------------ the program */

/* Whether one hypercall does operation `at' and the later one at `next'. */
static bool
in_one_batch(const struct program *p, unsigned int at, unsigned int next)
{
	for (; at < next; at++)
		if (p->ops[at].kind != OP_EXPECT && !(p->ops[at].flags & OP_JOIN))
			return false;
	return true;
}

/* What is kept of the operations, and the last. */
static void
remove_others(struct program *to, const struct leap *l)
{
	const struct program *p = l->from;

	to->header = p->header;
	to->n_ops = 0;
	for (unsigned int i = 0; i <= l->n_kept; i++) {
		unsigned int last = p->n_ops - 1u;
		unsigned int at = i < l->n_kept ? l->thing[l->kept[i]] : last;
		unsigned int next = i + 1 < l->n_kept ? l->thing[l->kept[i + 1]] : last;
		struct op *o = &to->ops[to->n_ops++];

		*o = p->ops[at];
		if (!in_one_batch(p, at, next))
			o->flags &= (uint8_t)~OP_JOIN;
	}
	program_normalize(to);
}

static bool
is_kept(const struct leap *l, unsigned int place)
{
	for (unsigned int i = 0; i < l->n_kept; i++)
		if (l->kept[i] == place)
			return true;
	return false;
}

static void
lower_others(struct program *to, const struct leap *l)
{
	struct program lower;

	*to = *l->from;
	for (unsigned int i = 0; i < l->n_things; i++)
		if (!is_kept(l, i) && shrink_leasts.step(&lower, to, l->thing[i]))
			*to = lower;
}

bool
leap_next(struct leap *l, struct program *to)
{
	while (keep_others(l)) {
		if (l->lowers)
			lower_others(to, l);
		else
			remove_others(to, l);
		if (to->n_ops > 0 && !program_same(to, l->from))
			return true;
	}
	return false;
}
