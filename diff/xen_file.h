/*
 * xen_file: which xen binary a spelling means, ready for QEMU to load.
 *
 * A word is a Debian suite: its Xen, for x86 or for 64-bit Arm, is fetched once
 * (arch/x86/fetch-xen) and kept under out/xen.
 * What holds a '/' or a '.' is a file, gzipped or not.
 */
#ifndef XEN_FILE_H
#define XEN_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Open `spelling`'s binary: a descriptor of its content, unpacked, that nobody else changes.
 * Returns -1 if it is not to be had or is no Xen that QEMU can boot, with one line in why[].
 * *broken: whether it should have been there.
 */
int xen_file_open(const char *spelling, bool arm64, char *why, size_t why_bytes, bool *broken);

/*
 * Whether an open Xen for 64-bit Arm is from before 4.17: it gives each domain that it makes beside
 * dom0 1024 frames of maptrack, or panics if it may not give so many.
 */
bool xen_file_makes_dom0_alone(int fd);

/* Whether the spelling is that of a file, so that it is the user's if it cannot be opened. */
bool xen_file_is_path(const char *spelling);

#endif
