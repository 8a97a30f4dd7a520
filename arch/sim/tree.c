/* tree: see tree.h. */
#include "arch/sim/tree.h"

#include <string.h>

enum { DEPTH_MAX = 256, OUTCOMES_MAX = 64 };

uint16_t tree_x, tree_y;
uint32_t tree_pair, tree_r[4];
struct sim_lock tree_lock;

/* Up to `fixed` picks are what they were, and the last of these is the next one. */
static struct {
	unsigned int choice[DEPTH_MAX], n[DEPTH_MAX];
	unsigned int fixed, at;
	unsigned long runs;
} tree;

static unsigned int outcome[OUTCOMES_MAX], n_outcomes;

static unsigned int
pick_next(void *ctx, const struct race_option *o, unsigned int n)
{
	unsigned int at = tree.at++;

	(void)ctx;
	(void)o;
	/* More picks than there is room for end the race, and the test fails. */
	if (at == DEPTH_MAX)
		return n;
	if (at >= tree.fixed) {
		tree.choice[at] = 0;
		tree.fixed = at + 1;
	}
	tree.n[at] = n;
	return tree.choice[at];
}

static bool
tree_next(void)
{
	tree.fixed = tree.at;
	while (tree.fixed > 0 && tree.choice[tree.fixed - 1] + 1 == tree.n[tree.fixed - 1])
		tree.fixed--;
	if (tree.fixed > 0)
		tree.choice[tree.fixed - 1]++;
	return tree.fixed > 0;
}

bool
tree_seen(unsigned int v)
{
	for (unsigned int i = 0; i < n_outcomes; i++)
		if (outcome[i] == v)
			return true;
	return false;
}

static void
outcome_add(void)
{
	unsigned int v = tree_r[0] * 1000 + tree_r[1] * 100 + tree_r[2] * 10 + tree_r[3];

	if (tree_seen(v))
		return;
	assert_true(n_outcomes < OUTCOMES_MAX);
	outcome[n_outcomes++] = v;
}

void
tree_run(void (*run)(void *ctx, unsigned int i), unsigned int n, bool arm)
{
	const struct guest_turns turns = {.arm = arm};
	const struct race_control control = {.pick = pick_next};

	sim_race_set(rig_sim, &control);
	memset(&tree, 0, sizeof tree);
	n_outcomes = 0;
	do {
		tree_x = tree_y = 0;
		tree_pair = 0;
		memset(tree_r, 0, sizeof tree_r);
		tree.at = 0;
		guest_at_once(rig_dom, n, run, NULL, &turns);
		assert_int_equal(sim_race_result(rig_sim)->end, RACE_DONE);
		assert_true(tree_lock.writer == 0 && tree_lock.readers == 0);
		outcome_add();
		tree.runs++;
	} while (tree_next());
	sim_race_set(rig_sim, NULL);
}

void
tree_expect(const int *want)
{
	unsigned int n = 0;

	for (; want[n] >= 0; n++)
		if (!tree_seen((unsigned int)want[n]))
			fail_msg("outcome %04d is never seen, in %lu runs", want[n], tree.runs);
	for (unsigned int i = 0; i < n_outcomes; i++) {
		unsigned int k = 0;

		while (k < n && (unsigned int)want[k] != outcome[i])
			k++;
		if (k == n)
			fail_msg("outcome %04u is seen", outcome[i]);
	}
}
