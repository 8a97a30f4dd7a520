/* watch: see watch.h. */
#define _POSIX_C_SOURCE 200809L
#include "fuzz/watch.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { CPU_EVERY_NS = 1000000 };

int __real_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void planted_reached(void);

static struct moments *moments;
static uint64_t cpu_read_ns;

static uint64_t
clock_ns(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static struct moments *
open_moments(void)
{
	static struct moments nobody_asks;
	const char *path = getenv("GNTFUZZ_MOMENTS");
	int fd = path ? open(path, O_RDWR | O_CREAT, 0644) : -1;
	struct moments *m;

	if (!path)
		return &nobody_asks;
	if (fd < 0 || ftruncate(fd, sizeof(*m)) != 0)
		goto failed;
	m = mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m == MAP_FAILED)
		goto failed;
	close(fd);
	return m;
failed:
	fprintf(stderr, "watch: %s cannot be written\n", path);
	exit(3);
}

static void
begin(struct moments *m)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (m->start_ns == 0) {
		m->start_ns = now;
		m->magic = WATCH_MAGIC;
	}
	/* Another process is gone in the middle of an execution. */
	if (m->running && m->died.executions == 0)
		m->died = m->now;
	m->now.executions++;
	m->now.ns = now - m->start_ns;
	if (now - cpu_read_ns > CPU_EVERY_NS) {
		m->now.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
		cpu_read_ns = now;
	}
	m->running = 1;
}

int
__wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int result;

	if (!moments)
		moments = open_moments();
	begin(moments);
	result = __real_LLVMFuzzerTestOneInput(data, size);
	moments->running = 0;
	return result;
}

/* What plant.awk puts where the defect is. */
void
planted_reached(void)
{
	if (!moments || moments->reached.executions != 0)
		return;
	moments->reached = moments->now;
	moments->reached.ns = clock_ns(CLOCK_MONOTONIC) - moments->start_ns;
	moments->reached.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}
