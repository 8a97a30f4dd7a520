/* carried_tell: what came of a carried program, for people.  Freestanding but for snprintf. */
#include "diff/carried.h"

#include <stdio.h>

#include "diff/class.h"
#include "diff/tell.h"
#include "diff/text.h"

enum { LINE_BYTES = 512, OP_COLUMNS = 44 };

static void
print_answer(const struct program *p, const struct trace *t, unsigned int at, char *out, size_t n)
{
	enum op_kind kind = (enum op_kind)p->ops[at].kind;
	int32_t value;
	enum result_class c = trace_headline(&t->record[at], kind, &value);

	text_print_result(kind, c, value, out, n);
}

static void
tell_operation(const struct carried *c, const struct trace *got, unsigned int at,
	       void (*say)(const char *s))
{
	char line[LINE_BYTES], op[LINE_BYTES / 2], answer[64], expected[64], own[64] = "";
	const struct op *o = &c->program.ops[at + 1];

	text_print_op(&c->program.ops[at], op, sizeof(op));
	print_answer(&c->program, got, at, answer, sizeof(answer));
	print_answer(&c->program, &c->expected, at, expected, sizeof(expected));
	if (c->check_expected && at + 1 < c->program.n_ops && o->kind == OP_EXPECT)
		text_print_result((enum op_kind)c->program.ops[at].kind,
				  (enum result_class)o->a.idx, expect_value(o), own, sizeof(own));
	snprintf(line, sizeof(line), "%3u  %-*s = %s, expected %s%s%s\n", at + 1, OP_COLUMNS, op,
		 answer, expected, own[0] != 0 ? ", by the program " : "", own);
	say(line);
}

static void
tell_verdict(const char *verdict, const char *more, void (*say)(const char *s))
{
	say(CARRIED_VERDICT);
	say(verdict);
	say(more);
	say("\n");
}

/* Compare as the command does.  Returns whether nothing differs; else *d is told. */
static bool
is_same(const struct carried *c, const struct trace *got, struct difference *d)
{
	const struct program *p = &c->program;

	return compare_traces(d, p, &c->expected, got) &&
	       (!c->check_expected || d->lane_skip_at < p->n_ops ||
		compare_expectations(d, p, got));
}

static void
tell_difference_found(const struct carried *c, const struct difference *d,
		      const struct trace *got, void (*say)(const char *s))
{
	char line[2 * LINE_BYTES], id[CLASS_ID];
	struct class_words w;

	tell_headline(&c->program, d, line, sizeof(line));
	say("difference: ");
	say(line);
	say("\n");
	class_of_difference(&w, &c->program, d, &c->expected, got, &c->expected);
	class_print(&w, c->world, id);
	tell_verdict("FAIL: ", id, say);
}

void
carried_tell(const struct carried *c, const struct trace *got, void (*say)(const char *s))
{
	const struct program *p = &c->program;
	char line[LINE_BYTES] = "";
	struct difference d;

	say("\n");
	for (unsigned int i = 0; i < p->n_ops; i++)
		if (op_is_done(p->ops[i].kind))
			tell_operation(c, got, i, say);
	if (!is_same(c, got, &d)) {
		tell_difference_found(c, &d, got, say);
		return;
	}
	if (d.lane_skip_at < p->n_ops)
		snprintf(line, sizeof(line), ", but from operation %u on nothing was compared: "
			 "this machine cannot do it", d.lane_skip_at + 1u);
	tell_verdict("PASS", line, say);
}

void
carried_tell_skip(const char *why, void (*say)(const char *s))
{
	say("\n");
	tell_verdict("SKIP: ", why, say);
}
