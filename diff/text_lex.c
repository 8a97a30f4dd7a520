/* text_lex: see text_lex.h. */
#include "diff/text_lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_CHARS = 28 };

static bool
blank(char c)
{
	/* A carriage return too, so that lines may end the other way. */
	return c == ' ' || c == '\t' || c == '\r';
}

/* A word of its own. */
static bool
is_mark(char c)
{
	return c == '{' || c == '}' || c == ';' || c == '|';
}

static bool
ends_word(char c)
{
	return blank(c) || is_mark(c) || c == '\n' || c == '#' || c == '+';
}

static void
skip_blanks(struct lexer *l)
{
	while (l->at < l->end && blank(*l->at))
		l->at++;
	if (l->at < l->end && *l->at == '#')
		while (l->at < l->end && *l->at != '\n')
			l->at++;
}

static size_t
word_length(const char *s, const char *end)
{
	const char *p = s + 1;

	if (is_mark(*s) || *s == '=')
		return 1;
	while (p < end && !ends_word(*p))
		p++;
	return (size_t)(p - s);
}

void
lex_next(struct lexer *l)
{
	l->first = l->token == TOKEN_NEWLINE;
	if (l->first) {
		l->line++;
		l->line_start = l->at;
	}
	skip_blanks(l);
	l->word = (struct span){ l->at, 0 };
	if (l->at == l->end) {
		l->token = TOKEN_END;
		return;
	}
	if (*l->at == '\n') {
		l->token = TOKEN_NEWLINE;
		l->at++;
		return;
	}
	l->token = TOKEN_WORD;
	l->word.n = word_length(l->at, l->end);
	l->at += l->word.n;
}

void
lex_begin(struct lexer *l, const char *text, size_t n, struct text_error *e)
{
	/* As if behind a newline: what comes first is the first of its line. */
	*l = (struct lexer){ .at = text, .end = text, .token = TOKEN_NEWLINE, .error = e };
	if (n > 0)	/* no text may be NULL */
		l->end = text + n;
	lex_next(l);
}

void
lex_newlines(struct lexer *l)
{
	while (l->token == TOKEN_NEWLINE)
		lex_next(l);
}

bool
span_is(struct span a, const char *s)
{
	return strlen(s) == a.n && memcmp(a.s, s, a.n) == 0;
}

bool
lex_is(const struct lexer *l, const char *s)
{
	return l->token == TOKEN_WORD && span_is(l->word, s);
}

bool
lex_accept(struct lexer *l, const char *s)
{
	if (!lex_is(l, s))
		return false;
	lex_next(l);
	return true;
}

static unsigned int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return 16;
}

bool
span_number(struct span a, uint64_t *v)
{
	unsigned int base = 10;
	size_t i = 0;

	if (a.n > 2 && a.s[0] == '0' && a.s[1] == 'x') {
		base = 16;
		i = 2;
	}
	if (i == a.n)
		return false;
	for (*v = 0; i < a.n; i++) {
		unsigned int d = digit_value(a.s[i]);

		if (d >= base)
			return false;
		if (*v > (UINT64_MAX - d) / base)
			*v = UINT64_MAX;
		else
			*v = *v * base + d;
	}
	return true;
}

const char *
span_show(struct span a, char shown[SHOWN_BYTES])
{
	size_t n = 0;

	shown[n++] = '`';
	for (size_t i = 0; i < a.n; i++) {
		unsigned char c = (unsigned char)a.s[i];

		if (n >= SHOWN_CHARS) {
			n += (size_t)snprintf(shown + n, SHOWN_BYTES - n, "...");
			break;
		}
		if (c > ' ' && c < 0x7f)
			shown[n++] = (char)c;
		else
			n += (size_t)snprintf(shown + n, SHOWN_BYTES - n, "\\x%02x", c);
	}
	shown[n++] = '`';
	shown[n] = '\0';
	return shown;
}

const char *
lex_show(const struct lexer *l, char shown[SHOWN_BYTES])
{
	if (l->token == TOKEN_WORD)
		return span_show(l->word, shown);
	return l->token == TOKEN_END ? "the end of the file" : "the end of the line";
}

bool
lex_fail_at(struct lexer *l, struct span where, const char *format, ...)
{
	va_list ap;

	l->error->line = l->line;
	l->error->column = (unsigned int)(where.s - l->line_start) + 1;
	va_start(ap, format);
	vsnprintf(l->error->what, sizeof l->error->what, format, ap);
	va_end(ap);
	return false;
}

bool
lex_fail_choice(struct lexer *l, struct span where, const char *what, const char *choices)
{
	char shown[SHOWN_BYTES];

	if (l->token != TOKEN_WORD || where.n == 0 || strchr("{};|=", where.s[0]) != NULL)
		return lex_fail_at(l, where, "%s is missing: %s", what, choices);
	return lex_fail_at(l, where, "no %s %s: %s", what, span_show(where, shown), choices);
}
