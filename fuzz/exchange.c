#define _GNU_SOURCE
#include "fuzz/exchange.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/file.h"

static const char from_afl[] = "afl-";

/* FNV-1a (Fowler, Noll, Vo): a name, no more. */
static uint64_t
hash(const struct file_bytes *f)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < f->n; i++)
		h = (h ^ f->bytes[i]) * 0x100000001b3u;
	return h;
}

/* Copy a file to to_folder/PREFIXafl-HASH.  False if it could not be; *new if it was not there. */
static bool
copy(const char *from, const char *to_folder, const char *prefix, bool lasting, bool *new)
{
	char path[FILE_PATH_MAX], name[80], why[FILE_WHY];
	struct file_bytes f;
	bool ok;

	*new = false;
	if (!file_read(&f, from, why))
		return false;
	snprintf(name, sizeof(name), "%s%s%016" PRIx64, prefix, from_afl, hash(&f));
	/* An empty file is one that AFL++ is about to write. */
	ok = f.n > 0 && file_join(path, to_folder, name, why);
	if (ok && !file_exists(path)) {
		ok = lasting ? file_write(path, f.bytes, f.n, why)
			     : file_write_quick(path, f.bytes, f.n, why);
		*new = ok;
	}
	free(f.bytes);
	return ok;
}

/* Of an input's name: `id:000012,src:000003,time:15,execs:1234,op:...'. */
static uint64_t
number_in(const char *name, const char *mark)
{
	const char *at = strstr(name, mark);

	return at ? strtoull(at + strlen(mark), NULL, 10) : 0;
}

static bool
is_its_own(const char *name)
{
	return !strstr(name, ",sync:") && !strstr(name, ",orig:");
}

static void
take_inputs(struct exchange *x, uint64_t *given, const char *instance, const char *to)
{
	char queue[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;
	bool new;

	if (!file_join(queue, instance, "queue", why) || !file_list(&l, queue, why))
		return;
	x->inputs = l.n;
	for (size_t i = 0; i < l.n; i++) {
		uint64_t id = number_in(l.name[i], "id:"), runs = number_in(l.name[i], ",execs:");

		if (id < x->seen)
			continue;
		if (is_its_own(l.name[i])) {
			if (!file_join(path, queue, l.name[i], why) ||
			    !copy(path, to, "", false, &new))
				break;
			*given += new;
		}
		x->seen = id + 1;
		x->runs = runs > x->runs ? runs : x->runs;
	}
	file_list_free(&l);
}

/* Move what failed from instance/kind to DIR/findings. */
static unsigned int
take_failures(const char *instance, const char *kind, const char *to, const char *prefix)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;
	unsigned int n = 0;
	bool new;

	if (!file_join(folder, instance, kind, why) || !file_list(&l, folder, why))
		return 0;
	for (size_t i = 0; i < l.n; i++) {
		if (strncmp(l.name[i], "id:", 3) != 0 ||
		    !file_join(path, folder, l.name[i], why) ||
		    !copy(path, to, prefix, true, &new))
			continue;
		unlink(path);
		n++;
	}
	file_list_free(&l);
	return n;
}

unsigned int
exchange_take(struct exchange *x, uint64_t *given, const char *instance,
	      const char *campaign_folder, const char *target)
{
	char inputs[FILE_PATH_MAX], findings[FILE_PATH_MAX], prefix[40], why[FILE_WHY];

	if (!file_join(inputs, campaign_folder, target, why) ||
	    !file_join(findings, campaign_folder, "findings", why))
		return 0;
	take_inputs(x, given, instance, inputs);
	snprintf(prefix, sizeof(prefix), "%s-", target);
	return take_failures(instance, "crashes", findings, prefix) +
	       take_failures(instance, "hangs", findings, prefix);
}

/* Names in a folder that have the mark in them. */
static uint64_t
count(const char *folder, const char *mark)
{
	struct file_list l;
	char why[FILE_WHY];
	uint64_t n = 0;

	if (!file_list(&l, folder, why))
		return 0;
	for (size_t i = 0; i < l.n; i++)
		n += strstr(l.name[i], mark) != NULL;
	file_list_free(&l);
	return n;
}

uint64_t
exchange_given(const char *campaign_folder, const char *target)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];

	return file_join(path, campaign_folder, target, why) ? count(path, from_afl) : 0;
}

/* The main instance reads DIR/TARGET as a foreign folder, and calls what it takes by its name. */
uint64_t
exchange_taken(const char *campaign_folder, const char *target)
{
	char path[FILE_PATH_MAX], mark[40];

	snprintf(mark, sizeof(mark), ",sync:%s", target);
	if (snprintf(path, sizeof(path), "%s/afl/%s/main/queue", campaign_folder, target) >=
	    (int)sizeof(path))
		return 0;
	return count(path, mark);
}
