/*
 * console: what our guest says, and how it dies.
 *
 * All goes to Xen's console, which the host reads.  A guest that dies takes the machine down (it
 * is dom0), so that nobody waits for it.
 */
#include "arch/x86/hypercall.h"
#include "arch/x86/pv_info.h"

#include <xen/sched.h>

/* What the stubs of boot.S leave on the stack. */
struct trap_frame {
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

enum { TRAPS = 20, TRAP_PAGE_FAULT = 14 };

extern const uint64_t trap_entries[TRAPS];

static const start_info_t *start_info;

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

void
pv_say(const char *s)
{
	hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, length(s), (unsigned long)s, 0);
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
die(void)
{
	struct sched_shutdown how = { .reason = SHUTDOWN_crash };

	pv_say("\n");
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (unsigned long)&how, 0, 0);
	for (;;)
		__asm__ volatile("pause");
}

_Noreturn void
arch_panic(const char *file, int line, const char *what)
{
	pv_say("gntfuzz guest: panic: ");
	pv_say(file);
	pv_say_number(":0x", (uint64_t)line);
	pv_say(": ");
	pv_say(what);
	die();
}

_Noreturn void
pv_trap(const struct trap_frame *f)
{
	pv_say_number("gntfuzz guest: panic: trap 0x", f->vector);
	pv_say_number(" error 0x", f->error);
	pv_say_number(" rip 0x", f->rip);
	pv_say_number(" rsp 0x", f->rsp);
	if (f->vector == TRAP_PAGE_FAULT)
		pv_say_number(" address 0x", shared.info.vcpu_info[0].arch.cr2);
	die();
}

void
pv_console_init(const void *info)
{
	static trap_info_t traps[TRAPS + 1];	/* the last stays 0 */

	start_info = info;
	for (unsigned int i = 0; i < TRAPS; i++) {
		traps[i].vector = (uint8_t)i;
		traps[i].cs = FLAT_KERNEL_CS;
		traps[i].address = trap_entries[i];
	}
	ARCH_ASSERT(hypercall(__HYPERVISOR_set_trap_table, (unsigned long)traps, 0, 0, 0) == 0);
	ARCH_ASSERT(hypercall(__HYPERVISOR_update_va_mapping, (unsigned long)&shared,
			      start_info->shared_info | PTE_RW_FLAGS, UVMF_INVLPG, 0) == 0);
}

const start_info_t *
pv_start_info(void)
{
	return start_info;
}

const shared_info_t *
pv_shared_info(void)
{
	return &shared.info;
}
