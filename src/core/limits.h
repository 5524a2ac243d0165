/*
 * Every ceiling of the house in one place. A buffer, list, frame or loop over
 * bytes from outside names one of these. Sizes are bytes unless the name says
 * otherwise; times are seconds.
 */
#ifndef FOREWARN_LIMITS_H
#define FOREWARN_LIMITS_H

#define LIMIT_ERR_TEXT 320
#define LIMIT_ERR_FIELD 48

/* Messages between processes. */
#define LIMIT_FRAME (4u << 20)
#define LIMIT_FRAME_FDS 8
#define LIMIT_JSON_DEPTH 32

/* One request in the desk. */
#define LIMIT_REQUEST_ARENA (16u << 20)
#define LIMIT_LIST_ROWS 1000

/* One row in a backup file. */
#define LIMIT_BACKUP_FRAME (64u << 20)

/* What a visitor may send (intake.md I-07). */
#define LIMIT_REPORT_TEXT (256u << 10)
#define LIMIT_UPLOAD_FILES 5
#define LIMIT_UPLOAD_FILE (10u << 20)
#define LIMIT_UPLOAD_TOTAL (25u << 20)
#define LIMIT_HTTP_HEADER (16u << 10)
#define LIMIT_HTTP_FORM (512u << 10)
#define LIMIT_HTTP_FIELDS 256
#define LIMIT_HTTP_HEADER_SECONDS 10
#define LIMIT_HTTP_BODY_SECONDS 120
#define LIMIT_HTTP_DESK_SECONDS 30
#define LIMIT_HTTP_SEND_SECONDS 300
#define LIMIT_HTTP_IDLE_SECONDS 60
#define LIMIT_HTTP_SWALLOW (2u << 20)
#define LIMIT_HTTP_URI 4096
#define LIMIT_HTTP_RATE_BURST 20
#define LIMIT_HTTP_RATE_SECONDS 10
#define LIMIT_SITE_CACHED_FILE (256u << 10)
#define LIMIT_SITE_CACHED_FILES 256
#define LIMIT_HTTP_CONNECTIONS 1000
#define LIMIT_HTTP_PER_ADDRESS 64

/* What leaves. */
#define LIMIT_PAGE (8u << 20)
#define LIMIT_DOCUMENT (16u << 20)
#define LIMIT_MARKDOWN (64u << 10)
#define LIMIT_MAIL (1u << 20)
#define LIMIT_MAIL_SUBJECT 200
#define LIMIT_ADDRESS 254
#define LIMIT_SMTP_TEXT LIMIT_ERR_TEXT
#define LIMIT_SMTP_SECONDS 30
#define LIMIT_COURIER_QUEUE 64

#endif
