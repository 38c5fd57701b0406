#include "models/tables/channel.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* TS 36.101 table 5.7.3-1: F_DL = low + 0.1 (N - first). */
static const struct {
    int band;
    double low_mhz;
    int first, last;
} lte_bands[] = {
    {1, 2110, 0, 599},        {2, 1930, 600, 1199},     {3, 1805, 1200, 1949},
    {4, 2110, 1950, 2399},    {5, 869, 2400, 2649},     {7, 2620, 2750, 3449},
    {8, 925, 3450, 3799},     {9, 1844.9, 3800, 4149},  {10, 2110, 4150, 4749},
    {11, 1475.9, 4750, 4949}, {12, 729, 5010, 5179},    {13, 746, 5180, 5279},
    {14, 758, 5280, 5379},    {17, 734, 5730, 5849},    {18, 860, 5850, 5999},
    {19, 875, 6000, 6149},    {20, 791, 6150, 6449},    {21, 1495.9, 6450, 6599},
    {25, 1930, 8040, 8689},   {26, 859, 8690, 9039},    {28, 758, 9210, 9659},
    {29, 717, 9660, 9769},    {30, 2350, 9770, 9869},   {32, 1452, 9920, 10359},
    {33, 1900, 36000, 36199}, {34, 2010, 36200, 36349}, {35, 1850, 36350, 36949},
    {36, 1930, 36950, 37549}, {37, 1910, 37550, 37749}, {38, 2570, 37750, 38249},
    {39, 1880, 38250, 38649}, {40, 2300, 38650, 39649}, {41, 2496, 39650, 41589},
    {42, 3400, 41590, 43589}, {43, 3600, 43590, 45589}, {66, 2110, 66436, 67335},
    {71, 617, 68586, 68935},
};

/* TS 38.104 table 5.2-1, the bands that differ from E-UTRA's. */
static const struct {
    int band;
    double middle_mhz;
} nr_bands[] = {{77, 3750}, {78, 3550}, {79, 4700}, {257, 28000}, {258, 25875}, {260, 38500}};

static double lte_mhz(double number)
{
    for (size_t i = 0; i < ARRAY_COUNT(lte_bands); i++)
        if (number >= lte_bands[i].first && number <= lte_bands[i].last)
            return lte_bands[i].low_mhz + (number - lte_bands[i].first) / 10;
    return NAN;
}

int channel_lte_band(double number)
{
    for (size_t i = 0; i < ARRAY_COUNT(lte_bands); i++)
        if (number >= lte_bands[i].first && number <= lte_bands[i].last)
            return lte_bands[i].band;
    return 0;
}

/* TS 38.104 table 5.4.2.1-1, the global frequency raster. */
static double nr_mhz(double number)
{
    if (number < 600000)
        return number > 0 ? number * 0.005 : NAN;
    if (number < 2016667)
        return 3000 + (number - 600000) * 0.015;
    return number <= 3279165 ? 24250.08 + (number - 2016667) * 0.06 : NAN;
}

/* TS 25.101 table 5.1 (offsets) and 5.1a (ranges of the downlink). */
static double umts_mhz(double number)
{
    static const struct {
        int first, last;
        double offset_mhz;
    } bands[] = {{10562, 10838, 0}, {9662, 9938, 0},   {1162, 1513, 1575}, {1537, 1738, 1805},
                 {4357, 4458, 0},   {2937, 3088, 340}, {2237, 2563, 2175}, {9237, 9387, 0}};
    for (size_t i = 0; i < ARRAY_COUNT(bands); i++)
        if (number >= bands[i].first && number <= bands[i].last)
            return bands[i].offset_mhz + number / 5;
    return NAN;
}

/* TS 45.005 clause 2: E-GSM 900, DCS 1800, GSM 850. */
static double gsm_mhz(double number)
{
    if (number >= 0 && number <= 124)
        return 935 + 0.2 * number;
    if (number >= 975 && number <= 1023)
        return 935 + 0.2 * (number - 1024);
    if (number >= 512 && number <= 885)
        return 1805.2 + 0.2 * (number - 512);
    return number >= 128 && number <= 251 ? 869.2 + 0.2 * (number - 128) : NAN;
}

double channel_mhz(enum rat rat, double number)
{
    switch (rat) {
    case RAT_GSM:
        return gsm_mhz(number);
    case RAT_UMTS:
        return umts_mhz(number);
    case RAT_LTE:
        return lte_mhz(number);
    case RAT_NR:
        return nr_mhz(number);
    default:
        return NAN;
    }
}

static double band_number_mhz(int band)
{
    for (size_t i = 0; i < ARRAY_COUNT(nr_bands); i++)
        if (nr_bands[i].band == band)
            return nr_bands[i].middle_mhz;
    for (size_t i = 0; i < ARRAY_COUNT(lte_bands); i++)
        if (lte_bands[i].band == band)
            return lte_bands[i].low_mhz + (lte_bands[i].last - lte_bands[i].first + 1) / 20.0;
    return NAN;
}

static double letter_band_mhz(const char *band)
{
    static const struct {
        const char *start;
        int band;
    } letters[] = {{"A频", 34}, {"D频", 41}, {"E频", 40}, {"F频", 39}};
    for (size_t i = 0; i < ARRAY_COUNT(letters); i++)
        if (text_starts(band, letters[i].start))
            return band_number_mhz(letters[i].band);
    bool alone = band[0] && (!band[1] || strcmp(band + 1, "-Band") == 0);
    const char *all = "ADEF", *hit = alone ? strchr(all, band[0]) : NULL;
    return hit ? band_number_mhz(letters[hit - all].band) : NAN;
}

double channel_band_mhz(const char *band)
{
    const char *digits = band + strcspn(band, "0123456789");
    if (!*digits)
        return letter_band_mhz(band);
    char *end;
    double value = strtod(digits, &end);
    while (*end == ' ')
        end++;
    if (toupper((unsigned char)*end) == 'G')
        return value >= 0.4 && value <= 100 ? value * 1000 : NAN;
    bool numbered = digits == band + 1 && strchr("BbNn", band[0]); /* B41, n78 */
    if (value >= 400 && value <= 6000 && !numbered)
        return value; /* "GSM900", "1800MHz" */
    return value == floor(value) && value < 1000 ? band_number_mhz((int)value) : NAN;
}
