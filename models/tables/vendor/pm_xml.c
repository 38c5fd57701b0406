/* Performance files in XML: 3GPP TS 32.435 and TS 28.532 in both spellings of the measurement
 * list, and the older form of TS 32.401 annex B.
 *
 *   measInfo: granPeriod duration=".." endTime=".."
 *     measTypes "a b c"       measValue measObjLdn=".."  measResults "1 2 3"
 *     measType p="1" "a"      measValue measObjLdn=".."  r p="1" "1"     suspect
 *   mi: mts, gp, mt "a"       mv: moid ".."  r "1"  sf
 *
 * One cell's measurements stand in many measInfo blocks, attempts in one and successes in
 * another: they are added up per cell and period, and handed on at the end of the file or when
 * PM_ROWS_MAX are open.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/time.h"
#include "models/tables/vendor/counter_names.h"
#include "models/tables/vendor/fields.h"
#include "models/tables/vendor/formats.h"
#include "models/tables/vendor/level.h"
#include "models/tables/vendor/out.h"
#include "models/tables/vendor/xml.h"

enum {
    PM_TYPES_MAX = 16384, /* measurements in one measInfo; the largest met had 810 */
    PM_ROWS_MAX = 16384,  /* cells and periods open at once, about 20 MB */
    PM_NAME = 256,
};

/* A cell in a period. */
struct pm_row {
    char key[PM_NAME + 64], cell[PM_NAME];
    int64_t start_s;
    double period_s;
    struct counter_sums sums;
    uint32_t line;
    uint64_t blocks; /* rows of the file that went into it */
};

struct pm {
    struct vendor_out out;
    struct counter_names *names;
    struct counter_meaning *types; /* of the measInfo at hand, by position - 1 */
    double *values;                /* of the measValue at hand; NAN: not given */
    size_t type_count, value_next, value_count;
    bool has_column; /* some type of the measInfo has one */
    bool suspect;
    char element[PM_NAME], object[PM_NAME]; /* managed element; measured object */
    char end_time[64], begin_time[64];      /* granPeriod or mts; measCollec */
    double period_s;
    size_t position; /* p of the measType or r at hand, 0: none given */
    struct pm_row *rows;
    size_t row_count, row_capacity;
    struct textmap by_key;
};

static void set_text(char *to, const char *text, size_t size)
{
    snprintf(to, size, "%s", text);
}

/* "PT900S", "PT15M", "PT1H", "P1D" in seconds; NAN otherwise. Source: ISO 8601. */
static double duration_s(const char *text)
{
    static const struct {
        char letter;
        double date_s, time_s;
    } units[] = {{'D', 86400, NAN}, {'H', NAN, 3600}, {'M', NAN, 60}, {'S', NAN, 1}};
    if (*text++ != 'P')
        return NAN;
    double total_s = 0;
    bool in_time = false, any = false;
    while (*text) {
        if (*text == 'T') {
            in_time = true;
            text++;
            continue;
        }
        char *end;
        double number = strtod(text, &end), unit_s = NAN;
        for (size_t i = 0; i < ARRAY_COUNT(units); i++)
            if (*end == units[i].letter)
                unit_s = in_time ? units[i].time_s : units[i].date_s;
        if (end == text || isnan(unit_s))
            return NAN;
        total_s += number * unit_s;
        any = true;
        text = end + 1;
    }
    return any && total_s > 0 && total_s < 1e7 ? total_s : NAN;
}

/* ---- names -------------------------------------------------------------------------- */

/* One "Class=value" of a distinguished name. */
struct rdn {
    const char *name, *value;
    int name_length, value_length;
};

enum { RDN_MAX = 24 };

static size_t split_dn(const char *dn, struct rdn rdns[RDN_MAX])
{
    size_t count = 0;
    while (*dn && count < RDN_MAX) {
        while (*dn == ' ' || *dn == ',' || *dn == '/')
            dn++;
        size_t length = strcspn(dn, ",");
        const char *equals = memchr(dn, '=', length);
        if (equals)
            rdns[count++] = (struct rdn){dn, equals + 1, (int)(equals - dn),
                                         (int)(length - (size_t)(equals + 1 - dn))};
        dn += length;
    }
    return count;
}

static bool rdn_is(const struct rdn *rdn, const char *word)
{
    return memmem(rdn->name, (size_t)rdn->name_length, word, strlen(word)) != NULL;
}

static bool value_is_number(const struct rdn *rdn, int max_digits)
{
    if (rdn->value_length == 0 || rdn->value_length > max_digits)
        return false;
    for (int i = 0; i < rdn->value_length; i++)
        if (rdn->value[i] < '0' || rdn->value[i] > '9')
            return false;
    return true;
}

/* The node above a cell that is only numbered within it: the eNB's number from the function
 * ("ENBFunctionFDD=503660"), else the managed element's name. */
static void name_node(const struct rdn *rdns, size_t cell, const char *element, char *node)
{
    struct rdn of_element[RDN_MAX];
    size_t count = split_dn(element, of_element);
    set_text(node, element, PM_NAME);
    if (count)
        snprintf(node, PM_NAME, "%.*s", of_element[count - 1].value_length,
                 of_element[count - 1].value);
    for (size_t i = 0; i < cell; i++)
        if (rdn_is(&rdns[i], "ManagedElement") ||
            (rdn_is(&rdns[i], "Function") && value_is_number(&rdns[i], 9) &&
             rdns[i].value_length > 2))
            snprintf(node, PM_NAME, "%.*s", rdns[i].value_length, rdns[i].value);
}

/* Huawei: "NE/Cell:eNodeB Name=.., Local Cell ID=1, Cell Name=.., eNodeB ID=553390, ...". */
static bool name_huawei_cell(const char *object, char *cell)
{
    char enb[24], local[24];
    if (!text_field(object, "eNodeB ID|eNodeB标识|gNodeB ID|gNodeB标识", enb, sizeof enb) ||
        !text_field(object, "Cell ID|小区标识|Local Cell ID|本地小区标识", local, sizeof local))
        return text_field(object, "Cell Name|小区名称|NR Cell Name", cell, PM_NAME);
    snprintf(cell, PM_NAME, "%s-%s", enb, local);
    return true;
}

/* The cell that a measured object is. false: it is something else. */
static bool name_cell(const struct pm *pm, char *cell)
{
    struct rdn rdns[RDN_MAX];
    if (strchr(pm->object, ':') && name_huawei_cell(pm->object, cell))
        return true;
    size_t count = split_dn(pm->object, rdns);
    if (!count || !rdn_is(&rdns[count - 1], "Cell") || rdn_is(&rdns[count - 1], "Relation"))
        return false;
    const struct rdn *last = &rdns[count - 1];
    if (!value_is_number(last, 5)) {
        snprintf(cell, PM_NAME, "%.*s", last->value_length, last->value);
        return last->value_length > 0;
    }
    char node[PM_NAME];
    name_node(rdns, count - 1, pm->element, node);
    snprintf(cell, PM_NAME, "%.150s-%.*s", node, last->value_length, last->value);
    return true;
}

/* ---- rows --------------------------------------------------------------------------- */

static void give_row(struct pm *pm, struct pm_row *row)
{
    struct vendor_out *out = &pm->out;
    char time[TIME_SIZE];
    vendor_out_begin(out, row->line);
    vendor_out_set(out, COUNTER_CELL, row->cell);
    vendor_out_set(out, COUNTER_START, time_format(row->start_s, 0, time));
    if (!isnan(row->period_s))
        vendor_out_format(out, COUNTER_MINUTES, "%.10g", row->period_s / 60);
    bool any = false;
    const char *why = NULL, *wrong = NULL;
    for (int k = 0; k < KIND_COUNT; k++) {
        double value = counter_sums_get(&row->sums, (enum counter_kind)k, row->period_s, &why);
        wrong = why ? why : wrong;
        any |= !isnan(value);
        if (!isnan(value))
            vendor_out_format(out, COUNTER_AVAILABILITY + (size_t)k, "%.10g", value);
    }
    if (any)
        vendor_out_give(out);
    else
        vendor_out_refuse(out, "", row->cell,
                          wrong ? wrong
                                : "its measurements give no column: attempts are 0, or "
                                  "a success has no attempts beside it");
    vendor_out_settle(out);
    if (!out->taken)
        out->facts->read -= row->blocks;
}

static void give_rows(struct pm *pm)
{
    for (size_t i = 0; i < pm->row_count && pm->out.status == STATUS_OK; i++)
        give_row(pm, &pm->rows[i]);
    pm->row_count = 0;
    textmap_free(&pm->by_key);
}

static struct pm_row *find_row(struct pm *pm, const char *cell, int64_t start_s, uint32_t line)
{
    char key[PM_NAME + 64];
    snprintf(key, sizeof key, "%s %lld %g", cell, (long long)start_s, pm->period_s);
    uint32_t at = textmap_get(&pm->by_key, key);
    if (at != TEXTMAP_NONE)
        return &pm->rows[at];
    if (pm->row_count == PM_ROWS_MAX)
        give_rows(pm);
    struct pm_row *row = &pm->rows[pm->row_count];
    *row = (struct pm_row){.start_s = start_s, .period_s = pm->period_s, .line = line};
    set_text(row->key, key, sizeof row->key);
    set_text(row->cell, cell, sizeof row->cell);
    textmap_put(&pm->by_key, row->key, (uint32_t)pm->row_count++);
    return row;
}

/* When the period began; TIME_ABSENT: it is not said. */
static int64_t period_start(const struct pm *pm)
{
    int64_t time_s;
    const char *why;
    if (pm->end_time[0] && !isnan(pm->period_s) &&
        time_parse(pm->end_time, pm->out.request->utc_offset_s, &time_s, &why))
        return time_s - (int64_t)pm->period_s;
    if (pm->begin_time[0] &&
        time_parse(pm->begin_time, pm->out.request->utc_offset_s, &time_s, &why))
        return time_s;
    return TIME_ABSENT;
}

static bool add_values(struct pm *pm, struct counter_sums *sums)
{
    bool used = false;
    for (size_t i = 0; i < pm->value_count; i++)
        if (!isnan(pm->values[i]) && pm->types[i].count)
            used |= counter_sums_add(sums, &pm->types[i], pm->values[i]);
    return used;
}

static bool has_useful_value(const struct pm *pm)
{
    struct counter_sums probe = {0};
    return add_values((struct pm *)pm, &probe);
}

static void end_values(struct pm *pm, uint32_t line)
{
    struct vendor_out *out = &pm->out;
    char cell[PM_NAME];
    int64_t start_s = period_start(pm);
    vendor_out_begin(out, line);
    if (!name_cell(pm, cell))
        vendor_out_refuse(out, "cell_id", pm->object, "is not a cell");
    else if (pm->suspect)
        vendor_out_refuse(out, "cell_id", cell, "the node marks its values as suspect");
    else if (!pm->has_column)
        vendor_out_refuse(out, "", cell, "none of its measurements has a column in counters");
    else if (!has_useful_value(pm))
        vendor_out_refuse(out, "", cell, "none of its measurements with a column has a value");
    else if (start_s == TIME_ABSENT)
        vendor_out_refuse(out, "period_start", pm->end_time, "the period cannot be told");
    else {
        struct pm_row *row = find_row(pm, cell, start_s, line);
        add_values(pm, &row->sums);
        row->blocks++;
        out->line = line;
        out->taken = true;
    }
    vendor_out_end(out);
}

/* ---- elements ----------------------------------------------------------------------- */

static void add_type(struct pm *pm, const char *name)
{
    size_t at = pm->position ? pm->position - 1 : pm->type_count;
    if (at >= PM_TYPES_MAX || !*name)
        return;
    pm->types[at] = counter_names_find(pm->names, name);
    pm->has_column |= pm->types[at].count && pm->types[at].uses[0].role != ROLE_UNUSED;
    pm->type_count = BASE_MAX(pm->type_count, at + 1);
    if (!pm->types[at].count)
        vendor_out_note(&pm->out, "measurement without a column", name);
}

static void add_value(struct pm *pm, const char *text)
{
    size_t at = pm->position ? pm->position - 1 : pm->value_next++;
    double value;
    if (at >= pm->type_count || !level_parse(text, &value))
        return;
    pm->values[at] = value;
    pm->value_count = BASE_MAX(pm->value_count, at + 1);
}

static void add_list(struct pm *pm, const char *text, void (*add)(struct pm *, const char *))
{
    char *copy = base_text(text), *save = NULL;
    pm->position = 0;
    for (char *word = strtok_r(copy, " \t\r\n", &save); word;
         word = strtok_r(NULL, " \t\r\n", &save))
        add(pm, word);
    free(copy);
}

static void begin_info(struct pm *pm)
{
    memset(pm->types, 0, pm->type_count * sizeof *pm->types);
    pm->type_count = 0;
    pm->has_column = false;
    pm->end_time[0] = '\0';
    pm->period_s = NAN;
}

static void begin_values(struct pm *pm, const char *object)
{
    set_text(pm->object, object, sizeof pm->object);
    for (size_t i = 0; i < pm->type_count; i++)
        pm->values[i] = NAN;
    pm->value_next = pm->value_count = 0;
    pm->suspect = false;
}

static void on_start(void *context, const char *name, const char *const *attributes,
                     uint32_t line)
{
    struct pm *pm = context;
    (void)line;
    if (strcmp(name, "managedElement") == 0 || strcmp(name, "measEntity") == 0) {
        set_text(pm->element, xml_attribute(attributes, "localDn"), sizeof pm->element);
    } else if (strcmp(name, "measInfo") == 0 || strcmp(name, "mi") == 0) {
        begin_info(pm);
    } else if (strcmp(name, "granPeriod") == 0) {
        set_text(pm->end_time, xml_attribute(attributes, "endTime"), sizeof pm->end_time);
        pm->period_s = duration_s(xml_attribute(attributes, "duration"));
    } else if (strcmp(name, "measCollec") == 0 || strcmp(name, "measData") == 0) {
        const char *begin = xml_attribute(attributes, "beginTime");
        if (*begin)
            set_text(pm->begin_time, begin, sizeof pm->begin_time);
    } else if (strcmp(name, "measValue") == 0 || strcmp(name, "mv") == 0) {
        begin_values(pm, xml_attribute(attributes, "measObjLdn"));
    } else if (strcmp(name, "measType") == 0 || strcmp(name, "r") == 0) {
        pm->position = (size_t)strtoul(xml_attribute(attributes, "p"), NULL, 10);
    } else if (strcmp(name, "mt") == 0) {
        pm->position = 0;
    }
}

/* "20260302001500Z" and "20260302001500+0100" in the form that time_parse knows. */
static void set_stamp(struct pm *pm, const char *t)
{
    if (strspn(t, "0123456789") == 14)
        snprintf(pm->end_time, sizeof pm->end_time, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.8s", t,
                 t + 4, t + 6, t + 8, t + 10, t + 12, t + 14);
    else
        set_text(pm->end_time, t, sizeof pm->end_time);
}

static void end_old_form(struct pm *pm, const char *name, const char *text, uint32_t line)
{
    double seconds;
    if (strcmp(name, "mt") == 0)
        add_type(pm, text);
    else if (strcmp(name, "moid") == 0)
        set_text(pm->object, text, sizeof pm->object);
    else if (strcmp(name, "mts") == 0)
        set_stamp(pm, text);
    else if (strcmp(name, "gp") == 0)
        pm->period_s = level_parse(text, &seconds) && seconds > 0 ? seconds : NAN;
    else if (strcmp(name, "nedn") == 0 || strcmp(name, "neun") == 0)
        set_text(pm->element, text, sizeof pm->element);
    else if (strcmp(name, "sf") == 0)
        pm->suspect = strcasecmp(text, "true") == 0;
    else if (strcmp(name, "mv") == 0)
        end_values(pm, line);
}

static void on_end(void *context, const char *name, const char *text, uint32_t line)
{
    struct pm *pm = context;
    if (strcmp(name, "r") == 0)
        add_value(pm, text);
    else if (strcmp(name, "measType") == 0)
        add_type(pm, text);
    else if (strcmp(name, "measTypes") == 0)
        add_list(pm, text, add_type);
    else if (strcmp(name, "measResults") == 0)
        add_list(pm, text, add_value);
    else if (strcmp(name, "suspect") == 0)
        pm->suspect = strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;
    else if (strcmp(name, "measValue") == 0)
        end_values(pm, line);
    else
        end_old_form(pm, name, text, line);
}

static bool is_done(void *context)
{
    return ((struct pm *)context)->out.status != STATUS_OK;
}

/* ---- the reader --------------------------------------------------------------------- */

static bool pm_recognise(const struct vendor_request *request, const char *head, size_t length)
{
    (void)length;
    return strcmp(request->table, "counters") == 0 &&
           (strstr(head, "<measCollecFile") || strstr(head, "<measDataFile") ||
            strstr(head, ":measCollecFile") || strstr(head, "<mdc"));
}

static enum status pm_read(const struct vendor_request *request, const struct row_sink *sink,
                           struct row_facts *facts, struct error *error)
{
    struct pm *pm = base_alloc(1, sizeof *pm);
    vendor_out_open(&pm->out, request, sink, facts, error);
    enum status status = counter_names_open(request->path, &pm->names, error);
    pm->types = base_alloc(PM_TYPES_MAX, sizeof *pm->types);
    pm->values = base_alloc(PM_TYPES_MAX, sizeof *pm->values);
    pm->rows = base_alloc(PM_ROWS_MAX, sizeof *pm->rows);
    begin_info(pm);
    if (status == STATUS_OK)
        status = vendor_out_header(&pm->out, counter_columns, COUNTER_COLUMNS);
    const struct xml_handler handler = {pm, on_start, on_end, is_done};
    if (status == STATUS_OK)
        status = xml_read_file(request->path, &handler, request->stop, error);
    if (status == STATUS_OK)
        give_rows(pm);
    if (status == STATUS_OK)
        status = pm->out.status;
    textmap_free(&pm->by_key);
    counter_names_free(pm->names);
    free(pm->types);
    free(pm->values);
    free(pm->rows);
    free(pm);
    return status;
}

const struct vendor_reader vendor_pm_xml = {"PM XML (3GPP TS 32.435)",
                                            "element measCollecFile, measDataFile or mdc",
                                            pm_recognise, pm_read};
