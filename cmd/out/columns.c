#include "cmd/out/columns.h"

#include <stddef.h>

static const struct package_column case_items[] = {
    {"ticket_id", PACKAGE_TEXT, offsetof(struct result_case, ticket_id)},
    {"verdict", PACKAGE_TEXT, offsetof(struct result_case, verdict)},
    {"confidence", PACKAGE_REAL, offsetof(struct result_case, confidence)},
    {"p_weak_coverage", PACKAGE_REAL, offsetof(struct result_case, p[VERDICT_WEAK])},
    {"p_antenna_misalignment", PACKAGE_REAL,
     offsetof(struct result_case, p[VERDICT_MISALIGNED])},
    {"p_transient_outage", PACKAGE_REAL, offsetof(struct result_case, p[VERDICT_OUTAGE])},
    {"p_planned_build", PACKAGE_REAL, offsetof(struct result_case, p[VERDICT_PLANNED])},
    {"p_undetermined", PACKAGE_REAL, offsetof(struct result_case, p[VERDICT_UNDETERMINED])},
    {"cause", PACKAGE_TEXT, offsetof(struct result_case, cause)},
    {"responsible_cell", PACKAGE_TEXT, offsetof(struct result_case, responsible_cell)},
    {"responsible_site", PACKAGE_TEXT, offsetof(struct result_case, responsible_site)},
    {"responsible_plan", PACKAGE_TEXT, offsetof(struct result_case, responsible_plan)},
    {"lon", PACKAGE_REAL, offsetof(struct result_case, at.lon)},
    {"lat", PACKAGE_REAL, offsetof(struct result_case, at.lat)},
    {"radius_m", PACKAGE_REAL, offsetof(struct result_case, radius_m)},
    {"location_method", PACKAGE_TEXT, offsetof(struct result_case, location_method)},
    {"location_match", PACKAGE_TEXT, offsetof(struct result_case, location_match)},
    {"level_dbm", PACKAGE_REAL, offsetof(struct result_case, level_dbm)},
    {"level_sigma_db", PACKAGE_REAL, offsetof(struct result_case, level_sigma_db)},
    {"action", PACKAGE_TEXT, offsetof(struct result_case, action)},
    {"expected_gain_db", PACKAGE_REAL, offsetof(struct result_case, expected_gain_db)},
    {"due_at", PACKAGE_TIME, offsetof(struct result_case, due_s)},
    {"group_id", PACKAGE_TEXT, offsetof(struct result_case, group_id)},
    {"repeat_of", PACKAGE_TEXT, offsetof(struct result_case, repeat_of)},
    {"flags", PACKAGE_TEXT, offsetof(struct result_case, flags)},
    {"reason_zh", PACKAGE_TEXT, offsetof(struct result_case, reason_zh)},
    {"reason_en", PACKAGE_TEXT, offsetof(struct result_case, reason_en)},
    {"reported_at", PACKAGE_TIME, offsetof(struct result_case, reported_s)},
    {"occurred_at", PACKAGE_TIME, offsetof(struct result_case, occurred_s)},
    {"address", PACKAGE_TEXT, offsetof(struct result_case, address)},
    {"symptom", PACKAGE_TEXT, offsetof(struct result_case, symptom)},
    {"description", PACKAGE_TEXT, offsetof(struct result_case, description)},
    {"customer_level", PACKAGE_TEXT, offsetof(struct result_case, customer_level)},
    {"customer_key", PACKAGE_TEXT, offsetof(struct result_case, customer_key)},
    {"rat", PACKAGE_TEXT, offsetof(struct result_case, rat)},
    {"district", PACKAGE_TEXT, offsetof(struct result_case, district)},
    {"azimuth_from_deg", PACKAGE_REAL, offsetof(struct result_case, azimuth_from_deg)},
    {"azimuth_to_deg", PACKAGE_REAL, offsetof(struct result_case, azimuth_to_deg)},
    {"tilt_from_deg", PACKAGE_REAL, offsetof(struct result_case, tilt_from_deg)},
    {"tilt_to_deg", PACKAGE_REAL, offsetof(struct result_case, tilt_to_deg)},
    {"order_id", PACKAGE_TEXT, offsetof(struct result_case, order_id)},
    {"reply_zh", PACKAGE_TEXT, offsetof(struct result_case, reply_zh)},
    {"reply_en", PACKAGE_TEXT, offsetof(struct result_case, reply_en)},
    {"group_risk", PACKAGE_TEXT, offsetof(struct result_case, group_risk)},
};
const struct columns case_columns = {case_items, ARRAY_COUNT(case_items)};

#define TERMS(verdict, kind)                                                                   \
    {"likelihood_" verdict, PACKAGE_REAL,                                                      \
     offsetof(struct result_case, terms.likelihood[kind])},                                    \
    {                                                                                          \
        "words_" verdict, PACKAGE_REAL, offsetof(struct result_case, terms.words[kind])        \
    }
static const struct package_column term_items[] = {
    TERMS("weak_coverage", VERDICT_WEAK),
    TERMS("antenna_misalignment", VERDICT_MISALIGNED),
    TERMS("transient_outage", VERDICT_OUTAGE),
    TERMS("planned_build", VERDICT_PLANNED),
    TERMS("undetermined", VERDICT_UNDETERMINED),
    {"placed", PACKAGE_FLAG, offsetof(struct result_case, terms.placed)},
};
#undef TERMS
const struct columns term_columns = {term_items, ARRAY_COUNT(term_items)};

static const struct package_column interception_items[] = {
    {"site_id", PACKAGE_TEXT, offsetof(struct result_interception, site_id)},
    {"site_name", PACKAGE_TEXT, offsetof(struct result_interception, site_name)},
    {"cells", PACKAGE_TEXT, offsetof(struct result_interception, cells)},
    {"kind", PACKAGE_TEXT, offsetof(struct result_interception, kind)},
    {"since", PACKAGE_TIME, offsetof(struct result_interception, since_s)},
    {"lon", PACKAGE_REAL, offsetof(struct result_interception, at.lon)},
    {"lat", PACKAGE_REAL, offsetof(struct result_interception, at.lat)},
    {"area_km2", PACKAGE_REAL, offsetof(struct result_interception, area_km2)},
    {"places", PACKAGE_TEXT, offsetof(struct result_interception, places)},
    {"tickets", PACKAGE_INTEGER, offsetof(struct result_interception, tickets)},
    {"expected_tickets", PACKAGE_REAL, offsetof(struct result_interception, expected_tickets)},
    {"risk", PACKAGE_TEXT, offsetof(struct result_interception, risk)},
    {"evidence", PACKAGE_TEXT, offsetof(struct result_interception, evidence)},
    {"file", PACKAGE_TEXT, offsetof(struct result_interception, file)},
    {"line", PACKAGE_INTEGER, offsetof(struct result_interception, line)},
    {"notice_zh", PACKAGE_TEXT, offsetof(struct result_interception, notice_zh)},
    {"notice_en", PACKAGE_TEXT, offsetof(struct result_interception, notice_en)},
};
const struct columns interception_columns = {interception_items,
                                             ARRAY_COUNT(interception_items)};

static const struct package_column test_items[] = {
    {"ticket_id", PACKAGE_TEXT, offsetof(struct result_test, ticket_id)},
    {"verdict", PACKAGE_TEXT, offsetof(struct result_test, verdict)},
    {"confidence", PACKAGE_REAL, offsetof(struct result_test, confidence)},
    {"kind", PACKAGE_TEXT, offsetof(struct result_test, kind)},
    {"cell_id", PACKAGE_TEXT, offsetof(struct result_test, cell_id)},
    {"lon", PACKAGE_REAL, offsetof(struct result_test, at.lon)},
    {"lat", PACKAGE_REAL, offsetof(struct result_test, at.lat)},
    {"points", PACKAGE_TEXT, offsetof(struct result_test, points)},
    {"length_km", PACKAGE_REAL, offsetof(struct result_test, length_km)},
    {"bits", PACKAGE_REAL, offsetof(struct result_test, bits)},
    {"bits_per_km", PACKAGE_REAL, offsetof(struct result_test, bits_per_km)},
    {"what_zh", PACKAGE_TEXT, offsetof(struct result_test, what_zh)},
    {"what_en", PACKAGE_TEXT, offsetof(struct result_test, what_en)},
};
const struct columns test_columns = {test_items, ARRAY_COUNT(test_items)};

static const struct package_column dark_items[] = {
    {"site_id", PACKAGE_TEXT, offsetof(struct result_dark, site_id)},
    {"kind", PACKAGE_TEXT, offsetof(struct result_dark, kind)},
    {"x_m", PACKAGE_REAL, offsetof(struct result_dark, x_m)},
    {"y_m", PACKAGE_REAL, offsetof(struct result_dark, y_m)},
    {"side_m", PACKAGE_REAL, offsetof(struct result_dark, side_m)},
};
const struct columns dark_columns = {dark_items, ARRAY_COUNT(dark_items)};

static const struct package_column cell_items[] = {
    {"cell_id", PACKAGE_TEXT, offsetof(struct result_cell, cell_id)},
    {"site_id", PACKAGE_TEXT, offsetof(struct result_cell, site_id)},
    {"site_name", PACKAGE_TEXT, offsetof(struct result_cell, site_name)},
    {"cell_name", PACKAGE_TEXT, offsetof(struct result_cell, cell_name)},
    {"rat", PACKAGE_TEXT, offsetof(struct result_cell, rat)},
    {"band", PACKAGE_TEXT, offsetof(struct result_cell, band)},
    {"coverage", PACKAGE_TEXT, offsetof(struct result_cell, coverage)},
    {"lon", PACKAGE_REAL, offsetof(struct result_cell, at.lon)},
    {"lat", PACKAGE_REAL, offsetof(struct result_cell, at.lat)},
    {"azimuth_deg", PACKAGE_REAL, offsetof(struct result_cell, azimuth_deg)},
    {"tilt_deg", PACKAGE_REAL, offsetof(struct result_cell, tilt_deg)},
    {"height_m", PACKAGE_REAL, offsetof(struct result_cell, height_m)},
    {"hbw_deg", PACKAGE_REAL, offsetof(struct result_cell, hbw_deg)},
    {"frequency_mhz", PACKAGE_REAL, offsetof(struct result_cell, frequency_mhz)},
    {"azimuth_est_deg", PACKAGE_REAL, offsetof(struct result_cell, azimuth_est_deg)},
    {"azimuth_lo_deg", PACKAGE_REAL, offsetof(struct result_cell, azimuth_lo_deg)},
    {"azimuth_hi_deg", PACKAGE_REAL, offsetof(struct result_cell, azimuth_hi_deg)},
    {"tilt_est_deg", PACKAGE_REAL, offsetof(struct result_cell, tilt_est_deg)},
    {"samples", PACKAGE_COUNT, offsetof(struct result_cell, samples)},
    {"spread_deg", PACKAGE_REAL, offsetof(struct result_cell, spread_deg)},
    {"status", PACKAGE_TEXT, offsetof(struct result_cell, status)},
    {"swapped_with", PACKAGE_TEXT, offsetof(struct result_cell, swapped_with)},
    {"p_fault", PACKAGE_REAL, offsetof(struct result_cell, p_fault)},
    {"note", PACKAGE_TEXT, offsetof(struct result_cell, note)},
};
const struct columns cell_columns = {cell_items, ARRAY_COUNT(cell_items)};

static const struct package_column plan_items[] = {
    {"plan_id", PACKAGE_TEXT, offsetof(struct result_plan, plan_id)},
    {"site_name", PACKAGE_TEXT, offsetof(struct result_plan, site_name)},
    {"stage", PACKAGE_TEXT, offsetof(struct result_plan, stage)},
    {"rat", PACKAGE_TEXT, offsetof(struct result_plan, rat)},
    {"lon", PACKAGE_REAL, offsetof(struct result_plan, at.lon)},
    {"lat", PACKAGE_REAL, offsetof(struct result_plan, at.lat)},
    {"on_air_date", PACKAGE_TIME, offsetof(struct result_plan, on_air_s)},
    {"height_m", PACKAGE_REAL, offsetof(struct result_plan, height_m)},
};
const struct columns plan_columns = {plan_items, ARRAY_COUNT(plan_items)};

static const struct package_column bin_items[] = {
    {"x_m", PACKAGE_REAL, offsetof(struct result_bin, x_m)},
    {"y_m", PACKAGE_REAL, offsetof(struct result_bin, y_m)},
    {"cell_id", PACKAGE_TEXT, offsetof(struct result_bin, cell_id)},
    {"samples", PACKAGE_INTEGER, offsetof(struct result_bin, samples)},
    {"level_dbm", PACKAGE_REAL, offsetof(struct result_bin, level_dbm)},
    {"weak", PACKAGE_FLAG, offsetof(struct result_bin, weak)},
};
const struct columns bin_columns = {bin_items, ARRAY_COUNT(bin_items)};

static const struct package_column reject_items[] = {
    {"file", PACKAGE_TEXT, offsetof(struct result_reject, file)},
    {"line", PACKAGE_INTEGER, offsetof(struct result_reject, line)},
    {"column", PACKAGE_TEXT, offsetof(struct result_reject, column)},
    {"value", PACKAGE_TEXT, offsetof(struct result_reject, value)},
    {"reason", PACKAGE_TEXT, offsetof(struct result_reject, reason)},
};
const struct columns reject_columns = {reject_items, ARRAY_COUNT(reject_items)};

static const struct package_column order_items[] = {
    {"rank", PACKAGE_INTEGER, offsetof(struct result_order, rank)},
    {"order_id", PACKAGE_TEXT, offsetof(struct result_order, order_id)},
    {"kind", PACKAGE_TEXT, offsetof(struct result_order, kind)},
    {"crew", PACKAGE_TEXT, offsetof(struct result_order, crew)},
    {"site_id", PACKAGE_TEXT, offsetof(struct result_order, site_id)},
    {"site_name", PACKAGE_TEXT, offsetof(struct result_order, site_name)},
    {"cell_id", PACKAGE_TEXT, offsetof(struct result_order, cell_id)},
    {"plan_id", PACKAGE_TEXT, offsetof(struct result_order, plan_id)},
    {"district", PACKAGE_TEXT, offsetof(struct result_order, district)},
    {"lon", PACKAGE_REAL, offsetof(struct result_order, at.lon)},
    {"lat", PACKAGE_REAL, offsetof(struct result_order, at.lat)},
    {"what_zh", PACKAGE_TEXT, offsetof(struct result_order, what_zh)},
    {"what_en", PACKAGE_TEXT, offsetof(struct result_order, what_en)},
    {"why_zh", PACKAGE_TEXT, offsetof(struct result_order, why_zh)},
    {"why_en", PACKAGE_TEXT, offsetof(struct result_order, why_en)},
    {"azimuth_from_deg", PACKAGE_REAL, offsetof(struct result_order, azimuth_from_deg)},
    {"azimuth_to_deg", PACKAGE_REAL, offsetof(struct result_order, azimuth_to_deg)},
    {"tilt_from_deg", PACKAGE_REAL, offsetof(struct result_order, tilt_from_deg)},
    {"tilt_to_deg", PACKAGE_REAL, offsetof(struct result_order, tilt_to_deg)},
    {"tickets", PACKAGE_INTEGER, offsetof(struct result_order, tickets)},
    {"customers", PACKAGE_INTEGER, offsetof(struct result_order, customers)},
    {"vips", PACKAGE_INTEGER, offsetof(struct result_order, vips)},
    {"ticket_ids", PACKAGE_TEXT, offsetof(struct result_order, ticket_ids)},
    {"gain_db", PACKAGE_REAL, offsetof(struct result_order, gain_db)},
    {"gain_lo_db", PACKAGE_REAL, offsetof(struct result_order, gain_lo_db)},
    {"gain_hi_db", PACKAGE_REAL, offsetof(struct result_order, gain_hi_db)},
    {"due_at", PACKAGE_TIME, offsetof(struct result_order, due_s)},
    {"priority", PACKAGE_REAL, offsetof(struct result_order, priority)},
    {"weight", PACKAGE_REAL, offsetof(struct result_order, weight)},
    {"cure", PACKAGE_REAL, offsetof(struct result_order, cure)},
    {"crew_days", PACKAGE_REAL, offsetof(struct result_order, crew_days)},
    {"this_round", PACKAGE_FLAG, offsetof(struct result_order, this_round)},
    {"status", PACKAGE_TEXT, offsetof(struct result_order, status)},
    {"note", PACKAGE_TEXT, offsetof(struct result_order, note)},
};
const struct columns order_columns = {order_items, ARRAY_COUNT(order_items)};

static const struct package_column count_items[] = {
    {"area", PACKAGE_TEXT, offsetof(struct result_count, area)},
    {"subscribers", PACKAGE_REAL, offsetof(struct result_count, subscribers)},
};
const struct columns count_columns = {count_items, ARRAY_COUNT(count_items)};

static const struct package_column place_items[] = {
    {"name", PACKAGE_TEXT, offsetof(struct place, name)},
    {"parent", PACKAGE_TEXT, offsetof(struct place, parent)},
    {"aliases", PACKAGE_TEXT, offsetof(struct place, aliases)},
    {"kind", PACKAGE_INTEGER, offsetof(struct place, kind)},
    {"lon", PACKAGE_REAL, offsetof(struct place, at.lon)},
    {"lat", PACKAGE_REAL, offsetof(struct place, at.lat)},
};
const struct columns place_columns = {place_items, ARRAY_COUNT(place_items)};

static const struct package_column band_items[] = {
    {"map", PACKAGE_TEXT, offsetof(struct result_band, map)},
    {"from", PACKAGE_REAL, offsetof(struct result_band, from)},
    {"colour", PACKAGE_INTEGER, offsetof(struct result_band, colour)},
    {"label_zh", PACKAGE_TEXT, offsetof(struct result_band, label_zh)},
    {"label_en", PACKAGE_TEXT, offsetof(struct result_band, label_en)},
};
const struct columns band_columns = {band_items, ARRAY_COUNT(band_items)};

static const struct package_column line_items[] = {
    {"kind", PACKAGE_TEXT, offsetof(struct line_row, kind)},
    {"name", PACKAGE_TEXT, offsetof(struct line_row, name)},
};
const struct columns line_columns = {line_items, ARRAY_COUNT(line_items)};

static const struct package_column fact_items[] = {
    {"case_index", PACKAGE_INTEGER, offsetof(struct fact_row, case_index)},
    {"kind", PACKAGE_TEXT, offsetof(struct fact_row, fact.kind)},
    {"text_zh", PACKAGE_TEXT, offsetof(struct fact_row, fact.text_zh)},
    {"text_en", PACKAGE_TEXT, offsetof(struct fact_row, fact.text_en)},
    {"file", PACKAGE_TEXT, offsetof(struct fact_row, fact.file)},
    {"line", PACKAGE_INTEGER, offsetof(struct fact_row, fact.line)},
    {"weight", PACKAGE_REAL, offsetof(struct fact_row, fact.weight)},
};
const struct columns fact_columns = {fact_items, ARRAY_COUNT(fact_items)};

static const struct package_column whatif_items[] = {
    {"case_index", PACKAGE_INTEGER, offsetof(struct whatif_row, case_index)},
    {"what", PACKAGE_TEXT, offsetof(struct whatif_row, whatif.what)},
    {"object", PACKAGE_TEXT, offsetof(struct whatif_row, whatif.object)},
    {"level_dbm", PACKAGE_REAL, offsetof(struct whatif_row, whatif.level_dbm)},
    {"sigma_db", PACKAGE_REAL, offsetof(struct whatif_row, whatif.sigma_db)},
    {"p_good", PACKAGE_REAL, offsetof(struct whatif_row, whatif.p_good)},
};
const struct columns whatif_columns = {whatif_items, ARRAY_COUNT(whatif_items)};

static const struct package_column rule_items[] = {
    {"rule", PACKAGE_TEXT, offsetof(struct rule_row, rule)},
    {"value", PACKAGE_REAL, offsetof(struct rule_row, value)},
    {"unit", PACKAGE_TEXT, offsetof(struct rule_row, unit)},
    {"origin", PACKAGE_TEXT, offsetof(struct rule_row, origin)},
    {"meaning", PACKAGE_TEXT, offsetof(struct rule_row, meaning)},
    {"source", PACKAGE_TEXT, offsetof(struct rule_row, source)},
};
const struct columns rule_columns = {rule_items, ARRAY_COUNT(rule_items)};

static const struct package_column run_items[] = {
    {"run_json", PACKAGE_TEXT, offsetof(struct run_row, run_json)},
    {"crs_name", PACKAGE_TEXT, offsetof(struct run_row, crs_name)},
    {"language", PACKAGE_TEXT, offsetof(struct run_row, language)},
    {"bin_m", PACKAGE_REAL, offsetof(struct run_row, bin_m)},
    {"orders_bound", PACKAGE_REAL, offsetof(struct run_row, orders_bound)},
    {"now", PACKAGE_TIME, offsetof(struct run_row, now_s)},
    {"utc_offset_s", PACKAGE_INTEGER, offsetof(struct run_row, utc_offset_s)},
};
const struct columns run_columns = {run_items, ARRAY_COUNT(run_items)};

void columns_fill(const struct columns *columns, void *record)
{
    for (size_t i = 0; i < columns->count; i++) {
        const char **text = (const char **)((char *)record + columns->items[i].offset);
        if (columns->items[i].type == PACKAGE_TEXT && !*text)
            *text = "";
    }
}
