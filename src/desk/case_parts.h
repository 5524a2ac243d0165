/*
 * What the files that show, list, move and edit cases share. Nothing here
 * decides access; what a reader sees is cut by his sections before.
 */
#ifndef FOREWARN_DESK_CASE_PARTS_H
#define FOREWARN_DESK_CASE_PARTS_H

#include "desk/case.h"

/* One step the case may take next, see case_steps. */
struct case_step {
	enum machine_state to;
	const struct machine_edge
	    *edges[2]; /* two when through review (P-08) */
	size_t count;
};

/*
 * The edges from -> to, also the two of rejecting an assigned case (P-08).
 * ERR_CONFLICT when there is no such step.
 */
MUST bool case_step_find(enum machine_state from, enum machine_state to,
    struct case_step *ret, struct err *err);

/* May the asker take this step as the policy has it (P-07)? */
bool case_step_may(const struct ask *ask, const struct case_step *step);

/*
 * Set of MACHINE_BIT of what the case has by itself; what a request brings is
 * the caller's to add.
 */
unsigned case_has(const struct casefile *file);

/*
 * A step the service takes by itself, whatever the policy's roles: args as
 * case.move has them. The reporter is told when there is a reply. Saves.
 */
MUST bool case_move_alone(struct ask *ask, struct casefile *file,
    enum machine_state to, const json_t *args, struct err *err);

/* [{"to","label","verb","needs":[…],"may"}] of every step from here. Owned. */
json_t *case_steps(const struct ask *ask, const struct casefile *file);

/*
 * {"word","score","cvss31":{…},"cvss40":{…}}: scores are computed here, every
 * time; "word" is the worst severity or the one chosen by hand. Owned.
 */
json_t *case_severity(const json_t *body);

/* {"id":"CWE-125","number","name","usage"} or null. Owned. */
json_t *case_weakness(const json_t *body);

/*
 * The time line, newest first, and with only_talk the messages between team
 * and reporter, oldest first. Owned.
 */
MUST bool case_events(struct ask *ask, const struct casefile *file,
    bool only_talk, json_t **ret, struct err *err);

/* [{"name","label","at","done_at","late","soon"}] of one case. Owned. */
MUST bool case_deadlines(struct ask *ask, const struct casefile *file,
    json_t **ret, struct err *err);

/* One deadline as a value with label and marks. Owned. */
json_t *case_deadline(struct ask *ask, const char *kind, int64_t due_at,
    int64_t warn_at, int64_t done_at);

/*
 * Reports that may be the same (I-18), best first, at most five: [{"number",
 * "title","state","score","why":[…]}]; only such as the asker may see. Owned.
 */
MUST bool case_alike(struct ask *ask, const struct casefile *file, json_t **ret,
    struct err *err);

/*
 * ERR_INVALID at `field` when a text for the reporter names an id, file, pull
 * request or commit that is embargoed in another case (I-20).
 */
MUST bool case_is_discreet(struct ask *ask, const struct casefile *file,
    const char *text, const char *field, struct err *err);

/*
 * Takes priority, assignee, domain and pull request from the request into the
 * case, where given. Checks the assignee's roles and the policy's areas.
 */
MUST bool case_take_plan(
    struct ask *ask, struct casefile *file, struct err *err);

/* The tag of an area's name; case does not matter. */
struct str case_area_tag(struct ask *ask, const char *area);

#endif
