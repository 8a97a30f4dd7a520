/* text_internal: the names that parser and printer share.  See text.h. */
#ifndef TEXT_INTERNAL_H
#define TEXT_INTERNAL_H

#include "arch/xen_abi.h"
#include "diff/text.h"

enum { NAMES_FAMILIES = 2, NAMES_SPECIALS = 9 };

/*
 * The spellings of an operand type, as codes from `base` on: first the families (`p0` to `p7`),
 * then the specials, each in their order.
 */
struct names {
	const char *what;	/* "domain" */
	struct { const char *prefix; uint8_t n; } family[NAMES_FAMILIES];
	const char *special[NAMES_SPECIALS];
	uint8_t base;
};

/* The names of the operand that op_table.syntax calls %letter; NULL if it has none (%o %x %n). */
const struct names *text_names(char letter);

extern const struct names text_names_dom, text_names_ref, text_names_frame;

/* The field of a side that %`letter` uses: dom, or idx. */
uint8_t *text_field(char letter, struct side *s);

enum { TEXT_STATUSES = 14 };

/* The error of a name of n bytes ("EINVAL": 22), or 0. */
int text_errno_find(const char *name, size_t n);

#endif
