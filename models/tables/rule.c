#include "models/tables/rule.h"

#include <stddef.h>

static const struct field fields[] = {
    {"rule", FIELD_TEXT, offsetof(struct rule_row, rule), "规则|名称|name", .required = true},
    {"value", FIELD_NUMBER, offsetof(struct rule_row, value), "值|取值", .required = true},
};

const struct table_spec rule_spec = {
    .name = "rules",
    .fields = fields,
    .field_count = ARRAY_COUNT(fields),
    .record_size = sizeof(struct rule_row),
    .line_offset = offsetof(struct rule_row, line),
};
