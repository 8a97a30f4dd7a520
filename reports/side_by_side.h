/* side_by_side: two traces of a program, operation by operation, what differs marked. */
#ifndef SIDE_BY_SIDE_H
#define SIDE_BY_SIDE_H

#include <stdio.h>

#include "reports/evidence.h"

/* A section; nothing if there is no trace. */
void side_by_side_print(const struct evidence *e, FILE *out);

#endif
