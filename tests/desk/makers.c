#include "makers.h"

#include "core/when.h"
#include "desk/case.h"
#include "desk/clocks.h"
#include "desk/maker.h"
#include "desk/notice.h"
#include "store/statements.h"

/* The newest mail of this kind, unsealed. */
const char *
house_mail(struct house_test *t, const char *kind, json_t **ret)
{
	struct row_outbox_recent *rows;
	size_t count;
	ok(&t->base, q_outbox_recent(t->base.db, t->base.arena, "", &rows,
			 &count, &t->base.err));
	int64_t newest = 0;
	json_decref(*ret);
	*ret = NULL;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].kind, kind) != 0 || rows[i].next_at < newest)
			continue;
		newest = rows[i].next_at;
		json_decref(*ret);
		ok(&t->base, vault_open_value(t->house.vault, rows[i].key_id,
				 "outbox.body", rows[i].id, rows[i].body,
				 t->base.arena, ret, &t->base.err));
	}
	return *ret == NULL ? NULL : value_text(*ret, "text");
}

void
house_link(struct house_test *t, const char *path, char ret[128])
{
	AUTO(value) json_t *mail = NULL;
	const char *text = house_mail(
	    t, strcmp(path, "/setup/") == 0 ? "invite" : "challenge", &mail);
	assert_non_null(text);
	const char *at = strstr(text, path);
	assert_non_null(at);
	at += strlen(path);
	size_t len = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
				"tuvwxyz0123456789-_");
	(void)snprintf(ret, 128, "%.*s", (int)len, at);
}

int64_t
acme_apply(struct house_test *t, const struct person *director)
{
	(void)house_ask(t, NULL, "maker.apply",
	    "{'organisation':'Acme Sensors','legal_name':'Acme Sensors GmbH',"
	    "'country':'Germany','domains':['https://Acme.example/'],"
	    "'category':'product-maker','product':'Acme One',"
	    "'product_url':'https://www.acme.example/one',"
	    "'evidence_text':'The boot banner names the project.',"
	    "'lines':['4.4'],'contact_url':'https://acme.example/security',"
	    "'alias':'psirt@acme.example','terms':'1','accepted_by':'A. B.'}");
	const json_t *list = house_ask(t, director, "maker.list", "{}");
	const json_t *first =
	    json_array_get(json_object_get(list, "waiting"), 0);
	return value_int(first, "maker", 0);
}

static void
confirm(struct house_test *t)
{
	char link[128];
	house_link(t, "/confirm/", link);
	(void)house_ask(t, NULL, "maker.confirm", "{'link':'%s'}", link);
}

int64_t
acme_active(
    struct house_test *t, const struct person *director, const char *tier)
{
	int64_t id = acme_apply(t, director);
	confirm(t);
	for (int i = 1; i <= 3; i++)
		(void)house_ask(t, director, "maker.criterion",
		    "{'maker':%lld,'criterion':'C%d','answer':'yes',"
		    "'evidence':'https://acme.example looked at'}",
		    (long long)id, i);
	(void)house_ask(t, director, "maker.decide",
	    "{'maker':%lld,'revision':1,'outcome':'approve','reason':'all "
	    "there','tier':'%s','publish':true}",
	    (long long)id, tier);
	return id;
}

struct person
acme_contact(struct house_test *t, const struct person *director, int64_t maker,
    const char *email)
{
	struct person person = house_person(t, email, "", NULL, NULL);
	(void)house_ask(t, director, "maker.contact",
	    "{'maker':%lld,'email':'%s','name':'Contact'}", (long long)maker,
	    email);
	return person;
}

static bool
make_case(struct ask *ask, void *context, struct err *err)
{
	int64_t id = db_id_new();
	int64_t key_id, count;
	struct str sealed;
	AUTO(casefile) struct casefile file = { 0 };
	AUTO(value)
	json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "title",
	    "Secret title", "description", "Secret description", "component",
	    "Bluetooth", "severity", "high", "pr", "https://example.org/pull/1",
	    "backport_plan", "All lines.");
	*(int64_t *)context = id;
	if (!vault_key_new(ask->vault, "case", ask->now, &key_id, err) ||
	    !ask_seal(ask, key_id, "cases.body", id, body, &sealed, err) ||
	    !q_case_insert(ask->db, ask->pass, id, "FW-2026-0001", "new", "R",
		"form", key_id, sealed, "hash", (struct str){ NULL, 0 },
		ask->now, "N", 0, "pxa", &count, err) ||
	    !case_open_id(ask, id, &file, err))
		return false;
	file.state = MACHINE_ASSIGNED;
	file.row.em = "A";
	file.row.embargo_number = 1;
	file.row.decided_at = ask->now;
	file.row.embargo_ends_at = ask->now + 60 * WHEN_DAY;
	return case_save(ask, &file, err);
}

int64_t
case_ready(struct house_test *t)
{
	int64_t id = 0;
	ok(&t->base, dispatch_system(&t->house, OP_case_edit, make_case, &id,
			 &t->base.err));
	return id;
}

struct change {
	int64_t id;
	const char *key;
	const char *value;
};

static bool
change_case(struct ask *ask, void *context, struct err *err)
{
	const struct change *change = context;
	AUTO(casefile) struct casefile file = { 0 };
	if (!case_open_id(ask, change->id, &file, err))
		return false;
	if (strcmp(change->key, "em") == 0)
		file.row.em = change->value;
	else if (strcmp(change->key, "state") == 0) {
		if (!machine_find(str_of(change->value), &file.state))
			return false;
	} else if (strcmp(change->key, "decided") == 0)
		file.row.decided_at = 0;
	else
		value_set_text(file.body, change->key, change->value);
	return case_save(ask, &file, err);
}

void
case_change(
    struct house_test *t, int64_t id, const char *key, const char *value)
{
	struct change change = { id, key, value };
	ok(&t->base, dispatch_system(&t->house, OP_case_edit, change_case,
			 &change, &t->base.err));
}

struct consent {
	int64_t case_id, maker;
	const char *word;
};

static bool
set_consent(struct ask *ask, void *context, struct err *err)
{
	const struct consent *consent = context;
	struct row_participant_find row;
	int64_t count;
	return q_participant_find(ask->db, ask->pass, ask->arena,
		   consent->case_id, "maker", consent->maker, &row, err) &&
	       q_participant_update(ask->db, ask->pass, row.id, row.rm, row.vfd,
		   consent->word, row.asked_at, 0, ask->now, 1, "1", &count,
		   err);
}

void
case_consent(
    struct house_test *t, int64_t case_id, int64_t maker, const char *word)
{
	struct consent consent = { case_id, maker, word };
	ok(&t->base, dispatch_system(&t->house, OP_embargo_consent, set_consent,
			 &consent, &t->base.err));
}

void
house_tick(struct house_test *t)
{
	struct clocks clocks = { { 0 } };
	ok(&t->base, clocks_run(&t->house, &clocks, &t->base.err));
}

void
case_cve(struct house_test *t, int64_t case_id, const char *cve)
{
	int64_t count;
	ok(&t->base, db_begin(t->base.db, &t->base.err));
	ok(&t->base,
	    q_cve_insert(t->base.db, cve, 1900, 42, 0, &count, &t->base.err));
	ok(&t->base, q_cve_move(t->base.db, cve, "available", "reserved",
			 case_id, 0, &count, &t->base.err));
	ok(&t->base, db_commit(t->base.db, &t->base.err));
	assert_int_equal(count, 1);
}

struct told {
	int64_t case_id;
	const char *what;
};

static bool
tell_makers(struct ask *ask, void *context, struct err *err)
{
	const struct told *told = context;
	AUTO(casefile) struct casefile file = { 0 };
	if (!case_open_id(ask, told->case_id, &file, err))
		return false;
	if (strcmp(told->what, "moved") == 0)
		return makers_moved(ask, &file, err);
	if (strcmp(told->what, "ended") == 0)
		return makers_ended(ask, &file, "it became public", err);
	return makers_disclosed(ask, &file, err);
}

void
case_tell_makers(struct house_test *t, int64_t case_id, const char *what)
{
	struct told told = { case_id, what };
	ok(&t->base, dispatch_system(&t->house, OP_disclose_run, tell_makers,
			 &told, &t->base.err));
}

int64_t
mails_in(struct house_test *t, const char *state, const char *kind)
{
	struct row_outbox_recent *rows;
	size_t count;
	int64_t found = 0;
	ok(&t->base, q_outbox_recent(t->base.db, t->base.arena, state, &rows,
			 &count, &t->base.err));
	for (size_t i = 0; i < count; i++)
		found += strcmp(rows[i].kind, kind) == 0;
	return found;
}
