/* The columns of places, subscribers and terminals. */
#include <stddef.h>

#include "models/tables/table.h"

#define AT(member) offsetof(struct place, member)

static const struct field place_fields[] = {
    {"name", FIELD_TEXT, AT(name),
     "名称|地名|标准地名|地点名称|place|place name|title|小区名称", .required = true},
    {"kind", FIELD_NAME, AT(kind),
     "类型|类别|级别|行政级别|地名类型|type|level|category|class|place type|fclass",
     .names = place_kind_names},
    {"lon", FIELD_LON, AT(at.lon), "经度|longitude|long|lng|x"},
    {"lat", FIELD_LAT, AT(at.lat), "纬度|latitude|y"},
    {"parent", FIELD_TEXT, AT(parent),
     "上级|上级地名|所属|所属区域|所属行政区|隶属|行政区划|parents|admin|within|part of"},
    {"aliases", FIELD_TEXT, AT(aliases),
     "别名|简称|又名|曾用名|俗称|alias|alternative names|other names|alt names|short name"},
};

const struct table_spec place_spec = {
    .name = "places",
    .fields = place_fields,
    .field_count = ARRAY_COUNT(place_fields),
    .record_size = sizeof(struct place),
    .line_offset = AT(line),
};

#undef AT
#define AT(member) offsetof(struct subscribers, member)

static const struct field subscribers_fields[] = {
    {"area", FIELD_TEXT, AT(area),
     "区域|地区|区县|县区|乡镇|镇区|网格|行政区|region|district|county|township|name|名称",
     .required = true},
    {"subscribers", FIELD_NUMBER, AT(subscribers),
     "用户数|客户数|用户规模|在网用户数|出账用户数|customers|users|subs|subscriber count|count",
     NULL, 0, 1e10, .required = true},
};

const struct table_spec subscribers_spec = {
    .name = "subscribers",
    .fields = subscribers_fields,
    .field_count = ARRAY_COUNT(subscribers_fields),
    .record_size = sizeof(struct subscribers),
    .line_offset = AT(line),
};

#undef AT
#define AT(member) offsetof(struct terminal, member)

static const struct field terminal_fields[] = {
    {"model", FIELD_TEXT, AT(model),
     "型号|终端型号|机型|手机型号|终端|terminal|device|handset|terminal model|device "
     "model|name",
     .required = true},
    {"bands", FIELD_TEXT, AT(bands),
     "频段|支持频段|终端频段|band|supported bands|lte bands|frequency bands", .required = true},
};

const struct table_spec terminal_spec = {
    .name = "terminals",
    .fields = terminal_fields,
    .field_count = ARRAY_COUNT(terminal_fields),
    .record_size = sizeof(struct terminal),
    .line_offset = AT(line),
};
