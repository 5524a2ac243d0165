#include "store/vault.h"

#include "store/master.h"
#include "store/statements.h"

#include <limits.h>
#include <sodium.h>

#define KEY_SIZE crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define MAC_SIZE crypto_aead_xchacha20poly1305_ietf_ABYTES
#define OVERHEAD (1 + NONCE_SIZE + MAC_SIZE)

#define FORMAT 1 /* first byte of everything sealed */
#define KEY_VERSION 1
#define CACHE_KEYS 64
#define AD_MAX 256
#define HOUSE "house"
#define WRAPPED "vault_key.wrapped"

/* Subkeys: of the master key below 100, of the house's key above. */
#define KDF_CONTEXT "forewarn"
#define KDF_WRAP 1
#define KDF_USES 10
#define KDF_TAG 101
#define KDF_HASH 102

struct cached {
	int64_t id; /* 0: free */
	uint64_t used;
	unsigned char key[KEY_SIZE];
};

/* Lives in sodium_malloc: locked, guarded, not dumped. */
struct vault {
	struct db *db;
	int64_t house;
	uint64_t clock;
	bool rekeying; /* next is a key too */
	unsigned char master[MASTER_SIZE];
	unsigned char next[MASTER_SIZE];
	unsigned char tag[crypto_generichash_KEYBYTES];
	unsigned char hash[crypto_generichash_KEYBYTES];
	struct cached cache[CACHE_KEYS];
};

/* What a sealed text is bound to, without ambiguity. */
struct ad {
	unsigned char bytes[AD_MAX];
	size_t len;
};

static void
ad_number(struct ad *ad, uint64_t number)
{
	for (int i = 0; i < 8; i++)
		ad->bytes[ad->len++] = (unsigned char)(number >> (8 * i));
}

/* place|row|key id|version; false when the place is absurdly long. */
static bool
ad_make(struct ad *ad, const char *place, int64_t row, int64_t key_id)
{
	size_t len = strlen(place);
	ad->len = 0;
	if (len > AD_MAX - 4 * sizeof(uint64_t))
		return false;
	ad_number(ad, len);
	memcpy(ad->bytes + ad->len, place, len);
	ad->len += len;
	ad_number(ad, (uint64_t)row);
	ad_number(ad, (uint64_t)key_id);
	ad_number(ad, KEY_VERSION);
	return true;
}

/* FORMAT, nonce, ciphertext and MAC into out, which has len + OVERHEAD. */
static void
bytes_seal(unsigned char *out, struct str bytes, const struct ad *ad,
    const unsigned char *key)
{
	unsigned char *nonce = out + 1;
	out[0] = FORMAT;
	randombytes_buf(nonce, NONCE_SIZE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_SIZE,
	    NULL, (const unsigned char *)bytes.ptr, bytes.len, ad->bytes,
	    ad->len, NULL, nonce, key);
}

/* The reverse; out has sealed.len - OVERHEAD bytes. */
static bool
bytes_open(unsigned char *out, struct str sealed, const struct ad *ad,
    const unsigned char *key)
{
	const unsigned char *bytes = (const unsigned char *)sealed.ptr;
	if (sealed.len < OVERHEAD || bytes[0] != FORMAT)
		return false;
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
		   bytes + 1 + NONCE_SIZE, sealed.len - 1 - NONCE_SIZE,
		   ad->bytes, ad->len, bytes + 1, key) == 0;
}

/* The scope is part of where a wrapped key belongs. */
static bool
wrap_ad(struct ad *ad, const char *scope, int64_t key_id)
{
	char place[128];
	int len = snprintf(place, sizeof(place), WRAPPED ":%s", scope);
	return len > 0 && (size_t)len < sizeof(place) &&
	       ad_make(ad, place, key_id, key_id);
}

#define WRAPPED_SIZE (KEY_SIZE + OVERHEAD)

static bool
key_wrap(const unsigned char *master, const char *scope, int64_t key_id,
    const unsigned char *key, unsigned char out[WRAPPED_SIZE], struct err *err)
{
	struct ad ad;
	unsigned char wrap[KEY_SIZE];
	if (!wrap_ad(&ad, scope, key_id))
		return err_set(
		    err, ERR_SYSTEM, NULL, "the scope of a key is too long");
	(void)crypto_kdf_derive_from_key(
	    wrap, sizeof(wrap), KDF_WRAP, KDF_CONTEXT, master);
	bytes_seal(out, (struct str){ (const char *)key, KEY_SIZE }, &ad, wrap);
	sodium_memzero(wrap, sizeof(wrap));
	return true;
}

static bool
key_unwrap(const unsigned char *master, const char *scope, int64_t key_id,
    struct str wrapped, unsigned char key[KEY_SIZE])
{
	struct ad ad;
	unsigned char wrap[KEY_SIZE];
	if (wrapped.len != WRAPPED_SIZE || !wrap_ad(&ad, scope, key_id))
		return false;
	(void)crypto_kdf_derive_from_key(
	    wrap, sizeof(wrap), KDF_WRAP, KDF_CONTEXT, master);
	bool done = bytes_open(key, wrapped, &ad, wrap);
	sodium_memzero(wrap, sizeof(wrap));
	return done;
}

static bool
path_new(const char *path, char ret[PATH_MAX], struct err *err)
{
	int len = snprintf(ret, PATH_MAX, "%s.new", path);
	if (len < 0 || len >= PATH_MAX)
		return err_set(err, ERR_INVALID, "master_key",
		    "the path of the master key is too long");
	return true;
}

static bool
master_load(
    struct vault *v, const struct vault_settings *settings, struct err *err)
{
	bool found = false;
	char next[PATH_MAX];
	const char *path = settings->path;
	bool credential = settings->credential;
	if (!path_new(path, next, err) ||
	    !master_read(path, credential, v->master, &found, err))
		return false;
	if (!found && !settings->create)
		return err_set(err, ERR_SYSTEM, "master_key",
		    "master key %s is missing: put it back, or let the first "
		    "start make one",
		    path);
	if (!found &&
	    (!vault_create_master(path, err) ||
		!master_read(path, credential, v->master, &found, err)))
		return false;
	return master_read(next, credential, v->next, &v->rekeying, err);
}

bool
vault_load(
    const struct vault_settings *settings, struct vault **ret, struct err *err)
{
	struct vault *v = NULL;
	if (sodium_init() == -1 || (v = sodium_malloc(sizeof(*v))) == NULL)
		return err_set(
		    err, ERR_SYSTEM, NULL, "no locked memory for keys");
	memset(v, 0, sizeof(*v));
	if (!master_load(v, settings, err)) {
		vault_free(v);
		return false;
	}
	*ret = v;
	return true;
}

void
vault_free(struct vault *vault)
{
	sodium_free(vault);
}

void
vault_auto(struct vault **vault)
{
	vault_free(*vault);
	*vault = NULL;
}

static struct cached *
cache_find(struct vault *v, int64_t id)
{
	for (size_t i = 0; i < CACHE_KEYS; i++)
		if (v->cache[i].id == id)
			return &v->cache[i];
	return NULL;
}

/* A free place, or the one not used for longest. */
static struct cached *
cache_place(struct vault *v)
{
	struct cached *oldest = &v->cache[0];
	for (size_t i = 0; i < CACHE_KEYS; i++)
		if (v->cache[i].used < oldest->used)
			oldest = &v->cache[i];
	sodium_memzero(oldest, sizeof(*oldest));
	return oldest;
}

static bool
key_load(struct vault *v, int64_t id, struct cached *place, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new(16384);
	struct row_vault_key_get row;
	if (arena == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	if (!q_vault_key_get(v->db, arena, id, &row, err))
		return false;
	if (row.destroyed_at != 0 || row.wrapped.ptr == NULL)
		return err_set(err, ERR_MISSING, NULL,
		    "the key was destroyed, and the text with it");
	bool known =
	    row.version == KEY_VERSION &&
	    (key_unwrap(v->master, row.scope, id, row.wrapped, place->key) ||
		(v->rekeying && key_unwrap(v->next, row.scope, id, row.wrapped,
				    place->key)));
	if (!known)
		return err_set(err, ERR_SYSTEM, "master_key",
		    "the master key does not open key %lld (%s): it is not "
		    "the one of this database, or the row was altered",
		    (long long)id, row.scope);
	place->id = id;
	return true;
}

/* The unwrapped key, valid until the next call. */
static bool
key_get(struct vault *v, int64_t id, const unsigned char **ret, struct err *err)
{
	if (id <= 0)
		return err_set(err, ERR_MISSING, NULL, "there is no such key");
	struct cached *found = cache_find(v, id);
	if (found == NULL) {
		found = cache_place(v);
		if (!key_load(v, id, found, err)) {
			sodium_memzero(found, sizeof(*found));
			return false;
		}
	}
	found->used = ++v->clock;
	*ret = found->key;
	return true;
}

bool
vault_key_new(struct vault *vault, const char *scope, int64_t now, int64_t *ret,
    struct err *err)
{
	unsigned char key[KEY_SIZE];
	unsigned char wrapped[WRAPPED_SIZE];
	int64_t id = db_id_new();
	struct str bytes = { (const char *)wrapped, sizeof(wrapped) };
	randombytes_buf(key, sizeof(key));
	bool done = key_wrap(vault->master, scope, id, key, wrapped, err) &&
		    q_vault_key_add(vault->db, id, scope, KEY_VERSION, bytes,
			now, NULL, err);
	sodium_memzero(key, sizeof(key));
	if (done)
		*ret = id;
	return done;
}

/* Finds the house's key, or makes it. */
static bool
house_find(struct vault *v, int64_t now, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new(16384);
	struct row_vault_key_first row;
	if (arena == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	struct err why = { 0 };
	if (q_vault_key_first(v->db, arena, HOUSE, &row, &why)) {
		v->house = row.id;
		return true;
	}
	if (why.kind == ERR_MISSING)
		return vault_key_new(v, HOUSE, now, &v->house, err);
	if (err != NULL)
		*err = why;
	return false;
}

bool
vault_attach(struct vault *vault, struct db *db, int64_t now, struct err *err)
{
	const unsigned char *key = NULL;
	vault->db = db;
	if (!db_begin(db, err))
		return false;
	if (!house_find(vault, now, err)) {
		db_rollback(db);
		return false;
	}
	if (!db_commit(db, err) || !key_get(vault, vault->house, &key, err))
		return false;
	(void)crypto_kdf_derive_from_key(
	    vault->tag, sizeof(vault->tag), KDF_TAG, KDF_CONTEXT, key);
	(void)crypto_kdf_derive_from_key(
	    vault->hash, sizeof(vault->hash), KDF_HASH, KDF_CONTEXT, key);
	return true;
}

int64_t
vault_house(const struct vault *vault)
{
	return vault->house;
}

bool
vault_destroy_key(
    struct vault *vault, int64_t key_id, int64_t now, struct err *err)
{
	int64_t changed = 0;
	struct cached *found = cache_find(vault, key_id);
	if (key_id == vault->house)
		return err_set(err, ERR_DENIED, NULL,
		    "the house's own key cannot be destroyed");
	if (found != NULL)
		sodium_memzero(found, sizeof(*found));
	if (!q_vault_key_destroy(vault->db, key_id, now, &changed, err))
		return false;
	if (changed == 0)
		return err_set(err, ERR_MISSING, NULL, "there is no such key");
	return true;
}

bool
vault_seal(struct vault *vault, int64_t key_id, const char *place, int64_t row,
    struct str bytes, struct arena *arena, struct str *ret, struct err *err)
{
	struct ad ad;
	const unsigned char *key = NULL;
	if (!ad_make(&ad, place, row, key_id))
		return err_set(err, ERR_SYSTEM, NULL, "the place is too long");
	if (!key_get(vault, key_id, &key, err))
		return false;
	unsigned char *out = arena_get(arena, bytes.len + OVERHEAD);
	if (out == NULL)
		return err_set(
		    err, ERR_LIMIT, NULL, "%s: too large to seal", place);
	bytes_seal(out, bytes, &ad, key);
	*ret = (struct str){ (const char *)out, bytes.len + OVERHEAD };
	return true;
}

bool
vault_open(struct vault *vault, int64_t key_id, const char *place, int64_t row,
    struct str sealed, struct arena *arena, struct str *ret, struct err *err)
{
	struct ad ad;
	const unsigned char *key = NULL;
	if (!ad_make(&ad, place, row, key_id) || sealed.len < OVERHEAD)
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s: what is stored is not sealed text", place);
	if (!key_get(vault, key_id, &key, err))
		return false;
	size_t len = sealed.len - OVERHEAD;
	unsigned char *out = arena_get(arena, len + 1);
	if (out == NULL)
		return err_set(
		    err, ERR_LIMIT, NULL, "%s: too large to open", place);
	if (!bytes_open(out, sealed, &ad, key))
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s: the sealed text of row %lld was altered or moved",
		    place, (long long)row);
	*ret = (struct str){ (const char *)out, len };
	return true;
}

bool
vault_seal_value(struct vault *vault, int64_t key_id, const char *place,
    int64_t row, const json_t *value, struct arena *arena, struct str *ret,
    struct err *err)
{
	AUTO(buf) struct buf text = BUF(LIMIT_DOCUMENT);
	value_print(&text, value);
	if (text.failed)
		return err_set(
		    err, ERR_LIMIT, NULL, "%s: too large to seal", place);
	struct str bytes = { buf_text(&text), text.len };
	return vault_seal(vault, key_id, place, row, bytes, arena, ret, err);
}

bool
vault_open_value(struct vault *vault, int64_t key_id, const char *place,
    int64_t row, struct str sealed, struct arena *arena, json_t **ret,
    struct err *err)
{
	struct str text = { 0 };
	if (!vault_open(vault, key_id, place, row, sealed, arena, &text, err))
		return false;
	return value_parse(text, LIMIT_DOCUMENT, ret, err) ||
	       err_in(err, "%s", place);
}

static void
keyed_hash(const unsigned char *key, const char *place, struct str text,
    unsigned char *ret, size_t size)
{
	crypto_generichash_state state;
	uint64_t len = strlen(place);
	struct ad head = { .len = 0 };
	ad_number(&head, len);
	(void)crypto_generichash_init(
	    &state, key, crypto_generichash_KEYBYTES, size);
	(void)crypto_generichash_update(&state, head.bytes, head.len);
	(void)crypto_generichash_update(
	    &state, (const unsigned char *)place, len);
	(void)crypto_generichash_update(
	    &state, (const unsigned char *)text.ptr, text.len);
	(void)crypto_generichash_final(&state, ret, size);
}

void
vault_tag(const struct vault *vault, const char *place, struct str text,
    unsigned char ret[VAULT_TAG])
{
	keyed_hash(vault->tag, place, text, ret, VAULT_TAG);
}

void
vault_hash(const struct vault *vault, const char *purpose, struct str token,
    unsigned char ret[VAULT_HASH])
{
	keyed_hash(vault->hash, purpose, token, ret, VAULT_HASH);
}

void
vault_master_key(const struct vault *vault, uint64_t use, unsigned char ret[32])
{
	(void)crypto_kdf_derive_from_key(
	    ret, 32, KDF_USES + use, KDF_CONTEXT, vault->master);
}

static bool
rewrap_one(
    struct vault *v, const struct row_vault_key_list *row, struct err *err)
{
	unsigned char key[KEY_SIZE];
	unsigned char wrapped[WRAPPED_SIZE];
	struct str bytes = { (const char *)wrapped, sizeof(wrapped) };
	if (key_unwrap(v->next, row->scope, row->id, row->wrapped, key)) {
		sodium_memzero(key, sizeof(key));
		return true; /* by an earlier, interrupted run */
	}
	if (!key_unwrap(v->master, row->scope, row->id, row->wrapped, key))
		return err_set(err, ERR_SYSTEM, "master_key",
		    "neither master key opens key %lld (%s); nothing was "
		    "changed",
		    (long long)row->id, row->scope);
	bool done = key_wrap(v->next, row->scope, row->id, key, wrapped, err) &&
		    q_vault_key_wrap(v->db, row->id, bytes, NULL, err);
	sodium_memzero(key, sizeof(key));
	return done;
}

/* One page of keys; *after moves on, 0 at the end. */
static bool
rewrap_page(struct vault *v, int64_t *after, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct row_vault_key_list *rows = NULL;
	size_t count = 0;
	if (arena == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "memory is out");
	if (!q_vault_key_list(v->db, arena, *after, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!rewrap_one(v, &rows[i], err))
			return false;
	*after = count == 0 ? 0 : rows[count - 1].id;
	return true;
}

static bool
rewrap_all(struct vault *v, rekey_step_fn *step, void *context, struct err *err)
{
	int64_t after = 0;
	if (!db_begin(v->db, err))
		return false;
	do {
		if (!rewrap_page(v, &after, err)) {
			db_rollback(v->db);
			return false;
		}
	} while (after != 0);
	if (step != NULL)
		step(context, "wrapped");
	return db_commit(v->db, err);
}

bool
vault_rekey_steps(const struct vault_settings *settings, struct db *db,
    int64_t now, rekey_step_fn *step, void *context, struct err *err)
{
	char next[PATH_MAX];
	struct vault_settings present = *settings;
	AUTO(vault) struct vault *v = NULL;
	present.create = false;
	if (!path_new(settings->path, next, err) ||
	    !vault_load(&present, &v, err))
		return false;
	if (!vault_attach(v, db, now, err)) /* is it the right master key? */
		return false;
	if (!v->rekeying &&
	    (!vault_create_master(next, err) ||
		!master_read(next, false, v->next, &v->rekeying, err)))
		return false;
	if (step != NULL)
		step(context, "made");
	if (!rewrap_all(v, step, context, err))
		return false;
	if (step != NULL)
		step(context, "committed");
	return master_replace(settings->path, err);
}

bool
vault_rekey(const struct vault_settings *settings, struct db *db, int64_t now,
    struct err *err)
{
	return vault_rekey_steps(settings, db, now, NULL, NULL, err);
}
