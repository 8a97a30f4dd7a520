/*
 * root: where the tree is whose out/ and scripts we use: $GNTFUZZ_ROOT, or else the current folder;
 * and where there is room beside it.
 */
#ifndef ROOT_H
#define ROOT_H

#include <stdbool.h>
#include <stddef.h>

/* Write the path of the tree's file `rest' into path[].  False if it does not fit. */
bool root_path(char *path, size_t path_bytes, const char *rest);

/*
 * Make a folder, or a file open to be written, for what is not kept, outside the tree: in $TMPDIR,
 * or else /tmp.  Its path is in path[], cut off if it does not fit.  False, or -1: it cannot be
 * made; errno may tell.
 */
bool root_temp(char *path, size_t path_bytes);
int root_temp_file(char *path, size_t path_bytes);

#endif
