"""Run by polyglot.test.ts. The fixtures of packages/contracts are the contract in both languages."""

import copy
import json
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples/polyglot/src"))

from config import ConfigNotValid, read_config  # noqa: E402
from envelope import (  # noqa: E402
    EventNotValid, FailedEvent, identify_event, parse_event, read_envelope, readable, require_readable,
)  # fmt: skip
from retry import retry_delay_ms  # noqa: E402

FIXTURES = [json.loads(file.read_text()) for file in sorted((ROOT / "packages/contracts/fixtures").glob("*.json"))]
EVENT = FIXTURES[0]


class Envelope(unittest.TestCase):
    def test_parses_every_fixture(self):
        self.assertGreater(len(FIXTURES), 5)
        for fixture in FIXTURES:
            event = parse_event(fixture["id"], fixture)
            self.assertEqual(event.booking_id, fixture["data"]["booking_id"])
            self.assertEqual(event.epoch, fixture["data"].get("epoch", ""))

    def test_accepts_unknown_fields(self):
        parse_event(EVENT["id"], {**EVENT, "later": 1, "data": {**EVENT["data"], "guests": 2}})

    def test_names_what_is_not_valid(self):
        wrong = {
            "specversion": "2.0", "id": "42", "source": "/other", "type": "booking.painted", "time": "now",
            "traceparent": 1, "dataschema": "urn:hotel:event:2",
            "data.booking_id": "42", "data.revision": 0, "data.room": "", "data.start": "2027-02-30",
            "data.end": "2020-01-01", "data.epoch": "old",
        }  # fmt: skip
        for path, value in wrong.items():
            message = copy.deepcopy(EVENT)
            *parents, field = path.split(".")
            (message["data"] if parents else message)[field] = value
            with self.subTest(path), self.assertRaisesRegex(EventNotValid, path):
                parse_event(EVENT["id"], message)

    def test_says_whether_a_newer_worker_may_know_it(self):
        changes = {"not_valid": {"time": "now"}, "unknown_type": {"type": "booking.painted"},
                   "newer_version": {"dataschema": "urn:hotel:event:2"}}  # fmt: skip
        for reason, change in changes.items():
            with self.subTest(reason), self.assertRaises(EventNotValid) as raised:
                parse_event(EVENT["id"], {**EVENT, **change})
            self.assertEqual(raised.exception.reason, reason)

    def test_reads_the_envelope_of_any_message(self):
        self.assertEqual(read_envelope("nonsense").carrier, {})
        self.assertEqual(read_envelope({"traceparent": 1, "baggage": "a=b"}).carrier, {"baggage": "a=b"})
        self.assertIsNone(read_envelope({"subject": "mrs-miller"}).subject)
        self.assertTrue(read_envelope({"redriven": "2027-01-31T08:00:00.000Z"}).is_redriven)

    def test_identifies_the_event_of_a_failed_message(self):
        found = FailedEvent(EVENT["id"], EVENT["data"]["booking_id"], EVENT["data"]["revision"])
        self.assertEqual(identify_event(EVENT["id"], EVENT), found)
        self.assertEqual(identify_event(EVENT["id"], {"subject": "bookings/42"}), FailedEvent(EVENT["id"], 42, None))
        self.assertIsNone(identify_event("42", EVENT))
        self.assertIsNone(identify_event(EVENT["id"], "nonsense"))

    def test_replaces_data_that_cannot_be_parsed(self):
        self.assertEqual(readable('{"a": 1}'), '{"a": 1}')
        for data, reason in {"{broken": "not_valid", "x" * 70_000: "too_large", "[" * 60_000: "not_valid"}.items():
            with self.subTest(reason), self.assertRaises(EventNotValid) as raised:
                require_readable(json.loads(readable(data)))
            self.assertEqual(raised.exception.reason, reason)


class Retry(unittest.TestCase):
    def test_doubles_the_delay_and_takes_off_a_random_share(self):
        backoff = {"type": "exponential", "delay": 500, "jitter": 0.5}
        for attempt, longest in {1: 500, 2: 1000, 4: 4000}.items():
            self.assertEqual(retry_delay_ms(backoff, attempt, lambda: 0.0), longest)
            self.assertEqual(retry_delay_ms(backoff, attempt, lambda: 1.0), longest / 2)
        self.assertEqual(retry_delay_ms(None, 3), 0)


class Settings(unittest.TestCase):
    def test_names_every_problem_without_the_value(self):
        env = {"REDIS_URL": "redis+sentinel://:sesame@a/b", "PYTHON_WORKER_PORT": "x", "DISPO_INTERNAL_URL": "dispo"}
        with self.assertRaises(ConfigNotValid) as raised:
            read_config(env)
        message = str(raised.exception)
        for name in (*env, "HOTEL_DATA_DIR"):
            self.assertIn(name, message)
        self.assertNotIn("sesame", message)


if __name__ == "__main__":
    unittest.main()
