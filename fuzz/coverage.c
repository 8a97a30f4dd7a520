#include "fuzz/coverage.h"

#include <stdio.h>

#include "arch/arch.h"
#include "diff/race.h"

/* The cell in a state's row; a kind without a status has an answer, an error, or was skipped. */
static unsigned int
cell_in_row(unsigned int kind, unsigned int result)
{
	unsigned int others;

	if (op_is_mark(kind))
		kind = OP_EXPECT;
	others = kind < COVERAGE_KIND_0 ? kind : kind - COVERAGE_FULL_KINDS;
	if (kind >= COVERAGE_KIND_0 && kind <= COVERAGE_KIND_LAST)
		return (kind - COVERAGE_KIND_0) * TOTALS_ANSWERS + result;
	return COVERAGE_FULL_KINDS * TOTALS_ANSWERS + others * COVERAGE_FEW +
	       (result < TOTALS_ERROR ? 0 : result - TOTALS_ERROR + 1);
}

unsigned int
coverage_cell(const struct program *p, const struct trace *expected, const struct trace *t,
	      unsigned int at)
{
	unsigned int state = expected->record[at].state % MODEL_ENTRY_STATES;

	return state * COVERAGE_ROW +
	       cell_in_row(p->ops[at].kind, totals_answer_of(&t->record[at]));
}

/* One cell for two answers, whichever branch is written first. */
static unsigned int
race_cell(const struct program *p, const struct trace *t, unsigned int a, unsigned int b)
{
	uint32_t x = p->ops[a].kind * TOTALS_ANSWERS + totals_answer_of(&t->record[a]);
	uint32_t y = p->ops[b].kind * TOTALS_ANSWERS + totals_answer_of(&t->record[b]);
	uint32_t low = x < y ? x : y, high = x < y ? y : x;

	/* By the golden ratio: the upper bits of the product depend on all of it. */
	return COVERAGE_RACE_0 +
	       ((low << 16 | high) * 0x9e3779b9u) / (UINT32_MAX / COVERAGE_RACES + 1);
}

unsigned int
coverage_race(const struct program *p, const struct trace *t, unsigned int at,
	      unsigned int cell[COVERAGE_RACE_MOST])
{
	struct race_place r;
	unsigned int n = 0;

	if (!race_at(&r, p, at))
		return 0;
	for (unsigned int a = r.from; a < r.turns; a++)
		for (unsigned int b = a + 1; b < r.turns && n < COVERAGE_RACE_MOST; b++)
			if (op_is_done(p->ops[a].kind) && op_is_done(p->ops[b].kind) &&
			    race_branch_of(&r, a) != race_branch_of(&r, b))
				cell[n++] = race_cell(p, t, a, b);
	return n;
}

/* The cells of all races, where there are any. */
static void
add_races(struct coverage *c, const struct program *p, const struct trace *t)
{
	unsigned int cell[COVERAGE_RACE_MOST];

	for (unsigned int i = 0; i < p->n_ops; i++) {
		unsigned int n = p->ops[i].kind == OP_RACE ? coverage_race(p, t, i, cell) : 0;

		while (n > 0)
			c->hits[cell[--n]]++;
	}
}

void
coverage_add(struct coverage *c, const struct program *p, const struct trace *expected,
	     const struct trace *t)
{
	c->programs++;
	c->operations += p->n_ops;
	for (unsigned int i = 0; i < p->n_ops; i++)
		c->hits[coverage_cell(p, expected, t, i)]++;
	add_races(c, p, t);
}

unsigned int
coverage_cells(const struct coverage *c)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < COVERAGE_CELLS; i++)
		n += c->hits[i] != 0;
	return n;
}

uint64_t
coverage_hits(const struct coverage *c, unsigned int state, unsigned int kind, unsigned int result)
{
	const unsigned int first = COVERAGE_KIND_0, last = COVERAGE_KIND_LAST;
	bool few = kind < first || kind > last;

	if (few && result > 0 && result < TOTALS_ERROR)
		return 0;
	return c->hits[state * COVERAGE_ROW + cell_in_row(kind, result)];
}

/* How often a kind had a result, in any state. */
static uint64_t
count(const struct coverage *c, unsigned int kind, unsigned int result)
{
	uint64_t n = 0;

	for (unsigned int s = 0; s < MODEL_ENTRY_STATES; s++)
		n += coverage_hits(c, s, kind, result);
	return n;
}

static void
sum_up(const struct coverage *c, struct totals *t)
{
	*t = (struct totals){
		.programs = c->programs, .operations = c->operations,
		.unsure = c->unsure, .cells = coverage_cells(c),
	};
	for (unsigned int k = 0; k < OP_EXPECT; k++)
		for (unsigned int r = 0; r < TOTALS_ANSWERS; r++) {
			t->answer[k][r] = count(c, k, r);
			t->op[k] += t->answer[k][r];
		}
}

bool
coverage_save(const struct coverage *c, const char *path)
{
	static char text[1 << 16];
	static struct totals t;
	FILE *f = fopen(path, "a");
	size_t n;
	bool bad;

	if (f == NULL)
		return false;
	sum_up(c, &t);
	n = totals_print(&t, text, sizeof text);
	ARCH_ASSERT(n < sizeof text);
	bad = fputs(text, f) < 0;
	return fclose(f) == 0 && !bad;
}
