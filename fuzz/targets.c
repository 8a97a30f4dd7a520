#include "fuzz/targets.h"

#include <string.h>

const char *const target_names[TARGETS] = { "fuzz_ops", "fuzz_race", "fuzz_text" };

enum target
target_of(const char *name)
{
	enum target t = TARGET_OPS;

	while (t < TARGETS && strcmp(name, target_names[t]) != 0)
		t++;
	return t;
}
