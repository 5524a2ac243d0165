#include "rules/registry.h"

#include "core/when.h"

#include <strings.h>

#define NO (-1)

static const char *const state_names[REGISTRY_STATES] = { "draft", "submitted",
	"incomplete", "in-review", "active", "refused", "lapsed", "unreachable",
	"suspended", "removed" };

static const char *const event_names[REGISTRY_EVENTS] = { "submit",
	"find-missing", "resubmit", "review", "approve", "refuse", "uphold",
	"expire", "silence", "answer", "suspend", "reinstate", "revalidate",
	"remove" };

static const struct {
	enum registry_state from;
	enum registry_event event;
	enum registry_state to;
} edges[] = {
	{ REGISTRY_DRAFT, REGISTRY_SUBMIT, REGISTRY_SUBMITTED },
	{ REGISTRY_SUBMITTED, REGISTRY_FIND_MISSING, REGISTRY_INCOMPLETE },
	{ REGISTRY_INCOMPLETE, REGISTRY_RESUBMIT, REGISTRY_SUBMITTED },
	{ REGISTRY_SUBMITTED, REGISTRY_REVIEW, REGISTRY_IN_REVIEW },
	{ REGISTRY_IN_REVIEW, REGISTRY_APPROVE, REGISTRY_ACTIVE },
	{ REGISTRY_IN_REVIEW, REGISTRY_REFUSE, REGISTRY_REFUSED },
	{ REGISTRY_REFUSED, REGISTRY_UPHOLD, REGISTRY_ACTIVE },
	{ REGISTRY_ACTIVE, REGISTRY_EXPIRE, REGISTRY_LAPSED },
	{ REGISTRY_ACTIVE, REGISTRY_SILENCE, REGISTRY_UNREACHABLE },
	{ REGISTRY_UNREACHABLE, REGISTRY_ANSWER, REGISTRY_ACTIVE },
	{ REGISTRY_ACTIVE, REGISTRY_SUSPEND, REGISTRY_SUSPENDED },
	{ REGISTRY_UNREACHABLE, REGISTRY_SUSPEND, REGISTRY_SUSPENDED },
	{ REGISTRY_SUSPENDED, REGISTRY_REINSTATE, REGISTRY_ACTIVE },
	{ REGISTRY_LAPSED, REGISTRY_REVALIDATE, REGISTRY_ACTIVE },
	{ REGISTRY_ACTIVE, REGISTRY_REMOVE, REGISTRY_REMOVED },
	{ REGISTRY_UNREACHABLE, REGISTRY_REMOVE, REGISTRY_REMOVED },
	{ REGISTRY_LAPSED, REGISTRY_REMOVE, REGISTRY_REMOVED },
	{ REGISTRY_SUSPENDED, REGISTRY_REMOVE, REGISTRY_REMOVED },
};

static const char *const kind_names[REGISTRY_KINDS] = { "applicant",
	"project-member", "committee" };

/* Index of name in a list, or NO. */
static int
find(const char *const names[], size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, names[i]))
			return (int)i;
	return NO;
}

bool
registry_step(enum registry_state from, enum registry_event event,
    enum registry_state *ret, struct err *err)
{
	for (size_t i = 0; i < COUNT(edges); i++)
		if (edges[i].from == from && edges[i].event == event) {
			*ret = edges[i].to;
			return true;
		}
	return err_set(err, ERR_CONFLICT, "event",
	    "A maker in state \"%s\" cannot \"%s\". Reload and decide again.",
	    state_names[from], event_names[event]);
}

const char *
registry_state_name(enum registry_state state)
{
	return state_names[state];
}

bool
registry_state_find(struct str name, enum registry_state *ret)
{
	int found = find(state_names, COUNT(state_names), name);
	if (found == NO)
		return false;
	*ret = (enum registry_state)found;
	return true;
}

const char *
registry_event_name(enum registry_event event)
{
	return event_names[event];
}

const char *
registry_kind_name(enum registry_kind kind)
{
	return kind_names[kind];
}

bool
registry_kind_find(struct str name, enum registry_kind *ret)
{
	int found = find(kind_names, COUNT(kind_names), name);
	if (found == NO)
		return false;
	*ret = (enum registry_kind)found;
	return true;
}

static bool
is_blank(const char *text)
{
	return str_trim(str_of(text)).len == 0;
}

/* On a declared domain or a mailbox provider; warnings need a reason. */
static bool
alias_stands(const struct registry_application *app)
{
	unsigned warnings = 0;
	if (!registry_alias(str_of(app->alias), app->domains, app->domain_count,
		&warnings, NULL))
		return false;
	if ((warnings & REGISTRY_ALIAS_FOREIGN) != 0 &&
	    (warnings & REGISTRY_ALIAS_FREEMAIL) == 0)
		return false;
	return warnings == 0 || !is_blank(app->alias_reason);
}

static bool
domains_stand(const struct registry_application *app)
{
	for (size_t i = 0; i < app->domain_count; i++)
		if (strchr(app->domains[i], '.') == NULL)
			return false;
	return app->domain_count > 0;
}

/* Do all products have what a test asks? */
static bool
products_have(const struct registry_application *app,
    bool (*test)(
	const struct registry_application *, const struct registry_product *))
{
	for (size_t i = 0; i < app->product_count; i++)
		if (!test(app, &app->products[i]))
			return false;
	return true;
}

static bool
has_name(const struct registry_application *app,
    const struct registry_product *product)
{
	(void)app;
	return !is_blank(product->name);
}

static bool
has_evidence(const struct registry_application *app,
    const struct registry_product *product)
{
	(void)app;
	return !is_blank(product->evidence);
}

static bool
has_page(const struct registry_application *app,
    const struct registry_product *product)
{
	return registry_url_in(
	    str_of(product->page), app->domains, app->domain_count);
}

enum item {
	ITEM_ORGANISATION,
	ITEM_LEGAL_NAME,
	ITEM_COUNTRY,
	ITEM_CATEGORY,
	ITEM_DOMAINS,
	ITEM_PRODUCTS,
	ITEM_PRODUCT_NAME,
	ITEM_EVIDENCE,
	ITEM_PAGE,
	ITEM_CONTACT,
	ITEM_ALIAS,
	ITEM_ANSWER,
	ITEM_TERMS,
	ITEM_COUNT,
};

static const struct registry_item items[ITEM_COUNT] = {
	[ITEM_ORGANISATION] = { "organisation", "",
	    "Give the name of the organisation." },
	[ITEM_LEGAL_NAME] = { "legal_name", "", "Give its legal name." },
	[ITEM_COUNTRY] = { "country", "", "Give its country." },
	[ITEM_CATEGORY] = { "category", "", "Choose a category." },
	[ITEM_DOMAINS] = { "domains", "C2",
	    "Declare your web domains, each with a dot." },
	[ITEM_PRODUCTS] = { "products", "C1", "Name at least one product." },
	[ITEM_PRODUCT_NAME] = { "product_name", "C1",
	    "Give every product a name." },
	[ITEM_EVIDENCE] = { "evidence", "C1",
	    "Show for every product that it is based on the project." },
	[ITEM_PAGE] = { "page", "C2",
	    "Give for every product a page on one of your domains." },
	[ITEM_CONTACT] = { "contact_url", "C3",
	    "Give the URL of your public vulnerability contact." },
	[ITEM_ALIAS] = { "alias", "C3",
	    "Give a role address on one of your domains; say why if it "
	    "is a mailbox provider's, a person's or a plus-address." },
	[ITEM_ANSWER] = { "challenge", "C3",
	    "Answer the message sent to the role address." },
	[ITEM_TERMS] = { "terms", "", "Accept the terms." },
};

/* Does the application hold this item? */
static bool
has(const struct registry_application *app, enum item item)
{
	struct str host;
	switch (item) {
	case ITEM_ORGANISATION:
		return !is_blank(app->organisation);
	case ITEM_LEGAL_NAME:
		return !is_blank(app->legal_name);
	case ITEM_COUNTRY:
		return !is_blank(app->country);
	case ITEM_CATEGORY:
		return !is_blank(app->category);
	case ITEM_DOMAINS:
		return domains_stand(app);
	case ITEM_PRODUCTS:
		return app->product_count > 0;
	case ITEM_PRODUCT_NAME:
		return products_have(app, has_name);
	case ITEM_EVIDENCE:
		return products_have(app, has_evidence);
	case ITEM_PAGE:
		return products_have(app, has_page);
	case ITEM_CONTACT:
		return registry_host(str_of(app->contact_url), &host);
	case ITEM_ALIAS:
		return alias_stands(app);
	case ITEM_ANSWER:
		return app->alias_answered;
	case ITEM_TERMS:
	case ITEM_COUNT:
		break;
	}
	return !is_blank(app->terms);
}

size_t
registry_missing(const struct registry_application *application,
    enum registry_kind kind, const struct registry_item *ret[REGISTRY_ITEMS])
{
	enum item first =
	    kind == REGISTRY_APPLICANT ? ITEM_ORGANISATION : ITEM_ALIAS;
	size_t count = 0;
	for (enum item item = first; item < ITEM_COUNT; item++)
		if (!has(application, item))
			ret[count++] = &items[item];
	return count;
}

/* The words of a decision that are not about criteria. */
static bool
check_record(const struct registry_decision *decision,
    const struct registry_application *app, size_t deciders_needed,
    struct err *err)
{
	if (is_blank(decision->reason))
		return err_set(err, ERR_INVALID, "reason",
		    "Give the reason of the decision.");
	if (!is_blank(decision->decider_employer) &&
	    !is_blank(app->organisation) &&
	    strcasecmp(decision->decider_employer, app->organisation) == 0)
		return err_set(err, ERR_DENIED, "decider",
		    "Nobody decides on his own employer's application. Ask "
		    "another decider.");
	if (decision->deciders < deciders_needed)
		return err_set(err, ERR_INVALID, "decider",
		    "This decision needs %zu persons.", deciders_needed);
	return true;
}

static bool
check_approval(const struct registry_decision *decision,
    const struct registry_application *app, enum registry_kind kind,
    int64_t now, struct err *err)
{
	const struct registry_item *missing[REGISTRY_ITEMS];
	if (registry_missing(app, kind, missing) > 0)
		return err_set(err, ERR_CONFLICT, missing[0]->name,
		    "An incomplete application cannot be approved. Missing: "
		    "%s",
		    missing[0]->text);
	for (size_t i = 0; kind == REGISTRY_APPLICANT && i < 3; i++)
		if (!decision->criteria[i].met ||
		    is_blank(decision->criteria[i].note))
			return err_set(err, ERR_INVALID, "criteria",
			    "Criterion C%zu is not met or has no note. Refuse, "
			    "or say what you saw.",
			    i + 1);
	if (decision->review_at <= now ||
	    decision->review_at > now + 366 * WHEN_DAY)
		return err_set(err, ERR_INVALID, "review_at",
		    "Give a review date within the next 12 months.");
	return true;
}

bool
registry_decide(const struct registry_decision *decision,
    const struct registry_application *application, enum registry_kind kind,
    size_t deciders_needed, int64_t now, struct err *err)
{
	if (!check_record(decision, application, deciders_needed, err))
		return false;
	if (decision->approve)
		return check_approval(decision, application, kind, now, err);
	for (size_t i = 0; i < 3; i++)
		if (!decision->criteria[i].met &&
		    !is_blank(decision->criteria[i].note))
			return true;
	return err_set(err, ERR_INVALID, "criteria",
	    "A refusal names the criterion that failed, with a note.");
}

enum registry_challenge
registry_challenge(
    int64_t sent_at, int64_t answered_at, int64_t days, int64_t now)
{
	if (sent_at == 0)
		return REGISTRY_CHALLENGE_NONE;
	if (answered_at >= sent_at)
		return REGISTRY_CHALLENGE_ANSWERED;
	return now > sent_at + days * WHEN_DAY ? REGISTRY_CHALLENGE_EXPIRED
					       : REGISTRY_CHALLENGE_WAITING;
}

bool
registry_review_is_over(
    enum registry_state state, int64_t review_at, int64_t now)
{
	return state == REGISTRY_ACTIVE && review_at != 0 && now > review_at;
}

bool
registry_entitled(const struct registry_standing *standing,
    const char *current_terms, int64_t grace_days, int64_t now)
{
	bool reached =
	    standing->state == REGISTRY_ACTIVE ||
	    (standing->state == REGISTRY_UNREACHABLE &&
		standing->unreachable_since != 0 &&
		now < standing->unreachable_since + grace_days * WHEN_DAY);
	if (!reached || is_blank(standing->terms) || is_blank(current_terms))
		return false;
	if (standing->kind == REGISTRY_COMMITTEE && !standing->seat)
		return false;
	return strcmp(standing->terms, current_terms) == 0;
}

bool
registry_cuts_grants(enum registry_state state)
{
	return state != REGISTRY_ACTIVE && state != REGISTRY_UNREACHABLE;
}

bool
registry_reads_cases(const struct registry_standing *standing)
{
	return standing->kind == REGISTRY_COMMITTEE && standing->seat &&
	       standing->state == REGISTRY_ACTIVE;
}

bool
registry_is_listed(enum registry_state state)
{
	return state == REGISTRY_ACTIVE || state == REGISTRY_UNREACHABLE;
}

static const char *const public_fields[] = { "organisation", "category",
	"member_since", "last_review", "alias_domain", "history", NULL };

const char *const *
registry_public_fields(void)
{
	return public_fields;
}

bool
registry_is_public(struct str field)
{
	return find(public_fields, COUNT(public_fields) - 1, field) != NO;
}
