/*
 * Every cell of the access table: role × operation × relation × state. The
 * answers are printed as text and compared with expected.txt, which a person
 * reviews; FOREWARN_GOLDEN=write prints it anew.
 */
#include "../unit/test.h"

#include "rules/access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL_STATES 0xfeu /* every state a row can have; INIT is none */
#define TEXT_MAX (1u << 20)

static const struct {
	unsigned bit;
	const char *name;
} relations[] = {
	{ REL_ANY, "-" },
	{ REL_LINK, "link" },
	{ REL_AREA, "area" },
	{ REL_ASSIGNED, "assigned" },
	{ REL_LINE, "line" },
	{ REL_GRANTED, "granted" },
	{ REL_OWN, "own" },
};

static const char *const kinds[] = { "read", "read secret", "change" };
static const char *const subjects[] = { "", " case", " maker", " link" };

/* One who asks: a role alone, with an account or without. */
struct who {
	const char *name;
	struct actor actor;
};

static struct actor
actor_of(enum role role, int64_t account)
{
	return (struct actor){ .account_id = account,
		.roles = ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(role),
		.name = "",
		.email = "",
		.employer = "" };
}

/* The set of states in which this is allowed. */
static unsigned
states_of(const struct actor *actor, enum op_id op, unsigned relation)
{
	unsigned set = 0;
	for (unsigned state = 1; state < MACHINE_STATES; state++)
		if (access_may(actor, op, (enum machine_state)state, relation))
			set |= 1u << state;
	return set;
}

static void
print_states(struct buf *out, unsigned set)
{
	if (set == ALL_STATES)
		buf_puts(out, " always");
	for (unsigned state = 1; state < MACHINE_STATES; state++)
		if (set != ALL_STATES && (set & 1u << state) != 0)
			buf_printf(out, " %s",
			    machine_name((enum machine_state)state));
	buf_putc(out, '\n');
}

/* What this one may more than somebody without the role. */
static void
print_who(struct buf *out, const struct who *who, const struct actor *less,
    enum op_id op)
{
	unsigned any = states_of(&who->actor, op, REL_ANY);
	for (size_t i = 0; i < COUNT(relations); i++) {
		unsigned set =
		    states_of(&who->actor, op, relations[i].bit | REL_ANY);
		unsigned base = less == NULL ? 0
					     : states_of(less, op,
						   relations[i].bit | REL_ANY);
		assert_int_equal(set & base, base);
		if (i > 0)
			base |= any;
		if ((set & ~base) == 0)
			continue;
		buf_printf(out, "    %-16s %-9s", who->name, relations[i].name);
		print_states(out, set & ~base);
		unsigned kept =
		    states_of(&who->actor, op, relations[i].bit | REL_EMPLOYER);
		if (kept != set) {
			assert_int_equal(kept, 0);
			buf_puts(out, "                     but never of "
				      "one's own employer\n");
		}
	}
}

static void
print_op(struct buf *out, enum op_id op)
{
	const struct op *row = op_get(op);
	struct who anybody = { "anybody", actor_of(ROLE_PUBLIC, 0) };
	struct who account = { "any account", actor_of(ROLE_PUBLIC, 7) };
	buf_printf(out, "\n%s (%s%s)\n", row->name, kinds[row->kind],
	    subjects[row->subject]);
	print_who(out, &anybody, NULL, op);
	print_who(out, &account, &anybody.actor, op);
	for (unsigned role = ROLE_REPORTER; role < ROLE_COUNT; role++) {
		bool visitor = role == ROLE_REPORTER;
		struct who who = { access_role_name((enum role)role),
			actor_of((enum role)role, visitor ? 0 : 7) };
		print_who(
		    out, &who, visitor ? &anybody.actor : &account.actor, op);
	}
}

static void
print_matrix(struct buf *out)
{
	buf_puts(out,
	    "# Who may ask what: operation, then role, relation and the "
	    "states of the case\n"
	    "# in which it is allowed. What is not here is refused. Printed "
	    "by test_matrix.c\n"
	    "# from src/rules/access.c; a change here is a change of who "
	    "sees what: review it.\n");
	for (unsigned op = 0; op < OP_COUNT; op++)
		print_op(out, (enum op_id)op);
}

static void
read_expected(struct buf *out)
{
	char chunk[4096];
	FILE *file = fopen(EXPECTED, "r");
	if (file == NULL)
		return;
	size_t len;
	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(out, chunk, len);
	(void)fclose(file);
}

static void
write_expected(const struct buf *bytes)
{
	FILE *file = fopen(EXPECTED, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes->ptr, 1, bytes->len, file), bytes->len);
	assert_int_equal(fclose(file), 0);
}

/* The first line that differs, so that a person finds it. */
static void
compare(struct str found, struct str expected)
{
	size_t line = 1;
	while (found.ptr != NULL || expected.ptr != NULL) {
		struct str a = str_cut(&found, '\n');
		struct str b = str_cut(&expected, '\n');
		if (!str_is(a, b))
			fail_msg("expected.txt:%zu: \"%.*s\", but the table "
				 "says \"%.*s\"; if that is meant, run with "
				 "FOREWARN_GOLDEN=write and review",
			    line, (int)b.len, b.ptr, (int)a.len, a.ptr);
		line++;
	}
}

/* P-20 */
static void
test_table_is_as_reviewed(void **state)
{
	(void)state;
	const char *mode = getenv("FOREWARN_GOLDEN");
	AUTO(buf) struct buf found = BUF(TEXT_MAX);
	AUTO(buf) struct buf expected = BUF(TEXT_MAX);
	print_matrix(&found);
	assert_false(found.failed);
	if (mode != NULL && strcmp(mode, "write") == 0)
		write_expected(&found);
	read_expected(&expected);
	compare((struct str){ buf_text(&found), found.len },
	    (struct str){ buf_text(&expected), expected.len });
}

/* Two roles together may what either may, and no more. */
static void
test_roles_add_up(void **state)
{
	(void)state;
	for (unsigned a = 0; a < ROLE_COUNT; a++)
		for (unsigned b = 0; b < ROLE_COUNT; b++)
			for (unsigned op = 0; op < OP_COUNT; op++)
				for (size_t r = 0; r < COUNT(relations); r++) {
					unsigned rel = relations[r].bit;
					enum op_id id = (enum op_id)op;
					struct actor one =
					    actor_of((enum role)a, 7);
					struct actor two =
					    actor_of((enum role)b, 7);
					struct actor both = one;
					both.roles |= two.roles;
					assert_int_equal(
					    states_of(&both, id, rel),
					    states_of(&one, id, rel) |
						states_of(&two, id, rel));
				}
}

/* A token without the scope "write" changes nothing, whoever made it. */
static void
test_read_only_token_changes_nothing(void **state)
{
	(void)state;
	for (unsigned op = 0; op < OP_COUNT; op++) {
		struct actor all = actor_of(ROLE_PUBLIC, 7);
		all.roles = (1u << ROLE_COUNT) - 1;
		unsigned may = states_of(&all, (enum op_id)op, 0x7f);
		all.read_only = true;
		unsigned left = states_of(&all, (enum op_id)op, 0x7f);
		bool changes = op_get((enum op_id)op)->kind == OP_CHANGE;
		assert_int_equal(left, changes ? 0 : may);
	}
}

/* The admin and the auditor read no case; the system role is nobody's. */
static void
test_case_content_stays_with_those_who_work_on_it(void **state)
{
	(void)state;
	static const enum role blind[] = { ROLE_PUBLIC, ROLE_ADMIN,
		ROLE_AUDITOR, ROLE_DIRECTOR, ROLE_SYSTEM };
	for (size_t i = 0; i < COUNT(blind); i++) {
		struct actor actor = actor_of(blind[i], 7);
		assert_int_equal(access_sections(&actor, 0x7f), 0);
		for (unsigned op = 0; op < OP_COUNT; op++)
			if (op_get((enum op_id)op)->subject == OP_ON_CASE)
				assert_int_equal(
				    states_of(&actor, (enum op_id)op, 0x7f), 0);
	}
}

/* No operation is nobody's, but those the service asks itself. */
static void
test_no_operation_is_forgotten(void **state)
{
	(void)state;
	for (unsigned op = 0; op < OP_COUNT; op++) {
		struct actor all = actor_of(ROLE_PUBLIC, 7);
		all.roles = (1u << ROLE_COUNT) - 1;
		if (states_of(&all, (enum op_id)op, 0x7f) == 0)
			fail_msg("%s: no row of src/rules/access.c allows it",
			    op_get((enum op_id)op)->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_is_as_reviewed),
		cmocka_unit_test(test_roles_add_up),
		cmocka_unit_test(test_read_only_token_changes_nothing),
		cmocka_unit_test(
		    test_case_content_stays_with_those_who_work_on_it),
		cmocka_unit_test(test_no_operation_is_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
