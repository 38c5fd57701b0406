/* The columns of cells: one row per cell, or per site where a table has no cells. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/channel.h"
#include "models/tables/table.h"

/* What a cell is put together from when the table has it in parts. */
struct cell_row {
    struct cell cell;
    const char *enodeb, *lac, *kind_text;
    enum answer indoor_fed;
    double total_tilt_deg;
    struct point both;
};

#define AT(member)     offsetof(struct cell_row, cell.member)
#define AT_ROW(member) offsetof(struct cell_row, member)

#define ENODEB                                                                                 \
    "eNodeB ID|eNodeBID|eNB ID|eNBId|ENODEB标识|eNodeB标识|gNodeB ID|gNBId|gNodeB标识|"  \
    "基站标识|NodeB ID|BTS ID|eNodeB|gNodeB|enb"

/* Ranges of power: TS 36.331 referenceSignalPower -60..50 dBm; BCCH powers reach 60. */
static const struct field fields[] = {
    {"site_id", FIELD_ID, AT(site_id),
     ENODEB "|站点ID|站点编号|站号|基站编号|基站ID|基站号|物理站编号|站址编号|site|site code|"
            "site no|node|node id|标识"},
    {"enodeb_id", FIELD_ID, AT_ROW(enodeb), ENODEB},
    {"site_name", FIELD_TEXT, AT(site_name),
     "站点名称|站名|基站名称|基站中文名|eNodeBName|eNodeB名称|gNodeBName|gNodeB名称|NodeBName|"
     "BTS Name|物理站名|所属基站|所属站点|网元名称|site|name of site|拉远名称"},
    {"cell_id", FIELD_ID, AT(cell_id),
     "CGI|ECGI|NCGI|小区CGI|global cell id|cellid|小区ID|小区标识|小区号|小区编号|ECellID|ECI|"
     "NCI|cell identity|cell code|eutran cell id|cell no|本地小区标识|local cell "
     "id|CI|cell|小区",
     .required = true},
    {"site_id", FIELD_ID, AT(cell_id),
     "site_id|" ENODEB "|站点ID|站点编号|基站编号|基站ID|基站号"},
    {"lac", FIELD_ID, AT_ROW(lac), "LAC|位置区|位置区码|位置区编码"},
    {"cell_name", FIELD_TEXT, AT(cell_name),
     "小区名称|小区名|小区中文名|扇区名称|CellName|cell name|sector name|sector|name|名称"},
    {"rat", FIELD_NAME, AT(rat),
     "制式|网络制式|网络类型|技术制式|系统|technology|tech|system|"
     "network type|act|radio",
     .names = rat_names},
    {"band", FIELD_TEXT, AT(band),
     "频段号|频带号|频段指示|频段|工作频段|工作频带|使用频段|band|freq band|frequency band|"
     "band indicator"},
    {"frequency_mhz", FIELD_NUMBER, AT(frequency_mhz),
     "频率|中心频率|下行频率|下行中心频率|下行中心频点|frequency|freq|dl frequency|dl freq|"
     "center frequency|centre frequency",
     "-1|0", 30, 100000, .unit = "MHz"},
    {"arfcn", FIELD_NUMBER, AT(arfcn),
     "EARFCN|ARFCN|UARFCN|NRARFCN|NR-ARFCN|频点|下行频点|频点号|中心频点|下行EARFCN|EARFCNDL|"
     "dl earfcn|SSB频点|BCCH|BCCH频点|主频|主B频点|channel",
     "-1|65535", 0, 3279165},
    {"pci", FIELD_NUMBER, AT(pci),
     "物理小区标识|物理小区ID|PHYCELLID|physical cell id|PSC|扰码", "-1|65535", 0, 1007},
    {"lon", FIELD_LON, AT(at.lon),
     "经度|longitude|long|lng|x|天线经度|小区经度|基站经度|站点经度", .required = true},
    {"lat", FIELD_LAT, AT(at.lat), "纬度|latitude|y|天线纬度|小区纬度|基站纬度|站点纬度",
     .required = true},
    {"coordinates", FIELD_POINT, AT_ROW(both), "经纬度|坐标|latlon|lat lon|lonlat|coordinate"},
    {"azimuth_deg", FIELD_NUMBER, AT(azimuth_deg),
     "方位角|天线方位角|方向角|天线方向角|方位|水平方位角|azimuth|antenna "
     "azimuth|azi|bearing|dir|"
     "direction",
     "-1|1000|65535|999|-999", 0, 360, .unit = "deg"},
    {"mech_tilt_deg", FIELD_NUMBER, AT(mech_tilt_deg),
     "机械下倾角|机械下倾|机械倾角|机械角|mechanical tilt|mechanical downtilt|mech "
     "tilt|mtilt|m-tilt|"
     "mechtilt|mdt",
     "-1|1000|999|-999|65535", -20, 45, .unit = "deg"},
    {"elec_tilt_deg", FIELD_NUMBER, AT(elec_tilt_deg),
     "电下倾角|电子下倾角|电子下倾|电下倾|电调下倾角|电调下倾|预置电下倾角|内置下倾角|"
     "electrical tilt|electrical downtilt|elec tilt|etilt|e-tilt|ret|edt",
     "-1|1000|999|-999|65535", -20, 45, .unit = "deg"},
    {"total_tilt_deg", FIELD_NUMBER, AT_ROW(total_tilt_deg),
     "总下倾角|下倾角|总倾角|天线下倾角|倾角|俯仰角|tilt|total tilt|downtilt|antenna tilt",
     "-1|1000|999|-999|65535", -20, 45, .unit = "deg"},
    {"height_m", FIELD_NUMBER, AT(height_m),
     "天线挂高|挂高|站高|天线高度|天线有效高度|挂高(米)|height|antenna height|hba|agl|tower "
     "height|"
     "height agl",
     "-1|0|1000|9999|-999", 0.5, 600, .unit = "m"},
    {"rs_power_dbm", FIELD_NUMBER, AT(rs_power_dbm),
     "参考信号功率|RS功率|RS发射功率|小区参考信号功率|CRS功率|导频功率|BCCH功率|BCCH发射功率|"
     "SSB功率|referenceSignalPower|reference signal power|rs power|rspower|crs power|pilot "
     "power|"
     "cpich power|bcch power|ssb power|PDSCHCFG参考信号功率",
     "-1|1000", -60, 60, .unit = "dBm"},
    {"antenna_gain_dbi", FIELD_NUMBER, AT(antenna_gain_dbi),
     "天线增益|增益|antenna gain|gain|ant gain", "-1|1000|-999", -10, 40, .unit = "dBi"},
    {"hbw_deg", FIELD_NUMBER, AT(hbw_deg),
     "水平半功率角|水平波瓣宽度|水平波瓣|水平波束宽度|水平半功率|horizontal beamwidth|h "
     "beamwidth|"
     "beamwidth|hbw|hpbw|horizontal bw",
     "-1|0|1000", 1, 360, .unit = "deg"},
    {"vbw_deg", FIELD_NUMBER, AT(vbw_deg),
     "垂直半功率角|垂直波瓣宽度|垂直波瓣|垂直波束宽度|垂直半功率|vertical beamwidth|v "
     "beamwidth|vbw|"
     "vertical bw",
     "-1|0|1000", 0.5, 360, .unit = "deg"},
    {"pattern", FIELD_TEXT, AT(pattern),
     "天线方向图|方向图|方向图文件|antenna pattern|antenna file|msi"},
    {"coverage", FIELD_NAME, AT(coverage),
     "覆盖类型|室内外|室内/室外|室内室外|覆盖方式|小区覆盖类型|站型|indoor outdoor|coverage "
     "type",
     .names = coverage_names},
    {"indoor_fed", FIELD_NAME, AT_ROW(indoor_fed),
     "是否接室分|是否室分|是否室内|室分|indoor|is indoor", .names = answer_names},
    {"kind", FIELD_TEXT, AT_ROW(kind_text),
     "扇区类别|基站位置|基站类型|站点类型|小区类型|天线方向类型|cell type|site type|覆盖场景"},
    {"on_air", FIELD_TIME, AT(on_air_s),
     "开通时间|开通日期|入网时间|入网日期|投入使用时间|割接时间|1X开通时间|on air date|onair "
     "date|"
     "on-air date|launch date|integration date|commissioned"},
};

static bool all_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* "0" of eNodeB 499773 is 499773-0; "31235" of location area 18 is 18-31235. A number too long
 * for a part is a whole identity and stays. */
static void compose_id(struct cell_row *row, struct arena *arena)
{
    struct cell *cell = &row->cell;
    if (!all_digits(cell->cell_id) || strcmp(cell->cell_id, cell->site_id) == 0)
        return;
    long value = strlen(cell->cell_id) < 10 ? atol(cell->cell_id) : 1000000000;
    long local_max =
        cell->rat == RAT_NR ? 1023 : 255; /* TS 36.413 9.2.1.38, TS 38.413 9.3.1.7 */
    if (all_digits(row->enodeb) && value <= local_max && strlen(row->enodeb) > 3)
        cell->cell_id = arena_format(arena, "%s-%s", row->enodeb, cell->cell_id);
    else if (all_digits(row->lac) && value <= 65535 &&
             (cell->rat == RAT_GSM || cell->rat == RAT_UMTS || cell->rat == RAT_UNKNOWN))
        cell->cell_id = arena_format(arena, "%s-%s", row->lac, cell->cell_id);
}

static void settle_coverage(struct cell_row *row)
{
    struct cell *cell = &row->cell;
    if (!cell->coverage && row->indoor_fed)
        cell->coverage = row->indoor_fed == ANSWER_YES ? COVERAGE_INDOOR : COVERAGE_MACRO;
    if (!cell->coverage)
        cell->coverage = name_within(coverage_names, row->kind_text);
}

/* An indoor cell and an omni antenna have no azimuth, whatever was filled in for it; a beam of
 * 360 degrees is the usual way to say so. */
static void settle_antenna(struct cell_row *row)
{
    struct cell *cell = &row->cell;
    bool omni = cell->hbw_deg >= 360;
    if (omni)
        cell->hbw_deg = NAN;
    if (omni || cell->coverage == COVERAGE_INDOOR)
        cell->azimuth_deg = NAN;
    if (cell->azimuth_deg == 360)
        cell->azimuth_deg = 0;
    if (isnan(cell->mech_tilt_deg) && isnan(cell->elec_tilt_deg))
        cell->elec_tilt_deg = row->total_tilt_deg;
}

static void settle_band(struct cell *cell, struct arena *arena)
{
    if (all_digits(cell->band) && strlen(cell->band) <= 3 && cell->rat == RAT_LTE)
        cell->band = arena_format(arena, "B%s", cell->band);
    else if (all_digits(cell->band) && strlen(cell->band) <= 3 && cell->rat == RAT_NR)
        cell->band = arena_format(arena, "n%s", cell->band);
}

/* A column of frequencies is believed first, the channel number next, the band's name last; a
 * band is read off an EARFCN where it is not named. */
static void settle_frequency(struct cell *cell, struct arena *arena)
{
    if (isnan(cell->frequency_mhz))
        cell->frequency_mhz = channel_mhz(cell->rat, cell->arfcn);
    if (isnan(cell->frequency_mhz))
        cell->frequency_mhz = channel_band_mhz(cell->band);
    int band = cell->rat == RAT_LTE ? channel_lte_band(cell->arfcn) : 0;
    if (!cell->band[0] && band)
        cell->band = arena_format(arena, "B%d", band);
}

static bool finish(void *record, struct arena *arena, struct refusal *why)
{
    struct cell_row *row = record;
    struct cell *cell = &row->cell;
    if (!point_valid(cell->at)) {
        why->column = "lon";
        snprintf(why->reason, sizeof why->reason, "no position");
        return false;
    }
    if (!cell->site_id[0])
        cell->site_id = cell->site_name[0] ? cell->site_name : cell->cell_id;
    compose_id(row, arena);
    settle_coverage(row);
    settle_antenna(row);
    settle_band(cell, arena);
    settle_frequency(cell, arena);
    return true;
}

const struct table_spec cell_spec = {
    .name = "cells",
    .fields = fields,
    .field_count = ARRAY_COUNT(fields),
    .record_size = sizeof(struct cell_row),
    .line_offset = AT(line),
    .finish = finish,
};
