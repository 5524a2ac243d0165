#include "store/address.h"

#include "core/str.h"

#include <libpq-fe.h>
#include <netdb.h>
#include <sys/socket.h>

#define ADDRESSES_MAX 8

static const char *
option_find(const PQconninfoOption *options, const char *key)
{
	for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
		if (strcmp(o->keyword, key) == 0)
			return o->val;
	return NULL;
}

/* Appends ",text" to a list in a fixed array; false when it is full. */
static bool
list_add(char list[ADDRESS_TEXT], const char *text)
{
	size_t used = strlen(list);
	int len = snprintf(list + used, ADDRESS_TEXT - used, "%s%s",
	    used == 0 ? "" : ",", text);
	return len >= 0 && (size_t)len < ADDRESS_TEXT - used;
}

/* One entry per address, so that libpq may try them in turn. */
static bool
name_resolve(
    const char *host, const char *port, struct address *ret, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	size_t count = 0;
	int code = getaddrinfo(host, NULL, &hints, &found);
	if (code != 0)
		return err_set(err, ERR_RETRY, "database",
		    "the database host %s is not found: %s", host,
		    gai_strerror(code));
	bool room = true;
	for (struct addrinfo *a = found; a != NULL && room; a = a->ai_next) {
		char text[NI_MAXHOST];
		if (count++ == ADDRESSES_MAX)
			break;
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text),
			NULL, 0, NI_NUMERICHOST) == 0)
			room = list_add(ret->hostaddr, text) &&
			       list_add(ret->host, host) &&
			       list_add(ret->port, port);
	}
	freeaddrinfo(found);
	if (!room)
		return err_set(err, ERR_INVALID, "database",
		    "the database host's name is too long");
	return true;
}

static void
param_add(struct address *address, const char *key, const char *value)
{
	if (value == NULL || value[0] == '\0' ||
	    address->count >= ADDRESS_PARAMS)
		return;
	address->keys[address->count] = key;
	address->values[address->count++] = value;
}

/* Ours come after the url's, and libpq takes the last. */
static const struct {
	const char *key;
	const char *value;
} fixed[] = {
	{ "gssencmode", "disable" },
	{ "application_name", "forewarn" },
	{ "client_encoding", "UTF8" },
};

static const struct {
	const char *key;
	const char *value;
} defaults[] = {
	{ "connect_timeout", "5" },
	{ "keepalives_idle", "30" },
	{ "tcp_user_timeout", "20000" },
};

static bool
resolve(struct address *ret, struct err *err)
{
	const PQconninfoOption *options = ret->parsed;
	const char *host = option_find(options, "host");
	const char *port = option_find(options, "port");
	bool name = host != NULL && host[0] != '\0' && host[0] != '/' &&
		    strchr(host, ',') == NULL &&
		    option_find(options, "hostaddr") == NULL;
	if (name && !name_resolve(host, port == NULL ? "5432" : port, ret, err))
		return false;
	for (size_t i = 0; i < COUNT(defaults); i++)
		param_add(ret, defaults[i].key, defaults[i].value);
	for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
		if (ret->host[0] == '\0' ||
		    (strcmp(o->keyword, "host") != 0 &&
			strcmp(o->keyword, "port") != 0))
			param_add(ret, o->keyword, o->val);
	param_add(ret, "host", ret->host);
	param_add(ret, "hostaddr", ret->hostaddr);
	param_add(ret, "port", ret->port);
	for (size_t i = 0; i < COUNT(fixed); i++)
		param_add(ret, fixed[i].key, fixed[i].value);
	return true;
}

bool
address_resolve(const char *url, struct address *ret, struct err *err)
{
	*ret = (struct address){ 0 };
	ret->parsed = PQconninfoParse(url, NULL);
	if (ret->parsed == NULL)
		return err_set(err, ERR_INVALID, "database",
		    "the database address cannot be read: write "
		    "postgresql://user:password@host:5432/name, with %% and @ "
		    "in a password written as %%25 and %%40");
	if (resolve(ret, err))
		return true;
	address_free(ret);
	return false;
}

void
address_free(struct address *address)
{
	PQconninfoFree(address->parsed);
	address->parsed = NULL;
}
