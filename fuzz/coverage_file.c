/*
 * coverage_file: counts of a process that others may read while it runs, and after it was killed.
 *
 * The file is the memory: a struct coverage behind eight bytes that say so.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/coverage.h"

static const char mark[8] = "gntcell3";

struct shared {
	char mark[sizeof(mark)];
	struct coverage counts;
};

static struct shared *
map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	void *at = MAP_FAILED;
	struct shared *s;

	if (fd < 0)
		return NULL;
	/* Allocated: on a full disk, storing into a hole would kill us. */
	if (posix_fallocate(fd, 0, sizeof(*s)) == 0)
		at = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return NULL;
	s = at;
	if (memcmp(s->mark, mark, sizeof(mark)) != 0) {
		memset(s, 0, sizeof(*s));
		memcpy(s->mark, mark, sizeof(mark));
	}
	return s;
}

bool
coverage_publish(const struct coverage *c, const char *path)
{
	static struct coverage told;
	static struct shared *shared;

	if (shared == NULL && (shared = map(path)) == NULL)
		return false;
	shared->counts.programs += c->programs - told.programs;
	shared->counts.operations += c->operations - told.operations;
	shared->counts.unsure += c->unsure - told.unsure;
	for (unsigned int i = 0; i < COVERAGE_CELLS; i++)
		shared->counts.hits[i] += c->hits[i] - told.hits[i];
	told = *c;
	return true;
}

bool
coverage_load(struct coverage *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	static struct shared s;
	bool ok;

	if (fd < 0)
		return false;
	ok = read(fd, &s, sizeof(s)) == (ssize_t)sizeof(s) &&
	     memcmp(s.mark, mark, sizeof(mark)) == 0;
	close(fd);
	if (!ok)
		return false;
	c->programs += s.counts.programs;
	c->operations += s.counts.operations;
	c->unsure += s.counts.unsure;
	for (unsigned int i = 0; i < COVERAGE_CELLS; i++)
		c->hits[i] += s.counts.hits[i];
	return true;
}
