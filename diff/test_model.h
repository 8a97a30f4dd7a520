/*
 * test_model: the cases of the model's test, one rule of spec.md each.  See test_model.c.
 */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include "diff/trace.h"

struct rule_case {
	unsigned int rule;
	const char *text;		/* header words, then operations; `gnt 1' is put before */
	struct entry_view entry;	/* of the last operation, if `looks' */
	bool looks;
	bool arm64;			/* for the model of a Xen on 64-bit Arm */
	bool early;			/* for the first of those, 4.14 */
};

extern const struct rule_case rule_cases[];
extern const unsigned int n_rule_cases;

/* A grant in use, a mapping. */
#define GRANTED "d0 grant g0 to d1 page p0 = 8\n"
#define MAPPED GRANTED "d1 map m0 from d0 g0 = okay\n"
#define ACCEPTED "d1 accept g0 from d0 slot p3 = 8\n"

#endif
