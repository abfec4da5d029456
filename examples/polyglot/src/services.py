"""The calls of the worker to dispo and cleaning, as in packages/contracts/src/internal-http.ts."""

import json
from dataclasses import dataclass

from envelope import BookingEvent, FailedEvent
from tracing import call

TIMEOUT_S = 5
# From a proxy in front of a dispo that is down, or from a dispo that cannot write at the moment.
UNAVAILABLE = (502, 503, 504)
# dispo does not have the booking, or the event belongs to another one: there is nothing to report.
NOTHING_TO_REPORT = (404, 409)


class CallFailed(Exception):
    """A service has not done what it was asked for. A retry may succeed."""


class DispoUnavailable(CallFailed):
    """The reason is an outage of dispo, not the event."""


@dataclass(frozen=True)
class Services:
    dispo_url: str
    cleaning_url: str
    token: str

    def room_state(self, room_id: int) -> str:
        status, body = self._call("GET", f"{self.cleaning_url}/internal/v1/rooms/{room_id}/state", None)
        if status != 200:
            raise CallFailed(f"cleaning answered {status}")
        return str(json.loads(body)["state"])

    def confirm(self, event: BookingEvent, *, is_planned: bool, epoch: str) -> None:
        """dispo deletes its outbox row only now, so an event that is not confirmed is published again."""
        result: dict[str, object] = {"event_id": event.id, "revision": event.revision, "result": "planned"}
        if not is_planned:
            result |= {"result": "outdated", **({"epoch": epoch} if epoch else {})}
        self._report(event.booking_id, result, accepted=(204,))

    def report_failed(self, event: FailedEvent) -> None:
        result: dict[str, object] = {"event_id": event.event_id, "result": "failed"}
        if event.revision is not None:
            result["revision"] = event.revision
        self._report(event.booking_id, result, accepted=(204, *NOTHING_TO_REPORT))

    def _report(self, booking_id: int, result: dict[str, object], accepted: tuple[int, ...]) -> None:
        try:
            status, _ = self._call("PUT", f"{self.dispo_url}/internal/v1/bookings/{booking_id}/cleaning", result)
        except OSError as error:
            raise DispoUnavailable(f"dispo cannot be reached ({error})") from error
        if status in accepted:
            return
        failure = DispoUnavailable if status in UNAVAILABLE else CallFailed
        raise failure(f"dispo answered {status}")

    def _call(self, method: str, url: str, body: dict[str, object] | None) -> tuple[int, bytes]:
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        return call(method, url, headers, body, TIMEOUT_S)
