/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line of another client means, and the command line of tenured
 * that it becomes. A program of one purpose that ends by exec(): what is wrong ends
 * it, and what it allocates is never freed.
 */
#ifndef COMPAT_TRANSLATION_H
#define COMPAT_TRANSLATION_H

#include <stdbool.h>
#include <stddef.h>

#define TRANSLATION_WORDS_MAX	  256
#define TRANSLATION_NAMES_MAX	  64
#define TRANSLATION_VARIABLES_MAX 64

/* What is to be done. */
enum translation_act {
	TRANSLATION_RUN,     /* exec tenured */
	TRANSLATION_ASK,     /* exec tenurectl */
	TRANSLATION_DUMP,    /* print what tenurectl does, as dhcpcd would */
	TRANSLATION_RELEASE, /* end the daemon of the pid file, and the lease */
	TRANSLATION_STOP,    /* end it, and no more */
	TRANSLATION_ANSWER,  /* print a line */
};

struct translation {
	const char *program; /* whose command line it is: "udhcpc" */
	enum translation_act act;
	const char *words[TRANSLATION_WORDS_MAX + 1]; /* NULL ends them */
	size_t word_count;
	const char *answer;

	/* What the options say; NULL or false: nothing. */
	const char *names[TRANSLATION_NAMES_MAX]; /* of interfaces */
	size_t name_count;
	const char *variables[TRANSLATION_VARIABLES_MAX]; /* of a script */
	size_t variable_count;
	const char *pid_file, *script, *leases, *config;
	const char *tries, *pause, *timeout;
	const char *hostname, *fqdn;
	bool now, background, foreground, quit;
	const char *command, *command_option; /* of tenurectl */
	const char *directory;		      /* to be made for the pid file */
	bool no_pid_file, no_defaults, ipv4_only;
	bool hint; /* no pid file was named: there may be others that mean this */
	bool none_is_well; /* to end what does not run is to succeed */
};

/* "udhcpc: ...", and the end with EX_USAGE. */
_Noreturn void translation_fail(const struct translation *, const char *format,
				...) __attribute__((format(printf, 2, 3)));

/* Text that is printed as by printf(). */
char *translation_text(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Adds a word to the command line of tenured; or two, if the second is not NULL. */
void translation_add(struct translation *, const char *word, const char *more);

/* The same before all others. */
void translation_put_first(struct translation *, const char *word,
			   const char *more);

/* The option as "--name=value", for values that may begin with a hyphen. */
void translation_join(struct translation *, const char *option,
		      const char *value);

/* What names of the host the options tell, as tenured sends them. */
void translation_add_names(struct translation *);

/* A variable of the script's environment, which is NAME=VALUE. */
void translation_set_variable(const struct translation *, const char *option,
			      const char *variable);

/* A path as it is wherever the daemon goes; one that is absolute already as it is. */
const char *translation_path(const struct translation *, const char *path);

/* A decimal number of at most max, or the end. */
unsigned translation_number(const struct translation *, const char *option,
			    const char *value, unsigned max);

/*
 * Hands the script, and where to write leases as dhclient does, on to the program
 * that tenured runs after its hooks, which is this one (see script.h).
 */
void translation_hook(struct translation *);

#endif
