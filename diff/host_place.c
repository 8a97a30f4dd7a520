#define _GNU_SOURCE
#include "diff/host_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "diff/host_library.h"

#define LOCK "gntfuzz-host.lock"

enum { PATH = 512, TEXT = 64 };

const struct host_place host_place_real = {
	"/sys/hypervisor", "/dev/xen", "/proc/xen", "/run", host_library_domid,
};

/* The first line of a small file, or "". */
static void
read_line(const char *folder, const char *name, char line[TEXT])
{
	char path[PATH];
	FILE *f;

	line[0] = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	if (f == NULL)
		return;
	if (fgets(line, TEXT, f) == NULL)
		line[0] = 0;
	line[strcspn(line, "\n")] = 0;
	fclose(f);
}

bool
host_place_is_xen(const struct host_place *place, char *why, size_t why_bytes)
{
	char type[TEXT];

	read_line(place->sys, "type", type);
	if (strcmp(type, "xen") == 0)
		return true;
	snprintf(why, why_bytes, "this machine does not run on Xen (%s/type %s%s); run gntfuzz in "
		 "a domain of a Xen host", place->sys, type[0] ? "says " : "is not there", type);
	return false;
}

static bool
has_node(const struct host_place *place, const char *node, const char *module, char *why,
	 size_t why_bytes)
{
	char path[PATH];

	snprintf(path, sizeof(path), "%s/%s", place->dev, node);
	if (access(path, R_OK | W_OK) == 0)
		return true;
	if (errno == ENOENT)
		snprintf(why, why_bytes, "no %s; modprobe %s", path, module);
	else
		snprintf(why, why_bytes, "%s: %s; run as root", path, strerror(errno));
	return false;
}

/* dom0 knows it without asking anybody. */
static int
own_domid(const struct host_place *place)
{
	char line[TEXT];

	read_line(place->proc, "capabilities", line);
	return strstr(line, "control_d") != NULL ? 0 : place->domid();
}

static bool
is_own(const struct host_place *place, unsigned int domid, char *why, size_t why_bytes)
{
	int own = own_domid(place);

	if (own == (int)domid)
		return true;
	if (own < 0)
		snprintf(why, why_bytes,
			 "cannot tell which domain this is: %s/capabilities says no control_d, and "
			 "xenstore does not answer; mount -t xenfs xenfs %s", place->proc,
			 place->proc);
	else
		snprintf(why, why_bytes, "this is domain %d, not %u; say so: host:%d, or "
			 "agent --domid %d", own, domid, own, own);
	return false;
}

/* The point release is what "extra" begins with: ".5", ".5-pre". */
static uint32_t
version(const struct host_place *place)
{
	char major[TEXT], minor[TEXT], extra[TEXT];
	unsigned long point;

	read_line(place->sys, "version/major", major);
	read_line(place->sys, "version/minor", minor);
	read_line(place->sys, "version/extra", extra);
	point = extra[0] == '.' ? strtoul(extra + 1, NULL, 10) : 0;
	return (uint32_t)(strtoul(major, NULL, 10) << 16 | (strtoul(minor, NULL, 10) & 0xff) << 8 |
			  (point & 0xff));
}

/* One at a time: the lock goes with the process that holds it. */
static int
take_lock(const struct host_place *place, char *why, size_t why_bytes)
{
	char path[PATH];
	int fd;

	snprintf(path, sizeof(path), "%s/" LOCK, place->run);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		snprintf(why, why_bytes, "%s: %s; run as root", path, strerror(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	snprintf(why, why_bytes, "another gntfuzz is at work in this domain (%s is locked); wait "
		 "for its end", path);
	close(fd);
	return -1;
}

static bool
is_pv(const struct host_place *place, char *why, size_t why_bytes)
{
	char type[TEXT];

	read_line(place->sys, "guest_type", type);
	if (strcmp(type, "PV") == 0)
		return true;
	snprintf(why, why_bytes, "%s/guest_type says %s, and raw hypercalls are of a PV dom0; boot "
		 "Xen with dom0=pv", place->sys, type[0] ? type : "nothing");
	return false;
}

static bool
has_nodes(const struct host_place *place, enum host_way way, char *why, size_t why_bytes)
{
	if (way == HOST_RAW)
		return is_pv(place, why, why_bytes) &&
		       has_node(place, "privcmd", "xen-privcmd", why, why_bytes);
	return has_node(place, "gntdev", "xen-gntdev", why, why_bytes) &&
	       has_node(place, "gntalloc", "xen-gntalloc", why, why_bytes) &&
	       (way == HOST_ALONE || has_node(place, "evtchn", "xen-evtchn", why, why_bytes));
}

bool
host_place_find(struct host_found *f, const struct host_place *place, unsigned int domid,
		enum host_way way, char *why, size_t why_bytes)
{
	if (!host_place_is_xen(place, why, why_bytes) ||
	    !has_nodes(place, way, why, why_bytes) || !is_own(place, domid, why, why_bytes))
		return false;
	f->version = version(place);
	f->lock = take_lock(place, why, why_bytes);
	return f->lock >= 0;
}
