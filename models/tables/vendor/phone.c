#include "models/tables/vendor/phone.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "models/tables/vendor/level.h"

enum {
    CELL_BITS = 8,           /* of an ECI: TS 36.413 9.2.1.38 */
    UTRAN_CI_BITS = 16,      /* of a UTRAN cell id: TS 25.413 9.2.1.39 */
    LAC_UNKNOWN = 65535,     /* what phones give for it, and 0 */
    ID_UNKNOWN = 2147483647, /* Android's UNAVAILABLE, Integer.MAX_VALUE */
};

enum rat phone_rat(const char *technology)
{
    static const struct name technologies[] = {
        {"4G", RAT_LTE},        {"LTE", RAT_LTE},      {"LTE_CA", RAT_LTE},
        {"LTE+", RAT_LTE},      {"5G", RAT_NR},        {"NR", RAT_NR},
        {"NR_SA", RAT_NR},      {"NRNSA", RAT_NR},     {"3G", RAT_UMTS},
        {"UMTS", RAT_UMTS},     {"WCDMA", RAT_UMTS},   {"HSPA", RAT_UMTS},
        {"HSPA+", RAT_UMTS},    {"HSPAP", RAT_UMTS},   {"HSDPA", RAT_UMTS},
        {"HSUPA", RAT_UMTS},    {"DC-HSPA", RAT_UMTS}, {"TDSCDMA", RAT_UMTS},
        {"TD_SCDMA", RAT_UMTS}, {"2G", RAT_GSM},       {"GSM", RAT_GSM},
        {"GPRS", RAT_GSM},      {"EDGE", RAT_GSM},     {NULL, 0},
    };
    for (const struct name *t = technologies; t->text; t++)
        if (strcasecmp(t->text, technology) == 0)
            return (enum rat)t->value;
    return RAT_UNKNOWN;
}

/* A number that a phone can mean: not 0x7fffffff. */
static bool parse_id(const char *text, uint64_t *id)
{
    return level_parse_count(text, id) && *id != ID_UNKNOWN;
}

/* "608" "03" of "60803" or of the two columns. false: unknown. */
static bool split_plmn(const struct phone_cell *cell, int *mcc, int *mnc)
{
    uint64_t a = 0, b = 0;
    size_t length = strlen(cell->plmn);
    if (parse_id(cell->plmn, &a) && (length == 5 || length == 6)) {
        *mcc = atoi(cell->plmn) / (length == 5 ? 100 : 1000);
        *mnc = atoi(cell->plmn) % (length == 5 ? 100 : 1000);
        return true;
    }
    if (!parse_id(cell->mcc, &a) || !parse_id(cell->mnc, &b) || a > 999 || b > 999)
        return false;
    *mcc = (int)a;
    *mnc = (int)b;
    return true;
}

static bool global_id(const struct phone_cell *cell, char *id, size_t size)
{
    uint64_t ci = 0, lac = 0;
    bool known = parse_id(cell->cell, &ci) && ci <= UINT16_MAX;
    if (!known && parse_id(cell->whole, &ci)) { /* RNC * 65536 + CI */
        ci &= (1u << UTRAN_CI_BITS) - 1;
        known = true;
    }
    int mcc, mnc;
    if (!known || !parse_id(cell->lac, &lac) || lac == 0 || lac >= LAC_UNKNOWN || ci == 0 ||
        !split_plmn(cell, &mcc, &mnc))
        return false;
    snprintf(id, size, "%03d-%02d-%llu-%llu", mcc, mnc, (unsigned long long)lac,
             (unsigned long long)ci);
    return true;
}

static bool lte_id(const struct phone_cell *cell, char *id, size_t size)
{
    uint64_t node, local, eci;
    if (parse_id(cell->node, &node) && parse_id(cell->cell, &local) && node &&
        local < (1u << CELL_BITS))
        snprintf(id, size, "%llu-%llu", (unsigned long long)node, (unsigned long long)local);
    else if (parse_id(cell->whole, &eci) && eci >> CELL_BITS && eci < (1u << 28))
        snprintf(id, size, "%llu-%llu", (unsigned long long)(eci >> CELL_BITS),
                 (unsigned long long)(eci & ((1u << CELL_BITS) - 1)));
    else
        return false;
    return true;
}

void phone_cell_id(const struct phone_cell *cell, enum rat rat, char *id, size_t size)
{
    uint64_t nci, pci;
    id[0] = '\0';
    if (rat == RAT_LTE && lte_id(cell, id, size))
        return;
    if ((rat == RAT_GSM || rat == RAT_UMTS) && global_id(cell, id, size))
        return;
    if (rat == RAT_NR && parse_id(cell->whole, &nci) && nci && nci < (1ull << 36))
        snprintf(id, size, "%llu", (unsigned long long)nci);
    else if (rat != RAT_GSM && parse_id(cell->pci, &pci) && pci <= 1007)
        snprintf(id, size, "pci%llu@%s", (unsigned long long)pci, cell->arfcn);
}

static void set_if_number(struct vendor_out *out, size_t column, const char *text, double min,
                          double max)
{
    double value;
    bool good = level_parse(text, &value) && value >= min && value <= max;
    if (good)
        vendor_out_format(out, column, "%g", value);
    else
        vendor_out_set(out, column, "");
}

/* Qualities are of the cell's own kind: RSRQ and SINR only for LTE and NR. */
static void set_measured(struct vendor_out *out, const struct phone_cell *cell, enum rat rat,
                         double level_dbm)
{
    bool ofdm = rat == RAT_LTE || rat == RAT_NR;
    vendor_out_format(out, SAMPLE_LEVEL, "%g", level_dbm);
    set_if_number(out, SAMPLE_RSRQ, ofdm ? cell->quality : "", -43, 20);
    set_if_number(out, SAMPLE_SINR, ofdm ? cell->snr : "", -40, 60);
    set_if_number(out, SAMPLE_TA, cell->ta, 0, 4095);
}

void phone_give_serving(struct vendor_out *out, const struct phone_line *line)
{
    phone_give_cell(out, line, true);
}

void phone_give_cell(struct vendor_out *out, const struct phone_line *line, bool serving)
{
    const struct phone_cell *cell = &line->serving;
    enum rat rat = phone_rat(cell->technology);
    double level_dbm;
    char id[64];
    vendor_out_set(out, SAMPLE_TIME, line->time);
    vendor_out_set(out, SAMPLE_LON, line->lon);
    vendor_out_set(out, SAMPLE_LAT, line->lat);
    vendor_out_set(out, SAMPLE_SOURCE, line->source);
    if (!level_parse(cell->level, &level_dbm)) {
        vendor_out_refuse(out, "rsrp_dbm", cell->level, "no level");
        return;
    }
    const char *nonsense = level_nonsense(rat, level_dbm);
    if (rat == RAT_UNKNOWN && nonsense)
        nonsense = "no service: the phone saw no network";
    if (nonsense) {
        vendor_out_refuse(out, "rsrp_dbm", cell->level, nonsense);
        return;
    }
    phone_cell_id(cell, rat, id, sizeof id);
    if (!id[0])
        vendor_out_note(out, "serving cells that the phone could not name", "");
    vendor_out_set(out, SAMPLE_CELL, id);
    vendor_out_set(out, SAMPLE_SERVING, serving ? "1" : "0");
    set_measured(out, cell, rat, level_dbm);
    vendor_out_give(out);
}

void phone_give_neighbour(struct vendor_out *out, const struct phone_cell *cell)
{
    enum rat rat = phone_rat(cell->technology);
    double level_dbm;
    char id[64];
    if (rat == RAT_UNKNOWN && !cell->level[0])
        return;
    phone_cell_id(cell, rat, id, sizeof id);
    if (!level_parse(cell->level, &level_dbm) || level_nonsense(rat, level_dbm)) {
        vendor_out_note(out, "neighbours with a level that cannot be, left out", "");
    } else if (!id[0]) {
        vendor_out_note(out, "neighbours that the phone could not name, left out", "");
    } else {
        vendor_out_set(out, SAMPLE_CELL, id);
        vendor_out_set(out, SAMPLE_SERVING, "0");
        set_measured(out, cell, rat, level_dbm);
        vendor_out_give(out);
    }
}
