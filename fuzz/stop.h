/*
 * stop: being asked to end.  Ctrl-C and the like end a campaign in good order; a second time, at
 * once.
 */
#ifndef STOP_H
#define STOP_H

#include <signal.h>

extern volatile sig_atomic_t stop_asked;

/* From now on SIGINT, SIGTERM and SIGHUP set stop_asked. */
void stop_on_signals(void);

#endif
