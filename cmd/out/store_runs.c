#include "cmd/out/store_runs.h"

#include "cmd/out/columns.h"

/* ---- the list of runs -------------------------------------------------------------------- */

struct runs_row {
    const char *version;
    int64_t now_s;
    uint64_t cases, verdicts[VERDICT_COUNT], orders, interceptions, cells, rejects;
};

#define RUNS(name, type, member)                                                               \
    {                                                                                          \
        name, type, offsetof(struct runs_row, member)                                          \
    }
static const struct package_column runs_columns[] = {
    RUNS("version", PACKAGE_TEXT, version),
    RUNS("data_until", PACKAGE_TIME, now_s),
    RUNS("cases", PACKAGE_COUNT, cases),
    RUNS("weak_coverage", PACKAGE_COUNT, verdicts[VERDICT_WEAK]),
    RUNS("antenna_misalignment", PACKAGE_COUNT, verdicts[VERDICT_MISALIGNED]),
    RUNS("transient_outage", PACKAGE_COUNT, verdicts[VERDICT_OUTAGE]),
    RUNS("planned_build", PACKAGE_COUNT, verdicts[VERDICT_PLANNED]),
    RUNS("undetermined", PACKAGE_COUNT, verdicts[VERDICT_UNDETERMINED]),
    RUNS("orders", PACKAGE_COUNT, orders),
    RUNS("sites_out_of_order", PACKAGE_COUNT, interceptions),
    RUNS("cells", PACKAGE_COUNT, cells),
    RUNS("rejects", PACKAGE_COUNT, rejects),
};
#undef RUNS

enum status store_runs_begin(struct package *package, const struct result *result,
                             struct error *error)
{
    static const struct package_layer layer = {.name = "runs",
                                               .columns = runs_columns,
                                               .column_count = ARRAY_COUNT(runs_columns),
                                               .one_a_run = true};
    struct runs_row row = {.version = COVTRIAGE_VERSION,
                           .now_s = result->now_s,
                           .cases = result->case_count,
                           .orders = result->order_count,
                           .interceptions = result->interception_count,
                           .cells = result->cell_count,
                           .rejects = result->reject_count};
    for (size_t i = 0; i < result->case_count; i++)
        row.verdicts[verdict_of(result->cases[i].verdict)]++;
    if (package_begin(package, &layer, error) == STATUS_OK)
        package_add(package, &row, NULL, 0, error);
    return error->status;
}

/* ---- the crews' statuses ----------------------------------------------------------------- */

static const struct package_column status_columns[] = {
    {"order_id", PACKAGE_TEXT, offsetof(struct store_status, order_id)},
    {"status", PACKAGE_TEXT, offsetof(struct store_status, status)},
    {"note", PACKAGE_TEXT, offsetof(struct store_status, note)},
};

/* Made once; whoever may update the view of the worklist sets statuses through it. */
static const char STATUSES[] =
    "CREATE TABLE IF NOT EXISTS @.statuses (order_id text PRIMARY KEY, status text, note text,"
    " changed_at timestamptz NOT NULL DEFAULT now(),"
    " changed_by text NOT NULL DEFAULT session_user);"
    "CREATE OR REPLACE FUNCTION @.set_status() RETURNS trigger LANGUAGE plpgsql"
    " SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN"
    " INSERT INTO @.statuses (order_id, status, note)"
    " VALUES (OLD.order_id, NEW.status, NEW.note)"
    " ON CONFLICT (order_id) DO UPDATE SET status = excluded.status, note = excluded.note,"
    " changed_at = now(), changed_by = session_user;"
    " RETURN NEW; END $$;";

/* The worklist of the latest run with the statuses of this moment, in the table's columns. */
static const char WORKLIST[] =
    "DO $do$ DECLARE columns text; BEGIN"
    " SELECT string_agg(CASE WHEN attname IN ('status', 'note')"
    " THEN format('CASE WHEN s.order_id IS NULL THEN w.%1$I ELSE s.%1$I END AS %1$I', attname)"
    " ELSE format('w.%I', attname) END, ', ' ORDER BY attnum) INTO columns FROM pg_attribute"
    " WHERE attrelid = '@.worklist'::regclass AND attnum > 0 AND NOT attisdropped;"
    " EXECUTE 'CREATE OR REPLACE VIEW @.latest_worklist AS SELECT ' || columns ||"
    " ' FROM @.worklist w LEFT JOIN @.statuses s ON s.order_id = w.order_id"
    " WHERE w.run_id = (SELECT max(run_id) FROM @.runs)'; END $do$;"
    "DROP TRIGGER IF EXISTS set_status ON @.latest_worklist;"
    "CREATE TRIGGER set_status INSTEAD OF UPDATE ON @.latest_worklist"
    " FOR EACH ROW EXECUTE FUNCTION @.set_status();";

/* ---- for people who ask in SQL ----------------------------------------------------------- */

static const char VIEWS[] =
    "CREATE OR REPLACE VIEW @.trends AS SELECT r.run_id, r.data_until, c.district, c.verdict,"
    " count(*) AS cases, avg(c.confidence) AS mean_confidence,"
    " percentile_cont(0.5) WITHIN GROUP (ORDER BY c.level_dbm) AS median_level_dbm"
    " FROM @.runs r JOIN @.cases c USING (run_id)"
    " GROUP BY r.run_id, r.data_until, c.district, c.verdict;"
    "CREATE OR REPLACE VIEW @.order_history AS SELECT w.order_id, min(w.kind) AS kind,"
    " count(*) AS runs, min(w.run_id) AS first_run, max(w.run_id) AS last_run,"
    " (array_agg(w.tickets ORDER BY w.run_id))[1] AS first_tickets,"
    " (array_agg(w.tickets ORDER BY w.run_id DESC))[1] AS last_tickets,"
    " min(s.status) AS status, min(s.note) AS note, min(s.changed_at) AS changed_at"
    " FROM @.worklist w LEFT JOIN @.statuses s USING (order_id) GROUP BY w.order_id;"
    "CREATE OR REPLACE VIEW @.inputs AS SELECT run_id, i->>'table' AS \"table\","
    " i->>'file' AS file, i->>'sha256' AS sha256, (i->>'rows')::bigint AS rows,"
    " (i->>'refused')::bigint AS refused"
    " FROM @.run, json_array_elements(run_json::json->'inputs') i;"
    "CREATE OR REPLACE FUNCTION @.forget_run(number bigint) RETURNS void LANGUAGE plpgsql"
    " AS $$ DECLARE one record; BEGIN"
    " FOR one IN SELECT attrelid::regclass AS relation FROM pg_attribute a"
    " JOIN pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'r' AND a.attname = 'run_id'"
    " AND c.relnamespace = '@'::regnamespace LOOP"
    " EXECUTE format('DELETE FROM %s WHERE run_id = $1', one.relation) USING number;"
    " END LOOP; END $$;";

/* ---- the end of a run -------------------------------------------------------------------- */

static const char TYPED[] =
    "INSERT INTO @.statuses (order_id, status, note)"
    " SELECT order_id, status, note FROM @.typed WHERE run_id = @RUN"
    " ON CONFLICT (order_id) DO UPDATE SET status = excluded.status, note = excluded.note,"
    " changed_at = now(), changed_by = session_user";

static enum status write_typed(struct package *package, const struct result *result,
                               struct error *error)
{
    static const struct package_layer layer = {.name = "typed",
                                               .columns = status_columns,
                                               .column_count = ARRAY_COUNT(status_columns),
                                               .no_view = true};
    enum status status = package_begin(package, &layer, error);
    for (size_t i = 0; i < result->order_count && status == STATUS_OK; i++) {
        const struct result_order *order = &result->orders[i];
        const struct store_status row = {order->order_id, order->status, order->note};
        if (order->typed)
            status = package_add(package, &row, NULL, 0, error);
    }
    return status;
}

enum status store_runs_end(struct package *package, const struct result *result,
                           struct error *error)
{
    enum status status = write_typed(package, result, error);
    const char *const made[] = {STATUSES, WORKLIST, VIEWS};
    for (size_t i = 0; i < ARRAY_COUNT(made) && status == STATUS_OK; i++)
        if (package_changed(package))
            status = package_command(package, made[i], error);
    return status == STATUS_OK ? package_command(package, TYPED, error) : status;
}

enum status store_set_statuses(const struct result *result, const char *place,
                               struct error *error)
{
    struct package *package = NULL;
    if (package_create(place, result->now_s, &package, error) != STATUS_OK)
        return error->status;
    if (write_typed(package, result, error) == STATUS_OK &&
        package_command(package, TYPED, error) == STATUS_OK)
        package_command(package, "DELETE FROM @.typed WHERE run_id = @RUN", error);
    return package_close(package, error);
}

enum status store_runs_statuses(struct package *package, struct arena *arena, package_row row,
                                void *context, struct error *error)
{
    static const struct package_layer layer = {.name = "statuses",
                                               .columns = status_columns,
                                               .column_count = ARRAY_COUNT(status_columns),
                                               .of_all = true};
    return package_read(package, &layer, arena, row, context, error);
}
