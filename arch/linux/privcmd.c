/* privcmd: the kernel's device for a dom0's process to make hypercalls and to have frames. */
#define _GNU_SOURCE
#include "arch/linux/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#define __user
#include <xen/sys/privcmd.h>

static int device = -1;

int
process_open(void)
{
	device = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	if (device < 0)
		return -1;
	/* Xen reads and writes arguments where they are: they must not be paged out. */
	return mlockall(MCL_CURRENT | MCL_FUTURE);
}

void
process_close(void)
{
	if (device >= 0)
		close(device);
	device = -1;
}

long
process_call(unsigned int number, unsigned long a1, unsigned long a2, unsigned long a3,
	     unsigned long a4, unsigned long a5)
{
	privcmd_hypercall_t call = { .op = number, .arg = { a1, a2, a3, a4, a5 } };
	int rc = ioctl(device, IOCTL_PRIVCMD_HYPERCALL, &call);

	return rc >= 0 ? rc : -errno;
}

/* The page tables are made as frames are shown; they stay when the frames go. */
uint8_t *
process_area(size_t pages, uint64_t frame)
{
	uint8_t *area = mmap(NULL, pages * XEN_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			     device, 0);
	xen_pfn_t *frames = calloc(pages, sizeof(*frames));
	int *errors = calloc(pages, sizeof(*errors));
	privcmd_mmapbatch_v2_t batch = {
		.num = (unsigned int)pages, .dom = DOMID_SELF, .addr = (uintptr_t)area,
		.arr = frames, .err = errors,
	};
	bool done = false;

	if (area != MAP_FAILED && frames != NULL && errors != NULL) {
		for (size_t i = 0; i < pages; i++)
			frames[i] = frame;
		done = ioctl(device, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch) == 0;
	}
	free(frames);
	free(errors);
	if (!done && area != MAP_FAILED)
		munmap(area, pages * XEN_PAGE_SIZE);
	return done ? area : NULL;
}
