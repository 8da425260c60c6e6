#!/usr/bin/env python3
"""The first pages of an admin's lists before a large fleet: how long the slowest of a hundred takes, beside a small fleet's.

    cmake --preset bench && cmake --build build/bench && tests/bench/lists/run.py [--devices 1000000] [--audit 10000000] [--backends sqlite,postgres]

Rows are written by SQL. Each list is asked for --times times over one connection; p50, p99 and the slowest in milliseconds. Needs 6 GB of disk, and
PostgreSQL's programs for its part.
"""
import argparse, http.client, json, os, pathlib, sqlite3, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bench_hub import Hub  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402

FEW = 1_000
PASSWORD = "password of the bench"
FIRST_ID = 1_000_000_000
LISTS = {
    "devices": "/admin/devices",
    "offline, longest first": "/admin/devices?online=false&sort=last_seen",
    "devices by name": "/admin/devices?sort=device_name",
    "devices, one searched for": "/admin/devices?query=row-777",
    "devices, none found": "/admin/devices?query=nothing-is-called-so",
    "audit": "/admin/audit",
    "audit of a target": "/admin/audit?target=device:1000000777",
    "audit, seldom action": "/admin/audit?action=seldom",
    "commands": "/admin/commands",
    "users": "/admin/users",
    "grants": "/admin/grants",
}


def fill_statements(devices, audit, series, bytes_type, overriding=""):
    """`series`: SQL that gives numbers n from 1 to {}."""
    now = int(time.time() * 1e6)
    yield (f"INSERT INTO devices (id, hardware_id, controller_id, device_name, firmware_version, token_hash, mqtt_password_hash, reenrol_until,"
           f" online_until, last_seen, created_at, updated_at) {overriding} SELECT {FIRST_ID} + n, 'hw-row-' || n, 'row-' || n,"
           f" 'Gate number ' || n, '1.4.' || (n % 10), CAST('x' AS {bytes_type}), CAST('x' AS {bytes_type}), 0, 0, {now} - n * CAST(1000 AS BIGINT),"
           f" {now} - n * CAST(1000 AS BIGINT), 1 FROM ({series.format(devices)}) AS s")
    yield (f"INSERT INTO gatetorio_audit (at, principal, peer, action, target, outcome, detail, request_id) SELECT {now} - n * CAST(1000 AS BIGINT),"
           f" 'user:' || (n % 5000), '192.0.2.' || (n % 250), CASE WHEN n % 1000000 = 7 THEN 'seldom.one' ELSE 'command.send' END,"
           f" 'device:' || ({FIRST_ID} + n % 100000), 'ok', '', 'request-' || n FROM ({series.format(audit)}) AS s")


def fill_sqlite(hub, devices, audit):
    series = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {}) SELECT n FROM c"
    database = sqlite3.connect(hub.folder / "data" / "storage-sqlite" / "hub.db")
    database.execute("PRAGMA synchronous=OFF")
    for statement in [*fill_statements(devices, audit, series, "BLOB"), "ANALYZE"]:
        database.execute(statement)
        database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def fill_postgres(server, devices, audit):
    psql = server.psql("lists")
    series = "SELECT generate_series(1, {}) AS n"
    for statement in [*fill_statements(devices, audit, series, "BYTEA", "OVERRIDING SYSTEM VALUE"), "VACUUM ANALYZE"]:
        psql.stdin.write(statement + ";\n")
    psql.stdin.close()
    if psql.wait() != 0:
        sys.exit("psql failed")


def log_in(hub):
    connection = http.client.HTTPConnection(hub.http)
    connection.request("POST", "/api/v1/admin/session", json.dumps({"name": "jane", "password": PASSWORD}), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return connection, answer.getheader("Set-Cookie").split(";")[0]


def measure(hub, times):
    connection, cookie = log_in(hub)
    for name, path in LISTS.items():
        took = []
        for _ in range(times):
            began = time.perf_counter()
            connection.request("GET", "/api/v1" + path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            took.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                sys.exit(f"{path}: {answer.status}")
        took.sort()
        print(f"  {name:28} " + " / ".join(f"{took[min(int(len(took) * part), len(took) - 1)]:.1f}" for part in (0.5, 0.99, 1)), flush=True)


def run(backend, devices, audit, times, folder):
    print(f"{backend}, {devices} devices and {audit} entries: p50 / p99 / slowest in ms", flush=True)
    os.environ["BENCH_ADMIN_PASSWORD"] = PASSWORD
    sets = ["plugins.admin.first_admin=jane", 'plugins.admin.first_password={ env = "BENCH_ADMIN_PASSWORD" }']
    server = PostgresServer(folder) if backend == "postgres" else None
    if server:
        sets.append(f"plugins.storage-postgres.url={server.create('lists')}")
    hub = Hub(pathlib.Path(folder) / "hub", ["sharing", "file-transfer", "admin"], storage=f"storage-{backend}", sets=sets)
    try:
        hub.start().stop()  # makes the tables
        fill_postgres(server, devices, audit) if server else fill_sqlite(hub, devices, audit)
        hub.start()
        measure(hub, times)
        hub.stop()
    finally:
        if server:
            server.stop()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--devices", type=int, default=1_000_000)
    options.add_argument("--audit", type=int, default=10_000_000)
    options.add_argument("--times", type=int, default=200)
    options.add_argument("--backends", default="sqlite,postgres")
    options = options.parse_args()
    for backend in options.backends.split(","):
        for devices, audit in [(FEW, 10 * FEW), (options.devices, options.audit)]:
            with tempfile.TemporaryDirectory() as folder:
                run(backend, devices, audit, options.times, folder)


main()
