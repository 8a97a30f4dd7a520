/*
 * main: the command.  One verb a file; this one only knows their names.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "diff/lane_host.h"
#include "fuzz/cli.h"

static const struct cli_verb verbs[] = {
	{ "fuzz",
	  "[--lane L] [--engine E] [--target T] [--time S] [--jobs N]\n"
	  "[--seed N] [--programs N] [--ops N] [--out DIR] [--json]",
	  "The main job: a campaign.  Without options 60 s over all targets; then what was kept\n"
	  "and 2000 fresh programs on every real Xen that is to be had, and a short comparison\n"
	  "of these.  --engine libfuzzer, afl or both: the two exchange what they find, and both\n"
	  "it is if AFL++ is there.  --engine random runs --programs N of --ops N operations from\n"
	  "--seed N on the lane, beside the model, and nothing else.",
	  verb_fuzz },
	{ "run", "PROGRAM... [--lane L] [--plan] [--json]",
	  "Run programs and print what each operation answered.  --plan: what a lane host:DOMID\n"
	  "would do here, and nothing is done.", verb_run },
	{ "diff", "PROGRAM... --lane A --lane B [--json]",
	  "Run programs on two lanes and tell the first difference.", verb_diff },
	{ "race", "PROGRAM|DIR... [--lane L]... [--runs N] [--seed S] [--out DIR] [--json]",
	  "Which outcomes programs with races have, how often, and whether the model allows them.\n"
	  "On sim all interleavings are tried; on xen:SUITE, or truly at once on\n"
	  "xen:SUITE+threads, N runs (1000) with delays by seeds from S on.  What is found is\n"
	  "kept in DIR (out/race), of which `report' makes pages.",
	  verb_race },
	{ "compare",
	  "[--xen BUILD|FILE]... [PROGRAM|DIR]... [--random N] [--seed S]\n"
	  "[--ops N] [--strict] [--quick] [--json] [--out DIR]",
	  "What builds of Xen answer differently, in classes, each with its smallest program.\n"
	  "Without --xen all suites; without programs the corpus and 20000 random ones.  With two\n"
	  "files it checks a patch.  --strict: an expected difference that is not seen counts.\n"
	  "--quick: known differences are not shrunk, other boot options not tried.",
	  verb_compare },
	{ "repro", "FILE|FINDING [--lane L] [--times N] [--out DIR] [--json]",
	  "Run any artefact (text program, bytes, an engine's crash file, a finding of DIR) where\n"
	  "it was found, and say whether it shows the class that it was kept for.",
	  verb_repro },
	{ "convert", "IN OUT [--lane L]",
	  "Rewrite a program: .gnt is text, .bin bytes, .c a C test of the core, .xtf.c one for\n"
	  "the Xen Test Framework, .elf an image that a Xen boots, which expects what lane L\n"
	  "does (model, model:4.20, xen:sid).",
	  verb_convert },
	{ "export-guest", "PROGRAM... [--pvh] [--lane model:VERSION] [--out DIR]",
	  "Make of each program a kernel and a configuration for xl, in DIR (out/guest): a domain\n"
	  "that runs it on any Xen host, with no Linux in between, and says what differs.",
	  verb_export },
	{ "corpus", "stats [DIR] | merge OUT IN... | check [DIR]... [--json]",
	  "stats: say what the programs of a folder cover.  merge: keep of IN, files and folders\n"
	  "of any form, few programs that cover the same code and cells, as text in OUT; what is\n"
	  "there stays.  check: each is readable, says why it is there, and answers what it\n"
	  "expects.",
	  verb_corpus },
	{ "bench",
	  "[NAME] [--json]\n"
	  "bugs [DEFECT...] [--engine E] [--seeds N] [--time S] [--jobs N]\n"
	  "     [--out DIR] [--json]",
	  "Measure, each figure against a yardstick in the same run.  bugs: how soon engines find\n"
	  "planted defects, with our mutator and signal and without.",
	  verb_bench },
	{ "agent", "--domid P --peer D",
	  "In domain P of a Xen host: do the part of P in programs that domain D runs on the lane\n"
	  "host:D,P@REF, which is said here.  Ctrl-C ends it.", verb_agent },
	{ "doctor", "[--json]",
	  "Say which lanes and engines this machine can run, and what would enable the rest.",
	  verb_doctor },
	{ "test", "[NAME]", "Run the suite's own tests, or those whose name contains NAME.", NULL },
	{ "minimize", "IN [-o OUT] [--lane L]... [--class C] [--time S] [--json]",
	  "The smallest program of the class that IN shows, of any artefact; proven 1-minimal: no\n"
	  "operation less and no lower value shows it.  OUT is .gnt or .bin, and may be IN, by\n"
	  "the same name, which it then replaces; without it the text is printed.  One lane is\n"
	  "put beside the model; without any those that IN was found on, else sim and the target\n"
	  "with sanitizers.  Status 1: smaller, but not proven within S seconds (60).",
	  verb_minimize },
	{ "report", "[DIR] [-o OUT] [--coverage] [--json]",
	  "A campaign's results as pages, for people, and as JSON, JUnit and SARIF: in DIR/report\n"
	  "or OUT.  DIR is out/campaign if not given.  --coverage: lines of the source, too.",
	  verb_report },
};

enum { N_VERBS = sizeof(verbs) / sizeof(verbs[0]) };

/* Lines after the first begin below the first. */
static void
print_indented(FILE *out, const char *text)
{
	for (; *text; text++) {
		fputc(*text, out);
		if (*text == '\n')
			fprintf(out, "           ");
	}
	fputc('\n', out);
}

static void
usage(FILE *out)
{
	fprintf(out, "usage: gntfuzz VERB ...\n\n");
	for (unsigned int i = 0; i < N_VERBS; i++) {
		fprintf(out, "  %-8s ", verbs[i].name);
		print_indented(out, verbs[i].usage);
		fprintf(out, "           ");
		print_indented(out, verbs[i].does);
	}
	fprintf(out,
		"\nLanes: model, model:VERSION (of Xen, say 4.14), sim, xen:SUITE (Debian, say\n"
		"bookworm-security), xen:FILE, host:DOMID (the kernel of this domain of a Xen\n"
		"host), host:D,P@REF (that of an agent's domain, too), host:0+raw (our core in\n"
		"this dom0).  Behind a Xen: +pvh (a PVH dom0, alone), +arm64 (64-bit Arm, under\n"
		"SILO; or +dummy), +exact (a run that is the same to the last instruction),\n"
		"+threads (races truly at once), +nomaptrack, +notransfer.\n"
		"Exit status: 0 fine, 1 finding or failed test, 2 bad input, 3 the suite broke,"
		" 77 skipped.\n");
}

/* A lane of this machine itself, if one is named here. */
static void
name_host(int argc, char **argv)
{
	static const char option[] = "--lane";
	size_t n = strlen(option), prefix = strlen(lane_host.prefix);

	for (int i = 2; i < argc; i++) {
		const char *lane = "";

		if (strncmp(argv[i], option, n) == 0 && argv[i][n] == '=')
			lane = argv[i] + n + 1;
		else if (strcmp(argv[i], option) == 0 && i + 1 < argc)
			lane = argv[i + 1];
		if (strncmp(lane, lane_host.prefix, prefix) == 0)
			lane_host_name(lane);
	}
}

int
main(int argc, char **argv)
{
	/* A reader that goes away shows as a failed write, which is checked. */
	signal(SIGPIPE, SIG_IGN);
	name_host(argc, argv);
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return cli_finish(EXIT_OK);
	}
	for (unsigned int i = 0; i < N_VERBS; i++) {
		if (strcmp(verbs[i].name, argv[1]) != 0)
			continue;
		if (!verbs[i].run)
			cli_die(EXIT_USAGE, "%s: is done by the launcher; call ./gntfuzz %s",
				argv[1], argv[1]);
		return cli_finish(verbs[i].run(&verbs[i], argc - 2, argv + 2));
	}
	cli_die(EXIT_USAGE, "no verb '%s'; `gntfuzz help' lists them", argv[1]);
}
