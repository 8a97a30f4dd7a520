/*
 * translated_main: what our guest does on a real Xen as a translated domain, alone: runs the
 * programs of its mailbox.
 *
 * Before each program the guest's state, and Xen's of it, is as at boot; but programs lose pages
 * for good, so that a machine wears out.
 */
#include "arch/translated/translated.h"
#include "diff/carried.h"
#include "diff/interp.h"
#include "diff/mailbox.h"

enum {
	IDLE_SPINS_MAX = 2000,		/* looks at the mailbox before the processor is given up */
	IDLE_SLEEP_NS = 200 * 1000,
};

static struct mailbox mailbox __attribute__((aligned(MAILBOX_PAGE)));
static struct interp interp;
static uint64_t pristine_digest[TRANSLATED_PAGES];	/* of a page that holds its pattern */

static void
make_pristine_digests(void)
{
	static uint8_t bytes[XEN_PAGE_SIZE];

	for (unsigned int page = 0; page < TRANSLATED_PAGES; page++) {
		for (unsigned int i = 0; i < XEN_PAGE_SIZE; i++)
			bytes[i] = guest_page_pattern(0, page, i);
		pristine_digest[page] = trace_digest(bytes);
	}
}

/* Which pages hold their pattern after all: their digest, which the trace has, says so. */
static uint32_t
find_pristine(const struct arch *a, const struct trace *t)
{
	uint32_t pristine = 0;

	for (unsigned int slot = 0; slot < GUEST_PAGES_MAX; slot++) {
		unsigned int page = translated_slot_page(a, slot);

		if (page != TRANSLATED_NO_PAGE &&
		    t->domain[0].digest[slot] == pristine_digest[page])
			pristine |= (uint32_t)1 << page;
	}
	return pristine;
}

static void
run_program(struct arch *a, struct mailbox_slot *s)
{
	struct arch *guests[DOMAINS_MAX] = { a, a, a };
	const struct program *program = &s->program;

	translated_begin(a, program->header.pages);
	interp_begin(&interp, program, guests, &s->trace);
	for (unsigned int at = 0; at < program->n_ops;) {
		mailbox.at = at;
		at += interp_step(&interp, at);
	}
	mailbox.at = MAILBOX_NO_OP;
	interp_end(&interp);
	if (carried() != NULL) {
		carried_tell(carried(), &s->trace, translated_say);
		translated_end();
	}
	translated_reset(a, find_pristine(a, &s->trace));
	mailbox.worn = translated_pages_left(a) < MAILBOX_LAST_PROGRAMS * TRANSLATED_LOST_MAX;
}

/* Wait for the host to ask for more than was done. */
static void
wait_for_program(void)
{
	for (unsigned int spins = 0;; spins++) {
		if (__atomic_load_n(&mailbox.asked, __ATOMIC_ACQUIRE) != mailbox.done)
			return;
		if (spins < IDLE_SPINS_MAX)
			arch_relax();
		else
			pv_sleep_ns(IDLE_SLEEP_NS);
	}
}

/* A program that came with the machine is there as if the host had asked for it. */
static void
take_along(void)
{
	struct mailbox_slot *s = &mailbox.slot[0];
	size_t n;
	const uint8_t *bytes = translated_module(&n);

	if (carried() != NULL)
		s->program = carried()->program;
	else if (bytes != NULL && n >= sizeof(s->seed))
		program_decode(&s->program, bytes + sizeof(s->seed), n - sizeof(s->seed));
	else
		return;
	mailbox.asked = 1;
}

/* The host looks for pages of which we do not know the frames. */
static void
name_pages(void)
{
	uint8_t *start = (uint8_t *)&mailbox;

	mailbox.n_pages = (sizeof(mailbox) + MAILBOX_PAGE - 1) / MAILBOX_PAGE;
	for (uint64_t i = 0; i < mailbox.n_pages; i++) {
		const uint64_t stamp[2] = { MAILBOX_STAMP, i };

		mailbox.frame[i] = translated_machine_frame(start + i * MAILBOX_PAGE);
		if (mailbox.frame[i] == MAILBOX_FRAME_UNKNOWN && i > 0)
			__builtin_memcpy(start + i * MAILBOX_PAGE, stamp, sizeof(stamp));
	}
}

static void
open_mailbox(struct arch *a)
{
	name_pages();
	mailbox.xen_version = guest_xen_version();
	mailbox.domains = 1;
	mailbox.table_frames = translated(a)->table_frames;
	mailbox.at = MAILBOX_NO_OP;
	take_along();
	__atomic_store_n(&mailbox.magic, MAILBOX_MAGIC, __ATOMIC_RELEASE);
	translated_say_number(MAILBOX_LINE, mailbox.frame[0]);
	translated_say("\n");
}

void
guest_main(struct arch *a)
{
	make_pristine_digests();
	open_mailbox(a);
	for (;;) {
		wait_for_program();
		run_program(a, &mailbox.slot[mailbox.done % MAILBOX_SLOTS]);
		__atomic_store_n(&mailbox.done, mailbox.done + 1, __ATOMIC_RELEASE);
	}
}
