/* fuzz_ops: programs that do one operation after the other. */
#include "fuzz/target.h"

const char target_name[] = "fuzz_ops";
const bool target_has_races = false;
