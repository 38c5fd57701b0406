#include "cmd/customer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_BYTES = 32, SECRET_LEAST = 16, SECRET_MOST = 4096, ID_LEAST = 5 };

struct secret {
    unsigned char bytes[SECRET_MOST];
    size_t length;
};

static bool read_secret(const char *path, struct secret *secret)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t got = read(file, secret->bytes, sizeof secret->bytes);
    close(file);
    secret->length = got > 0 ? (size_t)got : 0;
    return got >= 0;
}

/* Written whole under another name first: two first runs at once agree on one secret. */
static void make_secret(const char *folder, const char *path)
{
    unsigned char bytes[SECRET_BYTES];
    if (g_mkdir_with_parents(folder, 0700) != 0 ||
        getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return;
    char *draft = g_strdup_printf("%s.%ld", path, (long)getpid());
    int file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        bool whole = write(file, bytes, sizeof bytes) == (ssize_t)sizeof bytes;
        whole = fsync(file) == 0 && whole;
        close(file);
        if (whole && link(draft, path) != 0 && errno != EEXIST && access(path, F_OK) != 0)
            rename(draft, path); /* no second names here */
        unlink(draft);
    }
    g_free(draft);
}

static bool own_secret(struct secret *secret)
{
    char *folder = g_build_filename(g_get_user_config_dir(), "covtriage", NULL);
    char *path = g_build_filename(folder, "customer.key", NULL);
    bool there = read_secret(path, secret) && secret->length >= SECRET_LEAST;
    if (!there) {
        make_secret(folder, path);
        there = read_secret(path, secret) && secret->length >= SECRET_LEAST;
    }
    g_free(path);
    g_free(folder);
    return there;
}

/* Whoever has the complaints knows the customers anyway. */
static void secret_of_tickets(const struct world *world, struct secret *secret)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (size_t i = 0; i < world->complaint_count; i++) {
        const struct complaint *c = &world->complaints[i];
        const char *texts[] = {c->ticket_id, c->customer_id, c->phone, c->description};
        for (size_t t = 0; t < ARRAY_COUNT(texts); t++)
            if (texts[t])
                g_checksum_update(sum, (const guchar *)texts[t], (gssize)strlen(texts[t]) + 1);
    }
    gsize length = sizeof secret->bytes;
    g_checksum_get_digest(sum, secret->bytes, &length);
    secret->length = length;
    g_checksum_free(sum);
}

static enum status find_secret(const struct world *world, const char *key_file,
                               struct secret *secret, bool *made_do, struct error *error)
{
    *made_do = false;
    if (key_file && !read_secret(key_file, secret))
        return error_set(error, STATUS_IO, "cannot read the key %s: %s", key_file,
                         strerror(errno));
    if (key_file && secret->length < SECRET_LEAST)
        return error_set(error, STATUS_FORMAT, "%s: a key has at least %d bytes", key_file,
                         SECRET_LEAST);
    if (!key_file && !own_secret(secret)) {
        secret_of_tickets(world, secret);
        *made_do = true;
    }
    return STATUS_OK;
}

/* The id in a text of the same ticket, as it stands in its own column. */
static const char *without_id(struct arena *arena, const char *text, const char *id)
{
    size_t length = strlen(id);
    if (text_empty(text) || length < ID_LEAST || !strstr(text, id))
        return text;
    char *copy = arena_text(arena, text, strlen(text));
    for (char *at = copy; (at = strstr(at, id)); at += length)
        memset(at, '*', length - 2); /* its last two tell the desk which it was */
    return copy;
}

enum status customer_keys(const struct world *world, const char *key_file,
                          struct result *result, bool *made_do, struct error *error)
{
    struct secret secret = {.length = 0};
    if (find_secret(world, key_file, &secret, made_do, error) != STATUS_OK)
        return error->status;
    for (size_t i = 0; i < result->case_count; i++) {
        const struct complaint *c = &world->complaints[i];
        struct result_case *out = &result->cases[i];
        const char *ids[] = {c->customer_id, c->phone};
        const char *who = text_empty(ids[0]) ? ids[1] : ids[0];
        if (text_empty(who))
            continue;
        char *hash =
            g_compute_hmac_for_string(G_CHECKSUM_SHA256, secret.bytes, secret.length, who, -1);
        out->customer_key = arena_format(result->arena, "k%.16s", hash);
        g_free(hash);
    }
    return STATUS_OK;
}

void customer_hide(const struct world *world, struct result *result)
{
    for (size_t i = 0; i < result->case_count; i++) {
        const struct complaint *c = &world->complaints[i];
        struct result_case *out = &result->cases[i];
        const char *ids[] = {c->customer_id, c->phone};
        const char **texts[] = {&out->address,  &out->symptom,  &out->description,
                                &out->reply_zh, &out->reply_en, &out->reason_zh,
                                &out->reason_en};
        for (size_t k = 0; k < ARRAY_COUNT(ids); k++)
            for (size_t t = 0; !text_empty(ids[k]) && t < ARRAY_COUNT(texts); t++)
                *texts[t] = without_id(result->arena, *texts[t], ids[k]);
    }
}
