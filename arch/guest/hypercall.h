/*
 * hypercall: the calls that a guest of ours makes.  Each returns what Xen returns.
 *
 *	long hypercall(unsigned int number, unsigned long a1, unsigned long a2, unsigned long a3,
 *		       unsigned long a4);
 *
 * is each machine's own, in its hypercall_impl.h.
 */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include "arch/xen_abi.h"

#include "hypercall_impl.h"

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
