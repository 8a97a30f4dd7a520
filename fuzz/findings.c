#define _GNU_SOURCE
#include "fuzz/findings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/cli.h"
#include "fuzz/evidence.h"
#include "fuzz/guard.h"
#include "fuzz/load.h"
#include "fuzz/reduce.h"

static const char program_ending[] = ".gnt", original_ending[] = ".orig.gnt";
static const char evidence_ending[] = ".json", console_ending[] = ".console.txt";
static const char as_found[] = "as it was found: not minimised";

/* A file name that says what the class is. */
static void
slug(char *out, size_t n, const char *class)
{
	size_t used = 0;

	for (; *class && used < n - 1 && used < 100; class ++) {
		if (isalnum((unsigned char)*class) || *class == '_')
			out[used++] = *class;
		else if (used > 0 && out[used - 1] != '-')
			out[used++] = '-';
	}
	while (used > 0 && out[used - 1] == '-')
		used--;
	out[used] = '\0';
}

static void
path_of(char *out, const struct findings *fs, const char *name, const char *ending)
{
	if (snprintf(out, FILE_PATH_MAX, "%s/findings/%s%s", fs->folder, name, ending) >=
	    FILE_PATH_MAX)
		cli_die(EXIT_USAGE, "%.80s...: the path is too long; give another --out",
			fs->folder);
}

enum { REPRO = sizeof(((struct summary_finding *)0)->repro) };

/* The line that shows it again. */
static void
repro_line(char repro[REPRO], const char *path, const char *lane)
{
	if (strncmp(lane, "xen:", 4) == 0)
		snprintf(repro, REPRO, "./gntfuzz diff %.400s --lane model --lane %.100s", path,
			 lane);
	else
		snprintf(repro, REPRO, "./gntfuzz repro %.500s", path);
}

static void
announce(const struct findings *fs, const struct finding *f, const char *program,
	 const char *repro)
{
	char *line;
	cJSON *j;

	if (!fs->json) {
		cli_say("found: %s; %s", f->class, repro);
		return;
	}
	j = finding_json(f, program);
	line = cJSON_PrintUnformatted(j);
	puts(line ? line : "{}");
	fflush(stdout);
	free(line);
	cJSON_Delete(j);
}

/* The program's text under a comment that says what it showed.  Its line goes to repro[]. */
static void
write_text(const struct findings *fs, const char *ending, const struct program *p,
	   const struct finding *f, const char *how, char repro[REPRO])
{
	char name[128], path[FILE_PATH_MAX], why[FILE_WHY], *text;

	slug(name, sizeof(name), f->class);
	path_of(path, fs, name, ending);
	repro_line(repro, path, f->lane_got);
	text = finding_text(f, p, how, repro);
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
	char name[128], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_bytes said;

	if (!f->console)
		return;
	slug(name, sizeof(name), f->class);
	path_of(path, fs, name, console_ending);
	if (wanted && (!file_read(&said, f->console, why) ||
		       !file_write(path, said.bytes, said.n, why)))
		cli_die(EXIT_RIG, "%s", why);
	if (wanted)
		free(said.bytes);
	unlink(f->console);
}

/* All that its page will need. */
static void
write_evidence(const struct findings *fs, const struct program *p, const struct finding *f,
	       struct evidence_source s)
{
	char name[128], path[FILE_PATH_MAX], console[FILE_PATH_MAX];

	slug(name, sizeof(name), f->class);
	path_of(path, fs, name, evidence_ending);
	path_of(console, fs, name, console_ending);
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
	if (!program_same(p, original))
		write_text(fs, original_ending, original, first, as_found, repro);
	write_text(fs, program_ending, p, f, how, repro);
	write_evidence(fs, p, f, (struct evidence_source){ .original = original, .how = how,
							   .repro = repro, .machine = true });
}

void
findings_tell(const struct findings *fs, const struct program *p, const struct finding *f)
{
	char name[128], path[FILE_PATH_MAX], repro[REPRO], *program = load_text(p);

	slug(name, sizeof(name), f->class);
	path_of(path, fs, name, program_ending);
	repro_line(repro, path, f->lane_got);
	announce(fs, f, program, repro);
	free(program);
}

/* A program that the ops target died of. */
static bool
collect_ops(struct findings *fs, const char *path)
{
	static struct program p;
	char why[FILE_WHY], name[128], kept[FILE_PATH_MAX];
	bool target_only;
	struct finding f;
	enum verdict v;

	if (!load_program(&p, path, why))
		cli_die(EXIT_RIG, "%s", why);
	v = guard_program(&p, false, &f, why);
	target_only = v == VERDICT_SUCCESS;
	if (target_only)
		v = guard_target("fuzz_ops", path, &f, why);
	/* It happened, though it does not happen again: that is worth a look too. */
	if (v != VERDICT_FAILURE)
		finding_of_failure(&f, "sim",
				   "an engine run failed on this input; it did not fail again");
	slug(name, sizeof(name), f.class);
	path_of(kept, fs, name, ".bin");
	if (!findings_keep(fs, &p, &f)) {
		unlink(path);
		return false;
	}
	rename(path, kept);
	if (v == VERDICT_FAILURE)
		reduce_engine_find(fs, &p, &f, target_only);
	else
		findings_tell(fs, &p, &f);
	return true;
}

/* Text that the parser's target died of: only the bytes are kept. */
static bool
collect_text(struct findings *fs, const char *path)
{
	char why[FILE_WHY], name[128], kept[FILE_PATH_MAX];
	struct summary_finding *entry;
	struct finding f;

	if (guard_target("fuzz_text", path, &f, why) != VERDICT_FAILURE)
		finding_of_failure(&f, "sim",
				   "an engine run failed on this text; it did not fail again");
	entry = summary_add_finding(fs->summary, f.class);
	if (!entry) {
		unlink(path);
		return false;
	}
	snprintf(name, sizeof(name), "fuzz_text-");
	slug(name + 10, sizeof(name) - 10, f.class);
	path_of(kept, fs, name, ".bin");
	rename(path, kept);
	repro_line(entry->repro, kept, "sim");
	announce(fs, &f, NULL, entry->repro);
	return true;
}

/* An engine's own file: TARGET-KIND-HASH, no ending. */
static bool
is_artifact(const char *name, const char *target)
{
	size_t n = strlen(target);

	return strncmp(name, target, n) == 0 && name[n] == '-' && !strchr(name, '.');
}

unsigned int
findings_collect(struct findings *fs)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;
	unsigned int n_new = 0;

	path_of(folder, fs, "", "");
	if (!file_list(&l, folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		path_of(path, fs, l.name[i], "");
		if (is_artifact(l.name[i], "fuzz_ops"))
			n_new += collect_ops(fs, path);
		else if (is_artifact(l.name[i], "fuzz_text"))
			n_new += collect_text(fs, path);
	}
	file_list_free(&l);
	return n_new;
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
	if (entry)
		load_comment(entry->repro, sizeof(entry->repro), &f, "repro");
	free(f.bytes);
}

void
findings_recall(struct findings *fs)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	path_of(folder, fs, "", "");
	if (!file_list(&l, folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		if (!file_ends(l.name[i], program_ending) ||
		    file_ends(l.name[i], original_ending))
			continue;
		path_of(path, fs, l.name[i], "");
		recall_text(fs, path);
	}
	file_list_free(&l);
}
