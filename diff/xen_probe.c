#include "diff/xen_probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "diff/text.h"

enum { TEXT_BYTES = 16384 };

/* The probe as text, while it is written. */
struct writer {
	char text[TEXT_BYTES];
	size_t n;
};

static void __attribute__((format(printf, 2, 3)))
put(struct writer *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	w->n += (size_t)vsnprintf(w->text + w->n, sizeof(w->text) - w->n, format, args);
	va_end(args);
	ARCH_ASSERT(w->n < sizeof(w->text));
}

/* A reference that is pinned answers eagain. */
static void
put_swaps(struct writer *w, unsigned int d)
{
	put(w, "d%u query_size self\n", d);
	for (unsigned int g = 0; g < REF_SLOTS; g += 2)
		put(w, "d%u swap g%u g%u\n", d, g, g + 1);
	put(w, "d%u swap ref=0 ref=1\nd%u swap ref=7 ref=511\n", d, d);
	put(w, "d%u swap ref=512 ref=last\n", d);
}

/*
 * A page that anything still refers to answers bad_page; an entry that is not clear, EBUSY.  Each
 * page comes back.
 */
static void
put_round_trips(struct writer *w, unsigned int d)
{
	for (unsigned int p = 0; p < PAGE_SLOTS; p++) {
		put(w, "d%u accept g%u from d%u slot p%u\n", d, p, d, p);
		put(w, "d%u transfer p%u to d%u g%u\n", d, p, d, p);
		put(w, "d%u end_transfer_ref g%u\n", d, p);
	}
}

/*
 * The table is where it was.  A page that was mapped leaves its place, which is free for another
 * then; so the other six are looked at in place.
 */
static void
put_places(struct writer *w)
{
	put(w, "d0 setup_table self 4\n");
	for (unsigned int p = 6; p < PAGE_SLOTS; p++) {
		put(w, "d0 grant g%u to d0 page p%u\nd0 end g%u p%u page\n", p, p, p, p);
		put(w, "d0 fill p%u\nd0 read p%u +4\n", p, p);
	}
}

/* All windows are free, and both sorts of handle are to be had, if there are two. */
static void
put_maps(struct writer *w, unsigned int d, unsigned int peer, bool dev)
{
	put(w, "d%u grant g8 to d%u page p7\nd%u grant g9 to d%u page p6 ro\n", peer, d, peer, d);
	put(w, "d%u map m0 from d%u g9 ro\nd%u map m1 from d%u g8%s\n", d, peer, d, peer,
	    dev ? " dev" : "");
	for (unsigned int m = 2; m < MAP_SLOTS; m++)
		put(w, "d%u map m%u from d%u g8\n", d, m, peer);
	put(w, "d%u read_map m0 +0\nd%u read_map m1 +8\n", d, d);
	for (unsigned int m = 0; m < MAP_SLOTS; m++)
		put(w, "d%u unmap m%u%s\n", d, m, dev && m == 1 ? " dev" : "");
	put(w, "d%u end g8 p0\nd%u end g9 p0\n", peer, peer);
}

/*
 * Without room a domain takes as many pages as it has lost, and no more.  The first loses one on
 * purpose; each of the others has lost those that it sent to the one before.
 */
static void
put_counts(struct writer *w, unsigned int d, unsigned int peer)
{
	unsigned int n_sent = d + 2;

	if (d == 0)
		put(w, "d0 transfer p0 to none g0\n");
	for (unsigned int i = 0; i < n_sent; i++)
		put(w, "d%u accept g%u from d%u slot p%u\n", d, 10 + i, peer, i);
	for (unsigned int i = 0; i < n_sent; i++)
		put(w, "d%u transfer p%u to d%u g%u\n", peer, 4 + i, d, 10 + i);
	for (unsigned int i = 0; i < n_sent; i++)
		put(w, "d%u end_transfer g%u\n", d, 10 + i);
}

void
xen_probe_make(struct program *p, const struct program_header *h)
{
	struct writer w;	/* on the stack: machines start in several threads at once */
	unsigned int n = h->domains;
	struct text_error e;
	bool good;

	w.n = 0;
	put(&w, "gnt 1\ndomains %u\n", n);
	for (unsigned int d = 0; d < n; d++) {
		put_swaps(&w, d);
		if (h->hvm == 0)
			put_round_trips(&w, d);
		put_maps(&w, d, (d + 1) % n, h->hvm == 0);
	}
	if (h->hvm != 0)
		put_places(&w);
	for (unsigned int d = 0; d < n && n > 1; d++)
		put_counts(&w, d, (d + 1) % n);
	for (unsigned int d = 0; d < n; d++)
		put(&w, "d%u alloc c0 2030\nd%u free_chain c0\n", d, d);
	good = text_parse(p, &e, w.text, w.n);
	ARCH_ASSERT(good);
	p->header = *h;
	p->header.pages = PAGE_SLOTS;
	p->header.room = 0;
}
