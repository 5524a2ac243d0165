/*
 * Public advisories as lists: for the front page, which the site renders from
 * this value, and for the search. Public facts only, readable by everybody.
 */
#ifndef FOREWARN_DESK_SEARCH_H
#define FOREWARN_DESK_SEARCH_H

#include "desk/ask.h"

/*
 * The newest advisories that hold every word of text ("" for all), at most
 * `most` of them: {"advisories": [{"id", "title", "summary", "cves",
 * "component", "severity", "score", "at", "updated_at", "rejected"}], "text",
 * "more": true when there are others}. The templates `front` and `search`
 * show it. The caller owns it.
 */
MUST bool search_value(struct ask *ask, const char *text, size_t most,
    json_t **ret, struct err *err);

#endif
