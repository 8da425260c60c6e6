#!/usr/bin/env python3
"""The reference agent of a gate controller: registers with a Gatetorio hub, obeys its commands, tells the status.

    gatetorio_agent.py agent.toml

Needs Python 3.11 and paho-mqtt 1.6 or 2.x. README.md beside this file says what it promises; gate.py is what you
replace; commands.py decides which commands are obeyed.
"""
import email.utils
import hashlib
import http.client
import json
import logging
import pathlib
import queue
import random
import secrets
import signal
import ssl
import sys
import threading
import tomllib
import urllib.parse

import paho.mqtt.client as mqtt

from commands import Clock, Judge, Refused, SeenCommands, steady_seconds, write_privately
from gate import Gate, GateError

PASSWORD_REFUSED = {4, 5, 134, 135}  # of MQTT 3.1.1 and 5
MOST_WAITING = 100  # commands, while the gate does another


class HubError(Exception):
    """The hub did not do what it was asked; the text says why."""


class MustRegister(Exception):
    """The broker or the hub no longer knows us under what we have."""


class BackOff:
    """Longer and longer pauses, each at random: a thousand gates must not come back in step."""

    def __init__(self, longest):
        self._longest, self._next = longest, min(1.0, longest)

    def reset(self):
        self._next = min(1.0, self._longest)

    def pause(self):
        pause = random.uniform(0.3, 1) * self._next
        self._next = min(2 * self._next, self._longest)
        return pause


class Hub:
    """The hub's HTTP side, as this device."""

    def __init__(self, settings, clock):
        self._settings, self._clock = settings, clock
        self._url = urllib.parse.urlsplit(settings["hub"])
        self._token_file = pathlib.Path(settings["state_dir"]) / "device_token"
        self._claim_file = pathlib.Path(settings["state_dir"]) / "claim_token"  # while an admin has not let us in
        self.tls = ssl.create_default_context(cafile=settings.get("ca_file"))

    def register(self):
        """What to connect with. The token is on the disk before anything is done with it."""
        token = self._token_file.read_text().strip() if self._token_file.exists() else ""
        body = {name: self._settings[name] for name in
                ("hardware_id", "controller_id", "device_name", "firmware_version") if name in self._settings}
        if not token:
            write_privately(self._token_file, "")  # a token is shown once: be sure that it can be kept
            if "enrolment_key_file" in self._settings:
                body["enrolment_key"] = pathlib.Path(self._settings["enrolment_key_file"]).read_text().strip()
            if self._claim_file.exists():
                body["claim_token"] = self._claim_file.read_text().strip()
        try:
            account = self._post("/devices/register", body, token)
        except HubError as problem:
            if "claim_token" in body and problem.args[1:] == (401,):
                self._claim_file.unlink()  # it has ended or was denied: the next call asks anew
            raise
        if not account.get("mqtt_password"):
            if account.get("claim_token"):
                write_privately(self._claim_file, account["claim_token"])
            raise HubError(account.get("message", "waiting for approval"))
        if account.get("device_token"):
            write_privately(self._token_file, account["device_token"])
            self._claim_file.unlink(missing_ok=True)
        if not account.get("mqtt_broker_host"):
            raise HubError("the hub has no broker yet")
        logging.info("registered controller_id=%s", account["controller_id"])
        return account

    def heartbeat(self, controller_id):
        """Tells that we live, hears the hub's clock, and notices when the name is no longer ours."""
        try:
            self._post(f"/devices/{controller_id}/heartbeat", {}, self._token_file.read_text().strip())
        except HubError as problem:
            if problem.args[1:] and problem.args[1] in (401, 403, 404):
                raise MustRegister(str(problem)) from problem
            logging.warning("no heartbeat: %s", problem)

    def client_id(self, username):
        """The same after each boot, so that the broker ends what is left of our last connection. Nobody can guess it."""
        return username + "-" + hashlib.sha256(b"client id of " + self._token_file.read_bytes()).hexdigest()[:16]

    def _post(self, path, body, token):
        kind, more = (http.client.HTTPSConnection, {"context": self.tls}) if self._url.scheme == "https" \
            else (http.client.HTTPConnection, {})
        connection = kind(self._url.hostname, self._url.port, timeout=10, **more)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        try:
            connection.request("POST", "/api/v1" + path, json.dumps(body), headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.getheader("Date"):
                self._clock.hub_says(email.utils.parsedate_to_datetime(response.getheader("Date")).timestamp())
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise HubError(f"the hub cannot be asked: {problem!r}") from problem
        finally:
            connection.close()
        if response.status >= 300 or not isinstance(answer, dict):
            detail = answer.get("detail") if isinstance(answer, dict) else None
            raise HubError(f"the hub says {response.status}: {detail}", response.status)
        return answer


class Agent:
    def __init__(self, settings):
        self._settings = settings
        state_dir = pathlib.Path(settings["state_dir"])
        self._clock = Clock()
        self._boot_nonce = secrets.token_hex(16)  # anew at each start: commands for an earlier one are void
        self._judge = Judge(self._boot_nonce, SeenCommands(state_dir / "seen_commands", self._clock), self._clock)
        self._hub = Hub(settings, self._clock)
        self._gate = Gate(settings.get("gate", {}), self.report)
        self._news = queue.Queue()  # from the MQTT thread to ours
        self._stopping = threading.Event()
        self._mqtt = self._account = None
        self._unconfirmed = []  # answers that the broker has not acknowledged

    def stop(self, *_):
        self._stopping.set()
        self._tell("stop")

    def run(self):
        back_off = BackOff(self._settings.get("longest_pause_seconds", 60))
        while not self._stopping.is_set():
            try:
                self._account = self._account or self._hub.register()
                self._live(back_off)
            except MustRegister as problem:
                logging.warning("registering again: %s", problem)
                self._account = None
            except (OSError, ValueError, HubError) as problem:
                logging.warning("%s", problem)
            if not self._stopping.is_set():
                self._stopping.wait(back_off.pause())

    def report(self):
        """Publishes the status. From any thread."""
        self._publish({})

    def _live(self, back_off):
        """One connection from its beginning to its end."""
        self._news = queue.Queue()
        self._mqtt = client = self._new_client()
        try:
            client.connect(self._account["mqtt_broker_host"], self._account["mqtt_broker_port"], keepalive=20,
                           **({"clean_start": True} if self._is_mqtt5() else {}))
            client.loop_start()
            beat_every = self._settings.get("heartbeat_seconds", 60)
            next_beat = steady_seconds() + beat_every
            while not self._stopping.is_set():
                try:
                    kind, *what = self._news.get(timeout=max(0.01, next_beat - steady_seconds()))
                except queue.Empty:
                    self._hub.heartbeat(self._account["controller_id"])
                    self.report()
                    next_beat = steady_seconds() + beat_every
                    back_off.reset()
                    continue
                if kind == "subscribed":
                    logging.info("connected to the broker as %s", self._account["mqtt_username"])
                    self._answer_again()
                elif kind == "command":
                    self._obey(*what)
                elif kind == "refused":
                    raise MustRegister(what[0])
                elif kind == "lost":
                    raise OSError("the connection to the broker is lost")
            self._publish({"online": False}, wait=2)
        finally:
            self._mqtt = None
            client.disconnect()
            client.loop_stop()

    def _obey(self, payload, retained, received):
        try:
            command = self._judge.accept(payload, retained, received)
        except Refused as why:
            logging.warning("command refused: %s", why)
            return
        answer = {"command_id": command["command_id"], "result": "success"}
        try:
            self._gate.do(command)
        except GateError as problem:
            answer.update(result="error", message=str(problem))
        except Exception as problem:  # the sender must hear of any failure, and the agent goes on
            logging.exception("the gate failed")
            answer.update(result="error", message=repr(problem))
        self._unconfirmed = self._unconfirmed[-50:] + [(self._publish(answer), answer)]

    def _answer_again(self):
        """What was done just before the connection broke is told now; the hub takes answers late."""
        waiting = [answer for sent, answer in self._unconfirmed if sent is None or not sent.is_published()]
        self._unconfirmed = [(self._publish(answer), answer) for answer in waiting]

    def _publish(self, more, wait=None):
        client, account = self._mqtt, self._account
        if client is None or account is None:
            return None
        payload = json.dumps(self._status() | more)
        sent = client.publish(account["mqtt_topic_status"], payload, qos=1)
        if sent.rc != mqtt.MQTT_ERR_SUCCESS:
            return None
        if wait is not None:
            sent.wait_for_publish(wait)
        return sent

    def _status(self):
        return self._gate.status() | {"boot_nonce": self._boot_nonce}  # in every one: the hub takes it from the last

    def _is_mqtt5(self):
        return self._settings.get("mqtt_version", "5") == "5"

    def _new_client(self):
        """A client without memory: nothing of an earlier connection is sent or received again."""
        options = {"client_id": self._hub.client_id(self._account["mqtt_username"]), "reconnect_on_failure": False,
                   "protocol": mqtt.MQTTv5 if self._is_mqtt5() else mqtt.MQTTv311}
        if hasattr(mqtt, "CallbackAPIVersion"):  # paho-mqtt 2
            options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION2
        client = mqtt.Client(**options)
        client.username_pw_set(self._account["mqtt_username"], self._account["mqtt_password"])
        if self._account["mqtt_tls"]:
            client.tls_set_context(self._hub.tls)
        client.will_set(self._account["mqtt_topic_status"], json.dumps(self._status() | {"online": False}), qos=1)
        # On the MQTT thread. Tails of arguments differ between the versions of the library.
        client.on_connect = lambda client, _, __, code, *___: self._on_connect(client, code)
        client.on_subscribe = lambda _, __, ___, codes, *____: self._on_subscribe(codes)
        client.on_message = lambda _, __, message: self._tell(
            "command", message.payload, message.retain, steady_seconds())
        client.on_disconnect = lambda *_: self._tell("lost")
        return client

    def _on_connect(self, client, code):
        if code == 0:
            self.report()  # first, so that no command reaches us that was made without our boot_nonce
            client.subscribe(self._account["mqtt_topic_commands"], qos=1)
        elif getattr(code, "value", code) in PASSWORD_REFUSED:
            self._tell("refused", f"the broker refuses us: {code}")
        else:
            self._tell("lost")

    def _on_subscribe(self, codes):
        refused = any(getattr(code, "value", code) >= 128 for code in codes)
        self._tell(*(("refused", "the commands are not ours to hear") if refused else ("subscribed",)))

    def _tell(self, *news):
        if news[0] == "command" and self._news.qsize() >= MOST_WAITING:
            logging.warning("command refused: too many at once")
        else:
            self._news.put(news)


def main():
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    with open(sys.argv[1], "rb") as file:
        agent = Agent(tomllib.load(file))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, agent.stop)
    agent.run()


if __name__ == "__main__":
    main()
