#include "fuzz/coverage.h"

#include "diff/text.h"

/* What one record came to. */
static unsigned int
result_of(const struct trace_record *r)
{
	if (r->skip != SKIP_NOT)
		return COVERAGE_SKIP;
	if (r->rc < 0)
		return COVERAGE_ERROR;
	if (r->status <= 0 && r->status > -COVERAGE_STATUSES)
		return (unsigned int)-r->status;
	return 0;
}

/* The cell in a state's row; a kind without a status has an answer, an error, or was skipped. */
static unsigned int
cell_in_row(unsigned int kind, unsigned int result)
{
	unsigned int others = kind < COVERAGE_KIND_0 ? kind : kind - COVERAGE_FULL_KINDS;

	if (kind >= COVERAGE_KIND_0 && kind <= COVERAGE_KIND_LAST)
		return (kind - COVERAGE_KIND_0) * COVERAGE_RESULTS + result;
	return COVERAGE_FULL_KINDS * COVERAGE_RESULTS + others * COVERAGE_FEW +
	       (result < COVERAGE_ERROR ? 0 : result - COVERAGE_ERROR + 1);
}

unsigned int
coverage_cell(const struct program *p, const struct trace *expected, const struct trace *t,
	      unsigned int at)
{
	unsigned int state = expected->record[at].state % MODEL_ENTRY_STATES;

	return state * COVERAGE_ROW + cell_in_row(p->ops[at].kind, result_of(&t->record[at]));
}

void
coverage_add(struct coverage *c, const struct program *p, const struct trace *expected,
	     const struct trace *t)
{
	c->programs++;
	c->operations += p->n_ops;
	for (unsigned int i = 0; i < p->n_ops; i++)
		c->hits[coverage_cell(p, expected, t, i)]++;
}

uint64_t
coverage_result(const struct coverage *c, enum op_kind kind, unsigned int result)
{
	const unsigned int k = kind, first = COVERAGE_KIND_0, last = COVERAGE_KIND_LAST;
	bool few = k < first || k > last;
	uint64_t n = 0;

	if (few && result > 0 && result < COVERAGE_ERROR)
		return 0;
	for (unsigned int s = 0; s < MODEL_ENTRY_STATES; s++)
		n += c->hits[s * COVERAGE_ROW + cell_in_row(kind, result)];
	return n;
}

uint64_t
coverage_kind(const struct coverage *c, enum op_kind kind)
{
	uint64_t n = 0;

	for (unsigned int r = 0; r < COVERAGE_RESULTS; r++)
		n += coverage_result(c, kind, r);
	return n;
}

unsigned int
coverage_cells(const struct coverage *c)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < COVERAGE_CELLS; i++)
		n += c->hits[i] != 0;
	return n;
}

const char *
coverage_result_name(unsigned int result)
{
	if (result == COVERAGE_ERROR)
		return "error";
	if (result == COVERAGE_SKIP)
		return "skip";
	return text_status_name(-(int)result);
}

static void
save_kind(const struct coverage *c, enum op_kind kind, FILE *f)
{
	const char *name = op_table[kind].name;

	fprintf(f, "op %s %llu\n", name, (unsigned long long)coverage_kind(c, kind));
	for (unsigned int r = 0; r < COVERAGE_RESULTS; r++) {
		uint64_t n = coverage_result(c, kind, r);

		if (n > 0)
			fprintf(f, "status %s %s %llu\n", name, coverage_result_name(r),
				(unsigned long long)n);
	}
}

bool
coverage_save(const struct coverage *c, const char *path)
{
	FILE *f = fopen(path, "a");
	bool bad;

	if (f == NULL)
		return false;
	fprintf(f, "programs %llu\noperations %llu\ncells %u\n", (unsigned long long)c->programs,
		(unsigned long long)c->operations, coverage_cells(c));
	for (unsigned int k = 0; k < OP_EXPECT; k++)
		save_kind(c, (enum op_kind)k, f);
	bad = ferror(f);
	return fclose(f) == 0 && !bad;
}
