/*
 * forewarnd: reads the configuration, binds the sockets, supervises the
 * workers. It parses nothing that comes from outside.
 */
#include "config/config.h"
#include "os/fd.h"
#include "os/listen.h"
#include "os/log.h"
#include "process/supervisor.h"
#include "value/value.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_CONFIG "/etc/forewarn/forewarn.conf"
#define LISTEN_MOST 6 /* beside the channels in one frame */

enum exit_code {
	EXIT_GOOD = 0,
	EXIT_FAULT = 1,
	EXIT_USAGE = 64,
	EXIT_CONFIG = 78
};

struct command {
	const char *config;
	bool check;
	bool rehearsal;
	bool keys;
	char **rest;
};

struct house {
	struct log log;
	const struct command *command;
	json_t *settings;
	char folder[4000];
	int listen[LISTEN_MOST];
	size_t nlisten;
};

/* Acts of the desk that run once, by hand; the desk knows their arguments. */
static const struct {
	const char *name;
	const char *help;
} acts[] = {
	{ "rekey", "wrap all keys with a new master key" },
	{ "backup", "FILE: write one consistent, sealed file" },
	{ "restore", "FILE: make the database from a backup" },
	{ "verify", "[FILE]: check the ledger, or a backup" },
};

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check", no_argument, NULL, 'n' },
	{ "foreground", no_argument, NULL, 'f' },
	{ "rehearse", no_argument, NULL, 'r' },
	{ "keys", no_argument, NULL, 'k' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void
print_help(FILE *out)
{
	(void)fputs(
	    "usage: forewarnd [options] [act [argument...]]\n"
	    "  -c, --config FILE  configuration (" DEFAULT_CONFIG ")\n"
	    "  -n, --check        check configuration and policy, then exit\n"
	    "  -f, --foreground   stay in the foreground (it always does)\n"
	    "      --rehearse     with a clock that can be moved; for trials\n"
	    "      --keys         print every key of both files, then exit\n"
	    "  -h, --help         print this\n"
	    "  -V, --version      print the version\n"
	    "acts, instead of serving:\n",
	    out);
	for (size_t i = 0; i < COUNT(acts); i++)
		(void)fprintf(out, "  %-18s %s\n", acts[i].name, acts[i].help);
}

static int
print_keys(void)
{
	AUTO(buf) struct buf keys = BUF(256u << 10);
	buf_puts(&keys, "# forewarn.conf\n");
	config_print_keys(&keys);
	buf_puts(&keys, "# policy\n");
	policy_print_keys(&keys);
	return fputs(buf_text(&keys), stdout) < 0 ? EXIT_FAULT : EXIT_GOOD;
}

/* Configuration and policy as one settings value. */
static bool
read_settings(const struct command *command, json_t **ret, struct err *err)
{
	AUTO(value) json_t *settings = NULL;
	json_t *policy = NULL;
	if (!config_load(command->config, &settings, err) ||
	    !policy_load(value_text(settings, "policy"), &policy, err))
		return false;
	value_set_text(settings, "policy_file", value_text(settings, "policy"));
	value_set_text(settings, "project", value_text(policy, "name"));
	value_set(settings, "policy", policy);
	value_set_bool(settings, "rehearsal", command->rehearsal);
	*ret = json_incref(settings);
	return true;
}

/* The workers stand beside this program, or where they were installed. */
static bool
find_workers(struct house *house, struct err *err)
{
	char path[4096];
	ssize_t len =
	    readlink("/proc/self/exe", house->folder, sizeof(house->folder));
	if (len > 0 && (size_t)len < sizeof(house->folder)) {
		house->folder[len] = '\0';
		*strrchr(house->folder, '/') = '\0';
		(void)snprintf(
		    path, sizeof(path), "%s/forewarn-desk", house->folder);
		if (access(path, X_OK) == 0)
			return true;
	}
	(void)snprintf(house->folder, sizeof(house->folder), "%s", LIBEXECDIR);
	if (access(LIBEXECDIR "/forewarn-desk", X_OK) == 0)
		return true;
	return err_set(err, ERR_MISSING, NULL,
	    "forewarn-desk is neither beside this program nor in %s: "
	    "install again",
	    LIBEXECDIR);
}

/* Makes a folder for the user of the workers, when it is not there. */
static bool
make_folder(
    const json_t *settings, const char *path, mode_t mode, struct err *err)
{
	const char *user = value_text(settings, "user");
	if (mkdir(path, mode) != 0)
		return errno == EEXIST ||
		       err_set(err, ERR_SYSTEM, "state", "cannot make %s: %s",
			   path, strerror(errno));
	const struct passwd *who =
	    geteuid() == 0 && user[0] != '\0' ? getpwnam(user) : NULL;
	if (who != NULL && chown(path, who->pw_uid, who->pw_gid) != 0)
		return err_set(err, ERR_SYSTEM, "state", "chown %s: %s", path,
		    strerror(errno));
	return true;
}

/* The state folder, and in it the site, which the door opens at its start. */
static bool
make_state(const json_t *settings, struct err *err)
{
	AUTO(buf) struct buf site = BUF(8192);
	const char *state = value_text(settings, "state");
	buf_printf(&site, "%s/site", state);
	return make_folder(settings, state, 0750, err) &&
	       make_folder(settings, buf_text(&site), 0755, err);
}

static bool
open_listeners(struct house *house, struct err *err)
{
	house->nlisten = listen_inherited(house->listen, LISTEN_MOST);
	if (house->nlisten > 0)
		return true;
	json_t *list = json_object_get(house->settings, "listen");
	if (json_array_size(list) > LISTEN_MOST)
		return err_set(err, ERR_LIMIT, "listen",
		    "at most %d addresses can be listened on", LISTEN_MOST);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *address =
		    json_string_value(json_array_get(list, i));
		if (!listen_open(address, &house->listen[i], err))
			return false;
		house->nlisten++;
		log_line(&house->log, LOG_NOTICE, "listening on %s", address);
	}
	return true;
}

/*
 * Started by root there must be a user to become; best effort stays root when
 * there is none, and says so.
 */
static bool
check_user(const struct log *log, json_t *settings, struct err *err)
{
	const char *user = value_text(settings, "user");
	if (geteuid() != 0 || user[0] == '\0' || getpwnam(user) != NULL)
		return true;
	if (strcmp(value_text(settings, "sandbox"), "required") == 0)
		return err_set(err, ERR_INVALID, "user",
		    "user: there is no user \"%s\": make one with \"adduser "
		    "--system --group %s\", or change the key \"user\"",
		    user, user);
	log_line(log, LOG_WARN,
	    "there is no user \"%s\": the workers stay root", user);
	value_set_text(settings, "user", NULL);
	return true;
}

static bool
read_again(void *context, json_t **settings, struct err *err)
{
	const struct house *house = context;
	AUTO(value) json_t *fresh = NULL;
	if (!read_settings(house->command, &fresh, err) ||
	    !check_user(&house->log, fresh, err))
		return false;
	*settings = json_incref(fresh);
	return true;
}

static int
fail(const struct house *house, const struct err *err, enum exit_code code)
{
	log_line(&house->log, LOG_FAULT, "%s", err->text);
	return (int)code;
}

static struct supervisor_plan
plan_of(struct house *house)
{
	return (struct supervisor_plan){ .log = &house->log,
		.folder = house->folder,
		.settings = house->settings,
		.listen = house->listen,
		.nlisten = house->nlisten,
		.reload = read_again,
		.context = house };
}

static int
run_act(struct house *house)
{
	struct err err = { 0 };
	char **rest = house->command->rest;
	struct supervisor_plan plan = plan_of(house);
	int status = EXIT_FAULT;
	for (size_t i = 0; i < COUNT(acts); i++) {
		if (strcmp(acts[i].name, rest[0]) != 0)
			continue;
		if (!supervisor_once(&plan, rest[0], rest + 1, &status, &err))
			return fail(house, &err, EXIT_FAULT);
		return status;
	}
	(void)fprintf(stderr, "forewarnd: there is no act \"%s\"\n", rest[0]);
	print_help(stderr);
	return EXIT_USAGE;
}

static int
serve(struct house *house)
{
	struct err err = { 0 };
	if (!make_state(house->settings, &err) || !open_listeners(house, &err))
		return fail(house, &err, EXIT_FAULT);
	if (house->command->rehearsal)
		log_line(&house->log, LOG_WARN,
		    "rehearsal: the clock can be moved; not for real cases");
	struct supervisor_plan plan = plan_of(house);
	if (!supervisor_run(&plan, &err))
		return fail(house, &err, EXIT_FAULT);
	return EXIT_GOOD;
}

static int
run(const struct command *command)
{
	struct err err = { 0 };
	struct house house = { .log = log_open("forewarnd"),
		.command = command };
	AUTO(value) json_t *settings = NULL;
	if (!read_settings(command, &settings, &err) ||
	    !check_user(&house.log, settings, &err))
		return fail(&house, &err, EXIT_CONFIG);
	house.settings = settings;
	if (command->check) {
		(void)printf("%s: good\n", command->config);
		return EXIT_GOOD;
	}
	if (!find_workers(&house, &err))
		return fail(&house, &err, EXIT_FAULT);
	return command->rest[0] != NULL ? run_act(&house) : serve(&house);
}

int
main(int argc, char **argv)
{
	struct command command = { .config = DEFAULT_CONFIG };
	int found;
	while (
	    (found = getopt_long(argc, argv, "+c:nfhV", options, NULL)) != -1) {
		if (found == 'c')
			command.config = optarg;
		command.check = command.check || found == 'n';
		command.rehearsal = command.rehearsal || found == 'r';
		command.keys = command.keys || found == 'k';
		if (found == 'h' || found == '?') {
			print_help(found == 'h' ? stdout : stderr);
			return found == 'h' ? EXIT_GOOD : EXIT_USAGE;
		}
		if (found == 'V') {
			(void)puts("forewarnd " VERSION);
			return EXIT_GOOD;
		}
	}
	command.rest = argv + optind;
	return command.keys ? print_keys() : run(&command);
}
