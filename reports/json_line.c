#include "reports/json_line.h"

#include <stdlib.h>

void
json_line(cJSON *j, FILE *out)
{
	char *line = cJSON_PrintUnformatted(j);

	fprintf(out, "%s\n", line != NULL ? line : "{}");
	fflush(out);
	free(line);
	cJSON_Delete(j);
}
