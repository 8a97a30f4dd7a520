#define _GNU_SOURCE
#include "fuzz/findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/cli.h"
#include "fuzz/evidence.h"
#include "fuzz/load.h"
#include "reports/json_line.h"

static const char program_ending[] = ".gnt", original_ending[] = ".orig.gnt";
static const char minimal_mark[] = "\n# 1-minimal";
static const char text_target[] = "fuzz_text", bytes_ending[] = ".bin";
static const char evidence_ending[] = ".json", console_ending[] = ".console.txt";
static const char as_found[] = "as it was found: not minimised";

/* DIR/findings/NAME, for a file of whatever name. */
static void
path_of(char *out, const struct findings *fs, const char *name, const char *ending)
{
	if (snprintf(out, FILE_PATH_MAX, "%s/findings/%s%s", fs->folder, name, ending) >=
	    FILE_PATH_MAX)
		cli_die(EXIT_USAGE, "%.80s...: the path is too long; give another --out",
			fs->folder);
}

/* DIR/findings/CLASS, with an ending. */
static void
path_of_class(char *out, const struct findings *fs, const char *class, const char *ending)
{
	char id[CLASS_ID];

	finding_id(id, class);
	path_of(out, fs, id, ending);
}

enum { REPRO = sizeof(((struct summary_finding *)0)->repro) };

/* The line that shows it again; the file says where. */
static void
repro_line(char repro[REPRO], const char *path)
{
	snprintf(repro, REPRO, "./gntfuzz repro %.500s", path);
}

static void
announce(const struct findings *fs, const struct finding *f, const char *program,
	 const char *repro)
{
	cJSON *j;

	if (!fs->json) {
		cli_say("found: %s; class %s; %s", f->says, f->class, repro);
		return;
	}
	j = finding_json(f, program);
	json_line(j, stdout);
}

/* The program's text under a comment that says what it showed.  Its line goes to repro[]. */
static void
write_text(const struct findings *fs, const char *ending, const struct program *p,
	   const struct finding *f, const char *how, char repro[REPRO])
{
	char path[FILE_PATH_MAX], why[FILE_WHY], *text;
	cJSON *race = evidence_race(p, f);

	path_of_class(path, fs, f->class, ending);
	repro_line(repro, path);
	text = finding_text(f, p, how, repro, race);
	cJSON_Delete(race);
	if (text == NULL)
		cli_die(EXIT_RIG, "out of memory for a finding");
	if (!file_write(path, text, strlen(text), why))
		cli_die(EXIT_RIG, "%s", why);
	free(text);
}

/* What the machine said goes beside the program, or, if nobody wants it, nowhere. */
static void
take_console(const struct findings *fs, const struct finding *f, bool wanted)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_bytes said;

	if (!f->console)
		return;
	path_of_class(path, fs, f->class, console_ending);
	if (wanted && (!file_read(&said, f->console, why) ||
		       !file_write(path, said.bytes, said.n, why)))
		cli_die(EXIT_RIG, "%s", why);
	if (wanted)
		free(said.bytes);
	unlink(f->console);
}

/*
 * The list of what is known, on which engines do not abort; those that run look into it when they
 * meet something new.
 */
static void
write_known(const struct findings *fs)
{
	const struct summary *s = fs->summary;
	size_t room = (s->n_findings + 1) * (CLASS_ID + 1), n = 0;
	char path[FILE_PATH_MAX], why[FILE_WHY], id[CLASS_ID], *text = malloc(room);

	if (text == NULL)
		cli_die(EXIT_RIG, "out of memory for a list of findings");
	for (unsigned int i = 0; i < s->n_findings; i++) {
		finding_id(id, s->finding[i].class);
		n += (size_t)snprintf(text + n, room - n, "%s\n", id);
	}
	if (!file_join(path, fs->folder, "known", why) || !file_write(path, text, n, why))
		cli_die(EXIT_RIG, "%s", why);
	free(text);
}

/* All that its page will need. */
static void
write_evidence(const struct findings *fs, const struct program *p, const struct finding *f,
	       struct evidence_source s)
{
	char path[FILE_PATH_MAX], console[FILE_PATH_MAX];

	path_of_class(path, fs, f->class, evidence_ending);
	path_of_class(console, fs, f->class, console_ending);
	s.console = file_exists(console) ? console : NULL;
	evidence_keep(path, p, f, &s);
}

bool
findings_keep(struct findings *fs, const struct program *p, const struct finding *f)
{
	struct summary_finding *entry = summary_add_finding(fs->summary, f->class);

	take_console(fs, f, entry != NULL);
	if (entry == NULL)
		return false;
	write_text(fs, program_ending, p, f, as_found, entry->repro);
	write_known(fs);
	write_evidence(fs, p, f, (struct evidence_source){ .how = as_found,
							   .repro = entry->repro });
	return true;
}

void
findings_replace(const struct findings *fs, const struct program *original,
		 const struct finding *first, const struct program *p, const struct finding *f,
		 const char *how)
{
	char repro[REPRO];

	take_console(fs, f, true);
	summary_set_minimal(fs->summary, f->class, f->minimal);
	if (!program_same(p, original))
		write_text(fs, original_ending, original, first, as_found, repro);
	write_text(fs, program_ending, p, f, how, repro);
	write_evidence(fs, p, f, (struct evidence_source){ .original = original, .how = how,
							   .repro = repro, .machine = true });
}

void
findings_tell(const struct findings *fs, const struct program *p, const struct finding *f)
{
	char path[FILE_PATH_MAX], repro[REPRO], *program = load_text(p);

	path_of_class(path, fs, f->class, program_ending);
	repro_line(repro, path);
	announce(fs, f, program, repro);
	free(program);
}

void
findings_keep_bytes(const struct findings *fs, const struct finding *f, const char *path)
{
	char kept[FILE_PATH_MAX];

	path_of_class(kept, fs, f->class, bytes_ending);
	rename(path, kept);
}

bool
findings_keep_text(struct findings *fs, const struct finding *f, const char *path)
{
	struct summary_finding *entry = summary_add_finding(fs->summary, f->class);
	char name[CLASS_ID + sizeof(text_target)], id[CLASS_ID], kept[FILE_PATH_MAX];

	if (!entry)
		return false;
	finding_id(id, f->class);
	snprintf(name, sizeof(name), "%s-%s", text_target, id);
	path_of(kept, fs, name, bytes_ending);
	rename(path, kept);
	repro_line(entry->repro, kept);
	write_known(fs);
	announce(fs, f, NULL, entry->repro);
	return true;
}

static void
recall_text(struct findings *fs, const char *path)
{
	struct summary_finding *entry;
	char why[FILE_WHY], class[sizeof(entry->class)];
	struct file_bytes f;

	if (!file_read(&f, path, why))
		cli_die(EXIT_USAGE, "%s", why);
	load_comment(class, sizeof(class), &f, "class");
	entry = class[0] ? summary_add_finding(fs->summary, class) : NULL;
	if (entry) {
		load_comment(entry->repro, sizeof(entry->repro), &f, "repro");
		entry->minimal = memmem(f.bytes, f.n, minimal_mark, strlen(minimal_mark)) != NULL;
	}
	free(f.bytes);
}

/* Of the parser's target the name says it: fuzz_text-CLASS.bin. */
static void
recall_bytes(struct findings *fs, const char *path, const char *name)
{
	struct summary_finding *entry;
	char class[CLASS_ID];
	int n = (int)(strlen(name) - strlen(text_target) - 1 - strlen(bytes_ending));

	snprintf(class, sizeof(class), "%.*s", n, name + strlen(text_target) + 1);
	entry = summary_add_finding(fs->summary, class);
	if (entry)
		repro_line(entry->repro, path);
}

void
findings_open(struct findings *fs, bool resumed)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	path_of(folder, fs, "", "");
	if (!file_list(&l, folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		const char *name = l.name[i];

		path_of(path, fs, name, "");
		if (file_ends(name, ".tmp"))
			unlink(path);
		else if (resumed && file_ends(name, program_ending) &&
			 !file_ends(name, original_ending))
			recall_text(fs, path);
		else if (resumed && file_ends(name, bytes_ending) &&
			 strncmp(name, text_target, strlen(text_target)) == 0)
			recall_bytes(fs, path, name);
	}
	file_list_free(&l);
	write_known(fs);
}

/* `CLASS TIMES', a line each; what is cut off at the end was not written to its end. */
static void
add_hits(struct findings *fs, char *text)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		char class[CLASS_ID];
		uint64_t times;

		if (sscanf(line, "%191s %" SCNu64, class, &times) == 2)
			summary_count_finding(fs->summary, class, times);
	}
}

void
findings_count(struct findings *fs)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_bytes f;
	struct file_list l;

	if (!file_join(folder, fs->folder, "counters", why) || !file_list(&l, folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		char *text;

		if (!file_ends(l.name[i], FINDINGS_HITS))
			continue;
		if (!file_join(path, folder, l.name[i], why) || !file_read(&f, path, why))
			cli_die(EXIT_RIG, "%s", why);
		text = strndup((const char *)f.bytes, f.n);
		if (text != NULL)
			add_hits(fs, text);
		free(text);
		free(f.bytes);
	}
	file_list_free(&l);
}
