/*
 * testbed: one guest's core on a stand-in for the hypervisor, for unit tests.
 *
 * The stand-in grants a table of up to frames_max frames, answers what it is told to, and writes a
 * line of what happened: "query:MAX", "setup:N", "physmap:N", "map:N", "unmap:N", "copy:N",
 * "put:P", "arm:N" (the N-th), "sleep:MS", each followed by a space.  Entries are changed by the
 * test itself, as a hypervisor would.
 */
#ifndef TESTBED_H
#define TESTBED_H

#include "arch/cc/cc.h"
#include "core/internal.h"

enum {
	TESTBED_GFN = 0x1000,		/* where a translated guest's table goes */
	TESTBED_MFN = 0x7000,		/* the first frame of a PV guest's table */
	TESTBED_LOG_BYTES = 8192,
};

struct testbed {
	struct arch arch;
	struct gnttab gt;
	uint32_t frames_max;		/* what query_size answers */
	unsigned int fail_call;		/* the n-th from now returns -XEN_EFAULT; 0: none */
	unsigned int fail_status;	/* the n-th query or setup says general_error */
	unsigned int n_eagain;		/* operations of map and copy yet to answer eagain */
	int16_t status;			/* what they answer else */
	unsigned int slept_ms;
	char log[TESTBED_LOG_BYTES];
	size_t log_bytes;
};

/* A machine whose table may have frames_max frames; the core is not set up. */
struct testbed *testbed_new(uint32_t frames_max, bool translated);

/* The same, set up, and its log empty. */
struct testbed *testbed_up(uint32_t frames_max, bool translated);

/* Take everything down and check that no page is left allocated. */
void testbed_free(struct testbed *b);

/* Write what and n to the log. */
void testbed_note(struct testbed *b, const char *what, unsigned long n);

/* Check that the log says `want`, and empty it. */
void testbed_expect(struct testbed *b, const char *want);

/* Check what internal.h says always holds. */
void testbed_check(const struct testbed *b);

/* Check that fn(b) panics.  What it does to b is not seen here. */
void testbed_panics(struct testbed *b, void (*fn)(struct testbed *b));

/* The entry of ref, as the hypervisor may change it. */
struct grant_entry_v1 *testbed_entry(struct testbed *b, grant_ref_t ref);

/* The groups of tests.  Each returns how many failed. */
int test_table(void);
int test_ref(void);
int test_access(void);
int test_map(void);

#endif
