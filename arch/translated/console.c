/*
 * console: what our guest says, and how it dies: with the machine, so that nobody waits for it.
 */
#include "arch/guest/domu.h"
#include "arch/guest/hypercall.h"
#include "arch/translated/translated.h"

#include <xen/sched.h>

void
translated_say(const char *s)
{
	unsigned int n = 0;

	if (domu_is()) {
		domu_say(s);
		return;
	}
	while (s[n] != 0)
		n++;
	hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, n, (unsigned long)s, 0);
}

void
translated_say_number(const char *s, uint64_t v)
{
	char text[2 * sizeof(v) + 1] = "";
	unsigned int n = 1;

	for (uint64_t rest = v >> 4; rest != 0; rest >>= 4)
		n++;
	for (unsigned int i = 0; i < n; i++)
		text[i] = "0123456789abcdef"[v >> 4 * (n - 1 - i) & 15];
	translated_say(s);
	translated_say(text);
}

static _Noreturn void
shut_down(unsigned int reason)
{
	struct sched_shutdown how = { .reason = reason };

	domu_flush();
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (unsigned long)&how, 0, 0);
	for (;;)
		arch_relax();
}

void
translated_last_words(void)
{
	translated_say("gntfuzz guest: panic: d0: ");
}

_Noreturn void
translated_die(void)
{
	translated_say("\n");
	shut_down(SHUTDOWN_crash);
}

_Noreturn void
translated_end(void)
{
	shut_down(SHUTDOWN_reboot);
}

_Noreturn void
arch_panic(const char *file, int line, const char *what)
{
	translated_last_words();
	translated_say(file);
	translated_say_number(":0x", (uint64_t)line);
	translated_say(": ");
	translated_say(what);
	translated_die();
}
