#include "config/config.h"

#include "config/check.h"
#include "config/schema.h"
#include "value/value.h"

#include <sys/stat.h>

#define TEXT KEY_TEXT
#define PATH KEY_PATH
#define LIST KEY_LIST
#define NUMBER KEY_NUMBER
#define SWITCH KEY_SWITCH

static const struct schema_key config_keys[] = {
#define KEY(name, type, fallback, check, help)                                 \
	{ "top", #name, type, fallback, check_##check, help },
#include "config/config.def"
#undef KEY
};

static const struct schema config_schema = { "configuration", NULL, 0,
	config_keys, COUNT(config_keys) };

/* A database address with a password makes the whole file a secret. */
static bool
check_password(const char *path, const json_t *config, struct err *err)
{
	const char *address = value_text(config, "database");
	const char *user = strstr(address, "://");
	const char *at = user == NULL ? NULL : strchr(user, '@');
	struct stat about;
	bool has = strstr(address, "password=") != NULL;
	if (at != NULL)
		has = has || memchr(user + 3, ':', (size_t)(at - user - 3));
	if (!has || (stat(path, &about) == 0 && (about.st_mode & 007) == 0))
		return true;
	return err_set(err, ERR_INVALID, "database",
	    "%s: database: the address has a password and others may read "
	    "this file: run \"chmod o= %s\", or use a .pgpass file",
	    path, path);
}

bool
config_load(const char *path, json_t **ret, struct err *err)
{
	AUTO(value) json_t *config = NULL;
	if (!schema_read(&config_schema, path, &config, err) ||
	    !check_password(path, config, err))
		return false;
	if (value_text(config, "master_key")[0] == '\0') {
		AUTO(buf) struct buf file = BUF(8192);
		buf_printf(&file, "%s/master.key", value_text(config, "state"));
		struct err why = { 0 };
		if (!check_key_file(buf_text(&file), &why) &&
		    strstr(why.text, "chmod") != NULL)
			return err_set(err, ERR_INVALID, "master_key",
			    "%s: master_key: %s", path, why.text);
		value_set_text(config, "master_key", buf_text(&file));
	}
	*ret = json_incref(config);
	return true;
}

void
config_print_keys(struct buf *out)
{
	schema_print(&config_schema, out);
}
