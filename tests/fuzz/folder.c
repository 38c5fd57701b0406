#include "tests/fuzz/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base.h"
#include "tests/fuzz/fuzz.h"

enum { FILES = 16, ROWS = 256, COLUMNS = 40, NAME = 40, CHANGES = 4, CELL = 4096 };

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t limit);

/* ---- the text ------------------------------------------------------------------------ */

struct row {
    char *cells[COLUMNS];
    size_t count;
};

struct table {
    char name[NAME];
    struct row rows[ROWS];
    size_t count;
};

struct folder {
    struct table files[FILES];
    size_t count;
};

static const char *next_line(const char *at, const char *end)
{
    const char *hit = memchr(at, '\n', (size_t)(end - at));
    return hit ? hit + 1 : end;
}

static bool is_name(const char *at, const char *end)
{
    return end - at > 3 && memcmp(at, "== ", 3) == 0;
}

/* Copy the name behind "== ", NUL-terminated. */
static void copy_name(const char *at, const char *end, char name[NAME])
{
    size_t n = 0;
    for (at += 3; at < end && *at != '\n' && *at != '\r' && *at && n + 1 < NAME; at++)
        name[n++] = *at == '/' ? '_' : *at;
    name[n] = '\0';
}

void folder_write(const uint8_t *bytes, size_t length)
{
    const char *at = (const char *)bytes, *end = at + length;
    while (at < end) {
        char name[NAME];
        const char *body = next_line(at, end), *stop = body;
        while (stop < end && !is_name(stop, end))
            stop = next_line(stop, end);
        if (is_name(at, end)) {
            copy_name(at, body, name);
            if (name[0] && name[0] != '.')
                fuzz_put(name, body, (size_t)(stop - body));
        }
        at = stop > at ? stop : end;
    }
}

static char *copy_bytes(const char *at, size_t n)
{
    return fuzz_text((const uint8_t *)at, n);
}

static void parse_row(struct row *row, const char *at, const char *end)
{
    while (end > at && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    row->count = 0;
    for (;;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma && row->count + 1 < COLUMNS ? comma : end;
        row->cells[row->count++] = copy_bytes(at, (size_t)(stop - at));
        if (stop == end)
            return;
        at = stop + 1;
    }
}

static void parse(struct folder *folder, const uint8_t *bytes, size_t length)
{
    const char *at = (const char *)bytes, *end = at + length;
    folder->count = 0;
    for (const char *next; at < end; at = next) {
        next = next_line(at, end);
        struct table *table = folder->count ? &folder->files[folder->count - 1] : NULL;
        if (is_name(at, end) && folder->count < FILES) {
            table = &folder->files[folder->count++];
            table->count = 0;
            copy_name(at, next, table->name);
        } else if (table && table->count < ROWS) {
            parse_row(&table->rows[table->count++], at, next);
        }
    }
}

static size_t write_text(const struct folder *folder, uint8_t *out, size_t limit)
{
    struct buffer text = {0};
    for (size_t f = 0; f < folder->count; f++) {
        const struct table *table = &folder->files[f];
        buffer_format(&text, "== %s\n", table->name);
        for (size_t r = 0; r < table->count; r++) {
            for (size_t c = 0; c < table->rows[r].count; c++) {
                buffer_text(&text, c ? "," : "");
                buffer_text(&text, table->rows[r].cells[c]);
            }
            buffer_text(&text, "\n");
        }
    }
    size_t n = BASE_MIN(text.length, limit);
    if (n)
        memcpy(out, text.bytes, n);
    buffer_free(&text);
    return n;
}

static void row_free(struct row *row)
{
    for (size_t i = 0; i < row->count; i++)
        free(row->cells[i]);
    row->count = 0;
}

static void folder_free(struct folder *folder)
{
    for (size_t f = 0; f < folder->count; f++)
        for (size_t r = 0; r < folder->files[f].count; r++)
            row_free(&folder->files[f].rows[r]);
    free(folder);
}

/* ---- changes ------------------------------------------------------------------------- */

/* What comes in cells by mistake or malice. */
static const char *const odd[] = {
    "",
    "0",
    "-0",
    "-1",
    "1",
    "90",
    "180",
    "-180",
    "181",
    "360",
    "1e308",
    "-1e308",
    "1e-320",
    "nan",
    "inf",
    "-inf",
    "NULL",
    "N/A",
    "-140",
    "9999999",
    "4.60003E+14",
    "2147483648",
    "4294967295",
    "1e10",
    "1970-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "0001-01-01",
    "2026-02-30 25:61:61",
    "2199-12-31T00:00:00+14:00",
    "1.772413500123E+12",
    "45000.5",
    "113.2",
    "33.1",
    "12600000",
    "3900000",
    "113°15'30.5\"E",
    "POINT(113 33)",
    "GCJ02",
    "BD09",
    "EPSG:32649",
    "EPSG:4326",
    "EPSG:999999",
    "LTE",
    "NR",
    "GSM",
    "5G",
    "indoor",
    "approved",
    "cancelled",
    "on_air",
    "cell unavailable",
    "VSWR",
    "退服",
    "没有信号",
    "\"",
    "\"a",
    "a\"\"b",
    "=1+1",
    "<script>",
    "\xff\xfe",
    "\xb3\xc7\xca\xd0",
    "\xef\xbb\xbf",
    "\xef\xbf\xbd",
    "\xf0\x9f\x93\xb6",
    "\x01",
    "%n%s",
    "../../etc/passwd",
    "13812345678",
    "清溪县罗家店村东北900米",
    "解放路10号",
    "0;120;240;999;-5;;x",
    "a;b;c",
    "1,2",
};

/* Headers, the right ones at wrong places among them. */
static const char *const headers[] = {"lon",
                                      "lat",
                                      "经度",
                                      "纬度",
                                      "time",
                                      "cell_id",
                                      "site_id",
                                      "ticket_id",
                                      "rsrp_dbm",
                                      "rxlev_dbm",
                                      "RSRP(dBm)",
                                      "frequency_mhz",
                                      "arfcn",
                                      "pci",
                                      "azimuth_deg",
                                      "height_m",
                                      "raised_at",
                                      "cleared_at",
                                      "object_id",
                                      "name",
                                      "kind",
                                      "stage",
                                      "rat",
                                      "coord_sys",
                                      "reported_at",
                                      "occurred_at",
                                      "period_minutes",
                                      "availability_pct",
                                      "x",
                                      "",
                                      "rule",
                                      "value",
                                      "eci",
                                      "distance_m",
                                      "serving",
                                      "bin_m",
                                      "weak_rsrp_dbm",
                                      "power_w",
                                      "height_ft"};

static const char *const files[] = {
    "cells.csv",   "complaints.csv",  "samples.csv", "alarms.csv",      "counters.csv",
    "plan.csv",    "places.csv",      "rules.csv",   "subscribers.csv", "terminals.csv",
    "replies.csv", "alarm_names.csv", "cells.txt",   "dem.asc",         "samples.tsv"};

static uint64_t below(uint64_t *state, uint64_t n)
{
    return n ? fuzz_random(state) % n : 0;
}

static void set_cell(char **cell, const char *text)
{
    char *copy = copy_bytes(text, strlen(text)); /* it may be the cell's own */
    free(*cell);
    *cell = copy;
}

static void change_number(char **cell, uint64_t *state)
{
    static const double factors[] = {-1, 0, 0.001, 0.1, 10, 1000, 1e6, 1e-9, 1.0000001};
    char text[64];
    double value = strtod(*cell, NULL);
    snprintf(text, sizeof text, "%.17g", value * factors[below(state, ARRAY_COUNT(factors))]);
    set_cell(cell, text);
}

static void change_bytes(char **cell)
{
    size_t n = strlen(*cell), room = BASE_MIN(n + 16, (size_t)CELL);
    uint8_t *bytes = calloc(room + 1, 1);
    fuzz_check(bytes != NULL);
    memcpy(bytes, *cell, BASE_MIN(n, room));
    n = LLVMFuzzerMutate(bytes, BASE_MIN(n, room), room);
    for (size_t i = 0; i < n; i++)
        bytes[i] = bytes[i] == 0 ? ' ' : bytes[i];
    free(*cell);
    *cell = copy_bytes((char *)bytes, n);
    free(bytes);
}

static void change_cell(struct table *table, uint64_t *state)
{
    struct row *row = &table->rows[below(state, table->count)];
    char **cell = &row->cells[below(state, row->count)];
    struct row *other = &table->rows[below(state, table->count)];
    switch (below(state, 5)) {
    case 0:
        change_bytes(cell);
        return;
    case 1:
        change_number(cell, state);
        return;
    case 2:
        set_cell(cell, other->cells[below(state, other->count)]);
        return;
    default:
        set_cell(cell, odd[below(state, ARRAY_COUNT(odd))]);
    }
}

static void swap_texts(char **a, char **b)
{
    char *kept = *a;
    *a = *b;
    *b = kept;
}

/* Two columns change places, with their names or without. */
static void swap_columns(struct table *table, uint64_t *state)
{
    size_t width = table->rows[0].count, a = below(state, width), b = below(state, width);
    for (size_t r = below(state, 2); r < table->count; r++)
        if (table->rows[r].count > BASE_MAX(a, b))
            swap_texts(&table->rows[r].cells[a], &table->rows[r].cells[b]);
}

static void drop_column(struct table *table, uint64_t *state)
{
    size_t at = below(state, table->rows[0].count);
    for (size_t r = 0; r < table->count; r++) {
        struct row *row = &table->rows[r];
        if (row->count < 2 || at >= row->count)
            continue;
        free(row->cells[at]);
        memmove(&row->cells[at], &row->cells[at + 1], (--row->count - at) * sizeof *row->cells);
    }
}

/* One value, or a factor, for a whole column: wrong units, dates far away, equal ids. */
static void change_column(struct table *table, uint64_t *state)
{
    size_t at = below(state, table->rows[0].count);
    const char *text = odd[below(state, ARRAY_COUNT(odd))];
    uint64_t kept = *state, how = below(state, 2);
    for (size_t r = 1; r < table->count; r++) {
        uint64_t same = kept;
        if (at >= table->rows[r].count)
            continue;
        if (how)
            set_cell(&table->rows[r].cells[at], text);
        else
            change_number(&table->rows[r].cells[at], &same);
    }
}

static void copy_row(struct table *table, uint64_t *state)
{
    if (table->count == ROWS)
        return;
    const struct row *from = &table->rows[below(state, table->count)];
    struct row *to = &table->rows[table->count];
    to->count = 0;
    for (; to->count < from->count; to->count++)
        to->cells[to->count] =
            copy_bytes(from->cells[to->count], strlen(from->cells[to->count]));
    table->count++;
}

static void drop_row(struct table *table, uint64_t *state)
{
    size_t at = below(state, table->count);
    row_free(&table->rows[at]);
    memmove(&table->rows[at], &table->rows[at + 1],
            (--table->count - at) * sizeof *table->rows);
    table->rows[table->count].count = 0;
}

/* Nothing but the header, or nothing at all. */
static void empty_table(struct table *table, uint64_t *state)
{
    size_t keep = below(state, 3) != 0;
    while (table->count > keep)
        row_free(&table->rows[--table->count]);
}

static void change_table(struct table *table, uint64_t *state)
{
    if (!table->count)
        return;
    switch (below(state, 16)) {
    case 0:
        swap_columns(table, state);
        return;
    case 1:
        drop_column(table, state);
        return;
    case 2:
    case 3:
        change_column(table, state);
        return;
    case 4:
        copy_row(table, state);
        return;
    case 5:
        drop_row(table, state);
        return;
    case 6:
        empty_table(table, state);
        return;
    case 7:
        set_cell(&table->rows[0].cells[below(state, table->rows[0].count)],
                 headers[below(state, ARRAY_COUNT(headers))]);
        return;
    case 8:
        snprintf(table->name, sizeof table->name, "%s",
                 files[below(state, ARRAY_COUNT(files))]);
        return;
    default:
        change_cell(table, state);
    }
}

size_t folder_mutate(uint8_t *bytes, size_t length, size_t limit, unsigned seed)
{
    uint64_t state = seed;
    if (below(&state, 64) == 0) /* seldom: any bytes anywhere */
        return LLVMFuzzerMutate(bytes, length, limit);
    struct folder *folder = calloc(1, sizeof *folder);
    fuzz_check(folder != NULL);
    parse(folder, bytes, length);
    for (uint64_t i = 1 + below(&state, CHANGES); i && folder->count; i--)
        change_table(&folder->files[below(&state, folder->count)], &state);
    size_t n = write_text(folder, bytes, limit);
    folder_free(folder);
    return n;
}
