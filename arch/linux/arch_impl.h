/* A process of a PV dom0 shares memory as any x86 guest does. */
#include "arch/x86/arch_impl.h"
