/* Names of invented places, and how customers say them. */
#include <stdio.h>
#include <string.h>

#include "samples/county.h"

#define PICK(rng, list) (list)[draw_index(rng, (int)ARRAY_COUNT(list))]

static const char *const city_names[] = {"临溪市", "怀川市", "永泽市", "安澜市", "新邑市"};
static const char *const county_names[] = {"青禾县",   "云岭县",   "沛源县", "柳河口县",
                                           "白沙湾县", "东明塬县", "南浦县", "澄江口县"};
static const char *const families[] = {
    "张", "李", "王", "赵", "刘", "陈", "杨", "黄", "周", "吴", "徐", "孙", "马", "朱",
    "胡", "林", "何", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩",
    "曹", "曾", "彭", "萧", "蔡", "潘", "田", "董", "袁", "于", "余", "叶"};
static const char *const grounds[] = {"湾", "岗", "洼", "坡", "沟", "庄", "营", "寨", "店",
                                      "楼", "桥", "渡", "坝", "铺", "岭", "堰", "圩", "屯"};
static const char *const township_heads[] = {"双河", "大石", "柳林", "清水", "龙泉",
                                             "太平", "三塘", "黄土", "白马", "金鸡",
                                             "枣林", "石门", "古城", "新集"};
static const char *const poi_kinds[] = {"中学",   "小学",   "卫生院", "幼儿园", "超市",
                                        "加油站", "派出所", "汽车站", "砖厂",   "粮站",
                                        "菜市场", "敬老院", "宾馆",   "变电站", "信用社"};
static const char *const estates[] = {"阳光", "滨河", "锦绣", "和谐", "凯旋",
                                      "紫荆", "金色", "世纪", "书香", "盛世",
                                      "江南", "碧水", "幸福", "华府", "御景"};
static const char *const estate_kinds[] = {"花园", "小区", "家园", "新城", "雅居", "公寓"};
static const char *const sides[] = {"", "", "东", "西", "南", "北", "二", "后山"};

void name_county(struct county *county)
{
    snprintf(county->city, sizeof county->city, "%s", PICK(&county->rng, city_names));
    snprintf(county->name, sizeof county->name, "%s", PICK(&county->rng, county_names));
    if (county->number > 0) /* one name each */
        snprintf(
            county->name, sizeof county->name, "%s%s县",
            families[(size_t)county->number % ARRAY_COUNT(families)],
            grounds[(size_t)county->number / ARRAY_COUNT(families) % ARRAY_COUNT(grounds)]);
}

void name_township(struct rng *rng, struct spot *spot, int number)
{
    static const char *const kinds[] = {"镇", "镇", "乡"};
    if (number == 0)
        snprintf(spot->name, sizeof spot->name, "城关镇");
    else
        snprintf(spot->name, sizeof spot->name, "%s%s",
                 township_heads[(size_t)number % ARRAY_COUNT(township_heads)],
                 PICK(rng, kinds));
}

void name_village(struct rng *rng, struct spot *spot)
{
    snprintf(spot->name, sizeof spot->name, "%s家%s村", PICK(rng, families),
             PICK(rng, grounds));
}

void name_poi(struct rng *rng, struct spot *spot, const char *root, bool town)
{
    if (town && draw_chance(rng, 0.45)) {
        snprintf(spot->name, sizeof spot->name, "%s%s", PICK(rng, estates),
                 PICK(rng, estate_kinds));
        return;
    }
    int stem = (int)strlen(root);
    if (text_ends(root, "村") || text_ends(root, "镇") || text_ends(root, "乡") ||
        text_ends(root, "县"))
        stem -= 3;
    snprintf(spot->name, sizeof spot->name, "%.*s%s", stem, root, PICK(rng, poi_kinds));
}

const char *name_side(struct rng *rng)
{
    return PICK(rng, sides);
}

/* "信宁市云岭县双河镇", with parts left out as people do. */
static int say_parents(struct county *county, int spot, char *text, size_t size)
{
    struct rng *rng = &county->rng;
    const struct spot *township = &county->spots[county->spots[spot].township];
    int n = 0;
    if (draw_chance(rng, 0.3))
        n += snprintf(text + n, size - (size_t)n, "%s", county->city);
    if (n > 0 || draw_chance(rng, 0.7))
        n += snprintf(text + n, size - (size_t)n, "%s", county->name);
    if (n == 0 || draw_chance(rng, 0.75))
        n += snprintf(text + n, size - (size_t)n, "%s", township->name);
    return n;
}

/* "往东北500米", "旁边", as the customer stands from the place. */
static int say_offset(struct rng *rng, struct xy from, struct xy at, char *text, size_t size)
{
    static const char *const eight[] = {"北", "东北", "东", "东南", "南", "西南", "西", "西北"};
    static const char *const near[] = {"附近", "旁边", ""};
    double away_m = xy_distance_m(from, at);
    if (away_m < 250)
        return snprintf(text, size, "%s", near[draw_index(rng, 3)]);
    int step = away_m < 1000 ? 50 : 100;
    int metres = (int)(away_m * draw_range(rng, 0.85, 1.15) / step + 0.5) * step;
    if (draw_chance(rng, 0.4))
        return snprintf(text, size, "%s%d米", near[draw_index(rng, 2)], metres);
    int way = (int)(xy_bearing_deg(from, at) / 45 + 0.5) % 8;
    switch (draw_index(rng, 3)) {
    case 0:
        return snprintf(text, size, "往%s%d米", eight[way], metres);
    case 1:
        return snprintf(text, size, "往%s约%d米", eight[way], metres);
    default:
        return snprintf(text, size, "%s%d米", eight[way], metres);
    }
}

/* A customer names what is near and known. */
static int spot_near(const struct county *county, struct xy at)
{
    int which = 0;
    double least = 1e12;
    for (int i = 1; i < county->spot_count; i++) {
        double d = xy_distance_m(county->spots[i].at, at);
        if (d < least) {
            least = d;
            which = i;
        }
    }
    return which;
}

/* One character lost in typing. */
static void lose_character(struct rng *rng, char *text)
{
    size_t characters = strlen(text) / 3, at = (size_t)draw_index(rng, (int)characters + 1);
    for (size_t i = 0; i < 3 * at; i++)
        if ((text[i] & 0x80) == 0)
            return;
    if (strlen(text) > 3 * at + 3)
        memmove(text + 3 * at, text + 3 * at + 3, strlen(text + 3 * at + 3) + 1);
}

void name_address(struct county *county, struct xy at, char *text, size_t size)
{
    struct rng *rng = &county->rng;
    int which = spot_near(county, at);
    const struct spot *spot = &county->spots[which];
    int n = say_parents(county, which, text, size);
    bool estate = false;
    for (size_t i = 0; i < ARRAY_COUNT(estate_kinds); i++)
        estate |= text_ends(spot->name, estate_kinds[i]);
    if (which >= county->township_count)
        n += snprintf(text + n, size - (size_t)n, "%s", spot->name);
    if (estate && xy_distance_m(spot->at, at) < 250 && draw_chance(rng, 0.6))
        snprintf(text + n, size - (size_t)n, "%d栋%d单元%d0%d室", 1 + draw_index(rng, 30),
                 1 + draw_index(rng, 3), 1 + draw_index(rng, 18), 1 + draw_index(rng, 4));
    else
        say_offset(rng, spot->at, at, text + n, size - (size_t)n);
    if (draw_chance(rng, 0.03))
        lose_character(rng, text);
}
