/* run_story STORY.txt...: write each story's case folder, run `covtriage triage` on it, and
 * compare what it says with the story's `expect` lines. COVTRIAGE names the program. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/tables/table.h"
#include "tests/scenario/story.h"

/* cases.csv as text, by the contract's columns. */
/* clang-format off */
#define COLUMNS(X) \
    X(ticket_id) X(verdict) X(confidence) X(p_weak_coverage) X(p_antenna_misalignment) \
    X(p_transient_outage) X(p_planned_build) X(p_undetermined) X(cause) X(responsible_cell) \
    X(responsible_site) X(responsible_plan) X(lon) X(lat) X(radius_m) X(location_method) \
    X(location_match) X(level_dbm) X(level_sigma_db) X(action) X(expected_gain_db) X(due_at) \
    X(group_id) X(repeat_of) X(flags) X(reason) X(reply) X(group_risk)
/* clang-format on */

struct row {
#define X(name) const char *name;
    COLUMNS(X)
#undef X
};

static const struct field row_fields[] = {
#define X(column) {.name = #column, .type = FIELD_TEXT, .offset = offsetof(struct row, column)},
    COLUMNS(X)
#undef X
};

static const struct table_spec row_spec = {.name = "cases",
                                           .fields = row_fields,
                                           .field_count = ARRAY_COUNT(row_fields),
                                           .record_size = sizeof(struct row)};

struct rows {
    struct row items[MOST_LINES];
    int count;
};

static enum status keep_row(void *context, const void *record)
{
    struct rows *rows = context;
    if (rows->count < MOST_LINES)
        rows->items[rows->count++] = *(const struct row *)record;
    return STATUS_OK;
}

static const char *row_value(const struct row *row, const char *column)
{
    static const char *const shorts[][2] = {{"cell", "responsible_cell"},
                                            {"site", "responsible_site"},
                                            {"plan", "responsible_plan"}};
    for (size_t i = 0; i < ARRAY_COUNT(shorts); i++)
        if (text_equal(column, shorts[i][0]))
            column = shorts[i][1];
    for (size_t i = 0; i < ARRAY_COUNT(row_fields); i++)
        if (text_equal(column, row_fields[i].name))
            return *(const char *const *)((const char *)row + row_fields[i].offset);
    return NULL;
}

static bool among(const char *value, char *list)
{
    char *rest = NULL;
    if (list[0] == '\0')
        return value[0] == '\0';
    for (char *one = strtok_r(list, "|", &rest); one; one = strtok_r(NULL, "|", &rest))
        if (text_equal(one, value))
            return true;
    return false;
}

/* Does any of the words stand in the value? */
static bool mentions(const char *value, char *list)
{
    char *rest = NULL;
    for (char *one = strtok_r(list, "|", &rest); one; one = strtok_r(NULL, "|", &rest))
        if (strstr(value, one))
            return true;
    return false;
}

/* "verdict=a|b", "confidence>=0.8", "level_dbm<-100", "reason~词|word", "cell!=A1" */
static bool holds(const struct row *row, const char *condition)
{
    char column[64], wanted[256];
    size_t name = strcspn(condition, "=<>~!"), sign = strspn(condition + name, "=<>~!");
    snprintf(column, sizeof column, "%.*s", (int)name, condition);
    snprintf(wanted, sizeof wanted, "%s", condition + name + sign);
    const char *value = row_value(row, column), *op = condition + name;
    if (value == NULL || sign == 0)
        return false;
    switch (*op) {
    case '~':
        return mentions(value, wanted);
    case '=':
        return among(value, wanted);
    case '!':
        return !among(value, wanted);
    case '<':
        return value[0] && strtod(value, NULL) <= strtod(wanted, NULL);
    default:
        return value[0] && strtod(value, NULL) >= strtod(wanted, NULL);
    }
}

static int run_triage(const char *folder)
{
    const char *program = getenv("COVTRIAGE");
    char log[4096];
    pid_t child = fork();
    if (child == 0) {
        snprintf(log, sizeof log, "%s/log", folder);
        if (freopen(log, "w", stdout) == NULL || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
            _exit(127);
        execl(program ? program : "build/covtriage", "covtriage", "triage", folder, "--quiet",
              "--lang", "zh", "-j", "1", "--timezone", "+08:00", (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static void show_log(const char *folder)
{
    char path[4096], line[512];
    snprintf(path, sizeof path, "%s/log", folder);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        printf("     %s", line);
    if (file)
        fclose(file);
}

static void show_row(const struct row *r)
{
    printf("     got verdict=%s cause=%s cell=%s plan=%s confidence=%s\n", r->verdict, r->cause,
           r->responsible_cell, r->responsible_plan, r->confidence);
    printf("     p: weak %s, misaligned %s, outage %s, planned %s, undetermined %s\n",
           r->p_weak_coverage, r->p_antenna_misalignment, r->p_transient_outage,
           r->p_planned_build, r->p_undetermined);
    printf("     level %s +- %s, flags %s, action %s\n     %s\n", r->level_dbm,
           r->level_sigma_db, r->flags, r->action, r->reason);
}

/* Does what `explain` prints of the ticket, or the file NAME.csv of the results, hold one of
 * the texts (!~: none)? Conditions "explain~text|text", "interception~text", "tests!~text". */
static bool prints(const char *folder, const char *ticket, const char *condition)
{
    const char *program = getenv("COVTRIAGE");
    char command[8192], wanted[256];
    size_t name = strcspn(condition, "!~");
    bool none = condition[name] == '!';
    snprintf(wanted, sizeof wanted, "%s", condition + name + 1 + none);
    if (name == 7 && text_starts(condition, "explain"))
        snprintf(command, sizeof command, "%s explain %s/out %s --lang en",
                 program ? program : "build/covtriage", folder, ticket);
    else
        snprintf(command, sizeof command, "cat %s/out/%.*s.csv", folder, (int)name, condition);
    FILE *pipe = popen(command, "r");
    if (!pipe)
        return false;
    static const size_t MOST = 1 << 18;
    char *text = base_alloc(MOST, 1);
    text[fread(text, 1, MOST - 1, pipe)] = '\0';
    bool found = pclose(pipe) == 0 && mentions(text, wanted) != none;
    free(text);
    return found;
}

static bool is_print(const char *condition)
{
    static const char *const names[] = {"explain", "interception", "tests", "worklist"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (text_starts(condition, names[i])) {
            const char *op = condition + strlen(names[i]);
            return text_starts(op, "~") || text_starts(op, "!~");
        }
    return false;
}

static bool check(const char *folder, const struct story *story, const struct rows *rows,
                  const struct story_expectation *e)
{
    const struct row *row = NULL;
    for (int i = 0; i < rows->count; i++)
        if (text_equal(rows->items[i].ticket_id, e->ticket))
            row = &rows->items[i];
    if (row == NULL) {
        printf("FAIL %s: %s: no such ticket in cases.csv\n", story->title, e->ticket);
        return false;
    }
    for (int i = 0; i < e->condition_count; i++)
        if (is_print(e->conditions[i]) ? !prints(folder, e->ticket, e->conditions[i])
                                       : !holds(row, e->conditions[i])) {
            printf("FAIL %s: %s should have %s\n     %s\n", story->title, e->ticket,
                   e->conditions[i], story->file);
            show_row(row);
            return false;
        }
    printf("ok %s: %s\n", story->title, e->ticket);
    return true;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *walk)
{
    (void)s, (void)kind, (void)walk;
    return remove(path);
}

static enum status read_cases(const char *folder, struct arena *arena, struct rows *rows,
                              struct error *error)
{
    char path[4096];
    struct rejects rejects = {.arena = arena};
    struct table_options options = {.arena = arena, .rejects = &rejects};
    snprintf(path, sizeof path, "%s/out/cases.csv", folder);
    enum status status = table_read(path, &row_spec, &options, keep_row, rows, NULL, error);
    free(rejects.items);
    return status;
}

/* Write, run, compare one story; returns whether all expectations hold. */
static bool play(const struct story *story)
{
    char folder[] = "/tmp/story-XXXXXX";
    struct error error = {0};
    struct rows *rows = base_alloc(1, sizeof *rows);
    bool good = mkdtemp(folder) != NULL;
    if (good && story_write(story, folder, &error) == STATUS_OK) {
        int code = run_triage(folder);
        if (code != 0) {
            printf("FAIL %s: covtriage triage ended with %d\n", story->title, code);
            show_log(folder);
            good = false;
        } else if (read_cases(folder, story->arena, rows, &error) == STATUS_OK) {
            for (int i = 0; i < story->expectation_count; i++)
                good &= check(folder, story, rows, &story->expectations[i]);
        }
    }
    if (error.status != STATUS_OK) {
        printf("FAIL %s: %s\n", story->title, error.text);
        good = false;
    }
    if (getenv("KEEP_STORY")) {
        printf("     kept in %s\n", folder);
        story_show(story);
    } else {
        nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    }
    free(rows);
    return good;
}

/* A file's lines before its first `story` belong to each of its stories. */
struct script {
    const char *file;
    char *lines[2000];
    int count, common;
};

static bool begins_story(const char *line)
{
    return text_starts(line, "story ");
}

static void script_read(struct script *script, FILE *file, struct arena *arena)
{
    char line[1024];
    while (script->count < 2000 && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        script->lines[script->count++] = arena_text(arena, line, strlen(line));
    }
    while (script->common < script->count && !begins_story(script->lines[script->common]))
        script->common++;
}

static bool play_lines(const struct script *script, int first)
{
    struct story *story = base_alloc(1, sizeof *story);
    struct error error = {0};
    story->arena = arena_new();
    story->file = script->file;
    story->title = first < script->count ? script->lines[first] + 6 : script->file;
    story->exponent = 3.76;
    story->survey_m = 1500;
    enum status status = STATUS_OK;
    for (int i = 0; i < script->common && status == STATUS_OK; i++)
        status = story_line(story, script->lines[i], &error);
    for (int i = first + 1; i < script->count && status == STATUS_OK; i++) {
        if (begins_story(script->lines[i]))
            break;
        status = story_line(story, script->lines[i], &error);
    }
    bool good = status == STATUS_OK && play(story);
    if (status != STATUS_OK)
        printf("FAIL %s: %s: %s\n", script->file, story->title, error.text);
    arena_free(story->arena);
    free(story);
    return good;
}

static bool play_file(const char *path)
{
    struct arena *arena = arena_new();
    struct script *script = base_alloc(1, sizeof *script);
    bool good = true;
    FILE *file = fopen(path, "r");
    script->file = path;
    if (file == NULL) {
        printf("FAIL %s: %s\n", path, strerror(errno));
        good = false;
    } else {
        script_read(script, file, arena);
        fclose(file);
        for (int i = script->common; i < script->count; i++)
            if (begins_story(script->lines[i]))
                good &= play_lines(script, i);
    }
    free(script);
    arena_free(arena);
    return good;
}

int main(int argc, char **argv)
{
    bool good = true;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++)
        good &= play_file(argv[i]);
    return good ? 0 : 1;
}
