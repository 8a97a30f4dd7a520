#define _GNU_SOURCE
#include "reports/totals.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/text.h"

static void
count_answer(struct totals *s, enum op_kind kind, const struct trace_record *r)
{
	if (r->skip == SKIP_EXPECT || !op_is_done(kind))
		return;
	s->operations++;
	s->op[kind]++;
	s->answer[kind][totals_answer_of(r)]++;
}

enum op_kind
totals_between_kind(unsigned int what)
{
	return what == TOTALS_MAPS ? OP_MAP : OP_TRANSFER;
}

static bool
was_okay(const struct trace_record *r)
{
	return r->skip == SKIP_NOT && r->rc == 0 && r->status == 0;
}

static void
count_between(struct totals *s, const struct op *o, const struct trace_record *r)
{
	for (unsigned int what = 0; what < TOTALS_BETWEEN; what++)
		if (o->kind == totals_between_kind(what) && o->b.dom < DOMAINS_MAX && was_okay(r))
			s->between[what][o->actor][o->b.dom]++;
}

/* The n operations from `at' on, done in one go. */
static void
count_call(struct totals *s, const struct program *p, const struct trace *t, unsigned int at,
	   unsigned int n)
{
	unsigned int n_okay = 0, n_done = 0;

	for (unsigned int i = at; i < at + n; i++) {
		const struct trace_record *r = &t->record[i];

		count_answer(s, (enum op_kind)p->ops[i].kind, r);
		count_between(s, &p->ops[i], r);
		n_okay += was_okay(r);
		n_done += r->skip == SKIP_NOT;
	}
	s->batches += n_done > 1;
	s->mixed += n_okay > 0 && n_okay < n_done;
}

void
totals_add(struct totals *s, const struct program *p, const struct trace *t, unsigned int n_ops)
{
	unsigned int end = n_ops < p->n_ops ? n_ops : p->n_ops, n;

	s->programs++;
	s->coarse |= t->kind == TRACE_COARSE;
	for (unsigned int at = 0; at < end; at += n) {
		n = op_is_mark(p->ops[at].kind) ? 1 : program_batch(p, at);
		if (n > end - at)
			n = end - at;
		count_call(s, p, t, at, n);
	}
}

void
totals_merge(struct totals *s, const struct totals *more)
{
	s->programs += more->programs;
	s->coarse |= more->coarse;
	s->operations += more->operations;
	if (s->cells < more->cells)
		s->cells = more->cells;
	for (unsigned int k = 0; k < OP_KINDS; k++) {
		s->op[k] += more->op[k];
		for (unsigned int i = 0; i < TOTALS_ANSWERS; i++)
			s->answer[k][i] += more->answer[k][i];
	}
	s->batches += more->batches;
	s->mixed += more->mixed;
	s->unsure += more->unsure;
	for (unsigned int i = 0; i < TOTALS_BETWEEN * DOMAINS_MAX * DOMAINS_MAX; i++)
		(&s->between[0][0][0])[i] += (&more->between[0][0][0])[i];
}

const char *
totals_answer_name(unsigned int answer)
{
	if (answer < TOTALS_STATUSES)
		return text_status_name(-(int)answer);
	return answer == TOTALS_ERROR ? "error" : "skip";
}

/* The kind of that name, or OP_KINDS. */
static unsigned int
kind_of(const char *name)
{
	unsigned int k = 0;

	while (k < OP_EXPECT && strcmp(op_table[k].name, name) != 0)
		k++;
	return k < OP_EXPECT ? k : OP_KINDS;
}

/* The counter for an answer by name, or NULL. */
static uint64_t *
answer_of(struct totals *s, unsigned int kind, const char *name)
{
	for (unsigned int i = 0; i < TOTALS_ANSWERS; i++)
		if (strcmp(totals_answer_name(i), name) == 0)
			return &s->answer[kind][i];
	return NULL;
}

/* The counter for a pair of domains, written as two digits, or NULL. */
static uint64_t *
between_of(struct totals *s, unsigned int kind, const char *pair)
{
	unsigned int actor = (unsigned char)pair[0] - '0', other = (unsigned char)pair[1] - '0';

	for (unsigned int what = 0; what < TOTALS_BETWEEN; what++)
		if (kind == totals_between_kind(what) && strlen(pair) == 2 &&
		    actor < DOMAINS_MAX && other < DOMAINS_MAX)
			return &s->between[what][actor][other];
	return NULL;
}

static uint64_t *
plain_counter_of(struct totals *s, const char *word)
{
	if (strcmp(word, "programs") == 0)
		return &s->programs;
	if (strcmp(word, "operations") == 0)
		return &s->operations;
	if (strcmp(word, "batches") == 0)
		return &s->batches;
	if (strcmp(word, "unsure") == 0)
		return &s->unsure;
	return strcmp(word, "mixed") == 0 ? &s->mixed : NULL;
}

static uint64_t *
counter_of(struct totals *s, char words[3][32], int n_words)
{
	unsigned int kind;

	if (n_words == 1)
		return plain_counter_of(s, words[0]);
	if (n_words < 2 || (kind = kind_of(words[1])) == OP_KINDS)
		return NULL;
	if (n_words == 2 && strcmp(words[0], "op") == 0)
		return &s->op[kind];
	if (n_words == 3 && strcmp(words[0], "status") == 0)
		return answer_of(s, kind, words[2]);
	if (n_words == 3 && strcmp(words[0], "between") == 0)
		return between_of(s, kind, words[2]);
	return NULL;
}

/* Words, and a number at the end. */
static bool
parse_line(struct totals *s, char *line)
{
	char words[3][32], *word, *rest = line, *end;
	uint64_t *counter, number;
	int n = 0;

	while ((word = strsep(&rest, " ")) != NULL && rest && n < 3)
		if (snprintf(words[n++], sizeof(words[0]), "%s", word) >= (int)sizeof(words[0]))
			return false;
	if (!word || rest || word[0] < '0' || word[0] > '9')
		return false;
	number = strtoull(word, &end, 10);
	if (*end != '\0')
		return false;
	if (n == 1 && strcmp(words[0], "cells") == 0) {
		s->cells = number > s->cells ? number : s->cells;
		return true;
	}
	counter = counter_of(s, words, n);
	if (counter)
		*counter += number;
	return counter != NULL;
}

unsigned int
totals_parse(struct totals *s, const char *text, size_t n)
{
	const struct totals before = *s;
	unsigned int number = 0;

	while (n > 0) {
		const char *newline = memchr(text, '\n', n);
		size_t length = newline ? (size_t)(newline - text) : n;
		char line[128];

		number++;
		if (length >= sizeof(line) || memchr(text, '\0', length) || !newline)
			goto bad;
		memcpy(line, text, length);
		line[length] = '\0';
		if (length > 0 && !parse_line(s, line))
			goto bad;
		text += length + 1;
		n -= length + 1;
	}
	return 0;
bad:
	*s = before;
	return number;
}

/* Where the next line goes; counts on when there is no more room. */
struct printer {
	char *out;
	size_t bytes, used;
};

static void __attribute__((format(printf, 2, 3))) put(struct printer *w, const char *format, ...)
{
	size_t left = w->used < w->bytes ? w->bytes - w->used : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(left ? w->out + w->used : NULL, left, format, args);
	va_end(args);
	w->used += n > 0 ? (size_t)n : 0;
}

static void
put_kind(struct printer *w, const struct totals *s, unsigned int k)
{
	const char *name = op_table[k].name;

	if (s->op[k])
		put(w, "op %s %" PRIu64 "\n", name, s->op[k]);
	for (unsigned int i = 0; i < TOTALS_ANSWERS; i++)
		if (s->answer[k][i])
			put(w, "status %s %s %" PRIu64 "\n", name, totals_answer_name(i),
			    s->answer[k][i]);
}

static void
put_between(struct printer *w, const struct totals *s, unsigned int what)
{
	for (unsigned int d = 0; d < DOMAINS_MAX; d++)
		for (unsigned int e = 0; e < DOMAINS_MAX; e++)
			if (s->between[what][d][e])
				put(w, "between %s %u%u %" PRIu64 "\n",
				    op_table[totals_between_kind(what)].name, d, e,
				    s->between[what][d][e]);
}

size_t
totals_print(const struct totals *s, char *out, size_t out_bytes)
{
	struct printer w = { out, out_bytes, 0 };

	put(&w, "programs %" PRIu64 "\noperations %" PRIu64 "\ncells %" PRIu64 "\n", s->programs,
	    s->operations, s->cells);
	put(&w, "batches %" PRIu64 "\nmixed %" PRIu64 "\n", s->batches, s->mixed);
	if (s->unsure > 0)
		put(&w, "unsure %" PRIu64 "\n", s->unsure);
	for (unsigned int k = 0; k < OP_EXPECT; k++)
		put_kind(&w, s, k);
	for (unsigned int what = 0; what < TOTALS_BETWEEN; what++)
		put_between(&w, s, what);
	return w.used;
}

uint64_t
totals_done(const struct totals *s, enum op_kind kind)
{
	return s->op[kind] - s->answer[kind][TOTALS_SKIP];
}

uint64_t
totals_answer(const struct totals *s, unsigned int answer)
{
	uint64_t sum = 0;

	for (unsigned int k = 0; k < OP_EXPECT; k++)
		if (answer >= TOTALS_STATUSES || op_table[k].result == 's')
			sum += s->answer[k][answer];
	return sum;
}

/* What any search does, in which OP_KINDS ends a list; and what it can do through a library. */
static const uint8_t basic[] = { OP_GRANT, OP_END_REF, OP_END, OP_MAP, OP_UNMAP, OP_COPY, OP_ACCEPT,
				 OP_TRANSFER, OP_END_TRANSFER, OP_ALLOC, OP_CLAIM, OP_FREE,
				 OP_KINDS };
static const uint8_t basic_coarse[] = { OP_GRANT, OP_END, OP_MAP, OP_UNMAP, OP_COPY, OP_WRITE_MAP,
					OP_READ_MAP, OP_FILL, OP_KINDS };

const char *
totals_lacks(const struct totals *s)
{
	if (s->programs == 0)
		return "program";
	for (const uint8_t *kind = s->coarse ? basic_coarse : basic; *kind != OP_KINDS; kind++)
		if (totals_done(s, (enum op_kind)*kind) == 0)
			return op_table[*kind].name;
	if (s->answer[OP_MAP][0] == 0)
		return "map that was okay";
	if (s->answer[OP_COPY][0] == 0)
		return "copy that was okay";
	if (s->coarse)
		return NULL;
	/* Where the call is refused as a whole, as to a translated domain, none can be. */
	if (s->answer[OP_TRANSFER][TOTALS_ERROR] == totals_done(s, OP_TRANSFER))
		return NULL;
	return s->answer[OP_TRANSFER][0] == 0 ? "transfer that was okay" : NULL;
}
