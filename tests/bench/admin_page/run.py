#!/usr/bin/env python3
"""The admin's page before a large fleet: how soon it answers a hand, what it holds in memory, how many events reach it.

    cmake --preset bench && cmake --build build/bench && tests/bench/admin_page/run.py [--devices 1000000] [--minutes 3]

Needs the built pages (any build with npm: --pages build/release/pages) and Chromium. The devices are rows in SQLite; --gates of them are really
connected to the managed broker and send --rate status messages a second together; --flaps connections a second end and come back, so that
the fleet's presence changes. See use_page.mjs for what is done in the browser.
"""
import argparse, json, os, pathlib, random, sqlite3, subprocess, sys, tempfile, threading, time

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))
from bench_hub import NO_CLIENT_LIMITS, ROOT, Hub  # noqa: E402
from gates import Mqtt  # noqa: E402

FIRST_ID = 1_000_000_000  # of the rows; the connected gates come before them
PASSWORD = "password of the bench"
COLUMNS = ("id, hardware_id, controller_id, device_name, firmware_version, token_hash, mqtt_password_hash, reenrol_until, online_until,"
           " last_seen, created_at, updated_at")


def fill(hub, devices):
    database = sqlite3.connect(hub.folder / "data" / "storage-sqlite" / "hub.db")
    database.execute("PRAGMA synchronous=OFF")
    secret = bytes(32)
    rows = ((FIRST_ID + n, f"hw-row-{n}", f"row-{n}", f"Gate number {n}", f"1.4.{n % 10}", secret, secret, 0, 0, 1 + n * 1000, 1, 1)
            for n in range(devices))
    database.executemany(f"INSERT INTO devices ({COLUMNS}) VALUES ({','.join('?' * 12)})", rows)
    database.execute("ANALYZE")
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class Fleet:
    """Gates that are connected. Each thread has its share of them and of the rate."""

    def __init__(self, hub, count):
        self.hub, self.sent, self.flapped, self.ends = hub, 0, 0, False
        self.gates = [hub.call("POST", "/devices/register", {"hardware_id": f"hw{n}", "controller_id": f"gate-{n}"}) for n in range(count)]
        for gate in self.gates:
            self.connect(gate)

    def connect(self, gate):
        gate["mqtt"] = Mqtt(self.hub.mqtt, gate["mqtt_username"], gate["mqtt_password"], gate["mqtt_topic_commands"])

    def send(self, rate, flaps):
        """In steps of 20 ms until `ends`; what a step could not do the next one does."""
        began, steps = time.monotonic(), random.Random(1)
        while not self.ends:
            passed = time.monotonic() - began
            while self.sent < passed * rate:
                gate = self.gates[self.sent % len(self.gates)]
                percent = self.sent // len(self.gates) % 101
                try:
                    gate["mqtt"].publish(gate["mqtt_topic_status"], json.dumps({"state": "OPENING", "m1_percent": percent, "m2_percent": percent}))
                except OSError:  # the broker ended this connection
                    self.connect(gate)
                self.sent += 1
            while self.flapped < passed * flaps:
                gate = steps.choice(self.gates)
                gate["mqtt"].socket.close()
                self.connect(gate)
                self.flapped += 1
            time.sleep(0.02)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--devices", type=int, default=1_000_000)
    options.add_argument("--gates", type=int, default=200)
    options.add_argument("--rate", type=int, default=1_000)
    options.add_argument("--flaps", type=int, default=20)
    options.add_argument("--minutes", type=float, default=3)
    options.add_argument("--pages", default=ROOT / "build" / "release" / "pages")
    options = options.parse_args()
    pages = pathlib.Path(options.pages).resolve()
    if not (pages / "admin" / "index.html").exists():
        sys.exit(f"there is no page in {pages}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCH_ADMIN_PASSWORD"] = PASSWORD
        sets = [f'hub.pages_dir=["{pages}"]', "plugins.admin.first_admin=jane",
                'plugins.admin.first_password={ env = "BENCH_ADMIN_PASSWORD" }']
        hub = Hub(folder, ["sharing", "file-transfer", "admin"], 'listen = "127.0.0.1:0"\n' + NO_CLIENT_LIMITS, sets=sets)
        hub.start().stop()  # makes the tables
        fill(hub, options.devices)
        hub.start()
        try:
            fleet = Fleet(hub, options.gates)
            sending = threading.Thread(target=fleet.send, args=(options.rate, options.flaps), daemon=True)
            sending.start()
            began = time.monotonic()
            environment = {**os.environ, "HUB_URL": f"http://{hub.http}", "ADMIN_NAME": "jane", "ADMIN_PASSWORD": PASSWORD}
            used = subprocess.run(["node", HERE.parent / "use_page.mjs", str(options.minutes)], env=environment, stdout=subprocess.PIPE, text=True)
            seconds = time.monotonic() - began
            fleet.ends = True
            sending.join()
        finally:
            hub.stop()
    if used.returncode != 0:
        sys.exit("the page could not be used")
    report = {"devices": options.devices, "statuses_per_s": round(fleet.sent / seconds), "flaps_per_s": round(fleet.flapped / seconds, 1),
              **json.loads(used.stdout)}
    print(json.dumps(report, indent=1))


main()
