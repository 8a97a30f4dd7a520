/* hypercall: the calls that a 64-bit PV guest makes.  Each returns what Xen returns. */
#ifndef X86_HYPERCALL_H
#define X86_HYPERCALL_H

#include "arch/xen_abi.h"

enum { HYPERCALL_BYTES = 32 };	/* of each number's code in the page that Xen fills */
extern char hypercall_page[];

static inline long
hypercall(unsigned int number, unsigned long a1, unsigned long a2, unsigned long a3,
	  unsigned long a4)
{
	long rc = (long)(hypercall_page + number * HYPERCALL_BYTES);
	register unsigned long r10 __asm__("r10") = a4;

	__asm__ volatile("call *%%rax"
			 : "+a"(rc), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10)
			 : : "rcx", "r8", "r9", "r11", "memory", "cc");
	return rc;
}

/* The two that take a command, and operations in our memory. */

static inline long
hypercall_grant_table(unsigned int cmd, void *ops, unsigned int count)
{
	return hypercall(__HYPERVISOR_grant_table_op, cmd, (unsigned long)ops, count, 0);
}

static inline long
hypercall_memory(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_memory_op, cmd, (unsigned long)arg, 0, 0);
}

#endif
