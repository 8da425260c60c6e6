#!/usr/bin/env python3
"""A hub with many devices beside one with few, in one run: start, discover, memory; on SQLite and on PostgreSQL.

    cmake --preset bench && cmake --build build/bench && tests/bench/scale/run.py [--devices 1000000] [--backends sqlite,postgres]

Each device has three users and each user three devices. Rounds are interleaved, medians count. Needs 2 GB of disk, and
PostgreSQL's programs for its part.
"""
import argparse, contextlib, hashlib, json, pathlib, random, sqlite3, statistics, subprocess, sys
import tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bench_hub import BUILD, Hub  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402

FEW = 10_000
FOREVER = (1 << 63) - 1


def token(user):
    return f"user-token-of-the-bench-{user}"


def rows(table, devices):
    if table == "devices":
        for n in range(1, devices + 1):
            secret = hashlib.sha256(b"d%d" % n).digest()
            yield n, f"hw-{n}", f"gate-{n}", "Main gate", "1.4.2", secret, secret, 0, 0, 1, 1, 1
    if table == "users":
        for n in range(1, devices + 1):
            yield n, hashlib.sha256(token(n).encode()).digest(), 1, 0
    if table == "grants":
        for n in range(1, devices + 1):
            for which in range(3):
                yield (n + which * 7919) % devices + 1, n, "pairing", "owner", "phone", FOREVER, 1


COLUMNS = {"devices": "id, hardware_id, controller_id, device_name, firmware_version, token_hash, mqtt_password_hash,"
                      " reenrol_until, online_until, last_seen, created_at, updated_at",
           "users": "id, token_hash, created_at, last_seen",
           "grants": "device_id, user_id, source, level, name, expires_at, created_at"}


class Sqlite:
    def __init__(self, *_):
        pass

    def config(self, name):
        return "storage-sqlite", ""

    def fill(self, name, hub, devices):
        database = sqlite3.connect(hub.folder / "data" / "storage-sqlite" / "hub.db")
        database.execute("PRAGMA synchronous=OFF")
        for table, columns in COLUMNS.items():
            marks = ",".join("?" * len(columns.split(",")))
            database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows(table, devices))
        database.execute("ANALYZE")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def stop(self):
        pass


class Postgres(PostgresServer):
    def config(self, name):
        return "storage-postgres", f'[plugins.storage-postgres]\nurl = "{self.create(name)}"\n'

    def fill(self, name, hub, devices):
        psql = self.psql(name)
        cell = lambda value: "\\\\x" + value.hex() if isinstance(value, bytes) else str(value)
        for table, columns in COLUMNS.items():
            psql.stdin.write(f"COPY {table} ({columns}) FROM STDIN;\n")
            for row in rows(table, devices):
                psql.stdin.write("\t".join(map(cell, row)) + "\n")
            psql.stdin.write("\\.\n")
        for table in ("devices", "users"):
            psql.stdin.write(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {devices});\n")
        psql.stdin.write("VACUUM ANALYZE;\nCHECKPOINT;\n")
        psql.stdin.close()
        if psql.wait() != 0:
            sys.exit("psql failed")


def discover(hub, users, requests):
    chosen = hub.folder / "users"
    chosen.write_text("".join(token(random.randint(1, users)) + "\n" for _ in range(requests)))
    out = subprocess.run([BUILD / "bench_http_load", hub.http, "GET", "/api/v1/users/me/devices", "--rows", chosen, "--header",
                          "Authorization: Bearer {1}", "--requests", str(requests), "--connections", "16", "--pid",
                          str(hub.pid)], capture_output=True, text=True, check=True).stdout
    result = json.loads(out)
    if result["non_2xx"] or result["broken"]:
        sys.exit(f"discover: {out}")
    return result


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--devices", type=int, default=1_000_000)
    options.add_argument("--requests", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--shared-buffers", default="1GB", help="of PostgreSQL; its default of 128MB holds a tenth of a million devices")
    options.add_argument("--backends", default="sqlite,postgres")
    options = options.parse_args()
    report = {}
    for backend_name in options.backends.split(","):
        with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as started:
            folder = pathlib.Path(name)
            folder.chmod(0o755)
            backend = {"sqlite": Sqlite, "postgres": Postgres}[backend_name](folder, options.shared_buffers)
            started.callback(backend.stop)
            hubs = {}
            for size, devices in (("few", FEW), ("many", options.devices)):
                storage, more = backend.config(size)
                hub = Hub(folder / size, ["sharing", "file-transfer"], 'listen = "127.0.0.1:0"\n' + more, storage)
                hub.start().stop()  # makes the tables
                backend.fill(size, hub, devices)
                hubs[size] = (hub, devices)
            figures = {size: {"start_s": [], "p50_us": [], "p99_us": [], "per_cpu_s": [], "idle_mib": [], "loaded_mib": []}
                       for size in hubs}
            for _ in range(options.rounds):
                for size, (hub, devices) in hubs.items():
                    figures[size]["start_s"].append(hub.start().start_seconds)
                    figures[size]["idle_mib"].append(hub.resident_mib())
                    discover(hub, devices, options.requests // 4)  # warm
                    result = discover(hub, devices, options.requests)
                    figures[size]["p50_us"].append(result["p50_us"])
                    figures[size]["p99_us"].append(result["p99_us"])
                    figures[size]["per_cpu_s"].append(result["requests_per_cpu_s"])
                    figures[size]["loaded_mib"].append(hub.resident_mib())
                    hub.stop()
            medians = {size: {key: round(statistics.median(values), 3) for key, values in of.items()}
                       for size, of in figures.items()}
            medians["many_to_few"] = {key: round(medians["many"][key] / medians["few"][key], 2) for key in medians["few"]}
            report[backend_name] = medians
    json.dump(report, sys.stdout, indent=1)
    print()


main()
