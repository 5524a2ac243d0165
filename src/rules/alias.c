/* Addresses and pages of makers, see registry.h. */
#include "rules/registry.h"

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool
same(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

/* Does text hold word, whatever the case? */
static bool
holds(struct str text, const char *word)
{
	struct str want = str_of(word);
	for (size_t i = 0; i + want.len <= text.len; i++)
		if (same((struct str){ text.ptr + i, want.len }, want))
			return true;
	return false;
}

/* A host name: labels of letters, digits and "-", the last not a number. */
static bool
is_host(struct str host)
{
	struct str rest = host;
	char first = '0'; /* of the last label */
	if (host.len == 0 || host.len > 253)
		return false;
	while (rest.ptr != NULL) {
		struct str label = str_cut(&rest, '.');
		if (label.len == 0 || label.len > 63)
			return false;
		first = label.ptr[0];
		for (size_t i = 0; i < label.len; i++) {
			char byte = lower(label.ptr[i]);
			if (!(byte >= 'a' && byte <= 'z') &&
			    !(byte >= '0' && byte <= '9') && byte != '-')
				return false;
		}
	}
	return !(first >= '0' && first <= '9');
}

/* The view without one final dot. */
static struct str
no_dot(struct str host)
{
	if (host.len > 0 && host.ptr[host.len - 1] == '.')
		host.len--;
	return host;
}

static bool
is_port(struct str port)
{
	for (size_t i = 0; i < port.len; i++)
		if (port.ptr[i] < '0' || port.ptr[i] > '9')
			return false;
	return port.len <= 5;
}

bool
registry_host(struct str url, struct str *ret)
{
	static const char *const schemes[] = { "https://", "http://" };
	struct str rest = { NULL, 0 };
	for (size_t i = 0; i < COUNT(schemes); i++) {
		size_t len = strlen(schemes[i]);
		if (url.len > len &&
		    same((struct str){ url.ptr, len }, str_of(schemes[i])))
			rest = (struct str){ url.ptr + len, url.len - len };
	}
	size_t end = 0;
	while (end < rest.len && strchr("/?#", rest.ptr[end]) == NULL)
		end++;
	struct str port = { rest.ptr, end };
	struct str host = no_dot(str_cut(&port, ':'));
	if ((port.ptr != NULL && !is_port(port)) || !is_host(host))
		return false;
	*ret = host;
	return true;
}

bool
registry_host_in(struct str host, struct str domain)
{
	host = no_dot(host);
	domain = no_dot(domain);
	if (!is_host(domain) || !is_host(host) || host.len < domain.len ||
	    memchr(domain.ptr, '.', domain.len) == NULL)
		return false;
	size_t before = host.len - domain.len;
	if (!same((struct str){ host.ptr + before, domain.len }, domain))
		return false;
	return before == 0 || host.ptr[before - 1] == '.';
}

bool
registry_url_in(struct str url, const char *const *domains, size_t count)
{
	struct str host;
	if (!registry_host(url, &host))
		return false;
	for (size_t i = 0; i < count; i++)
		if (registry_host_in(host, str_of(domains[i])))
			return true;
	return false;
}

/* Mailbox providers; the list warns, it never refuses. */
static const char *const freemail[] = { "gmail.com", "googlemail.com",
	"outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com",
	"ymail.com", "aol.com", "icloud.com", "me.com", "mac.com", "gmx.net",
	"gmx.de", "gmx.com", "web.de", "mail.com", "mail.ru", "yandex.com",
	"yandex.ru", "proton.me", "protonmail.com", "pm.me", "tutanota.com",
	"tuta.com", "fastmail.com", "zoho.com", "qq.com", "163.com", "126.com",
	"sina.com", "naver.com", "t-online.de", "orange.fr", "libero.it",
	"posteo.de", "mailbox.org", "hey.com" };

/* A word that names a function and not a person. */
static const char *const roles[] = { "security", "psirt", "csirt", "cert",
	"sirt", "vuln", "incident", "alert", "disclosure", "product", "team",
	"contact", "office", "advisor", "notice", "response", "support", "info",
	"abuse", "embargo", "compliance", "noc", "soc" };

static bool
names_role(struct str local)
{
	for (size_t i = 0; i < COUNT(roles); i++)
		if (holds(local, roles[i]))
			return true;
	return false;
}

/* Printable ASCII of an unquoted local part (RFC 5321 dot-string). */
static bool
is_local(struct str local)
{
	if (local.len == 0 || local.len > 64 || local.ptr[0] == '.' ||
	    local.ptr[local.len - 1] == '.')
		return false;
	for (size_t i = 0; i < local.len; i++) {
		char byte = lower(local.ptr[i]);
		bool plain =
		    (byte >= 'a' && byte <= 'z') ||
		    (byte >= '0' && byte <= '9') ||
		    (byte != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", byte));
		if (!plain || (byte == '.' && local.ptr[i + 1] == '.'))
			return false;
	}
	return true;
}

struct str
registry_alias_domain(struct str alias)
{
	struct str rest = alias;
	(void)str_cut(&rest, '@');
	return rest;
}

bool
registry_alias(struct str alias, const char *const *domains, size_t count,
    unsigned *warnings, struct err *err)
{
	struct str domain = alias;
	struct str local = str_cut(&domain, '@');
	if (domain.ptr == NULL || !is_local(local) || !is_host(domain) ||
	    memchr(domain.ptr, '.', domain.len) == NULL)
		return err_set(err, ERR_INVALID, "alias",
		    "This is no mail address. Write it like "
		    "security@example.org.");
	unsigned found = count > 0 ? REGISTRY_ALIAS_FOREIGN : 0;
	for (size_t i = 0; i < count; i++)
		if (registry_host_in(domain, str_of(domains[i])))
			found = 0;
	for (size_t i = 0; i < COUNT(freemail); i++)
		if (registry_host_in(domain, str_of(freemail[i])))
			found |= REGISTRY_ALIAS_FREEMAIL;
	if (!names_role(local))
		found |= REGISTRY_ALIAS_PERSONAL;
	if (memchr(local.ptr, '+', local.len) != NULL)
		found |= REGISTRY_ALIAS_PLUS;
	*warnings = found;
	return true;
}

const char *
registry_alias_text(unsigned bit)
{
	static const struct {
		unsigned bit;
		const char *text;
	} rows[] = {
		{ REGISTRY_ALIAS_FOREIGN,
		    "The address is not on one of the declared domains." },
		{ REGISTRY_ALIAS_FREEMAIL,
		    "The address belongs to a mailbox provider." },
		{ REGISTRY_ALIAS_PERSONAL,
		    "The address looks like a person's, not a role's." },
		{ REGISTRY_ALIAS_PLUS,
		    "The address is a plus-address; tags are lost easily." },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].bit == bit)
			return rows[i].text;
	return "";
}
