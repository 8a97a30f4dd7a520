/*
 * corpus_list: many programs, as bytes.
 *
 * The caller's memory for the list itself; what is in it is freed with list_free.  Without memory
 * these functions exit.
 */
#ifndef CORPUS_LIST_H
#define CORPUS_LIST_H

#include <stddef.h>

#include "diff/program.h"

/* One program, encoded. */
struct item {
	uint16_t n;
	uint8_t *bytes;
};

struct list {
	struct item *item;
	size_t n, room;
};

void list_add(struct list *l, const struct program *p);

/*
 * Add the program in a file, or all those in a folder, not those below it.  Exits with EXIT_USAGE
 * if one cannot be read.  Returns how many.
 */
size_t list_add_files(struct list *l, const char *name);

/* Bring them in order, small ones first, and each once: whatever order they came in. */
void list_sort(struct list *l);

void list_free(struct list *l);

#endif
