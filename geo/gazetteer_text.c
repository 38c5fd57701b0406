#include "geo/gazetteer_text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* ---- the tables --------------------------------------------------------------------- */

/* Made with the program by geo/han/make_tables.c. */
__asm__(".section .rodata\n"
        ".balign 8\n"
        ".global gazetteer_han_tables\n"
        "gazetteer_han_tables:\n"
        ".incbin \"" HAN_TABLES "\"\n"
        ".previous\n");
extern const struct han_tables gazetteer_han_tables;

/* Characters that pens, eyes and OCR take for each other; each group is one string. */
static const char *const shape_groups[] = {
    "海每",   "浦埔蒲",   "己已巳", "末未", "土士",   "日曰",   "人入八", "天夫", "干千于",
    "大太犬", "田由甲申", "木本",   "午牛", "王玉主", "白自",   "贝见",   "东车", "历厉",
    "折拆",   "治冶",     "侯候",   "候喉", "辛幸",   "今令",   "刀力",   "几九", "万方",
    "乌鸟",   "戊戍戌",   "仓仑",   "风凤", "兰三",   "拔拨",   "晴睛",   "洒酒", "洼哇",
    "徐除",   "阳阴",     "杨扬汤", "泊汨", "汩汨",   "沪泸庐", "淮准",   "徽微", "暖暧",
    "蓝篮",   "候侯",     "墙樯",   "楼搂", "镇填",   "景影",   "庄压",   "坝贝", "坦但",
    "塘糖",   "堤提",     "冈岗",   "竞竟", "茶荼",   "薄簿",   "昌冒",   "宜宣", "乐东",
    "永水",   "石右",     "古占",   "闵闽", "闸间",   "问间",   "临监",   "密蜜", "崇祟",
    "秦泰",   "奉春",     "桂挂",   "栋拣", "祥详",   "祁祈",   "福幅",   "裕浴", "名各",
    "吉古",   "新折",     "亭享",   "高商", "京亨",   "华毕",   "龙尤",   "尧饶", "岳兵",
};

/* Groups that share a character become one class. */
static void load_shapes(uint8_t *shape)
{
    for (size_t g = 0; g < ARRAY_COUNT(shape_groups); g++) {
        uint8_t class = (uint8_t)(g + 1);
        for (int pass = 0; pass < 2; pass++) {
            const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)shape_groups[g];
            for (utf8proc_int32_t r; *p; p += utf8proc_iterate(p, -1, &r)) {
                utf8proc_iterate(p, -1, &r);
                if (pass == 0 && shape[r - HAN_FIRST])
                    class = shape[r - HAN_FIRST];
                else if (pass == 1)
                    shape[r - HAN_FIRST] = class;
            }
        }
    }
}

struct folding *folding_new(void)
{
    struct folding *folding = base_alloc(1, sizeof *folding);
    folding->han = &gazetteer_han_tables;
    load_shapes(folding->shape);
    for (uint32_t r = HAN_FIRST; r <= HAN_LAST; r++)
        folding->digit[r - HAN_FIRST] = (int8_t)(rune_digit_value(r) + 1);
    return folding;
}

void folding_free(struct folding *folding)
{
    free(folding);
}

/* ---- runes -------------------------------------------------------------------------- */

bool rune_is_han(uint32_t r)
{
    return (r >= HAN_FIRST && r <= HAN_LAST) || (r >= 0x3400 && r < 0x4dc0) || r == 0x3007 ||
           (r >= 0x20000 && r < 0x33480);
}

bool rune_is_digit(uint32_t r)
{
    return r >= '0' && r <= '9';
}

int rune_digit_value(uint32_t r)
{
    static const struct {
        uint32_t rune;
        int value;
    } numerals[] = {
        {0x3007, 0}, {0x96f6, 0}, {0x4e00, 1}, {0x4e8c, 2}, {0x4e24, 2}, {0x4e09, 3},
        {0x56db, 4}, {0x4e94, 5}, {0x516d, 6}, {0x4e03, 7}, {0x516b, 8}, {0x4e5d, 9},
        {0x58f9, 1}, {0x8d30, 2}, {0x53c1, 3}, {0x8086, 4}, {0x4f0d, 5}, {0x9646, 6},
        {0x67d2, 7}, {0x634c, 8}, {0x7396, 9},
    };
    if (rune_is_digit(r))
        return (int)(r - '0');
    for (size_t i = 0; i < ARRAY_COUNT(numerals); i++)
        if (numerals[i].rune == r)
            return numerals[i].value;
    return -1;
}

uint32_t rune_sound(const struct folding *folding, uint32_t r)
{
    if (r >= HAN_FIRST && r <= HAN_LAST)
        return folding->han->sound[r - HAN_FIRST];
    if (r >= '1' && r <= '9') {
        static const uint16_t numerals[] = {0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94,
                                            0x516d, 0x4e03, 0x516b, 0x4e5d};
        return folding->han->sound[numerals[r - '1'] - HAN_FIRST];
    }
    if (r >= 'a' && r <= 'z')
        return HAN_SOUNDS + (r - 'a');
    return HAN_NO_SOUND + r % (SOUND_CLASSES - HAN_NO_SOUND);
}

static bool same_shape(const struct folding *folding, uint32_t a, uint32_t b)
{
    if (a < HAN_FIRST || a > HAN_LAST || b < HAN_FIRST || b > HAN_LAST)
        return false;
    uint8_t class = folding->shape[a - HAN_FIRST];
    return class && class == folding->shape[b - HAN_FIRST];
}

/* As rune_digit_value, by table: this is asked for every pair of characters. */
static int digit_of(const struct folding *folding, uint32_t rune)
{
    if (rune >= HAN_FIRST && rune <= HAN_LAST)
        return folding->digit[rune - HAN_FIRST] - 1;
    return rune_is_digit(rune) ? (int)(rune - '0') : -1;
}

double rune_distance(const struct folding *folding, uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    if ((a < 0x80 && !rune_is_digit(a)) || (b < 0x80 && !rune_is_digit(b)))
        return 1;
    int x = digit_of(folding, a), y = digit_of(folding, b);
    if (x >= 0 && y >= 0)
        return x == y ? 0.05 : 1.5;
    if (!rune_is_han(a) || !rune_is_han(b))
        return 1;
    return rune_sound(folding, a) == rune_sound(folding, b) || same_shape(folding, a, b) ? 0.3
                                                                                         : 1;
}

size_t runes_text(const uint32_t *runes, size_t count, char *text, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < count && n + 4 < size; i++)
        n += (size_t)utf8proc_encode_char((utf8proc_int32_t)runes[i],
                                          (utf8proc_uint8_t *)text + n);
    text[n] = '\0';
    return n;
}

/* ---- folding ------------------------------------------------------------------------ */

static bool is_separator(uint32_t r)
{
    if (r < 0x80)
        return !((r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || rune_is_digit(r));
    if (rune_is_han(r))
        return false;
    switch (utf8proc_category((utf8proc_int32_t)r)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return false;
    default:
        return true;
    }
}

/* What one folded code point adds to the line. */
static void push(const struct folding *folding, struct line *line, uint32_t r, bool *gap)
{
    if (is_separator(r)) {
        bool range = (r == '-' || r == '~' || r == 0x2013 || r == 0x2014) && line->count &&
                     rune_is_digit(line->rune[line->count - 1]) && !*gap;
        if (range && line->count < LINE_RUNES) {
            line->gap[line->count] = false;
            line->rune[line->count++] = '-';
        }
        *gap = !range;
        return;
    }
    if (r >= HAN_FIRST && r <= HAN_LAST)
        r = folding->han->simple[r - HAN_FIRST];
    if (line->count == LINE_RUNES)
        return;
    line->han = line->han || rune_is_han(r);
    line->gap[line->count] = *gap && line->count;
    line->rune[line->count++] = r;
    *gap = false;
}

/* Latin: a space where a separator stood, so that words stay apart. */
static void open_gaps(struct line *line)
{
    size_t gaps = 0;
    for (size_t i = 0; i < line->count; i++)
        gaps += line->gap[i];
    if (line->count + gaps > LINE_RUNES)
        return;
    size_t to = line->count + gaps;
    line->count = to;
    for (size_t i = to - gaps; i-- > 0;) {
        bool gap = line->gap[i];
        line->rune[--to] = line->rune[i];
        line->gap[to] = false;
        if (gap) {
            line->rune[--to] = ' ';
            line->gap[to] = false;
        }
    }
}

/* A hyphen that no digit follows was no range. */
static void drop_loose_hyphens(struct line *line)
{
    size_t to = 0;
    for (size_t i = 0; i < line->count; i++) {
        bool loose =
            line->rune[i] == '-' && (i + 1 == line->count || !rune_is_digit(line->rune[i + 1]));
        if (loose && i + 1 < line->count)
            line->gap[i + 1] = true;
        if (!loose) {
            line->gap[to] = line->gap[i];
            line->rune[to++] = line->rune[i];
        }
    }
    line->count = to;
}

void line_fold(const struct folding *folding, const char *text, size_t length,
               struct line *line)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text, *end = p + length;
    bool gap = false;
    line->count = 0;
    line->han = false;
    while (p < end && line->count < LINE_RUNES) {
        utf8proc_int32_t r;
        if (*p < 0x80) {
            uint32_t c = *p++;
            push(folding, line, c >= 'A' && c <= 'Z' ? c + 32 : c, &gap);
            continue;
        }
        utf8proc_ssize_t n = utf8proc_iterate(p, end - p, &r);
        if (n <= 0) {
            p++;
            continue;
        }
        p += n;
        if (r >= HAN_FIRST && r <= HAN_LAST) {
            push(folding, line, (uint32_t)r, &gap);
            continue;
        }
        utf8proc_int32_t parts[32];
        int boundary = UTF8PROC_BOUNDCLASS_START;
        utf8proc_ssize_t count =
            utf8proc_decompose_char(r, parts, (utf8proc_ssize_t)ARRAY_COUNT(parts),
                                    UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
                                        UTF8PROC_STRIPMARK | UTF8PROC_IGNORE,
                                    &boundary);
        for (utf8proc_ssize_t i = 0; i < count && i < (utf8proc_ssize_t)ARRAY_COUNT(parts); i++)
            push(folding, line, (uint32_t)parts[i], &gap);
    }
    drop_loose_hyphens(line);
    if (!line->han)
        open_gaps(line);
}

/* ---- numerals ----------------------------------------------------------------------- */

static uint32_t unit_value(uint32_t r)
{
    return r == 0x5341 || r == 0x62fe   ? 10    /* 十 拾 */
           : r == 0x767e || r == 0x4f70 ? 100   /* 百 佰 */
           : r == 0x5343 || r == 0x4edf ? 1000  /* 千 仟 */
           : r == 0x4e07                ? 10000 /* 万 */
                                        : 0;
}

/* Strict: units fall, each digit but the last stands before its unit. 0: not well formed. */
static uint32_t numeral_strict(const uint32_t *runes, size_t count)
{
    uint32_t total = 0, last_unit = 100000;
    int digit = -1;
    bool zero = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t unit = unit_value(runes[i]);
        int value = rune_digit_value(runes[i]);
        if (unit) {
            if (unit >= last_unit || (digit < 0 && i > 0 && !(zero && unit == 10)))
                return 0;
            total += unit * (uint32_t)(digit < 0 ? 1 : digit);
            last_unit = unit;
            digit = -1;
            zero = false;
        } else if (value == 0) {
            if (zero || digit >= 0 || i == 0 || i + 1 == count)
                return 0;
            zero = true;
        } else if (value > 0) {
            if (digit >= 0)
                return 0;
            digit = value;
        } else {
            return 0;
        }
    }
    /* 一百五 is 150. */
    uint32_t scale = last_unit < 100000 && last_unit > 10 && !zero ? last_unit / 10 : 1;
    return total + (digit > 0 ? (uint32_t)digit * scale : 0);
}

/* 五五八: digit by digit. */
static uint32_t numeral_positional(const uint32_t *runes, size_t count)
{
    uint32_t n = 0;
    for (size_t i = 0; i < count; i++) {
        int value = rune_digit_value(runes[i]);
        if (value < 0 || n > 99999)
            return 0;
        n = n * 10 + (uint32_t)value;
    }
    return n;
}

uint32_t runes_numeral(const uint32_t *runes, size_t count)
{
    uint32_t swapped[16];
    if (count == 0 || count > ARRAY_COUNT(swapped))
        return 0;
    uint32_t n = numeral_positional(runes, count);
    if (n == 0)
        n = numeral_strict(runes, count);
    for (size_t i = 0; n == 0 && i + 1 < count; i++) {
        if (runes[i] != runes[i + 1])
            continue;
        memcpy(swapped, runes, i * sizeof *runes);
        memcpy(swapped + i, runes + i + 1, (count - i - 1) * sizeof *runes);
        n = numeral_strict(swapped, count - 1);
    }
    for (size_t i = 0; n == 0 && i + 1 < count; i++) {
        memcpy(swapped, runes, count * sizeof *runes);
        swapped[i] = runes[i + 1];
        swapped[i + 1] = runes[i];
        n = numeral_strict(swapped, count);
    }
    return n;
}
