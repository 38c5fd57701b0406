/* covtriage rules: every threshold with its value, unit, range, meaning and source. */
#include <json-c/json.h>

#include "cmd/command.h"

static const char doc[] =
    "Print the table of rules: id, value in force, unit, range, meaning and source.\v"
    "A value is changed for one run by --set RULE=VALUE, or for a case folder by a rules.csv "
    "with the columns rule,value. The values in force are kept in run.json.";

static void print_json(const struct options *options)
{
    struct json_object *list = json_object_new_array();
    for (int i = 0; i < RULE_COUNT; i++) {
        const struct rule *rule = &rule_table[i];
        struct json_object *line = json_object_new_object();
        json_object_object_add(line, "rule", json_object_new_string(rule->name));
        json_object_object_add(line, "value", json_object_new_double(options->rules.value[i]));
        json_object_object_add(line, "default", json_object_new_double(rule->value));
        json_object_object_add(line, "unit", json_object_new_string(rule->unit));
        json_object_object_add(line, "min", json_object_new_double(rule->min));
        json_object_object_add(line, "max", json_object_new_double(rule->max));
        json_object_object_add(line, "meaning", json_object_new_string(rule->meaning));
        json_object_object_add(line, "source", json_object_new_string(rule->source));
        json_object_array_add(list, line);
    }
    puts(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PRETTY));
    json_object_put(list);
}

int command_rules(int argc, char **argv)
{
    struct options options;
    command_parse(argc, argv, NULL, NULL, "", doc, &options);
    if (options.json) {
        print_json(&options);
        return EXIT_DONE;
    }
    printf("%-30s %10s %-9s %-18s %s\n", "rule", "value", "unit", "range", "meaning; source");
    for (int i = 0; i < RULE_COUNT; i++) {
        const struct rule *rule = &rule_table[i];
        char range[32];
        snprintf(range, sizeof range, "%g .. %g", rule->min, rule->max);
        printf("%-30s %10g %-9s %-18s %s; %s\n", rule->name, options.rules.value[i], rule->unit,
               range, rule->meaning, rule->source);
    }
    return EXIT_DONE;
}
