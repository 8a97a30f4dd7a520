/*
 * race: see race.h.  A race from its start to its end, and what an access, a step and a lock are in
 * it: each declares itself, waits until it is granted, and takes place.
 */
#include <stdlib.h>

#include "arch/sim/machine.h"
#include "arch/sim/schedule.h"

struct race *sim_racing;

/* ------------------------------------------------------------------ the machine's */

static struct race *
race_of(struct sim *s)
{
	if (!s->race) {
		s->race = calloc(1, sizeof *s->race);
		ARCH_ASSERT(s->race);
		s->race->fibers = fibers_new();
		ARCH_ASSERT(s->race->fibers);
	}
	return s->race;
}

void
race_free(struct race *r)
{
	if (r)
		fibers_free(r->fibers);
	free(r);
}

void
sim_race_set(struct sim *s, const struct race_control *c)
{
	race_of(s)->control = c ? *c : (struct race_control){0};
}

const struct race_result *
sim_race_result(const struct sim *s)
{
	return s->race && s->race->n > 0 ? &s->race->result : NULL;
}

bool
race_dependent(const struct race_option *a, const struct race_option *b, bool arm)
{
	if (a->access == RACE_LOCAL && b->access == RACE_LOCAL)
		return false;
	/* What a later load may see older depends on which of the two was first. */
	if (arm && ((a->orders && b->shared && b->access == RACE_WRITE) ||
		    (b->orders && a->shared && a->access == RACE_WRITE)))
		return true;
	if (a->access == RACE_LOCAL || b->access == RACE_LOCAL ||
	    (a->access == RACE_READ && b->access == RACE_READ))
		return false;
	return (uintptr_t)a->object < (uintptr_t)b->object + b->size &&
	       (uintptr_t)b->object < (uintptr_t)a->object + a->size;
}

/* ------------------------------------------------------------------ a race */

/* Tell of the step that branch b was granted; the rest of e is filled in. */
static void
tell(struct branch *b, struct race_event e)
{
	e.turn = b->granted;
	e.object = b->next.object;
	e.size = b->next.size;
	race_tell(sim_racing, &e);
}

static void
branch_run(void *ctx)
{
	struct race *r = sim_racing;
	struct branch *b = ctx;
	unsigned int me = (unsigned int)(b - r->branch);

	tell(b, (struct race_event){.act = RACE_BEGINS});
	r->run(r->ctx, me);
	b->next.kind = NEXT_NONE;
	schedule(r, me);
	arch_panic(__FILE__, __LINE__, "a branch ends once");
}

/* A branch stands before its first step, which touches what its guest keeps to itself. */
static void
branch_start(struct race *r, unsigned int i, const struct arch *actor)
{
	struct branch *b = &r->branch[i];

	cpu_start(&b->cpu, &r->memory);
	b->next = (struct next){.object = actor, .size = 1, .access = RACE_WRITE};
	b->watched = NULL;
	b->n_locks = 0;
	fiber_start(r->fibers, fiber_of(i), branch_run, b);
}

/* Branches are left in their middle: what they held is free. */
static void
give_up(struct race *r)
{
	for (unsigned int i = 0; i < r->n; i++) {
		cpu_give_up(&r->branch[i].cpu);
		for (unsigned int k = 0; k < r->branch[i].n_locks; k++)
			*r->branch[i].lock[k] = (struct sim_lock){0};
	}
}

void
guest_at_once(struct arch *const actor[], unsigned int n, void (*run)(void *ctx, unsigned int i),
	      void *ctx, const struct guest_turns *turns)
{
	struct race *r = race_of(actor[0]->sim);

	ARCH_ASSERT(n > 0 && n <= RACE_BRANCHES_MAX && !sim_racing);
	memory_start(&r->memory, turns->arm);
	r->result.n = r->result.needed = r->result.steps = 0;
	r->n = n;
	r->current = 0;
	r->began = false;
	r->turns = turns;
	r->n_read = 0;
	r->run = run;
	r->ctx = ctx;
	sim_racing = r;
	for (unsigned int i = 0; i < n; i++)
		branch_start(r, i, actor[i]);
	schedule(r, RACE_BRANCHES_MAX);
	sim_racing = NULL;
	if (r->result.end != RACE_DONE)
		give_up(r);
	if (r->control.ended)
		r->control.ended(r->control.ctx, &r->result);
}

/* ------------------------------------------------------------------ steps */

static uint8_t
access_of(enum sim_access access)
{
	return access == SIM_READ ? RACE_READ : RACE_WRITE;
}

/* Declare the next step and wait for its turn. */
static struct branch *
await(struct next next)
{
	struct race *r = sim_racing;
	struct branch *b = &r->branch[r->current];

	b->next = next;
	schedule(r, r->current);
	return b;
}

uint32_t
race_load(const void *p, unsigned int size, enum sim_order order)
{
	struct branch *b = await((struct next){p, size, NEXT_LOAD, RACE_READ, .shared = true});
	unsigned int stale = b->granted.kind == TURN_STALE ? b->granted.index : 0;
	bool acquire = order == SIM_ORDERED;
	uint32_t v;

	b->watched = p;
	b->watched_size = size;
	b->watched_time = b->cpu.memory->now;
	v = cpu_load(&b->cpu, p, size, acquire, stale);
	tell(b, (struct race_event){.act = RACE_LOAD, .ordered = acquire, .value = v});
	return v;
}

void
race_store(void *p, unsigned int size, uint32_t v, enum sim_order order)
{
	struct branch *b = await((struct next){p, size, NEXT_STORE, RACE_WRITE, .shared = true});
	bool at_once = b->cpu.n_stores == 0 && b->granted.kind == TURN_STEP;

	tell(b, (struct race_event){
		.act = at_once ? RACE_STORE : RACE_HOLD,
		.ordered = order == SIM_ORDERED,
		.value = v,
	});
	cpu_store(&b->cpu, (struct store){
		.p = p,
		.v = v,
		.size = (uint8_t)size,
		.kind = order == SIM_ORDERED ? STORE_RELEASE : STORE_PLAIN,
	});
	if (at_once)
		cpu_drain(&b->cpu, 0);
}

static struct branch *
await_atomic(void *p, unsigned int size)
{
	return await((struct next){p, size, NEXT_ATOMIC, RACE_WRITE, .shared = true});
}

uint32_t
race_cmpxchg(void *p, unsigned int size, uint32_t want, uint32_t v)
{
	struct branch *b = await_atomic(p, size);
	uint32_t was = cpu_load(&b->cpu, p, size, true, 0);

	tell(b, (struct race_event){
		.act = was == want ? RACE_EXCHANGE : RACE_REFUSED, .was = was, .value = v,
	});
	return cpu_exchange(&b->cpu, p, size, was == want ? v : was);
}

uint32_t
race_and(void *p, unsigned int size, uint32_t mask)
{
	struct branch *b = await_atomic(p, size);
	uint32_t was = cpu_load(&b->cpu, p, size, true, 0);

	tell(b, (struct race_event){.act = RACE_AND, .was = was, .value = was & mask});
	return cpu_exchange(&b->cpu, p, size, was & mask);
}

void
race_relax(void)
{
	const struct branch *me = &sim_racing->branch[sim_racing->current];
	struct branch *b = await((struct next){
		me->watched, me->watched ? me->watched_size : 1, NEXT_RELAX, RACE_READ,
		.shared = true,
	});

	tell(b, (struct race_event){.act = RACE_RELAX});
	/* Who waits for a store sees it in the end. */
	if (b->watched)
		cpu_catch_up(&b->cpu, b->watched, b->watched_size);
}

void
race_step(const void *object, enum sim_access access, const char *in)
{
	struct branch *b = await((struct next){
		object, 1, NEXT_STEP, access_of(access), .shared = false,
	});

	tell(b, (struct race_event){.act = RACE_STEP, .in = in});
}

void
race_step_bytes(const void *p, unsigned int size, enum sim_access access)
{
	struct branch *b = await((struct next){
		p, size, NEXT_STEP, access_of(access), .shared = true,
	});

	tell(b, (struct race_event){
		.act = access == SIM_WRITE ? RACE_STORE : RACE_LOAD, .ordered = true,
	});
	/* A write that is said to be long is not looked behind. */
	if (access == SIM_WRITE)
		memory_wrote(b->cpu.memory, p, size);
}

/* With nothing that waits, the fence is in the step before it: nobody can see that. */
void
race_fence(void)
{
	struct branch *b = &sim_racing->branch[sim_racing->current];

	if (b->cpu.n_stores > 0) {
		await((struct next){.kind = NEXT_FENCE, .access = RACE_LOCAL});
		tell(b, (struct race_event){.act = RACE_FENCE});
	}
	cpu_fence(&b->cpu);
}

/* ------------------------------------------------------------------ locks */

static void
held_add(struct branch *b, struct sim_lock *l)
{
	ARCH_ASSERT(b->n_locks < LOCKS_HELD_MAX);
	b->lock[b->n_locks++] = l;
}

static void
held_remove(struct branch *b, struct sim_lock *l)
{
	unsigned int i = b->n_locks;

	while (i > 0 && b->lock[i - 1] != l)
		i--;
	ARCH_ASSERT(i > 0);
	b->lock[i - 1] = b->lock[--b->n_locks];
}

void
race_lock(struct sim_lock *l, bool shared)
{
	struct branch *b = await((struct next){
		.object = l,
		.size = sizeof *l,
		.kind = shared ? NEXT_LOCK_SHARED : NEXT_LOCK,
		.access = shared ? RACE_READ : RACE_WRITE,
		.lock = l,
	});

	tell(b, (struct race_event){.act = shared ? RACE_LOCK_SHARED : RACE_LOCK});
	if (shared)
		l->readers++;
	else
		l->writer = (uint8_t)(sim_racing->current + 1);
	cpu_fence(&b->cpu);
	held_add(b, l);
}

void
race_unlock(struct sim_lock *l, bool shared)
{
	struct branch *b = &sim_racing->branch[sim_racing->current];

	held_remove(b, l);
	cpu_store(&b->cpu, (struct store){
		.p = l,
		.kind = shared ? STORE_UNLOCK_SHARED : STORE_UNLOCK,
	});
}

bool
race_holds(const struct sim_lock *l)
{
	const struct branch *b = &sim_racing->branch[sim_racing->current];

	for (unsigned int i = 0; i < b->n_locks; i++)
		if (b->lock[i] == l)
			return true;
	return false;
}

/* No order of memory comes with it: what is loaded after may be early. */
void
race_enter(struct sim_lock *l, const void *object, const char *in)
{
	struct branch *b = await((struct next){object, 1, NEXT_STEP, RACE_READ, .shared = false});

	tell(b, (struct race_event){.act = RACE_STEP, .in = in});
	l->readers++;
	held_add(b, l);
}

void
race_leave(struct sim_lock *l)
{
	held_remove(&sim_racing->branch[sim_racing->current], l);
	l->readers--;
}

void
race_flush(struct sim_lock *l, const void *object, const char *in)
{
	struct branch *b = await((struct next){
		.object = object, .size = 1, .kind = NEXT_FLUSH, .access = RACE_WRITE, .lock = l,
	});

	tell(b, (struct race_event){.act = RACE_FLUSH, .in = in});
}
