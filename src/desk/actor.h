/*
 * Who is asking: a session cookie or an API token becomes an account with its
 * roles. A seat in the committee gives the role of the team as long as the
 * seat lasts; being a maker's contact gives the role maker or member.
 */
#ifndef FOREWARN_DESK_ACTOR_H
#define FOREWARN_DESK_ACTOR_H

#include "desk/ask.h"

struct credentials {
	const char *session; /* "" for none */
	const char *token;
};

/*
 * Finds the actor. No credentials, or ones that are not valid any more, give
 * an actor without account. Errors: ERR_SYSTEM, ERR_RETRY.
 */
MUST bool actor_find(struct ask *ask, const struct credentials *credentials,
    struct actor *ret, struct err *err);

/* {"account","name","email","roles","makers"} for the door's pages. Owned. */
json_t *actor_value(const struct actor *actor);

#endif
