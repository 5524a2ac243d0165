#include "world.h"

#include "desk/case.h"
#include "desk/case_parts.h"
#include "store/engine.h"
#include "store/statements.h"

#include <stdarg.h>

static struct world_actor *
add(struct world *world, const char *name, unsigned roles, unsigned cases)
{
	assert_true(world->actors_count < WORLD_ACTORS);
	struct world_actor *who = &world->actors[world->actors_count++];
	*who = (struct world_actor){
		.name = name, .roles = roles, .cases = cases | REL_ANY
	};
	who->maker = REL_ANY;
	return who;
}

static void
log_in(struct world_actor *who, const struct person *person)
{
	(void)snprintf(
	    who->session, sizeof(who->session), "%s", person->session);
}

static struct person
person(struct world *world, struct world_actor *who, const char *email,
    const char *roles, const char *areas, const char *lines)
{
	struct person made =
	    house_person(&world->house, email, roles, areas, lines);
	log_in(who, &made);
	return made;
}

static void
script(struct world *world, const char *sql)
{
	ok(&world->house.base,
	    db_script(world->house.base.db, sql, &world->house.base.err));
}

static void scriptf(struct world *world, const char *fmt, ...) PRINTF(2, 3);

static void
scriptf(struct world *world, const char *fmt, ...)
{
	char sql[2000];
	va_list values;
	va_start(values, fmt);
	(void)vsnprintf(sql, sizeof(sql), fmt, values);
	va_end(values);
	script(world, sql);
}

/* ---- cases ----------------------------------------------------------- */

struct place {
	enum machine_state state;
	int64_t assignee;
};

static bool
put_case(struct ask *ask, struct casefile *file, void *context, struct err *err)
{
	const struct place *place = context;
	file->state = place->state;
	file->row.rm = "A";
	file->row.assignee_id = place->assignee;
	file->row.area_tag = case_area_tag(ask, "Bluetooth");
	return case_save(ask, file, err);
}

static void
report(struct world *world, struct world_case *ret)
{
	struct house_test *t = &world->house;
	const json_t *value = house_ask(t, NULL, "report.send",
	    "{'title':'Overflow','component':'net','version':'v4.2.0',"
	    "'steps':'Send it.','impact':'Code runs.','exploited':'no',"
	    "'reproduced':'no','ai_help':'no','contact':'a@example.org'}");
	(void)snprintf(
	    ret->number, sizeof(ret->number), "%s", value_text(value, "case"));
	const char *link = value_text(value, "link");
	const char *slash = strrchr(link, '/');
	(void)snprintf(ret->link, sizeof(ret->link), "%s",
	    slash == NULL ? link : slash + 1);
	house_wait(t, 25 * INT64_C(3600000000));
}

static void
make_cases(struct world *world, int64_t assignee)
{
	for (unsigned i = 0; i < WORLD_CASES; i++) {
		struct world_case *one = &world->cases[i];
		one->state = (enum machine_state)(i + 1);
		report(world, one);
		struct place place = { one->state, assignee };
		cases_with(&world->house, one->number, put_case, &place);
	}
	script(world,
	    "DELETE FROM fix;"
	    "INSERT INTO fix (case_id, line, disposition, required, due_at,"
	    " merged_at, released_at, changed_at, body)"
	    " SELECT id, '4.4', 'pending', 1, 0, 0, 0, 0, body FROM cases");
}

static void
grant_all(struct world *world, int64_t maker)
{
	scriptf(world,
	    "INSERT INTO grants (case_id, maker_id, fields, from_at, until_at,"
	    " actor_id, body) SELECT id, %lld, 'zephyr-alert', 1, 0, 1, body"
	    " FROM cases",
	    (long long)maker);
}

/* ---- people ---------------------------------------------------------- */

static int64_t
apply(struct world *world, const struct person *boss, const char *name)
{
	(void)house_ask(&world->house, NULL, "maker.apply",
	    "{'organisation':'%s','country':'Germany','domains':"
	    "['https://%s.example/'],'category':'product-maker',"
	    "'product':'One','product_url':'https://%s.example/one',"
	    "'evidence_text':'Boot banner.','lines':['4.4'],"
	    "'contact_url':'https://%s.example/security','alias':"
	    "'psirt@%s.example','terms':'1','accepted_by':'A. B.'}",
	    name, name, name, name, name);
	const json_t *list = house_ask(&world->house, boss, "maker.list", "{}");
	const json_t *only =
	    json_array_get(json_object_get(list, "waiting"), 0);
	int64_t id = value_int(only, "maker", 0);
	assert_int_not_equal(id, 0);
	script(world, "UPDATE maker SET state = 'active', terms = '1'");
	return id;
}

static void
contact(struct world *world, struct world_actor *who, const struct person *boss,
    int64_t maker, const char *email)
{
	struct person made = acme_contact(&world->house, boss, maker, email);
	log_in(who, &made);
	who->acts_for = maker;
}

static int64_t
seat(struct world *world, const struct person *boss, const char *kind,
    const char *domain)
{
	const json_t *value = house_ask(&world->house, boss, "member.add",
	    "{'kind':'%s','organisation':'%s','domains':['https://%s.example/'"
	    "],'alias':'psirt@%s.example','terms':'1','accepted_by':'A. B.'}",
	    kind, domain, domain, domain);
	int64_t id = value_int(value, "maker", 0);
	script(world, "UPDATE maker SET state = 'active', terms = '1'");
	return id;
}

static void
make_makers(struct world *world, const struct person *boss)
{
	struct world_actor *who =
	    add(world, "maker, granted", ROLE_BIT(ROLE_MAKER), REL_GRANTED);
	world->maker = apply(world, boss, "acme");
	contact(world, who, boss, world->maker, "jo@acme.example");
	who->maker |= REL_OWN | REL_EMPLOYER;
	who = add(world, "maker, not granted", ROLE_BIT(ROLE_MAKER), 0);
	int64_t bolt = apply(world, boss, "bolt");
	contact(world, who, boss, bolt, "jo@bolt.example");
	who = add(world, "maker, suspended", ROLE_BIT(ROLE_MAKER), 0);
	int64_t cut = apply(world, boss, "cut");
	contact(world, who, boss, cut, "jo@cut.example");
	who = add(world, "member, granted", ROLE_BIT(ROLE_MEMBER), REL_GRANTED);
	int64_t dune = seat(world, boss, "project-member", "dune");
	contact(world, who, boss, dune, "jo@dune.example");
	who = add(world, "committee seat",
	    ROLE_BIT(ROLE_MEMBER) | ROLE_BIT(ROLE_TEAM), 0);
	int64_t elm = seat(world, boss, "committee", "elm");
	contact(world, who, boss, elm, "jo@elm.example");
	scriptf(world, "UPDATE maker SET state = 'suspended' WHERE id = %lld",
	    (long long)cut);
	grant_all(world, world->maker);
	grant_all(world, cut);
	grant_all(world, dune);
}

/* Those whose credentials say less than their roles. */
static void
make_lessened(struct world *world)
{
	struct house_test *t = &world->house;
	struct world_actor *who = add(world, "disabled account", 0, 0);
	who->nobody = true;
	struct person gone =
	    person(world, who, "gone@example.org", "team admin", NULL, NULL);
	scriptf(world, "UPDATE account SET state = 'disabled' WHERE id = %lld",
	    (long long)gone.account);
	who = add(world, "expired session", 0, 0);
	who->nobody = true;
	struct person late =
	    person(world, who, "late@example.org", "team", NULL, NULL);
	scriptf(world,
	    "UPDATE session SET expires_at = 1 WHERE account_id = "
	    "%lld",
	    (long long)late.account);
	who = add(world, "read-only token", ROLE_BIT(ROLE_TEAM), 0);
	who->read_only = true;
	struct person program =
	    person(world, who, "program@example.org", "team", NULL, NULL);
	const json_t *value = house_ask(t, &program, "token.create",
	    "{'name':'backup','scopes':['read'],'days':30}");
	(void)snprintf(
	    who->token, sizeof(who->token), "%s", value_text(value, "secret"));
	assert_true(who->token[0] != '\0');
	who->session[0] = '\0';
}

static int64_t
make_staff(struct world *world, struct person *boss)
{
	static const struct {
		const char *name, *roles;
		enum role role;
		const char *areas, *lines;
		unsigned cases;
	} rows[] = {
		{ "account without role", "", ROLE_PUBLIC, NULL, NULL, 0 },
		{ "team", "team", ROLE_TEAM, NULL, NULL, 0 },
		{ "admin", "admin", ROLE_ADMIN, NULL, NULL, 0 },
		{ "auditor", "auditor", ROLE_AUDITOR, NULL, NULL, 0 },
		{ "maintainer of the area", "maintainer", ROLE_MAINTAINER,
		    "['Bluetooth']", NULL, REL_AREA },
		{ "maintainer of another area", "maintainer", ROLE_MAINTAINER,
		    "['Networking']", NULL, 0 },
		{ "assigned maintainer", "maintainer", ROLE_MAINTAINER, NULL,
		    NULL, REL_ASSIGNED },
		{ "release manager of the line", "release-manager",
		    ROLE_RELEASE_MANAGER, NULL, "['4.4']", REL_LINE },
		{ "release manager of another line", "release-manager",
		    ROLE_RELEASE_MANAGER, NULL, "['3.7']", 0 },
	};
	int64_t assignee = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char email[40];
		(void)snprintf(email, sizeof(email), "s%zu@example.org", i);
		struct world_actor *who = add(
		    world, rows[i].name, ROLE_BIT(rows[i].role), rows[i].cases);
		struct person made = person(world, who, email, rows[i].roles,
		    rows[i].areas, rows[i].lines);
		if (rows[i].cases == REL_ASSIGNED)
			assignee = made.account;
	}
	struct world_actor *who =
	    add(world, "director", ROLE_BIT(ROLE_DIRECTOR), 0);
	*boss = person(world, who, "boss@example.org", "director", NULL, NULL);
	who = add(world, "director employed by the maker",
	    ROLE_BIT(ROLE_DIRECTOR), 0);
	(void)person(world, who, "boss@acme.example", "director", NULL, NULL);
	who->maker |= REL_EMPLOYER;
	return assignee;
}

void
world_begin(struct world *world)
{
	struct person boss;
	*world = (struct world){ 0 };
	house_begin(&world->house);
	add(world, "visitor", 0, 0)->nobody = true;
	int64_t assignee = make_staff(world, &boss);
	make_cases(world, assignee);
	make_makers(world, &boss);
	make_lessened(world);
}

void
world_end(struct world *world)
{
	house_end(&world->house);
}

void
world_freeze(struct world *world)
{
	script(world,
	    dbtest_postgres()
		? "CREATE FUNCTION frozen() RETURNS trigger LANGUAGE plpgsql AS"
		  " 'BEGIN RAISE EXCEPTION ''frozen''; END';"
		  "CREATE TRIGGER frozen BEFORE INSERT ON audit FOR EACH ROW"
		  " EXECUTE FUNCTION frozen()"
		: "CREATE TRIGGER frozen BEFORE INSERT ON audit BEGIN"
		  " SELECT RAISE(ABORT, 'frozen'); END");
}

/* ---- requests -------------------------------------------------------- */

static json_t *
text_of(int64_t bytes, char filler)
{
	AUTO(buf) struct buf text = BUF(1000);
	for (int64_t i = 0; i < bytes; i++)
		buf_putc(&text, filler);
	return json_string(buf_text(&text));
}

static json_t *
list_of(json_t *item)
{
	json_t *list = json_array();
	(void)json_array_append_new(list, item);
	return list;
}

static json_t *
word_of(const char *choices)
{
	return json_stringn(choices, strcspn(choices, "|"));
}

static json_t *
plain_value(const struct op_arg *arg)
{
	int64_t least = arg->min < 1 ? 1 : arg->min;
	switch (arg->type) {
	case ARG_INT:
	case ARG_ID:
		return json_integer(least);
	case ARG_BOOL:
		return json_true();
	case ARG_INSTANT:
		return json_string("2026-01-01T00:00:00Z");
	case ARG_EMAIL:
		return json_string("nobody@example.org");
	case ARG_URL:
		return json_string("https://example.org/");
	case ARG_WORD:
		return word_of(arg->choices);
	case ARG_WORDS:
		return list_of(word_of(arg->choices));
	case ARG_TEXTS:
		return list_of(json_string("example.org"));
	case ARG_CVE:
		return json_string("CVE-1900-0001");
	case ARG_HEX:
		return text_of(least, '0');
	case ARG_FILES:
		return json_array();
	case ARG_TOKEN:
	case ARG_CASE:
	case ARG_TEXT:
	case ARG_BODY:
	case ARG_SECRET_TEXT:
		break;
	}
	return text_of(least, 'x');
}

json_t *
world_args(
    const struct op *op, const char *number, const char *link, int64_t maker)
{
	AUTO(value) json_t *args = json_object();
	json_t *clean = NULL;
	struct err err = { 0 };
	for (const struct op_arg *arg = op->args; arg->name != NULL; arg++) {
		if (!arg->required)
			continue;
		json_t *value = plain_value(arg);
		bool is_link =
		    op->subject == OP_ON_LINK && strcmp(arg->name, "link") == 0;
		if (arg->type == ARG_CASE || is_link) {
			json_decref(value);
			value = json_string(is_link ? link : number);
		} else if (strcmp(arg->name, "maker") == 0) {
			json_decref(value);
			value = json_integer(maker);
		}
		value_set(args, arg->name, value);
	}
	if (!op_check(op, args, &clean, &err))
		fail_msg("%s: %s", op->name, err.text);
	return clean;
}

json_t *
world_ask(struct world *world, const struct world_actor *who,
    const struct op *op, const json_t *args)
{
	AUTO(value)
	json_t *request = json_pack("{s:i, s:s, s:O, s:s, s:s}", "id", 1, "op",
	    op->name, "args", args, "address", "192.0.2.1", "agent", "test");
	if (who->session[0] != '\0')
		value_set_text(request, "session", who->session);
	if (who->token[0] != '\0')
		value_set_text(request, "token", who->token);
	return dispatch(&world->house.house, request, NULL, 0);
}
