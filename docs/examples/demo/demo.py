#!/usr/bin/env python3
"""Simulated gates, their users and an app or two, for a first look at a hub: scripts/demo starts it.

    demo.py http://127.0.0.1:8080 STATE_DIR [GATES]

Each gate is the reference agent of ../pi-agent with a motor in place of the steel: it opens and closes in some ten
seconds, meets an obstacle now and then and goes back, and loses its network every few minutes.
"""
import http.client
import json
import logging
import pathlib
import random
import signal
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "pi-agent"))
import gatetorio_agent  # noqa: E402: found by the line above
from gate import GateError  # noqa: E402

TICK = 0.5  # seconds
STEP = 6  # per cent of the way in a tick
PLACES = ["Harbour", "Mill Lane", "North yard", "Depot 4", "School", "Clinic", "Old bakery", "Parking level 2", "Farm",
          "Quarry", "Villa Rosa", "Allotments", "Station", "Brewery", "Sawmill", "Castle", "Ferry", "Weir", "Orchard",
          "Lighthouse"]


class MotorGate:
    """A gate with a motor, in place of the class Gate of the agent."""

    def __init__(self, settings, report):
        self._report, self._lock = report, threading.Lock()
        self._percent, self._goal, self._state = 0, 0, "CLOSED"
        self._obstacles = settings["obstacles"]

    def status(self):
        with self._lock:
            return {"state": self._state, "m1_percent": self._percent, "auto_close_countdown": 0,
                    "timestamp": int(time.time())}

    def do(self, command):
        goals = {"open_gate": 100, "close_gate": 0, "partial_open": 30}
        action = command.get("action")
        with self._lock:
            if action == "stop_gate":
                self._goal, self._state = self._percent, "STOPPED"
            elif action in goals:
                self._goal = goals[action]
                self._state = "OPENING" if self._goal > self._percent else "CLOSING"
            else:
                raise GateError("there is no such action")
        self._report()

    def tick(self):
        with self._lock:
            if self._percent == self._goal:
                return
            if self._state == "CLOSING" and random.random() < self._obstacles:
                self._goal, self._state = 100, "REVERSING_FROM_CLOSE"
            way = max(-STEP, min(STEP, self._goal - self._percent))
            self._percent += way
            if self._percent == self._goal:
                self._state = {0: "CLOSED", 30: "PARTIAL_1", 100: "OPEN"}.get(self._goal, "STOPPED")
        self._report()


class Gate(gatetorio_agent.Agent):
    """One agent that can lose its network."""

    def __init__(self, settings):
        super().__init__(settings)
        self._away_until = 0.0

    def lose_network(self, seconds):
        self._away_until = time.monotonic() + seconds
        client = self._mqtt
        try:
            client.socket().shutdown(socket.SHUT_RDWR)
        except (AttributeError, OSError):
            pass  # it has none just now

    def tick(self):
        self._gate.tick()

    def _live(self, back_off):
        self._stopping.wait(max(0.0, self._away_until - time.monotonic()))
        back_off.reset()
        super()._live(back_off)


class Hub:
    def __init__(self, url):
        self._url = urllib.parse.urlsplit(url)

    def call(self, method, path, token, body=None):
        """The answer's status and body."""
        connection = http.client.HTTPConnection(self._url.hostname, self._url.port, timeout=10)
        try:
            headers = {"Content-Type": "application/json", "Authorization": "Bearer " + token}
            connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else {}
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            connection.close()


def settings_of(url, folder, number, name):
    state_dir = folder / f"gate-{number:02}"
    state_dir.mkdir(parents=True, exist_ok=True)
    return {"hub": url, "state_dir": str(state_dir), "hardware_id": f"demo:{number:02}", "device_name": f"{name} gate",
            "controller_id": "demo-" + name.lower().replace(" ", "-"), "heartbeat_seconds": 30,
            "firmware_version": random.choice(["2.3.1", "2.4.0", "2.4.0"]), "longest_pause_seconds": 10,
            "gate": {"obstacles": 0.01}}


def pair(hub, settings, users):
    """Gives the gate its owner and, to every third, an engineer by a share."""
    token_file = pathlib.Path(settings["state_dir"]) / "device_token"
    while not token_file.exists() or not token_file.read_text().strip():
        time.sleep(TICK)
    device_token, owner, helper = token_file.read_text().strip(), random.choice(users), random.choice(users)
    hub.call("POST", "/users/authorize", device_token,
             {"user_token": owner["token"], "access_level": "owner", "name": owner["name"]})
    if random.random() < 0.3:
        status, share = hub.call("POST", "/sharing/create", owner["token"],
                                 {"controller_id": settings["controller_id"], "notes": "for the yearly service"})
        if status == 201 and random.random() < 0.7:
            hub.call("POST", "/sharing/redeem", helper["token"], {"token": share["token"]})
    return owner


def live(hub, gates, owners, stopping):
    """Owners open and close, gates lose their network, motors turn."""
    next_command, next_loss = time.monotonic() + 3, time.monotonic() + 30
    while not stopping.wait(TICK):
        for gate in gates.values():
            gate.tick()
        if time.monotonic() > next_command:
            name = random.choice(list(gates))
            action = random.choice(["open_gate", "close_gate", "close_gate", "partial_open", "stop_gate"])
            hub.call("POST", "/commands/send", owners[name]["token"],
                     {"controller_id": name, "command": {"action": action, "gate_number": 1}})
            next_command = time.monotonic() + random.uniform(1, 4)
        if time.monotonic() > next_loss:
            random.choice(list(gates.values())).lose_network(random.uniform(20, 90))
            next_loss = time.monotonic() + random.uniform(15, 60)


def main():
    url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    names = PLACES[:int(sys.argv[3]) if len(sys.argv) > 3 else len(PLACES)]
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(message)s")
    gatetorio_agent.Gate = MotorGate
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    hub = Hub(url)
    users = [{"name": name, "token": f"demo-app-of-{name.lower()}-{random.getrandbits(96):024x}"}
             for name in ("Anna", "Bert", "Carla", "Deniz", "Emil", "Fatma")]
    gates, owners, threads = {}, {}, []
    for number, place in enumerate(names, start=1):
        settings = settings_of(url, folder, number, place)
        gates[settings["controller_id"]] = gate = Gate(settings)
        threads.append(threading.Thread(target=gate.run))
        threads[-1].start()
        owners[settings["controller_id"]] = pair(hub, settings, users)
    print(f"demo: {len(gates)} gates live; Ctrl-C ends them and the hub", flush=True)
    live(hub, gates, owners, stopping)
    for gate in gates.values():
        gate.stop()
    for thread in threads:
        thread.join(5)


if __name__ == "__main__":
    main()
