#!/usr/bin/env python3
"""Many devices registered at once in a fresh database: how often an app's list of its gates comes then, second by second, while the server's
own autovacuum looks away. The hub's statements were planned when the tables were empty.

    cmake --preset bench && cmake --build build/bench && tests/bench/postgres/growth.py [--devices 28000] [--seconds 10]
"""
import argparse, http.client, json, pathlib, subprocess, sys, tempfile, threading, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bench_hub import BUILD, Hub  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402

CLIENTS, USERS = 8, 20
DEVICE = '{"hardware_id":"hw-{n}","controller_id":"gate-{n}","firmware_version":"1.0","device_name":"Gate"}'


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--devices", type=int, default=28_000)
    options.add_argument("--seconds", type=int, default=10)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        postgres = PostgresServer(folder)
        postgres.psql("postgres").communicate("ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();")
        hub = Hub(folder + "/hub", storage="storage-postgres", sets=["plugins.storage-postgres.url=" + postgres.create("hub")]).start()
        user = lambda number: f"bench-user-token-{number % USERS:08d}"
        try:
            for number in range(USERS):
                device = hub.call("POST", "/devices/register", {"hardware_id": f"u{number}", "controller_id": f"u{number}"})
                hub.call("POST", "/users/authorize", {"user_token": user(number)}, device["device_token"])
            for number in range(20 * USERS):  # on every connection: plans are made for good at the sixth use
                hub.call("GET", "/users/me/devices", None, user(number))
            subprocess.run([BUILD / "bench_http_load", hub.http, "POST", "/api/v1/devices/register", "--requests", str(options.devices),
                            "--pid", str(hub.pid), "--body", DEVICE], check=True)
            answers = [0] * CLIENTS
            is_over = threading.Event()

            def ask(client):
                connection = http.client.HTTPConnection(hub.http)
                while not is_over.is_set():
                    connection.request("GET", "/api/v1/users/me/devices", None, {"Authorization": "Bearer " + user(answers[client])})
                    if len(json.loads(connection.getresponse().read())["devices"]) == 1:
                        answers[client] += 1

            threads = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
            for thread in threads:
                thread.start()
            rates, before = [], 0
            for _ in range(options.seconds):
                time.sleep(1)
                rates.append(sum(answers) - before)
                before += rates[-1]
            is_over.set()
            for thread in threads:
                thread.join()
            print(json.dumps({"lists_per_second": rates}))
        finally:
            hub.stop()
            postgres.stop()


main()
