/* hypercall_impl: how a 64-bit Arm guest calls: by an exception, the number in x16. */
#ifndef GUEST_HYPERCALL_H
#error "include arch/guest/hypercall.h"
#endif

static inline long
hypercall(unsigned int number, unsigned long a1, unsigned long a2, unsigned long a3,
	  unsigned long a4)
{
	register unsigned long x0 __asm__("x0") = a1;
	register unsigned long x1 __asm__("x1") = a2;
	register unsigned long x2 __asm__("x2") = a3;
	register unsigned long x3 __asm__("x3") = a4;
	register unsigned long x16 __asm__("x16") = number;

	__asm__ volatile("hvc #0xea1"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x16) : : "memory");
	return (long)x0;
}
