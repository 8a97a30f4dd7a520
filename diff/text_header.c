/* text_header: parsing what a program begins with.  See text_operand.h. */
#include "diff/text_operand.h"

enum { VERSION_OF_THE_LANGUAGE = 1 };

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
		    "hvm, silo, no_transfer, room, arm, or a line that begins with d0");
	if (*seen >> i & 1)
		return lex_fail_at(l, l->word, "%s was given already", program_fields[i].name);
	*seen |= 1u << i;
	lex_next(l);
	return parse_header_number(l, h, i);
}

/* Whether a line of operations begins here. */
static bool
at_operations(const struct lexer *l)
{
	return l->first && ((l->word.n == 2 && l->word.s[0] == 'd') || lex_is(l, "race") ||
			    lex_is(l, "schedule") || lex_is(l, "|") || lex_is(l, "}"));
}

bool
text_parse_header(struct lexer *l, struct program_header *h)
{
	struct lexer frames;		/* at the last number that limits the frames */
	unsigned int seen = 0;

	if (!parse_magic(l))
		return false;
	*h = program_header_default;
	frames = *l;
	for (lex_newlines(l); l->token == TOKEN_WORD; lex_newlines(l)) {
		if (at_operations(l))
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
