#define _GNU_SOURCE
#include "diff/host_load.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <xentoollog.h>

/* A function's address where a pointer to it is. */
static bool
find(void *handle, const struct host_symbol *s)
{
	void *symbol = dlsym(handle, s->name);

	memcpy(s->pointer, &symbol, sizeof(symbol));
	return symbol != NULL;
}

void *
host_load(const char *library, const struct host_symbol *symbol, size_t n, char *why,
	  size_t why_bytes)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	bool all = handle != NULL;

	for (size_t i = 0; i < n && all; i++)
		all = find(handle, &symbol[i]);
	if (all)
		return handle;
	snprintf(why, why_bytes, "no %s, or one from before Xen 4.8; apt-get install "
		 "--no-install-recommends %.*s%c", library, (int)(strlen(library) - 5), library,
		 library[strlen(library) - 1]);
	if (handle != NULL)
		dlclose(handle);
	return NULL;
}

void
host_log_open(struct host_log *l)
{
	__typeof__(xtl_createlogger_stdiostream) *create;
	const struct host_symbol symbols[] = {
		{ "xtl_createlogger_stdiostream", &create },
		{ "xtl_logger_destroy", &l->destroy },
	};
	char why[128];

	l->library = host_load(HOST_LOG, symbols, 2, why, sizeof(why));
	l->log = l->library != NULL ?
		 (xentoollog_logger *)create(stderr, XTL_CRITICAL, 0) : NULL;
}

void
host_log_close(struct host_log *l)
{
	if (l->log != NULL)
		l->destroy(l->log);
	if (l->library != NULL)
		dlclose(l->library);
	*l = (struct host_log){ NULL, NULL, NULL };
}
