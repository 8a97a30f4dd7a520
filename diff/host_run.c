#define _GNU_SOURCE
#include "diff/host_run.h"

#include <string.h>

#include "diff/text.h"

struct run {
	const struct host_party *party;
	unsigned int n;
	struct host_ref ref[2][REF_SLOTS];	/* as the parties have told */
	bool is_lost[2], lost;			/* which of them; any */
};

static bool
ask_here(void *side, const struct host_ask *ask, struct host_answer *answer)
{
	host_side_answer(side, ask, answer);
	return true;
}

struct host_party
host_party_here(struct host_side *side)
{
	return (struct host_party){ ask_here, side };
}

static void
ask(struct run *r, unsigned int d, const struct host_ask *a, struct host_answer *answer)
{
	if (!r->is_lost[d] && r->party[d].ask(r->party[d].side, a, answer))
		return;
	memset(answer, 0, sizeof(*answer));
	r->is_lost[d] = r->lost = true;
}

static void
do_op(struct run *r, const struct op *o, struct trace_record *t)
{
	struct host_ask a = { .kind = ASK_OP, .op = *o };
	struct host_answer answer;
	unsigned int owner, slot;

	if (host_side_names(o, &owner, &slot) && owner < r->n && owner != o->actor)
		a.other = r->ref[owner][slot];
	ask(r, o->actor, &a, &answer);
	*t = answer.record;
	memcpy(r->ref[o->actor], answer.ref, sizeof(answer.ref));
}

static void
say_op(FILE *say, unsigned int at, const struct op *o)
{
	char text[256];

	text_print_op(o, text, sizeof(text));
	fprintf(say, "%u  %s\n", at + 1, text);
}

static void
do_ops(struct run *r, const struct program *p, struct trace *t, FILE *say)
{
	for (unsigned int i = 0; i < p->n_ops && !r->lost; i++) {
		struct trace_record *rec = &t->record[i];

		trace_record_begin(rec);
		rec->skip = SKIP_EXPECT;
		if (!op_is_done(p->ops[i].kind))
			continue;
		if (say != NULL)
			say_op(say, i, &p->ops[i]);
		do_op(r, &p->ops[i], rec);
		if (say != NULL && rec->skip == SKIP_LANE)
			fputs("    left out: it cannot be done here\n", say);
	}
}

bool
host_run(const struct host_party *party, unsigned int n, const struct program *p,
	 struct trace *t, FILE *say)
{
	struct host_ask begin = { .kind = ASK_BEGIN, .pages = p->header.pages };
	struct host_ask end = { .kind = ASK_END };
	struct run r = { .party = party, .n = n };
	struct host_answer answer;

	memset(t, 0, sizeof(*t));
	t->kind = TRACE_COARSE;
	t->n_records = p->n_ops;
	t->domains = p->header.domains;
	for (unsigned int d = 0; d < n; d++)
		ask(&r, d, &begin, &answer);
	do_ops(&r, p, t, say);
	if (say != NULL)
		fputs("at the end\n", say);
	for (unsigned int d = 0; d < n; d++) {
		ask(&r, d, &end, &answer);
		memcpy(t->domain[d].digest, answer.digest, sizeof(answer.digest));
	}
	return !r.lost;
}
