/*
 * patch_xen TABLE NAME IN OUT: a copy of a binary with one of TABLE's defects in it.
 *
 * The bytes that a defect changes are found by what stands there, never by an address, and must be
 * found exactly once: a build that was compiled differently is refused, not damaged somewhere else.
 * TABLE's head says how it is written.
 *
 * Exit: 0 done; 77 this is not a build that the defect is known for (one line says so); 2 usage, or
 * TABLE or IN is bad; 3 OUT cannot be written.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	EXIT_BAD = 2,
	EXIT_WRITE = 3,
	EXIT_NOT_THIS_BUILD = 77,
	PATTERN_MAX = 64,
	LINE_MAX = 512,
	BYTES_MAX = 64 << 20,
};

/* One byte of a pattern: -1 stands for any, and for no change. */
struct pattern_byte {
	int is, becomes;
};

struct pattern {
	struct pattern_byte byte[PATTERN_MAX];
	size_t n;
};

struct binary {
	uint8_t *bytes;
	size_t n;
};

/* Where a defect belongs, and how often that was found. */
struct place {
	struct pattern pattern;
	size_t at;
	unsigned int n_found;
};

static _Noreturn void
die(int status, const char *form, ...)
{
	va_list a;

	fprintf(stderr, "patch_xen: ");
	va_start(a, form);
	vfprintf(stderr, form, a);
	va_end(a);
	fputc('\n', stderr);
	exit(status);
}

/* ------------------------------------------------------------------ files */

static struct binary
read_binary(const char *path)
{
	struct binary b = { malloc(BYTES_MAX), 0 };
	FILE *f = fopen(path, "rb");

	if (b.bytes == NULL || f == NULL)
		die(EXIT_BAD, "%s: %s", path, strerror(errno));
	b.n = fread(b.bytes, 1, BYTES_MAX, f);
	if (ferror(f) || b.n == 0 || b.n == BYTES_MAX)
		die(EXIT_BAD, "%s: cannot be read, is empty, or is too large", path);
	fclose(f);
	return b;
}

static void
write_binary(const char *path, const struct binary *b)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(b->bytes, 1, b->n, f) != b->n || fclose(f) != 0)
		die(EXIT_WRITE, "%s: %s", path, strerror(errno));
}

/* ------------------------------------------------------------------ patterns */

/* `??' or two digits. */
static int
parse_byte(const char *text, const char *line)
{
	unsigned int byte;
	int used = 0;

	if (strncmp(text, "??", 2) == 0)
		return -1;
	if (sscanf(text, "%2x%n", &byte, &used) != 1 || used != 2)
		die(EXIT_BAD, "'%s' is neither a byte nor ??, in: %s", text, line);
	return (int)byte;
}

static struct pattern
parse_pattern(const char *line)
{
	struct pattern p = { .n = 0 };
	char copy[LINE_MAX];
	bool changes = false;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
		struct pattern_byte *b = &p.byte[p.n++];

		if (p.n == PATTERN_MAX)
			die(EXIT_BAD, "more than %d bytes: %s", PATTERN_MAX - 1, line);
		b->is = parse_byte(word, line);
		b->becomes = word[2] == '>' ? parse_byte(word + 3, line) : -1;
		changes |= b->becomes >= 0;
	}
	if (!changes)
		die(EXIT_BAD, "nothing is changed by: %s", line);
	return p;
}

static bool
matches(const struct binary *b, size_t at, const struct pattern *p)
{
	if (at + p->n > b->n)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->byte[i].is >= 0 && p->byte[i].is != b->bytes[at + i])
			return false;
	return true;
}

static void
find(const struct binary *b, const struct pattern *p, struct place *place)
{
	for (size_t at = 0; at + p->n <= b->n; at++) {
		if (!matches(b, at, p))
			continue;
		place->pattern = *p;
		place->at = at;
		place->n_found++;
	}
}

/* ------------------------------------------------------------------ symbols */

/* The section header of that number; a file that lies about itself is refused. */
static Elf64_Shdr
section(const struct binary *b, const Elf64_Ehdr *e, size_t i)
{
	size_t at = e->e_shoff + i * sizeof(Elf64_Shdr);
	Elf64_Shdr s;

	if (i >= e->e_shnum || at > b->n || b->n - at < sizeof(s))
		die(EXIT_BAD, "the ELF file has no section %zu", i);
	memcpy(&s, b->bytes + at, sizeof(s));
	if (s.sh_type != SHT_NOBITS && (s.sh_offset > b->n || b->n - s.sh_offset < s.sh_size))
		die(EXIT_BAD, "section %zu is not in the ELF file", i);
	return s;
}

/* Whether the symbol is `name', and if so where in the file. */
static bool
is_symbol(const struct binary *b, const Elf64_Ehdr *e, const Elf64_Shdr *names,
	  const Elf64_Sym *s, const char *name, size_t *at)
{
	size_t left = names->sh_size - s->st_name;
	Elf64_Shdr home;

	if (s->st_name >= names->sh_size || s->st_shndx == SHN_UNDEF ||
	    s->st_shndx >= SHN_LORESERVE ||
	    strncmp((char *)b->bytes + names->sh_offset + s->st_name, name, left) != 0)
		return false;
	home = section(b, e, s->st_shndx);
	*at = s->st_value - home.sh_addr + home.sh_offset;
	return true;
}

/* A place that a symbol names; its pattern is looked for there and nowhere else. */
static void
find_at(const struct binary *b, const char *name, const struct pattern *p, struct place *place)
{
	Elf64_Ehdr e;
	size_t at;

	if (b->n < sizeof(e) || memcmp(b->bytes, ELFMAG, SELFMAG) != 0 ||
	    b->bytes[EI_CLASS] != ELFCLASS64)
		die(EXIT_BAD, "not a 64-bit ELF file, so without the symbol %s", name);
	memcpy(&e, b->bytes, sizeof(e));
	for (size_t i = 0; i < e.e_shnum; i++) {
		Elf64_Shdr table = section(b, &e, i), names;

		if (table.sh_type != SHT_SYMTAB)
			continue;
		names = section(b, &e, table.sh_link);
		for (size_t j = 0; j + sizeof(Elf64_Sym) <= table.sh_size; j += sizeof(Elf64_Sym)) {
			Elf64_Sym s;

			memcpy(&s, b->bytes + table.sh_offset + j, sizeof(s));
			if (!is_symbol(b, &e, &names, &s, name, &at) || !matches(b, at, p))
				continue;
			place->pattern = *p;
			place->at = at;
			place->n_found++;
		}
	}
}

/* ------------------------------------------------------------------ the table */

/* What follows the word on the line, or NULL if it begins otherwise. */
static const char *
after(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncmp(line, word, n) == 0 && line[n] == ' ' ? line + n + strspn(line + n, " ") :
							      NULL;
}

/* Look for all that the table says of `name'. */
static bool
find_defect(FILE *table, const char *name, const struct binary *b, struct place *place)
{
	char line[LINE_MAX], symbol[LINE_MAX] = "";
	bool mine = false, known = false;

	while (fgets(line, sizeof(line), table) != NULL) {
		const char *rest;

		line[strcspn(line, "\n")] = 0;
		if ((rest = after(line, "patch")) != NULL)
			known |= mine = strcmp(rest, name) == 0;
		if (!mine)
			continue;
		if ((rest = after(line, "symbol")) != NULL)
			snprintf(symbol, sizeof(symbol), "%s", rest);
		if ((rest = after(line, "bytes")) == NULL)
			continue;

		struct pattern p = parse_pattern(rest);

		if (symbol[0] != 0)
			find_at(b, symbol, &p, place);
		else
			find(b, &p, place);
	}
	return known;
}

int
main(int argc, char **argv)
{
	struct place place = { .n_found = 0 };
	struct binary b;
	FILE *table;

	if (argc != 5)
		die(EXIT_BAD, "usage: patch_xen TABLE NAME IN OUT");
	table = fopen(argv[1], "r");
	if (table == NULL)
		die(EXIT_BAD, "%s: %s", argv[1], strerror(errno));
	b = read_binary(argv[3]);
	if (!find_defect(table, argv[2], &b, &place))
		die(EXIT_BAD, "%s: knows no %s", argv[1], argv[2]);
	fclose(table);
	if (place.n_found != 1)
		die(EXIT_NOT_THIS_BUILD,
		    "%s: not this build: what %s changes is there %u times, not once", argv[3],
		    argv[2], place.n_found);
	for (size_t i = 0; i < place.pattern.n; i++)
		if (place.pattern.byte[i].becomes >= 0)
			b.bytes[place.at + i] = (uint8_t)place.pattern.byte[i].becomes;
	write_binary(argv[4], &b);
	free(b.bytes);
	return 0;
}
