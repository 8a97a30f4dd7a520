/*
 * ctest: what a C test that `gntfuzz convert' wrote stands on.
 *
 * Such a test makes its calls itself: the core's functions (core/gnttab.h) and hypercalls, on the
 * domains of one simulated machine (arch/sim).  Here is the rest: the machine, the books that the
 * interpreter keeps (diff/interp.h), and the judgement, which is that of `gntfuzz repro': after
 * each step the records against the expected ones and the machine's invariants; at the end the
 * pages, the counters, and the program's own `= expected' lines.
 *
 * One program a process: what is under test may crash, so that it runs in a child.
 */
#ifndef CTEST_H
#define CTEST_H

#include <string.h>

#include "diff/interp_internal.h"

/* The machine's domains, as the calls want them: d0.gt is its table's core, d0.ref[3] is g3. */
extern struct interp ctest;
#define d0 (ctest.domain[0])
#define d1 (ctest.domain[1])
#define d2 (ctest.domain[2])

/* No entry was looked at; and one that was: flags, grantee (DOM_*), page slot or VIEW_FRAME_*. */
#define NO_ENTRY { 0, VIEW_NONE, 0 }

/*
 * One hypercall or one call of the core: the operations [number, number + n) of the program,
 * counted from 1.  do_it fills their records, r[0] to r[n - 1], and says what is expected of them.
 */
struct ctest_step {
	uint16_t number, n;
	void (*do_it)(struct trace_record *r);
};

/* Bookkeeping of a record's operation, where the call's answer does not say it all. */
void ctest_skipped(struct trace_record *r, enum trace_skip why);
void ctest_mapped(struct trace_record *r, int rc, const struct gnttab_map_grant_ref *op);
void ctest_pinned(struct trace_record *r, int rc, const struct gnttab_map_grant_ref *ops);
void ctest_unmapped(struct trace_record *r, int rc, const struct gnttab_unmap_grant_ref *op,
		    bool stale);
void ctest_replaced(struct trace_record *r, int rc, const struct gnttab_unmap_and_replace *op);
void ctest_sent(struct trace_record *r, int rc, const struct gnttab_transfer *op);

/*
 * Whether the operation cannot be done: the page slot whose frame it is is empty; the core does not
 * have that entry.  It is then skipped.
 */
bool ctest_no_page(struct trace_record *r, uint64_t frame);
bool ctest_no_entry(struct trace_record *r, const struct interp_domain *d, grant_ref_t ref);

/* Read 32 bits, the record's value, or write 16, in a page slot or through a window. */
void ctest_read_page(struct trace_record *r, unsigned int slot, unsigned int off);
void ctest_write_page(struct trace_record *r, unsigned int slot, unsigned int off, uint16_t v);
void ctest_read_window(struct trace_record *r, unsigned int w, unsigned int off);
void ctest_write_window(struct trace_record *r, unsigned int w, unsigned int off, uint16_t v);

/* The return of what not every machine can do: page_out, widen. */
void ctest_rare(struct trace_record *r, int rc);

/* The interpreter's number for a mapping's handle and address: 0 before the first map. */
uint64_t ctest_dev_bus_addr(const struct interp_map *m, unsigned int beyond);

/* Look at an entry as its owner's core sees it, for the record: entry[i]. */
void ctest_look(struct trace_record *r, unsigned int i, const struct interp_domain *owner,
		grant_ref_t ref);

/* What the record must be, and where each domain must end: pages not named are as at the start. */
void ctest_expect(const struct trace_record *r, const struct trace_record *expected);
void ctest_expect_end(unsigned int d, const struct trace_domain *expected);
void ctest_expect_page(unsigned int d, unsigned int slot, uint64_t digest);

/*
 * Run a test in a child.  `program' is its text.  Returns 0 and says PASS if all answers are as
 * expected; 1, with where they differ and the class of it; 3 if the test itself is broken.
 */
int ctest_main(const char *program, const struct ctest_step *steps, unsigned int n_steps,
	       void (*ends)(void));

#endif
