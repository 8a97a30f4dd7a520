/*
 * xtf: what our XTF tests use of the Xen Test Framework, where the framework is not.
 *
 * Names and types are those of its public interface.  A compiler can so look at a test; and with
 * fuzz/xtf/guest.c, which stands in for the framework in a PV guest of ours, a Xen can run it.
 */
#ifndef XTF_H
#define XTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/xen_abi.h"

/* XTF has Xen's error numbers under their bare names. */
#define XEN_ERRNO(name, value) name = value,
enum {
#include <xen/errno.h>
};
#undef XEN_ERRNO

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096
#define __page_aligned_bss __attribute__((section(".bss.page_aligned"), aligned(PAGE_SIZE)))
#define CONFIG_PV 1
#define IS_DEFINED(x) (x)
#define _u(x) ((unsigned long)(x))
#define smp_wmb() __asm__ volatile("" ::: "memory")

extern const char test_title[];
void test_main(void);

void xtf_success(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void xtf_failure(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void xtf_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void xtf_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool xtf_status_reported(void);

/* There it is an array; here it is where our guest has its table. */
extern struct grant_entry_v1 *xtf_table;
#define gnttab_v1 xtf_table
int xtf_init_grant_table(unsigned int version);
int xtf_get_domid(void);
unsigned long virt_to_gfn(const void *va);
long hypercall_grant_table_op(unsigned int cmd, void *args, unsigned int count);

#endif
