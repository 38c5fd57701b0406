// The same statistics by duckdb, on one thread. Bins are made of degrees by a plain factor: no
// projection, which is to duckdb's favour.
const { DuckDBInstance } = require('@duckdb/node-api');
async function main() {
  const [file, out, quantiles] = process.argv.slice(2);
  const database = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await database.connect();
  const more = quantiles
    ? `, quantile_cont(rsrp_dbm, [0.05, 0.5, 0.95]) AS q`
    : '';
  await connection.run(`COPY (
    SELECT floor(lon * 94700 / 50)::INT AS ix, floor(lat * 110900 / 50)::INT AS iy, cell_id,
           count(*) AS samples, avg(rsrp_dbm) AS mean_dbm, min(rsrp_dbm) AS min_dbm,
           avg((rsrp_dbm < -110)::INT) AS weak_share ${more}
    FROM read_csv('${file}', header = true, columns = {
      'time': 'VARCHAR', 'lon': 'DOUBLE', 'lat': 'DOUBLE', 'cell_id': 'VARCHAR',
      'serving': 'VARCHAR', 'rsrp_dbm': 'DOUBLE', 'sinr_db': 'VARCHAR', 'source': 'VARCHAR'})
    GROUP BY ALL) TO '${out}' (FORMAT CSV, HEADER)`);
}
main();
