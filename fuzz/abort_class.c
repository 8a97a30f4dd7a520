#include "fuzz/abort_class.h"

#include <stdlib.h>
#include <string.h>

/* GCC makes one of functions that do the same; noipa forbids that, and copies for one caller. */
#if defined(__GNUC__) && !defined(__clang__)
#define FRAME __attribute__((noipa)) static void
#else
#define FRAME __attribute__((noinline)) static void
#endif

/* What is still to be called.  `passed' is different in each, so that no linker folds them. */
struct walk {
	const char *volatile passed;
	void (*frame[ABORT_FRAMES])(struct walk *w);
};

struct row {
	const char *word, *second;	/* second: "" if there is but one */
	const char *name;
	void (*frame)(struct walk *w);
};

/* What stands behind the call keeps it from becoming a jump, which would leave no frame. */
#define STEP(name, at) \
	FRAME name(struct walk *w) \
	{ \
		w->passed = #name; \
		w->frame[at](w); \
		__asm__ volatile(""); \
	}

#define LAST(name) \
	FRAME name(struct walk *w) \
	{ \
		w->passed = #name; \
		abort(); \
	}

/* ------------------------------------------------------------------ operation and entry */

/* Their answers do not depend on what an entry was: class.h. */
#define OPS(X) \
	X(grant) X(grant_ref) X(query) X(end_ref) X(end) X(try_end) X(accept) X(accept_ref) \
	X(end_transfer_ref) X(end_transfer) X(alloc) X(empty) X(claim) X(release) X(free) \
	X(free_chain) X(callback) X(cancel) X(tick) X(suspend) X(resume) X(version) X(max_frames) \
	X(foreach) X(xlat_setup) X(xlat_free) X(map) X(pin) X(unmap) X(replace) X(copy) \
	X(transfer) X(entry) X(flags) X(swap) X(setup_table) X(query_size) X(set_version) \
	X(get_version) X(get_status) X(cache_flush) X(dump_table) X(add_to_physmap) X(hypercall) \
	X(write) X(read) X(write_map) X(read_map) X(fill) X(fail_alloc) X(fail_hypercall) \
	X(page_out) X(widen) X(afterwards)

/* Theirs do. */
#define ASKING_OPS(X, entry) \
	X(map, entry) X(pin, entry) X(unmap, entry) X(replace, entry) X(copy, entry) \
	X(transfer, entry) X(swap, entry) X(cache_flush, entry)
#define OPS_AND_ENTRIES(X) \
	ASKING_OPS(X, empty) ASKING_OPS(X, granted) ASKING_OPS(X, pinned) \
	ASKING_OPS(X, accepting) ASKING_OPS(X, odd)

#define OP_FRAME(op) STEP(difference_in_##op, 1)
#define OP_ENTRY_FRAME(op, entry) STEP(difference_in_##op##_of_##entry##_entry, 1)
#define OP_ROW(op) { #op, "any_entry", "difference_in_" #op, difference_in_##op },
#define OP_ENTRY_ROW(op, entry) \
	{ #op, #entry, "difference_in_" #op "_of_" #entry "_entry", \
	  difference_in_##op##_of_##entry##_entry },

OPS(OP_FRAME)
OPS_AND_ENTRIES(OP_ENTRY_FRAME)
STEP(difference_in_something_else, 1)

static const struct row ops[] = {
	OPS(OP_ROW) OPS_AND_ENTRIES(OP_ENTRY_ROW)
	{ NULL, NULL, "difference_in_something_else", difference_in_something_else },
};

/* ------------------------------------------------------------------ what was expected, and came */

#define STATUSES(X) \
	X(okay) X(general_error) X(bad_domain) X(bad_gntref) X(bad_handle) X(bad_virt_addr) \
	X(bad_dev_addr) X(no_device_space) X(permission_denied) X(bad_page) X(bad_copy_arg) \
	X(address_too_big) X(eagain) X(no_space) X(no_status)

/* Why an operation was not done, and answers that are no status and no error. */
#define OTHERS(X) \
	X(done) X(slot_held) X(slot_empty) X(mapping_live) X(no_mapping) X(no_table) \
	X(not_on_this_lane) X(nothing) X(skip) X(ended) X(busy) X(deferred) X(number) X(0) X(1) \
	X(p0)

#define FLAGS(X) \
	X(0x00) X(0x01) X(0x02) X(0x03) X(0x04) X(0x05) X(0x06) X(0x07) \
	X(0x08) X(0x09) X(0x0a) X(0x0b) X(0x0c) X(0x0d) X(0x0e) X(0x0f) \
	X(0x10) X(0x11) X(0x12) X(0x13) X(0x14) X(0x15) X(0x16) X(0x17) \
	X(0x18) X(0x19) X(0x1a) X(0x1b) X(0x1c) X(0x1d) X(0x1e) X(0x1f)

#define INVARIANTS(X) \
	X(I_PINS) X(I_FLAGS) X(I_LATCH) X(I_REFS) X(I_OWNER) X(I_PAGES) X(I_BYTES) X(I_HEAP)

/* Fields of which only one word is said, and the word. */
#define FIELDS(X) \
	X(value, number) X(entry_domid, number) X(free_references, number) X(callbacks, number) \
	X(table_frames, number) X(deferred_references, number) X(leaked_references, number) \
	X(pages_put_back, number) X(invariant, holds) X(entry_frame, page) X(entry_frame, no_page) \
	X(page_contents, bytes) X(page_contents, no_page)

#define ANSWER_FRAME(word) STEP(answer_expected_##word, 2)
#define FLAGS_FRAME(word) STEP(entry_flags_expected_##word, 2)
#define FIELD_FRAME_(field, word) STEP(field##_expected_##word, 2)
#define ANSWER_ROW(word) \
	{ "answer", #word, "answer_expected_" #word, answer_expected_##word },
#define FLAGS_ROW(word) \
	{ "entry_flags", #word, "entry_flags_expected_" #word, entry_flags_expected_##word },
#define FIELD_ROW(field, word) \
	{ #field, #word, #field "_expected_" #word, field##_expected_##word },

STATUSES(ANSWER_FRAME)
OTHERS(ANSWER_FRAME)
FLAGS(FLAGS_FRAME)
FIELDS(FIELD_FRAME_)
STEP(something_else_expected, 2)
#define XEN_ERRNO(name, number) ANSWER_FRAME(name)
#include <xen/errno.h>

static const struct row fields[] = {
	STATUSES(ANSWER_ROW) OTHERS(ANSWER_ROW) FLAGS(FLAGS_ROW) FIELDS(FIELD_ROW)
#define XEN_ERRNO(name, number) ANSWER_ROW(name)
#include <xen/errno.h>
	{ NULL, NULL, "something_else_expected", something_else_expected },
};

#define GOT_FRAME(word) LAST(got_##word)
#define GOT_NOT_FRAME(word) LAST(got_not_##word)
#define GOT_ROW(word) { #word, "", "got_" #word, got_##word },
#define GOT_NOT_ROW(word) { "not_" #word, "", "got_not_" #word, got_not_##word },

STATUSES(GOT_FRAME)
OTHERS(GOT_FRAME)
FLAGS(GOT_FRAME)
INVARIANTS(GOT_NOT_FRAME)
GOT_FRAME(page)
GOT_FRAME(no_page)
GOT_FRAME(bytes)
GOT_FRAME(something_else)
#define XEN_ERRNO(name, number) GOT_FRAME(name)
#include <xen/errno.h>

static const struct row answers[] = {
	STATUSES(GOT_ROW) OTHERS(GOT_ROW) FLAGS(GOT_ROW) INVARIANTS(GOT_NOT_ROW)
	GOT_ROW(page) GOT_ROW(no_page) GOT_ROW(bytes)
#define XEN_ERRNO(name, number) GOT_ROW(name)
#include <xen/errno.h>
	{ NULL, NULL, "got_something_else", got_something_else },
};

/* ------------------------------------------------------------------ a class */

/* The row of these words, or the last one. */
static const struct row *
find(const struct row *row, const char *word, const char *second)
{
	while (row->word != NULL &&
	       (strcmp(row->word, word) != 0 || strcmp(row->second, second) != 0))
		row++;
	return row;
}

static void
find_all(const struct class_words *w, const struct row *row[ABORT_FRAMES])
{
	row[0] = find(ops, w->op, w->entry);
	row[1] = find(fields, w->field, w->expected);
	row[2] = find(answers, w->got, "");
}

bool
abort_class_names(const struct class_words *w, const char *names[ABORT_FRAMES])
{
	const struct row *row[ABORT_FRAMES];
	bool own = true;

	find_all(w, row);
	for (unsigned int i = 0; i < ABORT_FRAMES; i++) {
		names[i] = row[i]->name;
		own &= row[i]->word != NULL;
	}
	return own;
}

void
abort_class(const struct class_words *w)
{
	const struct row *row[ABORT_FRAMES];
	struct walk walk = { .passed = NULL };

	find_all(w, row);
	for (unsigned int i = 0; i < ABORT_FRAMES; i++)
		walk.frame[i] = row[i]->frame;
	walk.frame[0](&walk);
	abort();
}
