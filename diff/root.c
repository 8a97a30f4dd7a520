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
