/*
 * translated_main: what our guest does on a real Xen as a translated domain: runs the programs of
 * its mailbox, for itself and for the domains beside it that do what it says.
 *
 * Before each program the guests' state, and Xen's of it, is as at boot; but programs lose pages
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
static unsigned int n_awake = 1;	/* domains */
/* Of each domain's pages that hold their pattern. */
static uint64_t pristine_digest[GUEST_DOMAINS_MAX][TRANSLATED_PAGES];

static void
make_pristine_digests(unsigned int d)
{
	static uint8_t bytes[XEN_PAGE_SIZE];

	for (unsigned int page = 0; page < TRANSLATED_PAGES; page++) {
		for (unsigned int i = 0; i < XEN_PAGE_SIZE; i++)
			bytes[i] = guest_page_pattern(d, page, i);
		pristine_digest[d][page] = trace_digest(bytes);
	}
}

/* Which pages hold their pattern after all: their digest, which the trace has, says so. */
static uint32_t
find_pristine(unsigned int d, const struct trace *t)
{
	uint32_t pristine = 0;

	for (unsigned int slot = 0; slot < GUEST_PAGES_MAX; slot++) {
		unsigned int page = translated_slot_page(translated_domain(d), slot);

		if (page != TRANSLATED_NO_PAGE &&
		    t->domain[d].digest[slot] == pristine_digest[d][page])
			pristine |= (uint32_t)1 << page;
	}
	return pristine;
}

/* Nobody's mapping is left when any domain's table is cleared, or page put back. */
static void
clean_up(unsigned int domains, const struct trace *t)
{
	for (unsigned int d = 0; d < domains; d++)
		translated_windows_reset(translated_domain(d));
	for (unsigned int d = 0; d < domains; d++)
		translated_reset(translated_domain(d), find_pristine(d, t));
}

/*
 * Domains that programs need stay awake until the host has no more of them: one that slept in
 * between would be waited for, and its sleep costs more than its looking.
 */
static void
keep_awake(unsigned int domains)
{
	n_awake = domains;
	translated_need(domains);
}

static void
run_program(struct mailbox_slot *s)
{
	struct arch *guests[DOMAINS_MAX];
	const struct program *program = &s->program;
	unsigned int domains = program->header.domains;

	ARCH_ASSERT(domains <= translated_domains());
	if (domains > n_awake)
		keep_awake(domains);
	for (unsigned int d = 0; d < domains; d++) {
		guests[d] = translated_domain(d);
		translated_begin(guests[d], program->header.pages);
	}
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
	clean_up(domains, &s->trace);
	mailbox.worn =
		translated_pages_left(guests[0]) < MAILBOX_LAST_PROGRAMS * TRANSLATED_LOST_MAX;
}

/* Wait for the host to ask for more than was done. */
static void
wait_for_program(void)
{
	for (unsigned int spins = 0;; spins++) {
		if (__atomic_load_n(&mailbox.asked, __ATOMIC_ACQUIRE) != mailbox.done)
			return;
		if (spins < IDLE_SPINS_MAX) {
			arch_relax();
			continue;
		}
		keep_awake(1);
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
open_mailbox(void)
{
	name_pages();
	mailbox.xen_version = guest_xen_version();
	mailbox.domains = translated_domains();
	mailbox.table_frames = translated(translated_domain(0))->table_frames;
	mailbox.at = MAILBOX_NO_OP;
	take_along();
	__atomic_store_n(&mailbox.magic, MAILBOX_MAGIC, __ATOMIC_RELEASE);
	translated_say_number(MAILBOX_LINE, mailbox.frame[0]);
	translated_say("\n");
}

void
guest_main(void)
{
	for (unsigned int d = 0; d < translated_domains(); d++)
		make_pristine_digests(d);
	open_mailbox();
	for (;;) {
		wait_for_program();
		run_program(&mailbox.slot[mailbox.done % MAILBOX_SLOTS]);
		__atomic_store_n(&mailbox.done, mailbox.done + 1, __ATOMIC_RELEASE);
	}
}
