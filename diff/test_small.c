/*
 * Small worlds, exhausted: every program of a given length over a given alphabet of operations, on
 * the simulated hypervisor beside the model.
 *
 * Length and alphabets are chosen so that all of it takes seconds.  A shorter program is a prefix
 * of a longer one and compared on the way.  The number of programs is checked, so that a world that
 * ran nothing fails.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/duel.h"
#include "diff/tell.h"
#include "diff/text.h"

struct world {
	const char *name;
	const char *header;
	const char *start;		/* operations before every program */
	const char *alphabet;		/* one operation a line */
	unsigned int length;
};

static const struct world worlds[] = {
	{
		"access", "domains 2 pages 1", "",
		"d0 grant g0 to d1 page p0\n"
		"d0 grant g1 to d1 page p0 ro\n"
		"d0 end_ref g0\nd0 try_end g0\nd0 end g0 p0\nd0 free g0\n"
		"d0 grant_ref g0 to d1 page p0 ro\n"
		"d0 query g0\nd0 tick\nd0 try_end g1\n"
		"d1 map m0 from d0 g0\nd1 map m1 from d0 g0 ro\nd1 map m0 from d0 g1\n"
		"d1 unmap m0\nd1 unmap m1\n",
		5,
	}, {
		"raw entries", "domains 2 pages 2", "d0 grant g0 to d1 page p0\n",
		"d0 flags g0 0\nd0 flags g0 1\nd0 flags g0 2\nd0 flags g0 5\nd0 flags g0 25\n"
		"d0 flags g0 14\nd0 flags g0 257\nd0 flags g0 3\n"
		"d0 entry g0 flags 1 domid d1 frame p1\nd0 end_ref g0\nd0 try_end g0\n"
		"d1 map m0 from d0 g0\nd1 map m1 from d0 g0 ro\nd1 unmap m0\nd1 unmap m1\n"
		"d1 copy d0:g0+0 -> p0+0 len 8\nd1 copy p0+0 -> d0:g0+0 len 8\n"
		"d0 transfer p1 to d0 g0\n",
		4,
	}, {
		"transfer", "domains 2 pages 2", "",
		"d0 accept g0 from d1 slot p1\nd0 accept g1 from d0 slot p0\n"
		"d0 end_transfer g0\nd0 end_transfer_ref g0\nd0 accept_ref g0 from d1 slot p0\n"
		"d0 end_transfer g1\nd0 free g0\n"
		"d1 transfer p0 to d0 g0\nd1 transfer p1 to d0 g0\nd1 transfer p0 to d0 g1\n"
		"d0 transfer p0 to d0 g1\nd1 transfer p0 to d0 g0 mapped\nd1 fill p0\n"
		"d1 write p0 +0 7\n",
		5,
	}, {
		"a page granted, mapped and given away", "domains 3 pages 2", "",
		"d0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\nd1 unmap m0\nd0 end_ref g0\n"
		"d2 accept g0 from d0 slot p1\nd0 transfer p0 to d2 g0\nd2 end_transfer g0\n"
		"d1 copy d0:g0+0 -> p0+0 len 64\nd1 write_map m0 +8 9\nd0 read p0 +8\n"
		"d1 map m1 from d0 g0 ro\n",
		5,
	}, {
		"references", "domains 1 pages 1 max_frames 2", "",
		"d0 alloc c0 1\nd0 alloc c0 2\nd0 alloc c1 504\nd0 alloc c1 1000\n"
		"d0 claim g0 from c0\n"
		"d0 claim g1 from c1\nd0 release g0 to c1\nd0 free g0\nd0 free g1\n"
		"d0 free_chain c0\n"
		"d0 free_chain c1\nd0 callback k0 at 504\nd0 callback k1 at 1\nd0 cancel k0\n"
		"d0 grant g2 to d0 page p0\nd0 try_end g2\n",
		4,
	}, {
		"deferral and failure", "domains 2 pages 3 maptrack 1",
		"d0 grant g0 to d1 page p0\n",
		"d0 fail_alloc 1\nd0 fail_hypercall 1\nd0 end g0 p1 page\nd0 end g0 p0\nd0 tick\n"
		"d1 map m0 from d0 g0\nd1 unmap m0\nd0 alloc c0 800\nd0 free_chain c0\n"
		"d0 suspend\nd0 resume\n"
		"d0 grant g0 to d1 page p2\nd0 max_frames\n",
		4,
	}, {
		"translated", "domains 2 pages 2 hvm 1", "",
		"d0 grant g0 to d1 page p0\nd0 end_ref g0\nd1 map m0 from d0 g0\nd1 unmap m0\n"
		"d1 grant g0 to d0 page p0\nd0 map m0 from d1 g0\nd0 unmap m0\nd0 page_out p0 1\n"
		"d0 page_out p0 300\nd0 accept g1 from d1 slot p0\nd1 transfer p0 to d0 g1\n"
		"d0 end_transfer g1\nd0 transfer p0 to d1 g0\nd0 add_to_physmap 1\n",
		4,
	}, {
		"partial unmap", "domains 2 pages 1", "d0 grant g0 to d1 page p0\n",
		"d1 map m0 from d0 g0 dev\nd1 map m0 from d0 g0 ro dev nohost\n"
		"d1 map m1 from d0 g0\n"
		"d1 unmap m0\nd1 unmap m0 dev\nd1 unmap m0 at zero dev\nd1 unmap m0 wrongdev\n"
		"d1 unmap m0 at m1\nd1 unmap m1 at m0\nd1 unmap m0 stale\nd1 unmap m1\n"
		"d1 replace m0 by m1\n"
		"d0 end_ref g0\n",
		4,
	},
};

static void
fail(const struct world *w, const char *what)
{
	fprintf(stderr, "world `%s': %s\n", w->name, what);
	exit(1);
}

static void
parse(const struct world *w, struct program *p, const char *ops)
{
	char text[8192];
	struct text_error e;
	int n = snprintf(text, sizeof text, "gnt 1\n%s\n%s", w->header, ops);

	if (n < 0 || (size_t)n >= sizeof text)
		fail(w, "too long");
	if (!text_parse(p, &e, text, (size_t)n)) {
		fprintf(stderr, "%u:%u: ", e.line, e.column);
		fail(w, e.what);
	}
}

/* Count up in base n; false when all have been. */
static bool
next(unsigned int *digits, unsigned int length, unsigned int n)
{
	for (unsigned int i = length; i-- > 0;) {
		if (++digits[i] < n)
			return true;
		digits[i] = 0;
	}
	return false;
}

static unsigned long
power(unsigned long base, unsigned int exponent)
{
	unsigned long n = 1;

	while (exponent-- > 0)
		n *= base;
	return n;
}

static unsigned long
exhaust(const struct world *w, struct duel *duel)
{
	static struct program alphabet, p;
	unsigned int digits[8] = { 0 }, first;
	unsigned long n = 0;
	struct difference why;

	parse(w, &alphabet, w->alphabet);
	parse(w, &p, w->start);
	first = p.n_ops;
	p.n_ops = (uint16_t)(first + w->length);
	do {
		for (unsigned int i = 0; i < w->length; i++)
			p.ops[first + i] = alphabet.ops[digits[i]];
		if (!duel_run(duel, &p, false, &why)) {
			tell_difference(stderr, &p, &why);
			fail(w, "differs");
		}
		n++;
	} while (next(digits, w->length, alphabet.n_ops));
	if (n != power(alphabet.n_ops, w->length))
		fail(w, "not all programs were run");
	printf("%9lu programs of %u operations over %2u: %s\n", n, w->length, alphabet.n_ops,
	       w->name);
	return n;
}

int
main(void)
{
	struct duel *duel = duel_new();
	unsigned long n = 0;

	if (duel == NULL)
		return 3;
	for (size_t i = 0; i < sizeof worlds / sizeof worlds[0]; i++)
		n += exhaust(&worlds[i], duel);
	printf("%9lu programs, no difference\n", n);
	duel_free(duel);
	return n > 1000000 ? 0 : 1;
}
