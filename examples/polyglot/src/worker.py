"""A worker in Python on the queue that dispo publishes to. It does what cleaning-worker does, in small."""

import asyncio
import json
import os
import signal
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from bullmq import UnrecoverableError, Worker
from envelope import BookingEvent, EventNotValid, carrier_of, parse_event
from health import serve
from opentelemetry import trace
from plan import Plan
from tracing import call, process_span, start_tracing

QUEUE = "cleaning"
DISPO = os.environ.get("DISPO_INTERNAL_URL", "http://127.0.0.1:9080")
CLEANING = os.environ.get("CLEANING_INTERNAL_URL", "http://127.0.0.1:9081")


def log(level: str, message: str, **fields: object) -> None:
    """A JSON line with the ids of the active span, as all services write it."""
    span = trace.get_current_span().get_span_context()
    ids = {"trace_id": f"{span.trace_id:032x}", "span_id": f"{span.span_id:016x}"} if span.is_valid else {}
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    service = os.environ.get("OTEL_SERVICE_NAME", "cleaning-python")
    print(json.dumps({"level": level, "time": now, "service": service, **ids, **fields, "msg": message}), flush=True)


def room_state(room_id: int) -> str:
    status, body = call("GET", f"{CLEANING}/internal/v1/rooms/{room_id}/state")
    if status != 200:
        raise ConnectionError(f"cleaning answered {status}")
    return json.loads(body)["state"]


def confirm(event: BookingEvent, outcome: str) -> None:
    """dispo deletes its outbox row only now, so an event that is not confirmed is published again."""
    result: dict = {"event_id": event.id, "revision": event.revision, "result": "planned"}
    if outcome == "outdated":
        result["result"] = "outdated"
    status, _ = call("PUT", f"{DISPO}/internal/v1/bookings/{event.booking_id}/cleaning", result)
    if status != 204:
        raise ConnectionError(f"dispo answered {status}")


async def process(plan: Plan, job) -> None:
    attempt = {
        "hotel.job.attempt": job.attemptsStarted,
        "hotel.queue.wait_ms": int(time.time() * 1000) - job.timestamp,
    }
    subject = job.data.get("subject") if isinstance(job.data, dict) else None
    try:
        with process_span(QUEUE, job.id, subject, carrier_of(job.data), attempt) as span:
            event = parse_event(job.id, job.data)
            span.set_attribute("hotel.room.number", event.room)
            # In threads, which inherit the context: neither HTTP nor SQLite may block the other jobs.
            state = await asyncio.to_thread(room_state, event.room_id)
            outcome = await asyncio.to_thread(plan.apply, event)
            if outcome == "duplicate":
                span.set_attribute("hotel.duplicate", True)
            log("info", "stay planned", booking_id=event.booking_id, outcome=outcome, room=event.room, state=state)
            await asyncio.to_thread(confirm, event, outcome)
    except EventNotValid as error:
        raise UnrecoverableError(str(error)) from error


async def main() -> None:
    provider = start_tracing()
    plan = Plan(Path(os.environ["HOTEL_DATA_DIR"]) / "polyglot-plan.sqlite")
    options = {
        "connection": os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"),
        "prefix": os.environ.get("HOTEL_QUEUE_PREFIX", "hotel"),
        "concurrency": 8,
        "maxStalledCount": 10,
    }
    worker = Worker(QUEUE, lambda job, _token: process(plan, job), options)
    worker.on("failed", lambda job, error: log("warn", "an event could not be processed", error=str(error), job_id=job.id))
    worker.on("error", lambda error, *_: log("warn", "the queue cannot be read", error=str(error)))
    port = int(os.environ.get("PYTHON_WORKER_PORT", "9083"))
    server = serve(os.environ.get("HOTEL_HOST", "127.0.0.1"), port, plan)
    log("info", "ready")

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    # Finishes the active jobs, then exports the last spans.
    await worker.close()
    server.shutdown()
    provider.shutdown()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
