#include "arch/cc/arch_xen.h"
