/* pv_info: the page in which whoever built a PV guest tells it about itself. */
#ifndef X86_PV_INFO_H
#define X86_PV_INFO_H

#include "arch/x86/pv.h"

const start_info_t *pv_start_info(void);

#endif
