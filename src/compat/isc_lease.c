/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lease { ... }: the octets of each option, as the table of options has them. What
 * reads the file takes the last block, so that blocks are added, and all begins anew
 * when there are many.
 */
#include "compat/isc_lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/str.h"
#include "compat/names.h"
#include "compat/translation.h"
#include "core/option.h"

#define FILE_MAX 32768

/* Who wants no leases written says so by -lf and this. */
#define NO_FILE "/dev/null"

static void put_addresses(FILE *out, struct reader *r)
{
	for (const char *comma = ""; r->left >= 4; comma = ",") {
		char text[16];
		struct str s = str_over(text, sizeof(text));

		str_ipv4(&s, reader_u32(r));
		fprintf(out, "%s%s", comma, text);
	}
}

static void put_octets(FILE *out, struct reader *r, const char *format,
		       const char *between)
{
	for (const char *before = ""; r->left; before = between) {
		fputs(before, out);
		fprintf(out, format, reader_u8(r));
	}
}

/* Quotes, and what is no printable ASCII, as octal numbers. */
static void put_text(FILE *out, struct reader *r)
{
	fputc('"', out);
	while (r->left) {
		uint8_t c = reader_u8(r);

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void put_numbers(FILE *out, struct reader *r, size_t size)
{
	for (const char *comma = ""; r->left >= size; comma = ",") {
		unsigned number = size == 1   ? reader_u8(r)
				  : size == 2 ? reader_u16(r)
					      : reader_u32(r);

		fprintf(out, "%s%u", comma, number);
	}
}

/* The search list as hooks are told it: names with spaces between them. */
static void put_names(FILE *out, const char *names)
{
	char *copy = translation_text("%s", names), *rest = copy;
	const char *comma = "", *name;

	while ((name = strsep(&rest, " "))) {
		fprintf(out, "%s\"%s.\"", comma, name);
		comma = ", ";
	}
}

static void put_value(FILE *out, uint8_t code, const uint8_t *bytes, size_t size)
{
	struct reader r = reader_over(bytes, size);

	switch (option_rule(code)->format) {
	case OPTION_FORMAT_IPV4:
	case OPTION_FORMAT_IPV4_LIST:
	case OPTION_FORMAT_IPV4_PAIRS:
		put_addresses(out, &r);
		break;
	case OPTION_FORMAT_FLAG:
		fputs(reader_u8(&r) ? "true" : "false", out);
		break;
	case OPTION_FORMAT_U8:
		put_numbers(out, &r, 1);
		break;
	case OPTION_FORMAT_U16:
	case OPTION_FORMAT_U16_LIST:
		put_numbers(out, &r, 2);
		break;
	case OPTION_FORMAT_U32:
		put_numbers(out, &r, 4);
		break;
	case OPTION_FORMAT_S32:
		fprintf(out, "%d", (int32_t)reader_u32(&r));
		break;
	case OPTION_FORMAT_TEXT:
		put_text(out, &r);
		break;
	case OPTION_FORMAT_SEARCH:
		put_names(out, getenv("new_domain_search"));
		break;
	case OPTION_FORMAT_ROUTES:
		put_octets(out, &r, "%u", ",");
		break;
	case OPTION_FORMAT_OCTETS:
	case OPTION_FORMAT_EMPTY:
		put_octets(out, &r, "%x", ":");
		break;
	}
}

static void put_option(FILE *out, uint8_t code, const char *hex)
{
	const char *name = names_of_isc(code);
	uint8_t bytes[DHCP4_OPTIONS_SIZE];
	int size = str_to_hex(hex, bytes, sizeof(bytes));

	if (size <= 0 || (code == 119 && !getenv("new_domain_search")))
		return;
	fputs("  option ", out);
	if (!name)
		fprintf(out, "unknown-%u", code);
	for (const char *at = name; at && *at; at++)
		fputc(*at == '_' ? '-' : *at, out);
	fputc(' ', out);
	put_value(out, code, bytes, (size_t)size);
	fputs(";\n", out);
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);
	uint64_t number;

	return text && str_to_u64(text, UINT32_MAX, &number) ? number : otherwise;
}

/* Weekday, date and time, of UTC. */
static void put_time(FILE *out, const char *what, uint64_t seconds)
{
	time_t t = (time_t)seconds;
	char text[64];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%w %Y/%m/%d %H:%M:%S", &tm);
	fprintf(out, "  %s %s;\n", what, text);
}

static void put_times(FILE *out)
{
	uint64_t expiry = number_of("new_expiry", 0);
	uint64_t lease = number_of("new_dhcp_lease_time", 0), start;

	if (!expiry || lease > expiry) {
		fputs("  expire never;\n", out);
		return;
	}
	start = expiry - lease;
	put_time(out, "renew",
		 start + number_of("new_dhcp_renewal_time", lease / 2));
	put_time(out, "rebind",
		 start + number_of("new_dhcp_rebinding_time", lease / 8 * 7));
	put_time(out, "expire", expiry);
}

static void put_quoted(FILE *out, const char *what, const char *value)
{
	if (value)
		fprintf(out, "  %s \"%s\";\n", what, value);
}

static void put_lease(FILE *out)
{
	fputs("lease {\n", out);
	put_quoted(out, "interface", getenv("interface"));
	fprintf(out, "  fixed-address %s;\n", getenv("new_ip_address"));
	put_quoted(out, "filename", getenv("new_filename"));
	put_quoted(out, "server-name", getenv("new_server_name"));
	for (unsigned code = 1; code < 255; code++) {
		char name[16];
		const char *hex;

		snprintf(name, sizeof(name), "new_opt_%03u", code);
		hex = getenv(name);
		if (hex)
			put_option(out, (uint8_t)code, hex);
	}
	put_times(out);
	fputs("}\n", out);
}

/*
 * It is written with the rights of root, and may lie where anybody puts links. Mode
 * 0644 by the umask of hooks.
 */
static int open_file(const char *path, struct stat *ret)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK |
			      O_CLOEXEC,
		      0644);

	if (fd < 0 && errno != ELOOP) {
		fprintf(stderr, "%s: %m\n", path);
		return -1;
	}
	if (fd >= 0 && fstat(fd, ret) == 0 && S_ISREG(ret->st_mode) &&
	    ret->st_nlink == 1)
		return fd;
	fprintf(stderr,
		"%s: leases are written to a file alone, and to no link\n", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

void isc_lease_write(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	struct stat info;
	FILE *out;
	int fd;

	if (strcmp(path, NO_FILE) == 0)
		return;
	out = open_memstream(&text, &size);
	if (!out)
		return;
	put_lease(out);
	fclose(out);
	fd = open_file(path, &info);
	if (fd < 0)
		return;
	if ((info.st_size > FILE_MAX && ftruncate(fd, 0) < 0) ||
	    write(fd, text, size) != (ssize_t)size)
		fprintf(stderr, "%s: %m\n", path);
	close(fd);
}
