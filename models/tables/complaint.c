/* The columns of complaints. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "models/tables/table.h"

/* "customer_level" and "rat" are what people write, so the words stay and the enums are read
 * from them; both coordinates may stand in one cell. */
struct complaint_row {
    struct complaint complaint;
    const char *customer_text, *indoor_text;
    struct point both;
};

#define AT(member) offsetof(struct complaint_row, complaint.member)

static const struct field fields[] = {
    {"ticket_id", FIELD_ID, AT(ticket_id),
     "工单号|工单编号|工单流水号|投诉工单号|投诉工单编号|投诉单号|投诉编号|投诉流水号|"
     "EMOS工单号|"
     "EOMS工单号|流水号|受理号|受理编号|申告单号|业务流水号|ticket|ticket no|ticket "
     "number|ticketid|"
     "complaint id|complaint no|complaint number|complaintid|case id|case no|case number|order "
     "id|"
     "order no|sr number|sr no|incident id|tt number|tt no|编号|单号|id|序号",
     .required = true},
    {"reported_at", FIELD_TIME, AT(reported_s),
     "投诉时间|投诉受理时间|受理时间|申告时间|建单时间|派单时间|派发时间|工单时间|创建时间|"
     "报告时间|"
     "工单创建时间|工单受理时间|投诉日期|受理日期|complaint time|complaint date|reported|"
     "report time|report date|created at|created on|created|create time|creation date|open "
     "time|"
     "opened at|open date|received at|submit time|registration "
     "date|timestamp|date|time|datetime|"
     "时间|日期"},
    {"occurred_at", FIELD_TIME, AT(occurred_s),
     "故障发生时间|问题发生时间|发生时间|故障时间|首次发生时间|异常时间|现象发生时间|occurred|"
     "occurrence time|occurred on|event time|problem time|fault time|start time|since"},
    {"lon", FIELD_LON, AT(given.lon),
     "经度|投诉经度|用户经度|投诉点经度|问题点经度|GPS经度|longitude|long|lng|x|lon_wgs84|"
     "complaint longitude|customer longitude",
     .wide = true},
    {"lat", FIELD_LAT, AT(given.lat),
     "纬度|投诉纬度|用户纬度|投诉点纬度|问题点纬度|GPS纬度|latitude|y|lat_wgs84|complaint "
     "latitude|"
     "customer latitude",
     .wide = true},
    {"coordinates", FIELD_POINT, offsetof(struct complaint_row, both),
     "经纬度|投诉经纬度|坐标|投诉坐标|位置坐标|GPS坐标|latlon|latlng|lat lon|lat "
     "long|lonlat|lnglat|"
     "latitude longitude|longitude latitude|coordinate|gps|gps coordinates"},
    {"coord_sys", FIELD_TEXT, AT(coord_sys),
     "坐标系|坐标系统|坐标类型|坐标系类型|crs|datum|srs"},
    {"address", FIELD_TEXT, AT(address),
     "投诉地址|故障地址|投诉地点|故障地点|问题地点|问题地址|详细地址|用户地址|客户地址|地址|"
     "地点|"
     "位置|投诉位置|发生地点|投诉区域位置|full address|customer address|complaint address|"
     "complaint location|street address|location|place|site address|area name"},
    {"serving_cell", FIELD_ID, AT(serving_cell),
     "服务小区|主服务小区|占用小区|驻留小区|主覆盖小区|所属小区|投诉小区|小区CGI|CGI|ECGI|NCGI|"
     "ECI|"
     "小区ID|小区标识|小区号|小区|cell|cell id|cellid|serving cell id|serving cellid|cell "
     "identity|"
     "enodeb cell|CI|小区名称|cell name"},
    {"rat", FIELD_TEXT, AT(rat_text),
     "网络制式|制式|网络类型|业务网络|网络|2G/3G/4G/5G|投诉网络|用户网络|network|network type|"
     "technology|tech|rat type|system|access type|bearer"},
    {"symptom", FIELD_TEXT, AT(symptom_text),
     "投诉现象|故障现象|问题现象|现象|投诉类型|投诉类别|投诉分类|投诉业务类型|问题类型|"
     "问题分类|"
     "故障类型|投诉小类|投诉原因|category|complaint category|complaint type|sub category|"
     "subcategory|issue|issue type|problem|problem type|fault type|symptoms|type"},
    {"description", FIELD_TEXT, AT(description),
     "投诉内容|投诉描述|问题描述|故障描述|详细描述|受理内容|内容|描述|工单内容|投诉详情|"
     "诉求内容|"
     "备注|details|detail|content|remarks|remark|comment|comments|notes|complaint text|"
     "customer comment|complaint description|message"},
    {"customer_level", FIELD_TEXT, offsetof(struct complaint_row, customer_text),
     "客户级别|客户等级|用户级别|用户等级|客户星级|用户星级|用户品牌级别|VIP级别|VIP等级|"
     "是否VIP|"
     "客户类型|用户类型|vip|customer type|customer class|segment|customer "
     "segment|tier|priority"},
    {"customer_id", FIELD_ID, AT(customer_id),
     "客户编号|客户标识|客户ID|用户编号|用户标识|用户ID|IMSI|account|account no|account id|"
     "customer no|customer number|customer|subscriber id|user id"},
    {"phone", FIELD_ID, AT(phone),
     "手机号|手机号码|用户号码|投诉号码|故障号码|客户号码|受理号码|联系电话|联系号码|电话|"
     "电话号码|"
     "号码|msisdn|phone number|phone no|mobile|mobile number|mobile no|contact|contact number|"
     "tel|telephone"},
    {"indoor", FIELD_TEXT, offsetof(struct complaint_row, indoor_text),
     "室内|室内外|室内/室外|是否室内|室内室外|环境|场景|indoor/outdoor|indoor "
     "outdoor|environment|"
     "is indoor|in building"},
    {"terminal", FIELD_TEXT, AT(terminal),
     "终端|终端型号|终端类型|终端品牌型号|手机型号|机型|手机品牌|设备型号|handset|handset "
     "model|"
     "device|device model|phone model|terminal model|terminal type|ue|model"},
};

/* "indoor" of a scene column ("室内-商场") and yes/no alike. */
static enum answer read_indoor(const char *text)
{
    enum answer answer = name_value(answer_names, text);
    if (answer || !text[0])
        return answer;
    bool in = strstr(text, "室内") || strstr(text, "ndoor");
    bool out = strstr(text, "室外") || strstr(text, "utdoor") || strstr(text, "户外");
    return in == out ? ANSWER_UNKNOWN : in ? ANSWER_YES : ANSWER_NO;
}

static bool finish(void *record, struct arena *arena, struct refusal *why)
{
    struct complaint_row *row = record;
    struct complaint *c = &row->complaint;
    if (!(isfinite(c->given.lon) && isfinite(c->given.lat)))
        c->given = row->both;
    c->at = point_valid(c->given) ? c->given : POINT_ABSENT;
    c->rat = name_within(rat_names, c->rat_text);
    c->symptom = name_within(symptom_names, c->symptom_text);
    if (!c->symptom && c->symptom_text[0])
        c->symptom = SYMPTOM_OTHER;
    c->customer = name_within(customer_names, row->customer_text);
    c->indoor = read_indoor(row->indoor_text);
    (void)arena, (void)why;
    return true;
}

const struct table_spec complaint_spec = {
    .name = "complaints",
    .fields = fields,
    .field_count = ARRAY_COUNT(fields),
    .record_size = sizeof(struct complaint_row),
    .line_offset = AT(line),
    .finish = finish,
};
