#define _GNU_SOURCE
#include "fuzz/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/text.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/mutate.h"
#include "fuzz/stop.h"

enum {
	WORLD_ONE_IN = 16,	/* of the random programs, in each other world */
	ROUNDS = 4,		/* of the files: an interrupt may make Xen do a batch otherwise */
	OPERATION_TEXT = 256,
	DEATHS_FREE = 4,	/* of a build's machines; then it gives up, */
	PROGRAMS_A_DEATH = 5000,	/* but for one more for each so many programs */
};

/* Options of a lane that make another world: what can only be seen there. */
static const char *const worlds[] = { "nomaptrack", "notransfer" };

/* ------------------------------------------------------------------ programs */

void
compare_draw(struct compare *c, struct program *p, uint64_t i)
{
	struct rng r = { c->seed * UINT64_C(0x9e3779b97f4a7c15) + i };
	struct program_header h;

	/* The header first: operations are fitted to the domains that there will be. */
	p->n_ops = 0;
	mutate_header(&r, &p->header);
	fleet_adapt(&c->fleet, p);
	h = p->header;
	mutate_random(p, &r, &h, c->n_ops);
	mutate_for_machine(p);
}

static uint64_t
n_from_files(const struct compare *c)
{
	return (uint64_t)ROUNDS * c->n_files;
}

/* Program `number' of this part: the files, then random ones. */
static void
make_program(struct compare *c, struct program *p, uint64_t number)
{
	if (number >= n_from_files(c)) {
		compare_draw(c, p, number - n_from_files(c));
		return;
	}
	*p = c->files[number % c->n_files];
	c->n_adapted += fleet_adapt(&c->fleet, p);
}

static void
tell_from(const struct compare *c, uint64_t number, char from[FOUND_FROM])
{
	if (number < n_from_files(c))
		snprintf(from, FOUND_FROM, "%.150s", c->file_names[number % c->n_files]);
	else
		snprintf(from, FOUND_FROM, "random program %" PRIu64 " of seed %" PRIu64,
			 number - n_from_files(c), c->seed);
}

void
compare_model(struct compare *c, const struct program *p)
{
	char why[FILE_WHY];

	lane_run(c->model, p, &c->model_trace, why, sizeof(why));
}

/* ------------------------------------------------------------------ differences */

unsigned int
compare_column_of(const struct compare *c, unsigned int i)
{
	const struct fleet_build *b = c->fleet.order[i];

	for (unsigned int k = 0; k < c->n_names; k++)
		if (c->column[k].name == c->names[b - c->fleet.build])
			return k;
	return 0;
}

/*
 * What explains a class, seen at operation `at' of p: any operation of that hypercall may have left
 * behind what shows there.
 */
static struct expectation *
explain(struct compare *c, const struct class *class, const struct program *p, build_id left,
	build_id right)
{
	unsigned int begin = 0, n = 0, at = class->place.at;
	struct expectation *known = NULL;
	char operation[OPERATION_TEXT] = "";

	if (at >= p->n_ops)
		return expect_find(&c->expect, class, operation, left, right);
	while (begin + (n = program_batch(p, begin)) <= at)
		begin += n;
	for (unsigned int i = begin; known == NULL && i < begin + n; i++) {
		text_print_op(&p->ops[i], operation, sizeof(operation));
		known = expect_find(&c->expect, class, operation, left, right);
	}
	return known;
}

bool
compare_class(struct compare *c, struct class *class, struct expectation **known, unsigned int left,
	      const struct program *p, unsigned int i)
{
	const struct fleet_build *l = c->fleet.order[left], *r = c->fleet.order[left + 1];
	const struct class_side older = { l->outcome[i], &l->trace[i], l->n_begun[i] };
	const struct class_side newer = { r->outcome[i], &r->trace[i], r->n_begun[i] };

	if (!class_of(class, p, &c->model_trace, &older, &newer, c->world))
		return false;
	*known = explain(c, class, p, l->version, r->version);
	if (*known == NULL && c->fleet.mixed)
		*known = architecture_explains(&c->architecture, l, r, p, i, class->place.at);
	if (*known != NULL)
		class_forget_entry(class);
	return true;
}

/* What two neighbours made of program i of the block, if it is not the same. */
static void
compare_pair(struct compare *c, unsigned int left, unsigned int i, uint64_t number)
{
	const struct fleet_build *l = c->fleet.order[left], *r = c->fleet.order[left + 1];
	struct expectation *known;
	char from[FOUND_FROM];
	struct class class;

	if (fleet_same(&c->fleet, left, &c->block[i], i) ||
	    !compare_class(c, &class, &known, left, &c->block[i], i))
		return;
	tell_from(c, number, from);
	compare_note(c, &class, known, compare_column_of(c, left), compare_column_of(c, left + 1),
		     &c->block[i], from, l->outcome[i] != OUTCOME_TRACE ? l->failure : r->failure);
}

/* Program i of the block: counted by what the newest build made of it, and compared. */
static void
compare_program(struct compare *c, unsigned int i, uint64_t number)
{
	const struct fleet_build *newest = fleet_newest(&c->fleet);
	const struct program *p = &c->block[i];

	compare_model(c, p);
	if (newest->outcome[i] == OUTCOME_TRACE) {
		totals_add(&c->totals, p, &newest->trace[i], p->n_ops);
		coverage_add(&c->coverage, p, &c->model_trace, &newest->trace[i]);
	}
	for (unsigned int left = 0; left + 1 < c->fleet.n_ready; left++)
		compare_pair(c, left, i, number);
}

static void
show_progress(struct compare *c)
{
	double seconds = child_clock() - c->start + 1e-3, rate = (double)c->n_done / seconds;
	char done[16], wanted[16], speed[16];

	progress_line(&c->progress, false,
		      "%s of %s programs%s%s, %s/s, %u classes, %.0f s left",
		      progress_count(done, (double)c->n_done),
		      progress_count(wanted, (double)c->n_wanted),
		      c->world[0] ? ", " : "", c->world, progress_count(speed, rate), c->n_found,
		      (double)(c->n_wanted - c->n_done) / rate);
}

/* The next block of this part. */
static void
run_block(struct compare *c)
{
	const struct program *programs[FLEET_BLOCK] = { NULL };
	uint64_t left = c->n_wanted - c->n_done;
	unsigned int n = left < FLEET_BLOCK ? (unsigned int)left : FLEET_BLOCK;

	for (unsigned int i = 0; i < n; i++) {
		make_program(c, &c->block[i], c->n_done + i);
		programs[i] = &c->block[i];
	}
	fleet_run(&c->fleet, 0, c->fleet.n_ready, programs, n);
	for (unsigned int i = 0; i < n; i++)
		compare_program(c, i, c->n_done + i);
	c->n_done += n;
	c->n_programs += n;
	show_progress(c);
}

/* ------------------------------------------------------------------ parts */

/* All programs, and what they showed: in the world that the fleet was opened in. */
static void
run_part(struct compare *c, uint64_t n_random)
{
	c->n_wanted = n_from_files(c) + n_random;
	c->n_done = 0;
	c->start = child_clock();
	for (unsigned int i = 0; i + 1 < c->fleet.n_ready; i++)
		expect_take_part(&c->expect, c->fleet.order[i]->version,
				 c->fleet.order[i + 1]->version, c->world);
	if (c->fleet.mixed)
		architecture_open(&c->architecture, &c->expect, &c->fleet);
	/* With one build left there is nothing to compare. */
	while (c->n_done < c->n_wanted && !stop_asked && fleet_running(&c->fleet) >= 2) {
		c->fleet.deaths_max = DEATHS_FREE + (unsigned int)(c->n_done / PROGRAMS_A_DEATH);
		run_block(c);
	}
	if (!stop_asked)
		compare_shrink(c);
}

/* What the fleet says of its builds at the end. */
static void
note_builds(struct compare *c)
{
	for (unsigned int i = 0; i < c->fleet.n; i++) {
		const struct fleet_build *b = c->fleet.order[i];
		struct compare_column *to = &c->column[compare_column_of(c, i)];

		if (b->lost || b->gave_up)
			snprintf(to->why, sizeof(to->why), "%.290s", b->why);
		if (b->n_stray > 0 && to->n_stray == 0)
			snprintf(to->stray, sizeof(to->stray), "%.290s", b->stray);
		to->n_stray += b->n_stray;
		to->stray_xen |= b->stray_xen;
	}
}

static void
open_columns(struct compare *c)
{
	for (unsigned int i = 0; i < c->fleet.n; i++) {
		const struct fleet_build *b = c->fleet.order[i];

		c->column[i].name = c->names[b - c->fleet.build];
		c->column[i].version = b->version;
		c->column[i].ran = b->ready;
		snprintf(c->column[i].why, sizeof(c->column[i].why), "%s%.280s",
			 b->broken ? "broke: " : "", b->why);
	}
}

/* The builds that ran, in a world of their own; builds that have no such world are left out. */
static void
run_world(struct compare *c, const char *world)
{
	static char spelling[FLEET_BUILDS][FILE_PATH_MAX];
	const char *names[FLEET_BUILDS];

	for (unsigned int i = 0; i < c->n_names; i++) {
		snprintf(spelling[i], FILE_PATH_MAX, "%.3000s+%s", c->names[i], world);
		names[i] = spelling[i];
	}
	c->world = world;
	if (fleet_open(&c->fleet, names, c->n_names) >= 2) {
		snprintf(c->worlds_ran + strlen(c->worlds_ran),
			 sizeof(c->worlds_ran) - strlen(c->worlds_ran), "%s%s",
			 c->worlds_ran[0] ? ", " : "", world);
		run_part(c, c->n_random / WORLD_ONE_IN);
		note_builds(c);
	} else if (c->worlds_not[0] == 0) {
		snprintf(c->worlds_not, sizeof(c->worlds_not), "%s: %.260s", world,
			 c->fleet.order[c->fleet.n - 1]->why);
	}
	fleet_close(&c->fleet);
}

unsigned int
compare_run(struct compare *c)
{
	double start = child_clock();
	unsigned int n_ready, n_running = 0;
	char why[FILE_WHY];
	bool broken;

	c->model = lane_open("model", why, sizeof(why), &broken);
	if (c->model == NULL)
		cli_die(EXIT_RIG, "%s", why);
	c->world = "";
	progress_begin(&c->progress);
	n_ready = fleet_open(&c->fleet, c->names, c->n_names);
	open_columns(c);
	if (n_ready >= 2) {
		run_part(c, c->n_random);
		note_builds(c);
		n_running = fleet_running(&c->fleet);
	}
	fleet_close(&c->fleet);
	/* What keeps dying would do so there, too. */
	if (c->worlds && n_running < 2)
		snprintf(c->worlds_not, sizeof(c->worlds_not),
			 "fewer than two builds came to the end of the usual one");
	for (unsigned int i = 0; i < sizeof(worlds) / sizeof(worlds[0]); i++)
		if (n_running >= 2 && c->worlds && !stop_asked)
			run_world(c, worlds[i]);
	lane_close(c->model);
	lane_close(c->architecture.model);
	progress_clear(&c->progress);
	c->seconds = child_clock() - start;
	return n_ready;
}
