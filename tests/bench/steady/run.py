#!/usr/bin/env python3
"""Minutes of mixed ordinary load on one hub, and what it holds in memory meanwhile: the line has to become flat.

    cmake --preset bench && cmake --build build/bench && tests/bench/steady/run.py [--minutes 8] [--devices 200]

Devices heartbeat, boot anew and send statuses over MQTT; users discover, share, send commands, watch events and move files.
Prints a line every --every seconds: the time, requests so far, resident and private memory of the hub in MiB, its heap as
glibc sees it (where gdb is installed, with --heap). The first minute fills caches and pools and counts for nothing.
"""
import argparse, http.client, json, os, pathlib, random, re, socket, subprocess, sys, tempfile, threading, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bench_hub import Hub  # noqa: E402
from gates import Mqtt  # noqa: E402


class People:
    """Keeps its connections; counts what it asked and what was refused."""

    def __init__(self, hub):
        self.hub = hub
        self.connection = http.client.HTTPConnection(hub.http)
        self.asked = self.refused = 0

    def ask(self, method, path, body=None, token=None, raw=None, headers=()):
        headers = dict(headers)
        if body is not None:
            raw, headers["Content-Type"] = json.dumps(body), "application/json"
        if token:
            headers["Authorization"] = "Bearer " + token
        self.asked += 1
        try:
            self.connection.request(method, path if path.startswith("http") else "/api/v1" + path, raw, headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.refused += 1
            return {}
        self.refused += answer.status >= 400
        try:
            return json.loads(text) if text else {}
        except ValueError:
            return {"bytes": len(text)}


def path_of(url):
    return url[url.index("/api/v1") + len("/api/v1"):]


def play(hub, gates, until, people, seed):
    chance = random.Random(seed)
    while time.monotonic() < until:
        gate = chance.choice(gates)
        what = chance.random()
        if what < 0.35:
            people.ask("POST", f"/devices/{gate['name']}/heartbeat", {}, gate["token"])
        elif what < 0.55:
            text = "x" * chance.choice((20, 20, 200, 2000, 20000))
            gate["mqtt"].publish(gate["status"], json.dumps({"state": "OPEN", "note": text, "n": chance.random()}))
        elif what < 0.65:
            people.ask("POST", "/users/discover", {"user_token": gate["user"]})
        elif what < 0.73:
            people.ask("POST", "/commands/send", {"controller_id": gate["name"], "command": {"action": "stop"}}, gate["user"])
        elif what < 0.78:
            people.ask("POST", "/devices/register", {"hardware_id": gate["hardware"], "controller_id": gate["name"]}, gate["token"])
        elif what < 0.85:
            made = people.ask("POST", "/sharing/create", {"controller_id": gate["name"]}, gate["user"])
            if "token" in made:
                people.ask("POST", "/sharing/redeem", {"token": made["token"], "user_token": f"guest-of-the-bench-{chance.randrange(5000)}"})
        elif what < 0.90:
            people.ask("GET", f"/commands/status/{gate['name']}", token=gate["user"])
        elif what < 0.97:
            size = chance.choice((1_000, 50_000, 1_000_000))
            made = people.ask("POST", f"/files/{gate['name']}", {"name": "f", "kind": "other", "size": size}, gate["user"])
            if "upload_url" in made:
                people.ask("PUT", path_of(made["upload_url"]), raw=os.urandom(size))
                shown = people.ask("GET", f"/files/{gate['name']}/{made['file_id']}", token=gate["user"])
                if shown.get("download_url"):
                    people.ask("GET", path_of(shown["download_url"]))
                people.ask("DELETE", f"/files/{gate['name']}/{made['file_id']}", token=gate["user"])
        else:
            watch(hub, gate, chance.random() * 2)
            people.asked += 1


def watch(hub, gate, seconds):
    host, port = hub.http.rsplit(":", 1)
    with socket.create_connection((host, int(port))) as stream:
        stream.settimeout(seconds)
        stream.sendall(f"GET /api/v1/devices/{gate['name']}/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {gate['user']}\r\n\r\n".encode())
        try:
            while stream.recv(65536):
                pass
        except OSError:
            pass


def memory(pid):
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    of = lambda name: int(re.search(name + r":\s+(\d+)", rollup)[1]) / 1024
    return of("Rss"), of("Private_Dirty")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--devices", type=int, default=200)
    options.add_argument("--minutes", type=float, default=8)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--every", type=float, default=15)
    options.add_argument("--program", help="another gatetorio-hub than that of the bench build")
    options.add_argument("--sets", default="", help="more TOML behind [plugins.transport-mqtt]")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(folder, ["sharing", "file-transfer"], 'listen = "127.0.0.1:0"\n' + options.sets, program=options.program).start()
        try:
            run(hub, options)
        finally:
            hub.stop()


def run(hub, options):
    gates = []
    for n in range(options.devices):
        made = hub.call("POST", "/devices/register", {"hardware_id": f"hw-{n}", "controller_id": f"gate-{n}"})
        gate = {"name": f"gate-{n}", "hardware": f"hw-{n}", "token": made["device_token"], "status": made["mqtt_topic_status"],
                "user": f"user-of-the-bench-{n % (options.devices // 2 + 1)}"}
        hub.call("POST", "/users/authorize", {"user_token": gate["user"], "access_level": "owner"}, gate["token"])
        gate["mqtt"] = Mqtt(hub.mqtt, made["mqtt_username"], made["mqtt_password"], made["mqtt_topic_commands"])
        gates.append(gate)
    began = time.monotonic()
    until = began + options.minutes * 60
    everybody = [People(hub) for _ in range(options.clients)]
    threads = [threading.Thread(target=play, daemon=True, args=(hub, gates, until, people, seed)) for seed, people in enumerate(everybody)]
    for thread in threads:
        thread.start()
    lines = []
    print("seconds  requests  refused  resident_mib  private_mib", flush=True)
    while time.monotonic() < until:
        time.sleep(min(options.every, max(0.1, until - time.monotonic())))
        resident, private = memory(hub.pid)
        seconds = time.monotonic() - began
        lines.append((seconds, resident))
        print(f"{seconds:7.0f} {sum(p.asked for p in everybody):9} {sum(p.refused for p in everybody):8} {resident:13.1f} {private:12.1f}", flush=True)
    for thread in threads:
        thread.join()
    late = [(seconds, resident) for seconds, resident in lines if seconds > min(60, options.minutes * 30)]
    if len(late) > 3:
        mean_x, mean_y = (sum(column) / len(late) for column in zip(*late))
        slope = sum((x - mean_x) * (y - mean_y) for x, y in late) / sum((x - mean_x) ** 2 for x, _ in late)
        print(f"slope after the first minute: {slope * 60:.2f} MiB a minute")


main()
