#include "test.h"

#include "config/config.h"
#include "os/file.h"
#include "value/value.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define GOOD                                                                   \
	"base_url = \"https://security.example.org\"\n"                        \
	"policy = \"policy.conf\"\n"                                           \
	"mail_from = \"security@example.org\"\n"                               \
	"state = \".\"\n"

static char folder[64] = "/tmp/forewarn-config-XXXXXX";
static int dir = -1;

static void
put(const char *name, const char *text, mode_t mode)
{
	struct err err = { 0 };
	(void)unlinkat(dir, name, 0);
	if (!file_write(dir, name, str_of(text), mode, &err))
		fail_msg("%s", err.text);
	assert_int_equal(fchmodat(dir, name, mode, 0), 0);
}

static const char *
path_of(const char *name, char path[128])
{
	(void)snprintf(path, 128, "%s/%s", folder, name);
	return path;
}

static void
good_file_becomes_settings(void **state)
{
	(void)state;
	char path[128], want[128];
	struct err err = { 0 };
	AUTO(value) json_t *config = NULL;
	put("policy.conf", "", 0644);
	put("a.conf", GOOD "listen = {\"[::1]:80\", \"unix:/tmp/x\"}\n", 0644);
	if (!config_load(path_of("a.conf", path), &config, &err))
		fail_msg("%s", err.text);
	assert_string_equal(
	    value_text(config, "policy"), path_of("policy.conf", want));
	assert_int_equal(json_array_size(json_object_get(config, "listen")), 2);
	assert_string_equal(value_text(config, "sandbox"), "required");
	assert_string_equal(value_text(config, "database"), "sqlite");
	assert_non_null(strstr(value_text(config, "master_key"), "master.key"));
}

/* Each line is added to a good file; the error must hold both words. */
static void
faults_name_line_cause_and_cure(void **state)
{
	(void)state;
	static const struct {
		const char *line, *what, *cure;
	} cases[] = {
		{ "nonsense = 1\n", "no such option 'nonsense'", "--keys" },
		{ "listen = {\"8080\"}\n", "listen", "127.0.0.1:8080" },
		{ "listen = {\"localhost:80\"}\n", "numeric", "127.0.0.1" },
		{ "listen = {\"127.0.0.1:0\"}\n", "listen", "127.0.0.1:8080" },
		{ "listen = {\"127.0.0.1:65536\"}\n", "listen", "[::1]" },
		{ "listen = {\"unix:x\"}\n", "unix:x", "absolute" },
		{ "listen = {\"unix:/none/x\"}\n", "/none/x", "exists" },
		{ "base_url = \"security.example.org\"\n", "base_url",
		    "https://" },
		{ "base_url = \"http://security.example.org\"\n",
		    "not encrypted", "https://" },
		{ "base_url = \"https://a.example.org/\"\n", "base_url",
		    "without path" },
		{ "base_url = \"https://u@example.org\"\n", "base_url",
		    "https://" },
		{ "database = \"mysql://x\"\n", "database", "sqlite" },
		{ "policy = \"none.conf\"\n", "none.conf", "No such file" },
		{ "policy = \".\"\n", "policy", "not a file" },
		{ "state = \"/none/at/all\"\n", "state", "mkdir -p" },
		{ "state = \"policy.conf\"\n", "state", "not a folder" },
		{ "master_key = \"open.key\"\n", "master_key", "chmod 600" },
		{ "master_key = \"/none/key\"\n", "master_key", "make it" },
		{ "smtp_password_file = \"open.key\"\n", "open.key",
		    "chmod 600" },
		{ "smtp_password_file = \"none\"\n", "none", "No such" },
		{ "smtp = \"mail.example.org\"\n", "smtp", "smtp://" },
		{ "smtp = \"smtp://u:p@mail.example.org\"\n", "smtp",
		    "keys of their own" },
		{ "mail_from = \"A <a@example.org>\"\n", "mail_from",
		    "plain mail" },
		{ "mail_from = \"a@b\\r\\nTo: c@d\"\n", "mail_from", "plain" },
		{ "sandbox = \"off\"\n", "sandbox", "best-effort" },
		{ "user = \"Root!\"\n", "user", "user name" },
		{ "trusted_proxy = \"proxy\"\n", "trusted_proxy",
		    "IP address" },
		{ "state = {\"a\"}\n", "5", "" },
		{ "sandbox\n", "premature end", "" },
	};
	char path[128], place[160];
	put("policy.conf", "", 0644);
	put("open.key", "k", 0644);
	(void)snprintf(place, sizeof(place), "%s/b.conf:5", folder);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[1024];
		struct err err = { 0 };
		json_t *config = NULL;
		(void)snprintf(text, sizeof(text), "%s%s", GOOD, cases[i].line);
		put("b.conf", text, 0644);
		bool good = config_load(path_of("b.conf", path), &config, &err);
		if (good || strstr(err.text, cases[i].what) == NULL ||
		    strstr(err.text, cases[i].cure) == NULL ||
		    (i + 2 < COUNT(cases) && strstr(err.text, place) == NULL))
			fail_msg("%s -> %s", cases[i].line, err.text);
		assert_null(config);
	}
}

static void
what_must_be_set_is_asked_for(void **state)
{
	(void)state;
	static const char *const files[] = { "",
		"base_url = \"https://a.example.org\"\n",
		GOOD "database = \"postgresql://u:secret@db/f\"\n" };
	char path[128];
	put("policy.conf", "", 0644);
	for (size_t i = 0; i < COUNT(files); i++) {
		struct err err = { 0 };
		json_t *config = NULL;
		put("c.conf", files[i], 0644);
		if (config_load(path_of("c.conf", path), &config, &err))
			fail_msg("accepted: %s", files[i]);
		assert_non_null(strstr(err.text, "c.conf"));
		assert_null(strstr(err.text, "secret"));
	}
	struct err err = { 0 };
	AUTO(value) json_t *config = NULL;
	put("c.conf", files[2], 0600);
	if (!config_load(path_of("c.conf", path), &config, &err))
		fail_msg("%s", err.text);
	json_t *none = NULL;
	assert_false(config_load("/none.conf", &none, &err));
	assert_int_equal(err.kind, ERR_MISSING);
}

static json_t *
row_named(const json_t *list, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(value_text(json_array_get(list, i), "name"), name) ==
		    0)
			return json_array_get(list, i);
	fail_msg("no row %s", name);
	return NULL;
}

/* P-01, P-12, P-33, R-05, I-16: the policy is data. */
static void
zephyr_policy_says_what_the_project_says(void **state)
{
	(void)state;
	static const struct {
		const char *list;
		size_t rows;
	} lists[] = { { "limits", 12 }, { "lines", 7 }, { "non_issues", 12 },
		{ "criteria", 3 }, { "cve_criteria", 5 }, { "tiers", 3 },
		{ "notices", 3 } };
	struct err err = { 0 };
	AUTO(value) json_t *policy = NULL;
	if (!policy_load(POLICIES "/zephyr.conf", &policy, &err))
		fail_msg("%s", err.text);
	assert_int_equal(value_int(policy, "maximum_days", 0), 90);
	assert_int_equal(value_int(policy, "quorum", 0), 4);
	assert_false(value_true(policy, "public_fix_counts_as_P"));
	for (size_t i = 0; i < COUNT(lists); i++)
		assert_int_equal(
		    json_array_size(json_object_get(policy, lists[i].list)),
		    lists[i].rows);
	json_t *lts = row_named(json_object_get(policy, "lines"), "3.7");
	assert_string_equal(value_text(lts, "eol"), "2029-07-27");
	json_t *edges = json_object_get(policy, "edges");
	assert_int_equal(json_object_size(edges), 3);
	assert_int_equal(json_array_size(json_object_get(edges, "E6")), 2);
	/* I-17 */
	json_t *rows = json_object_get(policy, "non_issues");
	assert_int_equal(value_int(row_named(rows, "N10"), "persons", 0), 2);
	assert_int_equal(value_int(row_named(rows, "N11"), "persons", 0), 2);
	for (size_t i = 0; i < json_array_size(rows); i++)
		(void)row_named(json_object_get(policy, "replies"),
		    value_text(json_array_get(rows, i), "reply"));
}

static void
policy_faults_name_their_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *what;
	} cases[] = {
		{ "line \"a\" {\n}\n", "kind" },
		{ "line \"a\" {\nkind = \"odd\"\n}\n", ":2: kind" },
		{ "line \"a\" {\nkind = \"lts\"\nbranch = \"b\"\n"
		  "eol = \"2026-13-01\"\n}\n",
		    ":4: eol" },
		{ "limit \"a\" {\nstart = \"whenever\"\n}\n", ":2: start" },
		{ "quorum = 0\n", ":1: quorum" },
		{ "quorum = \"four\"\n", ":1: " },
		{ "edges {\nE11 = {\"team\"}\n}\n", ":2: no such option" },
		{ "edges {\nE1 = {\"king\"}\n}\n", ":2: E1" },
		{ "tier \"a\" {\ntitle = \"a\"\nwhen = \"fix\"\n}\n"
		  "tier \"a\" {\n",
		    ":5: " },
		{ "name = \"x\"\n", "version" },
	};
	char path[128];
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		json_t *policy = NULL;
		put("p.conf", cases[i].text, 0644);
		if (policy_load(path_of("p.conf", path), &policy, &err) ||
		    strstr(err.text, cases[i].what) == NULL ||
		    strstr(err.text, "p.conf") == NULL)
			fail_msg("%s -> %s", cases[i].text, err.text);
	}
}

static void
every_key_has_a_help(void **state)
{
	(void)state;
	AUTO(buf) struct buf keys = BUF(65536);
	config_print_keys(&keys);
	policy_print_keys(&keys);
	assert_false(keys.failed);
	assert_non_null(strstr(buf_text(&keys), "top\tbase_url\ttext\t"));
	assert_non_null(strstr(buf_text(&keys), "limit\tdays\tnumber\t0\t"));
	assert_null(strstr(buf_text(&keys), "\t\n"));
}

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir >= 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_file_becomes_settings),
		cmocka_unit_test(faults_name_line_cause_and_cure),
		cmocka_unit_test(what_must_be_set_is_asked_for),
		cmocka_unit_test(zephyr_policy_says_what_the_project_says),
		cmocka_unit_test(policy_faults_name_their_line),
		cmocka_unit_test(every_key_has_a_help),
	};
	return cmocka_run_group_tests_name("config", tests, make_folder, NULL);
}
