#define _GNU_SOURCE
#include "fuzz/build_id.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "diff/image.h"

enum { POINT_MAX = 255, COMMITS_MAX = 65535, DIGITS_MAX = 6 };

/* A number at the front of the n characters at *text, moved past.  -1 for none, or too large. */
static int
number(const char **text, size_t *n, int max)
{
	int v = 0, digits = 0;

	for (; *n > 0 && isdigit((unsigned char)**text) && digits < DIGITS_MAX; digits++) {
		v = v * 10 + (**text - '0');
		++*text;
		--*n;
	}
	return digits > 0 && v <= max ? v : -1;
}

/* The same behind a character; `absent' if that is not there. */
static int
number_behind(char mark, const char **text, size_t *n, int max, int absent)
{
	if (*n == 0 || **text != mark)
		return absent;
	++*text;
	--*n;
	return number(text, n, max);
}

/* The id that the text begins with; *n is what is left. */
static build_id
parse_front(const char *text, size_t *n)
{
	int major = number(&text, n, POINT_MAX);
	int minor = number_behind('.', &text, n, POINT_MAX, -1);
	int point = number_behind('.', &text, n, POINT_MAX, 0);
	int commits = number_behind('+', &text, n, COMMITS_MAX, 0);

	if (major < 0 || minor < 0 || point < 0 || commits < 0)
		return 0;
	return build_id_of((unsigned int)major, (unsigned int)minor, (unsigned int)point,
			   (unsigned int)commits);
}

build_id
build_id_parse(const char *text, size_t n)
{
	build_id id = parse_front(text, &n);

	return n == 0 ? id : 0;
}

void
build_id_print(build_id id, char out[BUILD_ID_TEXT])
{
	unsigned int commits = id & 0xffff;
	int n = snprintf(out, BUILD_ID_TEXT, "%u.%u.%u", (unsigned int)(id >> 32),
			 (unsigned int)(id >> 24) & 255, (unsigned int)(id >> 16) & 255);

	if (commits > 0)
		snprintf(out + n, BUILD_ID_TEXT - (size_t)n, "+%u", commits);
}

/* A string of the file that begins as a package version with commits does: 4.20.4+39-g... */
static build_id
find_package(const char *bytes, size_t n, unsigned int branch)
{
	const char *at = bytes, *end = bytes + n;

	while ((at = memmem(at, (size_t)(end - at), "-g", 2)) != NULL) {
		const char *start = at;
		size_t left;
		build_id id;

		while (start > bytes && (isdigit((unsigned char)start[-1]) ||
					 start[-1] == '.' || start[-1] == '+'))
			start--;
		left = (size_t)(at - start);
		id = parse_front(start, &left);
		if (id != 0 && left == 0 && build_id_branch(id) == branch && (id & 0xffff) != 0)
			return id;
		at += 2;
	}
	return 0;
}

build_id
build_id_find(unsigned int running, const char *path)
{
	build_id itself = build_id_of(running >> 16, running >> 8 & 255, running & 255, 0), found;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n;
	void *bytes;

	if (fd < 0)
		return itself;
	bytes = image_map(fd, &n);
	close(fd);
	if (bytes == MAP_FAILED)
		return itself;
	found = find_package(bytes, n, build_id_branch(itself));
	munmap(bytes, n);
	return found != 0 ? found : itself;
}
