/* environment: what a result depends on beside its input: this tree, this build, this machine. */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include <cjson/cJSON.h>

/*
 * {"commit","compiler","built","system","processors","time"}: each a string for people.  No name of
 * the machine or of its user.  Free with cJSON_Delete.
 */
cJSON *environment_json(void);

#endif
