#!/usr/bin/env python3
"""What the guard in the managed Mosquitto costs, beside a Mosquitto with a password file, in one run.

    cmake --preset bench && cmake --build build/bench && tests/bench/broker/run.py [--rounds 5]

Two hubs, two brokers: one manages its broker, with the guard; the other is a client of a plain Mosquitto of the same
version, whose password file has the same kind of logins (Debian's mosquitto_passwd: PBKDF2). Both hubs hear every status.
Rounds are interleaved, medians count. Processor time is the broker's own.
"""
import argparse, contextlib, json, pathlib, signal, socket, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bench_hub import BUILD, Hub, processor_seconds  # noqa: E402

MOSQUITTO = "/usr/sbin/mosquitto"
HUB_NAME, HUB_PASSWORD = "gatetorio-hub", "password-of-the-hub"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit("a broker does not start")


def logins_of(hub, count):
    """Devices and their users, as (name, password, topic)."""
    made = []
    for i in range(count):
        device = hub.call("POST", "/devices/register", {"hardware_id": f"hw{i}", "controller_id": f"gate{i}"})
        user = f"user-token-of-the-bench-{i}"
        hub.call("POST", "/users/authorize", {"user_token": user}, device["device_token"])
        login = hub.call("POST", "/users/mqtt-credentials", token=user)
        topic = f"gatetorio/gate{i}/status"
        made.append((device["mqtt_username"], device["mqtt_password"], topic))
        made.append((login["mqtt_username"], login["mqtt_password"], topic))
    return made


class PlainBroker:
    def __init__(self, folder):
        folder.mkdir()
        folder.chmod(0o755)
        self.folder, self.port = folder, free_port()
        self.passwords = folder / "passwords"
        self.write_passwords([(HUB_NAME, HUB_PASSWORD)])
        (folder / "mosquitto.conf").write_text(
            f"user root\nlistener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {self.passwords}\npersistence false\n"
            "max_queued_messages 0\nset_tcp_nodelay true\n")
        self.process = subprocess.Popen([MOSQUITTO, "-c", folder / "mosquitto.conf"], stderr=subprocess.DEVNULL)
        wait_for(self.port)

    def write_passwords(self, logins):
        self.passwords.write_text("".join(f"{name}:{password}\n" for name, password, *_ in logins))
        subprocess.run(["mosquitto_passwd", "-U", self.passwords], check=True)

    def admit(self, logins):
        self.write_passwords([(HUB_NAME, HUB_PASSWORD)] + logins)
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def load(what, port, pid, logins, count, shape):
    before = processor_seconds(pid)
    ran = subprocess.run([BUILD / "bench_broker_load", what, str(port), str(count), str(shape)], capture_output=True, text=True,
                         input="".join(" ".join(login) + "\n" for login in logins))
    if ran.returncode != 0:
        sys.exit(f"{what}: {ran.stderr}")
    result = json.loads(ran.stdout)
    result["broker_us_each"] = round(1e6 * (processor_seconds(pid) - before) / count, 1)
    return result


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--connects", type=int, default=6_000)
    options.add_argument("--messages", type=int, default=100_000)
    options = options.parse_args()
    rounds = {}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as started:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        plain = PlainBroker(folder / "plain")
        started.callback(plain.stop)
        guarded_hub = Hub(folder / "guarded-hub").start()
        started.callback(guarded_hub.stop)
        (folder / "secret").write_text("gtb_of-the-bench-0123456789abcdefghijklmnop")
        (folder / "password").write_text(HUB_PASSWORD)
        plain_hub = Hub(folder / "plain-hub", tables=
                        f'broker = "external"\nexternal_url = "tcp://127.0.0.1:{plain.port}"\n'
                        f'external_username = "{HUB_NAME}"\nexternal_password = {{ file = "{folder}/password" }}\n'
                        f'broker_secret = {{ file = "{folder}/secret" }}\n').start()
        started.callback(plain_hub.stop)
        sides = {"guard": (int(guarded_hub.mqtt.split(":")[1]), guarded_hub.broker(), logins_of(guarded_hub, 50)),
                 "plain": (plain.port, plain.process.pid, logins_of(plain_hub, 50))}
        plain.admit(sides["plain"][2])
        for _ in range(options.rounds):
            for side, (port, pid, logins) in sides.items():
                runs = {"connects": load("connects", port, pid, logins, options.connects, 4),
                        "relay": load("relay", port, pid, logins, options.messages, 200),
                        "latency": load("latency", port, pid, logins, 10_000, 1_000)}
                for what, result in runs.items():
                    for key, value in result.items():
                        rounds.setdefault(f"{what}.{key}", {}).setdefault(side, []).append(value)
    medians = {name: {side: statistics.median(values) for side, values in both.items()} for name, both in rounds.items()}
    ratios = {name: round(both["guard"] / both["plain"], 2) for name, both in medians.items()}
    json.dump({"medians": medians, "guard_to_plain": ratios, "rounds": rounds}, sys.stdout, indent=1)
    print()


main()
