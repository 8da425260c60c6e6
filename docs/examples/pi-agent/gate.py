"""The gate itself. Replace this class by your own: the agent needs nothing else of it."""
import logging

ACTIONS = {"open_gate": "OPENING", "close_gate": "CLOSING", "stop_gate": "STOPPED"}


class GateError(Exception):
    """The gate cannot do it; the sender of the command is told this text."""


class Gate:
    def __init__(self, settings, report):
        """`settings`: the table [gate] of the configuration. Call `report()` from any thread when the state changes."""
        self._report = report
        self._state = "UNKNOWN"

    def status(self):
        """What apps are shown: any JSON object. From any thread."""
        return {"state": self._state}

    def do(self, command):
        """Begins what the command says and returns soon; never called twice at once. Raises GateError."""
        if command.get("action") not in ACTIONS:
            raise GateError("there is no such action")
        logging.info("gate moves action=%s command_id=%s", command["action"], command["command_id"])
        self._state = ACTIONS[command["action"]]
        self._report()
