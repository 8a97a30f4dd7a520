#include "fuzz/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <inttypes.h>

static struct known_class *
find(struct known *k, const char *id)
{
	for (unsigned int i = 0; i < k->n; i++)
		if (strcmp(k->class[i].id, id) == 0)
			return &k->class[i];
	return NULL;
}

static void
add(struct known *k, const char *line)
{
	size_t n = strcspn(line, " \t\r\n");
	char id[CLASS_ID];

	if (line[0] == '#' || n == 0 || n >= sizeof(id) || k->n == KNOWN_MAX)
		return;
	memcpy(id, line, n);
	id[n] = 0;
	if (find(k, id) == NULL)
		memcpy(k->class[k->n++].id, id, n + 1);
}

static bool
read_all(struct known *k)
{
	FILE *f = fopen(k->path, "r");
	char line[2 * CLASS_ID];

	if (f == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL)
		add(k, line);
	fclose(f);
	return true;
}

void
known_open(struct known *k)
{
	memset(k, 0, sizeof(*k));
	k->path = getenv("GNTFUZZ_KNOWN");
	if (k->path == NULL || read_all(k))
		return;
	fprintf(stderr, "GNTFUZZ_KNOWN=%s: cannot read it; name a file of class ids, or none\n",
		k->path);
	exit(2);
}

bool
known_hit(struct known *k, const char *id)
{
	struct known_class *c = find(k, id);

	if (c == NULL && k->path != NULL && read_all(k))
		c = find(k, id);
	if (c != NULL)
		c->hits++;
	return c != NULL;
}

bool
known_save(const struct known *k, const char *path)
{
	FILE *f = fopen(path, "a");
	bool bad = false;

	if (f == NULL)
		return false;
	for (unsigned int i = 0; i < k->n; i++)
		if (k->class[i].hits > 0)
			bad |= fprintf(f, "%s %" PRIu64 "\n", k->class[i].id,
				       k->class[i].hits) < 0;
	return fclose(f) == 0 && !bad;
}
