/*
 * guest_main: what our guest does on a real Xen: runs the programs of its mailbox, for ever.
 *
 * The same in every domain.  A program is a play in acts: dom0 gets it, its actors do it, and each
 * domain that took part changes for the next one, in one go.  All of it is in shared memory, which
 * belongs to the domain that has the turn.  Before each program the domains' state, and Xen's of
 * them, is as at boot.
 *
 * A race is acts of its own between operations: what each domain does before, then all branches at
 * once, then what each does after.
 */
#include "arch/x86/pv.h"
#include "diff/carried.h"
#include "diff/guest_pace.h"
#include "diff/interp.h"
#include "diff/mailbox.h"

enum {
	IDLE_SPINS_MAX = 2000,		/* looks at the mailbox before the processor is given up */
	IDLE_SLEEP_NS = 50 * 1000,	/* at first; each sleep is twice the one before */
	IDLE_DOUBLINGS_MAX = 7,
};

enum act {
	ACT_CHANGE,		/* from the last program to the next, whatever that will be */
	ACT_WAIT,		/* dom0 alone, until the host wants a program run */
	ACT_OPERATIONS,
	ACT_PART, ACT_RACE, ACT_SETTLE, ACT_TAKE,	/* of a race */
};

static struct mailbox mailbox PV_SHARED __attribute__((aligned(MAILBOX_PAGE)));
static const struct program *program PV_SHARED;
static struct interp interp PV_SHARED;
static struct interp_racers racers PV_SHARED;
static struct pace pace PV_SHARED;
static struct {
	enum act act;
	unsigned int at;	/* the next operation */
	unsigned int to_change;	/* bit d: domain d, when the program has ended */
	unsigned int racing;	/* likewise, in this act of a race */
	uint32_t seed;		/* of this program's races */
	bool began;		/* there is a program to finish */
} play PV_SHARED;

/* Each domain's own. */
static uint64_t pristine_digest[PV_PAGES];	/* of a page that holds its pattern */

static void
make_pristine_digests(const struct arch *a)
{
	static uint8_t bytes[XEN_PAGE_SIZE];

	for (unsigned int page = 0; page < PV_PAGES; page++) {
		for (unsigned int i = 0; i < XEN_PAGE_SIZE; i++)
			bytes[i] = guest_page_pattern(a->index, page, i);
		pristine_digest[page] = trace_digest(bytes);
	}
}

/* Which pages hold their pattern after all: their digest, which the trace has, says so. */
static uint32_t
find_pristine(const struct arch *a, const struct trace_domain *t)
{
	uint32_t found = 0;

	for (unsigned int slot = 0; slot < GUEST_PAGES_MAX; slot++) {
		unsigned int page = pv_slot_page(a, slot);

		if (page < PV_PAGES && t->digest[slot] == pristine_digest[page])
			found |= (uint32_t)1 << page;
	}
	return found;
}

/*
 * Wait for the host to ask for more than was done: no longer, when it comes, than twice what there
 * was to wait for, and at next to no cost when it does not.
 */
static void
wait_for_program(void)
{
	unsigned int spins = 0, doublings = 0;

	while (__atomic_load_n(&mailbox.asked, __ATOMIC_ACQUIRE) == mailbox.done) {
		pv_serve();
		if (spins++ < IDLE_SPINS_MAX) {
			pv_relax();
			continue;
		}
		pv_need(0);
		pv_sleep_ns((uint64_t)IDLE_SLEEP_NS << doublings);
		doublings += doublings < IDLE_DOUBLINGS_MAX;
	}
}

/* ------------------------------------------------------------------ the acts */

static void
finish_program(void)
{
	interp_close(&interp);
	if (carried() != NULL) {
		carried_tell(carried(), interp.trace, pv_say);
		pv_end();
	}
	__atomic_store_n(&mailbox.done, mailbox.done + 1, __ATOMIC_RELEASE);
}

static struct mailbox_slot *
slot(void)
{
	return &mailbox.slot[mailbox.done % MAILBOX_SLOTS];
}

static unsigned int
all_domains(unsigned int n)
{
	return (1u << n) - 1;
}

/* Whether the program may send a page to domain d. */
static bool
may_receive(unsigned int d)
{
	for (unsigned int i = 0; i < program->n_ops; i++) {
		const struct op *o = &program->ops[i];

		if (o->kind == OP_TRANSFER && (o->b.dom == d || o->b.dom >= DOMAINS_MAX))
			return true;
	}
	return false;
}

static void
start_program(void)
{
	struct mailbox_slot *s = slot();

	program = &s->program;
	ARCH_ASSERT(program->header.domains <= pv_domains());
	pv_supply_stock();
	for (unsigned int d = 0; d < program->header.domains; d++) {
		pv_begin(pv_domain(d), program->header.pages);
		if (may_receive(d))
			pv_set_room(d, program->header.room);
	}
	interp_open(&interp, program, &s->trace);
	play.at = 0;
	play.seed = s->seed;
	s->overlapped = 0;
	interp.racers = &racers;
	play.to_change = all_domains(program->header.domains);
	play.began = true;
	pv_need(program->header.domains);
}

/* ------------------------------------------------------------------ races */

/* The domains of the race, a bit each; 0: one of them would need two virtual CPUs. */
static unsigned int
racing_domains(void)
{
	unsigned int d = 0;

	for (unsigned int b = 0; b < racers.race.n; b++) {
		if (d >> racers.race.branch[b].actor & 1)
			return 0;
		d |= 1u << racers.race.branch[b].actor;
	}
	return d;
}

static void
start_race(void)
{
	interp_race_find(&interp, play.at);
	play.racing = racing_domains();
	if (play.racing == 0) {
		play.at += interp_race_skip(&interp, play.at);
		return;
	}
	mailbox.at = play.at;
	play.act = ACT_PART;
}

/* Its own domain's branch; the others run theirs meanwhile. */
static void
run_branch(unsigned int domain)
{
	for (unsigned int b = 0; b < racers.race.n; b++) {
		struct pacer pacer;

		if (racers.race.branch[b].actor != domain)
			continue;
		pacer_init(&pacer, &pace, b);
		interp_race_branch(&interp, b, pacer_before, &pacer);
		pacer_end(&pacer);
	}
}

static void
do_race(void)
{
	interp_race_begin(&interp);
	pace_start(&pace, play.seed, racers.race.n);
	pv_at_once(racing_domains(), run_branch);
	pace_learn(&pace);
	slot()->overlapped += pace.overlapped;
	play.act = ACT_SETTLE;
	play.racing = racing_domains();
}

static void
do_operations(const struct arch *self)
{
	while (play.at < program->n_ops && program->ops[play.at].actor == self->index &&
	       program->ops[play.at].kind != OP_RACE) {
		mailbox.at = play.at;
		play.at += interp_step(&interp, play.at);
	}
	mailbox.at = MAILBOX_NO_OP;
	if (play.at < program->n_ops && program->ops[play.at].kind == OP_RACE)
		start_race();
}

/*
 * From one program to the next, as far as this domain is concerned.  Others may still map its
 * pages, which to Xen is no matter: what they unmap later is counted in its own books, and not in
 * the table that is cleared here.  Only dom0 comes last, as it gets back what it has lent for
 * unmapping.
 */
static void
change(struct arch *self)
{
	uint32_t pristine = 0;	/* the pages that hold their pattern */

	if (play.began) {
		interp_end_domain(&interp, self->index);
		/* Nothing needs be put back, nor can it be by whom Xen gives no certain frame. */
		if (carried() != NULL && pv_domains() == 1)
			finish_program();
		pristine = find_pristine(self, &interp.trace->domain[self->index]);
	}
	pv_reset(self, pristine);
	interp_begin_domain(&interp, self->index, self);
	pv_unmap_all(self);
	play.to_change &= ~(1u << self->index);
}

static void
do_part(struct arch *self)
{
	switch (play.act) {
	case ACT_CHANGE:
		change(self);
		break;
	case ACT_WAIT:
		if (play.began)
			finish_program();
		wait_for_program();
		start_program();
		break;
	case ACT_OPERATIONS:
		do_operations(self);
		break;
	case ACT_PART:
		interp_race_part(&interp, self->index);
		play.racing &= ~(1u << self->index);
		break;
	case ACT_RACE:
		do_race();
		break;
	case ACT_SETTLE:
		interp_race_settle(&interp, self->index);
		play.racing &= ~(1u << self->index);
		break;
	case ACT_TAKE:
		interp_race_take(&interp, self->index);
		play.racing &= ~(1u << self->index);
		break;
	}
}

/* ------------------------------------------------------------------ who comes next */

/* Of some domains: who has the turn already, then the others, and dom0 last. */
static unsigned int
next_of(unsigned int domains, const struct arch *self)
{
	unsigned int others = domains & ~1u;

	if ((others >> self->index & 1) != 0)
		return self->index;
	return others != 0 ? (unsigned int)__builtin_ctz(others) : 0;
}

/* Of a race: whoever is left of this act, or the next act. */
static unsigned int
next_in_race(const struct arch *self)
{
	if (play.racing == 0 && play.act == ACT_PART) {
		play.act = ACT_RACE;
		return self->index;
	}
	if (play.racing == 0 && play.act == ACT_SETTLE) {
		play.act = ACT_TAKE;
		play.racing = racing_domains();
	} else if (play.racing == 0) {
		play.at += interp_race_end(&interp);
		play.act = ACT_OPERATIONS;
	}
	return next_of(play.racing, self);
}

/* Who has the next part, of this act or of the one that follows.  Returns a domain. */
static unsigned int
next_turn(const struct arch *self)
{
	if (play.act >= ACT_PART) {
		unsigned int next = next_in_race(self);

		if (play.act != ACT_OPERATIONS)
			return next;
	}
	if (play.act == ACT_CHANGE && play.to_change == 0)
		play.act = ACT_WAIT;
	else if (play.act == ACT_WAIT)
		play.act = ACT_OPERATIONS;
	if (play.act == ACT_OPERATIONS && play.at < program->n_ops)
		return program->ops[play.at].actor;
	if (play.act == ACT_OPERATIONS)
		play.act = ACT_CHANGE;
	return play.act == ACT_CHANGE ? next_of(play.to_change, self) : 0;
}

/*
 * A program that came with the machine, in the image or beside it, is there as if the host had
 * asked for it.
 */
static void
take_along(void)
{
	struct mailbox_slot *s = &mailbox.slot[0];
	const struct carried *c = carried();
	size_t n;
	const uint8_t *bytes = pv_module(&n);

	if (c != NULL && c->program.header.domains > pv_domains()) {
		carried_tell_skip("there are not as many domains as it wants", pv_say);
		pv_end();
	}
	if (c != NULL) {
		s->program = c->program;
	} else if (bytes != NULL && n >= sizeof(s->seed)) {
		__builtin_memcpy(&s->seed, bytes, sizeof(s->seed));
		program_decode(&s->program, bytes + sizeof(s->seed), n - sizeof(s->seed));
	} else {
		return;
	}
	mailbox.asked = 1;
}

static void
open_mailbox(struct arch *a)
{
	const uint8_t *start = (const uint8_t *)&mailbox;

	mailbox.n_pages = (sizeof(mailbox) + MAILBOX_PAGE - 1) / MAILBOX_PAGE;
	for (unsigned int i = 0; i < mailbox.n_pages; i++)
		mailbox.frame[i] = pv_frame_of(start + (size_t)i * MAILBOX_PAGE);
	mailbox.xen_version = guest_xen_version();
	mailbox.domains = pv_domains();
	mailbox.table_frames = a->table_frames;
	mailbox.at = MAILBOX_NO_OP;
	take_along();
	__atomic_store_n(&mailbox.magic, MAILBOX_MAGIC, __ATOMIC_RELEASE);
	if (pv_alone() != NULL) {
		pv_say("gntfuzz guest: alone: ");
		pv_say(pv_alone());
		pv_say("\n");
	}
	pv_say_number(MAILBOX_LINE, mailbox.frame[0]);
	pv_say("\n");
}

void
guest_main(struct arch *self)
{
	make_pristine_digests(self);
	if (self->index == 0) {
		open_mailbox(self);
		play.to_change = all_domains(pv_domains());
		pv_need(pv_domains());
	}
	for (;;) {
		pv_turn_wait(self);
		do_part(self);
		pv_turn_give(next_turn(self));
	}
}
