/*
 * xen_file: which xen binary a spelling means, ready for QEMU to load.
 *
 * A word is a Debian suite: its Xen is fetched once (arch/x86/fetch-xen) and kept under out/xen.
 * What holds a '/' or a '.' is a file; gzipped ones are unpacked beside the suites'.
 */
#ifndef XEN_FILE_H
#define XEN_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Find `spelling`'s binary; its path goes to path[].  Returns false if there is none, with one
 * line in why[]. *broken: whether it should have been there.
 */
bool xen_file_find(const char *spelling, char *path, size_t path_bytes, char *why,
		   size_t why_bytes, bool *broken);

#endif
