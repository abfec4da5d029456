"""JSON lines on stdout with the ids of the active span, as all services of the hotel write them."""

import json
import os
from datetime import UTC, datetime

from opentelemetry import trace

SERVICE = os.environ.get("OTEL_SERVICE_NAME", "cleaning-python")


def log(level: str, message: str, **fields: object) -> None:
    """`fields` must be JSON values."""
    span = trace.get_current_span().get_span_context()
    ids = {"trace_id": f"{span.trace_id:032x}", "span_id": f"{span.span_id:016x}"} if span.is_valid else {}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    print(json.dumps({"level": level, "time": now, "service": SERVICE, **ids, **fields, "msg": message}), flush=True)
