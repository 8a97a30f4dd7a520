#include "diff/class_race.h"

#include <stdio.h>
#include <string.h>

#include "diff/race.h"

enum { BRANCH_WORDS = 512 };

/* What a branch does, and what it was answered: "map_then_unmap", "okay_then_okay". */
struct branch_words {
	char does[BRANCH_WORDS], answers[BRANCH_WORDS];
};

/* Write more behind what is in out[n], as far as there is room. */
static void
put(char *out, size_t n, const char *more)
{
	size_t used = strlen(out), bytes = strlen(more);

	if (bytes > n - used - 1)
		bytes = n - used - 1;
	memcpy(out + used, more, bytes);
	out[used + bytes] = '\0';
}

static void
join(char *out, size_t n, const char *between, const char *word)
{
	if (out[0] != '\0')
		put(out, n, between);
	put(out, n, word);
}

static void
branch_words(struct branch_words *w, const struct program *p, const struct race_branch *b,
	     const struct trace *got)
{
	char answer[CLASS_WORD], word[CLASS_WORD];

	w->does[0] = w->answers[0] = '\0';
	for (unsigned int i = b->from; i < b->to; i++) {
		enum op_kind kind = (enum op_kind)p->ops[i].kind;

		if (!op_is_done(kind))
			continue;
		join(w->does, sizeof w->does, "_then_", op_table[kind].name);
		if (got == NULL)
			continue;
		class_answer_print(&got->record[i], kind, false, answer, sizeof answer);
		class_slug(word, sizeof word, answer);
		join(w->answers, sizeof w->answers, "_then_", word);
	}
}

static bool
before(const struct branch_words *a, const struct branch_words *b)
{
	int order = strcmp(a->does, b->does);

	return order < 0 || (order == 0 && strcmp(a->answers, b->answers) < 0);
}

/* All branches' words, sorted.  Returns how many; 0 if there is no race. */
static unsigned int
all_words(struct branch_words w[RACE_BRANCHES_MAX], const struct program *p, unsigned int at,
	  const struct trace *got)
{
	struct race_place r;

	if (!race_at(&r, p, at))
		return 0;
	for (unsigned int i = 0; i < r.n; i++) {
		struct branch_words one;
		unsigned int k = i;

		branch_words(&one, p, &r.branch[i], got);
		for (; k > 0 && before(&one, &w[k - 1]); k--)
			w[k] = w[k - 1];
		w[k] = one;
	}
	return r.n;
}

/* What all branches do or, with `answers`, were answered, as one word. */
static void
race_word(const struct program *p, unsigned int at, const struct trace *got, bool answers,
	  char *out, size_t out_bytes)
{
	struct branch_words w[RACE_BRANCHES_MAX];
	char all[RACE_BRANCHES_MAX * BRANCH_WORDS] = "";
	unsigned int n = all_words(w, p, at, got);

	for (unsigned int i = 0; i < n; i++)
		join(all, sizeof all, "_with_", answers ? w[i].answers : w[i].does);
	class_slug(out, out_bytes, all);
}

void
class_race_op(const struct program *p, unsigned int at, const struct trace *got, char *out,
	      size_t out_bytes)
{
	race_word(p, at, got, false, out, out_bytes);
}

void
class_race_answers(const struct program *p, unsigned int at, const struct trace *got, char *out,
		   size_t out_bytes)
{
	race_word(p, at, got, true, out, out_bytes);
}

size_t
class_race_say(const struct program *p, unsigned int at, const struct trace *got, char *out,
	       size_t out_bytes)
{
	char all[RACE_BRANCHES_MAX * BRANCH_WORDS] = "", one[2 * CLASS_WORD], answer[CLASS_WORD];
	struct race_place r = { .n = 0 };

	race_at(&r, p, at);
	for (unsigned int i = r.from; i < r.turns; i++) {
		enum op_kind kind = (enum op_kind)p->ops[i].kind;

		if (kind == OP_WITH)
			join(all, sizeof all, " ", "|");
		if (!op_is_done(kind))
			continue;
		class_answer_print(&got->record[i], kind, true, answer, sizeof answer);
		snprintf(one, sizeof one, "d%u %s %s", p->ops[i].actor, op_table[kind].name,
			 answer);
		join(all, sizeof all, " ", one);
	}
	return (size_t)snprintf(out, out_bytes, "%s", all);
}
