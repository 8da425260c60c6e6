"""Which commands are obeyed, without a broker:  python3 -m unittest"""
import datetime
import json
import pathlib
import tempfile
import unittest

from commands import REMEMBER_SECONDS, Clock, Judge, Refused, SeenCommands, write_privately

START = 1_800_000_000.0
BOOT = "this-boot"


class Time:
    """Both clocks of the test."""

    def __init__(self):
        self.date, self.steady = START, 1000.0

    def pass_by(self, seconds):
        self.date += seconds
        self.steady += seconds


def text(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="milliseconds")


def command(time, ttl=10, **more):
    made = {"action": "open_gate", "command_id": "cmd_1", "issued_at": text(time.date),
            "expires_at": text(time.date + ttl).replace("+00:00", "Z"), "boot_nonce": BOOT} | more
    return json.dumps({name: value for name, value in made.items() if value is not None}).encode()


class CommandsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "seen"
        self.time = Time()
        self.clock = Clock(lambda: self.time.date, lambda: self.time.steady)
        self.start_again()

    def start_again(self):
        self.seen = SeenCommands(self.file, self.clock)
        self.addCleanup(self.seen.close)
        self.judge = Judge(BOOT, self.seen, self.clock)

    def obeys(self, payload, retained=False, waited=0.0):
        try:
            return bool(self.judge.accept(payload, retained, self.time.steady - waited))
        except Refused:
            return False

    def test_a_fresh_command_is_obeyed(self):
        self.assertTrue(self.obeys(command(self.time)))

    def test_a_command_is_late_from_its_end_on(self):
        sent = command(self.time, ttl=10)
        self.time.pass_by(10)
        self.assertFalse(self.obeys(sent))
        self.time.pass_by(-0.01)
        self.assertTrue(self.obeys(sent))

    def test_a_command_that_waited_here_is_late_though_the_clock_was_set_back(self):
        sent = command(self.time, ttl=10)
        self.time.steady += 10
        self.time.date -= 3600
        self.assertFalse(self.obeys(sent, waited=10))
        self.assertTrue(self.obeys(sent, waited=9))

    def test_a_pi_that_boots_in_the_past_goes_by_the_hubs_clock(self):
        sent = command(self.time, ttl=10)
        self.clock.hub_says(self.time.date)
        self.time.date = 0.0
        self.time.steady += 11
        self.assertFalse(self.obeys(sent))

    def test_of_two_clocks_the_later_one_counts(self):
        self.clock.hub_says(self.time.date - 3600)
        sent = command(self.time)
        self.time.pass_by(11)
        self.assertFalse(self.obeys(sent))

    def test_a_repeated_command_is_refused(self):
        self.assertTrue(self.obeys(command(self.time)))
        self.assertFalse(self.obeys(command(self.time)))
        self.assertTrue(self.obeys(command(self.time, command_id="cmd_2")))

    def test_a_repeated_command_is_refused_by_the_next_process_too(self):
        self.assertTrue(self.obeys(command(self.time, ttl=10)))
        self.time.pass_by(10 + REMEMBER_SECONDS - 1)
        self.start_again()
        self.assertFalse(self.obeys(command(self.time)))

    def test_a_command_is_on_the_disk_before_it_is_obeyed(self):
        self.judge.accept(command(self.time), False, self.time.steady)
        self.assertIn("cmd_1", self.file.read_text())

    def test_a_command_that_cannot_be_written_down_is_refused(self):
        self.seen.close()
        self.seen._file = open("/dev/full", "a", buffering=1)
        self.assertFalse(self.obeys(command(self.time)))
        self.assertRaises(OSError, self.seen.close)

    def test_what_is_remembered_does_not_grow_for_ever(self):
        for n in range(600):
            self.time.pass_by(10)
            self.assertTrue(self.obeys(command(self.time, command_id=f"cmd_{n}")))
        self.assertLess(len(self.file.read_text().splitlines()), 300)

    def test_a_line_cut_off_by_a_power_cut_harms_nothing(self):
        self.assertTrue(self.obeys(command(self.time)))
        with open(self.file, "a") as file:
            file.write("x\n18000")
        self.start_again()
        self.assertFalse(self.obeys(command(self.time)))
        self.assertTrue(self.obeys(command(self.time, command_id="cmd_2")))

    def test_a_command_of_another_boot_or_of_none_is_refused(self):
        self.assertFalse(self.obeys(command(self.time, boot_nonce="other")))
        self.assertFalse(self.obeys(command(self.time, boot_nonce=None)))

    def test_a_retained_command_is_refused(self):
        self.assertFalse(self.obeys(command(self.time), retained=True))

    def test_what_cannot_be_read_is_refused(self):
        whole = command(self.time)
        for payload in [b"", b"\xff", b"open", b"[]", b"null", b"[" * 100_000, whole[:-1], whole + b"x",
                        whole[:-1] + b" " * 65_536 + b"}"]:
            with self.subTest(payload=payload[:20]):
                self.assertFalse(self.obeys(payload))
        for name in ("command_id", "issued_at", "expires_at"):
            for value in (None, "", "x", 7, [], {}, "2027-01-15T08:00:00", "9" * 400, "a\nb", "é"):
                if name == "command_id" and value in ("x", "2027-01-15T08:00:00"):
                    continue
                with self.subTest(name=name, value=value):
                    self.assertFalse(self.obeys(command(self.time, **{name: value})))
        self.assertTrue(self.obeys(whole))

    def test_a_refused_command_is_not_remembered(self):
        self.assertFalse(self.obeys(command(self.time), retained=True))
        self.assertFalse(self.obeys(command(self.time, boot_nonce="other")))
        self.assertTrue(self.obeys(command(self.time)))

    def test_a_private_file_is_private_and_whole(self):
        self.file.with_name("token.new").write_text("left from a power cut")
        self.file.with_name("token.new").chmod(0o644)
        token = self.file.with_name("token")
        write_privately(token, "secret")
        self.assertEqual(token.read_text(), "secret")
        self.assertEqual(token.stat().st_mode & 0o777, 0o600)
        self.assertFalse(self.file.with_name("token.new").exists())


if __name__ == "__main__":
    unittest.main()
