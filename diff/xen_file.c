#define _GNU_SOURCE
#include "diff/xen_file.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "diff/image.h"
#include "diff/root.h"

#define XEN_FOLDER "out/xen"
#define FETCH "arch/x86/fetch-xen"

enum {
	PATH_BYTES = 4096,
	EXIT_NOT_TO_BE_HAD = 77,
	EXIT_NO_COMMAND = 127,
	MULTIBOOT_MAGIC = 0x1badb002,
	ARM_HEADER_BYTES = 64,
	ARM_MAGIC_AT = 56,
	MULTIBOOT_WITHIN = 8192,	/* bytes from the start, where a loader looks for it */
};

/* ------------------------------------------------------------------ is it one? */

static bool
has_multiboot(const uint8_t *bytes, size_t n)
{
	for (size_t at = 0; at + 4 <= n && at + 4 <= MULTIBOOT_WITHIN; at += 4) {
		uint32_t word;

		memcpy(&word, bytes + at, sizeof(word));
		if (word == MULTIBOOT_MAGIC)
			return true;
	}
	return false;
}

/* Whether all that the ELF file says is to be loaded is in it. */
static bool
is_whole(const uint8_t *bytes, size_t n)
{
	Elf32_Ehdr e;
	Elf32_Phdr p;

	memcpy(&e, bytes, sizeof(e));
	for (size_t i = 0; i < e.e_phnum; i++) {
		size_t at = e.e_phoff + i * sizeof(p);

		if (at + sizeof(p) > n)
			return false;
		memcpy(&p, bytes + at, sizeof(p));
		if (p.p_type == PT_LOAD && (size_t)p.p_offset + p.p_filesz > n)
			return false;
	}
	return true;
}

static bool
says_xen(const uint8_t *bytes, size_t n)
{
	static const char console_mark[] = "(XEN) ";	/* begins each line that a Xen says */

	return memmem(bytes, n, console_mark, strlen(console_mark)) != NULL;
}

static bool
is_arm_image(const uint8_t *bytes, size_t n)
{
	return n >= ARM_HEADER_BYTES && memcmp(bytes + ARM_MAGIC_AT, "ARM\x64", 4) == 0;
}

/* What is wrong with the content as a Xen for QEMU, or NULL. */
static const char *
find_fault_x86(const uint8_t *bytes, size_t n)
{
	if (is_arm_image(bytes, n))
		return "is for 64-bit Arm: add +arm64 to the lane's name";
	if (n >= 2 && memcmp(bytes, "MZ", 2) == 0)
		return "is no Xen that QEMU can boot: an EFI image; take the xen*.gz beside it";
	if (n < sizeof(Elf32_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0)
		return "is no Xen: not even an ELF file";
	if (bytes[EI_CLASS] != ELFCLASS32)
		return "is no Xen that QEMU can boot: a 64-bit ELF file; take xen or xen.gz, "
		       "not xen-syms";
	if (!has_multiboot(bytes, n) || !says_xen(bytes, n))
		return "is no Xen: an ELF file of something else";
	return is_whole(bytes, n) ? NULL : "is cut off";
}

static const char *
find_fault_arm64(const uint8_t *bytes, size_t n)
{
	if (!is_arm_image(bytes, n))
		return "is no Xen for 64-bit Arm";
	return says_xen(bytes, n) ? NULL : "is no Xen, but something else for 64-bit Arm";
}

static bool
is_xen(int fd, bool arm64, const char *path, char *why, size_t why_bytes)
{
	const char *fault = "is empty";
	size_t n;
	void *bytes = image_map(fd, &n);

	if (bytes == MAP_FAILED && n > 0) {
		snprintf(why, why_bytes, "%s: %s", path, strerror(errno));
		return false;
	}
	if (bytes != MAP_FAILED) {
		fault = (arm64 ? find_fault_arm64 : find_fault_x86)(bytes, n);
		munmap(bytes, n);
	}
	if (fault != NULL)
		snprintf(why, why_bytes, "%s: %s", path, fault);
	return fault == NULL;
}

/* The minor version of a Xen 4 for Arm, or 0. */
static unsigned int
arm_minor(const uint8_t *bytes, size_t n)
{
	static const char name[] = "xen,xen-4.";	/* by which a device tree names it */
	const uint8_t *at = memmem(bytes, n, name, strlen(name));
	unsigned int minor = 0;

	if (at == NULL)
		return 0;
	for (at += strlen(name); at < bytes + n && isdigit(*at); at++)
		minor = minor * 10 + (*at - '0');
	return minor;
}

bool
xen_file_makes_dom0_alone(int fd)
{
	enum { FIRST_TO_MAKE_MORE = 17 };
	unsigned int minor = 0;
	size_t n;
	void *bytes = image_map(fd, &n);

	if (bytes != MAP_FAILED) {
		minor = arm_minor(bytes, n);
		munmap(bytes, n);
	}
	return minor != 0 && minor < FIRST_TO_MAKE_MORE;
}

/* ------------------------------------------------------------------ find it */

/* Have the suite's Xen put where `path` says. */
static bool
fetch(const char *suite, char *why, size_t why_bytes, bool *broken)
{
	char command[PATH_BYTES], folder[PATH_BYTES];
	char *argv[] = { command, (char *)suite, folder, NULL };
	int said, status;

	if (!root_path(command, sizeof(command), FETCH) ||
	    !root_path(folder, sizeof(folder), XEN_FOLDER)) {
		snprintf(why, why_bytes, "the tree's path is too long");
		return false;
	}
	said = memfd_create("gntfuzz-fetch", MFD_CLOEXEC);
	status = image_run(argv, (const int[]){ -1, said, said }, 0);
	image_last_line(said, why, why_bytes);
	if (said >= 0)
		close(said);
	if (status == EXIT_NO_COMMAND)
		snprintf(why, why_bytes, "cannot run " FETCH);
	else if (status != 0 && why[0] == 0)
		snprintf(why, why_bytes, FETCH " %s: failed without a word", suite);
	*broken = status != 0 && status != EXIT_NOT_TO_BE_HAD && status != EXIT_NO_COMMAND;
	return status == 0;
}

static int
open_xen(const char *path, bool arm64, char *why, size_t why_bytes)
{
	int fd = image_open(path, why, why_bytes);

	if (fd >= 0 && !is_xen(fd, arm64, path, why, why_bytes)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
open_suite(const char *suite, bool arm64, char *why, size_t why_bytes, bool *broken)
{
	char path[PATH_BYTES], rest[64], name[48];
	int fd;

	if (snprintf(name, sizeof(name), "%s%s", suite, arm64 ? "+arm64" : "") >=
	    (int)sizeof(name) ||
	    snprintf(rest, sizeof(rest), XEN_FOLDER "/xen-%s", name) >= (int)sizeof(rest) ||
	    !root_path(path, sizeof(path), rest)) {
		snprintf(why, why_bytes, "%.40s...: no suite has such a name", suite);
		return -1;
	}
	if (access(path, R_OK) != 0 && !fetch(name, why, why_bytes, broken))
		return -1;
	fd = open_xen(path, arm64, why, why_bytes);
	*broken = fd < 0;	/* it was fetched whole: somebody changed it since */
	return fd;
}

bool
xen_file_is_path(const char *spelling)
{
	return strpbrk(spelling, "/.") != NULL;
}

int
xen_file_open(const char *spelling, bool arm64, char *why, size_t why_bytes, bool *broken)
{
	*broken = false;
	why[0] = 0;
	if (!xen_file_is_path(spelling))
		return open_suite(spelling, arm64, why, why_bytes, broken);
	return open_xen(spelling, arm64, why, why_bytes);
}
