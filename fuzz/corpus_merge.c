/*
 * corpus_merge: few programs that cover what many do.
 *
 * The choice is the engine's: libFuzzer's set cover on fuzz_ops, over the edges of the code and, as
 * extra counters, our cells of entry state, operation and answer; how often an edge was taken is
 * left to campaigns.  What is lost by it is measured, not believed.  Every program is written whole
 * or not at all, by a name made of its bytes; so a merge that was killed is simply run again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/corpus.h"
#include "fuzz/coverage.h"
#include "fuzz/jury.h"
#include "fuzz/load.h"
#include "fuzz/stop.h"

enum { ENGINE_SECONDS = 3600, SAYS = 200, SAYS_MAX = 6 };

/* One program, as bytes. */
struct item {
	uint16_t n;
	uint8_t *bytes;
};

struct list {
	struct item *item;
	size_t n, room;
};

/* What a folder of inputs covers. */
struct covered {
	unsigned long edges, features, cells;
};

struct merge {
	const char *out;
	struct list have, more;		/* what OUT has, and what may be added */
	size_t n_inputs, n_differ, n_added;
	struct covered before, after;
	char temp[200], have_folder[216], more_folder[216];
	struct judge judge;
	struct coverage coverage;	/* of what was looked at so far */
};

uint64_t
corpus_hash(const struct program *p)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	size_t n = program_encode(p, bytes);
	uint64_t h = UINT64_C(0xcbf29ce484222325);	/* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ bytes[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* ------------------------------------------------------------------ gathering */

static void
add(struct list *l, const struct program *p)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	struct item *item;

	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 256;
		l->item = realloc(l->item, l->room * sizeof(*l->item));
		if (l->item == NULL)
			cli_die(EXIT_RIG, "out of memory for %zu programs", l->n);
	}
	item = &l->item[l->n++];
	item->n = (uint16_t)program_encode(p, bytes);
	item->bytes = malloc(item->n);
	if (item->bytes == NULL)
		cli_die(EXIT_RIG, "out of memory for %zu programs", l->n);
	memcpy(item->bytes, bytes, item->n);
}

static void
take_file(struct merge *m, struct list *l, const char *path)
{
	static struct program p;
	char why[FILE_WHY];

	if (!load_program(&p, path, why))
		cli_die(EXIT_USAGE, "%s", why);
	m->n_inputs += l == &m->more;
	add(l, &p);
}

static void
take(struct merge *m, struct list *l, const char *name)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list files;

	if (!file_is_folder(name)) {
		take_file(m, l, name);
		return;
	}
	if (!file_list(&files, name, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < files.n; i++)
		if (load_is_program(files.name[i]) && file_join(path, name, files.name[i], why) &&
		    !file_is_folder(path))
			take_file(m, l, path);
	file_list_free(&files);
}

static int
by_size(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->n != y->n ? (x->n > y->n) - (x->n < y->n) : memcmp(x->bytes, y->bytes, x->n);
}

/* Small ones first, each once: so the order of files is of no matter. */
static void
sort(struct list *l)
{
	size_t n = 0;

	if (l->n > 0)
		qsort(l->item, l->n, sizeof(*l->item), by_size);
	for (size_t i = 0; i < l->n; i++) {
		if (n > 0 && by_size(&l->item[n - 1], &l->item[i]) == 0)
			free(l->item[i].bytes);
		else
			l->item[n++] = l->item[i];
	}
	l->n = n;
}

static void
free_list(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->item[i].bytes);
	free(l->item);
}

/* ------------------------------------------------------------------ judging */

/* Take those out of the list on which sim and model differ, or which sim does not survive. */
static void
leave_out(struct merge *m, struct list *l)
{
	static struct program programs[SHRINK_BATCH];
	const struct program *batch[SHRINK_BATCH];
	static struct jury jury;
	char why[FILE_WHY];
	size_t kept = 0;

	if (!jury_open(&jury, &m->judge, why))
		cli_die(EXIT_RIG, "%s", why);
	jury.stop = &stop_asked;
	jury.end = child_clock() + ENGINE_SECONDS;
	for (size_t at = 0; at < l->n && jury_goes_on(&jury);) {
		unsigned int n = 0, first;

		for (; n < SHRINK_BATCH && at + n < l->n; n++) {
			program_decode(&programs[n], l->item[at + n].bytes, l->item[at + n].n);
			batch[n] = &programs[n];
		}
		first = jury_first(&jury, batch, n);
		for (unsigned int i = 0; i < first; i++)
			l->item[kept++] = l->item[at + i];
		if (first < n) {
			free(l->item[at + first].bytes);
			m->n_differ++;
		}
		at += first < n ? first + 1 : n;
	}
	if (jury.ended != NULL)
		cli_die(EXIT_INTERRUPTED, "corpus merge: %s; nothing was written", jury.ended);
	l->n = kept;
	jury_close(&jury);
}

/* Let p expect what is answered, wherever it expects anything: engines draw answers, too. */
static void
correct(struct program *p, const struct trace *got)
{
	for (unsigned int i = 1; i < p->n_ops; i++) {
		struct op *o = &p->ops[i];
		int32_t value;

		if (o->kind != OP_EXPECT)
			continue;
		o->a.idx = (uint8_t)trace_headline(&got->record[i - 1],
						   (enum op_kind)p->ops[i - 1].kind, &value);
		o->a.off = (uint16_t)value;
		o->b.off = (uint16_t)((uint32_t)value >> 16);
	}
}

/* Run a program that is known to show no difference. */
static void
run(struct merge *m, struct program *p)
{
	char why[FILE_WHY] = "";
	struct finding f;

	if (judge_run(&m->judge, p, &f, why) != VERDICT_SUCCESS)
		cli_die(EXIT_RIG, "corpus merge: a program shows a difference that it did not");
}

/* The cells of all programs of a list, added to the coverage. */
static void
add_cells(struct merge *m, const struct list *l)
{
	static struct program p;

	for (size_t i = 0; i < l->n; i++) {
		program_decode(&p, l->item[i].bytes, l->item[i].n);
		run(m, &p);
		coverage_add(&m->coverage, &p, duel_expected(m->judge.duel),
			     duel_got(m->judge.duel));
	}
}

/* ------------------------------------------------------------------ the engine */

static void
write_inputs(const char *folder, const struct list *l)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];

	if (!file_make_folder(folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l->n; i++) {
		snprintf(path, sizeof(path), "%s/%zu.in", folder, i);
		if (!file_write_quick(path, l->item[i].bytes, l->item[i].n, why))
			cli_die(EXIT_RIG, "%s", why);
	}
}

static void
remove_folder(const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_is_folder(folder) || !file_list(&l, folder, why))
		return;
	for (size_t i = 0; i < l.n; i++)
		if (file_join(path, folder, l.name[i], why))
			unlink(path);
	file_list_free(&l);
	rmdir(folder);
}

static void
read_covered(void *arg, const char *line)
{
	struct covered *c = arg;
	const char *at = strstr(line, "INITED cov: ");

	if (at != NULL)
		sscanf(at, "INITED cov: %lu ft: %lu", &c->edges, &c->features);
}

/* Run the target with `option' on one or two folders; c (may be NULL) is what it says it saw. */
static void
run_target(const struct merge *m, const char *option, const char *first, const char *second,
	   struct covered *c)
{
	struct child_args args = { .n = 0 };
	char path[FILE_PATH_MAX], why[FILE_WHY];
	double end = child_clock() + ENGINE_SECONDS;
	static struct child child;
	int status;

	cli_root_path(path, sizeof(path), "out/fuzz/fuzz_ops");
	child_arg(&args, path);
	child_arg(&args, option);
	child_arg(&args, "-use_counters=0");
	child_arg(&args, first);
	if (second != NULL)
		child_arg(&args, second);
	if (!child_start(&child, &args, NULL, why))
		cli_die(EXIT_RIG, "%s", why);
	while (child_read(&child, c ? read_covered : NULL, c) && child_clock() < end) {
		struct pollfd p = { child.output, POLLIN, 0 };

		poll(&p, 1, 100);
		if (stop_asked)
			end = 0;
	}
	status = child_wait(&child, stop_asked ? 0 : 10);
	if (status == 0 && (c == NULL || c->features > 0))
		return;
	remove_folder(m->have_folder);
	remove_folder(m->more_folder);
	rmdir(m->temp);
	if (stop_asked)
		cli_die(EXIT_INTERRUPTED, "corpus merge: interrupted; nothing was written");
	cli_die(EXIT_RIG, "corpus merge: out/fuzz/fuzz_ops ended with %d: %.300s", status,
		child.tail);
}

/* Read what the engine chose: what it added to the folder by names of its own. */
static void
read_chosen(const struct merge *m, struct list *chosen)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	static struct program p;
	struct file_list l;

	if (!file_list(&l, m->have_folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		if (file_ends(l.name[i], ".in"))
			continue;
		if (!file_join(path, m->have_folder, l.name[i], why) ||
		    !load_program(&p, path, why))
			cli_die(EXIT_RIG, "%s", why);
		add(chosen, &p);
	}
	file_list_free(&l);
	sort(chosen);
}

/* ------------------------------------------------------------------ writing */

/* Whether operation `at' shows a cell that nothing before it has. */
static bool
is_new(const struct merge *m, const struct program *p, unsigned int at)
{
	const struct trace *expected = duel_expected(m->judge.duel), *got = duel_got(m->judge.duel);
	unsigned int cell = coverage_cell(p, expected, got, at);

	if (p->ops[at].kind == OP_EXPECT || m->coverage.hits[cell] > 0)
		return false;
	for (unsigned int i = 0; i < at; i++)
		if (coverage_cell(p, expected, got, i) == cell)
			return false;
	return true;
}

/* Say which operations show new cells, each kind and answer once.  Returns how many cells. */
static unsigned int
say_new(const struct merge *m, const struct program *p, char says[SAYS])
{
	bool said[OP_KINDS][TOTALS_ANSWERS] = { { false } };
	unsigned int n = 0, n_said = 0;

	says[0] = '\0';
	for (unsigned int i = 0; i < p->n_ops; i++) {
		unsigned int kind = p->ops[i].kind;
		unsigned int answer = totals_answer_of(&duel_got(m->judge.duel)->record[i]);

		if (!is_new(m, p, i))
			continue;
		n++;
		if (said[kind][answer] || n_said == SAYS_MAX)
			continue;
		said[kind][answer] = true;
		snprintf(says + strlen(says), SAYS - strlen(says), "%s%s %s", n_said++ ? ", " : "",
			 op_table[kind].name, totals_answer_name(answer));
	}
	return n;
}

/* What a program ends with, for its name. */
static const char *
last_kind(const struct program *p)
{
	for (unsigned int i = p->n_ops; i > 0; i--)
		if (p->ops[i - 1].kind != OP_EXPECT)
			return op_table[p->ops[i - 1].kind].name;
	return "nothing";
}

/* Write one program of the chosen, by a name that is its own. */
static void
write_program(struct merge *m, struct program *p)
{
	char path[FILE_PATH_MAX], why[FILE_WHY], says[SAYS], *program, *text = NULL;
	unsigned int n_cells;
	int n;

	run(m, p);
	n_cells = say_new(m, p, says);
	coverage_add(&m->coverage, p, duel_expected(m->judge.duel), duel_got(m->judge.duel));
	program = load_text(p);
	if (n_cells > 0)
		n = asprintf(&text, "# adds %u cell%s of state, operation and answer: %s\n%s",
			     n_cells, n_cells == 1 ? "" : "s", says, program);
	else
		n = asprintf(&text, "# adds a path through the code\n%s", program);
	if (n < 0)
		cli_die(EXIT_RIG, "out of memory for a program's text");
	snprintf(path, sizeof(path), "%s/%s-%012" PRIx64 ".gnt", m->out, last_kind(p),
		 corpus_hash(p) >> 16);
	if (!file_write_quick(path, text, (size_t)n, why))
		cli_die(EXIT_RIG, "%s", why);
	m->n_added++;
	free(text);
	free(program);
}

/* Have all of it reach the disk, once. */
static void
write_through(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd) != 0)
		cli_die(EXIT_RIG, "%s: cannot be written to the disk", folder);
	close(fd);
}

static void
write_chosen(struct merge *m, const struct list *chosen)
{
	static struct program p;

	for (size_t i = 0; i < chosen->n; i++) {
		program_decode(&p, chosen->item[i].bytes, chosen->item[i].n);
		run(m, &p);
		correct(&p, duel_got(m->judge.duel));
		write_program(m, &p);
	}
	write_through(m->out);
}

/* ------------------------------------------------------------------ all */

static void
gather(struct merge *m, const char *const in[], unsigned int n)
{
	char why[FILE_WHY];

	if (!file_make_folder(m->out, why))
		cli_die(EXIT_USAGE, "%s", why);
	take(m, &m->have, m->out);
	for (unsigned int i = 0; i < n; i++)
		take(m, &m->more, in[i]);
	if (m->more.n == 0)
		cli_die(EXIT_USAGE, "corpus merge: %s%s: no program in it", in[0],
			n > 1 ? " and the others" : "");
	sort(&m->have);
	sort(&m->more);
	leave_out(m, &m->have);
	leave_out(m, &m->more);
}

static void
open_temp(struct merge *m)
{
	const char *tmp = getenv("TMPDIR");

	if (snprintf(m->temp, sizeof(m->temp), "%s/gntfuzz-XXXXXX",
		     tmp != NULL && tmp[0] ? tmp : "/tmp") >= (int)sizeof(m->temp) ||
	    mkdtemp(m->temp) == NULL)
		cli_die(EXIT_RIG, "%s: cannot make a temporary folder; set TMPDIR", m->temp);
	snprintf(m->have_folder, sizeof(m->have_folder), "%s/have", m->temp);
	snprintf(m->more_folder, sizeof(m->more_folder), "%s/more", m->temp);
}

/* Have the engine choose, and write that. */
static void
choose(struct merge *m)
{
	struct list chosen = { NULL, 0, 0 };

	open_temp(m);
	write_inputs(m->have_folder, &m->have);
	write_inputs(m->more_folder, &m->more);
	run_target(m, "-runs=0", m->have_folder, m->more_folder, &m->before);
	run_target(m, "-set_cover_merge=1", m->have_folder, m->more_folder, NULL);
	run_target(m, "-runs=0", m->have_folder, NULL, &m->after);
	read_chosen(m, &chosen);
	remove_folder(m->have_folder);
	remove_folder(m->more_folder);
	rmdir(m->temp);
	add_cells(m, &m->have);
	write_chosen(m, &chosen);
	m->after.cells = coverage_cells(&m->coverage);
	add_cells(m, &m->more);
	m->before.cells = coverage_cells(&m->coverage);
	free_list(&chosen);
}

static void
print_end(const struct merge *m, bool json)
{
	if (json)
		printf("{\"inputs\":%zu,\"left_out\":%zu,\"kept\":%zu,\"added\":%zu,"
		       "\"cells\":[%lu,%lu],\"edges\":[%lu,%lu]}\n",
		       m->n_inputs, m->n_differ, m->have.n, m->n_added, m->before.cells,
		       m->after.cells, m->before.edges, m->after.edges);
	else
		printf("%zu inputs: %zu programs added to %zu in %s\n"
		       "covered: %lu of %lu cells, %lu of %lu edges\n",
		       m->n_inputs, m->n_added, m->have.n, m->out, m->after.cells,
		       m->before.cells, m->after.edges, m->before.edges);
	if (m->n_differ > 0)
		cli_say("corpus merge: %zu programs show a difference and were left out; look at "
			"them with gntfuzz repro", m->n_differ);
}

int
corpus_merge(const char *out, const char *const in[], unsigned int n, bool json)
{
	static struct merge m;
	char why[FILE_WHY], target[FILE_PATH_MAX];
	bool broken;

	m.out = out;
	cli_root_path(target, sizeof(target), "out/fuzz/fuzz_ops");
	if (!file_exists(target))
		cli_die(EXIT_SKIP, "corpus merge: out/fuzz/fuzz_ops is not built; run ninja "
			"build-fuzz");
	if (!judge_open(&m.judge, "model", "sim", why, &broken))
		cli_die(EXIT_RIG, "%s", why);
	stop_on_signals();
	gather(&m, in, n);
	choose(&m);
	print_end(&m, json);
	judge_close(&m.judge);
	free_list(&m.have);
	free_list(&m.more);
	if (m.after.cells < m.before.cells || m.after.edges < m.before.edges ||
	    m.after.features < m.before.features)
		cli_die(EXIT_RIG, "corpus merge: something covered was lost; that is a bug of the "
			"suite");
	return m.n_differ > 0 ? EXIT_FINDING : EXIT_OK;
}
