/* clock: Xen's time, as it publishes it for our one vCPU, and sleep by it. */
#include "arch/guest/common.h"
#include "arch/guest/hypercall.h"

#include <xen/sched.h>

static uint64_t
read_tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* Xen makes `version` odd while it writes the rest. */
uint64_t
pv_now_ns(void)
{
	const volatile struct vcpu_time_info *t = &pv_shared_info()->vcpu_info[0].time;
	uint32_t version;
	uint64_t ns;

	do {
		version = t->version;
		__asm__ volatile("" : : : "memory");
		uint64_t ticks = read_tsc() - t->tsc_timestamp;
		int8_t shift = t->tsc_shift;

		ticks = shift >= 0 ? ticks << shift : ticks >> -shift;
		ns = (uint64_t)(((unsigned __int128)ticks * t->tsc_to_system_mul) >> 32);
		ns += t->system_time;
		__asm__ volatile("" : : : "memory");
	} while ((version & 1) != 0 || version != t->version);
	return ns;
}

/* A poll of no ports ends with its timeout only. */
void
pv_sleep_ns(uint64_t ns)
{
	struct sched_poll poll = { .nr_ports = 0, .timeout = pv_now_ns() + ns };

	hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, (unsigned long)&poll, 0, 0);
}

