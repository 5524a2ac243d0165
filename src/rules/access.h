/*
 * Who may do what: the one place where access is decided (P-20). The answer
 * depends on the actor's roles, on how he stands to the case or maker, on the
 * operation and on the state of the case. What no row allows is refused, and a
 * refusal looks like "there is no such thing". A pass proves that a decision
 * was made; the store takes guarded queries only with one. Disadvantage: the
 * relations are found by the caller (src/desk/subject.c), so that file is part
 * of what must be trusted.
 */
#ifndef FOREWARN_ACCESS_H
#define FOREWARN_ACCESS_H

#include "core/err.h"
#include "ops/ops.h"
#include "rules/machine.h"

#include <stdint.h>

enum role {
	ROLE_PUBLIC,          /* anybody, logged in or not */
	ROLE_REPORTER,        /* holds the private link of a case */
	ROLE_MAKER,           /* contact of a product maker */
	ROLE_MEMBER,          /* contact of a project member */
	ROLE_MAINTAINER,      /* of areas */
	ROLE_RELEASE_MANAGER, /* of release lines */
	ROLE_TEAM,            /* security team; a committee seat gives it too */
	ROLE_DIRECTOR,        /* decides on makers */
	ROLE_ADMIN,           /* accounts and the machine; no case content */
	ROLE_AUDITOR,         /* the ledger; no case content */
	ROLE_SYSTEM,          /* clocks and restarts of the service itself */
	ROLE_COUNT,
};

/* The bit of one role in a set. */
#define ROLE_BIT(role) (1u << (role))

/* How the actor stands to the case or maker asked about; bits of a set. */
enum relation {
	REL_ANY = 1,       /* no relation needed */
	REL_LINK = 2,      /* came by its private link */
	REL_AREA = 4,      /* maintains its area */
	REL_ASSIGNED = 8,  /* is its assignee */
	REL_LINE = 16,     /* manages a release line it has a row for */
	REL_GRANTED = 32,  /* contact of an active maker with a live grant */
	REL_OWN = 64,      /* contact of this maker */
	REL_EMPLOYER = 128 /* employed by the maker asked about: R-10 */
};

/* A maker, member or committee seat the actor acts for. */
struct actor_seat {
	int64_t maker;
	const char *name;
	const char *kind;
};

/* Who is asking. Borrowed by everybody, owned by the request. */
struct actor {
	int64_t account_id; /* 0: not logged in */
	int64_t session_id; /* 0: by token, link or not at all */
	unsigned roles;     /* ROLE_BITs; always has ROLE_PUBLIC */
	bool read_only;     /* an API token without the scope "write" */
	const char *name;
	const char *email;
	const char *employer;
	const struct actor_seat *seats;
	size_t seats_count;
};

/* What access is decided on. */
struct subject {
	enum op_subject kind;
	int64_t id;               /* case or maker; 0 for none */
	const char *number;       /* case number, or "" */
	enum machine_state state; /* of the case; MACHINE_INIT otherwise */
	unsigned relations;       /* of the actor; always has REL_ANY */
};

/* Proof of a decision. Made here only; copied nowhere. */
struct pass {
	const struct actor *actor;
	enum op_id op;
	enum role role;    /* the role that allowed it */
	unsigned relation; /* the relation that allowed it */
};

/* Parts of a case, shown or left out per reader (P-20, I-25, P-19). */
enum section {
	SECTION_STATE = 1,       /* number, state, dates, CVE id, embargo end */
	SECTION_TEXT = 2,        /* title, description, severity, component */
	SECTION_REPORT = 4,      /* the report as sent, reporter, files */
	SECTION_TALK = 8,        /* messages with the reporter */
	SECTION_NOTES = 16,      /* private notes and the whole time line */
	SECTION_FIX = 32,        /* branches, commits, pull requests */
	SECTION_PEOPLE = 64,     /* participants, consents, makers, receipts */
	SECTION_DOCUMENTS = 128, /* documents as they would be published */
	SECTION_ALERT = 256, /* the fields of the grant set "zephyr-alert" */
};

/*
 * Decides. True fills *ret. False: ERR_DENIED; the caller answers as for
 * something that does not exist, or asks to log in when `actor` is not.
 */
MUST bool access_decide(const struct actor *actor, enum op_id op,
    const struct subject *subject, struct pass *ret, struct err *err);

/* The same question without a pass, for filtering lists. */
bool access_may(const struct actor *actor, enum op_id op,
    enum machine_state state, unsigned relations);

/* A pass of the service itself, for its clocks; no visitor reaches this. */
struct pass access_system(const struct actor *system, enum op_id op);

/* What this reader sees of a case: a set of enum section. */
unsigned access_sections(const struct actor *actor, unsigned relations);

/* True if anybody not logged in may ask this operation of some subject. */
bool access_is_public(enum op_id op);

/* Word for a role, for example "release-manager". */
const char *access_role_name(enum role role);

/* The role with this name, ROLE_COUNT when there is none. */
enum role access_role_find(struct str name);

#endif
