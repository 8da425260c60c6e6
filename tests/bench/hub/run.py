#!/usr/bin/env python3
"""Measures the hub against what the same machine reaches without it, in one run; medians of interleaved rounds.

    cmake --preset bench && cmake --build build/bench && tests/bench/hub/run.py [--rounds 3] [--devices 20000]

Prints one JSON object. Everything runs on loopback and ends with the run. Ratios count, not absolute figures.
"""
import argparse, json, pathlib, sqlite3, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bench_hub import BUILD, Hub  # noqa: E402
from loads import bare_server, load, per_cpu  # noqa: E402


def database(hub):
    return sqlite3.connect(hub.folder / "data" / "storage-sqlite" / "hub.db")


def floor(rows, path):
    out = subprocess.run([BUILD / "sqlite_floor", "--rows", str(rows), "--path", path], capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def percentiles(seconds):
    ordered = sorted(seconds)
    pick = lambda share: round(1e6 * ordered[min(len(ordered) - 1, int(share * len(ordered)))])
    return {"p50_us": pick(0.5), "p99_us": pick(0.99), "count": len(ordered)}


def command_latency(hub, count, rate):
    """REST command until the gate's client has it, and a message through the same broker without the hub, in turn."""
    device = hub.call("POST", "/devices/register", {"hardware_id": "lat", "controller_id": "lat"})
    user = "latency-user-token-0001"
    hub.call("POST", "/users/authorize", {"user_token": user}, device["device_token"])
    login = hub.call("POST", "/users/mqtt-credentials", None, user)
    out = subprocess.run([BUILD / "bench_command_latency", hub.http.split(":")[1], hub.mqtt.split(":")[1], str(count),
                          str(rate), "lat", device["mqtt_username"], device["mqtt_password"], login["mqtt_username"],
                          login["mqtt_password"], user], capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def durable_commit_us(folder, rate, count=300):
    """One small commit with synchronous=FULL at the pace of the commands, as a program without a hub pays it."""
    db = sqlite3.connect(pathlib.Path(folder) / "commit.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a)")
    took = []
    for i in range(count):
        time.sleep(1 / rate)  # back to back they would be cheaper than any command can have them
        began = time.monotonic()
        db.execute("INSERT INTO t VALUES (?)", (i,))
        took.append(time.monotonic() - began)
    return percentiles(took)["p50_us"]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--devices", type=int, default=20_000)
    options.add_argument("--requests", type=int, default=100_000)
    options = options.parse_args()
    report, rounds = {}, {}

    def note(name, value):
        rounds.setdefault(name, []).append(value)

    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(folder, ["bench-trivial"]).start()
        pid = hub.pid
        bare, bare_target = bare_server()
        try:
            report["idle_resident_mib"] = round(hub.resident_mib(), 1)
            registered = 0
            for round_number in range(options.rounds):
                note("bare", per_cpu(load(bare_target, bare.pid, "GET", "/", options.requests)))
                note("trivial", per_cpu(load(hub.http, pid, "GET", "/api/v1/bench/trivial", options.requests)))
                body = '{"hardware_id":"hw-{n}","controller_id":"gate-{n}","firmware_version":"1.0","device_name":"Gate"}'
                result = load(hub.http, pid, "POST", "/api/v1/devices/register", options.devices, "--body",
                              body, "--first", str(registered))
                registered += options.devices
                note("register", result["requests_per_s"])
                note("register_per_cpu", per_cpu(result))
                note("floor", floor(options.devices, f"{folder}/floor-{round_number}.db")["rows_per_s"])
            with database(hub) as db:
                rows = db.execute("SELECT COUNT(*) FROM devices").fetchone()[0]
                if rows != registered:
                    sys.exit(f"{rows} rows for {registered} registrations")
            report["commands_at_100_per_second"] = command_latency(hub, 1000, 100)
            report["durable_commit_p50_us"] = durable_commit_us(folder, 50)

            device = hub.call("POST", "/devices/register", {"hardware_id": "hb", "controller_id": "hb"})
            bearer = ("--header", "Authorization: Bearer " + device["device_token"])
            user = "bench-user-token-000001"
            hub.call("POST", "/users/authorize", {"user_token": user}, device["device_token"])
            for i in range(4):
                other = hub.call("POST", "/devices/register", {"hardware_id": f"u{i}", "controller_id": f"u{i}"})
                hub.call("POST", "/users/authorize", {"user_token": user}, other["device_token"])
            boot = json.dumps({"hardware_id": "hb", "controller_id": "hb"})
            for _ in range(options.rounds):
                note("heartbeat_per_cpu", per_cpu(load(hub.http, pid, "POST", "/api/v1/devices/hb/heartbeat",
                                                       options.devices, *bearer)))
                note("boot_per_cpu", per_cpu(load(hub.http, pid, "POST", "/api/v1/devices/register", options.devices,
                                                  *bearer, "--body", boot)))
                note("discover_per_cpu", per_cpu(load(hub.http, pid, "GET", "/api/v1/users/me/devices", options.devices,
                                                      "--header", "Authorization: Bearer " + user)))
            report["resident_mib_after_load"] = round(hub.resident_mib(), 1)
        finally:
            bare.terminate()
            hub.stop()
        hub.start()
        report["start_seconds"] = round(hub.start_seconds, 3)
        with database(hub) as db:
            report["devices"] = db.execute("SELECT COUNT(*) FROM devices").fetchone()[0]
        hub.stop()

    report["rounds"] = rounds
    median = {name: statistics.median(values) for name, values in rounds.items()}
    report["medians"] = {name: round(value) for name, value in median.items()}
    latency = report["commands_at_100_per_second"]
    report["ratios"] = {
        "trivial_to_bare": round(median["trivial"] / median["bare"], 2),
        "register_to_floor": round(median["register"] / median["floor"], 2),
        "command_to_direct_p50": round(latency["rest"]["p50_us"] / latency["direct"]["p50_us"], 2),
        "command_to_direct_plus_commit_p50": round(
            latency["rest"]["p50_us"] / (latency["direct"]["p50_us"] + report["durable_commit_p50_us"]), 2)}
    json.dump(report, sys.stdout, indent=2)
    print()


main()
