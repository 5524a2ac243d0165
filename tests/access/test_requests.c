/*
 * Everybody asks everything of a case in every state, through dispatch, on
 * the real database. What the table allows must be let through; what it does
 * not must look, byte for byte, like a case that is not there. P-20
 */
#include "world.h"

#include <stdlib.h>

#define UNSEEN "there is no such thing, or you may not see it"
#define LOGIN "log in first"
#define NO_CASE "FW-1999-0001"
#define NO_LINK "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define NO_MAKER INT64_C(424242)

struct cell {
	struct world *world;
	const struct world_actor *who;
	const struct op *op;
	const struct world_case *about;
};

static bool
is_error(const json_t *answer, const char *kind, const char *text)
{
	const json_t *error = json_object_get(answer, "error");
	return error != NULL && strcmp(value_text(error, "kind"), kind) == 0 &&
	       strcmp(value_text(error, "text"), text) == 0 &&
	       value_text(error, "field")[0] == '\0';
}

/* What the reviewed table says of this cell. */
static bool
is_allowed(const struct cell *cell)
{
	const struct world_actor *who = cell->who;
	struct actor actor = { .account_id = who->nobody ? 0 : 7,
		.roles = who->roles | ROLE_BIT(ROLE_PUBLIC),
		.read_only = who->read_only };
	enum machine_state state = MACHINE_INIT;
	unsigned relations = REL_ANY;
	if (cell->op->subject == OP_ON_MAKER)
		relations = who->maker;
	if (cell->op->subject == OP_ON_CASE)
		relations = who->cases;
	if (cell->op->subject == OP_ON_LINK) {
		actor.roles |= ROLE_BIT(ROLE_REPORTER);
		relations = who->cases | REL_LINK;
	}
	if (cell->op->subject == OP_ON_CASE || cell->op->subject == OP_ON_LINK)
		state = cell->about->state;
	return access_may(&actor, cell->op->id, state, relations);
}

static void
complain(const struct cell *cell, const char *what, const json_t *answer)
{
	char *text = json_dumps(answer, 0);
	print_error("%s asks %s (%s): %s: %.300s\n", cell->who->name,
	    cell->op->name, machine_name(cell->about->state), what, text);
	free(text);
	cell->world->faults++;
}

static json_t *
ask(const struct cell *cell, bool real)
{
	bool own = cell->op->subject != OP_ON_MAKER && cell->who->acts_for != 0;
	int64_t maker = own ? cell->who->acts_for : cell->world->maker;
	AUTO(value)
	json_t *args =
	    world_args(cell->op, real ? cell->about->number : NO_CASE,
		real ? cell->about->link : NO_LINK, real ? maker : NO_MAKER);
	return world_ask(cell->world, cell->who, cell->op, args);
}

/* Refused: as for a thing that is not there, or for somebody not known. */
static void
check_refused(const struct cell *cell, const json_t *answer)
{
	bool login = cell->who->nobody && !access_is_public(cell->op->id);
	bool right = login ? is_error(answer, "denied", LOGIN)
			   : is_error(answer, "missing", UNSEEN);
	if (!right)
		complain(cell, "is let through", answer);
	if (cell->op->subject == OP_ON_NONE)
		return;
	AUTO(value) json_t *absent = ask(cell, false);
	if (!json_equal(answer, absent))
		complain(cell, "the refusal says that it is there", answer);
}

static void
check(const struct cell *cell)
{
	AUTO(value) json_t *answer = ask(cell, true);
	const char *kind = value_text(json_object_get(answer, "error"), "kind");
	if (!is_allowed(cell))
		check_refused(cell, answer);
	else if (strcmp(kind, "denied") == 0 && cell->op->id != OP_session_open)
		complain(cell, "is denied", answer);
	else if (is_error(answer, "missing", UNSEEN))
		complain(cell, "is refused", answer);
}

static void
check_actor(struct world *world, const struct world_actor *who)
{
	for (unsigned i = 0; i < OP_COUNT; i++) {
		const struct op *op = op_get((enum op_id)i);
		bool cases =
		    op->subject == OP_ON_CASE || op->subject == OP_ON_LINK;
		for (size_t c = 0; c < (cases ? WORLD_CASES : 1); c++) {
			struct cell cell = { world, who, op, &world->cases[c] };
			check(&cell);
		}
	}
}

/* P-20 R-10 R-23 */
static void
test_everybody_asks_everything(void **state)
{
	struct world *world = *state;
	for (size_t i = 0; i < world->actors_count; i++)
		check_actor(world, &world->actors[i]);
	assert_int_equal(world->faults, 0);
}

/* Somebody else's link or number opens nothing more: roles, not numbers. */
static void
test_unknown_credentials_are_nobody(void **state)
{
	struct world *world = *state;
	static const char *const forged[] = { "x", "AAAAAAAAAAAAAAAAAAAAAAAA",
		"' OR 1=1 --" };
	for (size_t i = 0; i < COUNT(forged); i++) {
		struct world_actor who = { .name = "forger",
			.nobody = true,
			.cases = REL_ANY,
			.maker = REL_ANY };
		(void)snprintf(
		    who.session, sizeof(who.session), "%s", forged[i]);
		check_actor(world, &who);
		(void)snprintf(who.token, sizeof(who.token), "%s", forged[i]);
		who.session[0] = '\0';
		check_actor(world, &who);
	}
}

/* A change that cannot be written to the ledger did not happen. */
static void
test_nothing_was_changed(void **state)
{
	struct world *world = *state;
	for (size_t i = 0; i < WORLD_CASES; i++) {
		const struct op *op = op_get(OP_report_view);
		struct world_actor who = { .name = "reporter" };
		AUTO(value)
		json_t *args = world_args(op, "", world->cases[i].link, 0);
		AUTO(value)
		json_t *answer = world_ask(world, &who, op, args);
		assert_true(json_object_get(answer, "error") != NULL);
		assert_false(is_error(answer, "missing", UNSEEN));
	}
}

static int
begin(void **state)
{
	static struct world world;
	*state = &world;
	world_begin(&world);
	world_freeze(&world);
	return 0;
}

static int
end(void **state)
{
	world_end(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everybody_asks_everything),
		cmocka_unit_test(test_unknown_credentials_are_nobody),
		cmocka_unit_test(test_nothing_was_changed),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
