#define _GNU_SOURCE
#include "fuzz/artefact.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"

static const char class_mark[] = "class: ";

/* ------------------------------------------------------------------ where it is */

static bool
is_there(char *out, const char *folder, const char *name, const char *ending)
{
	int n = snprintf(out, FILE_PATH_MAX, "%s/findings/%s%s", folder, name, ending);

	return n < FILE_PATH_MAX && file_exists(out) && !file_is_folder(out);
}

/* A file is what it is; else a finding's own name stands for its text, or what there is of it. */
static bool
find(struct artefact *a, const char *name, const char *folder, char *why)
{
	static const char *const endings[] = { "", ".gnt", ".json", ".bin" };
	char usual[FILE_PATH_MAX];

	if (folder == NULL) {
		cli_root_path(usual, sizeof(usual), "out/campaign");
		folder = usual;
	}
	if (!file_exists(name) && strchr(name, '/') == NULL)
		for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
			if (is_there(a->path, folder, name, endings[i]))
				return true;
	if (snprintf(a->path, sizeof(a->path), "%s", name) < (int)sizeof(a->path))
		return true;
	snprintf(why, FILE_WHY, "%.80s...: the path is too long", name);
	return false;
}

/* ------------------------------------------------------------------ what it says */

/* A lane that is named: the first is what was expected of, the last what was found on. */
static void
note_lane(struct artefact *a, const char *lane, size_t n)
{
	char spelling[ARTEFACT_LANE];

	if (n >= sizeof(spelling))
		return;
	snprintf(spelling, sizeof(spelling), "%.*s", (int)n, lane);
	if (!lanes_known(spelling))
		return;
	if (a->lane_expected[0] == '\0')
		strcpy(a->lane_expected, spelling);
	strcpy(a->lane_got, spelling);
}

/* One comment, without its `# ', of n characters. */
static void
take_comment(struct artefact *a, const char *s, size_t n)
{
	const size_t mark = strlen(class_mark);
	const char *colon = memmem(s, n, ": ", 2);

	if (n > mark && memcmp(s, class_mark, mark) == 0 && a->class[0] == '\0')
		snprintf(a->class, sizeof(a->class), "%.*s", (int)(n - mark), s + mark);
	else if (colon && a->class[0] == '\0')
		note_lane(a, s, (size_t)(colon - s));
}

/* The comments above a program. */
static void
take_comments(struct artefact *a, const struct file_bytes *f)
{
	const char *s = (const char *)f->bytes, *end = s + f->n;

	while (end - s > 2 && s[0] == '#') {
		const char *line_end = memchr(s, '\n', (size_t)(end - s));

		if (line_end == NULL)
			return;
		take_comment(a, s + 2, (size_t)(line_end - s) - 2);
		s = line_end + 1;
	}
}

/* A finding's bytes say nothing of themselves; its text, which is beside them, does. */
static void
take_neighbour(struct artefact *a)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_bytes f;

	snprintf(path, sizeof(path), "%.*s.gnt", (int)(strlen(a->path) - strlen(".bin")), a->path);
	if (!file_exists(path) || !file_read(&f, path, why))
		return;
	take_comments(a, &f);
	free(f.bytes);
}

/* A string of the object's, or an empty one. */
static const char *
member(const cJSON *j, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(j, name));

	return s != NULL ? s : "";
}

/* A finding's evidence: the object that finding_json makes, whatever else is in it. */
static bool
take_json(struct artefact *a, char *why)
{
	cJSON *j = cJSON_ParseWithLength((const char *)a->bytes.bytes, a->bytes.n);
	const char *text = member(j, "program");
	struct file_bytes program = { (unsigned char *)text, strlen(text) };
	const cJSON *lanes = cJSON_GetObjectItemCaseSensitive(j, "lanes"), *lane;
	bool ok = program.n > 0;

	if (!ok)
		snprintf(why, FILE_WHY, "%s: is no finding's JSON: it has no \"program\"", a->path);
	else
		ok = load_bytes(&a->program, &program, "program.gnt", why);
	snprintf(a->class, sizeof(a->class), "%s", member(j, "class"));
	cJSON_ArrayForEach(lane, lanes)
		if (cJSON_IsString(lane))
			note_lane(a, lane->valuestring, strlen(lane->valuestring));
	cJSON_Delete(j);
	return ok;
}

bool
artefact_read(struct artefact *a, const char *name, const char *folder, char *why)
{
	memset(a, 0, sizeof(*a));
	if (!find(a, name, folder, why) || !file_read(&a->bytes, a->path, why))
		return false;
	if (file_ends(a->path, ".json"))
		return take_json(a, why);
	/* Findings of the parser's target need not be programs. */
	a->text_target = strstr(file_base(a->path), "fuzz_text") != NULL;
	if (file_ends(a->path, ".bin"))
		take_neighbour(a);
	else
		take_comments(a, &a->bytes);
	return a->text_target || load_bytes(&a->program, &a->bytes, a->path, why);
}

void
artefact_free(struct artefact *a)
{
	free(a->bytes.bytes);
	a->bytes.bytes = NULL;
}
