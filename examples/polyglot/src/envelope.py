"""The contract of booking events, as in packages/contracts/src/events.ts: a CloudEvents envelope and its data."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

TYPES = ("booking.created", "booking.changed", "booking.cancelled", "booking.checked_in", "booking.checked_out")
CONTRACT_VERSION = 1
MAX_NIGHTS = 366
ROOM_NUMBER = re.compile(r"[A-Za-z0-9-]{1,16}")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T.+Z")
SUBJECT = re.compile(r"bookings/(\d+)")
CARRIER = ("traceparent", "tracestate", "baggage")


MAX_DATA_BYTES = 64 * 1024
"""Far above the size of any event."""
SENTENCES = {
    "not_valid": "not a valid dispo event",
    "unknown_type": "of a type unknown to this worker",
    "newer_version": "of a newer contract than this worker supports",
}


class EventNotValid(Exception):
    """The message is not a valid event. A retry cannot succeed. `reason` is that of its dead letter."""

    def __init__(self, reason: str, problem: str) -> None:
        super().__init__(f"the job is {SENTENCES.get(reason, SENTENCES['not_valid'])}: {problem}")
        self.reason = reason


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


@dataclass(frozen=True)
class Envelope:
    """What a trace needs from a message that has not been validated. Invalid fields are left out."""

    carrier: dict[str, str]
    subject: str | None
    event_id: str | None
    is_redriven: bool
    """Whether it comes from the dead letters; its dead letter still exists."""
    failed_traceparent: str | None
    """The attempt that failed before the redrive."""


@dataclass(frozen=True)
class FailedEvent:
    """The booking event in a failed message, as far as the message can be read."""

    event_id: str
    booking_id: int
    revision: int | None


def read_envelope(message: object) -> Envelope:
    fields = _object(message)
    text = {key: value for key, value in fields.items() if isinstance(value, str)}
    subject = text.get("subject", "")
    return Envelope(
        carrier={key: text[key] for key in CARRIER if key in text},
        subject=subject if SUBJECT.fullmatch(subject) else None,
        event_id=text.get("id"),
        is_redriven="redriven" in text,
        failed_traceparent=text.get("failedtraceparent"),
    )


def identify_event(job_id: str, message: object) -> FailedEvent | None:
    """The event that dispo knows by the id of this job; None if the message does not say which booking it is of."""
    fields = _object(message)
    data = _object(fields.get("data"))
    subject = SUBJECT.fullmatch(str(fields.get("subject")))
    booking_id = data.get("booking_id", int(subject[1]) if subject else None)
    if booking_id is None or not _is_positive(booking_id) or not _is_uuid(job_id):
        return None
    revision = data.get("revision")
    return FailedEvent(job_id, booking_id, revision if _is_positive(revision) else None)


def readable(data: str) -> str:
    """The data of a job as stored in Redis, or the problem with it, as JSON in both cases."""
    size = len(data.encode())
    if size > MAX_DATA_BYTES:
        return json.dumps({"unreadable": "too_large", "bytes": size})
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return json.dumps({"unreadable": "not_json", "bytes": size})
    return data


def require_readable(message: object) -> None:
    """Raises EventNotValid for what `readable` has replaced."""
    fields = _object(message)
    problem = fields.get("unreadable")
    if problem == "too_large":
        raise EventNotValid(
            "too_large", f"it has {fields.get('bytes')} bytes, the limit is {MAX_DATA_BYTES}; its data is discarded"
        )
    if problem == "not_json":
        raise EventNotValid("not_valid", "its data is not JSON; its data is discarded")


def _incompatibility(message: dict[str, Any]) -> str:
    """Why a message is not valid: this worker may be too old for it."""
    version = re.match(r"\d+(\.\d+)?", str(message.get("specversion")))
    is_newer = version is not None and float(version[0]) > 1
    if is_newer or _contract_version(message.get("dataschema")) > CONTRACT_VERSION:
        return "newer_version"
    is_unknown = isinstance(message.get("type"), str) and message["type"] not in TYPES
    return "unknown_type" if is_unknown else "not_valid"


def parse_event(job_id: str, message: object) -> BookingEvent:
    """Raises EventNotValid with the names of the invalid fields, without their values. Ignores unknown fields."""
    if not isinstance(message, dict):
        raise EventNotValid("not_valid", "not an object")
    data = _object(message.get("data"))
    checks = {
        "specversion": message.get("specversion") == "1.0",
        "id": _is_uuid(message.get("id")) and message["id"] == job_id,
        "source": message.get("source") == "/dispo",
        "type": message.get("type") in TYPES,
        "subject": isinstance(message.get("subject"), str),
        "time": TIME.fullmatch(str(message.get("time"))) is not None
        and _parses(datetime.fromisoformat, message["time"]),
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
        raise EventNotValid(_incompatibility(message), ", ".join(problems))
    known = ("booking_id", "revision", "room_id", "room", "start", "end")
    return BookingEvent(
        id=job_id, type=message["type"], epoch=data.get("epoch", ""), **{key: data[key] for key in known}
    )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_uuid(value: object) -> bool:
    return isinstance(value, str) and len(value) == 36 and _parses(uuid.UUID, value)


def _is_date(value: object) -> bool:
    return isinstance(value, str) and len(value) == 10 and _parses(date.fromisoformat, value)


def _parses(parse: Callable[[str], object], value: object) -> bool:
    try:
        return isinstance(value, str) and parse(value) is not None
    except ValueError:
        return False


def _contract_version(dataschema: object) -> int:
    """An event without `dataschema`, or with any other, is of version 1."""
    match = re.fullmatch(r"urn:hotel:event:(\d+)", str(dataschema))
    return int(match[1]) if match else CONTRACT_VERSION
