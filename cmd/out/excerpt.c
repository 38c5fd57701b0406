#include "cmd/out/excerpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A ticket and the rank of its order. */
struct turn {
    uint32_t rank, ticket;
};

static int by_rank(const void *a, const void *b)
{
    const struct turn *p = a, *q = b;
    if (p->rank != q->rank)
        return p->rank < q->rank ? -1 : 1;
    return p->ticket < q->ticket ? -1 : p->ticket > q->ticket;
}

static int by_ticket(const void *a, const void *b)
{
    const struct turn *p = a, *q = b;
    return p->ticket < q->ticket ? -1 : p->ticket > q->ticket;
}

/* The `most` tickets of the first orders, in the order of the input. */
static struct result_case *first_cases(const struct result *result, size_t most)
{
    struct textmap ranks = {0};
    struct turn *turns = base_alloc(result->case_count, sizeof *turns);
    for (size_t i = 0; i < result->order_count; i++)
        textmap_put(&ranks, result->orders[i].order_id, (uint32_t)i);
    for (size_t i = 0; i < result->case_count; i++)
        turns[i] = (struct turn){textmap_get(&ranks, result->cases[i].order_id), (uint32_t)i};
    base_sort(turns, result->case_count, sizeof *turns, by_rank);
    base_sort(turns, most, sizeof *turns, by_ticket);
    struct result_case *cases = base_alloc(most, sizeof *cases);
    for (size_t i = 0; i < most; i++)
        cases[i] = result->cases[turns[i].ticket];
    free(turns);
    textmap_free(&ranks);
    return cases;
}

static bool is_flagged(const struct result_cell *cell)
{
    return text_equal(cell->status, "misaligned") || text_equal(cell->status, "swapped") ||
           text_equal(cell->status, "tilt");
}

/* The cells of the sites that the cases name, and those that the audit flags. */
static struct result_cell *named_cells(const struct result *result, const struct result *cases,
                                       size_t most, size_t *count)
{
    struct textmap sites = {0};
    for (size_t i = 0; i < cases->case_count; i++)
        if (!text_empty(cases->cases[i].responsible_site))
            textmap_put(&sites, cases->cases[i].responsible_site, 0);
    struct result_cell *cells = base_alloc(most, sizeof *cells);
    *count = 0;
    for (size_t i = 0; i < result->cell_count && *count < most; i++)
        if (is_flagged(&result->cells[i]) ||
            textmap_get(&sites, result->cells[i].site_id) != TEXTMAP_NONE)
            cells[(*count)++] = result->cells[i];
    textmap_free(&sites);
    return cells;
}

struct result excerpt_make(const struct result *result)
{
    size_t most = (size_t)RULE_VALUE(&result->rules, report_rows);
    struct result excerpt = *result;
    excerpt.whole_cases = result->case_count;
    excerpt.whole_orders = result->order_count;
    excerpt.order_count = BASE_MIN(result->order_count, most);
    if (result->case_count > most) {
        excerpt.cases = first_cases(result, most);
        excerpt.case_count = most;
    }
    if (result->cell_count > most)
        excerpt.cells = named_cells(result, &excerpt, most, &excerpt.cell_count);
    return excerpt;
}

void excerpt_free(struct result *excerpt, const struct result *result)
{
    if (excerpt->cases != result->cases)
        free(excerpt->cases);
    if (excerpt->cells != result->cells)
        free(excerpt->cells);
}

void excerpt_note(const struct result *excerpt, enum language language, char note[256])
{
    note[0] = '\0';
    if (excerpt->case_count < excerpt->whole_cases ||
        excerpt->order_count < excerpt->whole_orders)
        snprintf(note, 256,
                 say(language,
                     "This file shows %zu of %zu tickets and %zu of %zu orders, the "
                     "most pressing; cases.csv, worklist.csv and triage.gpkg hold all. "),
                 excerpt->case_count, excerpt->whole_cases, excerpt->order_count,
                 excerpt->whole_orders);
}
