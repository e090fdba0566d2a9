# A throw-away PostgreSQL for tests and benchmarks; to be sourced. postgres_start sets POSTGRES_URL, postgres_stop ends it.
# With POSTGRES_KEEP, a folder, the server's files stay there and are used again.
# It runs as the user "postgres" when we are root (the server refuses root), listens on loopback only, and keeps fsync on:
# what is measured and tested is a server that would not lose a commit.

postgres_bin() {
  local dir
  for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) "$(dirname "$(command -v initdb 2>/dev/null || echo /none/x)")"; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then echo "$dir"; return 0; fi
  done
  return 1
}

_as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

postgres_start() {
  local bin try
  bin=$(postgres_bin) || return 1
  POSTGRES_HOME=${POSTGRES_KEEP:-$(mktemp -d "${TMPDIR:-/tmp}/salus-postgres.XXXXXX")}
  if [ -f "$POSTGRES_HOME/pw" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_HOME/pw"); else
    POSTGRES_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    mkdir -p "$POSTGRES_HOME" && printf '%s\n' "$POSTGRES_PASSWORD" > "$POSTGRES_HOME/pw"
  fi
  if [ "$(id -u)" = 0 ]; then chown -R postgres "$POSTGRES_HOME"; fi
  [ -d "$POSTGRES_HOME/data" ] || (cd "$POSTGRES_HOME" && _as_postgres "$bin/initdb" -D "$POSTGRES_HOME/data" -U postgres -E UTF8 --locale=C --auth=scram-sha-256 --pwfile="$POSTGRES_HOME/pw" > "$POSTGRES_HOME/initdb.log" 2>&1) || { cat "$POSTGRES_HOME/initdb.log" >&2; return 1; }
  for try in 1 2 3 4 5; do
    POSTGRES_PORT=$((20000 + RANDOM % 20000))
    if (exec 3<>"/dev/tcp/127.0.0.1/$POSTGRES_PORT") 2>/dev/null; then continue; fi
    (cd "$POSTGRES_HOME" && _as_postgres "$bin/pg_ctl" -D "$POSTGRES_HOME/data" -w -t 60 -l "$POSTGRES_HOME/log" \
      -o "-c listen_addresses=127.0.0.1 -c port=$POSTGRES_PORT -c unix_socket_directories='' -c max_connections=300 -c shared_buffers=256MB -c fsync=on -c synchronous_commit=on" start > /dev/null) || continue
    POSTGRES_PID=$(head -1 "$POSTGRES_HOME/data/postmaster.pid")
    POSTGRES_URL="Host=127.0.0.1;Port=$POSTGRES_PORT;Username=postgres;Password=$POSTGRES_PASSWORD;Database=postgres"
    return 0
  done
  cat "$POSTGRES_HOME/log" >&2
  return 1
}

postgres_stop() {
  local wait
  if [ -n "${POSTGRES_PID:-}" ]; then
    kill -INT "$POSTGRES_PID" 2>/dev/null || true
    for wait in $(seq 100); do kill -0 "$POSTGRES_PID" 2>/dev/null || break; sleep 0.1; done
  fi
  if [ -n "${POSTGRES_HOME:-}" ] && [ -z "${POSTGRES_KEEP:-}" ]; then rm -rf "$POSTGRES_HOME"; fi
  POSTGRES_PID='' POSTGRES_HOME=''
}
