/* Can the customer's phone use what serves there? */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "models/verdict/evidence_view.h"

/* Operators in China name the TDD bands by letters: F 39, A 34, E 40, D 41 (with 38 in it).
 * Source: 3GPP TS 36.101 table 5.5-1 for the ranges. */
static int band_of_letter(char letter)
{
    switch (toupper((unsigned char)letter)) {
    case 'F':
        return 39;
    case 'A':
        return 34;
    case 'E':
        return 40;
    case 'D':
        return 41;
    default:
        return 0;
    }
}

/* "B3", "n78", "Band 41", "3", "D": the band's number; 0 when it is not told so. */
static int band_number(const char *text, size_t length)
{
    size_t i = 0;
    if (length == 1 && band_of_letter(text[0]))
        return band_of_letter(text[0]);
    while (i < length && !isdigit((unsigned char)text[i]))
        i++;
    int number = 0;
    for (; i < length && isdigit((unsigned char)text[i]) && number < 1000; i++)
        number = number * 10 + (text[i] - '0');
    return number == 38 ? 41 : number < 300 ? number : 0;
}

static bool lists_band(const char *bands, int wanted)
{
    while (*bands) {
        size_t length = strcspn(bands, ";,/| +");
        if (length && band_number(bands, length) == wanted)
            return true;
        bands += length + (bands[length] != '\0');
    }
    return false;
}

static const struct terminal *find_terminal(const struct world *world, const char *model)
{
    for (size_t i = 0; i < world->terminal_count && !text_empty(model); i++)
        if (text_equal_fold(world->terminals[i].model, model))
            return &world->terminals[i];
    return NULL;
}

void ask_terminal(const struct study *study, const struct complaint *complaint,
                  struct evidence *evidence)
{
    const struct terminal *terminal = find_terminal(study->world, complaint->terminal);
    if (!terminal || text_empty(terminal->bands))
        return;
    for (size_t i = 0; i < evidence->serving_count; i++) {
        const char *band = study->world->cells[evidence->serving[i].cell].band;
        int number = band_number(band, strlen(band));
        if (number && !lists_band(terminal->bands, number))
            evidence->terminal_blocked += evidence->serving[i].share;
    }
}
