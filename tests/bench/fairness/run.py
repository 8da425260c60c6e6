#!/usr/bin/env python3
"""What 200 gates and 50 users notice of an attacker with one credential, in one run.

    cmake --preset bench && cmake --build build/bench && tests/bench/fairness/run.py [--seconds 15] [--only NAME ...]

Each attack has 15 seconds beside the ordinary load, on a hub with its default limits; before the first and after the last
the load is alone. Times: of a status from the gate to its user's event stream, of a command from the app to the gate.
`lost`: statuses that the broker had acknowledged and no stream showed. Memory: the highest resident size, in MiB.
"""
import argparse, asyncio, multiprocessing, pathlib, re, resource, sys, tempfile, threading, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import attackers  # noqa: E402
from bench_hub import Hub  # noqa: E402
from ordinary import Fleet  # noqa: E402

COLUMNS = ["status_p50_ms", "status_p99_ms", "command_p50_ms", "command_p99_ms", "statuses", "lost", "commands",
           "commands_refused", "gates_cut", "streams_cut", "hub_mib", "broker_mib"]


def resident_mib(pid):
    try:
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024
    except (OSError, TypeError):
        return 0


class Peaks:
    def __init__(self, hub):
        self.hub, self.broker, self.over = 0, 0, False
        self.thread = threading.Thread(target=self.look, args=[hub.pid, hub.broker()])
        self.thread.start()

    def look(self, hub, broker):
        while not self.over:
            self.hub, self.broker = max(self.hub, resident_mib(hub)), max(self.broker, resident_mib(broker))
            time.sleep(0.1)

    def end(self):
        self.over = True
        self.thread.join()
        return {"hub_mib": round(self.hub), "broker_mib": round(self.broker)}


def make_attacker(hub, number):
    """One device with its user: all that an attacker has."""
    name = f"attacker{number}"
    device = hub.call("POST", "/devices/register", {"hardware_id": f"attacker-hw{number}", "controller_id": name})
    user = f"user-token-of-the-attacker-{number}"
    hub.call("POST", "/users/authorize", {"user_token": user}, device["device_token"])
    login = hub.call("POST", "/users/mqtt-credentials", token=user)
    return {"name": name, "http": hub.http, "mqtt": hub.mqtt, "device_token": device["device_token"], "user_token": user,
            "websocket": login["mqtt_websocket_url"].split("//")[1].rstrip("/"),
            "device_login": (device["mqtt_username"], device["mqtt_password"]),
            "user_login": (login["mqtt_username"], login["mqtt_password"]),
            "commands": f"gatetorio/{name}/commands", "status": f"gatetorio/{name}/status"}


def measure(hub, fleet, attack, seconds, number):
    process = None
    if attack:
        process = multiprocessing.Process(target=attack, args=[make_attacker(hub, number)], daemon=True)
        process.start()
        time.sleep(3)
    peaks = Peaks(hub)
    noticed = asyncio.run(fleet.live(seconds))
    noticed |= peaks.end()
    if process:
        process.kill()
        process.join()
    return noticed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--hub", type=pathlib.Path, help="the program, in its build folder")
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    attacks = [a for a in attackers.ALL if not options.only or a.__name__ in options.only]
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(folder, plugins=["file-transfer"], program=options.hub, sets=["plugins.transport-http.rate_limit=true"],
                  tables='listen = "127.0.0.1:0"\nwebsocket_listen = "127.0.0.1:0"\n').start()
        print("| attack | " + " | ".join(COLUMNS) + " |\n|" + " --- |" * (len(COLUMNS) + 1), flush=True)
        try:
            fleet = Fleet(hub)
            alone = []
            for number, attack in enumerate([None, *attacks, None]):
                row = measure(hub, fleet, attack, options.seconds, number)
                name = attack.__name__ if attack else "none"
                print(f"| {name} | " + " | ".join(str(row[c]) for c in COLUMNS) + " |", flush=True)
                if not attack:
                    alone.append(row)
        finally:
            hub.stop()


if __name__ == "__main__":
    main()
