"""OpenTelemetry and the two edges of the worker: jobs in, HTTP out. Both match packages/telemetry/src/edges."""

import http.client
import json
import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from envelope import Envelope
from opentelemetry import baggage, context, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

BAGGAGE_KEYS = [key.strip() for key in os.environ.get("HOTEL_BAGGAGE_ATTRIBUTES", "channel").split(",")]

w3c = CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()])
tracer = trace.get_tracer("polyglot", "0.1.0", schema_url="https://opentelemetry.io/schemas/1.45.0")


def start_tracing() -> TracerProvider:
    """Exports to OTEL_EXPORTER_OTLP_ENDPOINT. Without it nothing is recorded, and contexts still pass through."""
    provider = TracerProvider(resource=Resource.create({"service.instance.id": str(uuid.uuid4())}))
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    return provider


@contextmanager
def process_span(queue: str, message_id: str, envelope: Envelope, attempt: dict[str, int]) -> Iterator[Span]:
    """A CONSUMER span below the `send` of the message, and linked to it. Records an error and raises it again."""
    producer = w3c.extract(envelope.carrier)
    sender = trace.get_current_span(producer).get_span_context()
    attributes: dict[str, AttributeValue] = {
        "messaging.system": "bullmq",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": queue,
        "messaging.message.id": message_id,
        **({"messaging.message.conversation_id": envelope.subject} if envelope.subject else {}),
        **{f"hotel.baggage.{key}": str(baggage.get_baggage(key, producer)) for key in _recorded(producer)},
        **attempt,
    }
    links = [Link(sender)] if sender.is_valid else []
    failed = trace.get_current_span(w3c.extract({"traceparent": envelope.failed_traceparent or ""})).get_span_context()
    if failed.is_valid:
        links.append(Link(failed, {"hotel.link.reason": "redrive"}))
    token = context.attach(producer)
    try:
        with _span(f"process {queue}", SpanKind.CONSUMER, attributes, links) as span:
            span.add_event("message.received")
            yield span
    finally:
        context.detach(token)


def note_dead_letter(span: Span, reason: str) -> None:
    """Records on the last attempt's span that its message becomes a dead letter."""
    span.add_event("message.dead_lettered", {"hotel.dead_letter.reason": reason})


def capture_context() -> dict[str, str]:
    """The active context as text, for `in_context`."""
    carrier: dict[str, str] = {}
    w3c.inject(carrier)
    return carrier


@contextmanager
def in_context(carrier: Mapping[str, str]) -> Iterator[None]:
    """Spans made in it are below a span that may have ended long ago; without a context, they begin traces."""
    token = context.attach(w3c.extract(carrier, context.Context()))
    try:
        yield
    finally:
        context.detach(token)


def call(
    method: str, url: str, headers: Mapping[str, str], body: Mapping[str, object] | None, timeout_s: float
) -> tuple[int, bytes]:
    """An HTTP call in a CLIENT span, with the context in its headers. Returns every status; raises OSError."""
    target = urlsplit(url)
    attributes: dict[str, AttributeValue] = {
        "http.request.method": method,
        "server.address": target.hostname or "",
        "server.port": target.port or (443 if target.scheme == "https" else 80),
        "url.full": url,
    }
    with _span(method, SpanKind.CLIENT, attributes) as span:
        sent = dict(headers)
        w3c.inject(sent)
        data = None if body is None else json.dumps(body).encode()
        status, answer = _exchange(urllib.request.Request(url, data, sent, method=method), timeout_s)
        span.set_attribute("http.response.status_code", status)
        if status >= 400:
            _fail(span, str(status))
        return status, answer


# Services are called directly, whatever proxy the environment names.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _exchange(request: urllib.request.Request, timeout_s: float) -> tuple[int, bytes]:
    try:
        with _direct.open(request, timeout=timeout_s) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except urllib.error.URLError as error:
        # The reason names what happened: `ConnectionRefusedError`.
        raise (error.reason if isinstance(error.reason, OSError) else error) from None
    except http.client.HTTPException as error:
        raise ConnectionError(f"the answer is not complete: {type(error).__name__}") from error


@contextmanager
def _span(
    name: str, kind: SpanKind, attributes: Mapping[str, AttributeValue], links: list[Link] | None = None
) -> Iterator[Span]:
    with tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, links=links, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception as error:
            span.record_exception(error)
            _fail(span, type(error).__name__, str(error))
            raise


def _fail(span: Span, error_type: str, message: str | None = None) -> None:
    span.set_attribute("error.type", error_type)
    span.set_status(Status(StatusCode.ERROR, message))


def _recorded(producer: context.Context) -> list[str]:
    """Producers can send any baggage; only the allow-listed keys are recorded."""
    return [key for key in BAGGAGE_KEYS if baggage.get_baggage(key, producer) is not None]
