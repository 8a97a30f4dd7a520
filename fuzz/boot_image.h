/* boot_image: a guest's image with a program inside, which a Xen boots and nobody need attend. */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include "fuzz/artefact.h"

enum { BOOT_IMAGE_LINE = 8192 };

/*
 * Write the image of a's program to `output', for a machine as `lane' describes it: model or
 * model:VERSION, that the answers are expected of, or xen:..., whose version and options count; it
 * is then booted once, to be asked.  line[BOOT_IMAGE_LINE] is the command that boots the image.
 * *adapted: the header had to be changed, and the program's own answers do not count.  Exits if it
 * cannot be done.
 */
void boot_image_write(const struct artefact *a, const char *output, const char *lane, char *line,
		      bool *adapted);

#endif
