/*
 * signal: which of our own cells a run reached, told to the engine.
 *
 * An engine keeps an input that reaches a new cell, or one more often, as it does for the
 * compiler's edges.  libFuzzer and AFL++ are told in their own ways; without an engine nobody is.
 */
#ifndef SIGNAL_H
#define SIGNAL_H

#include "fuzz/coverage.h"

/* A run reached the cell once.  Pre: cell < COVERAGE_CELLS. */
void signal_cell(unsigned int cell);

#endif
