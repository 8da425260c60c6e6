#!/usr/bin/env python3
"""What each kind of request costs the hub: requests per second of its own processor time, as a share of a bare Beast
coroutine server's in the same run; medians of interleaved rounds, 64 connections, gates online.

    cmake --preset bench && cmake --build build/bench && tests/bench/hub/workloads.py [--only heartbeat] [--beside HUB]

Prints one JSON object. Everything runs on loopback and ends with the run. Ratios count, not absolute figures.
"""
import argparse, json, pathlib, select, socket, statistics, subprocess, sys, tempfile, threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fairness"))
import mqtt  # noqa: E402
from bench_hub import BUILD, Hub  # noqa: E402
from loads import bare_server, load, per_cpu  # noqa: E402

BEARER = ("--header", "Authorization: Bearer {1}")
DEVICES_PER_USER = 5


class Gates(threading.Thread):
    """MQTT clients that listen for their commands and say nothing."""

    def __init__(self, address, devices):
        super().__init__(daemon=True)
        self.sockets = []
        host, port = address.rsplit(":", 1)
        for device in devices:
            connection = socket.create_connection((host, int(port)))
            login = (device["mqtt_username"], device["mqtt_password"])
            connection.sendall(mqtt.connect("gate-" + login[0], login, keep_alive=600))
            connection.recv(4)
            connection.sendall(mqtt.subscribe([f"gatetorio/{device['name']}/commands"], qos=0))
            connection.recv(5)
            self.sockets.append(connection)

    def run(self):
        while True:
            for connection in select.select(self.sockets, [], [])[0]:
                if not connection.recv(65536):
                    self.sockets.remove(connection)


def rows_file(folder, name, rows):
    path = pathlib.Path(folder) / name
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return str(path)


def fleet(hub, devices, gates):
    """Devices, each with one user of DEVICES_PER_USER devices; the first `gates` are connected."""
    made = []
    for i in range(devices):
        device = hub.call("POST", "/devices/register", {"hardware_id": f"hw-{i}", "controller_id": f"gate-{i}"})
        device |= {"name": f"gate-{i}", "hardware": f"hw-{i}", "user": f"bench-user-token-{i // DEVICES_PER_USER:06}"}
        hub.call("POST", "/users/authorize", {"user_token": device["user"], "access_level": "owner"}, device["device_token"])
        hub.call("POST", f"/devices/{device['name']}/heartbeat", None, device["device_token"])
        made.append(device)
    listening = Gates(hub.mqtt, made[:gates])
    listening.start()
    for device in made[:gates]:
        publish = (device["mqtt_username"], device["mqtt_password"])
        host, port = hub.mqtt.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(mqtt.connect("status-" + device["mqtt_username"], publish))
            connection.recv(4)
            connection.sendall(mqtt.publish(f"gatetorio/{device['name']}/status", b'{"state":"CLOSED","m1_percent":0}', 1))
            connection.recv(4)
    return made


def workloads(folder, made, gates):
    by_token = rows_file(folder, "devices", [(d["device_token"], d["name"], d["hardware"]) for d in made])
    by_user = rows_file(folder, "users", [(d["user"], d["name"]) for d in made])
    at_gates = rows_file(folder, "gates", [(d["user"], d["name"]) for d in made[:gates]])
    new = '{"hardware_id":"new-{n}","controller_id":"new-{n}","firmware_version":"1.0","device_name":"Gate"}'
    return {
        "trivial": ("GET", "/api/v1/bench/trivial"),
        "register": ("POST", "/api/v1/devices/register", "--body", new),
        "boot": ("POST", "/api/v1/devices/register", "--rows", by_token, *BEARER, "--body",
                 '{"hardware_id":"{3}","controller_id":"{2}","firmware_version":"1.1"}'),
        "heartbeat": ("POST", "/api/v1/devices/{2}/heartbeat", "--rows", by_token, *BEARER),
        "discover": ("GET", "/api/v1/users/me/devices", "--rows", by_user, *BEARER),
        "share": ("POST", "/api/v1/sharing/create", "--rows", by_user, *BEARER, "--body", '{"controller_id":"{2}"}'),
        "last_status": ("GET", "/api/v1/commands/status/{2}", "--rows", at_gates, *BEARER),
        "command": ("POST", "/api/v1/commands/send", "--rows", at_gates, *BEARER, "--body",
                    '{"controller_id":"{2}","command":{"cmd":"pulse","key":"cmd_open"}}'),
    }


class Subject:
    """One build of the hub, with its fleet."""

    def __init__(self, folder, options, program=None):
        self.hub = Hub(folder, ["sharing", "bench-trivial"], program=program).start()
        self.idle_mib = self.hub.resident_mib()
        self.wanted = workloads(folder, fleet(self.hub, options.devices, options.gates), options.gates)
        self.costs, self.details = {}, {}

    def measure(self, name, requests, first):
        method, path, *rest = self.wanted[name]
        result = load(self.hub.http, self.hub.pid, method, path, requests, *rest, "--first", str(first))
        self.costs.setdefault(name, []).append(per_cpu(result))
        self.details.setdefault(name, []).append([result["requests_per_s"], result["p50_us"], result["p99_us"]])

    def report(self, bare):
        median = {name: statistics.median(values) for name, values in self.costs.items()}
        return {"requests_per_cpu_s": {name: round(value) for name, value in median.items()},
                "share_of_bare": {name: round(value / bare, 3) for name, value in median.items()},
                "per_s_p50_p99_us": {name: [round(statistics.median(v)) for v in zip(*values)] for name, values in self.details.items()},
                "resident_mib": {"idle": round(self.idle_mib, 1), "after": round(self.after_mib, 1)}}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--devices", type=int, default=2_000)
    options.add_argument("--gates", type=int, default=40)
    options.add_argument("--requests", type=int, default=20_000)
    options.add_argument("--only", action="append", help="a workload; may be repeated")
    options.add_argument("--beside", help="the gatetorio-hub of another build: measured in turn with this one")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        subjects = {"hub": Subject(folder + "/hub", options)}
        if options.beside:
            subjects["beside"] = Subject(folder + "/beside", options, options.beside)
        bare, bare_target = bare_server()
        bare_costs = []
        try:
            for round_number in range(options.rounds):
                bare_costs.append(per_cpu(load(bare_target, bare.pid, "GET", "/", 5 * options.requests)))
                for name in subjects["hub"].wanted:
                    if options.only and name not in options.only:
                        continue
                    for subject in subjects.values():
                        subject.measure(name, options.requests, round_number * options.requests)
            for subject in subjects.values():
                subject.after_mib = subject.hub.resident_mib()
        finally:
            bare.terminate()
            for subject in subjects.values():
                subject.hub.stop()
    bare_cost = statistics.median(bare_costs)
    report = {name: subject.report(bare_cost) for name, subject in subjects.items()}
    report["bare_per_cpu_s"] = round(bare_cost)
    if options.beside:
        report["hub_to_beside"] = {name: round(value / report["beside"]["requests_per_cpu_s"][name], 2)
                                   for name, value in report["hub"]["requests_per_cpu_s"].items()}
    json.dump(report, sys.stdout, indent=2)
    print()


main()
