#include "fuzz/corpus_list.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/corpus.h"
#include "fuzz/load.h"

uint64_t
corpus_hash(const struct program *p)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	size_t n = program_encode(p, bytes);
	uint64_t h = UINT64_C(0xcbf29ce484222325);	/* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ bytes[i]) * UINT64_C(0x100000001b3);
	return h;
}

void
list_add(struct list *l, const struct program *p)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	struct item *item;

	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 256;
		l->item = realloc(l->item, l->room * sizeof(*l->item));
		if (l->item == NULL)
			cli_die(EXIT_RIG, "out of memory for %zu programs", l->n);
	}
	item = &l->item[l->n++];
	item->n = (uint16_t)program_encode(p, bytes);
	item->bytes = malloc(item->n);
	if (item->bytes == NULL)
		cli_die(EXIT_RIG, "out of memory for %zu programs", l->n);
	memcpy(item->bytes, bytes, item->n);
}

static void
add_file(struct list *l, const char *path)
{
	static struct program p;
	char why[FILE_WHY];

	if (!load_program(&p, path, why))
		cli_die(EXIT_USAGE, "%s", why);
	list_add(l, &p);
}

size_t
list_add_files(struct list *l, const char *name)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list files;
	size_t before = l->n;

	if (!file_is_folder(name)) {
		add_file(l, name);
		return 1;
	}
	if (!file_list(&files, name, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < files.n; i++)
		if (load_is_program(files.name[i]) && file_join(path, name, files.name[i], why) &&
		    !file_is_folder(path))
			add_file(l, path);
	file_list_free(&files);
	return l->n - before;
}

static int
by_size(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->n != y->n ? (x->n > y->n) - (x->n < y->n) : memcmp(x->bytes, y->bytes, x->n);
}

void
list_sort(struct list *l)
{
	size_t n = 0;

	if (l->n > 0)
		qsort(l->item, l->n, sizeof(*l->item), by_size);
	for (size_t i = 0; i < l->n; i++) {
		if (n > 0 && by_size(&l->item[n - 1], &l->item[i]) == 0)
			free(l->item[i].bytes);
		else
			l->item[n++] = l->item[i];
	}
	l->n = n;
}

void
list_free(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->item[i].bytes);
	free(l->item);
}
