"""As much of MQTT 3.1.1 as the benchmark needs, on asyncio and in the clear, and packets for those who break it."""
import asyncio
import os
import struct


def text(value):
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(data)) + data


def packet(header, body):
    length, size = b"", len(body)
    while True:
        size, digit = size >> 7, size & 127
        length += bytes([digit | (128 if size else 0)])
        if not size:
            return bytes([header]) + length + body


def connect(client_id, login, clean=True, will=None, keep_alive=60):
    flags = 0xC0 | (2 if clean else 0) | (4 if will else 0)
    body = text("MQTT") + bytes([4, flags]) + struct.pack(">H", keep_alive) + text(client_id)
    if will:
        body += text(will[0]) + text(will[1])
    return packet(0x10, body + text(login[0]) + text(login[1]))


def publish(topic, payload, qos=0, packet_id=1):
    return packet(0x30 | qos << 1, text(topic) + (struct.pack(">H", packet_id) if qos else b"") + payload)


def subscribe(filters, qos=1, packet_id=1):
    return packet(0x82, struct.pack(">H", packet_id) + b"".join(text(f) + bytes([qos]) for f in filters))


async def read_packet(reader):
    header = (await reader.readexactly(1))[0]
    size = shift = 0
    while True:
        digit = (await reader.readexactly(1))[0]
        size |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            return header, await reader.readexactly(size)


class Client:
    """An ordinary client: connects, subscribes, publishes with QoS 1 and waits, and comes back when it is cut off."""

    def __init__(self, address, login, topic=None, heard=None):
        self.address, self.login, self.topic, self.heard = address, login, topic, heard
        self.client_id = "bench-" + os.urandom(8).hex()
        self.waiting, self.last_id, self.cuts = {}, 0, 0
        self.connected = asyncio.Event()

    async def run(self):
        while True:
            try:
                await self.serve()
            except (OSError, asyncio.IncompleteReadError):
                pass
            self.connected.clear()
            for waiting in self.waiting.values():
                waiting.cancel()
            self.waiting = {}
            self.cuts += 1
            await asyncio.sleep(0.2)

    async def serve(self):
        host, port = self.address.rsplit(":", 1)
        reader, self.writer = await asyncio.open_connection(host, int(port))
        try:
            self.writer.write(connect(self.client_id, self.login))
            header, body = await read_packet(reader)
            if body[1] != 0:
                return
            if self.topic:
                self.writer.write(subscribe([self.topic]))
            self.connected.set()
            while True:
                header, body = await read_packet(reader)
                if header >> 4 == 4:
                    waiting = self.waiting.pop(struct.unpack(">H", body[:2])[0], None)
                    if waiting and not waiting.done():
                        waiting.set_result(None)
                elif header >> 4 == 3:
                    size = struct.unpack(">H", body[:2])[0]
                    at = 2 + size
                    if header & 6:
                        self.writer.write(packet(0x40, body[at:at + 2]))
                        at += 2
                    self.heard(body[at:])
        finally:
            self.writer.close()

    async def publish(self, topic, payload):
        """True once the broker has acknowledged it."""
        await self.connected.wait()
        self.last_id = self.last_id % 65535 + 1
        waiting = self.waiting[self.last_id] = asyncio.get_running_loop().create_future()
        self.writer.write(publish(topic, payload, 1, self.last_id))
        try:
            await asyncio.wait_for(waiting, 30)
            return True
        except (asyncio.CancelledError, asyncio.TimeoutError):
            return False
