/* Questions to the person at the terminal. */
#ifndef FOREWARN_CLI_ASK_H
#define FOREWARN_CLI_ASK_H

#include "core/err.h"
#include "core/str.h"

/*
 * Asks on the controlling terminal and appends the answer, one line. A secret
 * is not shown while it is typed. Errors: ERR_INVALID (there is no terminal).
 */
MUST bool ask_person(
    const char *question, bool secret, struct buf *ret, struct err *err);

#endif
