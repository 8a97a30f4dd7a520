/*
 * console: what our guest says, and how it dies.
 *
 * What dom0 says goes to Xen's console, which the host reads.  A release build of Xen has no
 * console for the others: they say nothing but their last words, in shared memory, which dom0
 * passes on.  A domain that somebody's tools have made has a ring.  Who dies takes the machine down
 * with it, so that nobody waits: dom0 by its own crash.
 */
#include "arch/guest/domu.h"
#include "arch/guest/hypercall.h"
#include "arch/x86/pv_info.h"

#include <xen/sched.h>

/* What the stubs of boot.S leave on the stack. */
struct trap_frame {
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

enum { TRAPS = 20, TRAP_PAGE_FAULT = 14, LAST_WORDS_BYTES = 512 };

extern const uint64_t trap_entries[TRAPS];

static const start_info_t *start_info;
static unsigned int self;	/* the domain's index */

static struct {
	char text[LAST_WORDS_BYTES];
	uint32_t n;
	bool spoken;		/* whole: somebody has died */
} last_words PV_SHARED;

/* A page of its own: what Xen puts at its address hides what was there. */
static union {
	shared_info_t info;
	uint8_t page[XEN_PAGE_SIZE];
} shared __attribute__((aligned(XEN_PAGE_SIZE)));

_Noreturn void pv_trap(const struct trap_frame *f);

static unsigned int
length(const char *s)
{
	unsigned int n = 0;

	while (s[n] != 0)
		n++;
	return n;
}

static void
say_at_last(const char *s)
{
	for (; *s != 0 && last_words.n < LAST_WORDS_BYTES - 1; s++)
		last_words.text[last_words.n++] = *s;
}

void
pv_say(const char *s)
{
	if (self != 0)
		say_at_last(s);
	else if (domu_is())
		domu_say(s);
	else
		hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, length(s), (unsigned long)s,
			  0);
}

void
pv_say_number(const char *s, uint64_t v)
{
	char text[16 + 1], *p = text + sizeof(text) - 1;

	*p = 0;
	do {
		*--p = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v != 0);
	pv_say(s);
	pv_say(p);
}

static _Noreturn void
shut_down(unsigned int reason)
{
	struct sched_shutdown how = { .reason = reason };

	domu_flush();
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (unsigned long)&how, 0, 0);
	for (;;)
		__asm__ volatile("pause");
}

static _Noreturn void
die(void)
{
	pv_say("\n");
	if (self != 0)
		__atomic_store_n(&last_words.spoken, true, __ATOMIC_RELEASE);
	shut_down(SHUTDOWN_crash);
}

_Noreturn void
pv_end(void)
{
	shut_down(SHUTDOWN_reboot);
}

static void
say_panic(unsigned int index)
{
	char who[] = "d0: ";

	who[1] = (char)('0' + index);
	pv_say("gntfuzz guest: panic: ");
	pv_say(who);
}

void
pv_check_last_words(void)
{
	if (!__atomic_load_n(&last_words.spoken, __ATOMIC_ACQUIRE))
		return;
	pv_say(last_words.text);
	die();
}

_Noreturn void
pv_die_of(unsigned int index)
{
	pv_check_last_words();
	say_panic(index);
	pv_say("Xen has ended the domain");
	die();
}

_Noreturn void
arch_panic(const char *file, int line, const char *what)
{
	say_panic(self);
	pv_say(file);
	pv_say_number(":0x", (uint64_t)line);
	pv_say(": ");
	pv_say(what);
	die();
}

_Noreturn void
pv_trap(const struct trap_frame *f)
{
	say_panic(self);
	pv_say_number("trap 0x", f->vector);
	pv_say_number(" error 0x", f->error);
	pv_say_number(" rip 0x", f->rip);
	pv_say_number(" rsp 0x", f->rsp);
	if (f->vector == TRAP_PAGE_FAULT)
		pv_say_number(" address 0x", shared.info.vcpu_info[0].arch.cr2);
	die();
}

void
pv_console_init(unsigned int index, const void *info)
{
	static trap_info_t traps[TRAPS + 1];	/* the last stays 0 */

	start_info = info;
	self = index;
	for (unsigned int i = 0; i < TRAPS; i++) {
		traps[i].vector = (uint8_t)i;
		traps[i].cs = FLAT_KERNEL_CS;
		traps[i].address = trap_entries[i];
	}
	ARCH_ASSERT(hypercall(__HYPERVISOR_set_trap_table, (unsigned long)traps, 0, 0, 0) == 0);
	ARCH_ASSERT(hypercall(__HYPERVISOR_update_va_mapping, (unsigned long)&shared,
			      start_info->shared_info | PTE_RW_FLAGS, UVMF_INVLPG, 0) == 0);
	shared.info.vcpu_info[0].evtchn_upcall_mask = 1;	/* we have no handler */
}

const start_info_t *
pv_start_info(void)
{
	return start_info;
}

shared_info_t *
pv_shared_info(void)
{
	return &shared.info;
}
