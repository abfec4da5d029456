"""Run by polyglot.test.ts: the fixtures of packages/contracts are the contract in both languages."""

import copy
import json
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples/polyglot/src"))

from envelope import EventNotValid, carrier_of, parse_event  # noqa: E402

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

    def test_reads_the_context_of_any_message(self):
        self.assertEqual(carrier_of("nonsense"), {})
        self.assertEqual(carrier_of({"traceparent": 1, "baggage": "channel=web"}), {"baggage": "channel=web"})


if __name__ == "__main__":
    unittest.main()
