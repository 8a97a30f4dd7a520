#define _GNU_SOURCE
#include "fuzz/boot_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/carried.h"
#include "diff/image.h"
#include "diff/xen_file.h"
#include "diff/xen_setup.h"
#include "fuzz/cli.h"
#include "fuzz/expected.h"

/* ------------------------------------------------------------------ what is expected */

static void
fail_setup(const char *lane, const char *why)
{
	cli_die(EXIT_USAGE, "lane %s: %s", lane, why);
}

void
boot_image_setup(struct xen_setup *setup, const char *lane)
{
	bool xen = strncmp(lane, "xen:", 4) == 0;
	const char *wrong;

	if (!xen && strncmp(lane, "model", 5) != 0)
		fail_setup(lane, "no image is for it; give model, model:VERSION or xen:SUITE");
	wrong = xen_setup_read(setup, xen ? lane + 4 : "xen");
	if (wrong != NULL)
		fail_setup(lane, wrong);
	if (setup->exact)
		fail_setup(lane, "an image needs no +exact; leave it out");
	if (setup->arm64)
		fail_setup(lane, "images are for x86; there are none for +arm64 yet");
}

/* ------------------------------------------------------------------ the image */

static uint8_t *
read_image(const char *guest, size_t *n)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	uint8_t *bytes;
	off_t size;
	int fd;

	cli_root_path(path, sizeof(path), guest);
	if (!file_exists(path))
		cli_die(EXIT_SKIP, "no %s (ninja %s)", guest, guest);
	fd = image_open(path, why, sizeof(why));
	if (fd < 0)
		cli_die(EXIT_RIG, "%s", why);
	size = lseek(fd, 0, SEEK_END);
	bytes = malloc((size_t)size);
	if (bytes == NULL || pread(fd, bytes, (size_t)size, 0) != (ssize_t)size)
		cli_die(EXIT_RIG, "%s: cannot be read", path);
	close(fd);
	*n = (size_t)size;
	return bytes;
}

/* The Xen to boot, as the user may name it: the suite's file, or his own, or any. */
static void
name_xen(char *out, const char *lane, const struct xen_setup *setup)
{
	char path[FILE_PATH_MAX];

	if (strncmp(lane, "xen:", 4) != 0) {
		snprintf(out, FILE_PATH_MAX, "XEN");
	} else if (xen_file_is_path(setup->xen)) {
		snprintf(out, FILE_PATH_MAX, "%s", setup->xen);
	} else {
		snprintf(path, sizeof(path), "out/xen/xen-%.400s", setup->xen);
		cli_root_path(out, FILE_PATH_MAX, path);
	}
}

static void
print_line(char *line, const char *output, const char *lane, const struct xen_setup *setup)
{
	const struct qemu_machine *m = &setup->machine;
	char xen[FILE_PATH_MAX];

	name_xen(xen, lane, setup);
	snprintf(line, BOOT_IMAGE_LINE,
		 "qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none "
		 "-serial stdio -accel tcg,thread=single -cpu max -smp %u -m %uM -machine %s%s%s "
		 "-kernel %.2000s -append '%s' -initrd %.2000s",
		 m->cpus, m->memory_mib, m->type, m->device != NULL ? " -device " : "",
		 m->device != NULL ? m->device : "", xen, m->xen_options, output);
}

bool
boot_image_put(const struct artefact *a, const char *output, const char *lane,
	       const struct xen_setup *setup, unsigned int domains)
{
	static struct carried c;
	char why[FILE_WHY], version[PROFILE_NAME];
	uint8_t *image;
	size_t n;

	c.full = 1;
	c.program = a->program;
	snprintf(c.world, sizeof(c.world), setup->pvh ? "xen+pvh" : "xen");
	image = read_image(setup->machine.guest, &n);
	xen_setup_adapt(setup, domains, &c.program.header);
	program_normalize(&c.program);
	expected_trace(&c.expected, version, &c.program, lane, true);
	c.check_expected = memcmp(&c.program.header, &a->program.header,
				  sizeof(c.program.header)) == 0;
	if (!carried_put(image, n, &c))
		cli_die(EXIT_RIG, "%s: has no place for a program; build it anew",
			setup->machine.guest);
	if (!file_write(output, image, n, why))
		cli_die(EXIT_USAGE, "%s", why);
	free(image);
	return !c.check_expected;
}

void
boot_image_write(const struct artefact *a, const char *output, const char *lane, char *line,
		 bool *adapted)
{
	static struct xen_setup setup;

	boot_image_setup(&setup, lane);
	*adapted = boot_image_put(a, output, lane, &setup, DOMAINS_MAX);
	print_line(line, output, lane, &setup);
}
