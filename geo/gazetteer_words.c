/* The vocabulary: what tickets say that is not a place. */
#include "geo/gazetteer_parse.h"

#include <stdlib.h>
#include <string.h>

struct word_list {
    unsigned flags;
    const char *words; /* separated by spaces */
};

static const struct word_list han_words[] = {
    {WORD_CORE, "信号 无信号 没信号 没有信号 信号差 信号弱 信号不好 信号时好时差 网络 没网 "
                "没网络 没有网络 "
                "无网络 断网 无法上网 不能上网 上网 上网慢 网速 网速慢 通话 通话质量 通话断续 "
                "掉话 掉线 断线 "
                "听不清 无法接通 接不通 打不通 打不出 打不了 电话 覆盖 无覆盖 弱覆盖 覆盖差 "
                "脱网 手机 杂音 "
                "无服务 单通 回音 流量 卡顿 质差 拨打 接听"},
    {WORD_WHERE,
     "室内 室外 家里 家中 屋内 屋里 房间 房间里 办公室 办公室内 地下室 地下车库 地下停车场 "
     "车库 "
     "电梯 电梯里 电梯内 楼道 楼内 负一层 负二层 里面 门口 楼下 楼上 地下 地铺 地下铺 室内外 "
     "院内 店内 厂内 校内 车内 内部"},
    {WORD_NEAR, "附近 旁边 周边 周围 一带 附近区域 路口 交叉口 交口 交汇处 沿线 沿途"},
    {WORD_REPORT,
     "用户 客户 机主 用户反映 客户反映 用户反馈 客户反馈 用户投诉 客户投诉 反映 反馈 "
     "来电 来电反映 投诉 用户称 客户称 用户来电 客户来电"},
    {0,
     "今天 昨天 这几天 最近 近期 近日 最近几个月 几个月 一直 长期 经常 频繁 突然 有时 时常 "
     "晚上 "
     "早上 白天 每天 称 表示 说 在 只有 1格 一格 2格 两格 很慢 很差 较差 太差 太慢 质量差 质量 "
     "不好 不稳定 不稳 断续 时断时续 时好时坏 时有时无 时好时差 很弱 较弱 弱 差 慢 无 没 没有 "
     "不能 "
     "无法 不通 使用 下载 视频 微信 加载 打开 网页 4g 5g 3g 2g 的 了 也 都 都是 很 太 较 比较 "
     "有 "
     "里 内 处 移动 联通 电信 服务 接通 正常 影响 严重 非常 特别 需要 处理 解决 请 核实"},
};

static const struct word_list latin_words[] = {
    {WORD_CORE,
     "signal coverage reception network internet data calls call service voice dropped "
     "drops drop dropping 4g 5g 3g 2g lte phone mobile"},
    {WORD_WHERE, "indoors indoor outdoors inside outside basement office home upstairs garage"},
    {WORD_NEAR, "near nearby around beside close"},
    {WORD_REPORT, "customer user subscriber reports report complains says"},
    {WORD_TYPE, "airport international municipal regional airfield aerodrome airstrip field "
                "airbase domestic national intl muni"},
    {0,
     "no weak poor bad slow very at in the is on of and a with cannot low lost loss keeps my"},
};

/* Expanded before names are compared. */
static const char *const abbreviations[][2] = {
    {"elem", "elementary"},
    {"sch", "school"},
    {"hs", "high school"},
    {"ms", "middle school"},
    {"es", "elementary school"},
    {"univ", "university"},
    {"rd", "road"},
    {"ave", "avenue"},
    {"blvd", "boulevard"},
    {"mt", "mount"},
    {"ft", "fort"},
    {"hosp", "hospital"},
    {"ctr", "center"},
    {"bldg", "building"},
    {"hwy", "highway"},
    {"sq", "square"},
    {"acad", "academy"},
    {"intl", "international"},
};

enum { HAN_MAX = 256, LATIN_MAX = 96 };

struct vocabulary {
    struct word han[HAN_MAX];
    size_t han_count;
    struct word latin[LATIN_MAX];
    size_t latin_count;
    struct word shorts[ARRAY_COUNT(abbreviations)], longs[ARRAY_COUNT(abbreviations)];
};

static struct word word_of(const struct folding *folding, const char *text, size_t length,
                           unsigned flags)
{
    struct line line;
    line_fold(folding, text, length, &line);
    struct word word = {.flags = flags,
                        .length = (uint8_t)BASE_MIN(line.count, (size_t)WORD_RUNES)};
    memcpy(word.rune, line.rune, word.length * sizeof *word.rune);
    return word;
}

static size_t add_words(const struct folding *folding, const struct word_list *list,
                        struct word *words, size_t capacity)
{
    size_t count = 0;
    for (const char *p = list->words; *p && count < capacity;) {
        size_t length = strcspn(p, " ");
        if (length)
            words[count++] = word_of(folding, p, length, list->flags);
        p += length + (p[length] == ' ');
    }
    return count;
}

struct vocabulary *vocabulary_new(const struct folding *folding)
{
    struct vocabulary *v = base_alloc(1, sizeof *v);
    for (size_t i = 0; i < ARRAY_COUNT(han_words); i++)
        v->han_count +=
            add_words(folding, &han_words[i], v->han + v->han_count, HAN_MAX - v->han_count);
    for (size_t i = 0; i < ARRAY_COUNT(latin_words); i++)
        v->latin_count += add_words(folding, &latin_words[i], v->latin + v->latin_count,
                                    LATIN_MAX - v->latin_count);
    for (size_t i = 0; i < ARRAY_COUNT(abbreviations); i++) {
        const char *const *pair = abbreviations[i];
        v->shorts[i] = word_of(folding, pair[0], strlen(pair[0]), 0);
        v->longs[i] = word_of(folding, pair[1], strlen(pair[1]), 0);
    }
    return v;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    free(vocabulary);
}

const struct word *vocabulary_han(const struct vocabulary *vocabulary, const uint32_t *runes,
                                  size_t count)
{
    const struct word *best = NULL;
    for (size_t i = 0; i < vocabulary->han_count; i++) {
        const struct word *w = &vocabulary->han[i];
        if (w->rune[0] == runes[0] && w->length <= count &&
            (!best || w->length > best->length) &&
            memcmp(w->rune, runes, w->length * sizeof *runes) == 0)
            best = w;
    }
    return best;
}

/* One letter dropped, doubled, changed, or two neighbours exchanged. */
static bool one_error(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t head = 0, tail = 0;
    while (head < n && head < m && a[head] == b[head])
        head++;
    while (tail < n - head && tail < m - head && a[n - 1 - tail] == b[m - 1 - tail])
        tail++;
    size_t left = n - head - tail, right = m - head - tail;
    if (left <= 1 && right <= 1)
        return true;
    return left == 2 && right == 2 && a[head] == b[head + 1] && a[head + 1] == b[head];
}

const struct word *vocabulary_latin(const struct vocabulary *vocabulary, const uint32_t *runes,
                                    size_t count)
{
    for (size_t i = 0; i < vocabulary->latin_count; i++) {
        const struct word *w = &vocabulary->latin[i];
        size_t difference = w->length > count ? w->length - count : count - w->length;
        if (difference == 0 && memcmp(w->rune, runes, count * sizeof *runes) == 0)
            return w;
        if (w->length >= 6 && difference <= 1 && one_error(w->rune, w->length, runes, count))
            return w;
    }
    return NULL;
}

const struct word *vocabulary_expand(const struct vocabulary *vocabulary, const uint32_t *runes,
                                     size_t count)
{
    for (size_t i = 0; i < ARRAY_COUNT(abbreviations); i++)
        if (vocabulary->shorts[i].length == count &&
            memcmp(vocabulary->shorts[i].rune, runes, count * sizeof *runes) == 0)
            return &vocabulary->longs[i];
    return NULL;
}
