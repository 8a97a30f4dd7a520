#define _POSIX_C_SOURCE 200809L
#include "diff/xen_images.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/image.h"
#include "diff/qemu_line.h"
#include "diff/root.h"
#include "diff/tree.h"
#include "diff/xen_file.h"

enum { PATH_BYTES = 4096 };

static bool
is_in_path(const char *command)
{
	const char *path = getenv("PATH");
	char file[PATH_BYTES];

	while (path != NULL && *path != 0) {
		size_t n = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, command);
		if (access(file, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

/* QEMU's tree of the machine, read through a folder of ours: it writes to no open file. */
static bool
read_tree(struct xen_images *im, const struct qemu_machine *m, char *why, size_t why_bytes)
{
	char folder[PATH_BYTES] = "", file[PATH_BYTES + 8];
	const int fds[3] = { -1, -1, -1 };
	struct qemu_line line;
	int fd = -1;

	im->tree = calloc(1, TREE_BYTES);
	if (im->tree != NULL && root_temp(folder, sizeof(folder))) {
		snprintf(file, sizeof(file), "%s/tree", folder);
		qemu_line_tree(&line, m, file);
		if (image_run(line.argv, fds, 0) == 0)
			fd = open(file, O_RDONLY | O_CLOEXEC);
		unlink(file);
		rmdir(folder);
	}
	if (fd >= 0 && read(fd, im->tree, TREE_BYTES) > 0) {
		close(fd);
		return true;
	}
	if (fd >= 0)
		close(fd);
	snprintf(why, why_bytes, "%s does not tell the machine's device tree by %s; set TMPDIR",
		 m->emulator, folder);
	return false;
}

bool
xen_images_open(struct xen_images *im, const char *xen, bool arm64, struct qemu_machine *m,
		char *why, size_t why_bytes, bool *broken)
{
	char guest[PATH_BYTES];

	*broken = false;
	im->xen = im->guest = -1;
	im->tree = NULL;
	if (!is_in_path(m->emulator)) {
		snprintf(why, why_bytes, "no %s (package qemu-system-%s)", m->emulator,
			 arm64 ? "arm" : "x86");
		return false;
	}
	if (!root_path(guest, sizeof(guest), m->guest) || access(guest, R_OK) != 0) {
		snprintf(why, why_bytes, "no %s (ninja %s)", m->guest, m->guest);
		return false;
	}
	im->xen = xen_file_open(xen, arm64, why, why_bytes, broken);
	if (im->xen < 0)
		return false;
	im->guest = image_open(guest, why, why_bytes);
	*broken = im->guest < 0;
	snprintf(im->xen_name, XEN_IMAGES_NAME, "/proc/%d/fd/%d", (int)getpid(), im->xen);
	snprintf(im->guest_name, XEN_IMAGES_NAME, "/proc/%d/fd/%d", (int)getpid(), im->guest);
	m->xen = im->xen_name;
	m->guest = im->guest_name;
	if (im->guest < 0 || !arm64)
		return im->guest >= 0;
	if (xen_file_makes_dom0_alone(im->xen))
		m->guests = m->cpus = 1;
	*broken = !read_tree(im, m, why, why_bytes);
	m->tree = im->tree;
	m->guest_bytes = (uint64_t)lseek(im->guest, 0, SEEK_END);
	return !*broken;
}

void
xen_images_close(struct xen_images *im)
{
	if (im->xen >= 0)
		close(im->xen);
	if (im->guest >= 0)
		close(im->guest);
	im->xen = im->guest = -1;
	free(im->tree);
	im->tree = NULL;
}
