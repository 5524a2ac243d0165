#include "store/engine.h"

static bool
postgres_open(const struct db_settings *settings, void **ret, struct err *err)
{
	(void)settings;
	(void)ret;
	return err_set(err, ERR_SYSTEM, "database", "not built yet");
}

const struct db_engine postgres_engine = {
	.name = "postgresql",
	.open = postgres_open,
};
