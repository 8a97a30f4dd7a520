/* text_operand: see text_operand.h. */
#include "diff/text_operand.h"

#include <stdio.h>
#include <string.h>

enum { CHOICES_BYTES = 128, EDITS_MAX = 2, VERB_BYTES = 20 };

/* ------------------------------------------------------------------ names */

/* What n can be spelled, for a message: "d0 to d2, self, io". */
static const char *
names_choices(const struct names *n, char choices[CHOICES_BYTES])
{
	size_t len = 0;

	choices[0] = '\0';
	for (unsigned int f = 0; f < NAMES_FAMILIES && n->family[f].prefix != NULL; f++)
		len += (size_t)snprintf(choices + len, CHOICES_BYTES - len, "%s%s0 to %s%d",
					len > 0 ? ", " : "", n->family[f].prefix,
					n->family[f].prefix, n->family[f].n - 1);
	for (unsigned int i = 0; i < NAMES_SPECIALS && n->special[i] != NULL; i++)
		len += (size_t)snprintf(choices + len, CHOICES_BYTES - len, "%s%s",
					len > 0 ? ", " : "", n->special[i]);
	return choices;
}

/* `a`, all or part of the token in hand, as a code of n. */
static bool
parse_part(struct lexer *l, const struct names *n, struct span a, uint8_t *code)
{
	int found = l->token == TOKEN_WORD ? text_names_find(n, a) : -1;
	char choices[CHOICES_BYTES];

	if (found < 0)
		return lex_fail_choice(l, a, n->what, names_choices(n, choices));
	*code = (uint8_t)found;
	return true;
}

static bool
parse_name(struct lexer *l, const struct names *n, uint8_t *code)
{
	if (!parse_part(l, n, l->word, code))
		return false;
	lex_next(l);
	return true;
}

/* ------------------------------------------------------------------ numbers */

/* `digits`, all or part of the token in hand, as a number up to max. */
static bool
parse_number(struct lexer *l, struct span digits, const char *what, unsigned int max, uint16_t *v)
{
	char shown[SHOWN_BYTES];
	uint64_t n;

	if (l->token != TOKEN_WORD || digits.n == 0)
		return lex_fail_at(l, digits, "%s is missing: 0 to %u", what, max);
	if (!span_number(digits, &n))
		return lex_fail_at(l, digits, "no %s %s: 0 to %u", what, span_show(digits, shown),
				   max);
	if (n > max)
		return lex_fail_at(l, digits, "%s is too large for this %s: 0 to %u",
				   span_show(digits, shown), what, max);
	*v = (uint16_t)n;
	lex_next(l);
	return true;
}

/* `+N`; 0 if it is left out. */
static bool
parse_offset(struct lexer *l, unsigned int max, uint16_t *off)
{
	*off = 0;
	if (l->token != TOKEN_WORD || l->word.s[0] != '+')
		return true;
	return parse_number(l, (struct span){ l->word.s + 1, l->word.n - 1 }, "offset", max, off);
}

/* ------------------------------------------------------------------ operands */

static bool
parse_copy_side(struct lexer *l, struct side *s, unsigned int off_max)
{
	const char *colon = l->token == TOKEN_WORD ? memchr(l->word.s, ':', l->word.n) : NULL;

	if (colon != NULL) {
		struct span dom = { l->word.s, (size_t)(colon - l->word.s) };
		struct span ref = { colon + 1, l->word.n - dom.n - 1 };

		if (!parse_part(l, &text_names_dom, dom, &s->dom) ||
		    !parse_part(l, &text_names_ref, ref, &s->idx))
			return false;
		lex_next(l);
		return parse_offset(l, off_max, &s->off);
	}
	s->dom = DOM_SELF;
	if (lex_accept(l, "page")) {
		if (!parse_name(l, &text_names_dom, &s->dom))
			return false;
	} else if (l->token != TOKEN_WORD || text_names_find(&text_names_frame, l->word) < 0) {
		return lex_fail_choice(l, l->word, "copy side", "d1:g2+64, p1+64, other.p1+64, "
				       "page DOMAIN p1+64, missing, table, pagetable, unowned");
	}
	if (!parse_name(l, &text_names_frame, &s->idx))
		return false;
	s->idx = (uint8_t)(s->idx + SIDE_FRAME);
	return parse_offset(l, off_max, &s->off);
}

/* One operand, %letter, of side s. */
static bool
parse_operand(struct lexer *l, struct op *o, char letter, struct side *s, const struct side *max)
{
	switch (letter) {
	case 'n':
		return parse_number(l, l->word, "number", program_op_max[o->kind].len, &o->len);
	case 'o':
		return parse_offset(l, max->off, &s->off);
	case 'x':
		return parse_copy_side(l, s, max->off);
	case 'w':
	case 'W':
		if (!lex_accept(l, "at")) {
			*text_field(letter, s) = AT_OWN;
			return true;
		}
		break;
	}
	return parse_name(l, text_names(letter), text_field(letter, s));
}

/* A word that the syntax gives; *syntax goes on behind it. */
static bool
parse_literal(struct lexer *l, const char **syntax)
{
	size_t n = strcspn(*syntax, " %");
	char shown[SHOWN_BYTES];

	if (l->token != TOKEN_WORD || l->word.n != n || memcmp(l->word.s, *syntax, n) != 0)
		return lex_fail_at(l, l->word, "%s where `%.*s` should stand", lex_show(l, shown),
				   (int)n, *syntax);
	*syntax += n;
	lex_next(l);
	return true;
}

static bool
parse_flags(struct lexer *l, struct op *o)
{
	const struct op_row *row = &op_table[o->kind];

	for (unsigned int f = 0; f < OP_FLAGS_MAX && row->flags[f] != NULL;) {
		if (!lex_is(l, row->flags[f])) {
			f++;
			continue;
		}
		if (o->flags & OP_FLAG0 << f)
			return lex_fail_at(l, l->word, "%s was given already", row->flags[f]);
		o->flags |= (uint8_t)(OP_FLAG0 << f);
		lex_next(l);
		f = 0;
	}
	return true;
}

bool
text_parse_operands(struct lexer *l, struct op *o)
{
	const struct op *max = &program_op_max[o->kind];

	for (const char *s = op_table[o->kind].syntax; *s != '\0';) {
		if (*s == ' ') {
			s++;
		} else if (*s != '%') {
			if (!parse_literal(l, &s))
				return false;
		} else {
			bool b = s[1] != 'n' && s[2] == 'b';

			if (!parse_operand(l, o, s[1], b ? &o->b : &o->a, b ? &max->b : &max->a))
				return false;
			s += s[1] == 'n' ? 2 : 3;
		}
	}
	return parse_flags(l, o);
}

/* ------------------------------------------------------------------ actor and verb */

bool
text_parse_actor(struct lexer *l, unsigned int domains, unsigned int *actor)
{
	int code = text_names_find(&text_names_dom, l->word);
	char shown[SHOWN_BYTES];

	/* A precision of 0 prints 0 as nothing: "d0", or "d0 to d2". */
	if (code < 0 || (unsigned int)code >= domains)
		return lex_fail_at(
		    l, l->word, "no actor %s: an operation begins with its domain, d0%s%.0u",
		    span_show(l->word, shown), domains > 1 ? " to d" : "", domains - 1);
	*actor = (unsigned int)code;
	return true;
}

/* How many characters to insert, delete or change to make b of a.  Pre: b has <= VERB_BYTES. */
static unsigned int
edits(struct span a, const char *b)
{
	unsigned int row[VERB_BYTES + 1], n = (unsigned int)strlen(b);

	for (unsigned int j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned int i = 1; i <= a.n; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (unsigned int j = 1; j <= n; j++) {
			unsigned int best = diagonal + (a.s[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

static bool
fail_verb(struct lexer *l)
{
	unsigned int least = EDITS_MAX + 1;
	const char *near = NULL;
	char shown[SHOWN_BYTES];

	if (l->token != TOKEN_WORD)
		return lex_fail_at(l, l->word, "%s where an operation should stand",
				   lex_show(l, shown));
	for (unsigned int k = 0; k < OP_EXPECT && l->word.n <= VERB_BYTES; k++) {
		unsigned int e = edits(l->word, op_table[k].name);

		if (e < least) {
			least = e;
			near = op_table[k].name;
		}
	}
	if (near == NULL)
		return lex_fail_at(l, l->word,
				   "no operation %s: see diff/LANGUAGE.md for those there are",
				   span_show(l->word, shown));
	return lex_fail_at(l, l->word, "no operation %s: `%s`?", span_show(l->word, shown), near);
}

bool
text_parse_verb(struct lexer *l, enum op_kind *kind)
{
	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		if (lex_is(l, op_table[k].name)) {
			*kind = (enum op_kind)k;
			return true;
		}
	}
	return fail_verb(l);
}
