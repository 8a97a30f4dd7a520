/*
 * rig: a machine for the tests of arch/sim, and one call a hypercall.
 *
 * The tests talk to the hypervisor in its own structures; no core is between.  Every call is
 * followed by sim_check.  d0 is the control domain; which domains are translated is told to
 * rig_begin.
 */
#ifndef RIG_H
#define RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arch/sim/sim.h"

extern struct sim *rig_sim;
extern struct arch *rig_dom[GUEST_DOMAINS_MAX];
extern struct grant_entry_v1 *rig_table[GUEST_DOMAINS_MAX];
extern struct sim_config rig_config;

enum { RO = GNTMAP_readonly, HOST = GNTMAP_host_map, DEV = GNTMAP_device_map };
enum { HVM0 = 1, HVM1 = 2, HVM2 = 4 };

/* 3 domains, 4 pages, 1 of 4 frames, 1 maptrack frame, room 8; and set up every table's frames. */
void rig_begin(unsigned int hvm);
/* The same with rig_config as the test changed it. */
void rig_again(void);

int rig_call(unsigned int d, unsigned int cmd, void *op, unsigned int n);
void rig_check(void);

/* Fill an entry; the frame is that of the owner's slot. */
void rig_grant(unsigned int d, grant_ref_t ref, unsigned int to, unsigned int slot, uint16_t flags);
uint16_t rig_flags(unsigned int d, grant_ref_t ref);
domid_t rig_id(unsigned int d);
uint64_t rig_frame(unsigned int d, unsigned int slot);

/* Have the hypervisor grow d's table to two frames; the second one's number (PV). */
uint64_t rig_second_frame(unsigned int d);

/* Map at window w; the handle and bus address of the last one that went well. */
extern grant_handle_t rig_handle;
extern uint64_t rig_bus;
int rig_map(unsigned int d, unsigned int from, grant_ref_t ref, unsigned int w, uint32_t flags);
int rig_map_at(unsigned int d, domid_t from, grant_ref_t ref, uint64_t addr, uint32_t flags);
int rig_unmap(unsigned int d, grant_handle_t h, unsigned int w);
int rig_unmap_at(unsigned int d, grant_handle_t h, uint64_t addr, uint64_t bus);
int rig_replace(unsigned int d, grant_handle_t h, uint64_t addr, uint64_t new_addr);
int rig_transfer(unsigned int d, uint64_t frame, domid_t to, grant_ref_t ref);
/* Unmap the slot's page first, settle it after. */
int rig_send(unsigned int d, unsigned int slot, unsigned int to, grant_ref_t ref);

struct gnttab_copy rig_copy_refs(unsigned int sd, grant_ref_t s, unsigned int dd, grant_ref_t t,
				 uint16_t len);
struct gnttab_copy rig_copy_frames(uint64_t s, uint64_t t, uint16_t len);
int rig_copy(unsigned int d, struct gnttab_copy op);

int map_tests(void);
int unmap_tests(void);
int contents_tests(void);
int copy_tests(void);
int transfer_tests(void);
int query_tests(void);
int guest_tests(void);
int check_tests(void);
int fiber_tests(void);
int litmus_tests(void);
int steps_pin_tests(void);
int steps_page_tests(void);
int steps_table_tests(void);
int watch_tests(void);
int lock_tests(void);
int turn_tests(void);

#endif
