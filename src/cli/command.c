#include "cli/command.h"

#include "core/utf8.h"

#include <string.h>

#define WORD_MOST 60
#define FAR 1000

/* Names that people expect besides those of the table. */
static const struct {
	const char *words;
	enum op_id op;
} aliases[] = {
	{ "inbox", OP_case_inbox },
	{ "case disclose", OP_disclose_run },
	{ "case approve", OP_disclose_approve },
	{ "case documents", OP_disclose_check },
	{ "case fix", OP_fix_set },
	{ "case notify", OP_notice_send },
	{ "whoami", OP_account_me },
};

struct str
command_noun(const struct op *op)
{
	struct str rest = str_of(op->name);
	return str_cut(&rest, '.');
}

const char *
command_verb(const struct op *op)
{
	return op->name + command_noun(op).len + 1;
}

const char *
command_alias(size_t i, const struct op **ret)
{
	if (i >= COUNT(aliases))
		return NULL;
	*ret = op_get(aliases[i].op);
	return aliases[i].words;
}

bool
command_is_noun(const char *word)
{
	for (int id = 0; id < OP_COUNT; id++)
		if (str_eq(command_noun(op_get((enum op_id)id)), word))
			return true;
	return false;
}

bool
command_opens_noun(enum op_id id)
{
	struct str noun = command_noun(op_get(id));
	for (int before = 0; before < (int)id; before++)
		if (str_is(command_noun(op_get((enum op_id)before)), noun))
			return false;
	return true;
}

/* The only operation of a noun, or NULL. */
static const struct op *
only_op(const char *noun)
{
	const struct op *found = NULL;
	for (int id = 0; id < OP_COUNT; id++) {
		const struct op *op = op_get((enum op_id)id);
		if (!str_eq(command_noun(op), noun))
			continue;
		if (found != NULL)
			return NULL;
		found = op;
	}
	return found;
}

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;
	return ab < c ? ab : c;
}

/* Letters to change, add or remove to make b of a (Levenshtein). */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[WORD_MOST + 1];
	size_t alen = strlen(a), blen = strlen(b);
	if (alen > WORD_MOST || blen > WORD_MOST)
		return FAR;
	for (unsigned i = 0; i <= blen; i++)
		row[i] = i;
	for (size_t i = 1; i <= alen; i++) {
		unsigned corner = row[0];
		row[0] = (unsigned)i;
		for (size_t k = 1; k <= blen; k++) {
			unsigned above = row[k];
			unsigned change = a[i - 1] == b[k - 1] ? 0 : 1;
			row[k] =
			    least(above + 1, row[k - 1] + 1, corner + change);
			corner = above;
		}
	}
	return row[blen];
}

const char *
command_nearer(const char *word, const char *candidate, const char *so_far)
{
	unsigned far = distance(word, candidate);
	bool begins =
	    strlen(word) >= 2 && strncmp(candidate, word, strlen(word)) == 0;
	unsigned most = (unsigned)strlen(word) / 3 + 1;
	if (!begins && far > most)
		return so_far;
	if (so_far != NULL && distance(word, so_far) <= far)
		return so_far;
	return candidate;
}

/* Appends the nearest command, its name with a blank; or nothing. */
static void
suggest(const char *typed, struct buf *out)
{
	const char *best = NULL;
	AUTO(buf) struct buf dotted = BUF(2 * WORD_MOST);
	for (const char *at = typed; *at != '\0'; at++)
		buf_putc(&dotted, *at == ' ' ? '.' : *at);
	for (int id = 0; id < OP_COUNT; id++)
		best = command_nearer(
		    buf_text(&dotted), op_get((enum op_id)id)->name, best);
	for (size_t i = 0; best != NULL && best[i] != '\0'; i++)
		buf_putc(out, best[i] == '.' ? ' ' : best[i]);
	for (size_t i = 0; best == NULL && i < COUNT(aliases); i++)
		best = command_nearer(typed, aliases[i].words, NULL);
	if (out->len == 0)
		buf_puts(out, best);
}

static bool
refuse(const char *first, const char *second, struct err *err)
{
	AUTO(buf) struct buf typed = BUF(2 * WORD_MOST);
	AUTO(buf) struct buf near = BUF(2 * WORD_MOST);
	AUTO(buf) struct buf shown = BUF(4 * WORD_MOST);
	buf_printf(&typed, "%.59s%s%.59s", first, second == NULL ? "" : " ",
	    second == NULL ? "" : second);
	suggest(buf_text(&typed), &near);
	utf8_show(&shown, buf_text(&typed), typed.len, false);
	if (near.len > 0)
		return err_set(err, ERR_MISSING, NULL,
		    "there is no command \"%s\"; did you mean \"%s\"?",
		    buf_text(&shown), buf_text(&near));
	return err_set(err, ERR_MISSING, NULL,
	    "there is no command \"%s\"; forewarn --help lists them",
	    buf_text(&shown));
}

static const struct op *
find_alias(const char *first, const char *second, int *used)
{
	for (size_t i = 0; i < COUNT(aliases); i++) {
		struct str rest = str_of(aliases[i].words);
		bool fits = str_eq(str_cut(&rest, ' '), first);
		if (fits && rest.ptr != NULL)
			fits = second != NULL && str_eq(rest, second);
		if (!fits)
			continue;
		*used = rest.ptr == NULL ? 1 : 2;
		return op_get(aliases[i].op);
	}
	return NULL;
}

bool
command_find(char *const *words, int count, const struct op **ret, int *used,
    struct err *err)
{
	const char *first = words[0];
	const char *second = count > 1 ? words[1] : NULL;
	AUTO(buf) struct buf name = BUF(2 * WORD_MOST);
	if (second != NULL)
		buf_printf(&name, "%.59s.%.59s", first, second);
	const struct op *op = op_find(buf_text(&name));
	int taken = 2;
	if (op == NULL)
		op = find_alias(first, second, &taken);
	if (op == NULL) {
		op = only_op(first);
		taken = 1;
	}
	if (op == NULL && command_is_noun(first) &&
	    (second == NULL || second[0] == '-'))
		return err_set(err, ERR_INVALID, NULL,
		    "\"%s\" needs one more word; forewarn %s --help lists them",
		    first, first);
	if (op == NULL)
		return refuse(first, second, err);
	*ret = op;
	*used = taken;
	return true;
}
