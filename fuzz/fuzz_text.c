/*
 * fuzz_text: any bytes -> the parser.  What parses must come back unchanged through text and
 * through bytes, and what the model says of it must fit into a trace's text.
 *
 * Each way to fail is a function of its own, so that their crashes stay apart.
 */
#include <stdlib.h>
#include <string.h>

#include "diff/model.h"
#include "diff/text.h"

enum { TEXT_BYTES_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Static for their size only: each run writes before it reads. */
static struct program parsed, again;
static char text[TEXT_BYTES_MAX], text_again[TEXT_BYTES_MAX];
static uint8_t bytes[PROGRAM_BYTES_MAX];
static struct trace trace;

static __attribute__((noinline)) void
fail_text_error_without_place(void)
{
	abort();
}

static __attribute__((noinline)) void
fail_text_not_normal(void)
{
	abort();
}

static __attribute__((noinline)) void
fail_text_too_long(void)
{
	abort();
}

static __attribute__((noinline)) void
fail_text_printed_does_not_parse(void)
{
	abort();
}

static __attribute__((noinline)) void
fail_text_printed_is_another(void)
{
	abort();
}

static __attribute__((noinline)) void
fail_text_not_canonical(void)
{
	abort();
}

static __attribute__((noinline)) void
fail_text_bytes_are_another(void)
{
	abort();
}

static __attribute__((noinline)) void
fail_text_trace_too_long(void)
{
	abort();
}

/* An error names a place in the text, and says something. */
static void
check_error(const struct text_error *e, size_t size)
{
	if (e->line == 0 || e->column == 0 || e->line > size + 1 || e->column > size + 1)
		fail_text_error_without_place();
	if (e->what[0] == '\0' || memchr(e->what, '\0', sizeof e->what) == NULL)
		fail_text_error_without_place();
}

static void
check_text(void)
{
	struct text_error e;
	size_t n = text_print(&parsed, text, sizeof text);

	if (n >= sizeof text)
		fail_text_too_long();
	if (!text_parse(&again, &e, text, n))
		fail_text_printed_does_not_parse();
	if (!program_same(&parsed, &again))
		fail_text_printed_is_another();
	if (text_print(&again, text_again, sizeof text_again) != n ||
	    memcmp(text, text_again, n) != 0)
		fail_text_not_canonical();
}

static void
check_bytes(void)
{
	size_t n = program_encode(&parsed, bytes);

	program_decode(&again, bytes, n);
	if (!program_same(&parsed, &again))
		fail_text_bytes_are_another();
}

static void
check_normal(void)
{
	again = parsed;
	program_normalize(&again);
	if (!program_same(&parsed, &again))
		fail_text_not_normal();
}

static void
check_trace(void)
{
	static struct model *model;
	struct profile profile = profile_for(PROFILE_REFERENCE);

	if (model == NULL) {
		model = malloc(model_bytes);
		if (model == NULL)
			abort();
		model_init(model);
	}
	model_begin(model, &parsed, &profile);
	for (unsigned int at = 0; at < parsed.n_ops;)
		at += model_step(model, at, &trace);
	model_end(model, &trace);
	if (text_print_trace(&parsed, &trace, text, sizeof text) >= sizeof text)
		fail_text_trace_too_long();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_error e;

	if (!text_parse(&parsed, &e, (const char *)data, size)) {
		check_error(&e, size);
		return 0;
	}
	check_normal();
	check_text();
	check_bytes();
	check_trace();
	return 0;
}
