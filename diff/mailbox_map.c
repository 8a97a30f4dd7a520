#define _GNU_SOURCE
#include "diff/mailbox_map.h"

#include <sys/mman.h>

#include "diff/stamps.h"

enum { BYTES = MAILBOX_PAGES_MAX * MAILBOX_PAGE };

/* The file, and which of the machine's frames is its first. */
struct memory {
	int fd;
	uint64_t frames, first;
};

static bool
map_frame(const struct memory *memory, void *at, uint64_t frame)
{
	uint64_t n = frame - memory->first;

	if (frame < memory->first || n >= memory->frames)
		return false;
	return mmap(at, MAILBOX_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory->fd,
		    (off_t)(n * MAILBOX_PAGE)) == at;
}

/* Its frames need not lie side by side. */
struct mailbox *
mailbox_map(int memory_fd, uint64_t memory_bytes, uint64_t memory_at, uint64_t first)
{
	bool stamped = first == MAILBOX_FRAME_UNKNOWN;
	const struct memory memory = {
		memory_fd, memory_bytes / MAILBOX_PAGE, stamped ? 0 : memory_at / MAILBOX_PAGE,
	};
	uint8_t *at = mmap(NULL, BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct mailbox *m = (struct mailbox *)at;
	bool good;

	if (at == MAP_FAILED)
		return NULL;
	if (stamped)
		first = stamps_first(memory_fd);
	good = map_frame(&memory, at, first) &&
	       __atomic_load_n(&m->magic, __ATOMIC_ACQUIRE) == MAILBOX_MAGIC &&
	       m->n_pages <= MAILBOX_PAGES_MAX;
	if (good && stamped)
		stamps_find(memory_fd, m);
	for (uint32_t i = 1; good && i < m->n_pages; i++)
		good = map_frame(&memory, at + (size_t)i * MAILBOX_PAGE, m->frame[i]);
	if (good && stamped)
		stamps_wipe(m);
	if (!good)
		munmap(at, BYTES);
	return good ? m : NULL;
}

void
mailbox_unmap(struct mailbox *m)
{
	munmap(m, BYTES);
}
