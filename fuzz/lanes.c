#define _GNU_SOURCE
#include "fuzz/lanes.h"

#include <string.h>
#include <unistd.h>

#include "diff/host_place.h"
#include "diff/lane_host.h"
#include "diff/xen_file.h"
#include "diff/xen_setup.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"

const char *const lanes_xen[] = {
	"xen:bullseye", "xen:bullseye-security", "xen:bookworm", "xen:bookworm-security",
	"xen:trixie", "xen:trixie-security", "xen:sid", NULL,
};

static bool
is_host(const char *spelling)
{
	return strncmp(spelling, lane_host.prefix, strlen(lane_host.prefix)) == 0;
}

bool
lanes_known(const char *spelling)
{
	struct profile profile;

	return strcmp(spelling, "model") == 0 || strcmp(spelling, "sim") == 0 ||
	       (strncmp(spelling, "model:", 6) == 0 && profile_parse(&profile, spelling + 6)) ||
	       (strncmp(spelling, "xen:", 4) == 0 && spelling[4] != '\0') || is_host(spelling);
}

/* What is wrong with a host's spelling.  Without an id it may still be no host at all. */
static const char *
host_fault(const char *spelling)
{
	struct host_want want;
	char why[FILE_WHY];

	if (!is_host(spelling))
		return NULL;
	spelling += strlen(lane_host.prefix);
	if (spelling[0] == '\0' && !host_place_is_xen(&host_place_real, why, sizeof(why)))
		return NULL;
	return lane_host_read(spelling, &want);
}

/* A file that the user named and that is no Xen is the user's mistake. */
static bool
is_bad_file(const char *spelling, char *why)
{
	static struct xen_setup setup;
	bool broken;
	int fd;

	if (strncmp(spelling, "xen:", 4) != 0 || xen_setup_read(&setup, spelling + 4) != NULL ||
	    !xen_file_is_path(setup.xen))
		return false;
	fd = xen_file_open(setup.xen, setup.arm64, why, FILE_WHY, &broken);
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

void
lanes_die(const char *spelling, const char *why, bool broken)
{
	char fault[FILE_WHY];

	if (!lanes_known(spelling))
		cli_die(EXIT_USAGE, "no lane '%s'; there are model, model:VERSION (as in "
			"model:4.14), sim, xen:SUITE, xen:FILE, host:DOMID",
			spelling);
	if (host_fault(spelling) != NULL)
		cli_die(EXIT_USAGE, "lane %s: %s", spelling, host_fault(spelling));
	if (!broken && is_bad_file(spelling, fault))
		cli_die(EXIT_USAGE, "lane xen: %s", fault);
	cli_die(broken ? EXIT_RIG : EXIT_SKIP, "lane %s: %s", spelling, why);
}

struct lane *
lanes_open(const char *spelling)
{
	char why[FILE_WHY] = "";
	bool broken = false;
	struct lane *l;

	if (!lanes_known(spelling))
		lanes_die(spelling, "", false);
	l = lane_open(spelling, why, sizeof(why), &broken);
	if (!l)
		lanes_die(spelling, why, broken);
	return l;
}

static bool
is_model(const char *lane)
{
	return strncmp(lane, "model", strlen("model")) == 0;
}

void
lanes_pair(const char *pair[2], const struct cli_list *given, const char *verb)
{
	unsigned int n = given->n;

	if (n > 2)
		cli_die(EXIT_USAGE, "%s: %u lanes; give one, to be put beside the model, or two",
			verb, n);
	pair[0] = n == 2 ? given->word[0] : "model";
	pair[1] = n == 0 ? "sim" : given->word[n - 1];
	for (unsigned int i = 0; i < 2; i++)
		if (!lanes_known(pair[i]))
			lanes_die(pair[i], "", false);
	if (is_model(pair[1]) && !is_model(pair[0])) {
		const char *model = pair[1];

		pair[1] = pair[0];
		pair[0] = model;
	}
}
