#include "cmd/out/worklist_cells.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "cmd/out/orders.h"

const struct worklist_format worklist_formats[WORKLIST_COLUMNS] = {
    [COLUMN_RANK] = {"Rank", CELL_NUMBER, 0, 6},
    [COLUMN_ORDER] = {"Order", CELL_TEXT, 0, 22},
    [COLUMN_ROUND] = {"Round", CELL_TEXT, 0, 10},
    [COLUMN_KIND] = {"Action", CELL_TEXT, 0, 16},
    [COLUMN_WHAT] = {"What to do", CELL_TEXT, 0, 52},
    [COLUMN_SITE_NAME] = {"Site name", CELL_TEXT, 0, 20},
    [COLUMN_CELL] = {"Cell", CELL_TEXT, 0, 20},
    [COLUMN_DISTRICT] = {"District", CELL_TEXT, 0, 12},
    [COLUMN_CREW] = {"Crew", CELL_TEXT, 0, 16},
    [COLUMN_DUE] = {"Due", CELL_TIME, 0, 17},
    [COLUMN_STATUS] = {"Status", CELL_TEXT, 0, 12},
    [COLUMN_NOTE] = {"Note", CELL_TEXT, 0, 24},
    [COLUMN_TICKETS] = {"Tickets", CELL_NUMBER, 0, 8},
    [COLUMN_CUSTOMERS] = {"Customers", CELL_NUMBER, 0, 10},
    [COLUMN_VIPS] = {"VIP", CELL_NUMBER, 0, 6},
    [COLUMN_GAIN] = {"Gain dB", CELL_NUMBER, 1, 9},
    [COLUMN_GAIN_LO] = {"Gain from", CELL_NUMBER, 1, 10},
    [COLUMN_GAIN_HI] = {"Gain to", CELL_NUMBER, 1, 10},
    [COLUMN_PRIORITY] = {"Priority", CELL_NUMBER, 2, 10},
    [COLUMN_WEIGHT] = {"Weight", CELL_NUMBER, 2, 9},
    [COLUMN_CURE] = {"Cure", CELL_NUMBER, 2, 8},
    [COLUMN_DAYS] = {"Crew-days", CELL_NUMBER, 2, 10},
    [COLUMN_AZIMUTH_FROM] = {"Azimuth from", CELL_NUMBER, 0, 9},
    [COLUMN_AZIMUTH_TO] = {"Azimuth to", CELL_NUMBER, 0, 9},
    [COLUMN_TILT_FROM] = {"Downtilt from", CELL_NUMBER, 1, 9},
    [COLUMN_TILT_TO] = {"Downtilt to", CELL_NUMBER, 1, 9},
    [COLUMN_LON] = {"Longitude", CELL_NUMBER, 6, 12},
    [COLUMN_LAT] = {"Latitude", CELL_NUMBER, 6, 12},
    [COLUMN_LINK] = {"Navigate", CELL_LINK, 0, 11},
    [COLUMN_WHY] = {"Why", CELL_TEXT, 0, 60},
    [COLUMN_SITE] = {"Site", CELL_TEXT, 0, 14},
    [COLUMN_PLAN] = {"Plan", CELL_TEXT, 0, 12},
    [COLUMN_TICKET_IDS] = {"Ticket numbers", CELL_TEXT, 0, 40},
};

const char *const worklist_statuses[] = {"open",         "dispatched", "in progress", "done",
                                         "not possible", "closed",     NULL};

/* Amap's navigation link takes WGS-84 and opens its app, or a page, on any phone.
 * Source: lbs.amap.com, "URI API", marker, coordinate=wgs84. */
void worklist_link(struct point at, char link[256])
{
    link[0] = '\0';
    if (point_valid(at))
        snprintf(link, 256,
                 "https://uri.amap.com/marker?position=%.6f,%.6f&coordinate=wgs84&callnative=1",
                 at.lon, at.lat);
}

static const char *text_cell(const struct result *result, const struct result_order *order,
                             enum worklist_column column)
{
    bool zh = result->language == LANGUAGE_ZH;
    switch (column) {
    case COLUMN_ORDER:
        return order->order_id;
    case COLUMN_ROUND:
        return say(result->language, order->this_round ? "this round" : "later");
    case COLUMN_KIND:
        return say(result->language, order_label(order->kind));
    case COLUMN_WHAT:
        return zh ? order->what_zh : order->what_en;
    case COLUMN_WHY:
        return zh ? order->why_zh : order->why_en;
    case COLUMN_SITE_NAME:
        return order->site_name;
    case COLUMN_CELL:
        return order->cell_id;
    case COLUMN_DISTRICT:
        return order->district;
    case COLUMN_CREW:
        return say(result->language, order_crew_label(order->crew));
    case COLUMN_STATUS:
        return order->status;
    case COLUMN_NOTE:
        return order->note;
    case COLUMN_SITE:
        return order->site_id;
    case COLUMN_PLAN:
        return order->plan_id;
    case COLUMN_TICKET_IDS:
        return order->ticket_ids;
    default:
        return "";
    }
}

static double number_cell(const struct result_order *order, enum worklist_column column)
{
    switch (column) {
    case COLUMN_RANK:
        return order->rank;
    case COLUMN_TICKETS:
        return order->tickets;
    case COLUMN_CUSTOMERS:
        return order->customers;
    case COLUMN_VIPS:
        return order->vips;
    case COLUMN_GAIN:
        return order->gain_db;
    case COLUMN_GAIN_LO:
        return order->gain_lo_db;
    case COLUMN_GAIN_HI:
        return order->gain_hi_db;
    case COLUMN_PRIORITY:
        return order->priority;
    case COLUMN_WEIGHT:
        return order->weight;
    case COLUMN_CURE:
        return order->cure;
    case COLUMN_DAYS:
        return order->crew_days;
    case COLUMN_AZIMUTH_FROM:
        return order->azimuth_from_deg;
    case COLUMN_AZIMUTH_TO:
        return order->azimuth_to_deg;
    case COLUMN_TILT_FROM:
        return order->tilt_from_deg;
    case COLUMN_TILT_TO:
        return order->tilt_to_deg;
    case COLUMN_LON:
        return order->at.lon;
    case COLUMN_LAT:
        return order->at.lat;
    default:
        return NAN;
    }
}

void worklist_cell(const struct result *result, const struct result_order *order,
                   enum worklist_column column, struct worklist_cell *cell)
{
    *cell = (struct worklist_cell){.text = "", .number = NAN, .at_s = TIME_ABSENT};
    switch (worklist_formats[column].type) {
    case CELL_TEXT:
        cell->text = text_cell(result, order, column);
        return;
    case CELL_NUMBER:
        cell->number = number_cell(order, column);
        return;
    case CELL_TIME:
        cell->at_s = order->due_s;
        return;
    case CELL_LINK:
        worklist_link(order->at, cell->buffer);
        cell->text = cell->buffer;
        return;
    }
}
