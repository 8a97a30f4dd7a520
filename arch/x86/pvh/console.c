/*
 * console: what our PVH guest says, and how it dies: with the machine, so that nobody waits for it.
 */
#include "arch/x86/hypercall.h"
#include "arch/x86/pvh/pvh.h"

#include <xen/sched.h>

/* What the stubs of boot.S leave on the stack. */
struct trap_frame {
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

enum { TRAP_PAGE_FAULT = 14 };

_Noreturn void pvh_trap(const struct trap_frame *f);

void
pvh_say(const char *s)
{
	unsigned int n = 0;

	while (s[n] != 0)
		n++;
	hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, n, (unsigned long)s, 0);
}

void
pvh_say_number(const char *s, uint64_t v)
{
	char text[2 * sizeof(v) + 1] = "";
	unsigned int n = 1;

	for (uint64_t rest = v >> 4; rest != 0; rest >>= 4)
		n++;
	for (unsigned int i = 0; i < n; i++)
		text[i] = "0123456789abcdef"[v >> 4 * (n - 1 - i) & 15];
	pvh_say(s);
	pvh_say(text);
}

static _Noreturn void
shut_down(unsigned int reason)
{
	struct sched_shutdown how = { .reason = reason };

	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (unsigned long)&how, 0, 0);
	for (;;)
		__asm__ volatile("pause");
}

static _Noreturn void
die(void)
{
	pvh_say("\n");
	shut_down(SHUTDOWN_crash);
}

_Noreturn void
pvh_end(void)
{
	shut_down(SHUTDOWN_reboot);
}

_Noreturn void
arch_panic(const char *file, int line, const char *what)
{
	pvh_say("gntfuzz guest: panic: d0: ");
	pvh_say(file);
	pvh_say_number(":0x", (uint64_t)line);
	pvh_say(": ");
	pvh_say(what);
	die();
}

_Noreturn void
pvh_trap(const struct trap_frame *f)
{
	uint64_t address;

	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	pvh_say_number("gntfuzz guest: panic: d0: trap 0x", f->vector);
	pvh_say_number(" error 0x", f->error);
	pvh_say_number(" rip 0x", f->rip);
	pvh_say_number(" rsp 0x", f->rsp);
	if (f->vector == TRAP_PAGE_FAULT)
		pvh_say_number(" address 0x", address);
	die();
}
