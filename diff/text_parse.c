/*
 * text_parse: programs from text.
 *
 * Recursive descent over words, one function a construct; what an operation's operands are is read
 * from op_table.  The first error ends it.  A program that parses is normal.
 */
#include "diff/text_lex.h"

#include <string.h>

#include "diff/race.h"
#include "diff/text_operand.h"

static bool
room(struct lexer *l, const struct program *p)
{
	return p->n_ops < PROGRAM_OPS_MAX ||
	       lex_fail_at(l, l->word,
			   "too long: a program has at most %d operations, each `= answer` counted",
			   PROGRAM_OPS_MAX);
}

/* The operation to write next, zero; NULL, with the error told, if the program is full. */
static struct op *
new_op(struct lexer *l, struct program *p)
{
	struct op *o = &p->ops[p->n_ops];

	if (!room(l, p))
		return NULL;
	*o = (struct op){ 0 };
	p->n_ops++;
	return o;
}

/* `= expected`, behind an operation of p. */
static bool
parse_expect(struct lexer *l, struct program *p)
{
	const struct op *of = &p->ops[p->n_ops - 1];
	struct op *e = new_op(l, p);

	if (e == NULL)
		return false;
	e->kind = OP_EXPECT;
	e->actor = of->actor;
	lex_next(l);
	return text_parse_answer(l, (enum op_kind)of->kind, e);
}

/* Operands, flags, `= expected`. */
static bool
parse_member(struct lexer *l, struct program *p, unsigned int actor, enum op_kind kind)
{
	struct op *o = new_op(l, p);

	if (o == NULL)
		return false;
	o->kind = (uint8_t)kind;
	o->actor = (uint8_t)actor;
	if (!text_parse_operands(l, o))
		return false;
	return !lex_is(l, "=") || parse_expect(l, p);
}

/* What cannot stand behind an operation that is complete. */
static bool
fail_surplus(struct lexer *l, enum op_kind kind, const char *end)
{
	const struct op_row *row = &op_table[kind];
	char shown[SHOWN_BYTES], flags[64] = "";

	for (unsigned int f = 0; f < OP_FLAGS_MAX && row->flags[f] != NULL; f++) {
		strncat(flags, row->flags[f], sizeof flags - strlen(flags) - 1);
		strncat(flags, ", ", sizeof flags - strlen(flags) - 1);
	}
	return lex_fail_at(l, l->word, "%s does not belong behind %s: %s`= answer` or %s",
			   lex_show(l, shown), row->name, flags, end);
}

/* The members of a batch, from behind `{` to behind `}`. */
static bool
parse_members(struct lexer *l, struct program *p, unsigned int actor, enum op_kind kind)
{
	for (unsigned int n = 1;; n++) {
		unsigned int at = p->n_ops;

		lex_newlines(l);
		if (n > OP_BATCH_MAX)
			return lex_fail_at(l, l->word, "a batch has at most %d operations",
					   OP_BATCH_MAX);
		if (!parse_member(l, p, actor, kind))
			return false;
		lex_newlines(l);
		if (lex_accept(l, "}"))
			return true;
		if (l->token == TOKEN_END)
			return lex_fail_at(l, l->word,
					   "the end of the file in a batch: `}` is missing");
		if (!lex_is(l, ";"))
			return fail_surplus(l, kind, "`;` or `}`");
		p->ops[at].flags |= OP_JOIN;
		lex_next(l);
	}
}

static bool
parse_batch(struct lexer *l, struct program *p, unsigned int actor)
{
	struct span verb = l->word;
	char shown[SHOWN_BYTES];
	enum op_kind kind;

	if (!text_parse_verb(l, &kind))
		return false;
	if (!op_table[kind].joinable)
		return lex_fail_at(l, verb,
				   "no batches of %s: map, unmap, replace, copy, transfer, swap, "
				   "cache_flush",
				   op_table[kind].name);
	lex_next(l);
	if (!lex_is(l, "{"))
		return lex_fail_at(l, l->word, "%s where `{` should open the batch",
				   lex_show(l, shown));
	lex_next(l);
	return parse_members(l, p, actor, kind);
}

/* What may stand behind an operation: nothing on its line, or what parts it from others. */
static bool
parse_part(struct lexer *l, bool racing, enum op_kind kind, bool batch)
{
	if (l->token != TOKEN_WORD)
		return true;
	if (racing && (lex_is(l, ";") || lex_is(l, "|") || lex_is(l, "}")))
		return true;
	if (batch)
		return lex_fail_at(l, l->word,
				   "a batch ends with `}` and the end of the line; "
				   "`= answer` goes behind its member");
	return fail_surplus(l, kind, racing ? "`;`, `|`, `}` or the end of the line" :
					      "the end of the line");
}

/* An operation or a batch, up to the end of its line; or, racing, to what parts it from others. */
static bool
parse_operation(struct lexer *l, struct program *p, bool racing)
{
	unsigned int actor;
	enum op_kind kind;

	if (!room(l, p) || !text_parse_actor(l, p->header.domains, &actor))
		return false;
	lex_next(l);
	if (lex_accept(l, "batch"))
		return parse_batch(l, p, actor) && parse_part(l, racing, OP_MAP, true);
	if (!text_parse_verb(l, &kind))
		return false;
	if (racing && op_table[kind].alone)
		return lex_fail_at(l, l->word, "%s cannot be in a race: it is done alone",
				   op_table[kind].name);
	lex_next(l);
	return parse_member(l, p, actor, kind) && parse_part(l, racing, kind, false);
}

/* ------------------------------------------------------------------ races */

/* A race's parts, as far as they are read. */
struct racing {
	unsigned int branches, ops;	/* in all branches */
	unsigned int in_branch;		/* operations of the one in hand */
	unsigned int actor;		/* its */
};

/* One operation of the branch in hand. */
static bool
parse_racer(struct lexer *l, struct program *p, struct racing *r)
{
	unsigned int actor;

	if (lex_is(l, "race"))
		return lex_fail_at(l, l->word, "a race in a race: `}` ends this one first");
	if (r->ops == RACE_OPS_MAX)
		return lex_fail_at(l, l->word,
				   "a race has at most %d operations, each batch counted as one",
				   RACE_OPS_MAX);
	if (!text_parse_actor(l, p->header.domains, &actor))
		return false;
	if (r->in_branch > 0 && actor != r->actor)
		return lex_fail_at(l, l->word,
				   "d%u in a branch of d%u: a branch has one actor, and `|` parts "
				   "branches", actor, r->actor);
	r->actor = actor;
	r->in_branch++;
	r->ops++;
	if (!parse_operation(l, p, true))
		return false;
	lex_accept(l, ";");
	return true;
}

/* A branch, up to its `|` or `}`. */
static bool
parse_branch(struct lexer *l, struct program *p, struct racing *r)
{
	r->in_branch = 0;
	for (lex_newlines(l); !lex_is(l, "|") && !lex_is(l, "}"); lex_newlines(l)) {
		if (l->token == TOKEN_END)
			return lex_fail_at(l, l->word,
					   "the end of the file in a race: `}` is missing");
		if (!parse_racer(l, p, r))
			return false;
	}
	r->branches++;
	return r->in_branch > 0 ||
	       lex_fail_at(l, l->word, "a branch of a race needs an operation before its `%c`",
			   l->word.s[0]);
}

/* The mark that the token in hand is, and behind it. */
static bool
parse_mark(struct lexer *l, struct program *p, enum op_kind kind)
{
	struct op *o = new_op(l, p);

	if (o == NULL)
		return false;
	o->kind = (uint8_t)kind;
	lex_next(l);
	return true;
}

/* The branches of a race, up to `}`. */
static bool
parse_branches(struct lexer *l, struct program *p, struct racing *r)
{
	if (!parse_branch(l, p, r))
		return false;
	while (lex_is(l, "|")) {
		if (r->branches == RACE_BRANCHES_MAX)
			return lex_fail_at(l, l->word, "a race has at most %d branches",
					   RACE_BRANCHES_MAX);
		if (!parse_mark(l, p, OP_WITH) || !parse_branch(l, p, r))
			return false;
	}
	return r->branches > 1 ||
	       lex_fail_at(l, l->word, "a race has 2 or 3 branches: `|` parts them");
}

/* Turns up to the end of the line, from `schedule` on, of the race that is before them. */
static bool
parse_schedule(struct lexer *l, struct program *p, unsigned int branches)
{
	unsigned int code, times;

	for (lex_next(l); l->token == TOKEN_WORD; lex_next(l)) {
		if (!text_parse_turn(l, branches, &code, &times))
			return false;
		for (; times > 0; times--) {
			struct op *o = &p->ops[p->n_ops - 1];

			if (o->kind != OP_TURNS || race_turns_in(o) == RACE_TURNS_PER_OP)
				o = new_op(l, p);
			if (o == NULL)
				return false;
			o->kind = OP_TURNS;
			race_put_turn(o, code);
		}
	}
	return true;
}

/* `schedule`, on a line of its own or behind the `}`. */
static bool
parse_turns(struct lexer *l, struct program *p)
{
	struct race_place r;
	unsigned int last = p->n_ops - 1u;

	if (p->n_ops == 0 || (p->ops[last].kind != OP_RACE_END && p->ops[last].kind != OP_TURNS) ||
	    !race_at(&r, p, last))
		return lex_fail_at(l, l->word, "a schedule with no race before it");
	return parse_schedule(l, p, r.n);
}

static bool
parse_race(struct lexer *l, struct program *p)
{
	struct racing r = { 0 };
	char shown[SHOWN_BYTES];

	if (!parse_mark(l, p, OP_RACE))
		return false;
	if (!lex_is(l, "{"))
		return lex_fail_at(l, l->word, "%s where `{` should open the race",
				   lex_show(l, shown));
	lex_next(l);
	if (!parse_branches(l, p, &r) || !parse_mark(l, p, OP_RACE_END))
		return false;
	if (lex_is(l, "schedule"))
		return parse_turns(l, p);
	return l->token != TOKEN_WORD ||
	       lex_fail_at(l, l->word, "%s behind a race: `schedule` or the end of the line",
			   lex_show(l, shown));
}

/* One line, or what begins on it. */
static bool
parse_line(struct lexer *l, struct program *p)
{
	if (lex_is(l, "race"))
		return parse_race(l, p);
	if (lex_is(l, "schedule"))
		return parse_turns(l, p);
	if (lex_is(l, "|") || lex_is(l, "}"))
		return lex_fail_at(l, l->word, "`%c` with no race before it", l->word.s[0]);
	return parse_operation(l, p, false);
}

bool
text_parse(struct program *p, struct text_error *e, const char *text, size_t n)
{
	struct lexer l;

	lex_begin(&l, text, n, e);
	p->n_ops = 0;
	if (!text_parse_header(&l, &p->header))
		return false;
	for (lex_newlines(&l); l.token == TOKEN_WORD; lex_newlines(&l))
		if (!parse_line(&l, p))
			return false;
	program_normalize(p);
	return true;
}
