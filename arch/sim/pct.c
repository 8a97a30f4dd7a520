#include "arch/sim/pct.h"

/* A step of splitmix64. */
static unsigned int
draw(struct pct *p, unsigned int below)
{
	uint64_t z = p->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned int)((z ^ z >> 31) % below);
}

void
pct_start(struct pct *p, uint64_t seed, unsigned int depth, unsigned int turns)
{
	*p = (struct pct){ .seed = seed, .depth = depth };
	for (unsigned int i = 0; i < PCT_AGENTS; i++) {
		unsigned int at = draw(p, i + 1);

		p->priority[i] = p->priority[at];
		p->priority[at] = (int)i;
	}
	for (unsigned int i = 0; i < depth; i++)
		p->fall[i] = draw(p, turns);
}

static unsigned int
agent(const struct race_option *o)
{
	return 2u * o->turn.branch + (o->turn.kind == TURN_DRAIN);
}

static int *
highest(struct pct *p, const struct race_option *o, unsigned int n)
{
	int *best = &p->priority[agent(&o[0])];

	for (unsigned int i = 1; i < n; i++)
		if (p->priority[agent(&o[i])] > *best)
			best = &p->priority[agent(&o[i])];
	return best;
}

/* Of what it can do, a CPU or a buffer does any: a store waits or not, a load is early or not. */
unsigned int
pct_pick(void *ctx, const struct race_option *o, unsigned int n)
{
	struct pct *p = ctx;
	unsigned int own = 0, chosen = 0;
	const int *best;

	for (unsigned int i = 0; i < p->depth; i++)
		if (p->fall[i] == p->turn)
			*highest(p, o, n) = --p->lowest;
	p->turn++;
	best = highest(p, o, n);
	for (unsigned int i = 0; i < n; i++)
		if (&p->priority[agent(&o[i])] == best && draw(p, ++own) == 0)
			chosen = i;
	return chosen;
}
