/* race_page: see race_page.h. */
#include "reports/race_page.h"

#include <string.h>

const cJSON *
race_member(const cJSON *j, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(j, name);
}

const char *
race_string(const cJSON *j, const char *name)
{
	const char *s = cJSON_GetStringValue(race_member(j, name));

	return s != NULL ? s : "";
}

unsigned int
race_number(const cJSON *item, unsigned int most)
{
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || !(item->valuedouble <= most))
		return 0;
	return (unsigned int)item->valuedouble;
}

static unsigned int
length(const cJSON *array, unsigned int most)
{
	unsigned int n = (unsigned int)cJSON_GetArraySize(array);

	return n < most ? n : most;
}

static struct entry_view
view_of(const cJSON *triple)
{
	struct entry_view v = { 0, VIEW_NONE, 0 };

	if (cJSON_GetArraySize(triple) != 3)
		return v;
	v.flags = (uint16_t)race_number(cJSON_GetArrayItem(triple, 0), UINT16_MAX);
	v.dom = (uint8_t)race_number(cJSON_GetArrayItem(triple, 1), UINT8_MAX);
	v.frame = (uint8_t)race_number(cJSON_GetArrayItem(triple, 2), UINT8_MAX);
	return v;
}

struct entry_view
race_view_after(const struct race_page *p, const cJSON *turn, unsigned int e)
{
	const cJSON *entry = cJSON_GetArrayItem(p->entries, (int)e);

	return view_of(turn == NULL ? race_member(entry, "before") :
				      cJSON_GetArrayItem(race_member(turn, "entries"), (int)e));
}

bool
race_same_view(struct entry_view a, struct entry_view b)
{
	return a.flags == b.flags && a.dom == b.dom && a.frame == b.frame;
}

unsigned int
race_branch_number(const struct race_page *p, const cJSON *turn)
{
	return race_number(race_member(turn, "branch"), p->n_branches - 1);
}

bool
race_is_wrong(const cJSON *turn)
{
	return race_string(turn, "wrong")[0] != '\0';
}

bool
race_page_open(struct race_page *p, const cJSON *race, FILE *out)
{
	*p = (struct race_page){
		.out = out, .race = race, .turns = race_member(race, "turns"),
		.entries = race_member(race, "entries"),
		.branches = race_member(race, "branches"),
	};
	p->n_branches = length(p->branches, BRANCHES_MAX);
	p->n_entries = length(p->entries, ENTRIES_MAX);
	p->n_turns = length(p->turns, TURNS_MAX);
	return p->n_branches > 0 && p->n_turns > 0;
}
