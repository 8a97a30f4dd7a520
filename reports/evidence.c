#define _GNU_SOURCE
#include "reports/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/text.h"
#include "reports/race_told.h"

static const char format[] = "gntfuzz finding 1";

/* ------------------------------------------------------------------ writing */

static void
add_text(cJSON *to, const char *name, const struct program *p)
{
	size_t n = text_print(p, NULL, 0) + 1;
	char *text = malloc(n);

	if (text != NULL) {
		text_print(p, text, n);
		cJSON_AddStringToObject(to, name, text);
	}
	free(text);
}

static cJSON *
entries_json(const struct trace_record *r)
{
	cJSON *all = cJSON_CreateArray();

	for (unsigned int i = 0; i < ENTRY_VIEWS; i++) {
		const int view[] = { r->entry[i].flags, r->entry[i].dom, r->entry[i].frame };

		cJSON_AddItemToArray(all, cJSON_CreateIntArray(view, 3));
	}
	return all;
}

static cJSON *
record_json(const struct program *p, unsigned int at, const struct trace_record *r)
{
	cJSON *j = cJSON_CreateObject();
	enum op_kind kind = (enum op_kind)p->ops[at].kind;
	char text[256];
	int32_t value;
	enum result_class c = trace_headline(r, kind, &value);

	text_print_op(&p->ops[at], text, sizeof(text));
	cJSON_AddStringToObject(j, "operation", text);
	text_print_result(kind, c, value, text, sizeof(text));
	cJSON_AddStringToObject(j, "answer", text);
	cJSON_AddNumberToObject(j, "rc", r->rc);
	cJSON_AddNumberToObject(j, "status", r->status);
	cJSON_AddNumberToObject(j, "value", r->value);
	cJSON_AddNumberToObject(j, "free", r->free_count);
	cJSON_AddNumberToObject(j, "fired", r->fired);
	cJSON_AddNumberToObject(j, "skip", r->skip);
	cJSON_AddNumberToObject(j, "any", r->any);
	cJSON_AddNumberToObject(j, "rule", r->rule);
	cJSON_AddNumberToObject(j, "state", r->state);
	cJSON_AddItemToObject(j, "entries", entries_json(r));
	return j;
}

static cJSON *
domain_json(const struct trace_domain *d)
{
	cJSON *j = cJSON_CreateObject(), *digests = cJSON_AddArrayToObject(j, "digests");
	char digest[20];

	/* Of 64 bits, which a number of JSON has not. */
	for (unsigned int i = 0; i < PAGE_SLOTS; i++) {
		snprintf(digest, sizeof(digest), "%016" PRIx64, d->digest[i]);
		cJSON_AddItemToArray(digests, cJSON_CreateString(digest));
	}
	cJSON_AddNumberToObject(j, "any", d->any_digest);
	cJSON_AddNumberToObject(j, "free", d->free_count);
	cJSON_AddNumberToObject(j, "frames", d->nr_frames);
	cJSON_AddNumberToObject(j, "deferred", d->deferred);
	cJSON_AddNumberToObject(j, "leaked", d->leaked);
	cJSON_AddNumberToObject(j, "pages_put", d->pages_put);
	return j;
}

static cJSON *
trace_json(const struct program *p, const char *lane, const struct trace *t, unsigned int n)
{
	cJSON *j = cJSON_CreateObject(), *records, *domains;

	cJSON_AddStringToObject(j, "lane", lane);
	records = cJSON_AddArrayToObject(j, "records");
	for (unsigned int i = 0; i < n && i < p->n_ops; i++)
		cJSON_AddItemToArray(records, record_json(p, i, &t->record[i]));
	domains = cJSON_AddArrayToObject(j, "domains");
	for (unsigned int d = 0; n >= p->n_ops && d < p->header.domains; d++)
		cJSON_AddItemToArray(domains, domain_json(&t->domain[d]));
	return j;
}

cJSON *
evidence_json(const struct finding *f, const struct program *p, const struct program *original,
	      const struct evidence_run *run)
{
	cJSON *j = finding_json(f, NULL), *traces, *race;
	char where[sizeof(f->where)];

	cJSON_AddStringToObject(j, "format", format);
	/* What is aside is of that one run, and names a file of this machine. */
	snprintf(where, sizeof(where), "%s", f->where);
	if (strstr(where, LANE_ASIDE) != NULL)
		*strstr(where, LANE_ASIDE) = 0;
	cJSON_ReplaceItemInObjectCaseSensitive(j, "where", cJSON_CreateString(where));
	cJSON_DeleteItemFromObject(j, "program");
	add_text(j, "program", p);
	if (original != NULL && !program_same(p, original))
		add_text(j, "found", original);
	if (run->at < p->n_ops)
		cJSON_AddNumberToObject(j, "at", run->at + 1);
	cJSON_AddBoolToObject(j, "shown", run->shown);
	traces = cJSON_AddArrayToObject(j, "traces");
	cJSON_AddItemToArray(traces,
			     trace_json(p, f->lane_expected, &run->expected, run->n_expected));
	cJSON_AddItemToArray(traces, trace_json(p, f->lane_got, &run->got, run->n_got));
	race = race_told_json(&run->story, p, run);
	if (race != NULL)
		cJSON_AddItemToObject(j, "race", race);
	return j;
}

/* ------------------------------------------------------------------ reading */

/* A number of the object within limits, or `otherwise'. */
static int64_t
number(const cJSON *j, const char *name, int64_t low, int64_t high, int64_t otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(j, name);

	if (!cJSON_IsNumber(item) || !(item->valuedouble >= (double)low) ||
	    !(item->valuedouble <= (double)high))
		return otherwise;
	return (int64_t)item->valuedouble;
}

static unsigned int
element(const cJSON *array, int i, unsigned int high, unsigned int otherwise)
{
	const cJSON *item = cJSON_GetArrayItem(array, i);

	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) ||
	    !(item->valuedouble <= (double)high))
		return otherwise;
	return (unsigned int)item->valuedouble;
}

static void
read_record(struct trace_record *r, const cJSON *j)
{
	const cJSON *entries = cJSON_GetObjectItemCaseSensitive(j, "entries");

	trace_record_begin(r);
	r->rc = (int32_t)number(j, "rc", INT32_MIN, INT32_MAX, 0);
	r->status = (int16_t)number(j, "status", INT16_MIN, INT16_MAX, STATUS_NONE);
	r->value = (uint32_t)number(j, "value", 0, UINT32_MAX, 0);
	r->free_count = (uint16_t)number(j, "free", 0, UINT16_MAX, 0);
	r->fired = (uint16_t)number(j, "fired", 0, UINT16_MAX, 0);
	r->skip = (uint8_t)number(j, "skip", 0, SKIP_REASONS - 1, SKIP_NOT);
	r->any = (uint8_t)number(j, "any", 0, UINT8_MAX, 0);
	r->rule = (uint16_t)number(j, "rule", 0, UINT16_MAX, 0);
	r->state = (uint16_t)number(j, "state", 0, UINT16_MAX, 0);
	for (int i = 0; i < ENTRY_VIEWS; i++) {
		const cJSON *view = cJSON_GetArrayItem(entries, i);

		r->entry[i].flags = (uint16_t)element(view, 0, UINT16_MAX, 0);
		r->entry[i].dom = (uint8_t)element(view, 1, UINT8_MAX, VIEW_NONE);
		r->entry[i].frame = (uint8_t)element(view, 2, UINT8_MAX, 0);
	}
}

static void
read_domain(struct trace_domain *d, const cJSON *j)
{
	const cJSON *digests = cJSON_GetObjectItemCaseSensitive(j, "digests"), *digest;
	unsigned int i = 0;

	cJSON_ArrayForEach(digest, digests)
		if (i < PAGE_SLOTS && cJSON_IsString(digest))
			d->digest[i++] = strtoull(digest->valuestring, NULL, 16);
	d->any_digest = (uint32_t)number(j, "any", 0, UINT32_MAX, 0);
	d->free_count = (uint16_t)number(j, "free", 0, UINT16_MAX, 0);
	d->nr_frames = (uint16_t)number(j, "frames", 0, UINT16_MAX, 0);
	d->deferred = (uint16_t)number(j, "deferred", 0, UINT16_MAX, 0);
	d->leaked = (uint16_t)number(j, "leaked", 0, UINT16_MAX, 0);
	d->pages_put = (uint16_t)number(j, "pages_put", 0, UINT16_MAX, 0);
}

/* Returns the records that there are: no more than the program has operations. */
static unsigned int
read_trace(struct trace *t, const struct program *p, const cJSON *j)
{
	const cJSON *records = cJSON_GetObjectItemCaseSensitive(j, "records"), *item;
	const cJSON *domains = cJSON_GetObjectItemCaseSensitive(j, "domains");
	unsigned int n = 0;

	memset(t, 0, sizeof(*t));
	cJSON_ArrayForEach(item, records)
		if (n < p->n_ops)
			read_record(&t->record[n++], item);
	t->n_records = (uint16_t)n;
	cJSON_ArrayForEach(item, domains)
		if (t->domains < p->header.domains)
			read_domain(&t->domain[t->domains++], item);
	return n;
}

static void
read_run(struct evidence *e)
{
	const cJSON *traces = cJSON_GetObjectItemCaseSensitive(e->json, "traces");
	struct evidence_run *run = &e->run;
	const struct program *p = &e->program;

	run->n_expected = read_trace(&run->expected, p, cJSON_GetArrayItem(traces, 0));
	run->n_got = read_trace(&run->got, p, cJSON_GetArrayItem(traces, 1));
	run->at = (unsigned int)number(e->json, "at", 1, p->n_ops, p->n_ops + 1) - 1;
	run->shown = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(e->json, "shown"));
}

bool
evidence_read(struct evidence *e, const char *text, size_t n, char *why, size_t why_bytes)
{
	struct text_error error;
	const char *program;

	memset(e, 0, sizeof(*e));
	e->json = cJSON_ParseWithLength(text, n);
	if (strcmp(evidence_text(e, "format"), format) != 0) {
		snprintf(why, why_bytes, "is no finding of ours: no \"format\": \"%s\"", format);
		evidence_free(e);
		return false;
	}
	program = evidence_text(e, "program");
	e->has_program = text_parse(&e->program, &error, program, strlen(program));
	if (!e->has_program)
		memset(&e->program, 0, sizeof(e->program));
	read_run(e);
	e->race = cJSON_GetObjectItemCaseSensitive(e->json, "race");
	return true;
}

void
evidence_free(struct evidence *e)
{
	cJSON_Delete(e->json);
	e->json = NULL;
}

const char *
evidence_text(const struct evidence *e, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(e->json, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

const char *
evidence_lane(const struct evidence *e, unsigned int i)
{
	const cJSON *lanes = cJSON_GetObjectItemCaseSensitive(e->json, "lanes");
	const cJSON *item = cJSON_GetArrayItem(lanes, (int)i);

	return cJSON_IsString(item) ? item->valuestring : "";
}
