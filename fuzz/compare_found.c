/* compare_found: the classes found so far, and making their programs small. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/compare.h"
#include "fuzz/minimize.h"
#include "fuzz/stop.h"

/* ------------------------------------------------------------------ finding */

/* Operations up to and with the one that differs, its batch included. */
static unsigned int
reach(const struct program *p, const struct class *class)
{
	unsigned int at = 0;

	if (class->place.at >= p->n_ops)
		return p->n_ops;
	while (at <= class->place.at)
		at += program_batch(p, at);
	return at;
}

/* The same class from another world, without that world's name. */
static bool
same_but_world(const char *id, const char *other)
{
	size_t n = strcspn(id, "@");

	return strcspn(other, "@") == n && strncmp(id, other, n) == 0;
}

/* The place of a class between two columns, or NULL.  What the usual world shows counts there. */
static struct found *
find(struct compare *c, const struct class *class, const struct expectation *known,
     unsigned int left, unsigned int right)
{
	for (unsigned int i = 0; i < c->n_found; i++) {
		struct found *f = c->found[i];

		if (f->left != left || f->right != right || f->known != known)
			continue;
		if (f->class.world[0] == 0 ? same_but_world(class->id, f->class.id)
					   : strcmp(class->id, f->class.id) == 0)
			return f;
	}
	return NULL;
}

static struct found *
add(struct compare *c, unsigned int left, unsigned int right)
{
	struct found *f;

	if (c->n_found == FOUND_MAX) {
		c->n_left_out++;
		return NULL;
	}
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		cli_die(EXIT_RIG, "compare: out of memory for %u classes", c->n_found);
	f->left = left;
	f->right = right;
	f->program.n_ops = PROGRAM_OPS_MAX;
	c->found[c->n_found++] = f;
	return f;
}

void
compare_note(struct compare *c, const struct class *class, struct expectation *known,
	     unsigned int left, unsigned int right, const struct program *p, const char *from,
	     const char *failure)
{
	struct found *f = find(c, class, known, left, right);
	unsigned int n = reach(p, class);

	if (f == NULL)
		f = add(c, left, right);
	if (f == NULL)
		return;
	f->known = known;
	if (known != NULL)
		known->seen = true;
	f->seen++;
	if (f->seen > 1 && (n >= f->program.n_ops || strcmp(class->world, f->class.world) != 0))
		return;
	f->class = *class;
	f->program = *p;
	f->program.n_ops = (uint16_t)n;
	snprintf(f->from, sizeof(f->from), "%s", from);
	snprintf(f->failure, sizeof(f->failure), "%s",
		 class->place.field == FIELD_NONE ? failure : "");
}

/* ------------------------------------------------------------------ shrinking */

enum { TRIES = 5 };	/* to see a difference again, before it counts as gone */

static const double seconds_max = 60;

/* What two neighbours, order[i] and the next, showed on a program. */
struct shown {
	bool differs;
	const struct expectation *known;
};

/* What the jury of two neighbours owns. */
struct shrinking {
	struct compare *c;
	struct found *found;
	unsigned int left;
	unsigned int deaths_before;	/* as deaths() counts them */
	bool begun;				/* `shown' is of the smallest program so far */
	struct shown shown[FLEET_BUILDS], fresh[FLEET_BUILDS];
};

/* Fill s->fresh with what all neighbours show on program i of the last run. */
static void
look_at_neighbours(struct shrinking *s, const struct program *p, unsigned int i)
{
	for (unsigned int k = 0; k + 1 < s->c->fleet.n_ready; k++) {
		struct expectation *known = NULL;
		struct class class;

		s->fresh[k].differs = !fleet_same(&s->c->fleet, k, p, i) &&
				      compare_class(s->c, &class, &known, k, p, i);
		s->fresh[k].known = known;
	}
}

/* Whether other neighbours show something that they did not: the program is not about one thing. */
static bool
shows_more(const struct shrinking *s)
{
	for (unsigned int k = 0; k + 1 < s->c->fleet.n_ready; k++) {
		const struct shown *before = &s->shown[k], *now = &s->fresh[k];

		if (now->differs && (!before->differs || before->known != now->known))
			return s->begun;
	}
	return false;
}

/* Whether program i of the last run shows the class. */
static bool
shows(struct shrinking *s, const struct program *p, unsigned int i, struct class *class)
{
	struct expectation *known;

	if (fleet_same(&s->c->fleet, s->left, p, i))
		return false;
	compare_model(s->c, p);
	return compare_class(s->c, class, &known, s->left, p, i) && known == s->found->known &&
	       strcmp(class->id, s->found->class.id) == 0;
}

/* The same of p, on all builds, and nothing else with it that was not there. */
static bool
shows_alone(struct shrinking *s, const struct program *p, struct class *class)
{
	fleet_run(&s->c->fleet, 0, s->c->fleet.n_ready, &p, 1);
	if (!shows(s, p, 0, class))
		return false;
	look_at_neighbours(s, p, 0);
	if (shows_more(s))
		return false;
	memcpy(s->shown, s->fresh, sizeof(s->shown));
	s->begun = true;
	return true;
}

/* How often the two machines have died. */
static unsigned int
deaths(const struct shrinking *s)
{
	const struct fleet *f = &s->c->fleet;

	return f->order[s->left]->n_deaths + f->order[s->left + 1]->n_deaths;
}

/* ------------------------------------------------------------------ the jury */

static bool
neighbours_open(struct jury *j, char *why)
{
	struct shrinking *s = j->own;

	(void)why;
	while (compare_column_of(s->c, s->left) != s->found->left &&
	       s->left + 2 < s->c->fleet.n_ready)
		s->left++;
	s->deaths_before = deaths(s);
	return true;
}

/* The builds stay open. */
static void
neighbours_close(struct jury *j)
{
	(void)j;
}

static bool
neighbours_able(struct jury *j, const struct program_header *h)
{
	struct shrinking *s = j->own;
	struct program p = { .header = *h };

	return !fleet_adapt(&s->c->fleet, &p);
}

static unsigned int
neighbours_first(struct jury *j, const struct program *const candidates[], unsigned int n)
{
	struct shrinking *s = j->own;
	bool fails = s->found->class.place.field == FIELD_NONE;
	bool maybe[SHRINK_BATCH];
	struct class class;
	unsigned int first;

	/* A machine that fails takes seconds: the first that does is what is looked for. */
	if (fails)
		fleet_run_to_failure(&s->c->fleet, s->left, 2, candidates, n);
	else
		fleet_run(&s->c->fleet, s->left, 2, candidates, n);
	for (unsigned int i = 0; i < n; i++)
		maybe[i] = shows(s, candidates[i], i, &class);
	for (first = 0; first < n; first++)
		if (maybe[first] && (fails || shows_alone(s, candidates[first], &class)))
			break;
	j->n_deaths = deaths(s) - s->deaths_before;
	return first;
}

/*
 * Run the program on all builds: where it differs now, and what each answers there.  Whether it
 * shows its class, now or when asked again.
 */
static enum verdict
neighbours_look(struct jury *j, const struct program *p, char *why)
{
	struct shrinking *s = j->own;
	const struct fleet *fleet = &s->c->fleet;
	struct found *f = s->found;
	struct class class;
	bool again = false;

	(void)why;
	for (unsigned int i = 0; i < TRIES && !again; i++)
		again = shows_alone(s, p, &class);
	if (!again)
		return VERDICT_SUCCESS;
	f->class = class;
	for (unsigned int i = 0; i < fleet->n_ready; i++) {
		const struct fleet_build *b = fleet->order[i];

		if (b->outcome[0] != OUTCOME_REFUSED)
			class_answer(&class.place, p, b->outcome[0], &b->trace[0],
				     f->answer[compare_column_of(s->c, i)]);
	}
	snprintf(j->finding.class, sizeof(j->finding.class), "%s", class.id);
	j->finding.lane_expected = fleet->order[s->left]->name;
	return VERDICT_FAILURE;
}

static const struct jury_kind neighbours = {
	neighbours_open, neighbours_first, neighbours_look, neighbours_able, neighbours_close,
	false,
};

static void
shrink(struct compare *c, struct found *f)
{
	static struct jury jury;
	struct shrinking mine = { .c = c, .found = f };
	char id[CLASS_ID], why[FILE_WHY];
	struct minimize m = { .jury = &jury, .class = id, .stop = &stop_asked,
			      .seconds_max = seconds_max,
			      .dear = f->class.place.field == FIELD_NONE };

	snprintf(id, sizeof(id), "%s", f->class.id);
	jury_open_as(&jury, &neighbours, &mine, why);
	if (c->quick && f->known != NULL) {
		f->gone = jury_look(&jury, &f->program, why) != VERDICT_FAILURE;
	} else {
		minimize_program(&m, &f->program);
		f->gone = !m.again && jury.ended == NULL;
		f->minimal = m.minimal;
	}
	jury_close(&jury);
}

void
compare_shrink(struct compare *c)
{
	c->fleet.deaths_max = 0;
	for (unsigned int i = 0; i < c->n_found && !stop_asked; i++) {
		struct found *f = c->found[i];

		if (strcmp(f->class.world, c->world) != 0)
			continue;
		progress_line(&c->progress, false, "shrinking class %u of %u: %s", i + 1,
			      c->n_found, f->class.id);
		shrink(c, f);
	}
}
