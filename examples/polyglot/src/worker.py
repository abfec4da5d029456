"""A worker in Python on the queue that dispo publishes to. A small version of cleaning-worker."""

import asyncio
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import ThreadingHTTPServer
from pathlib import Path

from bullmq import Job
from config import Config, ConfigNotValid, read_config
from consumer import Consumer
from dead_letters import DeadLetters
from envelope import parse_event
from health import Answer, serve
from logs import log
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span
from plan import Plan
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from services import Services
from tracing import start_tracing

# Longer than BullMQ blocks for the next job.
REDIS_ANSWER_S = 15
CONNECT_S = 5
CHECK_S = 2
END_S = 1
FLUSH_S = 2


def connect(url: str) -> Redis:
    """BullMQ's own connection repeats a command for minutes while Redis is away. The second try is for a stale one."""
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=REDIS_ANSWER_S,
        socket_connect_timeout=CONNECT_S,
        retry=Retry(NoBackoff(), 1),
    )


class CannotStart(Exception):
    """The message says why."""


def open_plan(folder: Path) -> Plan:
    try:
        return Plan(folder / "polyglot-plan.sqlite")
    except sqlite3.Error as error:
        raise CannotStart(f"the plan in {folder} (HOTEL_DATA_DIR) cannot be used: {error}") from error


def listen(config: Config, answers: Mapping[str, Callable[[], Answer]]) -> ThreadingHTTPServer:
    try:
        return serve(config.host, config.port, answers)
    except OSError as error:
        where = f"{config.host}:{config.port} (HOTEL_HOST, PYTHON_WORKER_PORT)"
        raise CannotStart(f"cannot listen on {where}: {error.strerror or error}") from error


async def work(config: Config) -> None:
    plan = open_plan(config.data_dir)
    services = Services(config.dispo_url, config.cleaning_url, config.internal_token)
    redis = connect(config.redis_url)
    dead_letters = DeadLetters(redis, config.prefix, services.report_failed)

    async def process(job: Job, span: Span) -> None:
        event = parse_event(job.id, job.data)
        span.set_attribute("hotel.room.number", event.room)
        # In threads, which inherit the context: neither HTTP nor SQLite may block the other jobs and their locks.
        state = await asyncio.to_thread(services.room_state, event.room_id)
        applied = await asyncio.to_thread(plan.apply, event)
        if applied.outcome == "duplicate":
            span.set_attribute("hotel.duplicate", True)
        log("info", "stay planned", booking_id=event.booking_id, outcome=applied.outcome, room=event.room, state=state)
        await asyncio.to_thread(services.confirm, event, is_planned=applied.is_planned, epoch=applied.epoch)

    loop = asyncio.get_running_loop()

    async def ping() -> None:
        await redis.ping()

    def readiness() -> Answer:
        plan.check()
        asyncio.run_coroutine_threadsafe(ping(), loop).result(CHECK_S)
        return 200, {"status": "ok"}

    answers = {
        "/livez": lambda: (200, {"status": "ok"}),
        "/readyz": readiness,
        "/stays": lambda: (200, plan.stays()),
    }
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    server = listen(config, answers)
    consumer = Consumer(redis, config.prefix, process, dead_letters)
    consuming = asyncio.create_task(consumer.run())
    moving = asyncio.create_task(dead_letters.run())
    log("info", "ready")
    await stop.wait()
    await consumer.close()
    moving.cancel()
    # A worker of BullMQ may wait for itself while it is closed under an active job: the next one takes the job over.
    await asyncio.wait({consuming, moving}, timeout=END_S)
    server.shutdown()


def flush(provider: TracerProvider) -> None:
    """Exports the last spans. A collector that is away does not delay the end of the process."""
    flushing = threading.Thread(target=provider.shutdown, daemon=True)
    flushing.start()
    flushing.join(FLUSH_S)


def main() -> int:
    try:
        config = read_config(os.environ)
        provider = start_tracing()
        asyncio.new_event_loop().run_until_complete(work(config))
        flush(provider)
        # Otherwise Python waits for every thread, even for one whose call gets no answer.
        os._exit(0)
    except (ConfigNotValid, CannotStart) as error:
        print(f"cleaning-python could not start: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
