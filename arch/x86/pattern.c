/*
 * pattern: what a page holds when a program starts, and where it differs from that afterwards.
 *
 * To compare is cheaper than to work out a digest, and finds as much: every byte is looked at.
 *
 * A pattern is a run of words that depend on their first bytes only, each of which is some steps
 * from the one before; so all patterns are parts of one run.
 */
#include "arch/x86/pv.h"

enum {
	FIRST_BYTES = 256,
	PAGE_WORDS = XEN_PAGE_SIZE / 8,
	BLOCK_WORDS = 8,	/* compared in one go */
	BLOCKS = PAGE_WORDS / BLOCK_WORDS,
};

static uint64_t run[FIRST_BYTES + PAGE_WORDS];
static uint8_t start[FIRST_BYTES];	/* by first byte: where in the run */

void
pv_pattern_init(void)
{
	uint8_t *byte = (uint8_t *)run;

	for (unsigned int i = 0; i < sizeof(run); i++)
		byte[i] = guest_page_pattern(0, 0, i);
	for (unsigned int i = 0; i < FIRST_BYTES; i++)
		start[byte[8 * i]] = (uint8_t)i;
}

static const uint64_t *
pattern_of(unsigned int dom, unsigned int slot)
{
	return &run[start[guest_page_pattern(dom, slot, 0)]];
}

void
pv_pattern_write(uint8_t *page, unsigned int dom, unsigned int slot)
{
	__builtin_memcpy(page, pattern_of(dom, slot), XEN_PAGE_SIZE);
}

static bool
differs(const uint64_t *a, const uint64_t *b)
{
	uint64_t d = 0;

	for (unsigned int i = 0; i < BLOCK_WORDS; i++)
		d |= a[i] ^ b[i];
	return d != 0;
}

void
pv_pattern_compare(const uint8_t *page, unsigned int dom, unsigned int slot, unsigned int *lo,
		   unsigned int *hi)
{
	const uint64_t *have = (const uint64_t *)page, *want = pattern_of(dom, slot);
	unsigned int first = 0, end = BLOCKS;

	while (first < end && !differs(have + first * BLOCK_WORDS, want + first * BLOCK_WORDS))
		first++;
	while (end > first &&
	       !differs(have + (end - 1) * BLOCK_WORDS, want + (end - 1) * BLOCK_WORDS))
		end--;
	*lo = first * BLOCK_WORDS * 8;
	*hi = end * BLOCK_WORDS * 8;
}
