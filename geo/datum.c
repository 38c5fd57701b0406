#include "geo/datum.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The Krasovsky 1940 ellipsoid that the shift is computed on. */
#define KRASOVSKY_A_M   6378245.0
#define KRASOVSKY_E2    0.00669342162296594323
#define BALLPARK_M      150.0 /* Beijing54 and Xi'an80 against WGS-84: 60-130 m; rounded up */
#define SAME_FRAME_M    1.0   /* CGCS2000, ITRF97 at 2000.0: plate motion since is under 1 m */
#define SHIFT_FORMULA_M 1.0   /* the formula against gcoord's fixture: at most 0.73 m */

static const double degree = M_PI / 180.0;

const char *datum_name(enum datum_kind kind)
{
    static const char *const names[DATUM_KIND_COUNT] = {"", "WGS84", "GCJ02", "BD09", "EPSG"};
    return names[kind];
}

/* Letters and digits, lower case; other ASCII dropped, the rest of UTF-8 kept. */
static void squeeze(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (const char *p = text; *p && n + 1 < size; p++)
        if (isalnum((unsigned char)*p) || (unsigned char)*p >= 0x80)
            out[n++] = (char)tolower((unsigned char)*p);
    out[n] = '\0';
}

enum datum_kind datum_parse(const char *text)
{
    static const struct {
        const char *word;
        enum datum_kind kind;
    } words[] = {
        {"wgs84", DATUM_WGS84},    {"wgs", DATUM_WGS84},     {"gps", DATUM_WGS84},
        {"epsg4326", DATUM_WGS84}, {"4326", DATUM_WGS84},    {"大地坐标", DATUM_WGS84},
        {"gcj02", DATUM_GCJ02},    {"gcj", DATUM_GCJ02},     {"火星", DATUM_GCJ02},
        {"火星坐标", DATUM_GCJ02}, {"高德", DATUM_GCJ02},    {"腾讯", DATUM_GCJ02},
        {"amap", DATUM_GCJ02},     {"bd09", DATUM_BD09},     {"bd09ll", DATUM_BD09},
        {"百度", DATUM_BD09},      {"百度坐标", DATUM_BD09}, {"baidu", DATUM_BD09},
    };
    char squeezed[32];
    squeeze(text ? text : "", squeezed, sizeof squeezed);
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (strcmp(squeezed, words[i].word) == 0)
            return words[i].kind;
    return strncmp(squeezed, "epsg", 4) == 0 && isdigit((unsigned char)squeezed[4])
               ? DATUM_CRS
               : DATUM_UNKNOWN;
}

/* ---- China's outline ---------------------------------------------------------------- */

/* Clockwise from the Amur; along the coast generously out at sea. Our drawing. */
static const struct point outline[] = {
    {120.9, 53.35},  {122.3, 53.60},  {123.6, 53.62},  {125.0, 53.25},  {125.75, 52.92},
    {126.6, 52.15},  {126.95, 51.35}, {127.35, 50.75}, {127.60, 50.20}, {127.55, 49.82},
    {128.8, 49.60},  {129.6, 49.45},  {130.3, 48.92},  {130.75, 48.90}, {130.85, 48.30},
    {131.0, 47.75},  {132.5, 47.78},  {133.1, 48.15},  {134.4, 48.45},  {134.85, 48.40},
    {134.80, 47.75}, {134.2, 47.30},  {133.95, 46.30}, {133.50, 45.60}, {133.15, 45.08},
    {131.95, 45.35}, {131.45, 44.98}, {131.10, 44.75}, {131.32, 44.05}, {131.30, 43.45},
    {131.15, 42.90}, {130.70, 42.40}, {130.55, 42.40}, {130.25, 42.85}, {129.95, 42.98},
    {129.75, 42.43}, {129.35, 42.38}, {128.95, 42.02}, {128.10, 41.98}, {128.35, 41.36},
    {128.05, 41.36}, {127.30, 41.40}, {126.90, 41.70}, {126.55, 41.33}, {126.05, 40.88},
    {125.00, 40.45}, {124.40, 40.05}, {124.25, 39.70}, {123.50, 39.10}, {123.30, 37.70},
    {122.90, 36.40}, {121.20, 34.80}, {122.70, 31.60}, {123.30, 30.70}, {122.70, 29.00},
    {122.20, 27.40}, {122.40, 25.70}, {122.10, 24.60}, {121.70, 22.20}, {120.90, 21.70},
    {118.00, 22.30}, {116.60, 22.40}, {114.60, 21.80}, {112.50, 21.30}, {111.30, 20.30},
    {111.30, 19.40}, {110.70, 18.20}, {109.50, 17.90}, {108.40, 18.40}, {108.40, 19.40},
    {108.90, 20.40}, {108.10, 21.40}, {107.95, 21.53}, {107.35, 21.60}, {106.70, 21.95},
    {106.70, 22.30}, {106.55, 22.85}, {105.90, 22.92}, {105.35, 23.32}, {104.80, 22.85},
    {104.35, 22.68}, {103.98, 22.50}, {103.60, 22.75}, {103.10, 22.45}, {102.50, 22.72},
    {102.15, 22.40}, {101.70, 22.45}, {101.60, 22.20}, {101.75, 21.60}, {101.85, 21.15},
    {101.10, 21.55}, {100.25, 21.45}, {99.95, 22.05},  {99.20, 22.10},  {99.50, 22.90},
    {98.78, 23.30},  {98.62, 24.10},  {97.90, 23.85},  {97.50, 23.93},  {97.60, 24.50},
    {98.15, 25.45},  {98.70, 25.90},  {98.70, 27.50},  {98.30, 27.55},  {97.75, 28.35},
    {97.30, 28.25},  {96.60, 28.80},  {96.20, 29.00},  {95.30, 29.05},  {94.60, 29.25},
    {93.40, 28.60},  {92.60, 27.90},  {91.60, 27.80},  {91.00, 28.05},  {89.80, 28.20},
    {89.10, 27.35},  {88.85, 27.35},  {88.80, 27.95},  {88.10, 27.88},  {86.90, 27.95},
    {86.05, 27.92},  {85.25, 28.28},  {84.20, 28.85},  {83.30, 29.45},  {82.00, 30.20},
    {81.20, 30.02},  {80.20, 30.55},  {78.95, 31.20},  {78.65, 31.80},  {78.40, 32.55},
    {79.20, 32.60},  {79.10, 33.20},  {78.75, 33.65},  {78.90, 34.30},  {78.15, 34.70},
    {77.90, 35.45},  {76.80, 35.65},  {76.00, 36.00},  {75.90, 36.65},  {75.05, 37.00},
    {74.55, 37.20},  {74.85, 38.45},  {73.85, 38.55},  {73.50, 39.40},  {73.90, 39.80},
    {74.00, 40.10},  {74.85, 40.35},  {75.60, 40.65},  {76.40, 40.40},  {76.95, 41.00},
    {78.30, 41.40},  {80.20, 42.05},  {80.30, 42.85},  {80.75, 43.20},  {80.35, 44.10},
    {80.40, 44.70},  {79.90, 44.95},  {82.50, 45.15},  {82.30, 45.55},  {83.00, 47.22},
    {85.00, 47.05},  {85.52, 47.20},  {85.55, 48.15},  {85.80, 48.45},  {86.80, 48.85},
    {87.00, 49.15},  {87.85, 49.20},  {88.10, 48.70},  {90.05, 47.90},  {91.00, 46.80},
    {90.95, 45.25},  {93.50, 44.97},  {95.40, 44.30},  {95.40, 43.95},  {96.40, 42.75},
    {99.50, 42.60},  {101.80, 42.55}, {104.50, 41.90}, {105.00, 41.62}, {107.50, 42.48},
    {109.50, 42.48}, {110.50, 42.85}, {112.00, 43.75}, {111.55, 44.30}, {112.00, 45.10},
    {113.70, 44.80}, {114.50, 45.40}, {116.20, 45.75}, {116.30, 46.40}, {117.40, 46.60},
    {118.30, 46.78}, {119.80, 46.65}, {119.90, 46.90}, {118.50, 48.00}, {117.80, 48.02},
    {116.20, 47.85}, {115.55, 47.90}, {115.80, 48.50}, {116.70, 49.88}, {117.90, 49.58},
    {119.30, 50.10}, {119.30, 50.40}, {120.10, 51.70}, {120.75, 52.10}, {120.65, 52.55},
    {120.00, 52.80},
};

/* The Paracel islands, where the maps shift as well. */
static bool in_paracels(struct point p)
{
    return p.lon > 111.0 && p.lon < 113.2 && p.lat > 15.6 && p.lat < 17.4;
}

bool datum_in_china(struct point p)
{
    if (in_paracels(p))
        return true;
    if (!(p.lon > 73.4 && p.lon < 135.1 && p.lat > 17.8 && p.lat < 53.7))
        return false;
    bool inside = false;
    for (size_t i = 0, j = ARRAY_COUNT(outline) - 1; i < ARRAY_COUNT(outline); j = i++) {
        struct point a = outline[i], b = outline[j];
        if ((a.lat > p.lat) != (b.lat > p.lat) &&
            p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon)
            inside = !inside;
    }
    return inside;
}

/* ---- the shifts --------------------------------------------------------------------- */

static double wave(double x)
{
    return (20 * sin(6 * M_PI * x) + 20 * sin(2 * M_PI * x)) * 2 / 3;
}

struct point datum_gcj02_formula(struct point p)
{
    double x = p.lon - 105, y = p.lat - 35;
    double north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x)) +
                   wave(x) + (20 * sin(M_PI * y) + 40 * sin(M_PI * y / 3)) * 2 / 3 +
                   (160 * sin(M_PI * y / 12) + 320 * sin(M_PI * y / 30)) * 2 / 3;
    double east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x)) + wave(x) +
                  (20 * sin(M_PI * x) + 40 * sin(M_PI * x / 3)) * 2 / 3 +
                  (150 * sin(M_PI * x / 12) + 300 * sin(M_PI * x / 30)) * 2 / 3;
    double s = sin(p.lat * degree), magic = 1 - KRASOVSKY_E2 * s * s, root = sqrt(magic);
    double meridian_m = KRASOVSKY_A_M * (1 - KRASOVSKY_E2) / (magic * root);
    double parallel_m = KRASOVSKY_A_M / root * cos(p.lat * degree);
    return (struct point){p.lon + east / (parallel_m * degree),
                          p.lat + north / (meridian_m * degree)};
}

struct point datum_bd09_formula(struct point p)
{
    const double turn = M_PI * 3000.0 / 180.0;
    double z = hypot(p.lon, p.lat) + 0.00002 * sin(p.lat * turn);
    double theta = atan2(p.lat, p.lon) + 0.000003 * cos(p.lon * turn);
    return (struct point){z * cos(theta) + 0.0065, z * sin(theta) + 0.006};
}

/* Both shifts are the identity plus a slow wave, so the fixed point converges quickly. */
static struct point invert(struct point (*forward)(struct point), struct point target)
{
    struct point p = target;
    for (int i = 0; i < 40; i++) {
        struct point image = forward(p);
        double east = target.lon - image.lon, north = target.lat - image.lat;
        p = (struct point){p.lon + east, p.lat + north};
        if (fabs(east) < 1e-13 && fabs(north) < 1e-13)
            break;
    }
    return p;
}

struct point datum_from_wgs84(enum datum_kind kind, struct point p)
{
    if ((kind != DATUM_GCJ02 && kind != DATUM_BD09) || !datum_in_china(p))
        return p;
    struct point shifted = datum_gcj02_formula(p);
    return kind == DATUM_BD09 ? datum_bd09_formula(shifted) : shifted;
}

struct point datum_to_wgs84(enum datum_kind kind, struct point p)
{
    if ((kind != DATUM_GCJ02 && kind != DATUM_BD09) || !point_valid(p))
        return p;
    struct point shifted = kind == DATUM_BD09 ? invert(datum_bd09_formula, p) : p;
    struct point result = invert(datum_gcj02_formula, shifted);
    return datum_in_china(result) ? result : p;
}

/* ---- reading a declared system ------------------------------------------------------ */

struct datum_reader {
    enum datum_kind kind;
    struct crs *crs;
    bool judged; /* accuracy_m and warning are of the first coordinates read */
    double accuracy_m;
    char warning[256];
};

static void judge_crs(struct datum_reader *reader, struct xy at)
{
    reader->judged = true;
    bool ballpark = false;
    double accuracy_m = crs_accuracy_m(reader->crs, at, &ballpark);
    reader->accuracy_m = ballpark ? BALLPARK_M : isnan(accuracy_m) ? SAME_FRAME_M : accuracy_m;
    if (ballpark && crs_is_cgcs2000(reader->crs)) {
        reader->accuracy_m = SAME_FRAME_M;
        return;
    }
    if (ballpark)
        snprintf(reader->warning, sizeof reader->warning,
                 "PROJ has no parameters from %s to WGS-84 and leaves the coordinates "
                 "unchanged; positions may be off by %.0f m. Give a PROJ string with +towgs84",
                 crs_name(reader->crs), BALLPARK_M);
}

enum status datum_reader_open(const char *name, struct datum_reader **out, struct error *error)
{
    struct datum_reader *reader = base_alloc(1, sizeof *reader);
    reader->kind = text_empty(name) ? DATUM_WGS84 : datum_parse(name);
    if (reader->kind == DATUM_UNKNOWN)
        reader->kind = DATUM_CRS;
    if (reader->kind == DATUM_CRS) {
        enum status status = crs_open(name, &reader->crs, error);
        if (status != STATUS_OK) {
            free(reader);
            return status;
        }
    } else if (reader->kind != DATUM_WGS84) {
        reader->accuracy_m = SHIFT_FORMULA_M;
    }
    *out = reader;
    return STATUS_OK;
}

void datum_reader_close(struct datum_reader *reader)
{
    if (!reader)
        return;
    crs_close(reader->crs);
    free(reader);
}

struct datum_reader *datum_readers_find(struct datum_readers *readers, const char *name)
{
    struct error ignored = {0};
    struct datum_reader *reader = NULL;
    for (size_t i = 0; i < readers->count; i++)
        if (strcmp(readers->items[i].name, name) == 0)
            return readers->items[i].reader;
    if (readers->count == DATUM_READERS_MAX)
        return NULL;
    if (datum_reader_open(name, &reader, &ignored) != STATUS_OK)
        reader = NULL;
    size_t size = strlen(name) + 1;
    readers->items[readers->count].name = memcpy(base_alloc(size, 1), name, size);
    readers->items[readers->count++].reader = reader;
    return reader;
}

void datum_readers_close(struct datum_readers *readers)
{
    for (size_t i = 0; i < readers->count; i++) {
        datum_reader_close(readers->items[i].reader);
        free(readers->items[i].name);
    }
    readers->count = 0;
}

struct point datum_read(struct datum_reader *reader, double first, double second)
{
    if (reader->crs) {
        struct xy at = {first, second};
        struct point p = crs_inverse(reader->crs, at);
        if (!reader->judged && point_valid(p))
            judge_crs(reader, at);
        return p;
    }
    return datum_to_wgs84(reader->kind, (struct point){first, second});
}

double datum_reader_accuracy_m(const struct datum_reader *reader)
{
    return reader->accuracy_m;
}

const char *datum_reader_warning(const struct datum_reader *reader)
{
    return reader->warning;
}
