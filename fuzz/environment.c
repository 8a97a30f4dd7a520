#define _GNU_SOURCE
#include "fuzz/environment.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"

enum { GIT_SECONDS = 10 };

/* What git says of this tree in one line, or "". */
static void
ask_git(char *out, size_t n, const char *const words[])
{
	static struct child c;
	struct child_args args = { .n = 0 };
	char why[FILE_WHY];

	child_arg(&args, "/usr/bin/env");
	child_arg(&args, "git");
	child_arg(&args, "-C");
	child_arg(&args, cli_root());
	for (; *words != NULL; words++)
		child_arg(&args, *words);
	out[0] = 0;
	if (child_run(&c, &args, NULL, GIT_SECONDS, why) == 0)
		snprintf(out, n, "%.*s", (int)strcspn(c.tail, "\n"), c.tail);
}

/* The commit, once a process: it is asked for with each finding. */
static const char *
commit(void)
{
	static const char *const head[] = { "rev-parse", "--short=12", "HEAD", NULL };
	static const char *const changes[] = { "status", "--porcelain", "-uno", NULL };
	static char line[80];
	char changed[80];

	if (line[0] == 0) {
		ask_git(line, sizeof(line) - 16, head);
		ask_git(changed, sizeof(changed), changes);
		if (line[0] != 0 && changed[0] != 0)
			strcat(line, " with changes");
		if (line[0] == 0)
			strcpy(line, "unknown: no git here");
	}
	return line;
}

static const char *
flavour(void)
{
	return
#if defined(__SANITIZE_ADDRESS__)
		"AddressSanitizer, "
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
		"AddressSanitizer, "
#elif __has_feature(memory_sanitizer)
		"MemorySanitizer, "
#endif
#endif
#if defined(__OPTIMIZE__)
		"optimised";
#else
		"not optimised";
#endif
}

cJSON *
environment_json(void)
{
	cJSON *j = cJSON_CreateObject();
	time_t now = time(NULL);
	struct utsname u;
	char text[256];
	struct tm tm;

	cJSON_AddStringToObject(j, "commit", commit());
	cJSON_AddStringToObject(j, "compiler", __VERSION__);
	cJSON_AddStringToObject(j, "built", flavour());
	if (uname(&u) == 0) {
		snprintf(text, sizeof(text), "%s %s %s", u.sysname, u.release, u.machine);
		cJSON_AddStringToObject(j, "system", text);
	}
	snprintf(text, sizeof(text), "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	cJSON_AddStringToObject(j, "processors", text);
	if (gmtime_r(&now, &tm) != NULL && strftime(text, sizeof(text), "%FT%TZ", &tm) > 0)
		cJSON_AddStringToObject(j, "time", text);
	return j;
}
