/* hypercall_impl: how a 64-bit x86 guest calls: through the page that Xen has filled. */
#ifndef GUEST_HYPERCALL_H
#error "include arch/guest/hypercall.h"
#endif

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
