#define _GNU_SOURCE
#include "diff/carried.h"

#include <string.h>

bool
carried_put(uint8_t *image, size_t n, const struct carried *c)
{
	uint8_t *at = memmem(image, n, CARRIED_MARK, CARRIED_MARK_BYTES);
	size_t left = at != NULL ? n - (size_t)(at - image) : 0;

	if (left < sizeof(*c))
		return false;
	if (memmem(at + 1, left - 1, CARRIED_MARK, CARRIED_MARK_BYTES) != NULL)
		return false;
	memcpy(at, c, sizeof(*c));
	memcpy(at, CARRIED_MARK, CARRIED_MARK_BYTES);
	return true;
}
