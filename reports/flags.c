#include "reports/flags.h"

#include <stdio.h>

#include "arch/xen_abi.h"
#include "diff/model.h"

static const struct {
	const char *name, *words;
} states[MODEL_ENTRY_STATES] = {
	{ "none", "no entry: no reference, or beyond the table" },
	{ "clear", "flags are 0" },
	{ "rw", "permits access, unused" },
	{ "ro", "permits read-only access, unused" },
	{ "bits", "permits access, not pinned, but reading or writing is set" },
	{ "read", "pinned, by readers only" },
	{ "write", "pinned, with a writer" },
	{ "odd", "pinned, but its flags say something else" },
	{ "T", "accepts a transfer, not yet come" },
	{ "Tc", "accepts a transfer, committed" },
	{ "Td", "accepts a transfer, completed" },
	{ "T+", "accepts a transfer, with other bits" },
	{ "sub", "permits access to a sub-page" },
	{ "t3", "type 3" },
	{ "t0+", "type 0 with other bits" },
	{ "dev", "pinned by device mappings alone" },
};

const char *
flags_state_name(unsigned int state)
{
	return state < MODEL_ENTRY_STATES ? states[state].name : "?";
}

const char *
flags_state_words(unsigned int state)
{
	return state < MODEL_ENTRY_STATES ? states[state].words : "in no state that is known";
}

static bool
is_transfer(uint16_t flags)
{
	return (flags & GTF_type_mask) == GTF_accept_transfer;
}

static bool
is_type_3(uint16_t flags)
{
	return (flags & GTF_type_mask) == GTF_type_mask;
}

bool
flags_bit(uint16_t flags, unsigned int bit)
{
	return bit == 0 ? flags & GTF_type_mask : flags >> (bit + 1) & 1;
}

const char *
flags_letter(uint16_t flags, unsigned int bit)
{
	static const char *const of_access[] = { "A", "ro", "r", "w" };
	static const char *const of_transfer[] = { "T", "c", "d", "w" };

	if (bit == 0 && is_type_3(flags))
		return "3";
	return (is_transfer(flags) ? of_transfer : of_access)[bit];
}

void
flags_words(uint16_t flags, char out[FLAGS_WORDS])
{
	static const char *const of_access[] = { "access", "ro", "read", "write" };
	static const char *const of_transfer[] = { "transfer", "committed", "done", "write" };
	unsigned int others = flags & ~0x1fu;
	int n = 0;

	for (unsigned int bit = 0; bit < FLAGS_BITS; bit++)
		if (flags_bit(flags, bit))
			n += snprintf(out + n, FLAGS_WORDS - (size_t)n, "%s%s", n > 0 ? " " : "",
				      bit == 0 && is_type_3(flags) ? "type3" :
				      (is_transfer(flags) ? of_transfer : of_access)[bit]);
	if (others != 0)
		n += snprintf(out + n, FLAGS_WORDS - (size_t)n, "%s0x%x", n > 0 ? " " : "",
			      others);
	if (n == 0)
		snprintf(out, FLAGS_WORDS, "no flag");
}
