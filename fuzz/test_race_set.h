/* test_race_set: the cases of fuzz/test_race_cases.c. */
#ifndef TEST_RACE_SET_H
#define TEST_RACE_SET_H

/* A program, its header words first, and all that its race may answer; NULL ends them. */
struct race_case {
	const char *name, *text;
	const char *outcome[8];
};

extern const struct race_case race_cases[];
extern const unsigned int n_race_cases;

/* The same on a real machine, whose timers fire and whose processors may stand still. */
extern const struct race_case race_machine_cases[];
extern const unsigned int n_race_machine_cases;

#endif
