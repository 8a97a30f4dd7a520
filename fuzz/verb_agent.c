/* agent: what this domain of a Xen host does of programs that a lane in another domain runs. */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include "diff/host_channel.h"
#include "diff/host_library.h"
#include "diff/host_place.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"
#include "fuzz/stop.h"

enum { NOBODY = 0x10000 };

/* Lend the page to meet at, say so, and answer until told to stop. */
static int
serve(const struct host_found *found, void *host, domid_t domid, domid_t peer)
{
	const domid_t real[2] = { peer, domid };
	struct host_side *side = host_side_new(&host_library, host, 1, real, 2);
	struct host_channel *channel;
	char why[FILE_WHY];
	grant_ref_t ref;

	if (side == NULL)
		cli_die(EXIT_RIG, "agent: out of memory");
	channel = host_channel_lend(peer, &ref, why, sizeof(why));
	if (channel == NULL)
		cli_die(EXIT_SKIP, "agent: %s", why);
	stop_on_signals();
	printf("agent: ready; in domain %u say --lane host:%u,%u@%u\n", peer, peer, domid, ref);
	fflush(stdout);
	host_talk_serve(host_channel_talk(channel), side, &stop_asked);
	host_side_free(side);
	host_channel_close(channel);
	host_library.close(host);
	close(found->lock);
	printf("agent: ended; nothing is lent or mapped any more\n");
	return EXIT_OK;
}

int
verb_agent(const struct cli_verb *v, int argc, char **argv)
{
	uint64_t domid = NOBODY, peer = NOBODY;
	const struct cli_option options[] = {
		{ "--domid", CLI_NUMBER, &domid, 0, DOMID_FIRST_RESERVED - 1 },
		{ "--peer", CLI_NUMBER, &peer, 0, DOMID_FIRST_RESERVED - 1 },
	};
	struct host_found found;
	char why[FILE_WHY];
	void *host;

	if (cli_options(v, options, 2, argc, argv) > 0)
		cli_die(EXIT_USAGE, "agent: '%s': it takes no names", argv[0]);
	if (domid == NOBODY || peer == NOBODY || domid == peer)
		cli_die(EXIT_USAGE, "agent: say this domain's id and the other's, as in "
			"agent --domid 3 --peer 0");
	if (!host_place_find(&found, &host_place_real, (unsigned int)domid, HOST_TWO, why,
			     sizeof(why)))
		cli_die(EXIT_SKIP, "agent: %s", why);
	host = host_library_open(why, sizeof(why));
	if (host == NULL)
		cli_die(EXIT_SKIP, "agent: %s", why);
	return serve(&found, host, (domid_t)domid, (domid_t)peer);
}
