/* rig_race: see rig_race.h. */
#include "arch/sim/rig_race.h"

enum { DEPTH_MAX = RACE_STEPS_MAX };

static const struct rig_race *racing;
static bool arm;
static const char *wrong;

static bool
after(void *ctx)
{
	(void)ctx;
	wrong = sim_check_step(rig_sim);
	return wrong == NULL;
}

static void
run_branch(void *ctx, unsigned int i)
{
	(void)ctx;
	racing->run[i]();
}

static void
race(const struct rig_race *r, race_pick *pick, void *ctx)
{
	const struct race_control control = {.pick = pick, .after = after, .ctx = ctx};
	const struct guest_turns turns = {.arm = arm};
	struct arch *actor[RACE_BRANCHES_MAX];

	for (unsigned int i = 0; i < r->n; i++)
		actor[i] = rig_dom[r->dom[i]];
	racing = r;
	wrong = NULL;
	sim_race_set(rig_sim, &control);
	guest_at_once(actor, r->n, run_branch, NULL, &turns);
	sim_race_set(rig_sim, NULL);
	if (wrong)
		fail_msg("%s", wrong);
	assert_int_equal(sim_race_result(rig_sim)->end, RACE_DONE);
	rig_check();
}

/* The place of the branch's step in o, or n. */
static unsigned int
step_of(const struct race_option *o, unsigned int n, unsigned int branch)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (o[i].turn.kind == TURN_STEP && o[i].turn.branch == branch)
			break;
	return i;
}

/* ------------------------------------------------------------------ by hand */

struct script {
	const struct rig_stage *stage;
	unsigned int n, at, touched;
};

static bool
touches(const struct race_option *o, const void *p)
{
	uintptr_t begin = (uintptr_t)o->object, size = o->size ? o->size : 1;

	return o->access != RACE_LOCAL && (uintptr_t)p - begin < size;
}

static unsigned int
pick_scripted(void *ctx, const struct race_option *o, unsigned int n)
{
	struct script *s = ctx;

	for (; s->at < s->n; s->at++, s->touched = 0) {
		const struct rig_stage *stage = &s->stage[s->at];
		unsigned int i = step_of(o, n, stage->branch);

		if (i == n)
			continue;
		if (!stage->until || !touches(&o[i], stage->until))
			return i;
		if (s->touched++ < stage->after)
			return i;
	}
	return 0;
}

void
rig_race(const struct rig_race *r, const struct rig_stage *stage, unsigned int n)
{
	struct script s = {.stage = stage, .n = n};

	arm = false;
	race(r, pick_scripted, &s);
}

/* ------------------------------------------------------------------ every way */

struct search {
	uint8_t choice[DEPTH_MAX], choices[DEPTH_MAX];
	unsigned int depth, given, branch, switches, switches_max;
};

/* What may come next, and how many: first to go on with the branch that went last. */
static unsigned int
choices(const struct search *s, const struct race_option *o, unsigned int n, unsigned int own,
	unsigned int *choice)
{
	bool switching = own == n || s->switches < s->switches_max;
	unsigned int n_choices = 0;

	if (own < n)
		choice[n_choices++] = own;
	for (unsigned int i = 0; i < n; i++) {
		bool step = o[i].turn.kind == TURN_STEP && switching && i != own;
		bool hold = o[i].turn.kind == TURN_HOLD && o[i].turn.branch == s->branch;

		if (step || (arm && (hold || o[i].turn.kind == TURN_DRAIN)))
			choice[n_choices++] = i;
	}
	return n_choices;
}

static unsigned int
pick_next(void *ctx, const struct race_option *o, unsigned int n)
{
	struct search *s = ctx;
	unsigned int choice[RACE_OPTIONS_MAX], own = step_of(o, n, s->branch), chosen;
	unsigned int n_choices = choices(s, o, n, own, choice);

	/* What waits must be drained where nobody can take a step otherwise. */
	if (n_choices == 0)
		choice[n_choices++] = 0;
	if (s->depth == DEPTH_MAX)
		return n;
	if (s->depth >= s->given)
		s->choice[s->depth] = 0;
	s->choices[s->depth] = (uint8_t)n_choices;
	chosen = choice[s->choice[s->depth++]];
	if (o[chosen].turn.kind != TURN_DRAIN) {
		s->switches += own < n && o[chosen].turn.branch != s->branch;
		s->branch = o[chosen].turn.branch;
	}
	return chosen;
}

/* Whether there is another way: the last decision that can be another becomes the next one. */
static bool
search_next(struct search *s)
{
	while (s->depth > 0) {
		unsigned int last = --s->depth;

		if (s->choice[last] + 1u < s->choices[last]) {
			s->choice[last]++;
			s->given = last + 1;
			return true;
		}
	}
	return false;
}

static unsigned int
search_all(const struct rig_race *r, unsigned int switches, void (*begin)(void),
	   unsigned int (*outcome)(void))
{
	static struct search s;
	unsigned int seen = 0;

	s = (struct search){.switches_max = switches};
	do {
		s.depth = s.branch = s.switches = 0;
		begin();
		race(r, pick_next, &s);
		seen |= outcome();
	} while (search_next(&s));
	return seen;
}

unsigned int
rig_race_all(const struct rig_race *r, unsigned int switches, void (*begin)(void),
	     unsigned int (*outcome)(void))
{
	arm = false;
	return search_all(r, switches, begin, outcome);
}

unsigned int
rig_race_all_arm(const struct rig_race *r, unsigned int switches, void (*begin)(void),
		 unsigned int (*outcome)(void))
{
	arm = true;
	return search_all(r, switches, begin, outcome);
}

/* ------------------------------------------------------------------ branches, and what they saw */

int rig_status[2], rig_ended[3];
unsigned int rig_n_ended;

void
rig_begin_granted(void)
{
	rig_again();
	rig_grant(0, RIG_REF, 1, 0, GTF_permit_access);
	rig_status[0] = rig_status[1] = 99;
	rig_n_ended = 0;
}

void
rig_begin_mapped(void)
{
	rig_begin_granted();
	assert_int_equal(rig_map(1, 0, RIG_REF, 0, HOST), GNTST_okay);
}

uint16_t *
rig_entry_flags(unsigned int d, grant_ref_t ref)
{
	return &rig_table[d][ref].flags;
}

int
rig_end(grant_ref_t ref)
{
	uint16_t *flags = rig_entry_flags(0, ref), seen = arch_load16(flags), was;

	while (!(seen & (GTF_reading | GTF_writing))) {
		was = arch_cmpxchg16(flags, seen, 0);
		if (was == seen)
			return RIG_ENDED;
		seen = was;
	}
	return RIG_BUSY;
}

void
rig_end_once(void)
{
	rig_ended[rig_n_ended++] = rig_end(RIG_REF);
}

void
rig_end_thrice(void)
{
	for (unsigned int i = 0; i < 3; i++)
		rig_end_once();
}

int
rig_try_map(unsigned int d, grant_ref_t ref, unsigned int w, uint32_t flags)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = guest_window_addr(rig_dom[d], w), .flags = flags, .ref = ref,
		.dom = rig_id(0), .status = 1,
	};

	arch_grant_table_op(rig_dom[d], GNTTABOP_map_grant_ref, &op, 1);
	return op.status;
}

int
rig_try_unmap(unsigned int d, grant_handle_t h, unsigned int w)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = guest_window_addr(rig_dom[d], w), .handle = h, .status = 1,
	};

	arch_grant_table_op(rig_dom[d], GNTTABOP_unmap_grant_ref, &op, 1);
	return op.status;
}

void
rig_map_rw(void)
{
	rig_status[0] = rig_try_map(1, RIG_REF, 0, HOST);
}

void
rig_map_rw_too(void)
{
	rig_status[1] = rig_try_map(1, RIG_REF, 1, HOST);
}

void
rig_unmap_once(void)
{
	rig_status[0] = rig_try_unmap(1, rig_handle, 0);
}

unsigned int
rig_which(int a, int b, const struct rig_outcome *o, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (o[i].a == a && o[i].b == b)
			return 1u << i;
	return RIG_UNEXPECTED;
}
