/* make_county: write an invented county's case folder, with its true verdicts; or a province's,
 * of many counties side by side.
 *
 *   make_county -o DIR [--seed N] [--rat lte] [--sites 70] [--tickets 500] ...
 *
 * The same options give the same bytes. */
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "samples/county.h"

const char *const radio_names[RADIO_COUNT] = {"GSM", "LTE", "NR"};

double draw_range(struct rng *rng, double low, double high)
{
    return low + (high - low) * rng_uniform(rng);
}

int draw_index(struct rng *rng, int count)
{
    return (int)(rng_uniform(rng) * count);
}

bool draw_chance(struct rng *rng, double share)
{
    return rng_uniform(rng) < share;
}

struct xy draw_near(struct rng *rng, struct xy at, double deviation_m)
{
    double x = rng_normal(rng), y = rng_normal(rng);
    return (struct xy){at.x_m + deviation_m * x, at.y_m + deviation_m * y};
}

struct xy draw_inside(struct county *county)
{
    double x = draw_range(&county->rng, -1, 1), y = draw_range(&county->rng, -1, 1);
    return (struct xy){0.97 * county->half_m * x, 0.97 * county->half_m * y};
}

int draw_spot(struct county *county)
{
    double sum = 0;
    for (int i = 0; i < county->spot_count; i++)
        sum += county->spots[i].weight;
    double at = rng_uniform(&county->rng) * sum;
    for (int i = 0; i < county->spot_count; i++)
        if ((at -= county->spots[i].weight) < 0)
            return i;
    return 0;
}

FILE *county_open(const struct county *county, const char *name, const char *header,
                  struct error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", county->wish.folder, name);
    FILE *file = fopen(path, county->number ? "a" : "w");
    if (file == NULL)
        error_set(error, STATUS_IO, "%s: %s", path, strerror(errno));
    else if (header && county->number == 0)
        fprintf(file, "%s\n", header);
    return file;
}

enum status county_close(FILE *file, struct error *error)
{
    bool bad = ferror(file) != 0;
    if (fclose(file) != 0 || bad)
        return error_set(error, STATUS_IO, "a table could not be written: %s", strerror(errno));
    return STATUS_OK;
}

struct point county_point(const struct county *county, struct xy at)
{
    double lat = county->middle.lat + at.y_m / 111194.9;
    return (struct point){
        county->middle.lon + at.x_m / (111194.9 * cos(county->middle.lat * M_PI / 180)), lat};
}

const char *county_time(int64_t at_s, char text[32])
{
    time_t local = (time_t)(at_s + 8 * 3600);
    struct tm tm;
    gmtime_r(&local, &tm);
    strftime(text, 32, "%Y-%m-%dT%H:%M:%S+08:00", &tm);
    return text;
}

enum {
    KEY_SEED = 0x100,
    KEY_RAT,
    KEY_SITES,
    KEY_TICKETS,
    KEY_SAMPLES,
    KEY_DAYS,
    KEY_RELIEF,
    KEY_AREA,
    KEY_POSITION,
    KEY_SLIP,
    KEY_LAW,
    KEY_EXTRAS,
    KEY_MESS,
    KEY_COUNTIES,
};

static const struct argp_option option_table[] = {
    {"output", 'o', "DIR", 0, "the case folder to fill (made if missing)", 0},
    {"seed", KEY_SEED, "N", 0, "everything follows from it (default 1)", 0},
    {"rat", KEY_RAT, "gsm|lte|nr|mix", 0, "technologies (default lte)", 0},
    {"sites", KEY_SITES, "N", 0, "masts (default 70)", 0},
    {"tickets", KEY_TICKETS, "N", 0, "complaints (default 500)", 0},
    {"samples", KEY_SAMPLES, "N", 0, "about so many rows of measurements (default 300000)", 0},
    {"days", KEY_DAYS, "N", 0, "days of complaints and counters (default 14)", 0},
    {"relief", KEY_RELIEF, "M", 0, "height of the hills in metres (default 0: flat)", 0},
    {"area", KEY_AREA, "KM2", 0, "ground per mast (default 6; a city: 0.5)", 0},
    {"position-error", KEY_POSITION, "F", 0, "factor on the error of coordinates (default 1)",
     0},
    {"clock-slip", KEY_SLIP, "MIN", 0, "minutes added to every alarm's times (default 0)", 0},
    {"law", KEY_LAW, "NAME=VALUE", 0, "set a law of its physics (\"--law help\" lists them)",
     0},
    {"extras", KEY_EXTRAS, NULL, 0, "also indoor, terminal and capacity tickets", 0},
    {"mess", KEY_MESS, NULL, 0, "complaints as a GB18030 export with bad rows", 0},
    {"counties", KEY_COUNTIES, "N", 0,
     "so many side by side, among which sites, tickets and samples are shared (default 1)", 0},
    {0},
};

static void parse_rat(const char *text, struct wish *wish, struct argp_state *state)
{
    bool mix = strcmp(text, "mix") == 0, any = mix;
    for (int r = 0; r < RADIO_COUNT; r++) {
        wish->has[r] = mix || text_equal_fold(text, radio_names[r]);
        any |= wish->has[r];
    }
    if (!any)
        argp_error(state, "--rat takes gsm, lte, nr or mix, not '%s'", text);
}

static double parse_number(const char *text, double low, double high, struct argp_state *state)
{
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= low && value <= high))
        argp_error(state, "'%s' is not a number from %g to %g", text, low, high);
    return value;
}

static void list_laws(void)
{
    for (size_t i = 0; i < LAWS; i++)
        printf("%-14s %g .. %g\n", law_table[i].name, law_table[i].low, law_table[i].high);
    exit(0);
}

static void parse_law(const char *text, struct wish *wish, struct argp_state *state)
{
    const char *sign = strchr(text, '=');
    if (strcmp(text, "help") == 0)
        list_laws();
    for (size_t i = 0; sign && i < LAWS; i++)
        if (strlen(law_table[i].name) == (size_t)(sign - text) &&
            strncmp(law_table[i].name, text, (size_t)(sign - text)) == 0) {
            wish->law[i] = parse_number(sign + 1, law_table[i].low, law_table[i].high, state);
            return;
        }
    argp_error(state, "there is no law '%s' (--law help lists them)", text);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct wish *wish = state->input;
    switch (key) {
    case 'o':
        wish->folder = arg;
        return 0;
    case KEY_SEED:
        wish->seed = (uint64_t)parse_number(arg, 0, 1e15, state);
        return 0;
    case KEY_RAT:
        parse_rat(arg, wish, state);
        return 0;
    case KEY_SITES:
        wish->sites = (int)parse_number(arg, 3, MOST_SITES * MOST_COUNTIES, state);
        return 0;
    case KEY_TICKETS:
        wish->tickets = (int)parse_number(arg, 1, 1e6, state);
        return 0;
    case KEY_SAMPLES:
        wish->samples = (int)parse_number(arg, 1, 1e9, state);
        return 0;
    case KEY_DAYS:
        wish->days = (int)parse_number(arg, 1, 60, state);
        return 0;
    case KEY_RELIEF:
        wish->relief_m = parse_number(arg, 0, 3000, state);
        return 0;
    case KEY_AREA:
        wish->area_km2 = parse_number(arg, 0.05, 100, state);
        return 0;
    case KEY_POSITION:
        wish->position_error = parse_number(arg, 0, 100, state);
        return 0;
    case KEY_SLIP:
        wish->clock_slip_min = parse_number(arg, -1440, 1440, state);
        return 0;
    case KEY_LAW:
        parse_law(arg, wish, state);
        return 0;
    case KEY_EXTRAS:
        wish->extras = true;
        return 0;
    case KEY_MESS:
        wish->mess = true;
        return 0;
    case KEY_COUNTIES:
        wish->counties = (int)parse_number(arg, 1, MOST_COUNTIES, state);
        return 0;
    case ARGP_KEY_END:
        if (wish->folder == NULL)
            argp_error(state, "say where: -o DIR");
        if (wish->sites > MOST_SITES * wish->counties || wish->sites < 3 * wish->counties)
            argp_error(state, "a county has 3 to %d sites; see --counties", MOST_SITES);
        if (wish->counties > 1 && (wish->mess || wish->relief_m > 0))
            argp_error(state, "many counties are flat and in order");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The counties stand in a square, row by row, the first in its lower left corner. */
static struct point county_place(const struct county *county, struct point first)
{
    int side = (int)ceil(sqrt(county->wish.counties));
    double step_deg = 1000 * sqrt(county->wish.sites * county->wish.area_km2) / 111194.9;
    double lat = first.lat + county->number / side * step_deg;
    return (struct point){first.lon + county->number % side * step_deg / cos(lat * M_PI / 180),
                          lat};
}

static void county_draw(struct county *county, struct point *first)
{
    rng_seed(&county->rng, county->wish.seed);
    county->middle = (struct point){draw_range(&county->rng, 111.5, 115.5),
                                    draw_range(&county->rng, 31.5, 34.5)};
    if (county->number == 0)
        *first = county->middle;
    county->middle = county_place(county, *first);
    county->start_s = 1772380800; /* 2026-03-02T00:00:00+08:00 */
    county->end_s = county->start_s + (int64_t)county->wish.days * 86400;
    laws_draw(county);
    network_build(county);
    ground_raise(county);
    ground_settle(county);
    network_plan(county);
    events_draw(county);
}

static enum status county_write(struct county *county, struct error *error)
{
    if (mkdir(county->wish.folder, 0777) != 0 && errno != EEXIST)
        return error_set(error, STATUS_IO, "%s: %s", county->wish.folder, strerror(errno));
    enum status status = network_write(county, error);
    if (status == STATUS_OK && county->wish.relief_m > 0)
        status = ground_write(county, error);
    if (status == STATUS_OK)
        status = tickets_write(county, error);
    if (status == STATUS_OK)
        status = alarms_write(county, error);
    if (status == STATUS_OK)
        status = counters_write(county, error);
    if (status == STATUS_OK)
        status = samples_write(county, error);
    return status;
}

/* The share of county `number` when `whole` is dealt out evenly. */
static int share_of(int whole, int number, int counties)
{
    return (int)((int64_t)whole * (number + 1) / counties - (int64_t)whole * number / counties);
}

static enum status counties_make(const struct wish *wish, struct error *error)
{
    struct county *county = base_alloc(1, sizeof *county);
    struct point first = {0};
    enum status status = STATUS_OK;
    for (int i = 0, site = 0, ticket = 0; i < wish->counties && status == STATUS_OK; i++) {
        *county = (struct county){
            .wish = *wish, .number = i, .first_site = site, .first_ticket = ticket};
        county->wish.seed += (uint64_t)i;
        county->wish.sites = share_of(wish->sites, i, wish->counties);
        county->wish.tickets = share_of(wish->tickets, i, wish->counties);
        county->wish.samples = share_of(wish->samples, i, wish->counties);
        county_draw(county, &first);
        status = county_write(county, error);
        site += county->wish.sites;
        ticket = county->first_ticket;
        free(county->height_m);
    }
    free(county);
    return status;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        option_table, parse_option, "", "Write an invented county's case folder.", 0, 0, 0};
    struct error error = {0};
    struct wish wish = {.seed = 1,
                        .has = {[RADIO_LTE] = true},
                        .counties = 1,
                        .sites = 70,
                        .tickets = 500,
                        .samples = 300000,
                        .days = 14,
                        .area_km2 = 6,
                        .position_error = 1};
    for (size_t i = 0; i < LAWS; i++)
        wish.law[i] = NAN;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &wish);
    enum status status = counties_make(&wish, &error);
    if (status != STATUS_OK)
        fprintf(stderr, "make_county: %s\n", error.text);
    return status == STATUS_OK ? 0 : 1;
}
