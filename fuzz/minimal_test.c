/*
 * minimal_test: with a defect linked in, what minimising leaves is the smallest, by brute force.
 *
 *	minimal_test [-s SEED] [-o OPS] [-t SECONDS] [PROGRAM...]
 *
 * Draws programs of OPS operations (64) until one differs, minimises it, and then tries every
 * single removal and every lower value of every field again, with code of its own: none may show
 * the class.  So that this cannot pass by seeing nothing, something superfluous is then added to
 * the program, and has to be found.  With PROGRAMs the operations of one that differs are strewn
 * among random ones.  fuzz/test_minimal plants the defects.  Status 77: no program differed.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/guard.h"
#include "fuzz/load.h"
#include "fuzz/minimize.h"
#include "fuzz/mutate.h"
#include "fuzz/stop.h"

enum { BATCH = 512, SECONDS_MINIMAL = 60 };

/* What brute force looks for, and what it looks at. */
struct brute {
	const char *class;
	struct judge *judge;
	unsigned long n;
	unsigned int n_batch;
	struct program batch[BATCH];
	bool found;		/* batch[0] shows it */
};

/* ------------------------------------------------------------------ judging */

static bool
differs(struct brute *b, const struct program *p)
{
	struct program copy = *p;
	char why[FILE_WHY];
	struct finding f;

	return judge_run(b->judge, &copy, &f, why) == VERDICT_FAILURE &&
	       strcmp(f.class, b->class) == 0;
}

static bool
shows_alone(struct brute *b, const struct program *p)
{
	char why[FILE_WHY];
	struct finding f;

	return guard_program(p, false, &f, why) == VERDICT_FAILURE &&
	       strcmp(f.class, b->class) == 0;
}

/* In a process of its own; if that dies, one by one. */
static void
judge_batch(struct brute *b)
{
	int how = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		bool any = false;

		fclose(stderr);
		for (unsigned int i = 0; i < b->n_batch; i++)
			any |= differs(b, &b->batch[i]);
		_exit(any);
	}
	if (pid < 0 || waitpid(pid, &how, 0) != pid)
		cli_die(EXIT_RIG, "cannot start a process");
	if (!WIFEXITED(how) || WEXITSTATUS(how) != 0)
		for (unsigned int i = 0; i < b->n_batch && !b->found; i++) {
			b->found = shows_alone(b, &b->batch[i]);
			if (b->found)
				b->batch[0] = b->batch[i];
		}
	b->n_batch = 0;
}

/* ------------------------------------------------------------------ every smaller program */

static void
try(struct brute *b, struct program *to, const struct program *p)
{
	program_normalize(to);
	if (b->found || program_same(to, p))
		return;
	b->n++;
	b->batch[b->n_batch++] = *to;
	if (b->n_batch == BATCH)
		judge_batch(b);
}

static void
try_removal(struct brute *b, const struct program *p, unsigned int at)
{
	struct program to = *p;

	/* The last of a batch gone, the one before it is the last.  (No OP_EXPECT here.) */
	if (at > 0 && !(p->ops[at].flags & OP_JOIN))
		to.ops[at - 1].flags &= (uint8_t)~OP_JOIN;
	memmove(&to.ops[at], &p->ops[at + 1], (p->n_ops - at - 1u) * sizeof(p->ops[0]));
	to.n_ops--;
	try(b, &to, p);
}

static void
try_flags(struct brute *b, const struct program *p, unsigned int at)
{
	for (unsigned int bit = 1; bit < 0x100; bit <<= 1) {
		struct program to = *p;

		to.ops[at].flags &= (uint8_t)~bit;
		try(b, &to, p);
	}
}

static void
try_bytes(struct brute *b, const struct program *p, unsigned int at, size_t offset)
{
	uint8_t v = ((const uint8_t *)&p->ops[at])[offset];

	for (unsigned int less = 0; less < v; less++) {
		struct program to = *p;

		((uint8_t *)&to.ops[at])[offset] = (uint8_t)less;
		try(b, &to, p);
	}
}

static void
try_numbers(struct brute *b, const struct program *p, unsigned int at, size_t offset)
{
	const uint16_t *v = (const uint16_t *)((const uint8_t *)&p->ops[at] + offset);

	for (unsigned int less = 0; less < *v && !b->found; less++) {
		struct program to = *p;
		uint16_t *field = (uint16_t *)((uint8_t *)&to.ops[at] + offset);

		*field = (uint16_t)less;
		try(b, &to, p);
	}
}

/* Whether some program one step smaller than p shows the class; it is then b->batch[0]. */
static bool
brute_force(struct brute *b, const struct program *p)
{
	static const size_t bytes[] = { offsetof(struct op, actor), offsetof(struct op, a.dom),
					offsetof(struct op, a.idx), offsetof(struct op, b.dom),
					offsetof(struct op, b.idx) };
	static const size_t numbers[] = { offsetof(struct op, a.off), offsetof(struct op, b.off),
					  offsetof(struct op, len) };

	b->n = b->n_batch = 0;
	b->found = false;
	for (unsigned int i = 0; i < PROGRAM_FIELDS; i++) {
		struct program to = *p;

		for (unsigned int v = *program_field(&to.header, i); v > program_fields[i].low;) {
			to = *p;
			*program_field(&to.header, i) = (uint8_t)--v;
			try(b, &to, p);
		}
	}
	for (unsigned int at = 0; at < p->n_ops; at++) {
		try_removal(b, p, at);
		try_flags(b, p, at);
		for (unsigned int i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
			try_bytes(b, p, at, bytes[i]);
		for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
			try_numbers(b, p, at, numbers[i]);
	}
	judge_batch(b);
	return b->found;
}

/* ------------------------------------------------------------------ a program that differs */

struct options {
	uint64_t seed;
	unsigned int n_ops;
	double seconds;
	char **paths;
	int n_paths;
};

/* The operations of p in their order, random ones of p's world among them, n_ops in all. */
static void
strew(struct program *p, struct rng *r, unsigned int n_ops)
{
	const struct program core = *p;
	struct program others;
	unsigned int at = 0;

	mutate_random(&others, r, &core.header, n_ops);
	p->n_ops = 0;
	while (p->n_ops < n_ops && (at < core.n_ops || p->n_ops < others.n_ops)) {
		bool ours = at < core.n_ops &&
			    (at + n_ops - p->n_ops <= core.n_ops || rng_below(r, 4) == 0 ||
			     (at > 0 && core.ops[at - 1].flags & OP_JOIN));

		p->ops[p->n_ops] = ours ? core.ops[at++] : others.ops[p->n_ops];
		p->n_ops++;
	}
	program_normalize(p);
}

static void
draw(struct program *p, const struct options *o, uint64_t i)
{
	struct rng seed = { o->seed }, r = { rng_next(&seed) + i * 0xd1342543de82ef95u };
	char why[FILE_WHY];

	if (o->n_paths == 0) {
		mutate_random(p, &r, NULL, o->n_ops);
		return;
	}
	if (!load_program(p, o->paths[i % (uint64_t)o->n_paths], why))
		cli_die(EXIT_USAGE, "%s", why);
	strew(p, &r, o->n_ops);
}

/* Find one; its class is in j->finding.  False if there was no time. */
static bool
find(struct jury *j, const struct options *o, struct program *p)
{
	static struct program programs[SHRINK_BATCH];
	const struct program *list[SHRINK_BATCH];

	j->stop = &stop_asked;
	j->end = child_clock() + o->seconds;
	for (uint64_t i = 0; jury_goes_on(j); i += SHRINK_BATCH) {
		unsigned int at;

		for (unsigned int k = 0; k < SHRINK_BATCH; k++) {
			draw(&programs[k], o, i + k);
			list[k] = &programs[k];
		}
		at = jury_first(j, list, SHRINK_BATCH);
		if (at == SHRINK_BATCH)
			continue;
		*p = programs[at];
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ all of it */

/* p with an operation in front that nothing needs: brute force has to see that. */
static bool
is_blind(struct brute *b, const struct program *p)
{
	static struct program more;

	more = *p;
	memmove(&more.ops[1], &p->ops[0], p->n_ops * sizeof(p->ops[0]));
	more.ops[0] = (struct op){ .kind = OP_MAX_FRAMES };
	more.n_ops++;
	program_normalize(&more);
	return !brute_force(b, &more);
}

static int
check(struct minimize *m, const struct program *p)
{
	static struct brute b;
	unsigned long n;

	b.class = m->class;
	b.judge = m->jury->judge;
	if (!m->minimal || strcmp(m->finding.class, m->class) != 0 || !shows_alone(&b, p)) {
		printf("NOT MINIMAL: %s\n", m->how);
		return EXIT_FINDING;
	}
	if (brute_force(&b, p)) {
		char *text = load_text(p), *less = load_text(&b.batch[0]);

		printf("NOT MINIMAL: %s%s", text, less);
		return EXIT_FINDING;
	}
	n = b.n;
	if (is_blind(&b, p)) {
		printf("BLIND: what is superfluous was not seen\n");
		return EXIT_FINDING;
	}
	printf("%2u operations of %u, %5lu judged, %5lu by force, %.3f s: %s\n", p->n_ops, m->n_ops,
	       m->n_judged, n, m->seconds, m->class);
	return EXIT_OK;
}

static struct options
arguments(int argc, char **argv)
{
	struct options o = { .seed = 1, .n_ops = 64, .seconds = 20 };

	for (int c; (c = getopt(argc, argv, "s:o:t:")) != -1;)
		switch (c) {
		case 's': o.seed = strtoull(optarg, NULL, 10); break;
		case 'o': o.n_ops = (unsigned int)atoi(optarg) % (PROGRAM_OPS_MAX + 1); break;
		case 't': o.seconds = atof(optarg); break;
		default: exit(EXIT_USAGE);
		}
	o.paths = argv + optind;
	o.n_paths = argc - optind;
	return o;
}

int
main(int argc, char **argv)
{
	static char class[sizeof(((struct finding *)0)->class)];
	static struct program p;
	static struct judge judge;
	static struct jury jury;
	struct options o = arguments(argc, argv);
	struct minimize m = { .jury = &jury, .class = class, .stop = &stop_asked,
			      .seconds_max = SECONDS_MINIMAL };
	char why[FILE_WHY] = "";
	int status = EXIT_SKIP;
	bool broken;

	if (!judge_open(&judge, "model", "sim", why, &broken) || !jury_open(&jury, &judge, why))
		cli_die(EXIT_RIG, "%s", why);
	if (find(&jury, &o, &p)) {
		snprintf(class, sizeof(class), "%s", jury.finding.class);
		m.dear = finding_is_failure(&jury.finding);
		minimize_program(&m, &p);
		status = check(&m, &p);
	} else {
		printf("no program differed\n");
	}
	jury_close(&jury);
	judge_close(&judge);
	return status;
}
