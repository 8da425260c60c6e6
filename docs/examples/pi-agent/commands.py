"""Which commands the gate obeys. No MQTT and no HTTP here: this is the part to keep when you replace the rest.

A command is refused when it is retained, cannot be read, is late, is of another boot, or was seen before. Whatever
cannot be judged is refused: a gate that stays shut is better than one that opens when nobody expects it.
"""
import datetime
import json
import os
import time

REMEMBER_SECONDS = 300  # beyond a command's own end
MOST_REMEMBERED = 50_000
SPARE_LINES = 200  # before the file is written anew
MOST_BYTES = 64 * 1024


class Refused(Exception):
    """The command must not be done; the text says why."""


def steady_seconds():
    """A clock that nobody can set, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock:
    """The later of the Pi's own date and the hub's, as last heard and carried on by the steady clock.

    A Pi without a battery boots in the past, and every old command would look fresh to it. Of two clocks the later
    one refuses more.
    """

    def __init__(self, wall=time.time, steady=steady_seconds):
        self.wall, self.steady = wall, steady
        self._ahead = None  # the hub's date minus the steady clock

    def hub_says(self, date):
        self._ahead = date - self.steady()

    def now(self):
        return self.wall() if self._ahead is None else max(self.wall(), self.steady() + self._ahead)


def write_privately(path, text):
    """Replaces a file so that after a power cut there is the old one or the new one. Mode 0600."""
    new = path.with_name(path.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)  # whoever made it before
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class SeenCommands:
    """The ids of commands, kept in a file: a line "<forget at> <id>" is on the disk before the gate moves."""

    def __init__(self, path, clock):
        self._path, self._clock, self._ids, self._file = path, clock, {}, None
        for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
            until, _, command_id = line.partition(" ")
            try:
                self._ids[command_id] = float(until)
            except ValueError:
                pass  # cut off by a power cut before the gate moved
        self._rewrite()

    def __contains__(self, command_id):
        return command_id in self._ids

    def add(self, command_id, expires_at):
        if self._lines_left <= 0 or len(self._ids) >= MOST_REMEMBERED:
            self._rewrite()
        if len(self._ids) >= MOST_REMEMBERED:
            raise Refused("too many commands to remember")
        until = max(self._clock.now(), expires_at) + REMEMBER_SECONDS
        try:
            self._file.write(f"{until:.3f} {command_id}\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as problem:
            raise Refused(f"cannot be remembered: {problem}") from problem
        self._ids[command_id] = until
        self._lines_left -= 1

    def close(self):
        self._file.close()

    def _rewrite(self):
        now = self._clock.now()
        self._ids = {id: until for id, until in self._ids.items() if until > now}
        write_privately(self._path, "".join(f"{until:.3f} {id}\n" for id, until in self._ids.items()))
        if self._file:
            self._file.close()
        self._file = open(self._path, "a")
        self._lines_left = len(self._ids) + SPARE_LINES


def _date(command, name):
    try:
        date = datetime.datetime.fromisoformat(command[name].replace("Z", "+00:00"))
        return date.timestamp() if date.tzinfo else _no_date(name)
    except (KeyError, AttributeError, ValueError, OverflowError):
        return _no_date(name)


def _no_date(name):
    raise Refused(f"{name} is no date")


class Judge:
    def __init__(self, boot_nonce, seen, clock):
        self._boot_nonce, self._seen, self._clock = boot_nonce, seen, clock

    def accept(self, payload, retained, received):
        """The command, remembered as done: call it just before acting, and act. Raises Refused.

        `received`: the steady clock when the message came.
        """
        if retained:
            raise Refused("retained")
        command = self._read(payload)
        issued_at, expires_at = _date(command, "issued_at"), _date(command, "expires_at")
        # Where the clock was set back while the command waited here, the time that it waited still counts.
        waited = self._clock.steady() - received
        if self._clock.now() >= expires_at or waited >= expires_at - issued_at:
            raise Refused(f"late: it ended at {command['expires_at']} and waited {waited:.3f} s here")
        if command.get("boot_nonce") != self._boot_nonce:
            raise Refused("for another boot of this gate")
        if command["command_id"] in self._seen:
            raise Refused("done before")
        self._seen.add(command["command_id"], expires_at)
        return command

    @staticmethod
    def _read(payload):
        if len(payload) > MOST_BYTES:
            raise Refused("too large")
        try:
            command = json.loads(payload.decode())
        except (ValueError, RecursionError):
            raise Refused("no JSON") from None
        if not isinstance(command, dict):
            raise Refused("no JSON object")
        command_id = command.get("command_id")
        if not isinstance(command_id, str) or not 1 <= len(command_id) <= 128 or not command_id.isprintable() \
                or not command_id.isascii():
            raise Refused("no command_id")
        return command
