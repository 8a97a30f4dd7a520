/*
 * clock: sleep.  Xen wants the time of its own clock, and tells that of one moment only: when it
 * last let this processor run.  What the counter has gone on since then is the rest.
 *
 * The guest's own timer would not do: what fires between a look at it and wfi wakes nobody.
 */
#include "arch/arm/arm.h"
#include "arch/guest/hypercall.h"

#include <xen/sched.h>
#include <xen/vcpu.h>

static struct vcpu_runstate_info runstate;	/* Xen keeps it up to date */
static uint64_t ran_ns, ran_at;			/* of Xen's clock, and by the counter */

static uint64_t
counter(void)
{
	uint64_t v;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(v) : : "memory");
	return v;
}

/* Note when Xen let us run, if it has since. */
static void
note_run(void)
{
	uint64_t entry_ns = *(volatile uint64_t *)&runstate.state_entry_time;

	if (entry_ns == ran_ns)
		return;
	ran_ns = entry_ns;
	ran_at = counter();
}

void
arm_clock_init(void)
{
	struct vcpu_register_runstate_memory_area area = { .addr.v = &runstate };

	ARCH_ASSERT(hypercall(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0,
			      (unsigned long)&area, 0) == 0);
	note_run();
}

uint64_t
arm_now_ns(void)
{
	uint64_t frequency;

	__asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
	note_run();
	return ran_ns + (counter() - ran_at) * 1000000000 / frequency;
}

/* A poll of no ports ends with its timeout only. */
void
pv_sleep_ns(uint64_t ns)
{
	struct sched_poll poll = { .nr_ports = 0, .timeout = arm_now_ns() + ns };

	hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, (unsigned long)&poll, 0, 0);
	note_run();
}
