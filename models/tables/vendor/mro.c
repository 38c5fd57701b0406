/* 3GPP-style measurement reports of the OMC north-bound interface: MRO and MRE, one <v> per
 * neighbour below one <object> per report, codes as the phone sent them; and MRS, which counts
 * reports by level and so has no measurements in it.
 *
 *   <bulkPmMrDataFile> <eNB id="501392"> <measurement> <smr>column names</smr>
 *     <object id="128356400" MmeUeS1apId=".." TimeStamp=".."> <v>values or NIL</v> ...
 *
 * The object's id is the whole ECI with some makers and the cell within its eNB with others.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/vendor/formats.h"
#include "models/tables/vendor/level.h"
#include "models/tables/vendor/out.h"
#include "models/tables/vendor/xml.h"

/* What is taken of the columns that <smr> names. */
enum mro_column {
    MRO_SC_EARFCN,
    MRO_SC_PCI,
    MRO_SC_CGI,
    MRO_SC_RSRP,
    MRO_SC_RSRQ,
    MRO_SC_TADV,
    MRO_NC_EARFCN,
    MRO_NC_PCI,
    MRO_NC_RSRP,
    MRO_NC_RSRQ,
    MRO_FDD_EARFCN,
    MRO_FDD_PCI,
    MRO_FDD_RSRP,
    MRO_FDD_RSRQ,
    MRO_TDD_EARFCN,
    MRO_TDD_PCI,
    MRO_TDD_RSRP,
    MRO_TDD_RSRQ,
    MRO_LON,
    MRO_LAT,
    MRO_RXTX, /* only says whose file it is */
    MRO_UTRA,
    MRO_GSM,
    MRO_COLUMNS
};

static const char *const mro_names[MRO_COLUMNS] = {
    [MRO_SC_EARFCN] = "MR.LteScEarfcn",
    [MRO_SC_PCI] = "MR.LteScPci",
    [MRO_SC_CGI] = "MR.LteSccgi",
    [MRO_SC_RSRP] = "MR.LteScRSRP",
    [MRO_SC_RSRQ] = "MR.LteScRSRQ",
    [MRO_SC_TADV] = "MR.LteScTadv",
    [MRO_NC_EARFCN] = "MR.LteNcEarfcn",
    [MRO_NC_PCI] = "MR.LteNcPci",
    [MRO_NC_RSRP] = "MR.LteNcRSRP",
    [MRO_NC_RSRQ] = "MR.LteNcRSRQ",
    [MRO_FDD_EARFCN] = "MR.LteFddNcEarfcn",
    [MRO_FDD_PCI] = "MR.LteFddNcPci",
    [MRO_FDD_RSRP] = "MR.LteFddNcRSRP",
    [MRO_FDD_RSRQ] = "MR.LteFddNcRSRQ",
    [MRO_TDD_EARFCN] = "MR.LteTddNcEarfcn",
    [MRO_TDD_PCI] = "MR.LteTddNcPci",
    [MRO_TDD_RSRP] = "MR.LteTddNcRSRP",
    [MRO_TDD_RSRQ] = "MR.LteTddNcRSRQ",
    [MRO_LON] = "MR.Longitude",
    [MRO_LAT] = "MR.Latitude",
    [MRO_RXTX] = "MR.LteScUeRxTxTD",
    [MRO_UTRA] = "MR.UtraCpichRSCP",
    [MRO_GSM] = "MR.GsmNcellCarrierRSSI",
};

enum {
    MRO_TOKENS_MAX = 512,
    LOCAL_CELL_MAX = 255, /* ECI = eNB * 256 + cell: TS 36.413 9.2.1.38 */
    TADV_STEP_TS = 16,    /* TS 36.211 8.1: a step of timing advance is 16 Ts */
};

struct mro {
    struct vendor_out out;
    int column[MRO_COLUMNS];    /* index of each in the values, -1: not there */
    bool is_statistics;         /* MRS: counts by level */
    char enb[24], file_enb[24]; /* from the element; from the file's name */
    char object[64], time[40];  /* attributes of the object at hand */
    uint64_t serving;           /* of the serving values last given for this object; 0: none */
    char *tokens[MRO_TOKENS_MAX];
    size_t token_count;
};

static void set_text(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text);
}

/* Makers put the node into the file's name: FDD-LTE_MRO_HUAWEI_010203_501392_2016....xml.gz:
 * the last number of 5..7 digits that stands alone is it (20 bits; dates have 8, times 14). */
static void find_file_enb(const char *path, char *enb, size_t size)
{
    const char *base = strrchr(path, '/');
    enb[0] = '\0';
    for (const char *p = base ? base + 1 : path; *p;) {
        size_t digits = strspn(p, "0123456789");
        bool alone = (digits >= 5 && digits <= 7) && (p == path || p[-1] == '_') &&
                     (p[digits] == '_' || p[digits] == '.');
        if (alone && strtoul(p, NULL, 10) < (1u << 20))
            snprintf(enb, size, "%.*s", (int)digits, p);
        p += digits ? digits : 1;
    }
}

static void read_columns(struct mro *mro, char *text)
{
    for (int c = 0; c < MRO_COLUMNS; c++)
        mro->column[c] = -1;
    mro->is_statistics = false;
    char *save = NULL;
    int at = 0;
    for (char *name = strtok_r(text, " \t\r\n", &save); name;
         name = strtok_r(NULL, " \t\r\n", &save), at++) {
        size_t length = strlen(name);
        if (at == 0 && length > 3 && name[length - 3] == '.' &&
            isdigit((unsigned char)name[length - 1]))
            mro->is_statistics = true; /* MR.RSRP.00 */
        for (int c = 0; c < MRO_COLUMNS; c++)
            if (strcasecmp(name, mro_names[c]) == 0)
                mro->column[c] = at;
    }
}

static const char *value_of(const struct mro *mro, enum mro_column column)
{
    int at = mro->column[column];
    if (at < 0 || (size_t)at >= mro->token_count || strcasecmp(mro->tokens[at], "NIL") == 0)
        return "";
    return mro->tokens[at];
}

/* A code, or dBm where a maker writes that. NAN: absent or nonsense, and codes 0 and 1, which
 * say that nothing was heard: -140 dBm stands for "no level" in the tables. */
static double rsrp_of(struct mro *mro, enum mro_column column)
{
    double value;
    if (!level_parse(value_of(mro, column), &value))
        return NAN;
    if (value == 0 || value == 1) {
        vendor_out_note(&mro->out, "levels at the floor of the report (-140 dBm), left out",
                        "");
        return NAN;
    }
    if (value < 0)
        return level_nonsense(RAT_LTE, value) ? NAN : value;
    return value == floor(value) && value < 1000 ? level_of_rsrp_code((int)value) : NAN;
}

static void set_number(struct vendor_out *out, size_t column, double value)
{
    if (isnan(value))
        vendor_out_set(out, column, "");
    else
        vendor_out_format(out, column, "%g", value);
}

static void set_rsrq(struct mro *mro, enum mro_column column)
{
    double code = NAN;
    bool given = level_parse(value_of(mro, column), &code) && code >= 0 && code <= 34;
    set_number(&mro->out, SAMPLE_RSRQ, given ? level_of_rsrq_code((int)code) : NAN);
}

/* In steps of 16 Ts; the maker that also reports LteScUeRxTxTD gives both in Ts. */
static void set_timing(struct mro *mro)
{
    double value;
    if (!level_parse(value_of(mro, MRO_SC_TADV), &value) || value < 0)
        return;
    bool in_ts = mro->column[MRO_RXTX] >= 0;
    set_number(&mro->out, SAMPLE_TA, in_ts ? value / TADV_STEP_TS : value);
}

/* The serving cell as eNB-cell. false: it cannot be told, *why says so. */
static bool name_serving(struct mro *mro, char *cell, size_t size, const char **why)
{
    const char *cgi = value_of(mro, MRO_SC_CGI);
    char id[64];
    set_text(id, sizeof id, cgi[0] ? cgi : mro->object);
    id[strcspn(id, ":")] = '\0'; /* "ECI:EARFCN:subframe:PRB" in interference reports */
    uint64_t number;
    const char *enb = mro->enb[0] ? mro->enb : mro->file_enb;
    if (!level_parse_count(id, &number)) {
        set_text(cell, size, id);
        *why = "names no cell";
        return id[0] != '\0';
    }
    if (number > LOCAL_CELL_MAX) {
        snprintf(cell, size, "%llu-%llu", (unsigned long long)(number >> 8),
                 (unsigned long long)(number & LOCAL_CELL_MAX));
        return true;
    }
    *why = "is a cell within an eNB, and neither the file nor its name says which eNB";
    snprintf(cell, size, "%s-%llu", enb, (unsigned long long)number);
    return enb[0] != '\0';
}

static void set_place(struct mro *mro)
{
    vendor_out_set(&mro->out, SAMPLE_LON, value_of(mro, MRO_LON));
    vendor_out_set(&mro->out, SAMPLE_LAT, value_of(mro, MRO_LAT));
}

/* The serving cell once per report: each <v> repeats it beside another neighbour. */
static void give_serving(struct mro *mro, const char *cell)
{
    const char *const texts[] = {cell, value_of(mro, MRO_SC_RSRP), value_of(mro, MRO_SC_RSRQ),
                                 value_of(mro, MRO_SC_TADV)};
    uint64_t now = 1;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        now = hash_mix(now ^ hash_bytes(texts[i], strlen(texts[i])));
    double level_dbm = rsrp_of(mro, MRO_SC_RSRP);
    if (isnan(level_dbm))
        return;
    if (now == mro->serving) {
        mro->out.taken = true; /* it stands in the table already */
        return;
    }
    mro->serving = now;
    vendor_out_set(&mro->out, SAMPLE_CELL, cell);
    vendor_out_set(&mro->out, SAMPLE_SERVING, "1");
    set_number(&mro->out, SAMPLE_LEVEL, level_dbm);
    set_rsrq(mro, MRO_SC_RSRQ);
    set_timing(mro);
    set_place(mro);
    vendor_out_give(&mro->out);
    if (mro->out.turned_down)
        mro->serving = 0; /* so that the next row is refused as well */
}

/* A neighbour is known by its carrier and PCI alone. */
static void give_neighbour(struct mro *mro, enum mro_column first)
{
    double level_dbm = rsrp_of(mro, first + 2);
    const char *earfcn = value_of(mro, first), *pci = value_of(mro, first + 1);
    if (isnan(level_dbm))
        return;
    if (!pci[0]) {
        vendor_out_note(&mro->out, "neighbour levels without a PCI", "");
        return;
    }
    vendor_out_format(&mro->out, SAMPLE_CELL, "pci%s@%s", pci, earfcn);
    vendor_out_set(&mro->out, SAMPLE_SERVING, "0");
    set_number(&mro->out, SAMPLE_LEVEL, level_dbm);
    set_rsrq(mro, first + 3);
    vendor_out_set(&mro->out, SAMPLE_TA, "");
    set_place(mro);
    vendor_out_give(&mro->out);
}

static void split_values(struct mro *mro, char *text)
{
    mro->token_count = 0;
    char *save = NULL;
    for (char *token = strtok_r(text, " \t\r\n", &save);
         token && mro->token_count < MRO_TOKENS_MAX; token = strtok_r(NULL, " \t\r\n", &save))
        mro->tokens[mro->token_count++] = token;
}

/* Counts by level are no measurements; the listing says at least what they tell. */
static void refuse_statistics(struct mro *mro)
{
    uint64_t total = 0, count;
    for (size_t i = 0; i < mro->token_count; i++)
        total += level_parse_count(mro->tokens[i], &count) ? count : 0;
    char reports[64];
    snprintf(reports, sizeof reports, "%llu reports", (unsigned long long)total);
    vendor_out_refuse(&mro->out, "v", reports,
                      "counts of reports by level (MRS), not measurements at a place");
}

static void read_values(struct mro *mro, const char *text, uint32_t line)
{
    struct vendor_out *out = &mro->out;
    vendor_out_begin(out, line);
    char *copy = base_text(text);
    split_values(mro, copy);
    char cell[64] = "";
    const char *why = "";
    vendor_out_set(out, SAMPLE_TIME, mro->time);
    vendor_out_set(out, SAMPLE_SOURCE, "mr");
    if (mro->is_statistics) {
        refuse_statistics(mro);
    } else if (!name_serving(mro, cell, sizeof cell, &why)) {
        vendor_out_refuse(out, "cell_id", mro->object, why);
    } else {
        give_serving(mro, cell);
        give_neighbour(mro, MRO_NC_EARFCN);
        give_neighbour(mro, MRO_FDD_EARFCN);
        give_neighbour(mro, MRO_TDD_EARFCN);
        if (value_of(mro, MRO_UTRA)[0] || value_of(mro, MRO_GSM)[0])
            vendor_out_note(out, "levels of UTRA or GSM neighbours not taken", "");
        if (!out->taken)
            vendor_out_refuse(out, "rsrp_dbm", value_of(mro, MRO_SC_RSRP),
                              "no level: the RSRP of every cell is NIL or no code 0..97");
    }
    vendor_out_end(out);
    free(copy);
}

static void on_start(void *context, const char *name, const char *const *attributes,
                     uint32_t line)
{
    struct mro *mro = context;
    (void)line;
    if (strcmp(name, "eNB") == 0)
        set_text(mro->enb, sizeof mro->enb, xml_attribute(attributes, "id"));
    if (strcmp(name, "object") != 0)
        return;
    set_text(mro->object, sizeof mro->object, xml_attribute(attributes, "id"));
    set_text(mro->time, sizeof mro->time, xml_attribute(attributes, "TimeStamp"));
    mro->serving = 0;
}

static void on_end(void *context, const char *name, const char *text, uint32_t line)
{
    struct mro *mro = context;
    if (strcmp(name, "smr") == 0) {
        char *copy = base_text(text);
        read_columns(mro, copy);
        free(copy);
    } else if (strcmp(name, "v") == 0) {
        read_values(mro, text, line);
    }
}

static bool is_done(void *context)
{
    return ((struct mro *)context)->out.status != STATUS_OK;
}

static bool mro_recognise(const struct vendor_request *request, const char *head, size_t length)
{
    (void)length;
    if (strcmp(request->table, "samples") != 0)
        return false;
    return strstr(head, "<bulkPmMrDataFile") ||
           (strstr(head, "<measurement") && strstr(head, "<smr>"));
}

static enum status mro_read(const struct vendor_request *request, const struct row_sink *sink,
                            struct row_facts *facts, struct error *error)
{
    struct mro *mro = base_alloc(1, sizeof *mro);
    vendor_out_open(&mro->out, request, sink, facts, error);
    find_file_enb(request->path, mro->file_enb, sizeof mro->file_enb);
    for (int c = 0; c < MRO_COLUMNS; c++)
        mro->column[c] = -1;
    enum status status = vendor_out_header(&mro->out, sample_columns, SAMPLE_COLUMNS);
    const struct xml_handler handler = {mro, on_start, on_end, is_done};
    if (status == STATUS_OK)
        status = xml_read_file(request->path, &handler, request->stop, error);
    if (status == STATUS_OK)
        status = mro->out.status;
    free(mro);
    return status;
}

const struct vendor_reader vendor_mro = {"MRO/MRE XML (3GPP style)",
                                         "elements bulkPmMrDataFile or measurement with smr",
                                         mro_recognise, mro_read};
