"""Each of these tries, with one credential, to take the hub from the others. They run in a process of their own until it is
ended, from an address of their own, and go on whatever they are told."""
import json
import os
import socket
import struct
import threading
import time

import mqtt

ADDRESS = "127.0.0.66"


def dial(address, patience=5.0):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), patience, (ADDRESS, 0))


def for_ever(work, pause=0.05):
    while True:
        try:
            work()
        except OSError:
            pass
        time.sleep(pause)


def keep_many(make, count):
    """Holds up to `count` of what `make` gives, and makes those anew that it finds closed."""
    held = []
    while True:
        while len(held) < count:
            try:
                held.append(make())
            except OSError:
                time.sleep(0.05)
                break
        held = [s for s in held if s.fileno() >= 0 and not is_closed(s)]
        time.sleep(0.1)


def is_closed(connection):
    try:
        connection.setblocking(False)
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def logged_in(me, login, **more):
    connection = dial(me["mqtt"])
    connection.sendall(mqtt.connect(more.pop("client_id", os.urandom(8).hex()), login, **more))
    if connection.recv(4)[3:4] != b"\0":
        raise OSError("refused")
    return connection


def flood(me, login, make, connections=4):
    def one():
        def work():
            with logged_in(me, login) as connection:
                threading.Thread(target=drain, args=[connection], daemon=True).start()
                number = 0
                while True:
                    number += 1
                    connection.sendall(make(number))
        for_ever(work)
    for _ in range(connections - 1):
        threading.Thread(target=one, daemon=True).start()
    one()


def drain(connection):
    try:
        while connection.recv(65536):
            pass
    except OSError:
        pass


def commands_over_mqtt(me):
    payload = json.dumps({"action": "open"}).encode()
    flood(me, me["user_login"], lambda n: mqtt.publish(me["commands"], payload, 1, n % 65535 + 1))


def statuses(me):
    flood(me, me["device_login"], lambda n: mqtt.publish(me["status"], b'{"state":"OPEN"}', 1, n % 65535 + 1))


def large_statuses(me):
    payload = json.dumps({"text": "x" * 60_000}).encode()
    flood(me, me["device_login"], lambda n: mqtt.publish(me["status"], payload, 1, n % 65535 + 1))


def absent_sessions(me):
    def work():
        logged_in(me, me["user_login"], client_id=os.urandom(30_000).hex(), clean=False).close()
        logged_in(me, me["user_login"], client_id=os.urandom(16).hex(), clean=False).close()
    for_ever(work, 0)


def unreleased_qos2(me):
    payload = json.dumps({"text": "x" * 60_000}).encode()
    flood(me, me["device_login"], lambda n: mqtt.publish(me["status"], payload, 2, n % 65535 + 1))


def unread_subscribers(me):
    threading.Thread(target=large_statuses, args=[me], daemon=True).start()

    def make():
        connection = logged_in(me, me["user_login"])
        connection.sendall(mqtt.subscribe(["#"], os.urandom(1)[0] & 1))
        return connection
    keep_many(make, 500)


def connections_with_wills(me):
    will = me["status"], json.dumps({"text": "x" * 60_000}).encode()
    keep_many(lambda: logged_in(me, me["device_login"], will=will), 4_000)


def wildcards(me):
    filters = ["+/" * i + "#" for i in range(17)]

    def make():
        connection = logged_in(me, me["user_login"])
        connection.sendall(mqtt.subscribe(filters))
        return connection
    keep_many(make, 3_000)


def silent_sockets(me):
    keep_many(lambda: dial(me["mqtt"]), 5_000)


def large_websocket_packets(me):
    def work():
        connection = dial(me["websocket"])
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                           b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n")
        connection.recv(4096)

        def frame(data):
            size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xff" + struct.pack(">Q", len(data))
            return b"\x82" + size + b"\0\0\0\0" + data
        connection.sendall(frame(mqtt.connect(os.urandom(8).hex(), me["user_login"])))
        connection.sendall(frame(b"\x30\xff\xff\xff\x2f" + b"x" * 65_536))
        for _ in range(1_500):
            connection.sendall(frame(b"x" * 65_536))
    for _ in range(7):
        threading.Thread(target=for_ever, args=[work], daemon=True).start()
    for_ever(work)


def http(me, head, body=b""):
    connection = dial(me["http"])
    connection.sendall((head + "\r\n\r\n").encode() + body)
    return connection


def ask(me, method, path, token, body=""):
    with http(me, f"{method} /api/v1{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                  f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}", body.encode()) as connection:
        answer = b""
        while more := connection.recv(65536):
            answer += more
    head, _, text = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(text) if text.startswith(b"{") else None


def slow_uploads(me):
    status, made = ask(me, "POST", "/files/" + me["name"], me["device_token"],
                       json.dumps({"name": "a", "kind": "log", "size": 1_000_000_000}))
    path = made["upload_url"].split("/", 3)[3]
    keep_many(lambda: http(me, f"PATCH /{path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                               "Content-Type: application/offset+octet-stream\r\nContent-Length: 1000000", b"x"), 4_096)


def unread_streams(me):
    threading.Thread(target=large_statuses, args=[me], daemon=True).start()
    keep_many(lambda: http(me, f"GET /api/v1/devices/{me['name']}/events HTTP/1.1\r\nHost: x\r\n"
                               f"Authorization: Bearer {me['user_token']}"), 3_000)


def announced_files(me):
    def work():
        ask(me, "POST", "/files/" + me["name"], me["device_token"],
            json.dumps({"name": "a", "kind": "log", "size": 4 * 1024**3}))
    for_ever(work)


def guesses(me):
    def work():
        for number in range(200):
            ask(me, "POST", "/users/discover", "guess-" + os.urandom(20).hex(), "{}")
            try:
                logged_in(me, ("user-1", os.urandom(16).hex())).close()
            except OSError:
                pass
    for_ever(work, 0)


ALL = [commands_over_mqtt, statuses, large_statuses, absent_sessions, unreleased_qos2, unread_subscribers,
       connections_with_wills, wildcards, silent_sockets, large_websocket_packets, slow_uploads, unread_streams,
       announced_files, guesses]
