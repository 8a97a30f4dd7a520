/*
 * build_id: which Xen a build is, finer than it says itself.
 *
 * What runs calls itself 4.20.5 from the commit after 4.20.4 on.  A package of Debian's holds its
 * own version as a string, with the commits since the release (4.20.4+39): builds of one branch can
 * be put in order by it.
 */
#ifndef BUILD_ID_H
#define BUILD_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BUILD_ID_TEXT = 24 };

/* major, minor and point in a byte each, then commits in 16 bits: to be compared as numbers. */
typedef uint64_t build_id;

static inline build_id
build_id_of(unsigned int major, unsigned int minor, unsigned int point, unsigned int commits)
{
	return (build_id)major << 32 | (build_id)minor << 24 | (build_id)point << 16 | commits;
}

/* "4.17", "4.17.5" or "4.20.4+39", all n characters of it; 0 for what is none. */
build_id build_id_parse(const char *text, size_t n);

/* "4.17.5", "4.20.4+39". */
void build_id_print(build_id id, char out[BUILD_ID_TEXT]);

/* major.minor, to be compared. */
static inline unsigned int
build_id_branch(build_id id)
{
	return (unsigned int)(id >> 24);
}

/*
 * The id of a running Xen that calls itself `running' (major << 16 | minor << 8 | point), out of
 * the file that was booted, which is not compressed.
 */
build_id build_id_find(unsigned int running, const char *path);

#endif
