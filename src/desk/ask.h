/*
 * The desk: one handler per operation, do_NAME, run inside one transaction
 * after the arguments were checked (ops), the actor found and access decided
 * (rules/access). A handler reads rows, asks the rule book, writes rows and
 * answers a JSON value; it checks no roles, formats no bytes, sends nothing.
 * What must leave the house is queued in the same transaction (outbox).
 */
#ifndef FOREWARN_DESK_ASK_H
#define FOREWARN_DESK_ASK_H

#include "core/arena.h"
#include "core/err.h"
#include "ops/ops.h"
#include "os/clock.h"
#include "rules/access.h"
#include "store/db.h"
#include "store/vault.h"
#include "value/value.h"

/* What lasts as long as the process. */
struct house {
	struct db *db;
	struct vault *vault;
	struct clock clock;
	const json_t *settings; /* configuration, see src/config/config.def */
	const json_t *policy;   /* the project's policy in force */
	json_t *status;         /* workers and sandbox, from the supervisor */
	int site_fd;            /* directory of public files; -1 in tests */
	/* Told between the steps of an act; NULL but in tests that end there.
	 */
	void (*stepped)(void *context, const char *where);
	void *step_context;
};

/* One request, from question to answer. */
struct ask {
	struct house *house;
	struct db *db;
	struct vault *vault;
	struct arena *arena;
	const struct op *op;
	const json_t *args; /* checked and clean; see ops.def */
	const struct actor *actor;
	const struct pass *pass;
	struct subject subject;
	int64_t now;         /* of the house, moved by a rehearsal */
	int64_t real_now;    /* of the machine: sessions, codes, links, caps */
	const char *address; /* of the visitor, "" when unknown */
	const char *agent;
	const int *fds; /* one sealed memfd per item of args.files */
	size_t fds_count;
	int reply_fd; /* -1, or a sealed memfd beside the answer (attach_hand)
		       */
	const char *object; /* what the audit row is about: "FW-2026-0001" */
	json_t *detail;     /* more for the audit row, sealed; may be NULL */
	bool keep; /* set by a handler that refuses but must be committed */
};

/* do_case_move and so on: one handler per row of ops.def. */
#define OP(id, name, kind, subject, summary)                                   \
	bool do_##id(struct ask *ask, json_t **ret, struct err *err);
#define ARG(name, type, min, max, need, choices, help)
#define OP_END
#include "ops/ops.def"
#undef OP
#undef ARG
#undef OP_END

/* Shorthands for the arguments of this request; "" or 0 when absent. */
const char *ask_text(const struct ask *ask, const char *name);
int64_t ask_int(const struct ask *ask, const char *name, int64_t fallback);
bool ask_true(const struct ask *ask, const char *name);
int64_t ask_when(const struct ask *ask, const char *name);

/* True if the argument was given at all. */
bool ask_has(const struct ask *ask, const char *name);

/*
 * Text of a policy or settings path such as "name", "" when absent.
 * Numbers: ask_policy_int.
 */
const char *ask_policy(const struct ask *ask, const char *path);
int64_t ask_policy_int(
    const struct ask *ask, const char *path, int64_t fallback);
const json_t *ask_policy_value(const struct ask *ask, const char *path);
const char *ask_setting(const struct ask *ask, const char *name);

/*
 * Seals a value for one place ("table.column") and row into the arena, and
 * opens it again; the caller owns the opened value.
 */
MUST bool ask_seal(struct ask *ask, int64_t key_id, const char *place,
    int64_t row, const json_t *value, struct str *ret, struct err *err);
MUST bool ask_unseal(struct ask *ask, int64_t key_id, const char *place,
    int64_t row, struct str sealed, json_t **ret, struct err *err);

/* Key of rows that belong to no case, maker or account. */
int64_t ask_house_key(const struct ask *ask);

/* vault_tag and vault_hash of a text, in the arena. */
struct str ask_tag(struct ask *ask, const char *place, const char *text);
struct str ask_hash(struct ask *ask, const char *purpose, const char *text);

/* arena_printf that answers "" instead of NULL; dispatch sees the failure. */
const char *ask_print(struct ask *ask, const char *fmt, ...) PRINTF(2, 3);

/*
 * Next number of a named counter, from 1. Inside the request's transaction,
 * so that a rolled-back request leaves no hole.
 */
MUST bool ask_count(
    struct ask *ask, const char *name, int64_t *ret, struct err *err);

#endif
