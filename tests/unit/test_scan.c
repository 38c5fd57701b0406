/* scan: whatever the file, the samples, the refusals and the report of table_read(). */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/tables/scan.h"
#include "models/tables/scan_number.h"
#include "models/tables/scan_tokens.h"

/* ---- what came out, in a form that does not know its order ------------------------------ */

struct tally {
    pthread_mutex_t lock;
    uint64_t count, hash; /* sum of the hashes of the samples */
    char ids[512][32];
    uint32_t id_count;
};

static uint32_t tally_group(void *context, const char *cell_id)
{
    struct tally *tally = context;
    uint32_t i = 0;
    while (i < tally->id_count && strcmp(tally->ids[i], cell_id) != 0)
        i++;
    if (i == tally->id_count) {
        assert_true(i < ARRAY_COUNT(tally->ids));
        snprintf(tally->ids[tally->id_count++], sizeof tally->ids[0], "%s", cell_id);
    }
    return i;
}

static uint64_t sample_hash(const char *cell_id, const struct point *at, const double *numbers,
                            int64_t time_s, int serving, int source)
{
    uint64_t hash = hash_bytes(cell_id, strlen(cell_id));
    double values[4] = {at->lon, at->lat, numbers[0], isnan(numbers[1]) ? 1e9 : numbers[1]};
    int64_t whole[3] = {time_s, serving, source};
    hash = hash_mix(hash ^ hash_bytes(values, sizeof values));
    return hash_mix(hash + hash_bytes(whole, sizeof whole));
}

static enum status tally_take(void *context, int worker, const struct scan_sample *samples,
                              size_t count, struct error *error)
{
    struct tally *tally = context;
    (void)worker, (void)error;
    pthread_mutex_lock(&tally->lock);
    for (size_t i = 0; i < count; i++)
        tally->hash += sample_hash(tally->ids[samples[i].group], &samples[i].at,
                                   (double[]){samples[i].level_dbm, samples[i].sinr_db},
                                   samples[i].time_s, samples[i].serving, samples[i].source);
    tally->count += count;
    pthread_mutex_unlock(&tally->lock);
    return STATUS_OK;
}

static enum status tally_row(void *context, const void *record)
{
    struct tally *tally = context;
    const struct sample *s = record;
    tally->hash += sample_hash(s->cell_id, &s->at, (double[]){s->level_dbm, s->sinr_db},
                               s->time_s, (int)s->serving, (int)s->source);
    tally->count++;
    return STATUS_OK;
}

/* ---- the comparison --------------------------------------------------------------------- */

static void assert_same_report(const struct table_report *a, const struct table_report *b)
{
    assert_int_equal(a->rows, b->rows);
    assert_int_equal(a->refused, b->refused);
    assert_int_equal(a->dropped, b->dropped);
    assert_int_equal(a->short_rows, b->short_rows);
    assert_int_equal(a->replaced, b->replaced);
    assert_int_equal(a->header_line, b->header_line);
    assert_int_equal(a->separator, b->separator);
    assert_string_equal(a->encoding, b->encoding);
    assert_int_equal(a->column_count, b->column_count);
    assert_true(a->first_s == b->first_s && a->last_s == b->last_s);
    if (!isnan(a->west) || !isnan(b->west))
        assert_true(a->west == b->west && a->east == b->east && a->south == b->south &&
                    a->north == b->north);
}

static void assert_same_rejects(const struct rejects *a, const struct rejects *b)
{
    assert_int_equal(a->total, b->total);
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->items[i].line, b->items[i].line);
        assert_string_equal(a->items[i].file, b->items[i].file);
        assert_string_equal(a->items[i].column, b->items[i].column);
        assert_string_equal(a->items[i].value, b->items[i].value);
        assert_string_equal(a->items[i].reason, b->items[i].reason);
        assert_int_equal(a->items[i].kept, b->items[i].kept);
    }
}

static void rejects_free(struct rejects *rejects)
{
    arena_free(rejects->arena);
    free(rejects->items);
}

static void compare(const char *path)
{
    struct tally plain = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct rejects plain_rejects = {0};
    struct table_report plain_report = {0};
    struct error plain_error = {0};
    struct table_options options = {.utc_offset_s = 28800, .rejects = &plain_rejects};
    enum status status = table_read(path, &sample_spec, &options, tally_row, &plain,
                                    &plain_report, &plain_error);
    for (int way = 0; way < 4; way++) {
        struct tally *tally = base_alloc(1, sizeof *tally);
        pthread_mutex_init(&tally->lock, NULL);
        struct rejects rejects = {0};
        struct table_report report = {0};
        struct error error = {0};
        struct scan_options scan = {.utc_offset_s = 28800,
                                    .threads = (int[]){1, 2, 5, 3}[way],
                                    .portable = way == 3,
                                    .piece_bytes = (uint32_t[]){0, 70000, 3000, 150000}[way],
                                    .rejects = &rejects,
                                    .context = tally,
                                    .group = tally_group,
                                    .take = tally_take};
        assert_int_equal(scan_file(path, &scan, &report, &error), status);
        assert_string_equal(error.text, plain_error.text);
        if (status == STATUS_OK) {
            assert_int_equal(tally->count, plain.count);
            assert_true(tally->hash == plain.hash);
            assert_same_report(&report, &plain_report);
            assert_same_rejects(&rejects, &plain_rejects);
        }
        rejects_free(&rejects);
        free(tally);
    }
    rejects_free(&plain_rejects);
}

static void compare_text(const char *text, size_t length)
{
    char path[] = "/tmp/covtriage-scan-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, length), length);
    close(fd);
    compare(path);
    unlink(path);
}

/* ---- files ------------------------------------------------------------------------------ */

static const char *const odd_rows[] = {
    "2026-04-04T00:00:00+08:00,104.01,30.66,\"460-00-1-2\",1,-90.5,3,dt\n",
    "\"2026-04-04T00:00:00+08:00\",104.01,30.66,460-00-1-2,1,-90.5,3,\"d\"\"t\"\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,\"460\n00\",1,-90.5,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,\"a,\"\"b\"\"\r\n\n c\",1,-90.5,3,mr\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,46\"0,1,-90.5,3,dt\n",
    "\n",
    "\r\n",
    ",,,,,,,\n",
    " , \t,\n",
    "2026-04-04T00:00:00+08:00, 104.01 ,30.66,\t460-00-1-2 ,1,-90.5,3,dt\r\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-90.5\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-90.5,3,dt,extra\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-90.5,3,dt,,\n",
    "yesterday,104.01,30.66,460-00-1-2,1,-90.5,3,dt\n",
    "2026-04-31T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-90.5,3,dt\n",
    "2026-04-04T00:00:60+08:00,104.01,30.66,460-00-1-2,1,-90.5,3,dt\n",
    "2026-04-04 10:20,104.01,30.66,460-00-1-2,0,-90.5,3,mdt\n",
    "1775232000,104.01,30.66,460-00-1-2,0,-90.5,3,mdt\n",
    "1775232000123,104.01,30.66,460-00-1-2,0,-90.5,3,cqt\n",
    "2026-04-04T00:00:00+08:00,204.01,30.66,460-00-1-2,1,-90.5,3,dt\n",
    "2026-04-04T00:00:00+08:00,30.66,104.01,460-00-1-2,1,-90.5,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,,460-00-1-2,1,-90.5,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-140,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-1e2,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-90.123456789012345678,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,- 90,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-90,1000,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,1,-90,99,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,perhaps,-90,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,460-00-1-2,\xE6\x98\xAF,-90,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,4.60003E+14,1,-90,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,12345.0,1,-90,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,12345,,-90,,\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,NIL,1,-90,NIL,nil\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,\xE5\xB0\x8F\xE5\x8C\xBA,1,-90,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,b\xFF"
    "d,1,-90,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.01,30.66,a-very-long-cell-identity-of-30,1,-90,3,dt\n",
    "2026-04-04T00:00:00+08:00,+104.01,30.66,x,1,-90dBm,3,dt\r2026-04-04,104,30,y,1,-80,,\n",
    "2026-04-04T00:00:00+08:00,-0,-0.0,x,1,-00090.50,3,dt\n",
    "2026-04-04T00:00:00+08:00,104.,30.66,x,1,-90,3,dt\n",
    "2026-04-04T00:00:00+08:00,104\xC2\xB0,30.66,x,1,-90,3,dt\n",
};

static void row_plain(struct rng *rng, int i, const char *end, struct buffer *out)
{
    buffer_format(out, "2026-04-04T%02d:%02d:%02d+08:00,%.6f,%.6f,460-00-%d-%d,%s,%.1f,%s,%s%s",
                  i / 3600 % 24, i / 60 % 60, i % 60, 104 + rng_uniform(rng) * 0.1,
                  30 + rng_uniform(rng) * 0.1, (int)(rng_next(rng) % 90), i % 3 + 1,
                  (const char *[]){"1", "0", ""}[i % 3], -60 - 60 * rng_uniform(rng),
                  i % 5 ? "" : "12.5", (const char *[]){"dt", "mr", "mdt", "cqt"}[i % 4], end);
}

/* `odd` of 1000 rows are odd; sometimes a quote is left open for good. */
static struct buffer file_made(uint64_t seed, int rows, int odd, bool crlf, bool open)
{
    struct rng rng;
    struct buffer out = {0};
    rng_seed(&rng, seed);
    buffer_text(&out, seed % 2 ? "\xEF\xBB\xBF" : "");
    buffer_text(&out, seed % 3 ? "" : "Drive test of April\n");
    buffer_text(&out, "time,lon,lat,cell_id,serving,rsrp_dbm,sinr_db,source\n");
    for (int i = 0; i < rows; i++) {
        if ((int)(rng_next(&rng) % 1000) < odd)
            buffer_text(&out, odd_rows[rng_next(&rng) % ARRAY_COUNT(odd_rows)]);
        else
            row_plain(&rng, i, crlf ? "\r\n" : "\n", &out);
        if (open && rng_next(&rng) % 3000 == 0)
            buffer_text(&out, "2026-04-04,\"104.01,30.66,x,1,-90,3,dt\n");
    }
    row_plain(&rng, 1, "", &out); /* the last line may lack its newline */
    return out;
}

static void seeded_files_read_alike(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct buffer text = file_made(seed, 12000, (int[]){0, 20, 300, 1000}[seed % 4],
                                       seed % 5 == 1, seed % 6 == 5);
        compare_text(text.bytes, text.length);
        buffer_free(&text);
    }
}

static void newlines_within_quotes_over_many_pieces(void **state)
{
    (void)state;
    struct rng rng;
    struct buffer text = {0};
    rng_seed(&rng, 77);
    buffer_text(&text, "note,time,lon,lat,cell_id,rsrp_dbm\n");
    for (int i = 0; i < 6000; i++) {
        buffer_text(&text, "\"");
        for (uint64_t n = rng_next(&rng) % 150; n; n--)
            buffer_text(&text, "x,2026-04-04,104.5,30.5,inner,-77\n");
        buffer_format(&text, "\",2026-04-04,104.5,30.5,outer,-%d\n", i % 60 + 50);
    }
    compare_text(text.bytes, text.length);
    buffer_free(&text);
}

static void lines_without_end(void **state)
{
    (void)state;
    struct buffer text = {0};
    buffer_text(&text, "time,lon,lat,cell_id,rsrp_dbm,note\n2026-04-04,104.5,30.5,a,-77,");
    for (int i = 0; i < 600000; i++)
        buffer_text(&text, "0123456789");
    buffer_text(&text, "\n2026-04-04,104.5,30.5,b,-78,short\n2026-04-04,104.5,30.5,c,-79,");
    for (int i = 0; i < 90000; i++)
        buffer_text(&text, "0123456789");
    buffer_text(&text, "\n2026-04-04,104.5,30.5,d,-80,end\n");
    compare_text(text.bytes, text.length);
    buffer_free(&text);
}

static void small_and_broken_files(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "time,lon,lat\n1,2,3\n",
        "lon;lat;rsrp_dbm;cell_id\n104,5;30,5;-77;a\n104.5;30.5;-77,5;a\n",
        "sep=;\nlon;lat;rsrp_dbm;cell_id\n104.5;30.5;-77;a\n",
        "lon\tlat\tRxLev\tcell_id\t\n104.5\t30.5\t-77\ta\t\n104.5\t30.5\t-78\tb\n",
        "lon,lat,rsrp_dbm\r104.5,30.5,-77\r104.5,30.5,-78\r",
        "\"lon\n\",lat,rsrp_dbm\n104.5,30.5,-77\n",
        "lon,lat,rsrp_dbm",
        "lon,lat,rsrp_dbm\n\"",
        "lon,lat,rsrp_dbm\n104.5,30.5,-77\n104.5,30.5,\"-78",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        compare_text(texts[i], strlen(texts[i]));
    static const char nul[] = "lon,lat,rsrp_dbm,x\n104.5,30.5,-77,a\0b\n104.5,30.5,-77,b\n";
    compare_text(nul, sizeof nul - 1);
    static const char gb18030[] =
        "\xBE\xAD\xB6\xC8,\xCE\xB3\xB6\xC8,RSRP,\xD0\xA1\xC7\xF8\xC3\xFB\xB3\xC6\n"
        "104.5,30.5,-77,\xD0\xA1\xC7\xF8\n104.5,30.5,-78,a\n104.5,30.5,-79,\xD0\n";
    compare_text(gb18030, sizeof gb18030 - 1);
}

/* ---- parts ------------------------------------------------------------------------------ */

static void numbers_equal_strtod(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 3);
    for (int i = 0; i < 300000; i++) {
        char text[64] = {0};
        double value, scale = pow(10, (double)(rng_next(&rng) % 8));
        snprintf(text, sizeof text, "%.*f", (int)(rng_next(&rng) % 9),
                 (rng_uniform(&rng) - 0.5) * scale);
        if (!scan_number(text, strlen(text), &value))
            continue;
        double expected = strtod(text, NULL);
        assert_memory_equal(&value, &expected, sizeof value);
    }
    static const char *const others[] = {
        "-",   "",    ".",     "1.",        ".5",          "1e5", "1-2",
        "12 ", "0x1", "1.2.3", "123456789", "1.123456789", "--1", "+1"};
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        char text[64] = {0};
        double value;
        snprintf(text, sizeof text, "%s", others[i]);
        assert_false(strlen(text) && scan_number(text, strlen(text), &value));
    }
}

static void vector_and_portable_tokens_agree(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 5);
    enum { LENGTH = 10000, ROOM = LENGTH + SCAN_PADDING };
    char *text = base_alloc(ROOM, 1);
    struct scan_tokens a = {base_alloc(ROOM, 4), base_alloc(8, 8), 0};
    struct scan_tokens b = {base_alloc(ROOM, 4), base_alloc(8, 8), 0};
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < LENGTH; i++)
            text[i] = rng_next(&rng) % 4 ? (char)('0' + rng_next(&rng) % 10)
                                         : ",\n\r\"\0\xE5;x"[rng_next(&rng) % 8];
        size_t length = LENGTH - (size_t)(rng_next(&rng) % 200);
        scan_tokens_best()(text, length, ',', &a);
        scan_tokens_portable(text, length, ',', &b);
        assert_int_equal(a.count, b.count);
        assert_memory_equal(a.at, b.at, a.count * 4);
        assert_memory_equal(a.high, b.high, (length / 4096 + 1) * 8);
    }
    free(text), free(a.at), free(b.at), free(a.high), free(b.high);
}

int main(int argc, char **argv)
{
    if (argc > 1) { /* a file given by hand */
        compare(argv[1]);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeded_files_read_alike),
        cmocka_unit_test(newlines_within_quotes_over_many_pieces),
        cmocka_unit_test(lines_without_end),
        cmocka_unit_test(small_and_broken_files),
        cmocka_unit_test(numbers_equal_strtod),
        cmocka_unit_test(vector_and_portable_tokens_agree),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
