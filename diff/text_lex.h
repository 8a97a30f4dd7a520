/*
 * text_lex: words out of program text, and errors that say where.
 *
 * A word ends at a blank, a newline, `#` (a comment, to the end of the line), one of `{ } ; |`,
 * which are words of their own, and before `+`.  `=` at its start is a word of its own.  Any byte
 * may occur in a word.
 */
#ifndef TEXT_LEX_H
#define TEXT_LEX_H

#include "diff/text_internal.h"

enum token { TOKEN_WORD, TOKEN_NEWLINE, TOKEN_END };

/* A part of the text. */
struct span {
	const char *s;
	size_t n;
};

struct lexer {
	const char *at, *end, *line_start;
	unsigned int line;
	/* The token in hand. */
	enum token token;
	struct span word;
	bool first;			/* nothing but blanks before it on its line */
	struct text_error *error;
};

/* Begin at the first token. */
void lex_begin(struct lexer *l, const char *text, size_t n, struct text_error *e);

/* Go on to the next token. */
void lex_next(struct lexer *l);

/* Go over newlines. */
void lex_newlines(struct lexer *l);

/* The token in hand is the word s. */
bool lex_is(const struct lexer *l, const char *s);

/* If it is, go on. */
bool lex_accept(struct lexer *l, const char *s);

bool span_is(struct span a, const char *s);

/*
 * Read a number: decimal, or hexadecimal behind 0x.  Returns false if it is none.  One that is too
 * large for *v is UINT64_MAX.
 */
bool span_number(struct span a, uint64_t *v);

/* Describe an error at `where`, a part of the token in hand.  Returns false. */
bool lex_fail_at(struct lexer *l, struct span where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* `where` is not a `what`, or missing; `choices` may stand there.  Returns false. */
bool lex_fail_choice(struct lexer *l, struct span where, const char *what, const char *choices);

/* The text of a span for a message: in quotes, printable, short. */
enum { SHOWN_BYTES = 40 };
const char *span_show(struct span a, char shown[SHOWN_BYTES]);

/* The token in hand for a message: its word in quotes, or `end of line`. */
const char *lex_show(const struct lexer *l, char shown[SHOWN_BYTES]);

#endif
