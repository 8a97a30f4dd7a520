#define _POSIX_C_SOURCE 200809L
#include "diff/xen_images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/image.h"
#include "diff/root.h"
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

bool
xen_images_open(struct xen_images *im, const char *xen, bool arm64, struct qemu_machine *m,
		char *why, size_t why_bytes, bool *broken)
{
	char guest[PATH_BYTES];

	*broken = false;
	im->xen = im->guest = -1;
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
	return im->guest >= 0;
}

void
xen_images_close(struct xen_images *im)
{
	if (im->xen >= 0)
		close(im->xen);
	if (im->guest >= 0)
		close(im->guest);
	im->xen = im->guest = -1;
}
