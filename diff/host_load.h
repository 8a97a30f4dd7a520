/* host_load: Xen's libraries, loaded when they are asked for: a machine without can do all else. */
#ifndef HOST_LOAD_H
#define HOST_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_GNTTAB "libxengnttab.so.1"
#define HOST_EVTCHN "libxenevtchn.so.1"
#define HOST_LOG "libxentoollog.so.1"
#define HOST_STORE "libxenstore.so.4"

/* A function, and where its address goes. */
struct host_symbol {
	const char *name;
	void *pointer;
};

/*
 * Load a library, and find n functions of it.  What dlclose takes; or NULL, with one line in why[]
 * that says what to install.
 */
void *host_load(const char *library, const struct host_symbol *symbol, size_t n, char *why,
		size_t why_bytes);

/* For libraries to log to: what fails is an answer here, and no news. */
struct host_log {
	void *library;
	struct xentoollog_logger *log;	/* NULL: the library called makes one */
	void (*destroy)(struct xentoollog_logger *log);
};

void host_log_open(struct host_log *l);
void host_log_close(struct host_log *l);

#endif
