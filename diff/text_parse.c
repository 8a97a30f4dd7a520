/*
 * text_parse: programs from text.
 *
 * Recursive descent over words, one function a construct; what an operation's operands are is read
 * from op_table.  The first error ends it.  A program that parses is normal.
 */
#include "diff/text_lex.h"

#include <string.h>

#include "diff/text_operand.h"

enum { VERSION_OF_THE_LANGUAGE = 1 };

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

static bool
parse_operation(struct lexer *l, struct program *p)
{
	unsigned int actor;
	enum op_kind kind;

	if (!room(l, p) || !text_parse_actor(l, p->header.domains, &actor))
		return false;
	lex_next(l);
	if (lex_accept(l, "batch")) {
		if (!parse_batch(l, p, actor))
			return false;
		kind = (enum op_kind)p->ops[p->n_ops - 1].kind;
		if (kind == OP_EXPECT)
			kind = (enum op_kind)p->ops[p->n_ops - 2].kind;
		if (l->token == TOKEN_WORD)
			return lex_fail_at(l, l->word,
					   "a batch ends with `}` and the end of the line; "
					   "`= answer` goes behind its member");
		return true;
	}
	if (!text_parse_verb(l, &kind))
		return false;
	lex_next(l);
	if (!parse_member(l, p, actor, kind))
		return false;
	return l->token != TOKEN_WORD || fail_surplus(l, kind, "the end of the line");
}

/* `gnt 1` */
static bool
parse_magic(struct lexer *l)
{
	char shown[SHOWN_BYTES];
	uint64_t version;

	lex_newlines(l);
	if (!lex_is(l, "gnt"))
		return lex_fail_at(l, l->word, "%s where `gnt 1` should begin a program",
				   lex_show(l, shown));
	lex_next(l);
	if (l->token != TOKEN_WORD || !span_number(l->word, &version))
		return lex_fail_at(l, l->word, "%s where the language's version, 1, should stand",
				   lex_show(l, shown));
	if (version != VERSION_OF_THE_LANGUAGE)
		return lex_fail_at(l, l->word, "version %s of the language: only 1 is known",
				   lex_show(l, shown));
	lex_next(l);
	return true;
}

/* A header word's number, for field i. */
static bool
parse_header_number(struct lexer *l, struct program_header *h, unsigned int i)
{
	const struct program_field *f = &program_fields[i];
	char shown[SHOWN_BYTES];
	uint64_t v;

	if (l->token != TOKEN_WORD || !span_number(l->word, &v) || v < f->low || v > f->high)
		return lex_fail_at(l, l->word, "%s where the number of %s should stand: %d to %d",
				   lex_show(l, shown), f->name, f->low, f->high);
	*program_field(h, i) = (uint8_t)v;
	return true;
}

static unsigned int
header_field(struct span word)
{
	unsigned int i = 0;

	while (i < PROGRAM_FIELDS && !span_is(word, program_fields[i].name))
		i++;
	return i;
}

/* One header word and its number; the number stays in hand. */
static bool
parse_header_word(struct lexer *l, struct program_header *h, unsigned int *seen)
{
	unsigned int i = header_field(l->word);

	if (lex_is(l, "="))
		return lex_fail_at(l, l->word, "an answer with no operation before it");
	if (i == PROGRAM_FIELDS)
		return lex_fail_choice(
		    l, l->word, "header word",
		    "domains, pages, frames, max_frames, maptrack, "
		    "hvm, silo, no_transfer, room, or a line that begins with d0");
	if (*seen >> i & 1)
		return lex_fail_at(l, l->word, "%s was given already", program_fields[i].name);
	*seen |= 1u << i;
	lex_next(l);
	return parse_header_number(l, h, i);
}

/* The header, up to the first line that begins with an actor. */
static bool
parse_header(struct lexer *l, struct program_header *h)
{
	struct lexer frames = *l;	/* at the last number that limits the frames */
	unsigned int seen = 0;

	for (lex_newlines(l); l->token == TOKEN_WORD; lex_newlines(l)) {
		if (l->first && l->word.n == 2 && l->word.s[0] == 'd')
			break;
		if (span_is(l->word, "frames") || span_is(l->word, "max_frames"))
			frames = *l;
		if (!parse_header_word(l, h, &seen))
			return false;
		lex_next(l);
	}
	if (h->frames > h->max_frames)
		return lex_fail_at(&frames, frames.word, "frames %d is more than max_frames %d",
				   h->frames, h->max_frames);
	return true;
}

bool
text_parse(struct program *p, struct text_error *e, const char *text, size_t n)
{
	struct lexer l;

	lex_begin(&l, text, n, e);
	p->header = program_header_default;
	p->n_ops = 0;
	if (!parse_magic(&l) || !parse_header(&l, &p->header))
		return false;
	for (lex_newlines(&l); l.token == TOKEN_WORD; lex_newlines(&l))
		if (!parse_operation(&l, p))
			return false;
	program_normalize(p);
	return true;
}
