/* write_c_text: operands as C expressions. */
#include "reports/write_c_internal.h"

#include <stdarg.h>

#include "diff/text.h"

struct c_text
c_print(const char *format, ...)
{
	struct c_text t;
	va_list args;

	va_start(args, format);
	vsnprintf(t.s, sizeof(t.s), format, args);
	va_end(args);
	return t;
}

struct c_text
c_domain(unsigned int d)
{
	return c_print("d%u", d);
}

struct c_text
c_actor(const struct op *o)
{
	return c_domain(o->actor);
}

const char *
c_special_domid(unsigned int code)
{
	static const char *const names[DOM_CODES] = {
		[DOM_SELF] = "DOMID_SELF", [DOM_IO] = "DOMID_IO", [DOM_XEN] = "DOMID_XEN",
		[DOM_COW] = "DOMID_COW", [DOM_INVALID] = "DOMID_INVALID", [DOM_IDLE] = "DOMID_IDLE",
		[DOM_NONE] = "77", [DOM_LAST] = "DOMID_FIRST_RESERVED - 1", [DOM_MAX] = "0xffff",
	};

	return names[code];
}

struct c_text
c_domid(const struct c_writer *w, unsigned int code)
{
	if (code >= DOMAINS_MAX)
		return c_print("%s", c_special_domid(code));
	if (code >= w->program->header.domains)
		return c_print("%u /* no domain */", 100 + code);
	return c_print("guest_domid(d%u.arch)", code);
}

struct c_text
c_owner(const struct c_writer *w, const struct op *o, unsigned int dom_code)
{
	return dom_code < w->program->header.domains ? c_domain(dom_code) : c_actor(o);
}

struct c_text
c_ref(const struct c_writer *w, struct c_text owner, unsigned int code)
{
	unsigned int end = w->program->header.max_frames * GNTTAB_ENTRIES_PER_FRAME;

	if (code < REF_SLOTS)
		return c_print("%s.ref[%u]", owner.s, code);
	switch (code) {
	case REF_0: return c_print("0");
	case REF_1: return c_print("1");
	case REF_7: return c_print("7");
	case REF_511: return c_print("511");
	case REF_512: return c_print("512");
	case REF_LAST: return c_print("%u", end - 1);
	case REF_END: return c_print("%u", end);
	default: return c_print("INVALID_GRANT_REF");
	}
}

struct c_text
c_frame(const struct c_writer *w, const struct op *o, unsigned int code)
{
	static const char *const special[] = {
		"GUEST_FRAME_MISSING", "GUEST_FRAME_TABLE", "GUEST_FRAME_PAGETABLE",
		"GUEST_FRAME_UNOWNED",
	};
	const struct program_header *h = &w->program->header;
	unsigned int d = o->actor;

	if (code >= FRAME_MISSING)
		return c_print("guest_special_frame(d%u.arch, %s)", d,
			       special[code - FRAME_MISSING]);
	if (code >= FRAME_OTHER_P0) {
		d = (o->actor + 1u) % h->domains;
		if (d == o->actor || h->hvm >> d & 1)
			return c_frame(w, o, FRAME_UNOWNED);
	}
	return c_print("guest_page_frame(d%u.arch, %u)", d, code % PAGE_SLOTS);
}

struct c_text
c_where(const struct op *o, unsigned int at, unsigned int own)
{
	switch (at) {
	case AT_OWN: return c_print("guest_window_addr(d%u.arch, %u)", o->actor, own);
	case AT_HOLE:
		return c_print("guest_bad_addr(d%u.arch, GUEST_ADDR_HOLE, %u)", o->actor, own);
	case AT_WILD:
		return c_print("guest_bad_addr(d%u.arch, GUEST_ADDR_WILD, %u)", o->actor, own);
	case AT_UNALIGNED:
		return c_print("guest_bad_addr(d%u.arch, GUEST_ADDR_UNALIGNED, %u)", o->actor, own);
	case AT_ZERO: return c_print("0");
	default: return c_print("guest_window_addr(d%u.arch, %u)", o->actor, at - AT_M0);
	}
}

struct c_text
c_status(int status)
{
	const char *name = text_status_name(status);

	if (status == STATUS_NONE)
		return c_print("STATUS_NONE");
	return name != NULL ? c_print("GNTST_%s", name) : c_print("%d", status);
}

struct c_text
c_errno(int rc)
{
	const char *name = rc < 0 && rc >= -EXPECT_ERRNO_MAX ? text_errno_name(-rc) : NULL;

	return name != NULL ? c_print("-XEN_%s", name) : c_print("%d", rc);
}

struct c_text
c_flags(const struct c_name *names, unsigned int n, unsigned int flags)
{
	struct c_text t = c_print("0");
	size_t used = 0;

	for (unsigned int i = 0; i < n; i++)
		if (flags & names[i].bit)
			used += (size_t)snprintf(t.s + used, sizeof(t.s) - used, "%s%s",
						 used > 0 ? " | " : "", names[i].name);
	return t;
}

bool
c_done(const struct c_writer *w, unsigned int at)
{
	return w->expected->record[at].skip == SKIP_NOT;
}
