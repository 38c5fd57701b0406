#include "geo/gazetteer_parse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Characters the grammar needs, by name. */
enum {
    R_LANE = 0x5f04,   /* 弄 */
    R_NUMBER = 0x53f7, /* 号 */
    R_EAST = 0x4e1c,
    R_SOUTH = 0x5357,
    R_WEST = 0x897f,
    R_NORTH = 0x5317,
    R_METRE = 0x7c73,    /* 米 */
    R_PUBLIC = 0x516c,   /* 公, of 公里 */
    R_THOUSAND = 0x5343, /* 千, of 千米 */
    R_LI = 0x91cc,       /* 里 */
    R_ABOUT = 0x7ea6,    /* 约 */
    R_TO = 0x5f80,       /* 往 */
    R_TOWARDS = 0x5411,  /* 向 */
    R_FACING = 0x671d,   /* 朝 */
    R_BUILDING = 0x680b, /* 栋 */
    R_BLOCK = 0x5e62,    /* 幢 */
    R_UNIT = 0x5355,     /* 单 */
    R_ROOM = 0x5ba4,     /* 室 */
    R_TOWER = 0x697c,    /* 楼 */
    R_FLOOR = 0x5c42,    /* 层 */
    R_SEAT = 0x5ea7,     /* 座 */
    R_AT = 0x5728,       /* 在 */
};

static bool is_one_of(uint32_t rune, const uint32_t *set, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (set[i] == rune)
            return true;
    return false;
}

static bool is_numeral(uint32_t r)
{
    static const uint32_t units[] = {0x5341, 0x767e, 0x5343, 0x4e07};
    return (rune_digit_value(r) >= 0 && !rune_is_digit(r)) ||
           is_one_of(r, units, ARRAY_COUNT(units));
}

static void line_cut(struct line *line, size_t from, size_t to)
{
    memmove(line->rune + from, line->rune + to, (line->count - to) * sizeof *line->rune);
    memmove(line->gap + from, line->gap + to, (line->count - to) * sizeof *line->gap);
    line->count -= to - from;
}

/* What is peeled off goes to the note, in the order of peeling. */
static void note_runes(struct query *query, const uint32_t *runes, size_t count)
{
    size_t used = strlen(query->note);
    if (count == 0 || used + 8 > sizeof query->note)
        return;
    if (used) {
        query->note[used++] = ';';
        query->note[used++] = ' ';
    }
    runes_text(runes, count, query->note + used, sizeof query->note - used);
}

static void peel_tail(struct query *query, size_t from)
{
    note_runes(query, query->line.rune + from, query->line.count - from);
    query->line.count = from;
}

static void peel_part(struct query *query, size_t from, size_t to)
{
    note_runes(query, query->line.rune + from, to - from);
    line_cut(&query->line, from, to);
}

/* ---- house numbers ------------------------------------------------------------------ */

static bool house_kind(uint32_t rune)
{
    return rune == R_LANE || rune == R_NUMBER;
}

/* A building's number (2号楼), a metro line or a number that means none of a road. */
static bool not_a_house(const struct line *line, size_t kind_at)
{
    static const uint32_t after[] = {R_TOWER, 0x7ebf /* 线 */, 0x697c, 0x95e8 /* 门 */};
    return kind_at + 1 < line->count && line->rune[kind_at] == R_NUMBER &&
           is_one_of(line->rune[kind_at + 1], after, ARRAY_COUNT(after));
}

/* The last character of a road's name. */
static bool is_way(uint32_t rune)
{
    static const uint32_t ways[] = {0x8def /* 路 */, 0x8857 /* 街 */, 0x9053 /* 道 */,
                                    0x5df7 /* 巷 */, R_LANE};
    return is_one_of(rune, ways, ARRAY_COUNT(ways));
}

static uint32_t digits_value(const struct line *line, size_t from, size_t to)
{
    uint32_t n = 0;
    for (size_t i = from; i < to && line->rune[i] != '-'; i++)
        n = n < 100000 ? n * 10 + (line->rune[i] - '0') : n;
    return n;
}

static bool digits_at(const struct line *line, size_t i, struct house_number *house)
{
    size_t end = i;
    while (end < line->count && (rune_is_digit(line->rune[end]) || line->rune[end] == '-'))
        end++;
    bool kind = end < line->count && house_kind(line->rune[end]);
    bool last = end == line->count && end - i >= 2 && line->rune[i] != '0';
    if (end - i > 9 || (!kind && !last) || (kind && not_a_house(line, end)))
        return false;
    uint32_t n = digits_value(line, i, end);
    /* 19号2: the last digit changed places with the kind. */
    bool behind = kind && end + 2 == line->count && rune_is_digit(line->rune[end + 1]);
    if (behind)
        n = n * 10 + (line->rune[end + 1] - '0');
    *house = (struct house_number){n, i, end + kind + behind, kind ? line->rune[end] : 0};
    return n > 0;
}

/* 百二十八弄; and 三百零号七, where the last digit changed places with the kind. */
static bool numeral_at(const struct line *line, size_t i, struct house_number *house)
{
    uint32_t runes[16];
    size_t n = 0;
    while (i + n < line->count && n < 14 && is_numeral(line->rune[i + n])) {
        runes[n] = line->rune[i + n];
        n++;
    }
    bool last = i + n == line->count && n >= 2 && i > 0 && is_way(line->rune[i - 1]);
    if (last) {
        *house = (struct house_number){runes_numeral(runes, n), i, i + n, 0};
        return house->number > 0;
    }
    if (n == 0 || i + n >= line->count || !house_kind(line->rune[i + n]) ||
        not_a_house(line, i + n))
        return false;
    uint32_t value = runes_numeral(runes, n);
    size_t end = i + n + 1;
    if (value == 0 && end < line->count && is_numeral(line->rune[end])) {
        runes[n] = line->rune[end++];
        value = runes_numeral(runes, n + 1);
    }
    *house = (struct house_number){value, i, end, line->rune[i + n]};
    return value > 0;
}

bool house_number_find(const struct line *line, size_t from, struct house_number *house)
{
    *house = (struct house_number){0};
    for (size_t i = from; i < line->count; i++) {
        uint32_t r = line->rune[i];
        if (rune_is_digit(r) && (i == 0 || !rune_is_digit(line->rune[i - 1]))) {
            if (digits_at(line, i, house))
                return true;
        } else if (is_numeral(r) && (i == 0 || !is_numeral(line->rune[i - 1]))) {
            if (numeral_at(line, i, house))
                return true;
        }
    }
    *house = (struct house_number){0};
    return false;
}

/* ---- rooms -------------------------------------------------------------------------- */

static bool room_suffix(const struct line *line, size_t at)
{
    static const uint32_t suffixes[] = {R_BUILDING, R_BLOCK, R_ROOM, R_FLOOR,
                                        R_SEAT,     R_TOWER, 0x6237 /* 户 */};
    if (at >= line->count)
        return false;
    uint32_t r = line->rune[at];
    if (r == R_UNIT || r == R_NUMBER)
        return at + 1 < line->count &&
               (line->rune[at + 1] == 0x5143 /* 元 */ || line->rune[at + 1] == R_TOWER);
    return is_one_of(r, suffixes, ARRAY_COUNT(suffixes));
}

/* 16栋, 2号楼, 三单元, 1004室; digits only before 楼 and 层. */
size_t room_find(const struct line *line)
{
    for (size_t i = 2; i < line->count; i++) {
        size_t end = i;
        while (end < line->count && (rune_is_digit(line->rune[end]) || line->rune[end] == '-'))
            end++;
        if (end > i && room_suffix(line, end))
            return i;
        bool letter = line->rune[i] >= 'a' && line->rune[i] <= 'z';
        if (letter && i + 1 < line->count && line->rune[i + 1] == R_SEAT)
            return i;
        while (end < line->count && is_numeral(line->rune[end]))
            end++;
        bool strict =
            end < line->count && (line->rune[end] == R_BUILDING || line->rune[end] == R_BLOCK ||
                                  (line->rune[end] == R_UNIT && room_suffix(line, end)));
        if (end > i && strict)
            return i;
    }
    return line->count;
}

/* ---- complaint words ---------------------------------------------------------------- */

enum { TAIL_RUNES = 64 };

struct tail {
    float cost[TAIL_RUNES + 1];
    bool core[TAIL_RUNES + 1], opens[TAIL_RUNES + 1], near[TAIL_RUNES + 1];
};

/* A stray character costs 1, one that complaints are full of less, a known word nothing. */
static double stray_cost(uint32_t rune)
{
    static const uint32_t usual[] = {0x4fe1, 0x53f7, 0x7f51, 0x8bdd, 0x65e0, 0x6ca1, 0x5dee,
                                     0x5f31, 0x6162, 0x5f88, 0x901a, 0x5185, 0x4e0d};
    return is_one_of(rune, usual, ARRAY_COUNT(usual)) || rune_is_digit(rune) ? 0.45 : 1;
}

/* From the end backwards: the cheapest way to read everything behind i as complaint words. */
static void tail_read(const struct vocabulary *vocabulary, const struct line *line, size_t base,
                      struct tail *tail)
{
    size_t n = line->count - base;
    tail->cost[n] = 0;
    tail->core[n] = tail->opens[n] = tail->near[n] = false;
    for (size_t i = n; i-- > 0;) {
        const uint32_t *at = line->rune + base + i;
        const struct word *w = vocabulary_han(vocabulary, at, n - i);
        double stray = tail->cost[i + 1] + stray_cost(*at);
        double price = w && w->length == 1 ? 0.3 : 0;
        if (w && tail->cost[i + w->length] + price <= stray) {
            size_t next = i + w->length;
            tail->cost[i] = (float)(tail->cost[next] + price);
            tail->core[i] = tail->core[next] || (w->flags & WORD_CORE);
            tail->near[i] = tail->near[next] || (w->flags & WORD_NEAR);
            tail->opens[i] = w->length > 1;
            continue;
        }
        tail->cost[i] = (float)stray;
        tail->core[i] = tail->core[i + 1];
        tail->near[i] = tail->near[i + 1];
        tail->opens[i] = false;
    }
}

static bool only_where(const struct vocabulary *vocabulary, const struct line *line, size_t at)
{
    while (at < line->count) {
        const struct word *w = vocabulary_han(vocabulary, line->rune + at, line->count - at);
        if (!w || !(w->flags & (WORD_WHERE | WORD_NEAR)))
            return false;
        at += w->length;
    }
    return true;
}

/* The longest tail that reads as complaint words: all words, or mostly with a core one. */
static void peel_complaint(const struct vocabulary *vocabulary, struct query *query)
{
    const struct line *line = &query->line;
    struct tail tail;
    size_t base = line->count > TAIL_RUNES ? line->count - TAIL_RUNES : 0;
    tail_read(vocabulary, line, base, &tail);
    size_t n = line->count - base;
    for (size_t i = base ? 0 : BASE_MIN(n, (size_t)1); i < n; i++) {
        if (!tail.opens[i])
            continue;
        bool mostly = tail.core[i] && tail.cost[i] <= 0.7 + 0.12 * (double)(n - i);
        if (!mostly && !only_where(vocabulary, line, base + i))
            continue;
        query->near = query->near || tail.near[i];
        peel_tail(query, base + i);
        return;
    }
}

/* "用户反映最近几个月在...": up to 在, or while words go on. */
static void peel_report(const struct vocabulary *vocabulary, struct query *query)
{
    const struct line *line = &query->line;
    const struct word *w = vocabulary_han(vocabulary, line->rune, line->count);
    if (!w || !(w->flags & WORD_REPORT))
        return;
    size_t at = 0;
    while (w) {
        at += w->length;
        if (w->length == 1 && line->rune[at - 1] == R_AT)
            break;
        w = at < line->count ? vocabulary_han(vocabulary, line->rune + at, line->count - at)
                             : NULL;
    }
    if (at < line->count)
        peel_part(query, 0, at);
}

/* ---- relative phrases --------------------------------------------------------------- */

/* East and north of a direction's characters: 东南 is (1, -1). false: not a direction. */
static bool direction_add(uint32_t rune, double *east, double *north)
{
    *east += rune == R_EAST ? 1 : rune == R_WEST ? -1 : 0;
    *north += rune == R_NORTH ? 1 : rune == R_SOUTH ? -1 : 0;
    return rune == R_EAST || rune == R_WEST || rune == R_NORTH || rune == R_SOUTH;
}

/* The metres that stand at rune i ("500米", "2公里", "1.5km" without its point). 0: none. */
static double metres_at(const struct line *line, size_t i, size_t *end)
{
    size_t at = i;
    while (at < line->count && rune_is_digit(line->rune[at]))
        at++;
    if (at == i || at - i > 5 || at >= line->count)
        return 0;
    double value = digits_value(line, i, at);
    uint32_t r = line->rune[at], next = at + 1 < line->count ? line->rune[at + 1] : 0;
    if (r == R_METRE || (r == 'm' && (next < 'a' || next > 'z'))) {
        *end = at + 1;
        return value;
    }
    bool kilometre = (r == R_PUBLIC && next == R_LI) || (r == R_THOUSAND && next == R_METRE) ||
                     (r == 'k' && next == 'm');
    *end = at + 2;
    return kilometre && value <= 99 ? value * 1000 : 0;
}

/* Where the phrase around the distance at rune i begins; its direction into *bearing_deg. */
static size_t phrase_start(const struct vocabulary *vocabulary, const struct line *line,
                           size_t i, double *bearing_deg)
{
    static const uint32_t about[] = {R_ABOUT, 0x5927, 0x6982, 0x8fd1}; /* 约 大 概 近 */
    static const uint32_t side[] = {0x65b9, 0x5411, 0x9762, 0x4fa7, 0x8fb9, 0x8d70};
    static const uint32_t towards[] = {R_TO, R_TOWARDS, R_FACING, 0x4ee5 /* 以 */};
    while (i > 0 && is_one_of(line->rune[i - 1], about, ARRAY_COUNT(about)))
        i--;
    size_t plain = i;
    while (i > 0 && is_one_of(line->rune[i - 1], side, ARRAY_COUNT(side)))
        i--;
    double east = 0, north = 0;
    size_t letters = 0;
    while (i > 0 && letters < 2 && direction_add(line->rune[i - 1], &east, &north)) {
        i--;
        letters++;
    }
    if (letters)
        *bearing_deg = fmod(atan2(east, north) * 180 / M_PI + 360, 360);
    else
        i = plain;
    if (i > 0 && is_one_of(line->rune[i - 1], towards, ARRAY_COUNT(towards)))
        return i - 1;
    if (!letters && i > 1 && is_one_of(line->rune[i - 2], towards, ARRAY_COUNT(towards)))
        return i - 2; /* a direction that cannot be read */
    for (size_t back = 2; back <= 4 && back <= i; back++) {
        const struct word *w = vocabulary_han(vocabulary, line->rune + i - back, back);
        if (w && w->length == back && (w->flags & WORD_NEAR))
            return i - back;
    }
    return i;
}

static void peel_relative(const struct vocabulary *vocabulary, struct query *query)
{
    for (size_t i = 1; i < query->line.count; i++) {
        size_t end = 0;
        if (!rune_is_digit(query->line.rune[i]) || rune_is_digit(query->line.rune[i - 1]))
            continue;
        double metres = metres_at(&query->line, i, &end);
        if (metres <= 0)
            continue;
        double bearing_deg = NAN;
        size_t start = phrase_start(vocabulary, &query->line, i, &bearing_deg);
        if (start == 0)
            continue;
        query->away_m = metres;
        query->bearing_deg = bearing_deg;
        peel_tail(query, start);
        return;
    }
}

/* ---- Latin -------------------------------------------------------------------------- */

static size_t word_end(const struct line *line, size_t at)
{
    while (at < line->count && line->rune[at] != ' ')
        at++;
    return at;
}

static void expand_words(const struct vocabulary *vocabulary, struct line *line)
{
    for (size_t at = 0; at < line->count; at = word_end(line, at) + 1) {
        size_t end = word_end(line, at);
        const struct word *full = vocabulary_expand(vocabulary, line->rune + at, end - at);
        if (!full || line->count - (end - at) + full->length > LINE_RUNES)
            continue;
        memmove(line->rune + at + full->length, line->rune + end,
                (line->count - end) * sizeof *line->rune);
        memcpy(line->rune + at, full->rune, full->length * sizeof *line->rune);
        line->count += full->length;
        line->count -= end - at;
    }
}

/* Complaint words at the end; a core word must be among them. */
static void peel_latin(const struct vocabulary *vocabulary, struct query *query)
{
    const struct line *line = &query->line;
    size_t start = line->count, keep = start;
    bool core = false;
    while (start > 0) {
        size_t at = start;
        while (at > 0 && line->rune[at - 1] != ' ')
            at--;
        const struct word *w = vocabulary_latin(vocabulary, line->rune + at, start - at);
        if (!w || (w->flags & (WORD_TYPE | WORD_REPORT)))
            break;
        core = core || (w->flags & WORD_CORE);
        query->near = query->near || (core && (w->flags & WORD_NEAR));
        keep = at;
        start = at ? at - 1 : 0;
    }
    if (core && keep > 0)
        peel_tail(query, keep);
    while (query->line.count && query->line.rune[query->line.count - 1] == ' ')
        query->line.count--;
}

static bool runes_equal(const uint32_t *runes, size_t count, const char *ascii)
{
    if (strlen(ascii) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (runes[i] != (uint32_t)ascii[i])
            return false;
    return true;
}

/* "500 m east of X", "2 km from X": the place is what follows. */
static void peel_latin_relative(struct query *query)
{
    struct line *line = &query->line;
    size_t end = 0, at = 0;
    while (at < line->count && rune_is_digit(line->rune[at]))
        at++;
    if (at == 0 || at > 5)
        return;
    double value = digits_value(line, 0, at);
    at += at < line->count && line->rune[at] == ' ';
    end = word_end(line, at);
    bool metres = runes_equal(line->rune + at, end - at, "m") ||
                  runes_equal(line->rune + at, end - at, "metres") ||
                  runes_equal(line->rune + at, end - at, "meters");
    bool kilometres = runes_equal(line->rune + at, end - at, "km");
    static const char *const directions[] = {"north", "northeast", "east", "southeast",
                                             "south", "southwest", "west", "northwest"};
    double bearing_deg = NAN;
    at = end + 1;
    end = word_end(line, at);
    for (size_t i = 0; at < line->count && i < ARRAY_COUNT(directions); i++)
        if (runes_equal(line->rune + at, end - at, directions[i])) {
            bearing_deg = 45.0 * (double)i;
            at = end + 1;
            end = word_end(line, at);
            break;
        }
    bool of = at < line->count && (runes_equal(line->rune + at, end - at, "of") ||
                                   runes_equal(line->rune + at, end - at, "from"));
    if ((!metres && !kilometres) || !of || end + 1 >= line->count)
        return;
    query->away_m = kilometres ? value * 1000 : value;
    query->bearing_deg = bearing_deg;
    peel_part(query, 0, end + 1);
}

static void peel_near(struct query *query)
{
    struct line *line = &query->line;
    size_t end = word_end(line, 0);
    if (end + 1 < line->count && runes_equal(line->rune, end, "near")) {
        query->near = true;
        peel_part(query, 0, end + 1);
    }
}

/* "399 Hennessy Road" or "Hennessy Road 399": the number goes behind the line. */
static void latin_house(struct query *query)
{
    struct line *line = &query->line;
    size_t digits = 0;
    while (digits < line->count && rune_is_digit(line->rune[digits]))
        digits++;
    if (digits && digits <= 5 && digits < line->count && line->rune[digits] == ' ') {
        query->house.number = digits_value(line, 0, digits);
        line_cut(line, 0, digits + 1);
        query->house.at = query->house.end = line->count;
    }
}

/* 莲花五路百二十八弄 was 莲花路五百二十八弄: a numeral that begins with a bare hundred or
 * thousand lost its first digit to the other side of the road's last character. */
static void undo_swapped_numeral(struct line *line)
{
    for (size_t i = 2; i + 1 < line->count; i++) {
        uint32_t r = line->rune[i];
        bool bare = (r == 0x767e || r == R_THOUSAND) && !is_numeral(line->rune[i - 1]);
        if (bare && is_way(line->rune[i - 1]) && is_numeral(line->rune[i - 2]) &&
            is_numeral(line->rune[i + 1])) {
            uint32_t way = line->rune[i - 1];
            line->rune[i - 1] = line->rune[i - 2];
            line->rune[i - 2] = way;
        }
    }
}

/* ---- the whole ---------------------------------------------------------------------- */

static void parse_han(const struct vocabulary *vocabulary, struct query *query)
{
    peel_report(vocabulary, query);
    peel_relative(vocabulary, query);
    size_t room = room_find(&query->line);
    if (room < query->line.count)
        peel_tail(query, room);
    peel_complaint(vocabulary, query);
    undo_swapped_numeral(&query->line);
    if (house_number_find(&query->line, 1, &query->house)) {
        size_t end = query->house.end;
        if (end < query->line.count)
            note_runes(query, query->line.rune + end, query->line.count - end);
        query->line.count = query->house.at;
    }
}

void query_parse(const struct vocabulary *vocabulary, const struct line *line,
                 struct query *query)
{
    query->line = *line;
    query->house = (struct house_number){0};
    query->away_m = 0;
    query->bearing_deg = NAN;
    query->near = false;
    query->note[0] = '\0';
    if (line->han) {
        parse_han(vocabulary, query);
    } else {
        expand_words(vocabulary, &query->line);
        peel_latin(vocabulary, query);
        peel_latin_relative(query);
        peel_near(query);
        latin_house(query);
    }
    if (query->line.count > QUERY_RUNES)
        peel_tail(query, QUERY_RUNES);
}
