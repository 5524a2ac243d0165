/* What every unit test includes, in the order cmocka wants it. */
#ifndef FOREWARN_TEST_H
#define FOREWARN_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
