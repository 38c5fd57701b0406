# Sourced by tests: a PostgreSQL with PostGIS of one's own, on loopback, in a scratch folder.
# server_new FOLDER    makes and starts it as an unprivileged user; 1 and a word when it cannot
# server_start, server_stop [MODE], server_gone
# server_options: more of the server's, as "-c fsync=off". Roles: admin (superuser), rf (may log in), each with the password in $secret; see server_as.

unset PGDATABASE PGSERVICE PGPASSWORD PGSERVICEFILE PGOPTIONS PGHOSTADDR
secret="Xyzzy-'\\77 pass:word"

# The newest server's programs.
server_bin()
{
    local bin
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -x "$bin/initdb" ] && echo "$bin" || dirname "$(command -v initdb || echo ./none)"
}

# initdb refuses root.
server_run()
{
    if [ "$(id -u)" != 0 ]; then (cd / && "$@"); else
        (cd / && setpriv --reuid="$server_user" --regid="$(id -g "$server_user")" --clear-groups "$@")
    fi
}

server_start()
{
    server_run "$pg/pg_ctl" -D "$server/data" -w -t 30 -s -l "$server/log" \
        -o "-p $PGPORT -c listen_addresses=127.0.0.1 -c unix_socket_directories='$server' \
            ${server_options:-} -c max_connections=20 -c lc_messages=C -c autovacuum=off" start
}

server_stop() { server_run "$pg/pg_ctl" -D "$server/data" -m "${1:-immediate}" -w -s stop 2>/dev/null; }

server_gone()
{
    server_stop
    rm -rf "$server"
}

server_new()
{
    server=$1 pg=$(server_bin) server_user=$(id -un)
    [ -x "$pg/initdb" ] || { echo "no PostgreSQL server is installed"; return 1; }
    ls "$("$pg/pg_config" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$(basename "$(dirname "$pg")")")"/extension/postgis.control \
        >/dev/null 2>&1 || { echo "PostGIS is not installed"; return 1; }
    [ "$(id -u)" != 0 ] || server_user=$(id -un postgres 2>/dev/null || echo nobody)
    mkdir -p "$server" && chmod 700 "$server"
    printf '%s\n' "$secret" >"$server/secret"
    [ "$(id -u)" != 0 ] || chown -R "$server_user" "$server"
    server_run "$pg/initdb" -D "$server/data" -A scram-sha-256 -E UTF8 --locale=C.UTF-8 -U admin \
        --pwfile="$server/secret" >"$server.log" 2>&1 || { tail -n 3 "$server.log"; return 1; }
    export PGHOST=127.0.0.1 PGPASSFILE=$server.pgpass PGCONNECT_TIMEOUT=5
    local escaped=${secret//\\/\\\\}
    printf '*:*:*:*:%s\n' "${escaped//:/\\:}" >"$PGPASSFILE"
    chmod 600 "$PGPASSFILE"
    for try in 1 2 3 4 5; do
        export PGPORT=$((20000 + RANDOM % 12000))
        server_start >/dev/null 2>&1 && break
        [ $try != 5 ] || { echo "the server does not start"; return 1; }
    done
    server_as admin -c "CREATE ROLE rf LOGIN PASSWORD \$p\$$secret\$p\$"
}

# server_as ROLE [psql's words]: unaligned, without a header, stops at the first error.
server_as()
{
    local role=$1
    shift
    "$pg/psql" -XqAt -v ON_ERROR_STOP=1 -U "$role" -d "${database:-postgres}" "$@"
}

# A database with PostGIS that is rf's.
server_database()
{
    server_as admin -c "CREATE DATABASE $1 OWNER rf" &&
        database=$1 server_as admin -c "CREATE EXTENSION postgis"
}
