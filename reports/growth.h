/*
 * growth: what a campaign had done by when, as a time series.
 *
 * A file of lines, `ms,engine,runs,edges,cells,inputs,classes' first, then numbers.  Lines are only
 * ever added, so a writer that is killed leaves at most half a line at the end, which is left out.
 */
#ifndef GROWTH_H
#define GROWTH_H

#include <stddef.h>
#include <stdint.h>

enum { GROWTH_ENGINE = 24, GROWTH_SAMPLES = 20000, GROWTH_LINE = 160 };

struct growth_sample {
	uint64_t ms;			/* of the engines' time, over all runs of the campaign */
	char engine[GROWTH_ENGINE];	/* "libfuzzer", "afl" */
	uint64_t runs;			/* executions */
	uint64_t edges;			/* of the code, as this engine counts; 0: it does not */
	uint64_t cells;			/* (entry state, operation, result) combinations */
	uint64_t inputs;		/* kept */
	uint64_t classes;		/* of findings, by all engines */
};

struct growth {
	struct growth_sample *sample;	/* in order of time; free */
	unsigned int n;
};

/* The first line, with its newline. */
extern const char growth_heading[];

/* A line with its newline; as snprintf. */
size_t growth_print(const struct growth_sample *s, char *out, size_t out_bytes);

/*
 * Read a file; lines that are none, and all beyond GROWTH_SAMPLES, are left out.  g->sample is NULL
 * if there is none, or no memory.
 */
void growth_parse(struct growth *g, const char *text, size_t n);

#endif
