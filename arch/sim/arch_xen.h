/*
 * The simulated guest is one of 64 bits, whatever its host is: frame numbers have 64 bits, aligned
 * so, and with them the hypercalls' structures are those of a 64-bit guest, but for pointers.  An
 * i386 host's xen.h says 32; what it declares with its own type, nobody here uses.
 */
#define xen_pfn_t xen_pfn_of_the_host_t
#include <xen/xen.h>
#undef xen_pfn_t

typedef uint64_t xen_pfn_t __attribute__((aligned(8)));
DEFINE_XEN_GUEST_HANDLE(xen_pfn_t);
