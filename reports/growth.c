#define _GNU_SOURCE
#include "reports/growth.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char growth_heading[] = "ms,engine,runs,edges,cells,inputs,classes\n";

enum { NUMBERS = 6 };

size_t
growth_print(const struct growth_sample *s, char *out, size_t out_bytes)
{
	return (size_t)snprintf(out, out_bytes,
				"%" PRIu64 ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
				",%" PRIu64 "\n",
				s->ms, s->engine, s->runs, s->edges, s->cells, s->inputs,
				s->classes);
}

static const char *
parse_number(const char *at, uint64_t *number, char behind)
{
	char *end;

	if (*at < '0' || *at > '9')
		return NULL;
	*number = strtoull(at, &end, 10);
	return *end == behind ? end + (behind != 0) : NULL;
}

static bool
parse_line(struct growth_sample *s, const char *at)
{
	uint64_t *const number[NUMBERS] = { &s->ms,    &s->runs,   &s->edges,
					    &s->cells, &s->inputs, &s->classes };
	size_t n;

	memset(s, 0, sizeof(*s));
	for (unsigned int i = 0; i < NUMBERS && at != NULL; i++) {
		at = parse_number(at, number[i], i + 1 < NUMBERS ? ',' : 0);
		if (i > 0 || at == NULL)
			continue;
		n = strcspn(at, ",");
		if (n == 0 || n >= sizeof(s->engine) || at[n] == 0)
			return false;
		memcpy(s->engine, at, n);
		at += n + 1;
	}
	return at != NULL;
}

static int
by_time(const void *a, const void *b)
{
	const struct growth_sample *x = a, *y = b;

	return x->ms < y->ms ? -1 : x->ms > y->ms;
}

void
growth_parse(struct growth *g, const char *text, size_t n)
{
	char line[GROWTH_LINE];

	g->n = 0;
	g->sample = calloc(GROWTH_SAMPLES, sizeof(g->sample[0]));
	while (g->sample != NULL && n > 0 && g->n < GROWTH_SAMPLES) {
		const char *newline = memchr(text, '\n', n);
		size_t length = newline != NULL ? (size_t)(newline - text) : 0;

		if (newline == NULL)
			break;
		if (length < sizeof(line)) {
			memcpy(line, text, length);
			line[length] = 0;
			g->n += parse_line(&g->sample[g->n], line);
		}
		text += length + 1;
		n -= length + 1;
	}
	if (g->n > 0)
		qsort(g->sample, g->n, sizeof(g->sample[0]), by_time);
}
