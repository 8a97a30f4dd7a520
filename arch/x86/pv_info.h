/* pv_info: the two pages in which whoever built a PV guest, and Xen, tell it about itself. */
#ifndef X86_PV_INFO_H
#define X86_PV_INFO_H

#include "arch/x86/pv.h"

const start_info_t *pv_start_info(void);
shared_info_t *pv_shared_info(void);

#endif
