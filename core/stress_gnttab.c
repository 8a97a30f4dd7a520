/*
 * stress_gnttab: the core under real threads, on a real CPU's memory order.
 *
 * Two guests, each with a core of its own that two threads share, lend pages and take them back in
 * every way, accept transfers, and shuffle chains (stress_guest.c).  Two threads stand in for the
 * hypervisor: they map, copy and unmap what is lent, by several pins of an entry at a time, and
 * complete transfers (stress_xen.c).  Checked all the time:
 *
 *   - the domid and the frame that were pinned belong together (nothing torn);
 *   - a page is pinned only while it is lent: never after an end succeeded, never before its grant;
 *   - flags of a pinned entry are what its pins make them: no guest touches them;
 *   - a page that is back holds all that the peer wrote, whoever was the last to unpin it;
 *   - a transferred frame is the one that was given, with its contents;
 *   - a callback that was cancelled is not called, and none is called twice.
 *
 * Pages' and frames' contents are ordinary variables, so that ThreadSanitizer reports any order
 * that the core fails to give.  It understands the builtins of arch/cc only: with the assembly of
 * arch/x86 it would see no order at all, so that one runs without it.  Not checked: that a CPU may
 * reorder more than this one does; and set-up, growth, suspend and resume while others run.
 *
 * usage: stress_gnttab [--seconds N] [--least N] [--json]
 *
 * Runs N seconds (2), and on until at least N (2000) of each main thing has happened, three times
 * as long at the most, or a minute.  Too little of anything is a failure: such a run shows nothing.
 */
#define _POSIX_C_SOURCE 200809L

#include "core/stress.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	SECONDS = 2,
	TIMES_FOR_LEAST = 3,		/* as long at the most, on a busy machine, and */
	SECONDS_FOR_LEAST = 60,		/* as many seconds at the least */
	SECONDS_MAX = 24 * 60 * 60,
	LEAST = 2000,
	BAD_USE = 2,
};

struct options {
	unsigned long seconds, least;
	bool json;
};

static struct stress_counts
sum(const struct stress *s)
{
	struct stress_counts all = { .n = { 0 } };

	for (unsigned int i = 0; i < STRESS_GUESTS * STRESS_CPUS; i++)
		stress_counts_add(&all, &s->cpu[i].counts);
	for (unsigned int i = 0; i < STRESS_XENS; i++)
		stress_counts_add(&all, &s->xen[i].counts);
	return all;
}

static double
seconds_of(clockid_t clock)
{
	struct timespec t;

	ARCH_ASSERT(clock_gettime(clock, &t) == 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Wait until the threads have run for long enough. */
static void
wait(const struct stress *s, const struct options *o)
{
	const struct timespec tenth = { .tv_nsec = 100 * 1000 * 1000 };
	double start = seconds_of(CLOCK_MONOTONIC), now = 0;
	unsigned long limit = o->seconds * TIMES_FOR_LEAST;

	if (limit < SECONDS_FOR_LEAST)
		limit = SECONDS_FOR_LEAST;
	while (now < (double)limit) {
		struct stress_counts all = sum(s);

		if (now >= (double)o->seconds && stress_counts_enough(&all, o->least, false))
			break;
		nanosleep(&tenth, NULL);
		now = seconds_of(CLOCK_MONOTONIC) - start;
	}
}

static void
set_up(struct stress *s)
{
	for (unsigned int i = 0; i < STRESS_GUESTS; i++)
		stress_guest_init(&s->guest[i], i);
	for (unsigned int i = 0; i < STRESS_GUESTS * STRESS_CPUS; i++) {
		struct stress_guest *g = &s->guest[i / STRESS_CPUS];

		s->cpu[i].stress = s;
		s->cpu[i].guest = g;
		s->cpu[i].page = &g->page[i % STRESS_CPUS * STRESS_PAGES_EACH];
		s->cpu[i].seed = 99 + i;
	}
	for (unsigned int i = 0; i < STRESS_XENS; i++) {
		s->xen[i].stress = s;
		s->xen[i].gift = &s->gift[i * STRESS_GIFTS_EACH];
		s->xen[i].seed = 1234567 + i;
	}
}

static void
run(struct stress *s, const struct options *o)
{
	pthread_t cpu[STRESS_GUESTS * STRESS_CPUS], xen[STRESS_XENS];

	for (unsigned int i = 0; i < STRESS_XENS; i++)
		ARCH_ASSERT(pthread_create(&xen[i], NULL, stress_xen_thread, &s->xen[i]) == 0);
	for (unsigned int i = 0; i < STRESS_GUESTS * STRESS_CPUS; i++)
		ARCH_ASSERT(pthread_create(&cpu[i], NULL, stress_guest_thread, &s->cpu[i]) == 0);
	wait(s, o);
	__atomic_store_n(&s->stop, 1, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < STRESS_XENS; i++)
		pthread_join(xen[i], NULL);
	for (unsigned int i = 0; i < STRESS_GUESTS * STRESS_CPUS; i++)
		pthread_join(cpu[i], NULL);
}

/* A number from 1 to max.  Ends the program if it is none. */
static unsigned long
number(const char *option, const char *text, unsigned long max)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text >= '1' && *text <= '9' && *end == '\0' && errno == 0 && n <= max)
		return n;
	fprintf(stderr, "stress_gnttab: --%s %s: give a number from 1 to %lu\n", option, text, max);
	exit(BAD_USE);
}

/* Read the options.  Ends the program if there is something wrong with them. */
static struct options
options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "least", required_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { SECONDS, LEAST, false };
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == 's')
			o.seconds = number("seconds", optarg, SECONDS_MAX);
		else if (c == 'l')
			o.least = number("least", optarg, 1000000000);
		else if (c == 'j')
			o.json = true;
		else
			break;
	}
	if (c == -1 && optind == argc)
		return o;
	fprintf(stderr, "usage: stress_gnttab [--seconds N] [--least N] [--json]\n");
	exit(BAD_USE);
}

int
main(int argc, char **argv)
{
	static struct stress stress;
	struct options o = options(argc, argv);
	double start = seconds_of(CLOCK_MONOTONIC);
	struct stress_counts all;

	set_up(&stress);
	run(&stress, &o);
	all = sum(&stress);
	stress_counts_print(&all, seconds_of(CLOCK_MONOTONIC) - start,
			    seconds_of(CLOCK_PROCESS_CPUTIME_ID), o.least, o.json);
	stress_guests_settle(&stress);
	return stress_counts_enough(&all, o.least, true) ? 0 : 1;
}
