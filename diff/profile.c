#include "diff/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/xen_abi.h"

#define V XEN_VERSION
#define ARM64 "+arm64"
#define ROW(name, rule) #name, offsetof(struct profile, name), rule

enum { POINT_LAST = 0xff };	/* "4.14": after all its point releases */

_Static_assert((uint32_t)PROFILE_REFERENCE == V(4, 17, 7), "the reference is 4.17.7");

const struct profile_row profile_rows[] = {
	{ ROW(pin_limit_is_of_one_counter, 507), { V(4, 15, 0) }, "map_grant_ref", NULL, 0, 0 },
	{ ROW(no_space_without_handles, 505), { V(4, 16, 0) }, "map_grant_ref", NULL, 0, 0 },
	{ ROW(bad_dev_addr_is_told, 602), { V(4, 16, 0) }, "unmap_common", NULL, 0, 0 },
	{ ROW(dev_addr_needs_device_map, 602), { V(4, 16, 0) }, "unmap_common", NULL, 0, 0 },
	{ ROW(status_list_is_checked, 925), { V(4, 16, 0) }, "gnttab_get_status_frames",
	  NULL, 0, 0 },
	{ ROW(failed_arrival_is_told, 712), { V(4, 16, 0) }, "gnttab_transfer", NULL, 0, 0 },
	{ ROW(table_frame_has_one_place, 937), { V(4, 16, 0) }, "gnttab_set_frame_gfn",
	  NULL, 0, 0 },
	{ ROW(transfer_can_be_disabled, 701), { V(4, 17, 0) }, "parse_gnttab", NULL, 0, 0 },
	{ ROW(copy_of_nothing_is_okay, 813), { V(4, 19, 0) }, "gnttab_copy", NULL, 0, 0 },
	{ ROW(cache_flush_is_unknown, 942), { V(4, 21, 0) }, "do_grant_table_op", NULL, 0, 0 },
	{ ROW(copy_refuses_moved_frame, 809),
	  { V(4, 17, 7), V(4, 18, 6), V(4, 19, 6), V(4, 20, 4), V(4, 21, 2), V(4, 22, 0) },
	  "XSA-500",
	  "d0 grant g0 to d0 page p0 = 8\n"
	  "d0 map m0 from d0 g0 ro = okay\n"
	  "d0 entry g0 flags 9 domid d0 frame p1 = 0\n"
	  "d0 copy p2+0 -> d0:g0+0 len 8\n",
	  GNTST_general_error, GNTST_okay },
	/* In the 4.17 branch after 4.17.7; nothing later was released from it. */
	{ ROW(copy_judges_each_frame, 801),
	  { V(4, 17, 7), V(4, 18, 7), V(4, 19, 7), V(4, 20, 5), V(4, 21, 3), V(4, 22, 1) },
	  "XSA-523",
	  "d0 copy page none p0+0 -> p1+0 len 8\n",
	  GNTST_bad_domain, GNTST_permission_denied },
	{ ROW(flush_of_read_only_cleans, 931),
	  { V(4, 17, 7), V(4, 18, 7), V(4, 19, 7), V(4, 20, 5) },
	  "XSA-519",
	  "d0 grant g0 to d1 page p0 = 8\n"
	  "d1 map m0 from d0 g0 ro = okay\n"
	  "d1 cache_flush other.p0 +0 len 8 inval\n",
	  0, -XEN_EOPNOTSUPP },
};

const unsigned int profile_n_rows = sizeof profile_rows / sizeof profile_rows[0];

bool
profile_has(const struct profile *p, const struct profile_row *row)
{
	return *(const bool *)((const char *)p + row->offset);
}

void
profile_set(struct profile *p, const struct profile_row *row, bool has)
{
	*(bool *)((char *)p + row->offset) = has;
}

/* Whether a release has the row's: that of its own branch decides, or of the last before it. */
static bool
came_with(const struct profile_row *row, uint32_t version)
{
	uint32_t deciding = row->since[0];

	for (unsigned int i = 1; row->since[i] != 0 && row->since[i] >> 8 <= version >> 8; i++)
		deciding = row->since[i];
	return version >= deciding;
}

struct profile
profile_for(uint32_t version)
{
	struct profile p = { .version = version };

	for (unsigned int i = 0; i < profile_n_rows; i++)
		profile_set(&p, &profile_rows[i], came_with(&profile_rows[i], version));
	return p;
}

void
profile_be_arm64(struct profile *p)
{
	p->arm64 = true;
	p->cache_flush_is_unknown = false;
}

/* ------------------------------------------------------------------ as text */

/* Read one number of a version, at most 255. */
static bool
number(const char **at, uint32_t *value)
{
	char *end;
	unsigned long n;

	if (**at < '0' || **at > '9')
		return false;
	n = strtoul(*at, &end, 10);
	*at = end;
	*value = (uint32_t)n;
	return n <= 0xff;
}

static bool
version_parse(const char **at, uint32_t *version)
{
	uint32_t major, minor, point = POINT_LAST;

	if (!number(at, &major) || *(*at)++ != '.' || !number(at, &minor))
		return false;
	if (**at == '.') {
		++*at;
		if (!number(at, &point))
			return false;
	}
	*version = V(major, minor, point);
	return true;
}

static const struct profile_row *
row_named(const char *name, size_t n)
{
	for (unsigned int i = 0; i < profile_n_rows; i++)
		if (strlen(profile_rows[i].name) == n && memcmp(profile_rows[i].name, name, n) == 0)
			return &profile_rows[i];
	return NULL;
}

static bool
arm64_parse(const char **at)
{
	size_t n = strlen(ARM64);

	if (strncmp(*at, ARM64, n) != 0 || ((*at)[n] != 0 && strchr("+-", (*at)[n]) == NULL))
		return false;
	*at += n;
	return true;
}

bool
profile_parse(struct profile *p, const char *text)
{
	uint32_t version;

	if (!version_parse(&text, &version))
		return false;
	*p = profile_for(version);
	if (arm64_parse(&text)) {
		if (version < PROFILE_ARM64_FIRST)
			return false;
		profile_be_arm64(p);
	}
	while (*text == '+' || *text == '-') {
		size_t n = strcspn(text + 1, "+-");
		const struct profile_row *row = row_named(text + 1, n);

		if (row == NULL)
			return false;
		profile_set(p, row, *text == '+');
		text += 1 + n;
	}
	return *text == '\0';
}

void
profile_print(const struct profile *p, char *out)
{
	struct profile released = profile_for(p->version);
	int n = snprintf(out, PROFILE_NAME, "%u.%u", p->version >> 16, p->version >> 8 & 0xff);

	if ((p->version & 0xff) != POINT_LAST)
		n += snprintf(out + n, PROFILE_NAME - (size_t)n, ".%u", p->version & 0xff);
	if (p->arm64)
		profile_be_arm64(&released);
	if (p->arm64)
		n += snprintf(out + n, PROFILE_NAME - (size_t)n, ARM64);
	for (unsigned int i = 0; i < profile_n_rows; i++) {
		const struct profile_row *row = &profile_rows[i];

		if (profile_has(p, row) != profile_has(&released, row))
			n += snprintf(out + n, PROFILE_NAME - (size_t)n, "%c%s",
				      profile_has(p, row) ? '+' : '-', row->name);
	}
}

void
profile_print_lacking(const struct profile *p, char *out)
{
	int n = 0;

	out[0] = '\0';
	for (unsigned int i = 0; i < profile_n_rows; i++) {
		const struct profile_row *row = &profile_rows[i];

		if (row->witness != NULL && !profile_has(p, row))
			n += snprintf(out + n, PROFILE_NAME - (size_t)n, "%s%s", n > 0 ? " " : "",
				      row->source);
	}
}
