/* fuzz_race: programs with races, whose schedules are in the bytes. */
#include "fuzz/target.h"

const char target_name[] = "fuzz_race";
const bool target_has_races = true;
