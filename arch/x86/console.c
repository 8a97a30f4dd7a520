/*
 * console: what our guest says, and how it dies.
 *
 * All goes to Xen's console, which the host reads.  A guest that dies takes the machine down (it
 * is dom0), so that nobody waits for it.
 */
#include "arch/arch.h"
#include "arch/x86/common.h"
#include "arch/x86/hypercall.h"

#include <xen/sched.h>

/* What the stubs of boot.S leave on the stack. */
struct trap_frame {
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

enum { TRAP_PAGE_FAULT = 14 };

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
		pv_say_number(" address 0x", pv_fault_address());
	die();
}
