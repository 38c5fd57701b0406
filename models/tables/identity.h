/* identity.h - the many spellings of one cell: CGI and ECGI (460-00-a-b), NCGI, eNodeB-cell,
 * LAC-CI, RNC-CI, 28-bit ECI, 36-bit NCI, decimal or hexadecimal, or a site's own name.
 *
 * Text is parsed into candidate keys, most certain first; an index built from the cell table
 * says which of them exist. An identity that fits two cells fits none.
 */
#ifndef COVTRIAGE_IDENTITY_H
#define COVTRIAGE_IDENTITY_H

#include "models/tables/world.h"

/** What a key is made of. */
enum identity_form {
    IDENTITY_NONE = 0,
    IDENTITY_PAIR,   /**< two numbers: LAC-CI, eNodeB-cell, gNodeB-cell or RNC-CI */
    IDENTITY_NUMBER, /**< one number: ECI, NCI, UTRAN cell id or CI */
};

/** One reading of an identity's text. */
struct identity_key {
    enum identity_form form;
    uint64_t high, low; /**< the pair; a number is in low */
};

enum { IDENTITY_KEYS = 24 };

/**
 * Read `text` as a cell identity in numbers of `base` (10 or 16): the readings, most certain
 * first, at most IDENTITY_KEYS into `keys`. A leading PLMN (460-00, 46000, 460/00 ...) is
 * dropped. Numbers are split as ECI = eNodeB * 256 + cell, NCI = gNodeB * 2^(36-n) + cell for
 * every gNodeB length n, UTRAN cell id = RNC * 65536 + CI. Returns how many.
 * Source: 3GPP TS 23.003 clauses 4.3.1, 4.7, 19.6, 19.6A.
 */
size_t identity_parse(const char *text, int base, struct identity_key *keys);

/**
 * Does the text look like an identity that a spreadsheet turned into a rounded float
 * ("4.6E+14", "1.93E+08")? Then no cell can be named by it, and the row says so.
 */
bool identity_destroyed(const char *text);

/** Why identity_destroyed() texts are refused: one sentence for rejects. */
extern const char identity_destroyed_reason[];

/** Finds cells by identity. Const and safe from many threads after identity_index_new. */
struct identity_index;

/** Build from the cell table, whose strings are borrowed. Free with identity_index_free. */
struct identity_index *identity_index_new(const struct cell *cells, size_t count);
void identity_index_free(struct identity_index *index);

/**
 * The cell that `text` names: by its exact text, then by every reading in decimal (in
 * hexadecimal when the text cannot be decimal), then by cell name. INDEX_NONE when none or
 * more than one fits.
 */
uint32_t identity_find(const struct identity_index *index, const char *text);

/** As identity_find, numbers in `base`: for a column whose base was decided by identity_base.
 */
uint32_t identity_find_base(const struct identity_index *index, const char *text, int base);

/**
 * The site that `text` names, as its first cell in the table: by site_id, site_name, eNodeB
 * (gNodeB, LAC) number, or "name(eNodeB)" as ZTE writes it. INDEX_NONE when none or several.
 */
uint32_t identity_find_site(const struct identity_index *index, const char *text);

/**
 * 16 when more of the column's texts join the cell table as hexadecimal than as decimal, else
 * 10. NULL and "" are passed over.
 */
int identity_base(const struct identity_index *index, const char *const *texts, size_t count);

#endif
