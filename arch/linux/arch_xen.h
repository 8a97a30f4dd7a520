#include "arch/x86/arch_xen.h"
