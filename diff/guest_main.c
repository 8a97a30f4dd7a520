/*
 * guest_main: what our guest does on a real Xen: runs the programs of its mailbox, for ever.
 *
 * The same in every domain.  A program is a play in acts; in each, those domains that take part
 * come on one after the other, and only in the second does the program say who.  All of it is in
 * shared memory, which belongs to the domain that has the turn.  Before each program the domains'
 * state, and Xen's of them, is as at boot.
 */
#include "arch/x86/pv.h"
#include "diff/interp.h"
#include "diff/mailbox.h"

enum {
	IDLE_SPINS_MAX = 2000,		/* looks at the mailbox before the processor is given up */
	IDLE_SLEEP_NS = 50 * 1000,	/* at first; each sleep is twice the one before */
	IDLE_DOUBLINGS_MAX = 7,
};

enum act {
	ACT_WAIT,		/* dom0 alone, until the host wants a program run */
	ACT_BEGIN,
	ACT_OPERATIONS,
	ACT_END,
	ACT_RESET,
};

static struct mailbox mailbox PV_SHARED __attribute__((aligned(MAILBOX_PAGE)));
static const struct program *program PV_SHARED;
static struct interp interp PV_SHARED;
static struct {
	enum act act;
	unsigned int at;	/* the next operation */
	bool began;		/* there is a program to finish */
} play PV_SHARED;

/* Each domain's own. */
static uint64_t pristine_digest[PV_PAGES];	/* of a page that holds its pattern */
static uint32_t pristine;			/* the pages that do */

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
		pv_sleep_ns((uint64_t)IDLE_SLEEP_NS << doublings);
		doublings += doublings < IDLE_DOUBLINGS_MAX;
	}
}

/* ------------------------------------------------------------------ the acts */

static void
finish_program(void)
{
	interp_close(&interp);
	pv_rest();
	__atomic_store_n(&mailbox.done, mailbox.done + 1, __ATOMIC_RELEASE);
}

static void
start_program(void)
{
	struct mailbox_slot *s = &mailbox.slot[mailbox.done % MAILBOX_SLOTS];

	program = &s->program;
	ARCH_ASSERT(program->header.domains <= pv_domains());
	interp_open(&interp, program, &s->trace);
	play.at = 0;
	play.began = true;
	pv_set_room(program->header.domains, program->header.room);
	pv_wake(program->header.domains);
}

static void
do_operations(const struct arch *self)
{
	while (play.at < program->n_ops && program->ops[play.at].actor == self->index) {
		mailbox.at = play.at;
		play.at += interp_step(&interp, play.at);
	}
	mailbox.at = MAILBOX_NO_OP;
}

static void
do_part(struct arch *self)
{
	switch (play.act) {
	case ACT_WAIT:
		if (play.began)
			finish_program();
		wait_for_program();
		start_program();
		break;
	case ACT_BEGIN:
		pv_begin(self, program->header.pages);
		interp_begin_domain(&interp, self->index, self);
		break;
	case ACT_OPERATIONS:
		do_operations(self);
		break;
	case ACT_END:
		interp_end_domain(&interp, self->index);
		pristine = find_pristine(self, &interp.trace->domain[self->index]);
		pv_unmap_all(self);
		break;
	case ACT_RESET:
		pv_reset(self, pristine);
		break;
	}
}

/* ------------------------------------------------------------------ who comes next */

/* The act that is over gives way to the next one.  Returns who begins. */
static unsigned int
next_act(void)
{
	if (play.act == ACT_RESET) {
		play.act = ACT_WAIT;
		return 0;
	}
	play.act++;
	if (play.act == ACT_OPERATIONS) {
		if (program->n_ops > 0)
			return program->ops[0].actor;
		play.act++;
	}
	return 0;
}

/* Who has the next part.  Returns a domain. */
static unsigned int
next_turn(const struct arch *self)
{
	if (play.act == ACT_OPERATIONS)
		return play.at < program->n_ops ? program->ops[play.at].actor : next_act();
	if (play.act != ACT_WAIT && self->index + 1u < program->header.domains)
		return self->index + 1u;
	return next_act();
}

/* A program that came with the machine is there as if the host had asked for it. */
static void
take_module(void)
{
	struct mailbox_slot *s = &mailbox.slot[0];
	size_t n;
	const uint8_t *bytes = pv_module(&n);

	if (bytes == NULL)
		return;
	program_decode(&s->program, bytes, n);
	mailbox.asked = 1;
}

static void
open_mailbox(struct arch *a)
{
	const uint8_t *start = (const uint8_t *)&mailbox;

	mailbox.n_pages = (sizeof(mailbox) + MAILBOX_PAGE - 1) / MAILBOX_PAGE;
	for (unsigned int i = 0; i < mailbox.n_pages; i++)
		mailbox.frame[i] = pv_frame_of(start + (size_t)i * MAILBOX_PAGE);
	mailbox.xen_version = pv_xen_version();
	mailbox.domains = pv_domains();
	mailbox.table_frames = a->table_frames;
	mailbox.at = MAILBOX_NO_OP;
	take_module();
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
	if (self->index == 0)
		open_mailbox(self);
	for (;;) {
		pv_turn_wait(self);
		do_part(self);
		pv_turn_give(next_turn(self));
	}
}
