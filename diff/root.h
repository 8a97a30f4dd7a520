/*
 * root: where the tree is whose out/ and scripts we use: $GNTFUZZ_ROOT, or else the current folder.
 */
#ifndef ROOT_H
#define ROOT_H

#include <stdbool.h>
#include <stddef.h>

/* Write the path of the tree's file `rest' into path[].  False if it does not fit. */
bool root_path(char *path, size_t path_bytes, const char *rest);

#endif
