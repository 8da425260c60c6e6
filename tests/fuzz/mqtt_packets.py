"""MQTT 3.1.1 and 5 as bytes: right packets, odd ones, and ways to spoil them. All of it from one random.Random."""
import json
import struct

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 1, 2, 3, 4, 5, 6, 7
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = 8, 9, 10, 11, 12, 13, 14, 15
FLAGS = {PUBREL: 2, SUBSCRIBE: 2, UNSUBSCRIBE: 2}

# Property ids by the kind of their value.
BYTES, SHORTS, LONGS = [0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A], [0x13, 0x21, 0x22, 0x23], [0x02, 0x11, 0x18, 0x27]
TEXTS, BLOBS, VARIABLE, PAIR = [0x03, 0x08, 0x12, 0x15, 0x1A, 0x1C, 0x1F], [0x09, 0x16], [0x0B], [0x26]
PROPERTIES = BYTES + SHORTS + LONGS + TEXTS + BLOBS + VARIABLE + PAIR
FITTING = {CONNECT: [0x11, 0x21, 0x27, 0x22, 0x19, 0x17, 0x26, 0x15], PUBLISH: [0x01, 0x02, 0x23, 0x08, 0x09, 0x26, 0x03],
           SUBSCRIBE: [0x0B, 0x26], UNSUBSCRIBE: [0x26], DISCONNECT: [0x11, 0x1F, 0x26], AUTH: [0x15, 0x16, 0x26]}
ODD_TEXTS = [b"", b"a", b"\x00", b"a\x00b", b"\xff\xfe", b"\xed\xa0\x80", "\u202e".encode(), b"/" * 300, b"x" * 65535, b"+", b"#", b"$"]


def variable(number):
    out = bytearray()
    while True:
        number, digit = divmod(number, 128)
        out.append(digit | (128 if number else 0))
        if not number:
            return bytes(out)


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(value)) + value


def packet(kind, body, flags=None):
    return bytes([kind << 4 | (FLAGS.get(kind, 0) if flags is None else flags)]) + variable(len(body)) + body


def connect(client_id, username, password, version=5, clean=True, keep_alive=60, will=None, properties=b"", flags=0):
    """`will`: (topic, payload, qos, retain)."""
    flags |= 0xC0 | (2 if clean else 0)
    tail = text(client_id)
    if will:
        flags |= 4 | will[2] << 3 | (0x20 if will[3] else 0)
        tail += (b"\0" if version == 5 else b"") + text(will[0]) + text(will[1])
    head = text("MQTT") + bytes([version, flags]) + struct.pack(">H", keep_alive)
    if version == 5:
        head += variable(len(properties)) + properties
    return packet(CONNECT, head + tail + text(username) + text(password))


def subscribe(filters, number=1, version=5, properties=b""):
    body = struct.pack(">H", number) + (variable(len(properties)) + properties if version == 5 else b"")
    return packet(SUBSCRIBE, body + b"".join(text(name) + bytes([options]) for name, options in filters))


def publish(topic, payload, qos=0, number=1, version=5, retain=False, dup=False, properties=b""):
    body = text(topic) + (struct.pack(">H", number) if qos else b"")
    body += variable(len(properties)) + properties if version == 5 else b""
    return packet(PUBLISH, body + payload, (8 if dup else 0) | qos << 1 | int(retain))


def split(data):
    """The whole packets at the beginning of what came, as (first byte, body), and what is left."""
    found = []
    while len(data) >= 2:
        size, at, whole = 0, 1, False
        while at < min(len(data), 5) and not whole:
            size |= (data[at] & 127) << 7 * (at - 1)
            whole = data[at] < 128
            at += 1
        if not whole or len(data) < at + size:
            break
        found.append((data[0], data[at:at + size]))
        data = data[at + size:]
    return found, data


# Values that a broker takes.
GOOD = {0x02: [0, 1, 60], 0x11: [0, 1, 60, 2**32 - 1], 0x18: [0, 1], 0x27: [20, 1000, 2**31], 0x21: [1, 2, 65535], 0x22: [0, 1, 65535],
        0x23: [1, 2, 10], 0x13: [60], 0x0B: [b"\1", b"\x7f", b"\xff\xff\xff\x7f"]}


class Maker:
    """What one client might send, and worse. `names`: (user name, password) of all; `gates`: controller ids. Some clients
    are careful, and get far; others break off early."""

    def __init__(self, random, names, gates, prefix="gatetorio"):
        self.random, self.names, self.gates, self.prefix = random, names, gates, prefix
        self.version = random.choice([4, 5, 5])
        self.care = random.choice([0.995, 0.995, 0.95, 0.6])

    def odd(self):
        return self.random.random() > self.care

    def number(self):
        return self.random.choice([0, 65535] if self.odd() else [1, 1, 2, 3, 7, 256])

    def odd_text(self):
        return self.random.choice(ODD_TEXTS + [name.encode() for name, _ in self.names])

    def topic(self):
        gate, r = self.random.choice(self.gates), self.random
        if self.odd():
            return self.odd_text()
        if r.random() < 0.75:
            return f"{self.prefix}/{gate}/{r.choice(['status', 'commands'])}"
        return r.choice(["$SYS/broker/version", "$gatetorio/requests", f"$gatetorio/devices/{r.randint(0, 4)}/commands",
                         f"$gatetorio/devices/{r.randint(0, 4)}/status", "$CONTROL/dynamic-security/v1", f"{self.prefix}//status",
                         f"{self.prefix}/{gate}/status/x", f"/{self.prefix}/{gate}/status", f"{self.prefix}/{gate * 20}/status", "/", "x"])

    def filter(self):
        gate, r = self.random.choice(self.gates), self.random
        if r.random() < 0.6:
            return self.topic()
        return r.choice([f"{self.prefix}/+/status", f"{self.prefix}/+/commands", f"{self.prefix}/{gate}/#", f"{self.prefix}/#", "#", "+/+/+",
                         "+/#", "$SYS/#", "$gatetorio/#", "$gatetorio/devices/+/+", "/".join(["+"] * 150), "a/" * 150 + "#",
                         f"$share/g/{self.prefix}/{gate}/commands", "$share/g/#"] + (["$share//#", "a/" * 201 + "b", "a#"] if self.odd() else []))

    def payload(self):
        r = self.random
        nested = r.choice([5, 31, 32, 33, 5000])
        return r.choice([
            lambda: json.dumps({"state": "OPEN", "m1_percent": r.randint(0, 100), "boot_nonce": r.choice(["n", 7, None])}).encode(),
            lambda: json.dumps({"action": "open_gate", "idempotency_key": r.choice(["k", "", 5, "x" * 300])}).encode(),
            lambda: json.dumps({"action": "close_gate", "gate_number": r.randint(0, 9)}).encode(),
            lambda: json.dumps({"command_id": "cmd_" + "0" * 32, "result": r.choice(["success", "error", 1])}).encode(),
            lambda: json.dumps({"command_id": "x", "expires_at": "2099-01-01T00:00:00.000Z"}).encode(),
            lambda: json.dumps({"type": r.choice(["config", "log"]), "data": r.choice(["x" * 1000, {"a": [1]}, None])}).encode(),
            lambda: b'{"a":' * nested + b"1" + b"}" * nested, lambda: b'{"a":1,"a":0e400,"b":"\\ud800"}', lambda: b"{" + b" " * 65536 + b"}",
            lambda: b'{"a":"' + b"x" * r.choice([60000, 65529, 200000]) + b'"}', lambda: b"", lambda: b"{}", lambda: b"[]", lambda: r.randbytes(40),
        ])()

    def value_of(self, number):
        r, is_odd = self.random, self.odd()
        value = None if is_odd else r.choice(GOOD.get(number, [None]))
        if number in BYTES:
            return bytes([r.choice([2, 255] if is_odd else [0, 1])])
        if number in SHORTS:
            return struct.pack(">H", self.number() if value is None else value)
        if number in LONGS:
            return struct.pack(">I", r.choice([0, 2**31, 2**32 - 1]) if value is None else value)
        if number in VARIABLE:
            return r.choice([b"\0", b"\x80\x80\x80\x80\x01"]) if value is None else value
        if number in PAIR:
            return text(self.plain_text()) + text(self.plain_text())
        return text(self.plain_text())

    def plain_text(self):
        return self.odd_text() if self.odd() else self.random.choice(["", "a", "a/b", "x" * 1000, "\u00e4"])

    def properties(self, kind):
        r = self.random
        if self.version != 5 or r.random() < 0.4:
            return b""
        fitting = FITTING.get(kind, [0x1F, 0x26])
        chosen = r.sample(fitting, r.randint(1, min(3, len(fitting))))
        if self.odd():
            chosen += r.choice([[chosen[0]], [r.choice(PROPERTIES)]])
        return b"".join(bytes([number]) + self.value_of(number) for number in chosen)

    def client_id(self, name):
        r = self.random
        if self.odd():
            return r.choice(["shared", self.odd_text()])
        return r.choice(["", name, name + "-a", name + "-b", "shared" if r.random() < 0.2 else ""])

    def connect(self):
        r = self.random
        name, password = r.choice(self.names)
        client_id = self.client_id(name)
        if self.odd():
            name, password = r.choice([(name, "wrong"), (self.odd_text(), password), (name, self.odd_text())])
        will = (self.topic(), self.payload()[:60000], 3 if self.odd() else r.choice([0, 1, 2]), r.random() < 0.5)
        version = r.choice([0, 3, 6, 255]) if self.odd() else self.version
        clean = r.random() < 0.5 or (version != 5 and not client_id)
        return connect(client_id, name, password, version, clean, r.choice([0, 1, 60, 65535]), will if r.random() < 0.4 else None,
                       self.properties(CONNECT), r.choice([1, 0x08, 0x20]) if self.odd() else 0)

    def plain(self):
        """One packet that is right in its form."""
        r, v5 = self.random, self.version == 5
        kinds = [PUBLISH] * 8 + [SUBSCRIBE] * 3 + [UNSUBSCRIBE, PINGREQ, PUBACK, PUBREC, PUBREL, PUBREL, PUBCOMP]
        kind = r.choice([DISCONNECT, AUTH, CONNECT, CONNACK, SUBACK, 0] if self.odd() else kinds)
        if kind == PUBLISH:
            return publish(self.topic(), self.payload(), r.choice([0, 1, 1, 2, 2]), self.number(), self.version, r.random() < 0.2,
                           self.odd(), self.properties(PUBLISH))
        if kind == SUBSCRIBE:
            count = r.choice([1, 1, 2, 5, 100])
            options = [0, 3, 0x30, 0xFF] if self.odd() else [0, 1, 2, 0x2C] if v5 else [0, 1, 2]
            return subscribe([(self.filter(), r.choice(options)) for _ in range(count)], self.number(), self.version,
                             self.properties(SUBSCRIBE))
        if kind == CONNECT:
            return self.connect()
        number = struct.pack(">H", self.number())
        if kind == UNSUBSCRIBE:
            properties = self.properties(kind)
            return packet(kind, number + (variable(len(properties)) + properties if v5 else b"") + text(self.filter()))
        if kind in (PUBACK, PUBREC, PUBREL, PUBCOMP):
            reasons = [0xFF] if self.odd() else [0, 0x92] if kind in (PUBREL, PUBCOMP) else [0, 0x10, 0x80]
            return packet(kind, number + (bytes([r.choice(reasons)]) if v5 and r.random() < 0.5 else b""))
        if kind in (DISCONNECT, AUTH) and v5 and r.random() < 0.7:
            properties = self.properties(kind)
            return packet(kind, bytes([r.choice([0, 4, 0x18, 0x80, 0x9C])]) + variable(len(properties)) + properties)
        return packet(kind, b"")

    def spoiled(self, data):
        """The same with some bytes changed, put in or left out; now and then with a length that is right again."""
        r, data = self.random, bytearray(data)
        for _ in range(r.choice([1, 1, 2, 5])):
            at = r.randrange(len(data) + 1)
            action = r.randrange(5)
            if action == 0 and at < len(data):
                data[at] ^= 1 << r.randrange(8)
            elif action == 1 and at < len(data):
                data[at] = r.choice([0, 1, 0x7F, 0x80, 0xFF])
            elif action == 2:
                data[at:at] = r.randbytes(r.choice([1, 2, 10]))
            elif action == 3:
                del data[at:at + r.choice([1, 2, 50])]
            else:
                del data[at:]
        found = len(data) > 2 and r.random() < 0.5
        return bytes([data[0]]) + variable(len(data) - 2) + bytes(data[2:]) if found else bytes(data)

    def packet(self):
        data = self.plain()
        return self.spoiled(data) if self.odd() else data

    def frame(self, data):
        """A WebSocket frame of a client."""
        r = self.random
        code = r.choice([0, 1, 8, 9, 10, 3, 15]) if self.odd() else 2
        final = not self.odd()
        size = r.choice([0, 1, len(data) + 1, 65536, 2**31, 2**63]) if self.odd() else len(data)
        mask = b"" if self.odd() else r.randbytes(4)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size) if size < 65536 else b"\x7f" + struct.pack(">Q", size)
        head = bytes([(128 if final else 0) | code]) + bytes([length[0] | (128 if mask else 0)]) + length[1:]
        return head + mask + (bytes(b ^ mask[i % 4] for i, b in enumerate(data)) if mask else data)
