/* customer.h - what tells customers apart in the results without telling who they are: keyed
 * hashes of their ids. */
#ifndef COVTRIAGE_CUSTOMER_H
#define COVTRIAGE_CUSTOMER_H

#include "cmd/out/result.h"
#include "models/tables/world.h"

/**
 * Give every case its customer_key: 16 digits of the HMAC-SHA256 of the customer's id, else
 * phone, under the secret in `key_file`. NULL: the installation's own secret, made at random at
 * first use
 * (~/.config/covtriage/customer.key); where none can be kept, one made of the complaints file
 * itself, which `*made_do` tells. Errors: STATUS_IO, STATUS_FORMAT (fewer than 16 bytes).
 * Source: RFC 2104.
 */
enum status customer_keys(const struct world *world, const char *key_file,
                          struct result *result, bool *made_do, struct error *error);

/** Take each customer's id and phone out of the texts of his own ticket, however they look. */
void customer_hide(const struct world *world, struct result *result);

#endif
