#include "diff/trace.h"

#include "arch/guest.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "a digest reads words as they lie in memory");

enum {
	WORDS = XEN_PAGE_SIZE / 8,
	PATTERN_SLOTS = 2 * GUEST_PAGES_MAX,	/* slots of the start, then those of fills */
};

static uint64_t
word_at(const uint8_t *page, unsigned int i)
{
	uint64_t w;

	__builtin_memcpy(&w, page + 8 * i, sizeof w);
	return w;
}

/* Eight bytes of guest_page_pattern at once: bytes added without carry between them. */
static uint64_t
pattern_word(unsigned int dom, unsigned int slot, unsigned int i)
{
	const uint64_t low7 = 0x7f7f7f7f7f7f7f7fu, steps = 0x8f561de4ab723900u;
	uint64_t base = guest_page_pattern(dom, slot, 8 * i) * 0x0101010101010101u;

	return ((base & low7) + (steps & low7)) ^ ((base ^ steps) & ~low7);
}

static uint64_t
not_empty(uint64_t sum)
{
	return sum + 1 != PAGE_EMPTY ? sum + 1 : 1;
}

uint64_t
trace_digest(const uint8_t *page)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < WORDS; i++)
		sum += digest_word(i, word_at(page, i));
	return not_empty(sum);
}

/* The sum for an unchanged page; worked out once each. */
static uint64_t
pattern_sum(unsigned int dom, unsigned int slot)
{
	static uint64_t sums[GUEST_DOMAINS_MAX][PATTERN_SLOTS];
	uint64_t *sum = &sums[dom][slot];

	if (*sum == 0)
		for (unsigned int i = 0; i < WORDS; i++)
			*sum += digest_word(i, pattern_word(dom, slot, i));
	return *sum;
}

uint64_t
trace_digest_part(const uint8_t *page, unsigned int dom, unsigned int slot, unsigned int lo,
		  unsigned int hi)
{
	uint64_t sum;

	ARCH_ASSERT(lo <= hi);
	ARCH_ASSERT(hi <= XEN_PAGE_SIZE);
	ARCH_ASSERT(dom < GUEST_DOMAINS_MAX);
	ARCH_ASSERT(slot < PATTERN_SLOTS);
	if (hi - lo == XEN_PAGE_SIZE)
		return trace_digest(page);
	sum = pattern_sum(dom, slot);
	for (unsigned int i = lo / 8; i < (hi + 7) / 8; i++)
		sum += digest_word(i, word_at(page, i)) -
		       digest_word(i, pattern_word(dom, slot, i));
	return not_empty(sum);
}

/* Kinds whose answer is a value that they return beside a good rc. */
static bool
answers_value(enum op_kind kind)
{
	switch (kind) {
	case OP_READ:
	case OP_READ_MAP:
	case OP_GET_VERSION:
	case OP_END_TRANSFER:
	case OP_END_TRANSFER_REF:
		return true;
	default:
		return false;
	}
}

enum result_class
trace_headline(const struct trace_record *r, enum op_kind kind, int32_t *value)
{
	*value = 0;
	if (r->skip != SKIP_NOT)
		return RESULT_SKIP;
	*value = r->rc;
	if (r->rc < 0)
		return RESULT_ERRNO;
	if (op_table[kind].result == 's') {
		*value = r->status;
		return RESULT_STATUS;
	}
	/* end_transfer: rc 0 is "nothing", which no slot's number may be taken for. */
	if (op_table[kind].result == 't')
		*value = r->rc == 0 ? -1 : (int32_t)r->value;
	else if (answers_value(kind))
		*value = (int32_t)r->value;
	return RESULT_VALUE;
}
