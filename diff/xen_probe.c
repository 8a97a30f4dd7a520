#include "diff/xen_probe.h"

#include <string.h>

#include "arch/arch.h"
#include "diff/text.h"

/*
 * swap answers eagain for a pinned reference, transfer bad_page for a page that anything still
 * refers to, and grant EBUSY for an entry with flags; map and unmap need a free handle and an
 * empty window; setup_table tells where a translated domain's table is.  Digests of all pages end
 * every trace.
 */
#define HEAD \
	"gnt 1\n" \
	"domains 1\n" \
	"d0 query_size self\nd0 setup_table self 4\n" \
	"d0 swap g0 g1\nd0 swap g2 g3\nd0 swap g4 g5\nd0 swap g6 g7\n" \
	"d0 swap g8 g9\nd0 swap g10 g11\nd0 swap g12 g13\nd0 swap g14 g15\n" \
	"d0 swap ref=0 ref=1\nd0 swap ref=7 ref=511\nd0 swap ref=512 ref=last\n"
#define TAIL \
	"d0 alloc c0 2030\nd0 free_chain c0\n"

static const char text_pv[] = HEAD
	"d0 accept g0 from d0 slot p0\nd0 accept g1 from d0 slot p1\n"
	"d0 accept g2 from d0 slot p2\nd0 accept g3 from d0 slot p3\n"
	"d0 accept g4 from d0 slot p4\nd0 accept g5 from d0 slot p5\n"
	"d0 accept g6 from d0 slot p6\nd0 accept g7 from d0 slot p7\n"
	"d0 transfer p0 to d0 g0\nd0 transfer p1 to d0 g1\n"
	"d0 transfer p2 to d0 g2\nd0 transfer p3 to d0 g3\n"
	"d0 transfer p4 to d0 g4\nd0 transfer p5 to d0 g5\n"
	"d0 transfer p6 to d0 g6\nd0 transfer p7 to d0 g7\n"
	"d0 end_transfer_ref g0\nd0 end_transfer_ref g1\n"
	"d0 end_transfer_ref g2\nd0 end_transfer_ref g3\n"
	"d0 end_transfer_ref g4\nd0 end_transfer_ref g5\n"
	"d0 end_transfer_ref g6\nd0 end_transfer_ref g7\n"
	"d0 grant g8 to d0 page p0\nd0 grant g9 to d0 page p1 ro\n"
	"d0 map m0 from d0 g8\nd0 map m1 from d0 g9 ro\nd0 map m2 from d0 g8 dev\n"
	"d0 map m3 from d0 g8\nd0 map m4 from d0 g8\nd0 map m5 from d0 g8\n"
	"d0 map m6 from d0 g8\nd0 map m7 from d0 g8\n"
	"d0 read_map m0 +0\nd0 read_map m1 +8\n"
	"d0 unmap m0\nd0 unmap m1\nd0 unmap m2 dev\nd0 unmap m3\n"
	"d0 unmap m4\nd0 unmap m5\nd0 unmap m6\nd0 unmap m7\n"
	"d0 end g8 p0\nd0 end g9 p0\n" TAIL;

/* A page that is mapped leaves its gfn, so that six of the eight are looked at in place. */
static const char text_translated[] = HEAD
	"d0 grant g8 to d0 page p0\nd0 grant g9 to d0 page p1 ro\n"
	"d0 map m0 from d0 g8\nd0 map m1 from d0 g9 ro\nd0 map m2 from d0 g8\n"
	"d0 map m3 from d0 g8\nd0 map m4 from d0 g8\nd0 map m5 from d0 g8\n"
	"d0 map m6 from d0 g8\nd0 map m7 from d0 g8\n"
	"d0 read_map m0 +0\nd0 read_map m1 +8\nd0 read_map m7 +16\n"
	"d0 unmap m0\nd0 unmap m1\nd0 unmap m2\nd0 unmap m3\n"
	"d0 unmap m4\nd0 unmap m5\nd0 unmap m6\nd0 unmap m7\n"
	"d0 end g8 p0 page\nd0 end g9 p1 page\n"
	"d0 fill p0\nd0 fill p1\nd0 write p0 +4 7\nd0 read p1 +4\n" TAIL;

void
xen_probe_make(struct program *p, const struct program_header *h)
{
	const char *text = h->hvm != 0 ? text_translated : text_pv;
	struct text_error e;
	bool good = text_parse(p, &e, text, strlen(text));

	ARCH_ASSERT(good);
	p->header = *h;
	p->header.pages = PAGE_SLOTS;
}
