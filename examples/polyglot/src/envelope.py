"""The contract of booking events, as in packages/contracts/src/events.ts: a CloudEvents envelope and its data."""

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime

TYPES = ("booking.created", "booking.changed", "booking.cancelled", "booking.checked_in", "booking.checked_out")
CONTRACT_VERSION = 1
MAX_NIGHTS = 366
ROOM_NUMBER = re.compile(r"[A-Za-z0-9-]{1,16}")
CARRIER = ("traceparent", "tracestate", "baggage")


class EventNotValid(Exception):
    """The message is not a valid event. A retry cannot succeed."""


@dataclass(frozen=True)
class BookingEvent:
    id: str
    type: str
    booking_id: int
    revision: int
    room_id: int
    room: str
    start: str
    end: str
    epoch: str


def carrier_of(message: object) -> dict[str, str]:
    """The trace context of a message that has not been validated."""
    fields = message if isinstance(message, dict) else {}
    return {key: fields[key] for key in CARRIER if isinstance(fields.get(key), str)}


def parse_event(job_id: str, message: object) -> BookingEvent:
    """Raises EventNotValid with the names of the invalid fields, without their values. Ignores unknown fields."""
    if not isinstance(message, dict):
        raise EventNotValid("the job is not a valid dispo event: not an object")
    data = message.get("data") if isinstance(message.get("data"), dict) else {}
    checks = {
        "specversion": message.get("specversion") == "1.0",
        "id": _is_uuid(message.get("id")) and message["id"] == job_id,
        "source": message.get("source") == "/dispo",
        "type": message.get("type") in TYPES,
        "subject": isinstance(message.get("subject"), str),
        "time": _parses(datetime.fromisoformat, message.get("time")),
        "datacontenttype": message.get("datacontenttype") == "application/json",
        "dataschema": _contract_version(message.get("dataschema")) <= CONTRACT_VERSION,
        **{key: isinstance(message.get(key, ""), str) for key in CARRIER},
        **{f"data.{key}": _is_positive(data.get(key)) for key in ("booking_id", "revision", "room_id")},
        "data.room": isinstance(data.get("room"), str) and ROOM_NUMBER.fullmatch(data["room"]) is not None,
        "data.start": _is_date(data.get("start")),
        "data.end": _is_date(data.get("end")),
        "data.departed": "departed" not in data or _is_date(data["departed"]),
        "data.epoch": "epoch" not in data or _is_uuid(data["epoch"]),
    }
    problems = [field for field, is_valid in checks.items() if not is_valid]
    if not problems:
        nights = (date.fromisoformat(data["end"]) - date.fromisoformat(data["start"])).days
        problems = [] if 0 <= nights <= MAX_NIGHTS else ["data.end"]
    if problems:
        raise EventNotValid(f"the job is not a valid dispo event: {', '.join(problems)}")
    known = ("booking_id", "revision", "room_id", "room", "start", "end")
    return BookingEvent(
        id=job_id, type=message["type"], epoch=data.get("epoch", ""), **{key: data[key] for key in known}
    )


def _is_positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_uuid(value: object) -> bool:
    return _parses(uuid.UUID, value) and len(value) == 36


def _is_date(value: object) -> bool:
    return _parses(date.fromisoformat, value) and len(value) == 10


def _parses(parse, value: object) -> bool:
    try:
        return isinstance(value, str) and parse(value) is not None
    except ValueError:
        return False


def _contract_version(dataschema: object) -> int:
    """An event without `dataschema`, or with any other, is of version 1."""
    match = re.fullmatch(r"urn:hotel:event:(\d+)", str(dataschema))
    return int(match[1]) if match else CONTRACT_VERSION
