/*
 * make_programs DIR N SEED: write N random programs as DIR/random-NNN.gnt, for tests that want
 * programs in files.  The same arguments give the same programs everywhere.
 */
#include <stdio.h>
#include <stdlib.h>

#include "diff/text.h"
#include "fuzz/mutate.h"

enum { OPS_MAX_RANDOM = 48, TEXT_BYTES = 1 << 16 };

static bool
write_program(const char *folder, unsigned int i, const struct program *p)
{
	static char text[TEXT_BYTES];
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/random-%03u.gnt", folder, i);
	if (text_print(p, text, sizeof(text)) >= sizeof(text) || !(f = fopen(path, "w")))
		return false;
	fputs(text, f);
	return fclose(f) == 0;
}

int
main(int argc, char **argv)
{
	static struct program p;
	unsigned int n = argc == 4 ? (unsigned int)atoi(argv[2]) : 0;
	struct rng r = { .state = argc == 4 ? strtoull(argv[3], NULL, 10) : 0 };

	if (n == 0) {
		fprintf(stderr, "usage: make_programs DIR N SEED\n");
		return 2;
	}
	for (unsigned int i = 0; i < n; i++) {
		mutate_random(&p, &r, NULL, 1 + i % OPS_MAX_RANDOM);
		if (!write_program(argv[1], i, &p)) {
			fprintf(stderr, "make_programs: cannot write to %s\n", argv[1]);
			return 3;
		}
	}
	return 0;
}
