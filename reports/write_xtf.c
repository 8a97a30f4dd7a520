#include "reports/write_xtf.h"

#include <string.h>

#include "diff/text.h"
#include "reports/write_xtf_internal.h"

enum { LINE_BYTES = 256 };

/* ------------------------------------------------------------------ what cannot be done */

/* Why an operation of this kind cannot be, or NULL. */
static const char *
kind_trouble(const struct op *o)
{
	switch (o->kind) {
	case OP_RACE: return "there is one processor";
	case OP_TRANSFER: return "a page would change hands, and there is one domain";
	case OP_FAIL_HYPERCALL:
	case OP_FAIL_ALLOC: return "nothing fails on demand there";
	case OP_PAGE_OUT:
	case OP_WIDEN:
	case OP_FILL: return "pages are not moved there";
	case OP_SUSPEND:
	case OP_RESUME: return "the table is not unmapped there";
	case OP_GET_STATUS:
	case OP_ADD_TO_PHYSMAP:
	case OP_XLAT_SETUP:
	case OP_XLAT_FREE: return "the table's place is the framework's affair";
	case OP_SET_VERSION: return o->len > 1 ? "it would turn the table into version 2" : NULL;
	case OP_SETUP_TABLE: return o->len > 1 ? "it hangs on that Xen's limits" : NULL;
	case OP_PIN: return o->len > 16 ? "it hangs on that Xen's limits" : NULL;
	default: return NULL;
	}
}

static const char *
frame_trouble(unsigned int code)
{
	return code < PAGE_SLOTS || code == FRAME_MISSING ? NULL : "there is no such frame";
}

static const char *
where_trouble(unsigned int at)
{
	return at == AT_HOLE || at == AT_WILD || at == AT_ZERO ? "there is no such address" : NULL;
}

/* Asking about others takes a privilege that a test's domain has not. */
static const char *
asked_trouble(unsigned int dom)
{
	return dom == DOM_D0 || dom == DOM_SELF ? NULL : "it takes dom0's privilege";
}

static const char *
operand_trouble(const struct op *o)
{
	switch (o->kind) {
	case OP_GRANT:
	case OP_GRANT_REF:
	case OP_ENTRY: return frame_trouble(o->b.idx);
	case OP_CACHE_FLUSH: return frame_trouble(o->a.idx);
	case OP_MAP:
	case OP_UNMAP: return where_trouble(op_where(o));
	case OP_HYPERCALL:
		return o->a.idx == CALL_WILD || o->a.idx == CALL_HOLE ? "there is no such address"
								      : NULL;
	case OP_SETUP_TABLE:
		if (o->flags & (OPF_LIST_HOLE | OPF_LIST_WILD))
			return "there is no such address";
		return asked_trouble(o->a.dom);
	case OP_QUERY_SIZE: return "it hangs on that Xen's limits";
	case OP_GET_VERSION:
	case OP_DUMP_TABLE: return asked_trouble(o->a.dom);
	case OP_COPY:
		if (o->a.idx >= SIDE_FRAME && frame_trouble(o->a.idx - SIDE_FRAME) != NULL)
			return frame_trouble(o->a.idx - SIDE_FRAME);
		return o->b.idx >= SIDE_FRAME ? frame_trouble(o->b.idx - SIDE_FRAME) : NULL;
	default: return NULL;
	}
}

static bool
refuse(char *why, const struct program *p, unsigned int at, const char *trouble)
{
	char line[LINE_BYTES];

	text_print_op(&p->ops[at], line, sizeof(line));
	snprintf(why, WRITE_XTF_WHY, "operation %u, `%s', cannot be in an XTF test: %s", at + 1,
		 line, trouble);
	return false;
}

bool
write_xtf_adapt(struct program *alone, const struct program *p, char *why)
{
	for (unsigned int i = 0; i < p->n_ops; i++) {
		const struct op *o = &p->ops[i];
		const char *trouble = o->actor != 0 ? "there is one domain, d0"
						    : kind_trouble(o);

		if (trouble == NULL)
			trouble = operand_trouble(o);
		if (trouble != NULL)
			return refuse(why, p, i, trouble);
	}
	*alone = *p;
	alone->header = program_header_default;
	alone->header.domains = 1;
	alone->header.pages = p->header.pages;
	alone->header.hvm = p->header.hvm & 1;
	program_normalize(alone);
	return true;
}

/* ------------------------------------------------------------------ the head */

static const char helpers[] =
	"#include <xtf.h>\n"
	"\n"
	"#define PAGES 8\n"
	"#define WINDOWS 8\n"
	"\n"
	"static uint8_t page[PAGES][PAGE_SIZE] __page_aligned_bss;\n"
	"static uint8_t window[WINDOWS][PAGE_SIZE] __page_aligned_bss;\n"
	"static grant_handle_t handle[WINDOWS], stale[WINDOWS];\n"
	"static uint64_t __attribute__((unused)) bus[WINDOWS];\n"
	"static domid_t self;\n"
	"\n"
	"/* Where to map: over a page of ours (PV), or where a guest has no memory (HVM). */\n"
	"static uint64_t __attribute__((unused)) window_addr(unsigned int w)\n"
	"{\n"
	"    return IS_DEFINED(CONFIG_PV) ? _u(window[w]) : 0xe0000000UL + w * PAGE_SIZE;\n"
	"}\n"
	"\n"
	"static void __attribute__((unused)) check(const char *op, const char *what, long got,\n"
	"                                          long expected)\n"
	"{\n"
	"    if ( got != expected )\n"
	"        xtf_failure(\"Fail: %s: %s: expected %ld, got %ld\\n\", op, what, expected,\n"
	"                    got);\n"
	"}\n"
	"\n"
	"/* Lend a page: the flags are what makes the entry valid, so they come last. */\n"
	"static void __attribute__((unused)) grant(unsigned int ref, domid_t domid,\n"
	"                                          unsigned long gfn, uint16_t flags)\n"
	"{\n"
	"    gnttab_v1[ref].domid = domid;\n"
	"    gnttab_v1[ref].frame = gfn;\n"
	"    smp_wmb();\n"
	"    *(volatile uint16_t *)&gnttab_v1[ref].flags = flags;\n"
	"}\n"
	"\n"
	"/* End it, unless somebody has the page mapped: 1, or 0. */\n"
	"static int __attribute__((unused)) end(unsigned int ref)\n"
	"{\n"
	"    uint16_t *flags = &gnttab_v1[ref].flags;\n"
	"    uint16_t seen = *(volatile uint16_t *)flags;\n"
	"\n"
	"    if ( seen & (GTF_reading | GTF_writing) )\n"
	"        return 0;\n"
	"    return __sync_bool_compare_and_swap(flags, seen, 0);\n"
	"}\n"
	"\n"
	"static void fill_pages(unsigned int n)\n"
	"{\n"
	"    for ( unsigned int p = 0; p < n; p++ )\n"
	"        for ( unsigned int i = 0; i < PAGE_SIZE; i++ )\n"
	"            page[p][i] = (i >> 3) * 31 + (i & 7) * 57 + p * 17 + 1;\n"
	"}\n";

static void
write_head(const struct xtf_writer *w, const struct write_about *about)
{
	fprintf(w->out, "/**\n * @file tests/NAME/main.c\n * @ref test-NAME\n *\n"
		" * Grant table version 1, a test of the hypervisor made by `gntfuzz convert'\n"
		" * from ");
	c_write_in_comment(w->out, about->input);
	fputs(".\n", w->out);
	if (about->class[0] != '\0') {
		fputs(" *\n * What it was kept for:\n *     ", w->out);
		c_write_in_comment(w->out, about->class);
		fputc('\n', w->out);
	}
	fprintf(w->out, " *\n * The answers are those of Xen %s; `gntfuzz convert' with\n"
		" * `--lane model:VERSION' or `--lane xen:SUITE' makes it for others.\n",
		about->version);
	fprintf(w->out, " *\n * For a test folder of the Xen Test Framework, with this Makefile:\n"
		" *\n *     NAME      := NAME\n *     CATEGORY  := functional\n"
		" *     TEST-ENVS := %s\n *\n"
		" * The domain lends pages to itself.  A failure names the operation, in words of\n"
		" * gntfuzz, and what of its answer is not as expected.\n */\n",
		w->program->header.hvm & 1 ? "hvm64" : "pv64");
	fputs(helpers, w->out);
	fprintf(w->out, "\nconst char test_title[] = \"gntfuzz: grant table\";\n");
}

/* ------------------------------------------------------------------ the operations */

/* What the core would have answered decides what number is in a slot. */
static void
note_reference(struct xtf_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];
	int32_t rc = w->expected->record[at].rc;

	if ((o->kind == OP_GRANT || o->kind == OP_ACCEPT || o->kind == OP_CLAIM) && rc > 0 &&
	    c_done(&(struct c_writer){ w->out, w->program, w->expected }, at))
		w->ref[o->a.idx] = (grant_ref_t)rc;
}

/* Have `write' write each step: operations [at, at + n). */
static void
each_step(struct xtf_writer *w,
	  void (*write)(struct xtf_writer *w, unsigned int at, unsigned int n))
{
	unsigned int n;

	for (unsigned int at = 0; at < w->program->n_ops; at += n) {
		n = program_batch(w->program, at);
		if (w->program->ops[at].kind != OP_EXPECT)
			write(w, at, n);
	}
}

static void
write_function(struct xtf_writer *w, unsigned int at, unsigned int n)
{
	char line[LINE_BYTES];

	if (xtf_left_out(w, at, n) != NULL)
		return;
	fputs("\n/*\n", w->out);
	for (unsigned int i = at; i < at + n; i++) {
		if (w->program->ops[i].kind == OP_EXPECT)
			continue;
		text_print_op(&w->program->ops[i], line, sizeof(line));
		fprintf(w->out, " * %u: %s\n", i + 1, line);
	}
	fprintf(w->out, " */\nstatic void op_%u(void)\n{\n", at + 1);
	note_reference(w, at);
	if (op_table[w->program->ops[at].kind].joinable)
		xtf_write_batch(w, at, n);
	else
		xtf_write_one(w, at);
	fputs("}\n", w->out);
}

static void
write_call(struct xtf_writer *w, unsigned int at, unsigned int n)
{
	const char *left_out = xtf_left_out(w, at, n);
	char line[LINE_BYTES];

	text_print_op(&w->program->ops[at], line, sizeof(line));
	if (left_out == NULL)
		fprintf(w->out, "    op_%u();\n", at + 1);
	else
		fprintf(w->out, "    /* %u: %s: %s */\n", at + 1, line, left_out);
}

static void
write_main(struct xtf_writer *w)
{
	fprintf(w->out, "\nvoid test_main(void)\n{\n"
		"    int rc = xtf_init_grant_table(1);\n"
		"    int domid = xtf_get_domid();\n\n"
		"    if ( rc )\n"
		"        return xtf_error(\"Error: no grant table: %%d\\n\", rc);\n"
		"    if ( domid < 0 )\n"
		"        return xtf_error(\"Error: no domid: %%d\\n\", domid);\n"
		"    self = domid;\n"
		"    fill_pages(%u);\n"
		"    for ( unsigned int i = 0; i < WINDOWS; i++ )\n"
		"        handle[i] = stale[i] = -1;\n\n",
		w->program->header.pages);
	each_step(w, write_call);
	fputs("\n    if ( !xtf_status_reported() )\n"
	      "        xtf_success(\"Success: all answers as expected\\n\");\n}\n", w->out);
}

/* What shows only in the answers: the core's table would have grown, or a page been deferred. */
static const char *
answer_trouble(const struct program *p, const struct trace *t, unsigned int at)
{
	const struct trace_record *r = &t->record[at];

	if (t->domain[0].nr_frames > 1)
		return "the table grows beyond its first frame";
	if (p->ops[at].kind == OP_END && r->rc == 0 && r->skip == SKIP_NOT)
		return "nothing is deferred there";
	if (r->status == GNTST_no_space || r->status == GNTST_no_device_space)
		return "it hangs on that Xen's limits";
	return NULL;
}

bool
write_xtf(FILE *out, const struct program *p, const struct trace *expected,
	  const struct write_about *about, char *why)
{
	struct xtf_writer w = { .out = out, .program = p, .expected = expected };

	for (unsigned int i = 0; i < p->n_ops; i++) {
		const char *trouble = answer_trouble(p, expected, i);

		if (trouble != NULL)
			return refuse(why, p, i, trouble);
	}
	for (unsigned int s = 0; s < REF_SLOTS; s++)
		w.ref[s] = GNTTAB_NR_RESERVED_ENTRIES + s;
	write_head(&w, about);
	each_step(&w, write_function);
	write_main(&w);
	return true;
}
