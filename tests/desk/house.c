#include "house.h"

#include "config/config.h"
#include "core/when.h"
#include "desk/first.h"
#include "desk/mailing.h"
#include "desk/totp.h"
#include "store/statements.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

void
house_attach(struct house_test *t)
{
	char path[128];
	char site[128];
	(void)snprintf(path, sizeof(path), "%s/master.key", t->base.dir);
	const struct vault_settings keys = { .path = path, .create = true };
	ok(&t->base,
	    policy_load(POLICIES "/zephyr.conf", &t->policy, &t->base.err));
	t->settings = json_pack("{s:s, s:s, s:s, s:b}", "base_url",
	    "https://security.example.org", "mail_from", "security@example.org",
	    "admin", "first@example.org", "rehearsal", 1);
	(void)snprintf(site, sizeof(site), "%s/site", t->base.dir);
	t->house = (struct house){ .db = t->base.db,
		.settings = t->settings,
		.policy = t->policy,
		.site_fd = open(site, O_DIRECTORY) };
	ok(&t->base, vault_load(&keys, &t->house.vault, &t->base.err));
	ok(&t->base, vault_attach(t->house.vault, t->base.db,
			 clock_now(&t->house.clock), &t->base.err));
}

void
house_begin(struct house_test *t)
{
	char site[128];
	*t = (struct house_test){ 0 };
	dbtest_begin(&t->base, &store_schema);
	(void)snprintf(site, sizeof(site), "%s/site", t->base.dir);
	assert_int_equal(mkdir(site, 0755), 0);
	house_attach(t);
}

static int
remove_one(
    const char *path, const struct stat *about, int flag, struct FTW *place)
{
	(void)about;
	(void)flag;
	(void)place;
	return remove(path);
}

void
house_end(struct house_test *t)
{
	json_decref(t->answer);
	json_decref(t->settings);
	json_decref(t->policy);
	json_decref(t->house.status);
	vault_free(t->house.vault);
	(void)close(t->house.site_fd);
	char site[128];
	(void)snprintf(site, sizeof(site), "%s/site", t->base.dir);
	(void)nftw(site, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	dbtest_end(&t->base);
}

void
house_wait(struct house_test *t, int64_t microseconds)
{
	t->house.clock.offset += microseconds;
}

static json_t *parse_args(const char *fmt, va_list values) PRINTF(1, 0);

static json_t *
parse_args(const char *fmt, va_list values)
{
	char *text = NULL;
	json_error_t fault;
	assert_true(vasprintf(&text, fmt, values) >= 0);
	for (char *at = text; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	json_t *args = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
	if (args == NULL)
		fail_msg("%s: %s", text, fault.text);
	free(text);
	return args;
}

static void
ask(struct house_test *t, const struct person *who, const char *op,
    json_t *args)
{
	AUTO(value)
	json_t *request = json_pack("{s:i, s:s, s:o, s:s, s:s}", "id", 1, "op",
	    op, "args", args, "address", "192.0.2.1", "agent", "test");
	if (who != NULL)
		value_set_text(request, "session", who->session);
	json_decref(t->answer);
	t->answer = dispatch(&t->house, request, NULL, 0);
	assert_non_null(t->answer);
}

const json_t *
house_ask(struct house_test *t, const struct person *who, const char *op,
    const char *args, ...)
{
	va_list values;
	va_start(values, args);
	ask(t, who, op, parse_args(args, values));
	va_end(values);
	const json_t *fault = json_object_get(t->answer, "error");
	if (fault != NULL)
		fail_msg("%s: %s: %s", op, value_text(fault, "kind"),
		    value_text(fault, "text"));
	return json_object_get(t->answer, "ok");
}

const json_t *
house_refused(struct house_test *t, const struct person *who,
    enum err_kind kind, const char *op, const char *args, ...)
{
	va_list values;
	va_start(values, args);
	ask(t, who, op, parse_args(args, values));
	va_end(values);
	const json_t *fault = json_object_get(t->answer, "error");
	if (fault == NULL)
		fail_msg("%s was not refused", op);
	if (strcmp(value_text(fault, "kind"), err_kind_name(kind)) != 0)
		fail_msg("%s: %s: %s", op, value_text(fault, "kind"),
		    value_text(fault, "text"));
	return fault;
}

void
house_code(const char *secret, char code[7])
{
	assert_true(totp_print(secret, clock_now(&(struct clock){ 0 }), code));
}

struct invitation {
	const char *email;
	const char *roles;
	const char *areas;
	const char *lines;
	char link[128];
};

/* Invites as the system: a test needs no administrator first. */
static void
invite(struct house_test *t, struct person *admin, struct invitation *about)
{
	AUTO(buf) struct buf roles = BUF(1000);
	struct str rest = str_of(about->roles);
	while (rest.ptr != NULL) {
		struct str word = str_cut(&rest, ' ');
		if (word.len > 0)
			buf_printf(&roles, "%s'%.*s'", roles.len ? "," : "",
			    (int)word.len, word.ptr);
	}
	const json_t *value = house_ask(t, admin, "account.invite",
	    "{'email':'%s','name':'%s','roles':[%s],'areas':%s,'lines':%s}",
	    about->email, about->email, buf_text(&roles), about->areas,
	    about->lines);
	const char *link = value_text(value, "link");
	(void)snprintf(
	    about->link, sizeof(about->link), "%s", strrchr(link, '/') + 1);
}

/* Follows a set-up link to the end and logs in. */
static struct person
settle(struct house_test *t, const char *email, const char *link)
{
	struct person person = { 0 };
	char code[7];
	const json_t *value =
	    house_ask(t, NULL, "account.begin", "{'link':'%s'}", link);
	(void)snprintf(
	    person.totp, sizeof(person.totp), "%s", value_text(value, "totp"));
	house_code(person.totp, code);
	(void)house_ask(t, NULL, "account.setup",
	    "{'link':'%s','name':'%s','password':'" HOUSE_PASSWORD
	    "','code':'%s'}",
	    link, email, code);
	const json_t *codes =
	    json_object_get(json_object_get(t->answer, "ok"), "recovery_codes");
	char recovery[64];
	(void)snprintf(recovery, sizeof(recovery), "%s",
	    json_string_value(json_array_get(codes, 0)));
	value = house_ask(t, NULL, "session.open",
	    "{'email':'%s','password':'" HOUSE_PASSWORD "','code':'%s'}", email,
	    recovery);
	(void)snprintf(person.session, sizeof(person.session), "%s",
	    value_text(value, "session"));
	value = house_ask(t, &person, "account.me", "{}");
	person.account = value_int(value, "account", 0);
	return person;
}

struct person
house_person(struct house_test *t, const char *email, const char *roles,
    const char *areas, const char *lines)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_REQUEST_ARENA);
	const char *first = NULL;
	ok(&t->base, first_start(&t->house, arena, &first, &t->base.err));
	struct person admin = { 0 };
	if (first != NULL) {
		admin = settle(t, "first@example.org", strrchr(first, '/') + 1);
		value_set_text(t->settings, "test_admin", admin.session);
	}
	(void)snprintf(admin.session, sizeof(admin.session), "%s",
	    value_text(t->settings, "test_admin"));
	struct invitation about = { .email = email,
		.roles = roles,
		.areas = areas == NULL ? "[]" : areas,
		.lines = lines == NULL ? "[]" : lines };
	invite(t, &admin, &about);
	return settle(t, email, about.link);
}

int64_t
house_mails(struct house_test *t, const char *kind)
{
	struct row_outbox_recent *rows;
	size_t count;
	int64_t found = 0;
	ok(&t->base, q_outbox_recent(t->base.db, t->base.arena, "", &rows,
			 &count, &t->base.err));
	for (size_t i = 0; i < count; i++)
		found += strcmp(rows[i].kind, kind) == 0;
	return found;
}
