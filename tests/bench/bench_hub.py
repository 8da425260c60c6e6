"""A hub of a benchmark's own: started from the bench build, measured, stopped."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"
FEATURES = ["transport-http", "transport-mqtt", "registration", "auth", "commands"]
# One client of a benchmark does what many do.
NO_CLIENT_LIMITS = "client_connections = 0\nclient_messages = 0\nclient_kilobytes = 0\nclient_commands = 0\n"


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Hub:
    """On free loopback ports. `tables`: TOML behind the smallest configuration, from inside [plugins.transport-mqtt] on.
    `sets`: KEY=VALUE of --set. `log`: a file for what it writes on stderr."""

    def __init__(self, folder, plugins=(), tables='listen = "127.0.0.1:0"\n' + NO_CLIENT_LIMITS, storage="storage-sqlite", program=None,
                 sets=(), log=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.program = program or BUILD / "gatetorio-hub"
        self.sets = [argument for one in sets for argument in ("--set", one)]
        self.log = log
        (self.folder / "hub.toml").write_text(
            f'[hub]\ndata_dir = "{self.folder}/data"\nlog_level = "warn"\n'
            f"plugins = {json.dumps([storage, *FEATURES, *plugins])}\n"
            '[plugins.transport-http]\nlisten = "127.0.0.1:0"\nrate_limit = false\n'
            f'[plugins.registration]\nenrolment = "open"\n[plugins.transport-mqtt]\n{tables}')

    def start(self):
        """Returns itself, ready; how long that took is start_seconds."""
        began = time.monotonic()
        with open(self.log, "ab") if self.log else contextlib.nullcontext() as log:
            self.process = subprocess.Popen([self.program, "--config", self.folder / "hub.toml", *self.sets], stdout=subprocess.PIPE,
                                            stderr=log, text=True)
        line = self.process.stdout.readline()
        self.start_seconds = time.monotonic() - began
        if not line:
            sys.exit("a hub does not start")
        self.pid = self.process.pid
        self.http = re.search(r"http=(\S+)", line)[1]
        self.mqtt = re.search(r"mqtt=(\S+)", line)[1]
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=15)

    def call(self, method, path, body=None, token=None):
        """The answer's JSON, or None. Ends the benchmark where it is a refusal."""
        connection = http.client.HTTPConnection(self.http)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = "Bearer " + token
        connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text}")
        return json.loads(text) if text else None

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def broker(self):
        """The process of its own broker."""
        tasks = pathlib.Path(f"/proc/{self.pid}/task").iterdir()
        return int(" ".join((task / "children").read_text() for task in tasks).split()[0])
