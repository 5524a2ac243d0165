/*
 * Checks of single values, named in config.def and policy.def. Each sees one
 * value as text that is not empty; its error says what is wrong and what would
 * be right. check_any accepts all.
 */
#ifndef FOREWARN_CONFIG_CHECK_H
#define FOREWARN_CONFIG_CHECK_H

#include "config/schema.h"

key_check check_any;
key_check check_folder;      /* exists, or its parent does */
key_check check_file;        /* a readable file */
key_check check_key_file;    /* private when there, else in a folder */
key_check check_secret_file; /* there and private */
key_check check_listen;
key_check check_base_url;
key_check check_web; /* http or https address */
key_check check_database;
key_check check_smtp;
key_check check_mail;
key_check check_sandbox;
key_check check_user;
key_check check_address; /* an IP address */
key_check check_days;    /* 1 to 3650 */
key_check check_span;    /* 0 to 3650 */
key_check check_count;   /* 1 to 100000 */
key_check check_date;    /* 2026-11-22 */
key_check check_uuid;
key_check check_role;      /* a role of the issue machine */
key_check check_start;     /* what a limit counts from */
key_check check_line_kind; /* main, stable, lts */
key_check check_tier_when; /* triage, fix, disclosure */

#endif
