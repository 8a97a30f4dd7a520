/*
 * load: a program from a file, whatever form it has there.
 *
 * A name that ends in .gnt is text, one in .bin bytes; any other is text if it begins as the text
 * form does, and else bytes, which is what engines leave behind.
 */
#ifndef LOAD_H
#define LOAD_H

#include "diff/program.h"
#include "fuzz/file.h"

/*
 * Read a program.  False with one line in why[FILE_WHY]: the file's, or `file:line:column: what is
 * wrong'. *p is normal.
 */
bool load_program(struct program *p, const char *path, char *why);

/* The same from memory; `path' is only its name. */
bool load_bytes(struct program *p, const struct file_bytes *f, const char *path, char *why);

/* Canonical text of a normal program, in memory of its own (free), never NULL. */
char *load_text(const struct program *p);

/*
 * What a comment line `# NAME: ...' of a file's text says: the first such line, cut to n - 1 bytes;
 * or nothing.
 */
void load_comment(char *out, size_t n, const struct file_bytes *f, const char *name);

/*
 * Programs in a folder: whether this name is one to take (.gnt, .bin, or an engine's without an
 * ending).
 */
bool load_is_program(const char *name);

#endif
