/*
 * doctor: which lanes and engines this machine can run, why not the others, and what would change
 * that.
 */
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diff/lane.h"
#include "diff/host_place.h"
#include "diff/lane_host.h"
#include "fuzz/afl.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"
#include "fuzz/lanes.h"
#include "reports/json_line.h"

/* One thing that may be ready. */
struct check {
	const char *name;
	bool ready;
	char why[FILE_WHY];
	const char *fix;
};

static void
check_lane(struct check *c, const char *fix)
{
	struct lane *l;
	bool broken;

	l = lane_open(c->name, c->why, sizeof(c->why), &broken);
	c->ready = l != NULL;
	c->fix = fix;
	if (l)
		snprintf(c->why, sizeof(c->why), "opened");
	lane_close(l);
}

/* An engine's targets are built, and a run of one input works. */
static void
check_engine(struct check *c, const char *target)
{
	char path[FILE_PATH_MAX], rest[64];
	struct child_args args = { .n = 0 };
	static struct child child;
	int status;

	snprintf(rest, sizeof(rest), "out/fuzz/%s", target);
	cli_root_path(path, sizeof(path), rest);
	child_arg(&args, path);
	child_arg(&args, "-runs=1");
	c->fix = "./gntfuzz doctor builds it; needs clang and its runtime (libclang-rt-*-dev)";
	status = child_run(&child, &args, NULL, 20, c->why);
	c->ready = status == 0;
	if (status == 0)
		snprintf(c->why, sizeof(c->why), "%s runs", rest);
	else if (status != CHILD_NOT_STARTED)
		snprintf(c->why, sizeof(c->why), "%s ends with status %d", rest, status);
}

static void
check_afl(struct check *c)
{
	c->ready = afl_ready(cli_root(), c->why);
	c->fix = "apt-get install --no-install-recommends afl++, then ./gntfuzz fuzz";
	if (c->ready)
		snprintf(c->why, sizeof(c->why), "installed, and its targets are built");
}

/* Not opened: that would take a part of dom0's table, which nobody has asked for. */
static void
check_raw(struct check *c)
{
	struct host_found found;

	c->fix = "see diff/host.md";
	c->ready = host_place_find(&found, &host_place_real, 0, HOST_RAW, c->why,
				   sizeof(c->why));
	if (!c->ready)
		return;
	close(found.lock);
	snprintf(c->why, sizeof(c->why), "this is a PV dom0");
}

static void
print(const struct check *c, bool json)
{
	cJSON *j;

	if (!json) {
		printf("%-26s %-9s %s%s%s\n", c->name, c->ready ? "ready" : "not ready", c->why,
		       c->ready ? "" : "; ", c->ready ? "" : c->fix);
		return;
	}
	j = cJSON_CreateObject();
	cJSON_AddStringToObject(j, "lane", c->name);
	cJSON_AddBoolToObject(j, "ready", c->ready);
	cJSON_AddStringToObject(j, "why", c->why);
	cJSON_AddStringToObject(j, "fix", c->ready ? "" : c->fix);
	json_line(j, stdout);
}

#define FIX_XEN(machine) \
	"apt-get install --no-install-recommends qemu-system-" machine ", and a Debian mirror or " \
	"what an earlier run left under out/xen"

static void
check_xen(const char *name, const char *fix, bool json)
{
	static struct check c;

	c = (struct check){ .name = name };
	check_lane(&c, fix);
	print(&c, json);
}

int
verb_doctor(const struct cli_verb *v, int argc, char **argv)
{
	static struct check model = { .name = "model" }, sim = { .name = "sim" },
			    host = { .name = "host:0" }, raw = { .name = "host:0+raw" },
			    engine = { .name = "engine libfuzzer" },
			    race = { .name = "engine libfuzzer (races)" },
			    text = { .name = "engine libfuzzer (text)" },
			    afl = { .name = "engine afl" };
	const struct check *others[] = { &host, &raw, &engine, &race, &text, &afl };
	bool json = false;
	const struct cli_option options[] = { { "--json", CLI_FLAG, &json, 0, 0 } };

	if (cli_options(v, options, 1, argc, argv) > 0)
		cli_die(EXIT_USAGE, "doctor: '%s': it takes no names", argv[0]);
	check_lane(&model, "a machine with more memory");
	print(&model, json);
	check_lane(&sim, "a machine with more memory");
	print(&sim, json);
	for (const char *const *xen = lanes_xen; *xen; xen++)
		check_xen(*xen, FIX_XEN("x86"), json);
	check_xen("xen:bookworm-security+pvh", FIX_XEN("x86"), json);
	check_xen("xen:bookworm-security+arm64", FIX_XEN("arm"), json);
	lane_host_name(host.name);
	check_lane(&host, "see diff/host.md");
	check_raw(&raw);
	check_engine(&engine, "fuzz_ops");
	check_engine(&race, "fuzz_race");
	check_engine(&text, "fuzz_text");
	check_afl(&afl);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		print(others[i], json);
	/* What the main job cannot do without. */
	return model.ready && sim.ready && engine.ready && race.ready && text.ready ? EXIT_OK :
		EXIT_RIG;
}
