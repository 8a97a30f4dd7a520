#define _POSIX_C_SOURCE 200809L
#include "diff/root.h"

#include <stdio.h>
#include <stdlib.h>

bool
root_path(char *path, size_t path_bytes, const char *rest)
{
	const char *root = getenv("GNTFUZZ_ROOT");
	int n;

	if (root == NULL || root[0] == 0)
		n = snprintf(path, path_bytes, "%s", rest);
	else
		n = snprintf(path, path_bytes, "%s/%s", root, rest);
	return n >= 0 && (size_t)n < path_bytes;
}

/* A name for mkdtemp or mkstemp to complete.  False if it does not fit. */
static bool
name_temp(char *path, size_t path_bytes)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(path, path_bytes, "%s/gntfuzz-XXXXXX",
			 tmp != NULL && tmp[0] ? tmp : "/tmp");

	return n >= 0 && (size_t)n < path_bytes;
}

bool
root_temp(char *path, size_t path_bytes)
{
	return name_temp(path, path_bytes) && mkdtemp(path) != NULL;
}

int
root_temp_file(char *path, size_t path_bytes)
{
	return name_temp(path, path_bytes) ? mkstemp(path) : -1;
}
