/*
 * Files that came with a report (I-07, I-33): read once from the visitor's
 * sealed descriptors, sealed again under the case's key, stored under a random
 * id. Nothing here looks into them.
 */
#ifndef FOREWARN_DESK_ATTACH_H
#define FOREWARN_DESK_ATTACH_H

#include "desk/ask.h"

/*
 * Checks number and sizes of the files of this request, and that there is a
 * descriptor for each. ERR_LIMIT says which limit and what to do instead.
 */
MUST bool attach_check(struct ask *ask, struct err *err);

/*
 * SHA-256 and true size of every file: a list of {"name","size","sha256"} in
 * the order sent. The caller owns it. ERR_LIMIT when one is larger than said.
 */
MUST bool attach_list(struct ask *ask, json_t **ret, struct err *err);

/*
 * Stores the files for a case and adds each one's "id" to its row of list,
 * which attach_list made.
 */
MUST bool attach_store(struct ask *ask, int64_t case_id, int64_t key_id,
    json_t *list, struct err *err);

/*
 * Appends the bytes of one file of a case to ret, whose ceiling must be
 * LIMIT_UPLOAD_FILE or more. ERR_MISSING when the case has no such file.
 */
MUST bool attach_read(struct ask *ask, int64_t case_id, int64_t key_id,
    int64_t file_id, struct buf *ret, struct err *err);

/*
 * Hands bytes to the visitor beside the answer: a sealed memory file in
 * ask->reply_fd. For what is larger than a frame may be.
 */
MUST bool attach_hand(
    struct ask *ask, const struct buf *bytes, struct err *err);

#endif
