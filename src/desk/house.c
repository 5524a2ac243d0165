/* The service about itself: status, settings, policy. */
#include "desk/ask.h"
#include "desk/intake.h"
#include "store/statements.h"

/* Settings that are shown; what is not here is not. */
static const char *const shown_settings[] = { "state", "listen", "base_url",
	"database", "smtp", "mail_from", "admin", "sandbox", "user",
	"trusted_proxy", "rehearsal" };

/* Parts of the policy that everybody may read (I-09). */
static const char *const public_policy[] = { "name", "about", "homepage",
	"repository", "version", "embargo_days", "maximum_days", "safe_harbour",
	"credit", "cna", "contact", "terms", "limits", "non_issues", "areas",
	"intake", "publish_placeholders" };

static json_t *
mail_totals(struct ask *ask, struct err *err)
{
	struct row_outbox_totals *rows;
	size_t count;
	if (!q_outbox_totals(ask->db, ask->arena, &rows, &count, err))
		return NULL;
	json_t *totals = json_object();
	for (size_t i = 0; i < count; i++)
		value_set_int(totals, rows[i].state, rows[i].total);
	return totals;
}

static bool
is_operator(const struct ask *ask)
{
	return (ask->actor->roles &
		   (ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_TEAM))) != 0;
}

bool
do_status_show(struct ask *ask, json_t **ret, struct err *err)
{
	struct err fault = { 0 };
	bool healthy = db_health(ask->db, &fault);
	AUTO(value) json_t *value = json_object();
	value_set_bool(value, "healthy", healthy);
	value_set_when(value, "now", ask->now);
	value_set_bool(
	    value, "rehearsal", value_true(ask->house->settings, "rehearsal"));
	value_set_text(value, "project", ask_policy(ask, "name"));
	if (is_operator(ask)) {
		json_t *mail = mail_totals(ask, err);
		if (mail == NULL)
			return false;
		value_set(value, "mail", mail);
		value_set_text(value, "fault", fault.text);
		value_set_text(value, "engine", db_engine_name(ask->db));
		value_set_text(value, "engine_version", db_version(ask->db));
		value_set_text(value, "sandbox", ask_setting(ask, "sandbox"));
		value_set(value, "workers",
		    json_incref(
			json_object_get(ask->house->status, "workers")));
	}
	*ret = json_incref(value);
	return true;
}

bool
do_policy_show(struct ask *ask, json_t **ret, struct err *err)
{
	(void)err;
	*ret = json_object();
	for (size_t i = 0; i < COUNT(public_policy); i++)
		value_set(*ret, public_policy[i],
		    json_incref(
			json_object_get(ask->house->policy, public_policy[i])));
	value_set(*ret, "upload", intake_limits());
	value_set_text(*ret, "base_url", ask_setting(ask, "base_url"));
	return true;
}

bool
do_settings_show(struct ask *ask, json_t **ret, struct err *err)
{
	struct row_policy_history *rows;
	size_t count;
	if (!q_policy_history(ask->db, ask->arena, &rows, &count, err))
		return false;
	json_t *settings = json_object();
	for (size_t i = 0; i < COUNT(shown_settings); i++)
		value_set(settings, shown_settings[i],
		    json_incref(json_object_get(
			ask->house->settings, shown_settings[i])));
	json_t *history = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_object();
		value_set_int(row, "version", rows[i].version);
		value_set_when(row, "from", rows[i].from_at);
		(void)json_array_append_new(history, row);
	}
	*ret = json_pack("{s:o, s:O, s:o}", "settings", settings, "policy",
	    ask->house->policy, "history", history);
	return true;
}
