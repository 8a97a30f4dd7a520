/*
 * expect: differences between versions that are known, with their reasons: corpus/expected/.
 *
 * An expectation says which classes change at which version.  Versions and not suites: a suite's
 * next point release still matches.  corpus/expected/versions.txt explains the form.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "fuzz/build_id.h"
#include "fuzz/compare_class.h"
#include "fuzz/file.h"

enum {
	EXPECT_MAX = 64,
	EXPECT_CLASSES = 16,	/* patterns of one */
	EXPECT_SINCE = 8,
	EXPECT_NAME = 64,
	EXPECT_TEXT = 500,
};

struct expectation {
	char name[EXPECT_NAME];
	char class[EXPECT_CLASSES][CLASS_ID];	/* patterns, old behaviour first */
	unsigned int n_classes;
	char operation[CLASS_ID];	/* pattern of the operation's text; "": any */
	build_id since[EXPECT_SINCE];	/* the first version of each branch that behaves so */
	unsigned int n_since;
	char reason[EXPECT_TEXT], source[EXPECT_TEXT];
	unsigned int line;
	bool took_part, seen;	/* for whoever matches */
};

struct expect {
	struct expectation known[EXPECT_MAX];
	unsigned int n;
};

/*
 * Add what a text says.  False with one line in why[FILE_WHY], `path:line:column: what'; *e may
 * then hold part of it.
 */
bool expect_parse(struct expect *e, const char *path, const char *text, size_t n, char *why);

/*
 * Add one that is about no version, so that expect_find never finds it: what it explains is for the
 * caller to say.  NULL: there is no room.
 */
struct expectation *expect_add(struct expect *e, const char *name, const char *reason,
			       const char *source);

/* Add all *.txt of a folder.  A folder that is not there adds nothing. */
bool expect_load(struct expect *e, const char *folder, char *why);

/* Whether a build of that version behaves in the new way. */
bool expect_is_new(const struct expectation *x, build_id version);

/*
 * The expectation that explains a class, shown by `operation' (as text) between builds of two
 * versions, or NULL.  Where the newer build has the old behaviour and the older the new one, the
 * class is looked at the other way.
 */
struct expectation *expect_find(struct expect *e, const struct class *c, const char *operation,
				build_id left, build_id right);

/* Note which expectations two neighbours should show, in a world. */
void expect_take_part(struct expect *e, build_id left, build_id right, const char *world);

#endif
