#include "cmd/out/antenna_table.h"

#include <string.h>

#include "cmd/out/sheet.h"

static const char *const columns[] = {
    "cell_id",        "site_id",      "azimuth_deg", "azimuth_est_deg", "azimuth_lo_deg",
    "azimuth_hi_deg", "tilt_est_deg", "samples",     "spread_deg",      "status",
    "swapped_with",   "p_fault",      "note",
};

static void write_row(struct sheet *sheet, const struct world *world, const struct aim *aim,
                      const struct cell *cell, enum language language)
{
    char note[400];
    aim_note_text(aim, language, note, sizeof note);
    sheet_text(sheet, cell->cell_id);
    sheet_text(sheet, cell->site_id);
    sheet_number(sheet, cell->azimuth_deg, 1);
    sheet_number(sheet, aim->azimuth_est_deg, 1);
    sheet_number(sheet, aim->azimuth_lo_deg, 1);
    sheet_number(sheet, aim->azimuth_hi_deg, 1);
    sheet_number(sheet, aim->tilt_est_deg, 1);
    sheet_count(sheet, aim->samples);
    sheet_number(sheet, aim->spread_deg, 0);
    sheet_text(sheet, name_of(aim_status_names, (int)aim->status));
    sheet_text(sheet,
               aim->swapped_with == INDEX_NONE ? "" : world->cells[aim->swapped_with].cell_id);
    sheet_number(sheet, aim->p_fault, 4);
    sheet_text(sheet, note);
    sheet_end(sheet);
}

enum status antenna_table_write(const struct world *world, const struct aim *aims,
                                enum language language, const char *path, struct error *error)
{
    struct sheet sheet;
    if (sheet_open(&sheet, path, 0, error) != STATUS_OK)
        return error->status;
    for (size_t i = 0; i < ARRAY_COUNT(columns); i++)
        sheet_text(&sheet, columns[i]);
    sheet_end(&sheet);
    for (size_t c = 0; c < world->cell_count; c++)
        write_row(&sheet, world, &aims[c], &world->cells[c], language);
    return sheet_close(&sheet, error);
}
