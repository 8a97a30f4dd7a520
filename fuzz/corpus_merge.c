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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/corpus.h"
#include "fuzz/corpus_cover.h"
#include "fuzz/corpus_list.h"
#include "fuzz/coverage.h"
#include "fuzz/jury.h"
#include "fuzz/load.h"
#include "fuzz/stop.h"

enum { JUDGE_SECONDS = 3600, SAYS = 200, SAYS_MAX = 6 };

struct merge {
	const char *out;
	struct list have, more;		/* what OUT has, and what may be added */
	size_t n_inputs, n_differ, n_added;
	struct covered before, after;
	unsigned long cells_before, cells_after;
	struct judge judge;
	struct coverage coverage;	/* of what was looked at so far */
};

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
	jury.end = child_clock() + JUDGE_SECONDS;
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

/* ------------------------------------------------------------------ writing */

/* Whether operation `at' shows a cell that nothing before it has. */
static bool
is_new(const struct merge *m, const struct program *p, unsigned int at)
{
	const struct trace *expected = duel_expected(m->judge.duel), *got = duel_got(m->judge.duel);
	unsigned int cell = coverage_cell(p, expected, got, at);

	if (!op_is_done(p->ops[at].kind) || m->coverage.hits[cell] > 0)
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
		if (op_is_done(p->ops[i - 1].kind))
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

/* What a merge that was killed left half written. */
static void
remove_torn(const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_list(&l, folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < l.n; i++)
		if (file_ends(l.name[i], ".gnt.tmp") && file_join(path, folder, l.name[i], why))
			unlink(path);
	file_list_free(&l);
}

static void
gather(struct merge *m, const char *const in[], unsigned int n)
{
	char why[FILE_WHY];

	if (!file_make_folder(m->out, why))
		cli_die(EXIT_USAGE, "%s", why);
	remove_torn(m->out);
	list_add_files(&m->have, m->out);
	for (unsigned int i = 0; i < n; i++)
		m->n_inputs += list_add_files(&m->more, in[i]);
	if (m->more.n == 0)
		cli_die(EXIT_USAGE, "corpus merge: %s%s: no program in it", in[0],
			n > 1 ? " and the others" : "");
	list_sort(&m->have);
	list_sort(&m->more);
	leave_out(m, &m->have);
	leave_out(m, &m->more);
}

/* Have the engine choose, and write that. */
static void
choose(struct merge *m)
{
	struct list chosen = { NULL, 0, 0 };

	cover_choose(&chosen, &m->have, &m->more, &m->before, &m->after);
	add_cells(m, &m->have);
	write_chosen(m, &chosen);
	m->cells_after = coverage_cells(&m->coverage);
	add_cells(m, &m->more);
	m->cells_before = coverage_cells(&m->coverage);
	list_free(&chosen);
}

static void
print_end(const struct merge *m, bool json)
{
	if (json)
		printf("{\"inputs\":%zu,\"left_out\":%zu,\"kept\":%zu,\"added\":%zu,"
		       "\"cells\":[%lu,%lu],\"edges\":[%lu,%lu]}\n",
		       m->n_inputs, m->n_differ, m->have.n, m->n_added, m->cells_before,
		       m->cells_after, m->before.edges, m->after.edges);
	else
		printf("%zu inputs: %zu programs added to %zu in %s\n"
		       "covered: %lu of %lu cells, %lu of %lu edges\n",
		       m->n_inputs, m->n_added, m->have.n, m->out, m->cells_after,
		       m->cells_before, m->after.edges, m->before.edges);
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
	list_free(&m.have);
	list_free(&m.more);
	/* A feature is an edge or a cell, as the engine itself counts them. */
	if (m.cells_after < m.cells_before || m.after.edges < m.before.edges ||
	    m.after.features < m.before.features)
		cli_die(EXIT_RIG, "corpus merge: something covered was lost; that is a bug of the "
			"suite");
	return m.n_differ > 0 ? EXIT_FINDING : EXIT_OK;
}
