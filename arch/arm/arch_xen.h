/* The guest is what this is compiled for: Xen's interface to it as Xen's headers have it. */
#include <xen/xen.h>
