#define _GNU_SOURCE
#include "fuzz/last_words.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

char last_words[LAST_WORDS];

/* Of the sanitizers: they end a process in ways of their own. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void
say(void)
{
	if (write(STDERR_FILENO, last_words, strnlen(last_words, LAST_WORDS)) < 0)
		return;
	last_words[0] = 0;
}

static void
say_and_die(int signal_number)
{
	say();
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

void
last_words_arm(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };

	signal(SIGABRT, say_and_die);
	/* A sanitizer tells more of these than we would leave it. */
	if (__sanitizer_set_death_callback != NULL) {
		__sanitizer_set_death_callback(say);
		return;
	}
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], say_and_die);
}
