#!/usr/bin/env python3
"""Moves large files through the hub, beside nginx and a bare socket in the same run.

    tests/bench/files/run.py [--hub build/bench/gatetorio-hub] [--mib 1024] [--transfers 50]

Download: the hub against nginx (sendfile) with the same file over plain HTTP on loopback.
Upload:   the hub against a process that takes the same bytes from a socket, writes and fsyncs them.
Memory:   growth of the hub's resident memory during each, and with many transfers at once.
Ratios count; a number alone says nothing. Medians of --rounds. Needs nginx and space for a few files of --mib.
"""
import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bench_hub import Hub, processor_seconds  # noqa: E402

MIB = 1024 * 1024
CHUNK = 1 * MIB


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class FilesHub(Hub):
    def __init__(self, folder, mib, program):
        super().__init__(folder, ["file-transfer"], f"""listen = "127.0.0.1:0"
[plugins.file-transfer]
max_file_mib = {mib + 1}
max_device_mib = 1048576
max_hub_mib = 1048576
min_free_mib = 0
""", program=program)
        self.start()
        self.token = self.call("POST", "/devices/register",
                               {"hardware_id": "bench", "controller_id": "bench"})["device_token"]

    def announce(self, size):
        return self.call("POST", "/files/bench", {"name": "bench", "kind": "other", "size": size}, self.token)

    def download_url(self, file_id):
        return self.call("GET", f"/files/bench/{file_id}", token=self.token)["download_url"]

    def resident(self):
        return self.resident_mib() * MIB

    def processor_seconds(self):
        return processor_seconds(self.pid)


class Peak:
    """The most resident memory while it is entered."""

    def __init__(self, hub):
        self.hub = hub

    def __enter__(self):
        self.before = self.most = self.hub.resident()
        self.going = True
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        while self.going:
            self.most = max(self.most, self.hub.resident())
            time.sleep(0.01)

    def __exit__(self, *_):
        self.going = False
        self.thread.join()
        self.growth = self.most - self.before


def connect(address):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)))


def read_head(s):
    head = b""
    while b"\r\n\r\n" not in head:
        part = s.recv(65536)
        if not part:
            raise RuntimeError(f"no answer: {head!r}")
        head += part
    head, rest = head.split(b"\r\n\r\n", 1)
    status = int(head.split()[1])
    if status >= 300:
        raise RuntimeError(head.decode() + rest.decode())
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
    return length, rest


def download(address, target):
    """Seconds, and bytes."""
    with connect(address) as s:
        begun = time.monotonic()
        s.sendall(f"GET {target} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        length, rest = read_head(s)
        left, buffer = length - len(rest), memoryview(bytearray(CHUNK))
        while left > 0:
            size = s.recv_into(buffer)
            if size == 0:
                raise RuntimeError("the connection ended")
            left -= size
        return time.monotonic() - begun, length


def send_file(s, path):
    with open(path, "rb") as file:
        s.sendfile(file)


def upload(address, target, path):
    with connect(address) as s:
        begun = time.monotonic()
        s.sendall(f"PUT {target} HTTP/1.1\r\nHost: bench\r\nContent-Length: {os.path.getsize(path)}\r\n\r\n".encode())
        send_file(s, path)
        read_head(s)
        return time.monotonic() - begun


def write_through_socket(path, into):
    """What any receiver must do at least: take the bytes from a socket, write and fsync them. Another process."""
    listener = socket.create_server(("127.0.0.1", 0))
    pid = os.fork()
    if pid == 0:
        s, _ = listener.accept()
        file = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        buffer = memoryview(bytearray(256 * 1024))
        while size := s.recv_into(buffer):
            os.write(file, buffer[:size])
        os.fsync(file)
        s.sendall(b"x")
        os._exit(0)
    with socket.create_connection(listener.getsockname()) as s:
        begun = time.monotonic()
        send_file(s, path)
        s.shutdown(socket.SHUT_WR)
        s.recv(1)
        took = time.monotonic() - begun
    os.waitpid(pid, 0)
    os.unlink(into)
    return took


def nginx(folder, root):
    port = free_port()
    with open(f"{folder}/nginx.conf", "w") as out:
        out.write(f"""daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{ access_log off; sendfile on; tcp_nopush on; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {root}; }} }}
""")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([program, "-c", f"{folder}/nginx.conf", "-p", folder], stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            connect(f"127.0.0.1:{port}").close()
            return process, f"127.0.0.1:{port}"
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("nginx does not start")


def target_of(url):
    parts = urllib.parse.urlsplit(url)
    return parts.path + "?" + parts.query


def at_once(jobs):
    failures = []

    def run(job):
        try:
            job()
        except Exception as failure:  # reported below
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--hub", default="build/bench/gatetorio-hub")
    arguments.add_argument("--mib", type=int, default=1024)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--transfers", type=int, default=50)
    arguments.add_argument("--transfer-mib", type=int, default=16)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        os.chmod(folder, 0o755)
        source = f"{folder}/source"
        block = os.urandom(MIB)
        with open(source, "wb") as out:
            for i in range(given.mib):
                out.write(i.to_bytes(8, "big") + block[8:])
        hub = FilesHub(folder, max(given.mib, given.transfer_mib), os.path.abspath(given.hub))
        server, server_address = nginx(folder, folder)
        try:
            measure(given, hub, server_address, folder, source)
        finally:
            server.terminate()
            server.wait()
            hub.stop()


def measure(given, hub, server_address, folder, source):
    mib = given.mib
    uploads, floors, growths, ids = [], [], [], []
    cpu = hub.processor_seconds()
    for _ in range(given.rounds):
        floors.append(write_through_socket(source, f"{folder}/floor"))
        made = hub.announce(mib * MIB)
        ids.append(made["file_id"])
        with Peak(hub) as peak:
            uploads.append(upload(hub.address, target_of(made["upload_url"]), source))
        growths.append(peak.growth)
    cpu = (hub.processor_seconds() - cpu) / given.rounds
    up, floor = statistics.median(uploads), statistics.median(floors)
    print(f"upload      hub {mib / up:7.0f} MiB/s   socket+write+fsync {mib / floor:7.0f} MiB/s   ratio {floor / up:.2f}"
          f"   hub's processor {cpu:.2f} s a file   memory +{max(growths) / MIB:.1f} MiB")

    downloads, rivals, growths = [], [], []
    target = target_of(hub.download_url(ids[-1]))
    download(hub.address, target), download(server_address, "/source")
    cpu = hub.processor_seconds()
    for _ in range(given.rounds):
        rivals.append(download(server_address, "/source")[0])
        with Peak(hub) as peak:
            seconds, length = download(hub.address, target)
        assert length == mib * MIB
        downloads.append(seconds)
        growths.append(peak.growth)
    cpu = (hub.processor_seconds() - cpu) / given.rounds
    down, rival = statistics.median(downloads), statistics.median(rivals)
    print(f"download    hub {mib / down:7.0f} MiB/s   nginx              {mib / rival:7.0f} MiB/s   ratio {rival / down:.2f}"
          f"   hub's processor {cpu:.2f} s a file   memory +{max(growths) / MIB:.1f} MiB")

    small = f"{folder}/small"
    with open(source, "rb") as a, open(small, "wb") as b:
        b.write(a.read(given.transfer_mib * MIB))
    made = [hub.announce(given.transfer_mib * MIB) for _ in range(given.transfers)]
    with Peak(hub) as peak:
        at_once([lambda m=m: upload(hub.address, target_of(m["upload_url"]), small) for m in made])
    print(f"{given.transfers} uploads   of {given.transfer_mib} MiB at once: memory +{peak.growth / MIB:.1f} MiB")
    targets = [target_of(hub.download_url(m["file_id"])) for m in made]
    with Peak(hub) as peak:
        at_once([lambda t=t: download(hub.address, t) for t in targets])
    print(f"{given.transfers} downloads of {given.transfer_mib} MiB at once: memory +{peak.growth / MIB:.1f} MiB")


if __name__ == "__main__":
    main()
