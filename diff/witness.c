#include "diff/witness.h"

#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "diff/text.h"

/* The program of a row, as the lane can run it. */
static void
read_witness(struct program *p, struct lane *l, const struct profile_row *row)
{
	char text[512];
	struct text_error e;
	int n = snprintf(text, sizeof text, "gnt 1 domains 2\n%s", row->witness);
	bool good = text_parse(p, &e, text, (size_t)n);

	ARCH_ASSERT(n < (int)sizeof text && good);
	lane_adapt(l, &p->header);
	program_normalize(p);
}

enum verdict
witness_fixes(struct lane *l, struct profile *p, char *why, size_t why_bytes)
{
	for (unsigned int i = 0; i < profile_n_rows; i++) {
		const struct profile_row *row = &profile_rows[i];
		struct program program;
		struct trace trace;
		struct difference d;
		enum verdict v;
		int32_t answer;

		if (row->witness == NULL)
			continue;
		read_witness(&program, l, row);
		v = lane_run(l, &program, &trace, why, why_bytes);
		if (v != VERDICT_SUCCESS)
			return v;
		if (!compare_expectations(&d, &program, &trace))
			continue;
		trace_headline(&trace.record[program.n_ops - 1],
			       (enum op_kind)program.ops[program.n_ops - 1].kind, &answer);
		if (answer == row->with || answer == row->without)
			profile_set(p, row, answer == row->with);
	}
	return VERDICT_SUCCESS;
}
