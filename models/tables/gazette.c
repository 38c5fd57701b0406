#include "models/tables/gazette.h"

enum gazetteer_level gazette_level(enum place_kind kind)
{
    static const enum gazetteer_level levels[] = {
        [PLACE_UNKNOWN] = GAZETTEER_POI,       [PLACE_PROVINCE] = GAZETTEER_PROVINCE,
        [PLACE_CITY] = GAZETTEER_CITY,         [PLACE_COUNTY] = GAZETTEER_COUNTY,
        [PLACE_TOWNSHIP] = GAZETTEER_TOWNSHIP, [PLACE_VILLAGE] = GAZETTEER_VILLAGE,
        [PLACE_ROAD] = GAZETTEER_ROAD,         [PLACE_POI] = GAZETTEER_POI,
        [PLACE_ADDRESS] = GAZETTEER_ADDRESS,
    };
    return levels[kind];
}

struct gazetteer *gazette_new(const struct place *places, size_t count)
{
    struct gazetteer *gazetteer = gazetteer_new();
    for (size_t i = 0; i < count; i++) {
        const struct gazetteer_place place = {.name = places[i].name,
                                              .level = gazette_level(places[i].kind),
                                              .at = places[i].at,
                                              .parent = places[i].parent,
                                              .aliases = places[i].aliases};
        gazetteer_add(gazetteer, &place);
    }
    if (gazetteer_count(gazetteer) == 0) {
        gazetteer_free(gazetteer);
        return NULL;
    }
    gazetteer_finish(gazetteer);
    return gazetteer;
}
