/* hypercall_impl: how a process of dom0 calls: the kernel does it for it; see privcmd.c. */
#ifndef GUEST_HYPERCALL_H
#error "include arch/guest/hypercall.h"
#endif

long hypercall(unsigned int number, unsigned long a1, unsigned long a2, unsigned long a3,
	       unsigned long a4);
