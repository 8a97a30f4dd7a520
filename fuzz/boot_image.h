/* boot_image: a guest's image with a program inside, which a Xen boots and nobody need attend. */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include "diff/xen_setup.h"
#include "fuzz/artefact.h"

enum { BOOT_IMAGE_LINE = 8192 };

/*
 * What machine an image is for: a lane's, model, model:VERSION or xen:SUITE with what may follow.
 * A model's name is for any Xen, and a PV machine.  Exits if no image is for that lane.
 */
void boot_image_setup(struct xen_setup *setup, const char *lane);

/*
 * Write the image of a's program, of `domains' at most, to `output', for that machine; its answers
 * are expected to be the lane's, which is booted once to be asked if it is a Xen.  Returns whether
 * the header had to be changed: then the program's own answers do not count.  Exits if it cannot
 * be done.
 */
bool boot_image_put(const struct artefact *a, const char *output, const char *lane,
		    const struct xen_setup *setup, unsigned int domains);

/*
 * Both, for all domains that the machine has.  line[BOOT_IMAGE_LINE] is the command that boots the
 * image.
 */
void boot_image_write(const struct artefact *a, const char *output, const char *lane, char *line,
		      bool *adapted);

#endif
