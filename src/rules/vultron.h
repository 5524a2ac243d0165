/*
 * The Vultron machines of people and terms: RM (each participant's handling of
 * the report), EM (the embargo of the case) and PEC (each participant's
 * consent). Constant tables; nothing else assigns these states (V-01). A
 * refused event is ERR_CONFLICT with the machine and event in the text and
 * changes nothing. What the bits of the case do is in cs.h, what one machine
 * means for another in cross.h. Disadvantage: the machines know no history;
 * who decided, and on which numbered terms, is the caller's to store.
 */
#ifndef FOREWARN_VULTRON_H
#define FOREWARN_VULTRON_H

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

enum rm {
	RM_START,
	RM_RECEIVED,
	RM_INVALID,
	RM_VALID,
	RM_ACCEPTED,
	RM_DEFERRED,
	RM_CLOSED,
};
#define RM_STATES 7

enum rm_event {
	RM_RECEIVE,
	RM_VALIDATE,
	RM_INVALIDATE,
	RM_ACCEPT,
	RM_DEFER,
	RM_CLOSE,
};
#define RM_EVENTS 6

enum em {
	EM_NONE,
	EM_PROPOSED,
	EM_ACTIVE,
	EM_REVISE,
	EM_EXITED,
};
#define EM_STATES 5

enum em_event {
	EM_PROPOSE,
	EM_REJECT,
	EM_ACCEPT,
	EM_TERMINATE,
};
#define EM_EVENTS 4

enum pec {
	PEC_NO_EMBARGO, /* none in scope; not consent */
	PEC_INVITED,
	PEC_SIGNATORY,
	PEC_LAPSED,
	PEC_DECLINED,
};
#define PEC_STATES 5

enum pec_event {
	PEC_INVITE,
	PEC_ACCEPT,
	PEC_DECLINE,
	PEC_REVISE,
	PEC_RESET,
};
#define PEC_EVENTS 5

/* One step of RM; section 1, 11 edges. */
MUST bool rm_step(
    enum rm from, enum rm_event event, enum rm *ret, struct err *err);

/*
 * A participant's own statement that he is now at `to` (V-06): may jump
 * forward over states or stand still; a lower rank is ERR_CONFLICT and must be
 * answered. *skipped says that a warning and a note to him are due.
 */
MUST bool rm_state_claimed(
    enum rm from, enum rm to, bool *skipped, struct err *err);

/* Progress rank: S0 R1 I2 V2 D3 A3 C4. */
int rm_rank(enum rm state);

/* Stored letter "S" "R" "I" "V" "A" "D" "C". */
const char *rm_name(enum rm state);

/* Word for people, for example "received". */
const char *rm_label(enum rm state);

/* The state of a stored letter. */
MUST bool rm_find(struct str name, enum rm *ret);

/* One step of EM; section 2, 10 edges. */
MUST bool em_step(
    enum em from, enum em_event event, enum em *ret, struct err *err);

/* In force: active, or active while a revision is negotiated. */
bool em_in_force(enum em state);

/* Stored letter "N" "P" "A" "R" "X". */
const char *em_name(enum em state);

/* Word for people, for example "active". */
const char *em_label(enum em state);

/* The state of a stored letter. */
MUST bool em_find(struct str name, enum em *ret);

/*
 * Index of the proposal to accept first, the one that ends first (V-09); the
 * earlier proposal wins a tie. count > 0.
 */
size_t em_shortest(const int64_t ends_at[], size_t count);

/* One step of PEC; section 4. */
MUST bool pec_step(
    enum pec from, enum pec_event event, enum pec *ret, struct err *err);

/* Stored word, for example "no-embargo". */
const char *pec_name(enum pec state);

/* The state of a stored word. */
MUST bool pec_find(struct str name, enum pec *ret);

/*
 * What a stored state means now: an invitation whose answer_by has passed is
 * declined by silence (the pocket veto; no timer needed). answer_by 0 = none.
 */
enum pec pec_now(enum pec stored, int64_t answer_by, int64_t now);

/* Answer windows in hours. */
struct pec_window {
	int64_t minimum; /* 48 by default (V-19) */
	int64_t usual;   /* 168 by default (ADR-0065) */
};
#define PEC_WINDOW ((struct pec_window){ 48, 168 })

/*
 * Instant by which an invitation sent at asked_at is to be answered: wanted,
 * or the usual window when wanted is 0, raised to the minimum window.
 */
int64_t pec_answer_by(
    struct pec_window window, int64_t asked_at, int64_t wanted);

/* What to do with an acceptance. */
enum pec_answer {
	PEC_HONOUR,       /* fire PEC_ACCEPT on the stored state */
	PEC_INVITE_AGAIN, /* terms changed: PEC_INVITE with the current ones */
};

/*
 * A late acceptance is honoured while the terms he was asked about still
 * stand, otherwise answered by a fresh invitation.
 */
enum pec_answer pec_accepts(int64_t asked_number, int64_t current_number);

/*
 * Which event a step of the embargo fires at a participant: REVISE for
 * signatories when EM enters revision, RESET for all when it reaches exited
 * or falls back to none. False: none.
 */
bool pec_from_em(enum em from, enum em to, enum pec state, enum pec_event *ret);

/*
 * Event for a participant when a revision was rejected and the old terms stand
 * (V-18): ACCEPT by the system if his stored consent is for them, INVITE
 * otherwise. Only meaningful for a lapsed participant.
 */
enum pec_event pec_after_rejection(int64_t signed_number, int64_t old_number);

/*
 * May new embargoed content go to him (V-17, X6)? Only to a signatory. A lapsed
 * one keeps what he has and stays bound by what he signed.
 */
bool pec_may_receive(enum pec state_now);

#endif
