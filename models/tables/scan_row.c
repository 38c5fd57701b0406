#include "models/tables/scan_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/scan_number.h"
#include "models/tables/time.h"
#include "models/tables/value.h"

enum { SHORT_TEXT = 16, WORDS = 16, TIME_MAX = 40, TIME_HEAD = 17 };

/* A short text as two words. */
struct key {
    uint64_t a, b;
    uint32_t length;
};

/* A text of the file and what it stands for: a cell's number, or a name's value. */
struct known {
    struct key key;
    uint32_t value; /* SCAN_ROW_SLOW: leave it to table.h */
};

/* The last time, without its seconds. */
struct time_known {
    uint64_t head[2], tail, tail_mask; /* of the 17 bytes before, up to 8 bytes behind */
    char colon;
    size_t length; /* 0: nothing yet */
    int64_t minute_s;
};

/* A column, with what every row needs close together. */
struct lane {
    enum field_type type;
    uint32_t index;
    size_t offset;
    double above, below; /* between these a number is no sentinel and in range */
    const struct column *column;
};

struct scan_row {
    struct lane *lanes;
    size_t column_count, header_count;
    int utc_offset_s;
    struct sample blank;
    struct known *cells; /* open addressing */
    size_t cell_count, cell_slots;
    struct known words[WORDS]; /* of FIELD_NAME columns, the last text of each hash */
    uint8_t word_columns[WORDS];
    struct time_known time;
    struct arena *arena;
    struct textmap numbers; /* cell id -> number */
    const char **ids;
    size_t id_count, id_capacity;
};

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The widest range without a sentinel; values at its ends are left to number_odd(). */
static void lane_range(struct lane *lane)
{
    const struct field *field = lane->column->field;
    double ends[COLUMN_SENTINELS_MAX + 2];
    size_t n = lane->column->sentinel_count;
    memcpy(ends, lane->column->sentinels, n * sizeof *ends);
    bool open = field->min == 0 && field->max == 0;
    ends[n++] = open ? -1e9 : field->min;
    ends[n++] = open ? 1e9 : field->max;
    base_sort(ends, n, sizeof *ends, compare_double);
    for (size_t i = 0; i + 1 < n; i++) {
        bool inside = open || (ends[i] >= field->min && ends[i + 1] <= field->max);
        if (inside && ends[i + 1] - ends[i] > lane->below - lane->above) {
            lane->above = ends[i];
            lane->below = ends[i + 1];
        }
    }
}

static struct lane *lanes_new(const struct column *columns, size_t count)
{
    struct lane *lane = base_alloc(count, sizeof *lane);
    for (size_t c = 0; c < count; c++) {
        lane[c] = (struct lane){.type = columns[c].field->type,
                                .index = (uint32_t)columns[c].index,
                                .offset = columns[c].field->offset,
                                .column = &columns[c]};
        if (lane[c].type == FIELD_NUMBER && !columns[c].unit)
            lane_range(&lane[c]);
    }
    return lane;
}

struct scan_row *scan_row_new(const struct column *columns, size_t column_count,
                              size_t header_count, int utc_offset_s)
{
    struct scan_row *row = base_alloc(1, sizeof *row);
    row->lanes = lanes_new(columns, column_count);
    row->column_count = column_count;
    row->header_count = header_count;
    row->utc_offset_s = utc_offset_s;
    row->blank = (struct sample){.time_s = TIME_ABSENT,
                                 .at = POINT_ABSENT,
                                 .cell_id = "",
                                 .level_dbm = NAN,
                                 .rsrq_db = NAN,
                                 .sinr_db = NAN,
                                 .ta = NAN};
    row->cell_slots = 1024;
    row->cells = base_alloc(row->cell_slots, sizeof *row->cells);
    row->arena = arena_new();
    return row;
}

void scan_row_free(struct scan_row *row)
{
    if (!row)
        return;
    textmap_free(&row->numbers);
    arena_free(row->arena);
    free(row->lanes);
    free(row->cells);
    free(row->ids);
    free(row);
}

uint32_t scan_row_cell(struct scan_row *row, const char *cell_id)
{
    uint32_t number = textmap_get(&row->numbers, cell_id);
    if (number != TEXTMAP_NONE)
        return number;
    const char *id = arena_text(row->arena, cell_id, strlen(cell_id));
    number = (uint32_t)row->id_count;
    row->ids = base_grow(row->ids, &row->id_capacity, row->id_count + 1, sizeof *row->ids);
    row->ids[row->id_count++] = id;
    return textmap_put(&row->numbers, id, number);
}

const char *scan_row_cell_id(const struct scan_row *row, uint32_t number)
{
    return row->ids[number];
}

/* ---- short texts -------------------------------------------------------------------- */

static inline uint64_t word_of(const char *text, size_t count)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return count >= 8 ? word : count ? word & (~0ull >> (64 - 8 * count)) : 0;
}

static inline struct key key_of(const char *text, size_t length)
{
    return (struct key){word_of(text, BASE_MIN(length, 8)),
                        length > 8 ? word_of(text + 8, length - 8) : 0, (uint32_t)length};
}

static inline bool key_equal(struct key x, struct key y)
{
    return x.a == y.a && x.b == y.b && x.length == y.length;
}

static inline uint64_t key_hash(struct key key)
{
    uint64_t hash = (key.a ^ key.b * 0xff51afd7ed558ccdu ^ key.length) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/* Would table.h keep the text as it is? Only printable ASCII is surely not trimmed. */
static bool text_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 0x7f)
            return false;
    return true;
}

/* What an id that was not seen before stands for. */
static uint32_t cell_read(struct scan_row *row, const char *text, size_t length)
{
    char copy[SHORT_TEXT + 1], why[VALUE_WHY_SIZE];
    memcpy(copy, text, length);
    copy[length] = '\0';
    size_t kept = length;
    if (!text_plain(copy, length) || value_absent(copy) || !value_id(copy, &kept, why) || !kept)
        return SCAN_ROW_SLOW;
    copy[kept] = '\0';
    return scan_row_cell(row, copy);
}

static void cells_double(struct scan_row *row)
{
    size_t slots = row->cell_slots * 2;
    struct known *cells = base_alloc(slots, sizeof *cells);
    for (size_t i = 0; i < row->cell_slots; i++) {
        if (!row->cells[i].key.length)
            continue;
        size_t at = key_hash(row->cells[i].key) & (slots - 1);
        while (cells[at].key.length)
            at = (at + 1) & (slots - 1);
        cells[at] = row->cells[i];
    }
    free(row->cells);
    row->cells = cells;
    row->cell_slots = slots;
}

static uint32_t cell_find(struct scan_row *row, const char *text, size_t length)
{
    if (length > SHORT_TEXT)
        return SCAN_ROW_SLOW;
    struct key key = key_of(text, length);
    size_t at = key_hash(key) & (row->cell_slots - 1);
    while (row->cells[at].key.length) {
        if (key_equal(row->cells[at].key, key))
            return row->cells[at].value;
        at = (at + 1) & (row->cell_slots - 1);
    }
    uint32_t value = cell_read(row, text, length);
    row->cells[at] = (struct known){key, value};
    if (++row->cell_count * 2 > row->cell_slots)
        cells_double(row);
    return value;
}

/* The value of a word of an enum; 0: leave it to table.h. */
static int name_find(struct scan_row *row, size_t column, const char *text, size_t length)
{
    if (length > SHORT_TEXT)
        return 0;
    struct key key = key_of(text, length);
    size_t at = (key_hash(key) + column) % WORDS;
    struct known *word = &row->words[at];
    if (key_equal(word->key, key) && row->word_columns[at] == column)
        return (int)word->value;
    char copy[SHORT_TEXT + 1];
    memcpy(copy, text, length);
    copy[length] = '\0';
    int value = 0;
    if (text_plain(copy, length) && !value_absent(copy))
        value = name_value(row->lanes[column].column->field->names, copy);
    *word = (struct known){key, (uint32_t)value};
    row->word_columns[at] = (uint8_t)column;
    return value;
}

/* ---- times -------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "2026-03-02T09:05:" and two digits, whatever follows. */
static bool time_regular(const char *text, size_t length)
{
    static const char form[] = "dddd-dd-dd?dd:dd:dd";
    if (length < sizeof form - 1 || length >= TIME_MAX)
        return false;
    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? !is_digit(text[i]) : form[i] != '?' && text[i] != form[i])
            return false;
    return text[10] == 'T' || text[10] == ' ';
}

static bool time_read(struct scan_row *row, const char *text, size_t length, int64_t *out_s)
{
    char copy[TIME_MAX];
    const char *why;
    if (length >= TIME_MAX || !text_plain(text, 1) || !text_plain(text + length - 1, 1) ||
        length == 1)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (value_absent(copy) || !time_parse(copy, row->utc_offset_s, out_s, &why))
        return false;
    int second = (text[TIME_HEAD] - '0') * 10 + text[TIME_HEAD + 1] - '0';
    if (!time_regular(text, length) || second > 59)
        return true;
    size_t behind = length - TIME_HEAD - 2;
    if (behind > 8)
        return true;
    row->time = (struct time_known){.head = {word_of(text, 8), word_of(text + 8, 8)},
                                    .tail = word_of(text + TIME_HEAD + 2, behind),
                                    .tail_mask = behind ? ~0ull >> (64 - 8 * behind) : 0,
                                    .colon = text[TIME_HEAD - 1],
                                    .length = length,
                                    .minute_s = *out_s - second};
    return true;
}

/* Samples come in the order of time: mostly only the seconds differ from the last one. */
static inline bool time_set(struct scan_row *row, const char *text, size_t length,
                            int64_t *out_s)
{
    const struct time_known *known = &row->time;
    if (length == known->length && word_of(text, 8) == known->head[0] &&
        word_of(text + 8, 8) == known->head[1] && text[TIME_HEAD - 1] == known->colon &&
        (word_of(text + TIME_HEAD + 2, 8) & known->tail_mask) == known->tail) {
        unsigned tens = (unsigned char)text[TIME_HEAD] - '0';
        unsigned ones = (unsigned char)text[TIME_HEAD + 1] - '0';
        if (tens < 6 && ones < 10) {
            *out_s = known->minute_s + 10 * (int64_t)tens + (int64_t)ones;
            return true;
        }
    }
    return time_read(row, text, length, out_s);
}

/* ---- the row ------------------------------------------------------------------------ */

/* A number near a sentinel or out of range, in a column without a unit of its own. */
static bool number_odd(const struct column *column, double value, double *to)
{
    const struct field *field = column->field;
    if (column->unit)
        return false;
    for (size_t i = 0; i < column->sentinel_count; i++)
        if (value == column->sentinels[i])
            return true;
    if ((field->min != 0 || field->max != 0) && !(value >= field->min && value <= field->max))
        return false;
    if (isnan(*to))
        *to = value;
    return true;
}

static inline bool number_set(const struct lane *lane, const char *text, size_t length,
                              double *to)
{
    double value;
    if (!scan_number(text, length, &value))
        return false;
    if (!(value > lane->above && value < lane->below))
        return number_odd(lane->column, value, to);
    if (isnan(*to))
        *to = value;
    return true;
}

static inline bool degrees_set(const char *text, size_t length, double limit, double *to)
{
    double value;
    if (!isnan(*to))
        return true;
    if (!scan_number(text, length, &value) || fabs(value) > limit)
        return false;
    *to = value;
    return true;
}

static inline bool field_set(struct scan_row *row, size_t c, const char *text, size_t length,
                             struct sample *sample, uint32_t *cell)
{
    const struct lane *lane = &row->lanes[c];
    void *to = (char *)sample + lane->offset;
    int64_t time_s;
    int value;
    switch (lane->type) {
    case FIELD_NUMBER:
        return number_set(lane, text, length, to);
    case FIELD_LON:
        return degrees_set(text, length, 180, to);
    case FIELD_LAT:
        return degrees_set(text, length, 90, to);
    case FIELD_TIME:
        if (!time_set(row, text, length, &time_s))
            return false;
        if (*(int64_t *)to == TIME_ABSENT)
            *(int64_t *)to = time_s;
        return true;
    case FIELD_NAME:
        value = name_find(row, c, text, length);
        if (value && !*(int *)to)
            *(int *)to = value;
        return value != 0;
    case FIELD_ID:
        *cell = cell_find(row, text, length);
        return *cell != SCAN_ROW_SLOW;
    default:
        return false;
    }
}

uint32_t scan_row_set(struct scan_row *row, const char *line, const uint32_t *ends,
                      uint32_t base, struct sample *sample)
{
    uint32_t cell = SCAN_ROW_SLOW;
    *sample = row->blank;
    for (size_t c = 0; c < row->column_count; c++) {
        size_t index = row->lanes[c].index;
        uint32_t first = index ? ends[index - 1] + 1 - base : 0;
        size_t length = ends[index] - base - first;
        if (length && !field_set(row, c, line + first, length, sample, &cell))
            return SCAN_ROW_SLOW;
    }
    if (isnan(sample->at.lon) || isnan(sample->at.lat))
        return SCAN_ROW_SLOW; /* required */
    if (cell == SCAN_ROW_SLOW)
        cell = scan_row_cell(row, "");
    sample->cell_id = row->ids[cell];
    struct refusal why;
    return sample_spec.finish(sample, NULL, &why) ? cell : SCAN_ROW_SLOW;
}
