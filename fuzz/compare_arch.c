#include "fuzz/compare_arch.h"

#include "fuzz/cli.h"

static const char name[] = "architecture";
static const char reason[] = "Xen answers so on the one architecture and so on the other, whatever "
			     "its version: each build answers as the model of its own does.";
static const char source[] = "diff/spec.md, \"Arm\".";
static const char versions[] = "arm-versions";
static const char versions_reason[] =
	"What other differences between versions on Arm lead to: each build answers as the model "
	"of its own version does.";

static bool
has_border(const struct fleet *f)
{
	for (unsigned int i = 0; i + 1 < f->n_ready; i++)
		if (f->order[i]->arm64 != f->order[i + 1]->arm64)
			return true;
	return false;
}

void
architecture_open(struct architecture *a, struct expect *e, const struct fleet *f)
{
	char why[FILE_WHY] = "more expectations than there is room for";
	bool broken;

	if (a->known == NULL) {
		a->known = expect_add(e, name, reason, source);
		a->versions = expect_add(e, versions, versions_reason, source);
		if (a->known != NULL && a->versions != NULL)
			a->model = lane_open("model", why, sizeof(why), &broken);
		if (a->model == NULL)
			cli_die(EXIT_RIG, "compare: %s", why);
	}
	a->known->took_part |= has_border(f);
}

/* Whether the build answered as the model of it, up to and with operation `at'. */
static bool
is_modelled(struct architecture *a, const struct fleet_build *b, const struct program *p,
	    unsigned int i, unsigned int at)
{
	char why[FILE_WHY];
	struct difference d;

	if (b->outcome[i] != OUTCOME_TRACE || b->profile.version == 0)
		return false;
	lane_model_be(a->model, &b->profile);
	if (lane_run(a->model, p, &a->trace, why, sizeof(why)) != VERDICT_SUCCESS)
		return false;
	return lane_compare(&d, a->model, p, &a->trace, &b->trace[i]) || d.at > at;
}

struct expectation *
architecture_explains(struct architecture *a, const struct fleet_build *left,
		      const struct fleet_build *right, const struct program *p, unsigned int i,
		      unsigned int at)
{
	bool one_architecture = left->arm64 == right->arm64;

	if (one_architecture && (!left->arm64 || left->version == right->version))
		return NULL;
	if (!is_modelled(a, left, p, i, at) || !is_modelled(a, right, p, i, at))
		return NULL;
	return one_architecture ? a->versions : a->known;
}
