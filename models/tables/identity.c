#include "models/tables/identity.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char identity_destroyed_reason[] =
    "a spreadsheet rounded this cell identity to a float; format the column as text and export "
    "again";

enum {
    PARTS = 4,
    ECI_CELL_BITS = 8,  /* TS 23.003 19.6: eNodeB id 20 bits, cell 8 bits */
    UTRAN_CI_BITS = 16, /* TS 25.401 6.1.5: RNC id 12 bits, C-Id 16 bits */
    NCI_BITS = 36,      /* TS 23.003 19.6A */
    GNB_BITS_MIN = 22,  /* TS 38.413 9.3.1.6: gNB id 22..32 bits */
    GNB_BITS_MAX = 32,
    GNB_BITS_USUAL = 24,
};

/* ---- reading the text --------------------------------------------------------------- */

static bool number_parse(const char *text, size_t length, int base, uint64_t *value)
{
    if (base == 16 && length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        text += 2;
        length -= 2;
    }
    if (length == 0 || length > 18)
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < length; i++) {
        int c = tolower((unsigned char)text[i]);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
        if (digit >= base)
            return false;
        n = n * (uint64_t)base + (uint64_t)digit;
    }
    *value = n;
    return true;
}

struct parts {
    const char *text[PARTS];
    size_t length[PARTS];
    size_t count;
};

/* Split at whatever is neither letter nor digit. false: more parts than any identity has. */
static bool split(const char *text, struct parts *parts)
{
    *parts = (struct parts){0};
    for (const char *p = text; *p;) {
        if (!isalnum((unsigned char)*p)) {
            if ((unsigned char)*p >= 0x80)
                return false;
            p++;
            continue;
        }
        if (parts->count == PARTS)
            return false;
        const char *start = p;
        while (isalnum((unsigned char)*p))
            p++;
        parts->text[parts->count] = start;
        parts->length[parts->count++] = (size_t)(p - start);
    }
    return true;
}

/* MCC is three digits from 200 on (ITU-T E.212), MNC two or three. */
static bool is_plmn(const struct parts *parts, size_t at, size_t *used)
{
    uint64_t n;
    if (at >= parts->count || !number_parse(parts->text[at], parts->length[at], 10, &n))
        return false;
    size_t length = parts->length[at];
    if ((length == 5 && n >= 20000 && n < 80000) ||
        (length == 6 && n >= 200000 && n < 800000)) {
        *used = 1;
        return true;
    }
    uint64_t mnc;
    if (length == 3 && n >= 200 && n < 800 && at + 1 < parts->count &&
        parts->length[at + 1] >= 1 && parts->length[at + 1] <= 3 &&
        number_parse(parts->text[at + 1], parts->length[at + 1], 10, &mnc)) {
        *used = 2;
        return true;
    }
    return false;
}

struct key_list {
    struct identity_key *items;
    size_t count;
};

static void add_key(struct key_list *list, enum identity_form form, uint64_t high, uint64_t low)
{
    if (list->count < IDENTITY_KEYS)
        list->items[list->count++] = (struct identity_key){form, high, low};
}

static void add_pair(struct key_list *list, uint64_t high, uint64_t low)
{
    add_key(list, IDENTITY_PAIR, high, low);
    if (high < 1u << 20 && low < 1u << ECI_CELL_BITS)
        add_key(list, IDENTITY_NUMBER, 0, high << ECI_CELL_BITS | low);
    else if (high < 1u << 12 && low < 1u << UTRAN_CI_BITS)
        add_key(list, IDENTITY_NUMBER, 0, high << UTRAN_CI_BITS | low);
    for (int bits = GNB_BITS_MAX; bits >= GNB_BITS_MIN; bits--)
        if (high < 1ull << bits && low < 1ull << (NCI_BITS - bits))
            add_key(list, IDENTITY_NUMBER, 0, high << (NCI_BITS - bits) | low);
}

static void add_number(struct key_list *list, uint64_t n)
{
    add_key(list, IDENTITY_NUMBER, 0, n);
    if (n >= 1ull << NCI_BITS || n < 1u << ECI_CELL_BITS)
        return;
    if (n < 1u << 28) {
        add_key(list, IDENTITY_PAIR, n >> ECI_CELL_BITS, n & 0xff);
        add_key(list, IDENTITY_PAIR, n >> UTRAN_CI_BITS, n & 0xffff);
    }
    add_key(list, IDENTITY_PAIR, n >> (NCI_BITS - GNB_BITS_USUAL),
            n & ((1u << (NCI_BITS - GNB_BITS_USUAL)) - 1));
    for (int bits = GNB_BITS_MAX; bits >= GNB_BITS_MIN; bits--)
        if (bits != GNB_BITS_USUAL)
            add_key(list, IDENTITY_PAIR, n >> (NCI_BITS - bits),
                    n & ((1ull << (NCI_BITS - bits)) - 1));
}

/* One run of characters: a number, perhaps with the PLMN written in front of it. */
static void add_single(struct key_list *list, const char *text, size_t length, int base)
{
    uint64_t n;
    if (number_parse(text, length, base, &n))
        add_number(list, n);
    struct parts plmn = {.text = {text}, .length = {5}, .count = 1};
    size_t used;
    if (length > 9 && is_plmn(&plmn, 0, &used)) {
        const char *rest = text + 5;
        size_t left = length - 5;
        uint64_t high, low;
        if (number_parse(rest, left, base, &n))
            add_number(list, n);
        if (base == 16 && left == 8 && number_parse(rest, 4, 16, &high) &&
            number_parse(rest + 4, 4, 16, &low))
            add_pair(list, high, low);
    }
}

size_t identity_parse(const char *text, int base, struct identity_key *keys)
{
    struct parts parts;
    struct key_list list = {keys, 0};
    if (!text || strlen(text) > 64 || !split(text, &parts) || parts.count == 0)
        return 0;
    size_t first = 0, used = 0;
    if (parts.count > 1 && is_plmn(&parts, 0, &used) && parts.count - used >= 1 &&
        !(parts.count == 2 && used == 2))
        first = used;
    uint64_t high, low;
    if (parts.count - first == 2) {
        if (number_parse(parts.text[first], parts.length[first], base, &high) &&
            number_parse(parts.text[first + 1], parts.length[first + 1], base, &low))
            add_pair(&list, high, low);
    } else if (parts.count - first == 1) {
        add_single(&list, parts.text[first], parts.length[first], base);
    }
    /* "46000-9" may as well be LAC 46000, cell 9: the second reading. */
    if (first == 1 && parts.count == 2 &&
        number_parse(parts.text[0], parts.length[0], base, &high) &&
        number_parse(parts.text[1], parts.length[1], base, &low))
        add_pair(&list, high, low);
    return list.count;
}

bool identity_destroyed(const char *text)
{
    if (text_empty(text))
        return false;
    char *end = NULL;
    const char *e = strpbrk(text, "eE");
    if (!e || !strchr(text, '.') || strspn(text, "0123456789.eE+- ") != strlen(text))
        return false;
    double value = strtod(text, &end);
    return end > e && value >= 1e5;
}

/* ---- the index ---------------------------------------------------------------------- */

#define SEVERAL (UINT32_MAX - 1)

struct slot {
    struct identity_key key;
    uint32_t cell; /* SEVERAL: more than one fits */
};

struct keymap {
    struct slot *slots;
    size_t count, capacity; /* capacity is a power of two, or 0 */
};

struct identity_index {
    struct textmap cell_text, cell_name, site_text;
    struct keymap keys;      /* of cells */
    struct keymap site_keys; /* eNodeB, gNodeB or LAC number, in low */
    bool *name_doubtful, *text_doubtful;
    const struct cell *cells;
    size_t count;
};

static struct slot *keymap_slot(const struct keymap *map, const struct identity_key *key)
{
    size_t mask = map->capacity - 1;
    size_t i =
        hash_mix(key->high * 0x9e3779b97f4a7c15u ^ hash_mix(key->low + key->form)) & mask;
    while (map->slots[i].key.form &&
           (map->slots[i].key.form != key->form || map->slots[i].key.high != key->high ||
            map->slots[i].key.low != key->low))
        i = (i + 1) & mask;
    return &map->slots[i];
}

static void keymap_double(struct keymap *map)
{
    struct keymap bigger = {.count = map->count, .capacity = BASE_MAX(map->capacity * 2, 64)};
    bigger.slots = base_alloc(bigger.capacity, sizeof *bigger.slots);
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].key.form)
            *keymap_slot(&bigger, &map->slots[i].key) = map->slots[i];
    free(map->slots);
    *map = bigger;
}

static void keymap_put(struct keymap *map, struct identity_key key, uint32_t cell)
{
    if (2 * (map->count + 1) > map->capacity)
        keymap_double(map);
    struct slot *slot = keymap_slot(map, &key);
    if (!slot->key.form) {
        *slot = (struct slot){key, cell};
        map->count++;
    } else if (slot->cell != cell) {
        slot->cell = SEVERAL;
    }
}

static uint32_t keymap_get(const struct keymap *map, const struct identity_key *key)
{
    if (!map->count)
        return INDEX_NONE;
    const struct slot *slot = keymap_slot(map, key);
    return slot->key.form && slot->cell != SEVERAL ? slot->cell : INDEX_NONE;
}

/* The readings of a cell's own id, without those its technology cannot have: an LTE pair is not
 * a gNodeB, so that two cells are not confused by readings that do not exist. */
static size_t cell_keys(const struct cell *cell, struct identity_key *keys)
{
    size_t count = identity_parse(cell->cell_id, 10, keys);
    if (count == 0)
        count = identity_parse(cell->cell_id, 16, keys);
    if (count == 0)
        return 0;
    if (cell->rat == RAT_NR || cell->rat == RAT_UNKNOWN)
        return count;
    bool number = keys[0].form == IDENTITY_NUMBER;
    if (number && cell->rat == RAT_UMTS && count > 2)
        keys[1] = keys[2]; /* split at the RNC, not at the eNodeB */
    return BASE_MIN(count, number && cell->rat == RAT_GSM ? 1 : 2);
}

/* Same site twice is no doubt: the first cell stands for it. */
static void put_site(struct identity_index *index, const struct identity_key *keys,
                     size_t count, uint32_t cell)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].form != IDENTITY_PAIR)
            continue;
        struct identity_key site = {IDENTITY_NUMBER, 0, keys[i].high};
        uint32_t had = keymap_get(&index->site_keys, &site);
        if (had == INDEX_NONE ||
            !text_equal(index->cells[had].site_id, index->cells[cell].site_id))
            keymap_put(&index->site_keys, site, cell);
        return;
    }
}

static void put_cell(struct identity_index *index, uint32_t i)
{
    const struct cell *cell = &index->cells[i];
    if (!text_empty(cell->cell_id) && textmap_put(&index->cell_text, cell->cell_id, i) != i)
        index->text_doubtful[textmap_get(&index->cell_text, cell->cell_id)] = true;
    if (!text_empty(cell->cell_name) && textmap_put(&index->cell_name, cell->cell_name, i) != i)
        index->name_doubtful[textmap_get(&index->cell_name, cell->cell_name)] = true;
    if (!text_empty(cell->site_id))
        textmap_put(&index->site_text, cell->site_id, i);
    struct identity_key keys[IDENTITY_KEYS];
    size_t count = cell_keys(cell, keys);
    for (size_t k = 0; k < count; k++)
        keymap_put(&index->keys, keys[k], i);
    put_site(index, keys, count, i);
}

struct identity_index *identity_index_new(const struct cell *cells, size_t count)
{
    struct identity_index *index = base_alloc(1, sizeof *index);
    index->cells = cells;
    index->count = count;
    index->name_doubtful = base_alloc(count, sizeof *index->name_doubtful);
    index->text_doubtful = base_alloc(count, sizeof *index->text_doubtful);
    for (uint32_t i = 0; i < count; i++)
        put_cell(index, i);
    /* After every site_id: a name that is another site's id means that site. */
    for (uint32_t i = 0; i < count; i++)
        if (!text_empty(cells[i].site_name))
            textmap_put(&index->site_text, cells[i].site_name, i);
    return index;
}

void identity_index_free(struct identity_index *index)
{
    if (!index)
        return;
    textmap_free(&index->cell_text);
    textmap_free(&index->cell_name);
    textmap_free(&index->site_text);
    free(index->keys.slots);
    free(index->site_keys.slots);
    free(index->name_doubtful);
    free(index->text_doubtful);
    free(index);
}

/* ---- finding ------------------------------------------------------------------------ */

static uint32_t find_keys(const struct identity_index *index, const char *text, int base)
{
    struct identity_key keys[IDENTITY_KEYS];
    size_t count = identity_parse(text, base, keys);
    for (size_t i = 0; i < count; i++) {
        uint32_t cell = keymap_get(&index->keys, &keys[i]);
        if (cell != INDEX_NONE)
            return cell;
    }
    return INDEX_NONE;
}

/* A whole number that a spreadsheet wrote with ".0" behind is still whole. */
static const char *whole_number(const char *text, char *copy, size_t size)
{
    size_t length = strlen(text), digits = strspn(text, "0123456789");
    if (digits == 0 || digits >= size || length < digits + 2 || text[digits] != '.' ||
        strspn(text + digits + 1, "0") != length - digits - 1)
        return text;
    memcpy(copy, text, digits);
    copy[digits] = '\0';
    return copy;
}

uint32_t identity_find_base(const struct identity_index *index, const char *text, int base)
{
    if (text_empty(text))
        return INDEX_NONE;
    uint32_t cell = textmap_get(&index->cell_text, text);
    if (cell != TEXTMAP_NONE)
        return index->text_doubtful[cell] ? INDEX_NONE : cell;
    char copy[32];
    cell = find_keys(index, whole_number(text, copy, sizeof copy), base);
    if (cell != INDEX_NONE)
        return cell;
    cell = textmap_get(&index->cell_name, text);
    return cell != TEXTMAP_NONE && !index->name_doubtful[cell] ? cell : INDEX_NONE;
}

static bool needs_hex(const char *text)
{
    bool letter = false;
    for (const char *p = text; *p; p++) {
        if (isalpha((unsigned char)*p) && !isxdigit((unsigned char)*p) && tolower(*p) != 'x')
            return false;
        letter = letter || isalpha((unsigned char)*p);
    }
    return letter;
}

uint32_t identity_find(const struct identity_index *index, const char *text)
{
    return identity_find_base(index, text, !text_empty(text) && needs_hex(text) ? 16 : 10);
}

static uint32_t find_site_number(const struct identity_index *index, const char *text,
                                 size_t length)
{
    struct identity_key key = {IDENTITY_NUMBER, 0, 0};
    if (!number_parse(text, length, 10, &key.low))
        return INDEX_NONE;
    return keymap_get(&index->site_keys, &key);
}

/* ASCII "(" or the full-width one (EF BC 88). */
static const char *last_bracket(const char *text, size_t *skip)
{
    const char *found = NULL;
    for (const char *p = text; *p; p++) {
        bool wide = strncmp(p, "\xef\xbc\x88", 3) == 0;
        if (*p == '(' || wide) {
            found = p;
            *skip = wide ? 3 : 1;
        }
    }
    return found;
}

uint32_t identity_find_site(const struct identity_index *index, const char *text)
{
    if (text_empty(text))
        return INDEX_NONE;
    uint32_t cell = textmap_get(&index->site_text, text);
    if (cell != TEXTMAP_NONE)
        return cell;
    size_t skip = 0;
    const char *bracket = last_bracket(text, &skip);
    if (bracket) {
        const char *digits = bracket + skip;
        cell = find_site_number(index, digits, strspn(digits, "0123456789"));
        if (cell != INDEX_NONE)
            return cell;
        char name[256];
        size_t length = BASE_MIN((size_t)(bracket - text), sizeof name - 1);
        memcpy(name, text, length);
        name[length] = '\0';
        cell = textmap_get(&index->site_text, name);
        return cell == TEXTMAP_NONE ? INDEX_NONE : cell;
    }
    struct parts parts;
    size_t used = 0;
    if (strlen(text) > 64 || !split(text, &parts) || parts.count == 0)
        return INDEX_NONE;
    size_t first = parts.count > 1 && is_plmn(&parts, 0, &used) ? used : 0;
    return parts.count == first + 1
               ? find_site_number(index, parts.text[first], parts.length[first])
               : INDEX_NONE;
}

int identity_base(const struct identity_index *index, const char *const *texts, size_t count)
{
    size_t decimal = 0, hex = 0;
    for (size_t i = 0; i < count; i++) {
        if (text_empty(texts[i]))
            continue;
        decimal += find_keys(index, texts[i], 10) != INDEX_NONE;
        hex += find_keys(index, texts[i], 16) != INDEX_NONE;
    }
    return hex > decimal ? 16 : 10;
}
