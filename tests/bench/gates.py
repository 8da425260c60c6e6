"""Gates for benchmarks."""
import socket
import struct
import threading


class Mqtt:
    """As much of MQTT 3.1.1 as a gate speaks: connect, subscribe, publish with QoS 0."""

    def __init__(self, address, name, password, topic):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)))
        text = lambda value: struct.pack("!H", len(value.encode())) + value.encode()
        self.send(0x10, text("MQTT") + b"\x04\xc2\x0e\x10" + text(name) + text(name) + text(password))
        self.socket.recv(4)
        self.send(0x82, b"\x00\x01" + text(topic) + b"\x00")
        threading.Thread(target=self.drop, daemon=True).start()

    def send(self, kind, payload):
        length, rest = b"", len(payload)
        while True:
            length += bytes([rest % 128 | (128 if rest > 127 else 0)])
            rest //= 128
            if rest == 0:
                break
        self.socket.sendall(bytes([kind]) + length + payload)

    def publish(self, topic, payload):
        self.send(0x30, struct.pack("!H", len(topic)) + topic.encode() + payload.encode())

    def drop(self):
        try:
            while self.socket.recv(65536):
                pass
        except OSError:
            pass
