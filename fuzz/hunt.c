/*
 * hunt: random programs on the simulated hypervisor beside the model, with no engine, in any build.
 *
 *	hunt [-a] [-n PROGRAMS] [-f FIRST] [-s SEED] [-o OPS] [-t SECONDS] [-c COUNTERS]
 *	     [-T TRACES]
 *
 * Program i is a function of SEED and i alone, so that a difference is found again anywhere: -f i
 * -n 1 runs it alone, and that is printed if hunt dies of it.  Begins with program FIRST (0), stops
 * at the first difference (status 1), or after PROGRAMS or SECONDS.  With -a it goes on behind
 * differences and tells in the end of each class how often it was seen, and with which program
 * first.  OPS 0: lengths from 1 to 64.  Appends the totals to COUNTERS; writes the simulation's
 * traces to TRACES, to be compared with another build's byte by byte.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "diff/class.h"
#include "diff/duel.h"
#include "diff/tell.h"
#include "fuzz/coverage.h"
#include "fuzz/last_words.h"
#include "fuzz/mutate.h"

enum { OPS_MAX_RANDOM = 64, CLASSES_MAX = 1000 };

/* A class that was seen; the first program that showed it. */
struct seen {
	char id[CLASS_ID];
	unsigned long long times, program;
};

struct hunt {
	bool all;
	unsigned int n_seen;
	struct seen seen[CLASSES_MAX];
	unsigned long long programs, first, seed;
	unsigned int ops, seconds;
	const char *counters;
	FILE *traces;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned long long
number(const char *s)
{
	char *end;
	unsigned long long n = strtoull(s, &end, 10);

	if (end == s || *end != '\0') {
		fprintf(stderr, "hunt: `%s' is no number\n", s);
		exit(2);
	}
	return n;
}

static FILE *
open_traces(const char *path)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL) {
		fprintf(stderr, "hunt: cannot write %s\n", path);
		exit(2);
	}
	return f;
}

static bool
write_trace(FILE *f, const struct trace *t)
{
	return fwrite(t->domain, sizeof t->domain[0], t->domains, f) == t->domains &&
	       fwrite(t->record, sizeof t->record[0], t->n_records, f) == t->n_records;
}

static void
arguments(struct hunt *h, int argc, char **argv)
{
	h->programs = 1000;
	h->seed = 1;
	for (int c; (c = getopt(argc, argv, "an:f:s:o:t:c:T:")) != -1;)
		switch (c) {
		case 'a': h->all = true; break;
		case 'n': h->programs = number(optarg); break;
		case 'f': h->first = number(optarg); break;
		case 's': h->seed = number(optarg); break;
		case 'o': h->ops = (unsigned int)number(optarg) % (PROGRAM_OPS_MAX + 1); break;
		case 't': h->seconds = (unsigned int)number(optarg); break;
		case 'c': h->counters = optarg; break;
		case 'T': h->traces = open_traces(optarg); break;
		default: exit(2);
		}
}

/* Program i of the seed. */
static void
draw(struct program *p, const struct hunt *h, unsigned long long i)
{
	struct rng seed = { h->seed }, r = { rng_next(&seed) + i * 0xd1342543de82ef95u };

	mutate_random(p, &r, NULL, h->ops > 0 ? h->ops : 1 + rng_below(&r, OPS_MAX_RANDOM));
}

/* Count a difference of program i by its class. */
static void
note(struct hunt *h, unsigned long long i, const struct program *p, const struct difference *d,
     const struct duel *duel)
{
	const struct trace *expected = duel_expected(duel);
	struct class_words w;
	char id[CLASS_ID];
	unsigned int at = 0;

	class_of_difference(&w, p, d, expected, duel_got(duel), expected);
	class_print(&w, "", id);
	while (at < h->n_seen && strcmp(h->seen[at].id, id) != 0)
		at++;
	if (at == CLASSES_MAX) {
		fprintf(stderr, "hunt: more than %d classes\n", CLASSES_MAX);
		exit(3);
	}
	if (at == h->n_seen) {
		memcpy(h->seen[at].id, id, sizeof id);
		h->seen[at].program = i;
		h->n_seen++;
	}
	h->seen[at].times++;
}

static int
tell_seen(const struct hunt *h)
{
	for (unsigned int i = 0; i < h->n_seen; i++)
		printf("class %s: %llu times, first by program %llu of seed %llu\n",
		       h->seen[i].id, h->seen[i].times, h->seen[i].program, h->seed);
	printf("%u classes\n", h->n_seen);
	return h->n_seen > 0;
}

static int
hunt(struct hunt *h, struct duel *duel, struct coverage *total)
{
	static struct program p;
	struct difference why;
	double start = now();
	unsigned long long i;
	bool same;

	for (i = 0; i < h->programs; i++) {
		if (h->seconds > 0 && i % 256 == 0 && now() - start > h->seconds)
			break;
		draw(&p, h, h->first + i);
		snprintf(last_words, sizeof last_words,
			 "hunt: to see it again: hunt -s %llu -o %u -f %llu -n 1\n", h->seed,
			 h->ops, h->first + i);
		same = duel_run(duel, &p, false, &why);
		if (!same && h->all) {
			note(h, h->first + i, &p, &why, duel);
			continue;
		}
		if (!same) {
			printf("found by program %llu of seed %llu after %.2f s\n", h->first + i,
			       h->seed, now() - start);
			tell_difference(stdout, &p, &why);
			return 1;
		}
		coverage_add(total, &p, duel_expected(duel), duel_got(duel));
		if (h->traces != NULL && !write_trace(h->traces, duel_got(duel))) {
			fprintf(stderr, "hunt: cannot write the traces\n");
			return 3;
		}
	}
	last_words[0] = 0;
	printf("%llu programs, %llu operations, %u cells, %.1f s", i,
	       (unsigned long long)total->operations, coverage_cells(total), now() - start);
	puts(h->n_seen > 0 ? "" : ", no difference");
	if (h->all && h->n_seen > 0)
		return tell_seen(h);
	return i > 0 ? 0 : 3;
}

int
main(int argc, char **argv)
{
	static struct coverage total;
	static struct hunt h;
	struct duel *duel = duel_new();
	int status;

	arguments(&h, argc, argv);
	last_words_arm();
	if (duel == NULL) {
		fprintf(stderr, "hunt: out of memory\n");
		return 3;
	}
	status = hunt(&h, duel, &total);
	duel_free(duel);
	if (h.traces != NULL && fclose(h.traces) != 0)
		status = 3;
	if (h.counters != NULL && !coverage_save(&total, h.counters)) {
		fprintf(stderr, "hunt: cannot write %s\n", h.counters);
		return 3;
	}
	return status;
}
