#!/usr/bin/env python3
"""One run: register and discover on PostgreSQL by a bare libpq program, by storage-postgres, and by storage-sqlite.

    cmake --preset bench && cmake --build build/bench --target postgres_bare postgres_statements sqlite_statements
    tests/bench/postgres/run.py [--build build/bench] [--seconds 3] [--connections 1,4,16]

Starts a server of its own, with its default durability, on a Unix socket in a temporary folder.
"""
import argparse
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
AS_SERVER = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


def read(name):
    with open(os.path.join(ROOT, "migrations", name), encoding="utf-8") as file:
        return file.read()


def hash_of(number, kind):
    mask = (1 << 64) - 1
    word = (number * 0x9E3779B97F4A7C15 + kind) & mask
    out = b""
    for _ in range(4):
        word = ((word ^ (word >> 29)) * 0xBF58476D1CE4E5B9 + 1) & mask
        out += word.to_bytes(8, "little")
    return out


def rows(users=10_000, devices=10_000):
    for number in range(1, devices + 1):
        yield "devices", (number, f"old-{number}", f"oldgate-{number}", "Main gate", "1.4.2", hash_of(number, 1),
                          hash_of(number, 2), 0, 0, 1, 1, 1)
    for user in range(users):
        yield "users", (user + 1, hash_of(user, 3), 1, 0)
        for which in range(3):
            yield "grants", ((user * 3 + which) % devices + 1, user + 1, "owner", "phone", (1 << 63) - 1, "pairing", 1)


def fill_postgres(psql):
    for name in ("storage-postgres/0001_audit.sql", "registration/0001_devices.postgres.sql", "auth/0001_users.postgres.sql"):
        psql(read(name))
    psql("CREATE TABLE gatetorio_turn (nothing BIGINT);")
    tables = {}
    for table, row in rows():
        cells = ["\\\\x" + cell.hex() if isinstance(cell, bytes) else str(cell) for cell in row]
        tables.setdefault(table, []).append("\t".join(cells))
    for table, lines in tables.items():
        psql(f"COPY {table} FROM STDIN;\n" + "\n".join(lines) + "\n\\.\n")
    psql("SELECT setval(pg_get_serial_sequence('devices', 'id'), 10000); ANALYZE;")


def fill_sqlite(path):
    database = sqlite3.connect(path)
    for name in ("storage-sqlite/0001_audit.sql", "registration/0001_devices.sqlite.sql", "auth/0001_users.sqlite.sql"):
        database.executescript(read(name))
    for table, row in rows():
        database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
    database.execute("ANALYZE")
    database.commit()
    database.close()


class Server:
    def __init__(self, folder):
        self.folder = folder
        os.chmod(folder, 0o755)
        if AS_SERVER:
            shutil.chown(folder, "postgres", "postgres")
        data = os.path.join(folder, "data")
        subprocess.run(AS_SERVER + [f"{BIN}/initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"], check=True,
                       stdout=subprocess.DEVNULL)
        self.log = open(os.path.join(folder, "log"), "wb")
        self.process = subprocess.Popen(AS_SERVER + [f"{BIN}/postgres", "-D", data, "-k", folder, "-c", "listen_addresses="],
                                        stdout=self.log, stderr=self.log)
        while subprocess.run([f"{BIN}/pg_isready", "-q", "-h", folder], check=False).returncode != 0:
            if self.process.poll() is not None:
                sys.exit(f"the server does not start; see {folder}/log")
            time.sleep(0.1)
        self.url = f"postgresql:///postgres?host={folder}&user=postgres"

    def psql(self, sql):
        subprocess.run([f"{BIN}/psql", "-q", "-v", "ON_ERROR_STOP=1", self.url], input=sql.encode(), check=True,
                       stdout=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def measure(program, *arguments):
    out = subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build/bench"))
    parser.add_argument("--seconds", default="3")
    parser.add_argument("--connections", default="1,4,16")
    options = parser.parse_args()
    program = lambda name: os.path.join(options.build, name)  # noqa: E731
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            fill_postgres(server.psql)
            lite = os.path.join(folder, "bench.db")
            fill_sqlite(lite)
            print(f"{'':10} {'connections':>11} {'bare libpq':>11} {'storage-postgres':>26} {'of bare':>8} {'storage-sqlite':>15}")
            for what in ("register", "discover"):
                for connections in options.connections.split(","):
                    common = [what, "--connections", connections, "--seconds", options.seconds]
                    bare = measure(program("postgres_bare"), server.url, *common)
                    ours = measure(program("postgres_statements"), server.url, *common)
                    lite_result = measure(program("sqlite_statements"), lite, *common)
                    ratio = ours["per_second"] / bare["per_second"]
                    detail = f"{ours['per_second']:.0f}/s (p99 {ours['p99_ms']} ms)"
                    print(f"{what:10} {connections:>11} {bare['per_second']:>9.0f}/s {detail:>26} {ratio:>7.0%} "
                          f"{lite_result['per_second']:>13.0f}/s", flush=True)
            for writers in options.connections.split(","):
                result = measure(program("postgres_statements"), server.url, "register", "--connections", "1", "--seconds",
                                 options.seconds, "--writers", writers)
                print(f"register with {writers} writers: {result['per_second']:.0f}/s, p99 {result['p99_ms']} ms", flush=True)
            result = measure(program("postgres_statements"), server.url, "register", "--connections", "1", "--seconds",
                             options.seconds, "--outstanding", "1")
            print(f"register, one at a time: {result['per_second']:.0f}/s, p50 {result['p50_ms']} ms")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
