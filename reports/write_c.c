#define _GNU_SOURCE
#include "reports/write_c.h"

#include <stdlib.h>
#include <string.h>

#include "diff/compare.h"
#include "diff/text.h"
#include "reports/write_c_internal.h"

enum { LINE_BYTES = 256 };

/* ------------------------------------------------------------------ the head */

void
c_write_in_comment(FILE *out, const char *s)
{
	for (char before = '\0'; *s != '\0'; before = *s++) {
		bool plain = (unsigned char)*s >= ' ' && *s != '\x7f';

		fputc(!plain || (*s == '/' && before == '*') ? '?' : *s, out);
	}
}

static void
write_head(FILE *out, const struct write_about *about)
{
	fputs("/*\n * A test of the grant-table core (core/gnttab.h) on a simulated Xen, made by\n"
	      " * `gntfuzz convert' from ", out);
	c_write_in_comment(out, about->input);
	fputs(".\n *\n", out);
	if (about->class[0] != '\0') {
		fputs(" * What it was kept for:\n *\t", out);
		c_write_in_comment(out, about->class);
		fputs("\n *\n", out);
	}
	fputs(" * Each function below is one step of the program, and says what its records must\n"
	      " * be: the return code, the status, the grant entry afterwards (flags, grantee,\n"
	      " * page) and how many references are free.  d0, d1 and d2 are the domains; their\n"
	      " * windows are where they may map.\n"
	      " *\n"
	      " * To build it, in gntfuzz's top folder, after `ninja out/release/ctest.a':\n"
	      " *\n *\tcc -g -I. -Iarch/sim ", out);
	c_write_in_comment(out, about->output);
	fputs(" out/release/ctest.a -lcjson -o repro\n *\n"
	      " * Status 0: all answers are as expected; 1: they are not, and the class is told.\n"
	      " */\n#include \"reports/ctest.h\"\n\n", out);
}

/* The program as its text: what operations are called, and the `= expected' lines. */
static void
write_text(const struct c_writer *w)
{
	size_t n = text_print(w->program, NULL, 0) + 1;
	char *text = malloc(n), *rest = text;

	if (text == NULL)
		abort();
	text_print(w->program, text, n);
	fputs("static const char program[] =", w->out);
	for (char *line; (line = strsep(&rest, "\n")) != NULL && rest != NULL;)
		fprintf(w->out, "\n\t\"%s\\n\"", line);
	fputs(";\n", w->out);
	free(text);
}

/* ------------------------------------------------------------------ what is expected */

static void
write_view(FILE *out, const struct entry_view *v)
{
	static const char *const types[] = {
		"GTF_invalid", "GTF_permit_access", "GTF_accept_transfer", "GTF_transitive",
	};
	static const struct c_name access[] = {
		{ GTF_readonly, " | GTF_readonly" }, { GTF_reading, " | GTF_reading" },
		{ GTF_writing, " | GTF_writing" },
	}, transfer[] = {
		{ GTF_transfer_committed, " | GTF_transfer_committed" },
		{ GTF_transfer_completed, " | GTF_transfer_completed" },
	};
	unsigned int type = v->flags & GTF_type_mask, rest = v->flags & ~GTF_type_mask;

	if (v->dom == VIEW_NONE) {
		fputs("NO_ENTRY", out);
		return;
	}
	fprintf(out, "{ %s", types[type]);
	for (size_t i = 0; i < 3 && type == GTF_permit_access; i++)
		if (rest & access[i].bit) {
			fputs(access[i].name, out);
			rest &= ~access[i].bit;
		}
	for (size_t i = 0; i < 2 && type == GTF_accept_transfer; i++)
		if (rest & transfer[i].bit) {
			fputs(transfer[i].name, out);
			rest &= ~transfer[i].bit;
		}
	if (rest != 0)
		fprintf(out, " | 0x%x", rest);
	fprintf(out, v->dom < DOMAINS_MAX ? ", DOM_D%u" : ", %u", v->dom);
	fprintf(out, v->frame < PAGE_SLOTS ? ", %u }" : ", 0x%02x }", v->frame);
}

static void
write_expected(const struct c_writer *w, unsigned int i, unsigned int at)
{
	const struct trace_record *e = &w->expected->record[at];

	fprintf(w->out, "\tctest_expect(&r[%u], &(struct trace_record){\n"
		"\t\t.rc = %s, .status = %s, .value = %u, .free_count = %u,\n", i,
		c_errno(e->rc).s, c_status(e->status).s, e->value, e->free_count);
	if (e->skip != SKIP_NOT || e->fired != 0 || e->any != 0)
		fprintf(w->out, "\t\t.skip = %u, .fired = 0x%x, .any = %u,\n", e->skip, e->fired,
			e->any);
	if (e->entry[0].dom != VIEW_NONE || e->entry[1].dom != VIEW_NONE) {
		fputs("\t\t.entry = {\n\t\t\t", w->out);
		write_view(w->out, &e->entry[0]);
		fputs(",\n\t\t\t", w->out);
		write_view(w->out, &e->entry[1]);
		fputs(",\n\t\t},\n", w->out);
	} else {
		fputs("\t\t.entry = { NO_ENTRY, NO_ENTRY },\n", w->out);
	}
	fprintf(w->out, "\t\t.rule = %u, .state = %u,\n\t});\n", e->rule, e->state);
}

/* ------------------------------------------------------------------ the steps */

/* The step's operations, each with the answer that is expected of it. */
static void
write_comment(const struct c_writer *w, unsigned int at, unsigned int n)
{
	char line[LINE_BYTES], answer[LINE_BYTES];

	fputs("\n/*\n", w->out);
	for (unsigned int i = at; i < at + n; i++) {
		const struct op *o = &w->program->ops[i];
		enum result_class c;
		int32_t value;

		if (o->kind == OP_EXPECT)
			continue;
		c = trace_headline(&w->expected->record[i], (enum op_kind)o->kind, &value);
		text_print_op(o, line, sizeof(line));
		text_print_result((enum op_kind)o->kind, c, value, answer, sizeof(answer));
		fprintf(w->out, " * %u: %-40s = %s", i + 1, line, answer);
		if (w->expected->record[i].rule != 0)
			fprintf(w->out, " (rule R%u)", w->expected->record[i].rule);
		fputc('\n', w->out);
	}
	if (program_batch(w->program, at) > 1)
		fputs(" * in one hypercall\n", w->out);
	fputs(" */\n", w->out);
}

static void
write_skips(const struct c_writer *w, unsigned int at, unsigned int n)
{
	static const char *const why[SKIP_REASONS] = {
		[SKIP_SLOT_HELD] = "SKIP_SLOT_HELD", [SKIP_SLOT_EMPTY] = "SKIP_SLOT_EMPTY",
		[SKIP_MAP_LIVE] = "SKIP_MAP_LIVE", [SKIP_NO_MAPPING] = "SKIP_NO_MAPPING",
		[SKIP_NO_TABLE] = "SKIP_NO_TABLE", [SKIP_LANE] = "SKIP_LANE",
	};

	for (unsigned int i = 0; i < n; i++)
		if (w->program->ops[at + i].kind != OP_EXPECT && !c_done(w, at + i))
			fprintf(w->out, "\tctest_skipped(&r[%u], %s);\n", i,
				why[w->expected->record[at + i].skip]);
}

/*
 * What the machine may have or not have, and the operation needs: looked for where it is done, as
 * the interpreter does.  (Of a batch the model's word is taken for it.)
 */
static void
write_guards(const struct c_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];
	unsigned int frame = FRAME_CODES;

	if (o->kind == OP_ENTRY || o->kind == OP_FLAGS)
		fprintf(w->out, "\tif (ctest_no_entry(r, &%s, %s))\n\t\treturn;\n", c_actor(o).s,
			c_ref(w, c_actor(o), o->a.idx).s);
	if (o->kind == OP_GRANT || o->kind == OP_GRANT_REF || o->kind == OP_ENTRY ||
	    (o->kind == OP_END && o->flags & OPF_END_PAGE))
		frame = o->b.idx;
	else if (o->kind == OP_PAGE_OUT || o->kind == OP_WIDEN)
		frame = o->a.idx;
	if (frame < FRAME_MISSING)
		fprintf(w->out, "\tif (ctest_no_page(r, %s))\n\t\treturn;\n",
			c_frame(w, o, frame).s);
}

/* Whether the model says that it is done, or is not for what the guards look at. */
static bool
is_tried(const struct c_writer *w, unsigned int at)
{
	switch (w->expected->record[at].skip) {
	case SKIP_NOT:
	case SKIP_SLOT_EMPTY:
	case SKIP_NO_TABLE:
	case SKIP_NO_MAPPING: return true;
	default: return false;
	}
}

static void
write_calls(const struct c_writer *w, unsigned int at, unsigned int n)
{
	enum op_kind kind = (enum op_kind)w->program->ops[at].kind;

	if (op_table[kind].joinable || !is_tried(w, at))
		write_skips(w, at, n);
	if (op_table[kind].joinable) {
		c_write_batch(w, at, n);
	} else if (is_tried(w, at)) {
		write_guards(w, at);
		(kind <= OP_XLAT_FREE ? c_write_reference : c_write_other)(w, at);
	}
}

static void
write_step(const struct c_writer *w, unsigned int at, unsigned int n)
{
	write_comment(w, at, n);
	fprintf(w->out, "static void\nstep_%u(struct trace_record *r)\n{\n", at + 1);
	for (unsigned int i = 0; i < n; i++)
		if (w->program->ops[at + i].kind != OP_EXPECT)
			write_expected(w, i, at + i);
	fputc('\n', w->out);
	write_calls(w, at, n);
	fputs("}\n", w->out);
}

/* The next step: as many operations as one hypercall does; the answers between steps are none. */
static unsigned int
next_step(const struct program *p, unsigned int at, unsigned int *n)
{
	while (at < p->n_ops && p->ops[at].kind == OP_EXPECT)
		at++;
	*n = at < p->n_ops ? program_batch(p, at) : 0;
	return at;
}

static void
write_table(const struct c_writer *w)
{
	unsigned int n;

	fputs("\nstatic const struct ctest_step steps[] = {\n", w->out);
	for (unsigned int at = 0; at = next_step(w->program, at, &n), n > 0; at += n)
		fprintf(w->out, "\t{ %u, %u, step_%u },\n", at + 1, n, at + 1);
	/* No empty arrays in C; this one is never done. */
	fputs("\t{ 0, 0, NULL },\n};\n", w->out);
}

/* ------------------------------------------------------------------ the end */

static uint64_t
untouched(const struct program *p, unsigned int d, unsigned int slot)
{
	static const uint8_t nothing[XEN_PAGE_SIZE];

	return slot < p->header.pages ? trace_digest_part(nothing, d, slot, 0, 0) : PAGE_EMPTY;
}

static void
write_end(const struct c_writer *w)
{
	const struct program *p = w->program;

	fputs("\n/* What each domain ends with; pages that are not named are untouched. */\n"
	      "static void\nends(void)\n{\n", w->out);
	for (unsigned int d = 0; d < p->header.domains; d++) {
		const struct trace_domain *e = &w->expected->domain[d];

		fprintf(w->out, "\tctest_expect_end(%u, &(struct trace_domain){\n"
			"\t\t.free_count = %u, .nr_frames = %u, .deferred = %u, .leaked = %u,\n"
			"\t\t.pages_put = %u, .any_digest = 0x%x,\n\t});\n",
			d, e->free_count, e->nr_frames, e->deferred, e->leaked, e->pages_put,
			e->any_digest);
		for (unsigned int s = 0; s < PAGE_SLOTS; s++)
			if (e->digest[s] == PAGE_EMPTY && untouched(p, d, s) != PAGE_EMPTY)
				fprintf(w->out, "\tctest_expect_page(%u, %u, PAGE_EMPTY);\n", d, s);
			else if (e->digest[s] != untouched(p, d, s))
				fprintf(w->out, "\tctest_expect_page(%u, %u, 0x%llxu);\n", d, s,
					(unsigned long long)e->digest[s]);
	}
	fputs("}\n", w->out);
}

void
write_c(FILE *out, const struct program *p, const struct trace *expected,
	const struct write_about *about)
{
	const struct c_writer w = { out, p, expected };
	unsigned int n;

	write_head(out, about);
	write_text(&w);
	for (unsigned int at = 0; at = next_step(p, at, &n), n > 0; at += n)
		write_step(&w, at, n);
	write_table(&w);
	write_end(&w);
	fputs("\nint\nmain(void)\n{\n"
	      "\treturn ctest_main(program, steps, sizeof(steps) / sizeof(steps[0]) - 1, ends);\n"
	      "}\n", out);
}
