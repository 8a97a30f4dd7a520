/*
 * mutate_race_scene: small programs that make something of one entry and then race for it.
 *
 * The entry is d0's in g0, its page p0, its peer d1.  What a branch does is drawn from what d0, or
 * anybody else, can do with it; so two branches of d0 are one guest with two CPUs.
 */
#include "fuzz/mutate_race_scene.h"

#include "arch/xen_abi.h"
#include "diff/race.h"
#include "fuzz/guess.h"
#include "fuzz/mutate_race.h"

enum {
	SPOIL_ONE_IN = 12,
	SECOND_ONE_IN = 3,	/* branches with a second operation */
	THIRD_ONE_IN = 5,	/* races with a third branch */
	RUNS_MOST = 8,
	RUN_MOST = 8,
};

/* ------------------------------------------------------------------ what comes before */

#define GRANT { .kind = OP_GRANT, .b.dom = DOM_D1 }
#define MAP(slot, how) \
	{ .kind = OP_MAP, .actor = 1, .a.idx = slot, .b.dom = DOM_D0, .flags = how }
#define ACCEPT { .kind = OP_ACCEPT, .b = { DOM_D1, 1, 0 } }
#define ALLOC { .kind = OP_ALLOC, .len = 2 }
#define CLAIM { .kind = OP_CLAIM }

enum {
	SETTING_OPS_MAX = 4,
	FRESH = GNTTAB_ENTRIES_PER_FRAME - GNTTAB_NR_RESERVED_ENTRIES,	/* free at first */
};

static const struct setting {
	uint8_t n;
	struct op ops[SETTING_OPS_MAX];
} settings[] = {
	{ 1, { GRANT } },
	{ 1, { { .kind = OP_GRANT, .b.dom = DOM_D1, .flags = OPF_GRANT_RO } } },
	{ 2, { GRANT, MAP(0, OPF_MAP_RO) } },
	{ 2, { GRANT, MAP(0, 0) } },
	{ 3, { GRANT, MAP(0, OPF_MAP_RO), MAP(1, 0) } },
	{ 3, { GRANT, MAP(0, OPF_MAP_DEV), { .kind = OP_END, .a.idx = 0 } } },
	{ 2, { ALLOC, CLAIM } },
	{ 1, { ACCEPT } },
	{ 2, { ACCEPT, { .kind = OP_TRANSFER, .actor = 1, .a.idx = 1, .b.dom = DOM_D0 } } },
	{ 3, { ALLOC, CLAIM, { .kind = OP_ACCEPT_REF, .b = { DOM_D1, 1, 0 } } } },
	{ 3, { ALLOC, CLAIM, { .kind = OP_CALLBACK, .len = FRESH } } },
};

/* ------------------------------------------------------------------ what races */

/* What d0 does with its entry. */
static const struct op owner_ops[] = {
	{ .kind = OP_END_REF }, { .kind = OP_END_REF }, { .kind = OP_TRY_END },
	{ .kind = OP_END, .flags = OPF_END_PAGE }, { .kind = OP_END }, { .kind = OP_QUERY },
	{ .kind = OP_GRANT_REF, .b.dom = DOM_D1 },
	{ .kind = OP_GRANT_REF, .b = { DOM_D1, 1, 0 }, .flags = OPF_GRANT_RO },
	{ .kind = OP_GRANT, .a.idx = 1, .b.dom = DOM_D1 },
	{ .kind = OP_ACCEPT_REF, .b = { DOM_D1, 1, 0 } },
	{ .kind = OP_END_TRANSFER_REF }, { .kind = OP_END_TRANSFER },
	{ .kind = OP_FREE }, { .kind = OP_CLAIM, .a.idx = 1 }, { .kind = OP_RELEASE },
	{ .kind = OP_TICK }, { .kind = OP_SWAP, .b.idx = 1 }, { .kind = OP_SETUP_TABLE,
	  .a.dom = DOM_SELF, .len = 2 },
	{ .kind = OP_FLAGS, .len = GTF_permit_access },
	{ .kind = OP_FLAGS, .len = GTF_permit_access | GTF_readonly }, { .kind = OP_FLAGS },
	{ .kind = OP_ENTRY, .b = { DOM_D1, 1, 0 }, .len = GTF_permit_access },
	{ .kind = OP_ENTRY, .b = { DOM_D2, 0, 0 }, .len = GTF_permit_access },
	{ .kind = OP_WRITE, .len = 0x5a5a }, { .kind = OP_READ },
	{ .kind = OP_SUSPEND }, { .kind = OP_RESUME }, { .kind = OP_CANCEL },
	{ .kind = OP_CALLBACK, .len = FRESH },
};

/* What others do with it. */
static const struct op peer_ops[] = {
	{ .kind = OP_MAP, .a.idx = 2, .flags = OPF_MAP_RO }, { .kind = OP_MAP, .a.idx = 2 },
	{ .kind = OP_MAP, .a.idx = 3, .flags = OPF_MAP_RO }, { .kind = OP_MAP, .a.idx = 3 },
	{ .kind = OP_MAP, .a.idx = 4, .flags = OPF_MAP_DEV | OPF_MAP_NOHOST },
	{ .kind = OP_UNMAP }, { .kind = OP_UNMAP, .a.idx = 1 }, { .kind = OP_UNMAP, .a.idx = 2 },
	{ .kind = OP_UNMAP, .flags = OPF_UNMAP_DEV },
	{ .kind = OP_REPLACE, .b.idx = 1 },
	{ .kind = OP_COPY, .b = { DOM_SELF, SIDE_FRAME + 2, 0 }, .len = 8 },
	{ .kind = OP_COPY, .a = { DOM_SELF, SIDE_FRAME + 2, 0 }, .len = 8 },
	{ .kind = OP_TRANSFER, .a.idx = 1 }, { .kind = OP_TRANSFER, .a.idx = 2 },
	{ .kind = OP_READ_MAP }, { .kind = OP_READ_MAP, .a.idx = 2 },
	{ .kind = OP_WRITE_MAP, .a.idx = 2, .len = 0xa5a5 },
	{ .kind = OP_WRITE, .a.idx = 2, .len = 0xa5a5 }, { .kind = OP_READ, .a.idx = 2 },
};

void
mutate_race_op(struct rng *r, unsigned int actor, struct op *o)
{
	const unsigned int n_owner = sizeof owner_ops / sizeof owner_ops[0];
	const unsigned int n_peer = sizeof peer_ops / sizeof peer_ops[0];

	*o = actor == 0 && rng_below(r, 8) > 0 ? owner_ops[rng_below(r, n_owner)] :
						 peer_ops[rng_below(r, n_peer)];
	o->actor = (uint8_t)actor;
	if (rng_below(r, SPOIL_ONE_IN) == 0)
		guess_spoil(r, o);
}

/* ------------------------------------------------------------------ schedules */

struct turn
mutate_race_turn(struct rng *r, bool arm, unsigned int branch)
{
	struct turn t = { (uint8_t)branch, TURN_STEP, 0 };

	switch (rng_below(r, 12)) {
	case 0: case 1:
		t.kind = TURN_HOLD;
		break;
	case 2:
		t.kind = TURN_DRAIN;
		if (arm && rng_below(r, 2) == 0)
			t.index = (uint8_t)rng_below(r, TURN_STORES_MAX);
		break;
	case 3: case 4:
		if (!arm)
			break;
		t.kind = TURN_STALE;
		t.index = (uint8_t)(1 + rng_below(r, rng_below(r, 2) == 0 ? 2 : TURN_STALE_MAX));
		break;
	}
	return t;
}

/* Few switches find most: runs of a branch, each as long as an operation may take, or shorter. */
unsigned int
mutate_race_schedule(struct rng *r, bool arm, unsigned int branches, uint8_t *code)
{
	unsigned int n = 0, branch = rng_below(r, branches);

	for (unsigned int runs = rng_below(r, RUNS_MOST + 1); runs > 0; runs--) {
		for (unsigned int k = 1 + rng_below(r, RUN_MOST); k > 0; k--)
			code[n++] = turn_code(mutate_race_turn(r, arm, branch));
		branch = (branch + 1 + rng_below(r, branches - 1)) % branches;
	}
	return n;
}

/* ------------------------------------------------------------------ a program */

static void
add(struct program *p, struct op o)
{
	p->ops[p->n_ops++] = o;
}

/* The branches, mostly of d0 and its peer, and whatever of others. */
static unsigned int
add_branches(struct program *p, struct rng *r)
{
	unsigned int n = rng_below(r, THIRD_ONE_IN) == 0 ? 3 : 2, first = rng_below(r, 2);

	for (unsigned int b = 0; b < n; b++) {
		unsigned int actor = rng_below(r, 4) == 0 ? rng_below(r, p->header.domains) :
							    (first + b) % 2;

		add(p, (struct op){ .kind = b == 0 ? OP_RACE : OP_WITH });
		for (unsigned int ops = rng_below(r, SECOND_ONE_IN) == 0 ? 2 : 1; ops > 0; ops--) {
			mutate_race_op(r, actor, &p->ops[p->n_ops]);
			p->n_ops++;
		}
	}
	add(p, (struct op){ .kind = OP_RACE_END });
	return n;
}

void
mutate_race_random(struct program *p, struct rng *r)
{
	const struct setting *s = &settings[rng_below(r, sizeof settings / sizeof settings[0])];
	uint8_t code[RUNS_MOST * RUN_MOST];
	struct race_place place;
	unsigned int n, branches;

	p->header = program_header_default;
	p->header.domains = rng_below(r, 8) == 0 ? 3 : 2;
	p->header.arm = rng_below(r, 2) == 0;
	p->header.hvm = rng_below(r, 6) == 0 ? (uint8_t)rng_below(r, 4) : 0;
	p->n_ops = 0;
	for (unsigned int i = 0; i < s->n; i++)
		add(p, s->ops[i]);
	branches = add_branches(p, r);
	program_normalize(p);
	n = mutate_race_schedule(r, p->header.arm, branches, code);
	if (race_at(&place, p, s->n))
		race_set_turns(&place, p, code, n);
	program_normalize(p);
}
