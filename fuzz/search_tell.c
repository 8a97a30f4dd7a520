/* search_tell: what each engine did, for the summary. */
#include "fuzz/afl.h"
#include "fuzz/search_internal.h"

static uint64_t
inputs_of(const struct search *s, const char *target)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;
	uint64_t n;

	if (!file_join(path, s->state->folder, target, why) || !file_list(&l, path, why))
		return 0;
	n = l.n;
	file_list_free(&l);
	return n;
}

static struct summary_engine
afl_told(const struct search *s)
{
	struct summary_engine e = { .name = "afl", .has_more = true };
	struct afl_stats stats = { .instances = 0 };

	for (unsigned int i = 0; i < TARGETS; i++) {
		afl_stats_all(&stats, s->state->folder, target_names[i]);
		e.given += exchange_given(s->state->folder, target_names[i]);
		e.taken += exchange_taken(s->state->folder, target_names[i]);
	}
	e.instances = stats.instances;
	e.runs = stats.runs;
	e.inputs = stats.inputs;
	e.edges = stats.edges;
	e.edges_all = stats.edges_all;
	e.cycles = stats.cycles;
	e.crashes = stats.crashes;
	e.hangs = stats.hangs;
	e.stability = stats.stability;
	return e;
}

void
search_tell(const struct search *s, struct summary *summary)
{
	struct summary_engine afl = afl_told(s), libfuzzer = { .name = "libfuzzer" };
	uint64_t runs = 0;

	for (unsigned int i = 0; i < TARGETS; i++) {
		runs += s->state->runs[i];
		libfuzzer.inputs += inputs_of(s, target_names[i]);
	}
	libfuzzer.runs = runs > afl.runs ? runs - afl.runs : 0;
	if (s->engine[ENGINE_LIBFUZZER])
		summary->engine[summary->n_engines++] = libfuzzer;
	if (s->engine[ENGINE_AFL])
		summary->engine[summary->n_engines++] = afl;
	else if (s->afl_why[0])
		summary->engine[summary->n_engines++] =
			(struct summary_engine){ .name = "afl", .why = s->afl_why };
}
