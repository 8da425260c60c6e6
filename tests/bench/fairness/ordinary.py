"""200 gates and 50 users who do what they always do: statuses, commands, streams of events. Measures what they notice."""
import asyncio
import json
import statistics
import time

import mqtt

GATES, USERS = 200, 50
STATUS_PAUSE, COMMAND_PAUSE = 2.0, 2.0


class Gate:
    def __init__(self, fleet, number):
        name = f"gate{number}"
        device = fleet.hub.call("POST", "/devices/register", {"hardware_id": f"hw{number}", "controller_id": name})
        self.name, self.token, self.fleet = name, device["device_token"], fleet
        self.user = f"user-token-of-the-bench-{number % USERS:04}"
        fleet.hub.call("POST", "/users/authorize", {"user_token": self.user}, self.token)
        login = device["mqtt_username"], device["mqtt_password"]
        self.mqtt = mqtt.Client(fleet.hub.mqtt, login, f"gatetorio/{name}/commands", self.on_command)
        self.sent, self.acknowledged, self.streamed = {}, set(), set()
        self.commands, self.number = {}, 0

    def on_command(self, payload):
        began = self.commands.pop(json.loads(payload).get("mark"), None)
        if began:
            self.fleet.command_times.append(time.monotonic() - began)

    async def tell(self):
        await asyncio.sleep(self.fleet.spread(self.name))
        while not self.fleet.is_over:
            self.number += 1
            number, self.sent[self.number] = self.number, time.monotonic()
            if await self.mqtt.publish(f"gatetorio/{self.name}/status", json.dumps({"state": "OPEN", "n": number}).encode()):
                self.acknowledged.add(number)
            await asyncio.sleep(STATUS_PAUSE)

    async def watch(self):
        """The user's stream of this gate's events."""
        while True:
            reader, writer = await self.fleet.open(f"GET /api/v1/devices/{self.name}/events", self.user)
            try:
                while line := await reader.readline():
                    if line.startswith(b"data:"):
                        self.on_event(line[5:])
            except OSError:
                pass
            finally:
                writer.close()
            self.fleet.stream_cuts += 1
            await asyncio.sleep(0.2)

    def on_event(self, data):
        number = json.loads(data).get("n")
        if number in self.sent and number not in self.streamed:
            self.streamed.add(number)
            self.fleet.status_times.append(time.monotonic() - self.sent[number])

    async def command(self):
        """The user's app, over HTTP."""
        await asyncio.sleep(self.fleet.spread(self.name + "c"))
        mark = 0
        while not self.fleet.is_over:
            mark += 1
            self.commands[mark] = began = time.monotonic()
            body = json.dumps({"controller_id": self.name, "command": {"action": "open", "mark": mark}})
            status = await self.fleet.post("/commands/send", body, self.user)
            if status != 202:
                self.fleet.refused += 1
                self.commands.pop(mark, None)
            await asyncio.sleep(max(0.0, COMMAND_PAUSE - (time.monotonic() - began)))


class Fleet:
    def __init__(self, hub):
        self.hub = hub
        self.gates = [Gate(self, i) for i in range(GATES)]
        self.reset()

    def reset(self):
        self.status_times, self.command_times, self.stream_cuts, self.refused, self.is_over = [], [], 0, 0, False

    def spread(self, name):
        return sum(name.encode()) * 37 % 1000 / 1000 * STATUS_PAUSE

    async def open(self, line, token, body=""):
        host, port = self.hub.http.rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{line} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        return reader, writer

    async def post(self, path, body, token):
        try:
            reader, writer = await self.open("POST /api/v1" + path, token, body)
            line = await asyncio.wait_for(reader.readline(), 30)
            writer.close()
            return int(line.split()[1]) if line else 0
        except (OSError, asyncio.TimeoutError):
            return 0

    async def live(self, seconds):
        """Everybody for so long; what they noticed."""
        self.reset()
        for gate in self.gates:
            gate.sent, gate.acknowledged, gate.streamed, gate.mqtt.cuts = {}, set(), set(), 0
        lasting = [asyncio.create_task(gate.mqtt.run()) for gate in self.gates]
        await asyncio.gather(*(asyncio.wait_for(gate.mqtt.connected.wait(), 60) for gate in self.gates))
        lasting += [asyncio.create_task(gate.watch()) for gate in self.gates]
        await asyncio.sleep(2)
        working = [asyncio.create_task(gate.tell()) for gate in self.gates]
        working += [asyncio.create_task(gate.command()) for gate in self.gates[:USERS]]
        await asyncio.sleep(seconds)
        self.is_over = True
        await asyncio.wait(working, timeout=35)
        await asyncio.sleep(1)
        for task in lasting + working:
            task.cancel()
        await asyncio.gather(*lasting, *working, return_exceptions=True)
        return {
            "status_p50_ms": quantile(self.status_times, 50), "status_p99_ms": quantile(self.status_times, 99),
            "command_p50_ms": quantile(self.command_times, 50), "command_p99_ms": quantile(self.command_times, 99),
            "statuses": sum(len(gate.acknowledged) for gate in self.gates),
            "lost": sum(len(gate.acknowledged - gate.streamed) for gate in self.gates),
            "commands": len(self.command_times), "commands_refused": self.refused,
            "gates_cut": sum(max(gate.mqtt.cuts, 0) for gate in self.gates), "streams_cut": self.stream_cuts,
        }


def quantile(times, percent):
    return round(statistics.quantiles(times, n=100)[percent - 1] * 1000, 1) if len(times) > 1 else None
