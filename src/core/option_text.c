/* SPDX-License-Identifier: BSD-2-Clause */
/* One leaf after another, with what has to be between them. */
#include "core/option_text.h"

#include "base/assert.h"
#include "core/option.h"

struct printer {
	struct str *s;
	char between; /* what comes before the next value; NUL: nothing */
	unsigned depth;
	bool is_list[DECODE_DEPTH_MAX];
	bool strange;
};

/* What is between the values of lists within lists, and of a list in a record. */
static char separator(const struct printer *p)
{
	static const char separators[] = "  ,+";
	unsigned lists = p->depth && !p->is_list[0];

	for (unsigned i = 0; i < p->depth; i++)
		lists += p->is_list[i];
	return separators[lists < 3 ? lists : 3];
}

static void separate(struct printer *p)
{
	if (p->between)
		str_char(p->s, p->between);
	p->between = separator(p);
}

static void enter(struct printer *p, bool list)
{
	ASSERT(p->depth < DECODE_DEPTH_MAX);
	p->is_list[p->depth++] = list;
}

static void print_octets(struct str *s, const struct leaf *leaf)
{
	for (size_t i = 0; i < leaf->size; i++)
		str_char(s, (char)leaf->bytes[i]);
}

static void print_number(struct str *s, int64_t number)
{
	if (number < 0)
		str_char(s, '-');
	str_u64(s, (uint64_t)(number < 0 ? -number : number));
}

static void print_prefix(struct str *s, const struct leaf *leaf)
{
	if (leaf->kind == LEAF_PREFIX)
		str_ipv4(s, leaf->address);
	else
		str_ipv6(s, leaf->bytes);
	str_char(s, '/');
	print_number(s, leaf->number);
}

static void print_label(struct printer *p, const struct leaf *item)
{
	separate(p);
	if (item->text)
		str_text(p->s, item->text);
	else
		print_number(p->s, item->number);
	str_char(p->s, '=');
	p->between = '\0';
}

static void leave(struct printer *p)
{
	p->depth--;
	p->between = separator(p);
}

static void print_leaf(void *context, const struct leaf *leaf)
{
	struct printer *p = context;

	if (leaf->kind > LEAF_END)
		separate(p);
	switch (leaf->kind) {
	case LEAF_ITEM:
		print_label(p, leaf);
		enter(p, false);
		break;
	case LEAF_LIST:
	case LEAF_RECORD:
		enter(p, leaf->kind == LEAF_LIST);
		break;
	case LEAF_END:
		leave(p);
		break;
	case LEAF_IPV4:
		str_ipv4(p->s, leaf->address);
		break;
	case LEAF_IPV6:
		str_ipv6(p->s, leaf->bytes);
		break;
	case LEAF_PREFIX:
	case LEAF_PREFIX6:
		print_prefix(p->s, leaf);
		break;
	case LEAF_NUMBER:
	case LEAF_FLAG:
		print_number(p->s, leaf->number);
		break;
	case LEAF_NAME:
	case LEAF_WORD:
		str_text(p->s, leaf->text);
		break;
	case LEAF_TEXT:
	case LEAF_URI:
		print_octets(p->s, leaf);
		break;
	case LEAF_STRANGE:
		p->strange = true;
		break;
	case LEAF_HEX:
		str_hex(p->s, leaf->bytes, leaf->size, '\0');
		break;
	}
}

bool option_print(struct str *s, uint8_t code, const uint8_t *bytes, size_t size)
{
	struct str before = *s;
	struct printer printer = { .s = s };

	option_decode(code, bytes, size, print_leaf, &printer);
	if (!printer.strange && !s->truncated)
		return true;
	*s = before;
	s->text[s->used] = '\0';
	return false;
}
