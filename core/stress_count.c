/*
 * stress_count: see stress_count.h.
 */
#include "core/stress_count.h"

#include <stdio.h>

/*
 * Of each: its name, and how many times less of it there may be than of the main things.  With 0 it
 * is told but not asked for: one CPU shows hardly any.
 */
static const struct {
	const char *name;
	unsigned int share;
} events[STRESS_EVENTS] = {
	[STRESS_GRANTS] = { "grants", 1 },
	[STRESS_MAPS] = { "maps", 1 },
	[STRESS_UPGRADES] = { "upgrades", 20 },
	[STRESS_COPIES] = { "copies", 20 },
	[STRESS_LOST] = { "lost", 0 },
	[STRESS_ENDS] = { "ends", 1 },
	[STRESS_REFUSED] = { "refused", 1 },
	[STRESS_DEFERRED] = { "deferred", 20 },
	[STRESS_TICKED] = { "ticked", 20 },
	[STRESS_ACCEPTS] = { "accepts", 1 },
	[STRESS_TRANSFERS] = { "transfers", 1 },
	[STRESS_WAITED] = { "waited", 2000 },
	[STRESS_WITHDRAWN] = { "withdrawn", 20 },
	[STRESS_CHAINS] = { "chains", 20 },
	[STRESS_CALLBACKS] = { "callbacks", 20 },
	[STRESS_CANCELLED] = { "cancelled", 20 },
};

#ifndef __has_feature
#define __has_feature(x) 0
#endif

static const bool tsan = __has_feature(thread_sanitizer);

void
stress_counts_add(struct stress_counts *sum, const struct stress_counts *c)
{
	for (unsigned int i = 0; i < STRESS_EVENTS; i++)
		sum->n[i] += __atomic_load_n(&c->n[i], __ATOMIC_RELAXED);
}

/* How many of that there must be.  Of what is asked for at all, one. */
static unsigned long
wanted(unsigned int event, unsigned long least)
{
	unsigned int share = events[event].share;

	if (share == 0)
		return 0;
	return least / share > 0 ? least / share : 1;
}

bool
stress_counts_enough(const struct stress_counts *c, unsigned long least, bool tell)
{
	bool enough = true;

	for (unsigned int i = 0; i < STRESS_EVENTS; i++) {
		unsigned long want = wanted(i, least);

		if (c->n[i] >= want)
			continue;
		enough = false;
		if (tell)
			fprintf(stderr, "stress_gnttab: too few %s: %lu, of %lu that must be; "
				"give it more seconds or a less busy machine\n", events[i].name,
				c->n[i], want);
	}
	return enough;
}

static void
print_json(const struct stress_counts *c, double seconds, double cpu_seconds, unsigned long least)
{
	printf("{\"test\":\"stress_gnttab\",\"tsan\":%s,\"seconds\":%.1f,\"cpu_seconds\":%.1f,"
	       "\"least\":%lu,\"enough\":%s", tsan ? "true" : "false", seconds, cpu_seconds, least,
	       stress_counts_enough(c, least, false) ? "true" : "false");
	for (unsigned int i = 0; i < STRESS_EVENTS; i++)
		printf(",\"%s\":%lu", events[i].name, c->n[i]);
	printf("}\n");
}

void
stress_counts_print(const struct stress_counts *c, double seconds, double cpu_seconds,
		    unsigned long least, bool json)
{
	if (json) {
		print_json(c, seconds, cpu_seconds, least);
		return;
	}
	printf("%.1f s, %.1f s of CPU%s\n", seconds, cpu_seconds, tsan ? ", ThreadSanitizer" : "");
	for (unsigned int i = 0; i < STRESS_EVENTS; i++) {
		printf("%10s %10lu %9.0f a CPU second", events[i].name, c->n[i],
		       (double)c->n[i] / cpu_seconds);
		if (wanted(i, least) > 0)
			printf(", at least %lu", wanted(i, least));
		printf("\n");
	}
}
