/*
 * bench_core: what the core's basic cycle costs, by size of the table.
 *
 * Allocates a reference, grants a page by it, ends and frees it, on the real CPU's memory
 * operations and a hypervisor that only says yes.  Prints a line `FRAMES NANOSECONDS' for each
 * size: the best of several rounds, the sizes taking turns, so that a machine that gets slower hits
 * all of them.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arch/cc/cc.h"
#include "core/gnttab.h"

enum { ROUNDS = 9, CYCLES = 200000, SIZES = 3, CHAIN = 60000 };

static const uint32_t sizes[SIZES] = { 1, 64, GNTTAB_FRAMES_LIMIT };

/* One guest with its table grown to a size. */
struct bench {
	struct arch arch;
	struct gnttab gt;
	uint32_t frames;
	double best_ns;
};

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_core: %s\n", what);
	exit(3);
}

/* The hypervisor: as many frames as are asked for. */
static int
say_yes(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	struct bench *b = a->ctx;
	struct gnttab_query_size *q = uop;
	struct gnttab_setup_table *s = uop;

	must(count == 1, "one operation at a time");
	if (cmd == GNTTABOP_query_size) {
		q->nr_frames = 1;
		q->max_nr_frames = b->frames;
		q->status = GNTST_okay;
		return 0;
	}
	must(cmd == GNTTABOP_setup_table, "an expected hypercall");
	for (uint32_t i = 0; i < s->nr_frames; i++)
		s->frame_list.p[i] = 1000 + i;
	s->status = GNTST_okay;
	return 0;
}

/*
 * Take all references, so that the table grows, and give most of them back: some are in use as in
 * life.
 */
static void
grow(struct bench *b)
{
	uint32_t left = b->frames * GNTTAB_ENTRIES_PER_FRAME - 8;
	grant_ref_t heads[GNTTAB_FRAMES_LIMIT * GNTTAB_ENTRIES_PER_FRAME / CHAIN + 1];
	unsigned int n = 0;

	while (left > 0) {
		uint16_t take = (uint16_t)(left < CHAIN ? left : CHAIN);

		must(gnttab_alloc_grant_references(&b->gt, take, &heads[n]) == 0,
		     "the table grows");
		left -= take;
		n++;
	}
	must(gnttab_free_count(&b->gt) == 0, "all references are taken");
	while (n > 0)
		must(gnttab_free_grant_references(&b->gt, heads[--n]) == 0,
		     "a chain is given back");
}

static void
start(struct bench *b, uint32_t frames)
{
	memset(b, 0, sizeof(*b));
	cc_init(&b->arch);
	b->frames = frames;
	b->best_ns = 1e30;
	b->arch.ctx = b;
	b->arch.grant_table_op = say_yes;
	b->arch.table_frames = frames;
	b->arch.table = aligned_alloc(XEN_PAGE_SIZE, (size_t)frames * XEN_PAGE_SIZE);
	must(b->arch.table != NULL, "memory for a table");
	memset(b->arch.table, 0, (size_t)frames * XEN_PAGE_SIZE);
	must(gnttab_init(&b->gt, &b->arch) == 0, "the core starts");
	grow(b);
}

static void
cycle(struct bench *b)
{
	double begin = now_ns(), ns;

	for (int i = 0; i < CYCLES; i++) {
		grant_ref_t head;
		int ref;

		must(gnttab_alloc_grant_references(&b->gt, 1, &head) == 0, "alloc");
		ref = gnttab_claim_grant_reference(&b->gt, &head);
		must(ref >= 8, "claim");
		must(gnttab_grant_foreign_access_ref(&b->gt, (grant_ref_t)ref, 1, 1234, false) == 0,
		     "grant");
		must(gnttab_end_foreign_access_ref(&b->gt, (grant_ref_t)ref) == 1, "end");
		must(gnttab_free_grant_reference(&b->gt, (grant_ref_t)ref) == 0, "free");
	}
	ns = (now_ns() - begin) / CYCLES;
	if (ns < b->best_ns)
		b->best_ns = ns;
}

int
main(void)
{
	static struct bench benches[SIZES];

	for (int i = 0; i < SIZES; i++)
		start(&benches[i], sizes[i]);
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < SIZES; i++)
			cycle(&benches[i]);
	for (int i = 0; i < SIZES; i++) {
		printf("%u %.2f\n", sizes[i], benches[i].best_ns);
		gnttab_fini(&benches[i].gt);
		free(benches[i].arch.table);
		cc_fini(&benches[i].arch);
	}
	return 0;
}
