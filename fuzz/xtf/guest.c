/*
 * guest: the Xen Test Framework's part, for a test that boots as our PV dom0.
 *
 * It runs the test once and ends the machine.  What the test says goes to Xen's console, in lines
 * that begin with `xtf: '; the last is XTF's verdict, the worst of what was reported.
 */
#include "fuzz/xtf/xtf.h"

#include <stdarg.h>
#include <stdio.h>

#include "arch/guest/hypercall.h"
#include "arch/x86/pv.h"

enum { LINE_BYTES = 256 };

/* The worst wins. */
enum verdict { NONE, SUCCESS, SKIP, ERROR, FAILURE };

static enum verdict verdict;
struct grant_entry_v1 *xtf_table;

static void
report(enum verdict v, const char *format, va_list args)
{
	char line[LINE_BYTES];

	if (v > verdict)
		verdict = v;
	vsnprintf(line, sizeof(line), format, args);
	pv_say("xtf: ");
	pv_say(line);
}

#define REPORTER(name, v) \
	void \
	name(const char *format, ...) \
	{ \
		va_list args; \
\
		va_start(args, format); \
		report(v, format, args); \
		va_end(args); \
	}

REPORTER(xtf_success, SUCCESS)
REPORTER(xtf_skip, SKIP)
REPORTER(xtf_error, ERROR)
REPORTER(xtf_failure, FAILURE)

bool
xtf_status_reported(void)
{
	return verdict != NONE;
}

/* The table is there, and of version 1: Xen was told so at boot. */
int
xtf_init_grant_table(unsigned int version)
{
	struct arch *a = pv_domain(0);

	return version == 1 ? arch_gnttab_map_shared(a, a->table_frame, 1, &xtf_table) : -ENODEV;
}

int
xtf_get_domid(void)
{
	return guest_domid(pv_domain(0));
}

unsigned long
virt_to_gfn(const void *va)
{
	return pv_frame_of(va);
}

long
hypercall_grant_table_op(unsigned int cmd, void *args, unsigned int count)
{
	return hypercall_grant_table(cmd, args, count);
}

void
guest_main(struct arch *self)
{
	static const char *const names[] = { "NONE", "SUCCESS", "SKIP", "ERROR", "FAILURE" };

	if (self->index == 0) {
		pv_say("\nxtf: ");
		pv_say(test_title);
		pv_say("\n");
		test_main();
		pv_say("xtf: verdict: ");
		pv_say(names[verdict]);
		pv_say("\n");
		pv_end();
	}
	for (;;)
		pv_turn_wait(self);
}
