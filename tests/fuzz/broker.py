#!/usr/bin/env python3
"""Raw MQTT against the managed Mosquitto with the guard under AddressSanitizer, behind a real hub.

    scripts/fuzz 60 broker        builds what it needs and runs this
    tests/fuzz/broker.py --build build/asan --seconds 60 [--seed 1]

Clients with the credentials of devices and users send right, odd and spoiled packets, over TCP and WebSocket. What is sent
follows from the seed alone, round after round; how many rounds there are follows from the time. Broker and hub must live
and stay small, no sanitizer may complain, and a gate of somebody else must get its commands all the time, and afterwards.
"""
import argparse
import http.client
import json
import os
import pathlib
import random
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "bench")]
sys.dont_write_bytecode = True
import mqtt_packets as mqtt  # noqa: E402
from bench_hub import Hub  # noqa: E402

MOSQUITTO = "/usr/sbin/mosquitto"
SANITIZER = "detect_leaks=0:abort_on_error=1:halt_on_error=1:print_stacktrace=1:quarantine_size_mb=16:allocator_may_return_null=1"
MOST_MIB = {"broker": 512, "hub": 1536}  # the sanitizer's own memory included
# Without them a client gets deeper; with them it meets them. Seeds that are even have none.
LIMITS = ["client_connections", "client_sessions", "client_subscriptions", "client_wildcards", "client_messages", "client_kilobytes",
          "client_commands", "address_connections"]
PATIENCE = 20  # seconds; a machine may be busy


class Finding(Exception):
    pass


def wait_for(what, holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise Finding(f"{what}: not within {PATIENCE} s")
        time.sleep(0.02)


class Stack:
    """A hub and its broker in a folder, both under sanitizers."""

    def __init__(self, build, folder, limited):
        self.folder = pathlib.Path(folder)
        guard = build / "sanitized" / "mosquitto" / "gatetorio-mosquitto-guard.so"
        plugins = self.folder / "plugins"
        (plugins / "mosquitto").mkdir(parents=True)
        for file in (build / "plugins").glob("*.so"):
            (plugins / file.name).symlink_to(file)
        (plugins / "mosquitto" / guard.name).symlink_to(guard)
        program = self.folder / "mosquitto"
        program.write_text(f"#!/bin/sh\nexport LD_PRELOAD={self.library_of(guard)} ASAN_OPTIONS={SANITIZER}:log_path={self.folder}/broker-says\n"
                           f'exec {MOSQUITTO} "$@"\n')
        program.chmod(0o755)
        os.environ["ASAN_OPTIONS"] = f"{SANITIZER}:log_path={self.folder}/hub-says"
        os.environ["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
        self.hub = Hub(self.folder / "hub", ["sharing", "file-transfer"],
                       f'listen = "127.0.0.1:0"\nwebsocket_listen = "127.0.0.1:0"\nmosquitto = "{program}"\n'
                       + "".join(f"{limit} = 0\n" for limit in LIMITS if not limited),
                       program=build / "gatetorio-hub", sets=[f"hub.plugin_dir={plugins}"], log=self.folder / "hub.log").start()
        self.broker_pid = self.hub.broker()
        self.port = int(self.hub.mqtt.rsplit(":", 1)[1])
        self.websocket_port = None  # is told together with the credentials of a user

    @staticmethod
    def library_of(guard):
        found = re.search(r"libasan\S* => (\S+)", subprocess.run(["ldd", guard], capture_output=True, text=True, check=True).stdout)
        if not found:
            sys.exit(f"{guard} is not built with the address sanitizer")
        return found[1]

    def complaint(self):
        """What the sanitizers say, whole; empty where they say nothing."""
        deadline = time.monotonic() + PATIENCE
        while list(self.folder.glob("*-says*")) and self.lives(self.broker_pid) and self.hub.process.poll() is None:
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)  # it is still being written: whoever complains ends
        return "\n".join(file.read_text(errors="replace") for file in self.folder.glob("*-says*"))

    @staticmethod
    def lives(pid):
        try:
            return "(zombie)" not in pathlib.Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return False

    def check(self):
        if list(self.folder.glob("*-says*")):
            raise Finding("a sanitizer complains")
        if self.hub.process.poll() is not None:
            raise Finding(f"the hub has ended: {self.hub.process.returncode}")
        if not self.lives(self.broker_pid):
            raise Finding("the broker has died")
        for name, pid in (("broker", self.broker_pid), ("hub", self.hub.pid)):
            size = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024
            if size > MOST_MIB[name]:
                raise Finding(f"the {name} has {size:.0f} MiB")


class Client:
    """A connection that sends what it is told and keeps what comes."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.data = b""
        self.open = True

    def send(self, data):
        """Never waits for a broker that does not read; what does not go is left."""
        self.read()
        while data and self.open:
            _, writable, _ = select.select([], [self.socket], [], 1)
            if not writable:
                return
            try:
                data = data[self.socket.send(data, socket.MSG_DONTWAIT):]
            except BlockingIOError:
                self.read()
            except OSError:
                self.open = False

    def read(self, seconds=0):
        while self.open and select.select([self.socket], [], [], seconds)[0]:
            try:
                new = self.socket.recv(65536)
            except OSError:
                new = b""
            self.open = bool(new)
            self.data = (self.data + new)[-1000000:]
            seconds = 0

    def packets(self):
        found, self.data = mqtt.split(self.data)
        return found

    def close(self):
        self.socket.close()


class Gate:
    """A gate and its owner that nobody attacks: commands arrive, and their answers."""

    def __init__(self, stack, name):
        self.stack, self.name, self.count = stack, name, 0
        self.device = stack.hub.call("POST", "/devices/register", {"hardware_id": "hw-" + name, "controller_id": name})
        self.owner = f"token-of-the-owner-of-{name}"
        stack.hub.call("POST", "/users/authorize", {"user_token": self.owner}, self.device["device_token"])
        self.client = Client(stack.port)
        self.client.send(mqtt.connect("", self.device["mqtt_username"], self.device["mqtt_password"]))
        self.wait(mqtt.CONNACK)
        self.client.send(mqtt.subscribe([(self.device["mqtt_topic_commands"], 1)]))
        self.wait(mqtt.SUBACK)
        self.seen = []

    def wait(self, kind):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.client.open:
            self.client.read(0.1)
            for first, body in self.client.packets():
                if first >> 4 == kind:
                    return body
        raise Finding(f"the gate {self.name} gets no packet {kind}; its connection is {'open' if self.client.open else 'closed'}")

    def is_told(self):
        """Whether the hub takes a command for it now: 503 while the device is not known to be connected."""
        connection = http.client.HTTPConnection(self.stack.hub.http, timeout=PATIENCE)
        body = json.dumps({"controller_id": self.name, "command": {"action": "open_gate", "number": self.count}})
        connection.request("POST", "/api/v1/commands/send", body,
                           {"Content-Type": "application/json", "Authorization": "Bearer " + self.owner})
        answer = connection.getresponse()
        self.sent = json.loads(answer.read())
        if answer.status not in (202, 503):
            raise Finding(f"a command is answered {answer.status} {self.sent}")
        return answer.status == 202

    def state(self):
        return self.stack.hub.call("GET", "/commands/" + self.sent["command_id"], token=self.owner)["state"]

    def work(self):
        self.count += 1
        wait_for("the hub takes a command", self.is_told)
        body = self.wait(mqtt.PUBLISH)
        topic_size = int.from_bytes(body[:2], "big")
        self.client.send(mqtt.packet(mqtt.PUBACK, body[2 + topic_size:4 + topic_size]))
        if f'"command_id":"{self.sent["command_id"]}"'.encode() not in body:
            raise Finding(f"the gate {self.name} gets another command than was sent: {body}")
        answer = json.dumps({"command_id": self.sent["command_id"], "result": "success"}).encode()
        self.client.send(mqtt.publish(self.device["mqtt_topic_status"], answer, 1, self.count % 65535 + 1))
        wait_for("the answer of the gate is known", lambda: self.state() == "acknowledged")


def attackers(stack):
    """Logins of two gates and of two users, and what the gates are called."""
    names, gates = [], ["gate-a", "gate-b"]
    devices = [stack.hub.call("POST", "/devices/register", {"hardware_id": "hw-" + gate, "controller_id": gate}) for gate in gates]
    for device in devices:
        names.append((device["mqtt_username"], device["mqtt_password"]))
    for user, level in (("owner", "owner"), ("reader", "readonly")):
        token = f"token-of-the-{user}-that-attacks"
        for device in devices:
            stack.hub.call("POST", "/users/authorize", {"user_token": token, "access_level": level}, device["device_token"])
        login = stack.hub.call("POST", "/users/mqtt-credentials", token=token)
        names.append((login["mqtt_username"], login["mqtt_password"]))
        stack.websocket_port = int(re.search(r":(\d+)", login["mqtt_websocket_url"])[1])
    return names, gates


def play(stack, maker, clients):
    """One round: a client comes, with or without a WebSocket, sends some packets, and leaves or stays for a while."""
    r = maker.random
    is_websocket = r.random() < 0.2
    wrap = maker.frame if is_websocket else (lambda data: data)
    client = Client(stack.websocket_port if is_websocket else stack.port)
    clients.append(client)
    if is_websocket:
        request = b"GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " \
                  b"dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
        client.send(maker.spoiled(request) if maker.odd() else request)
    if not maker.odd():
        data = maker.connect()
        client.send(wrap(maker.spoiled(data) if maker.odd() else data))
    for _ in range(r.choice([1, 3, 10, 30])):
        data = maker.packet()
        cut = r.randrange(len(data) + 1) if r.random() < 0.1 else len(data)
        client.send(wrap(data[:cut]))
        client.send(wrap(data[cut:]) if cut < len(data) else b"")
        if r.random() < 0.1:  # somebody else who is still there says something, too
            r.choice(clients).send(maker.packet())
    while len(clients) > 12 or (clients and r.random() < 0.3):
        clients.pop(r.randrange(len(clients))).close()


def fuzz(stack, seed, seconds):
    """Rounds until the time is over; how many."""
    names, gates = attackers(stack)
    gate = Gate(stack, "gate-of-somebody-else")
    clients, number = [], 0
    end, next_work = time.monotonic() + seconds, 0
    try:
        while time.monotonic() < end:
            play(stack, mqtt.Maker(random.Random(f"{seed}/{number}"), names, gates), clients)
            number += 1
            if number % 20 == 0:
                stack.check()
            if time.monotonic() > next_work:
                gate.work()
                next_work = time.monotonic() + 2
        for client in clients:
            client.close()
        gate.work()
        Gate(stack, "gate-that-comes-after").work()
        stack.check()
    except (Finding, OSError, SystemExit, json.JSONDecodeError) as finding:
        raise Finding(f"seed {seed}, round {number}: {finding}\n{stack.complaint()}") from finding
    return number


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", type=pathlib.Path, default=HERE.parents[1] / "build" / "asan")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options.add_argument("--keep", action="store_true", help="leave the folder with logs when something is found")
    given = options.parse_args()
    folder = tempfile.mkdtemp(prefix="gatetorio-fuzz-")
    stack = None
    failed = True
    try:
        stack = Stack(given.build.resolve(), folder, given.seed % 2 == 1)
        rounds = fuzz(stack, given.seed, given.seconds)
        stack.hub.stop()
        wait_for("the broker ends with the hub", lambda: not stack.lives(stack.broker_pid))
        said = stack.complaint()
        if said or stack.hub.process.returncode != 0:
            raise Finding(said or f"the hub ends with {stack.hub.process.returncode}")
        print(f"broker: {rounds} rounds, seed {given.seed}")
        failed = False
    except Finding as finding:
        print(f"broker: {finding}\nlogs: {folder}" if given.keep else f"broker: {finding}", file=sys.stderr)
        log = pathlib.Path(folder) / "hub.log"
        print("".join(log.read_text(errors="replace").splitlines(True)[-30:]) if log.exists() else "", file=sys.stderr)
    finally:
        if stack and stack.hub.process.poll() is None:
            stack.hub.process.send_signal(signal.SIGKILL)  # its broker ends with it
            stack.hub.process.wait()
        if not (failed and given.keep):
            subprocess.run(["rm", "-rf", folder], check=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
