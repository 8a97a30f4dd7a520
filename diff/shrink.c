#include "diff/shrink.h"

#include "diff/shrink_leap.h"
#include "diff/shrink_step.h"

enum { BATCH_LEAST = 4 };

/* Judge the first n candidates.  Returns the first that shows it, or n. */
static unsigned int
ask(struct shrink *s, unsigned int n)
{
	const struct program *candidates[SHRINK_BATCH];
	bool shows[SHRINK_BATCH] = { false };
	unsigned int i;

	if (n == 0 || s->stopped)
		return n;
	for (i = 0; i < n; i++)
		candidates[i] = &s->candidate[i];
	s->stopped = !s->judge(s->arg, candidates, n, shows);
	if (s->stopped)
		return n;
	s->n_judged += n;
	for (i = 0; i < n && !shows[i]; i++)
		;
	/* What is behind one that shows it was judged in vain: ask for less while many do. */
	if (i == n)
		s->batch = s->batch * 2 < SHRINK_BATCH ? s->batch * 2 : SHRINK_BATCH;
	else if (s->batch > BATCH_LEAST)
		s->batch /= 2;
	return i;
}

/* Take candidate i, if it is one of n.  Returns whether it is. */
static bool
take(struct shrink *s, unsigned int i, unsigned int n)
{
	if (i < n)
		s->best = s->candidate[i];
	return i < n;
}

static bool
is_able(const struct shrink *s, const struct program_header *h)
{
	return s->able == NULL || s->able(s->arg, h);
}

/*
 * Try all steps of a sort, from wherever they get anywhere on with what they got to.  Returns
 * whether any did.
 */
static bool
try_steps(struct shrink *s, const struct shrink_steps *steps)
{
	bool any = false;

	for (unsigned int at = 0; !s->stopped && at < steps->count(&s->best);) {
		unsigned int number[SHRINK_BATCH], n = 0, next = at, i;

		for (; n < s->batch && next < steps->count(&s->best); next++)
			if (steps->step(&s->candidate[n], &s->best, next) &&
			    is_able(s, &s->candidate[n].header))
				number[n++] = next;
		i = ask(s, n);
		at = i < n ? number[i] : next;
		any |= take(s, i, n);
	}
	return any;
}

/* Remove blocks of operations, large ones first. */
static void
remove_blocks(struct shrink *s)
{
	for (unsigned int size = s->best.n_ops / 2u; size > 1; size /= 2) {
		for (unsigned int at = 0; !s->stopped && at < s->best.n_ops;) {
			unsigned int n = 0, i;

			for (unsigned int from = at; n < s->batch && from < s->best.n_ops;
			     from += size)
				n += shrink_remove(&s->candidate[n], &s->best, from, size);
			i = ask(s, n);
			at += (i < n ? i : n) * size;
			take(s, i, n);
		}
	}
}

/* Go on with the first of a leap's programs that shows it, if any does. */
static void
try_leap(struct shrink *s, struct leap *l)
{
	bool more = true, taken = false;

	while (more && !taken && !s->stopped) {
		unsigned int n = 0;

		while (n < SHRINK_BATCH && (more = leap_next(l, &s->candidate[n])))
			n++;
		taken = take(s, ask(s, n), n);
	}
}

/* Down to few operations, then to low operands, with few programs that show it. */
static void
leap(struct shrink *s)
{
	struct leap l;

	leap_remove(&l, &s->best);
	try_leap(s, &l);
	leap_lower(&l, &s->best);
	for (unsigned int i = 0; i < shrink_leasts.count(&s->best); i++)
		if (shrink_leasts.step(&s->candidate[0], &s->best, i) &&
		    is_able(s, &s->candidate[0].header))
			leap_add(&l, i);
	try_leap(s, &l);
}

/*
 * All steps, sort by sort, over and over; pairs, renamings and values only where the others end, as
 * they are many.  Ends with a round in which no step of any sort gets anywhere.
 */
static void
try_all(struct shrink *s)
{
	static const struct shrink_steps *const sorts[] = {
		&shrink_races, &shrink_removals, &shrink_schedules, &shrink_unjoins,
		&shrink_lowerings, &shrink_pairs, &shrink_renamings, &shrink_values,
	};
	enum { N_FIRST = 5, N_SORTS = sizeof sorts / sizeof sorts[0] };
	bool any = true;

	while (any && !s->stopped) {
		unsigned long before = s->n_judged;

		any = false;
		for (unsigned int i = 0; i < N_SORTS && (i < N_FIRST || !any); i++)
			any |= try_steps(s, sorts[i]);
		s->n_proof = s->n_judged - before;
	}
}

void
shrink_program(struct shrink *s, struct program *p)
{
	s->n_judged = s->n_proof = 0;
	s->batch = BATCH_LEAST;
	s->minimal = s->stopped = false;
	s->best = *p;
	if (s->dear)
		leap(s);
	remove_blocks(s);
	try_all(s);
	s->minimal = !s->stopped;
	*p = s->best;
}
