/* text_names: how operand codes, statuses and errors are spelled, for both directions. */
#include "diff/text_operand.h"

#include <string.h>

const struct names text_names_dom = {
	.what = "domain", .family = { { "d", DOMAINS_MAX } },
	.special = { "self", "io", "xen", "cow", "invalid", "idle", "none", "last", "max" },
};

const struct names text_names_ref = {
	.what = "reference",
	.family = { { "g", REF_SLOTS } },
	.special = { "ref=0", "ref=1", "ref=7", "ref=511", "ref=512", "ref=last", "ref=end",
		     "ref=max" },
};

const struct names text_names_frame = {
	.what = "frame", .family = { { "p", PAGE_SLOTS }, { "other.p", PAGE_SLOTS } },
	.special = { "missing", "table", "pagetable", "unowned" },
};

static const struct names names_page = { .what = "page slot", .family = { { "p", PAGE_SLOTS } } };
static const struct names names_map = { .what = "mapping", .family = { { "m", MAP_SLOTS } } };
static const struct names names_chain = { .what = "chain", .family = { { "c", CHAIN_SLOTS } } };
static const struct names names_callback = { .what = "callback",
					     .family = { { "k", CALLBACK_SLOTS } } };

static const struct names names_handle = {
	.what = "handle",
	.family = { { "m", MAP_SLOTS } },
	.special = { "handle=bad", "handle=max" },
};

static const struct names names_where = {
	.what = "place", .family = { { "m", MAP_SLOTS } }, .base = AT_M0,
	.special = { "hole", "wild", "unaligned", "zero" },
};

static const struct names names_call = {
	.what = "kind of bad call",
	.special = { "count0", "negative", "wild", "hole", "continued" },
};

_Static_assert((int)DOM_SELF == DOMAINS_MAX && (int)DOM_CODES == DOMAINS_MAX + 9,
	       "the order of domain names");
_Static_assert(REF_0 == REF_SLOTS && REF_CODES == REF_SLOTS + 8, "the order of reference names");
_Static_assert((int)FRAME_OTHER_P0 == PAGE_SLOTS && FRAME_CODES == FRAME_MISSING + 4,
	       "the order of frame names");
_Static_assert((int)AT_HOLE == AT_M0 + MAP_SLOTS && AT_CODES == AT_HOLE + 4, "the order of places");

const struct names *
text_names(char letter)
{
	switch (letter) {
	case 'd': return &text_names_dom;
	case 'r': case 'R': return &text_names_ref;
	case 'f': return &text_names_frame;
	case 'p': return &names_page;
	case 'm': return &names_map;
	case 'M': return &names_handle;
	case 'w': case 'W': return &names_where;
	case 'c': return &names_chain;
	case 'k': return &names_callback;
	case 't': return &names_call;
	default: return NULL;
	}
}

/* If a is prefix and a number below n, that number; else -1. */
static int
family_find(struct span a, const char *prefix, unsigned int n)
{
	size_t skip = strlen(prefix);
	struct span digits = { a.s + skip, a.n - skip };
	uint64_t v;

	if (a.n <= skip || memcmp(a.s, prefix, skip) != 0)
		return -1;
	if (digits.n > 1 && digits.s[0] == '0')
		return -1;
	return span_number(digits, &v) && v < n ? (int)v : -1;
}

int
text_names_find(const struct names *n, struct span a)
{
	int code = n->base;

	for (unsigned int f = 0; f < NAMES_FAMILIES && n->family[f].prefix != NULL; f++) {
		int v = family_find(a, n->family[f].prefix, n->family[f].n);

		if (v >= 0)
			return code + v;
		code += n->family[f].n;
	}
	for (unsigned int i = 0; i < NAMES_SPECIALS && n->special[i] != NULL; i++)
		if (span_is(a, n->special[i]))
			return code + (int)i;
	return -1;
}

uint8_t *
text_field(char letter, struct side *s)
{
	return letter == 'd' || letter == 'W' ? &s->dom : &s->idx;
}

const char *
text_status_name(int status)
{
	static const char *const names[TEXT_STATUSES] = {
		"okay", "general_error", "bad_domain", "bad_gntref", "bad_handle", "bad_virt_addr",
		"bad_dev_addr", "no_device_space", "permission_denied", "bad_page", "bad_copy_arg",
		"address_too_big", "eagain", "no_space",
	};

	return status <= 0 && status > -TEXT_STATUSES ? names[-status] : NULL;
}

/* Xen's header lists its errors for whoever asks so; of two names for one the first counts. */
static const struct { const char *name; int error; } errors[] = {
#define XEN_ERRNO(name, value) { #name, value },
#include <xen/errno.h>
};

const char *
text_errno_name(int error)
{
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (errors[i].error == error)
			return errors[i].name;
	return NULL;
}

int
text_errno_find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (strlen(errors[i].name) == n && memcmp(errors[i].name, name, n) == 0)
			return errors[i].error;
	return 0;
}
