"""Takes jobs from the queue. Every attempt is a `process` span; what fails is retried, or becomes a dead letter."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bullmq import Job, UnrecoverableError, Worker
from dead_letters import QUEUE, DeadLetters, store_final_attempt
from envelope import EventNotValid, read_envelope, readable, require_readable
from logs import log
from opentelemetry.trace import Span
from redis.asyncio import Redis
from retry import retry_delay_ms
from services import DispoUnavailable
from tracing import note_dead_letter, process_span

CONCURRENCY = 8
DEADLINE_S = 30
# A crash is usually not the job's fault.
MAX_STALLED_COUNT = 10
RESTART_S = 1
CLOSE_S = 6
MAX_RETRIES_KNOWN = 10_000

Process = Callable[[Job, Span], Awaitable[None]]


class StalledTooOften(Exception):
    """The workers of the job keep crashing."""


class JobWorker(Worker):
    """Replaces data that is not JSON, or too large, before it is parsed: otherwise the job would stay in the queue."""

    async def nextJobFromJobData(self, job_data: dict[str, str] | None = None, *others: object) -> Job | None:
        if job_data and isinstance(job_data.get("data"), str):
            job_data = {**job_data, "data": readable(job_data["data"])}
        return await super().nextJobFromJobData(job_data, *others)


class Consumer:
    def __init__(self, redis: Redis, prefix: str, process: Process, dead_letters: DeadLetters) -> None:
        self._options = {
            "connection": redis,
            "prefix": prefix,
            "concurrency": CONCURRENCY,
            "autorun": False,
            # BullMQ's own limit would fail a job without an attempt, and so without a span.
            "maxStalledCount": 2**31,
            # Stalled jobs are found by the event loop of any worker, even when this one takes nothing.
            "stalledInterval": 15_000,
            "runRetryDelay": 1_000,
        }
        self._process = process
        self._dead_letters = dead_letters
        self._worker: JobWorker | None = None
        self._is_closing = False
        self._due: dict[str, float] = {}
        self._last_error = ""

    async def run(self) -> None:
        """Works until `close`. A worker of BullMQ that cannot reach Redis at its start gives up, and is replaced."""
        while not self._is_closing:
            self._worker = JobWorker(QUEUE, self._attempt, self._options)
            self._worker.on("failed", lambda *_: self._dead_letters.wake())
            self._worker.on("error", lambda error, *_: self._log_error(error))
            self._worker.on("stalled", lambda job_id: log("warn", "a job stalled; it will be retried", job_id=job_id))
            try:
                await self._worker.run()
            except Exception as error:
                self._log_error(error)
                await asyncio.sleep(RESTART_S)

    async def close(self) -> None:
        """Waits for the active jobs, but not for a Redis that is away: its next worker takes them over."""
        self._is_closing = True
        if self._worker is None:
            return
        closing = asyncio.ensure_future(self._worker.close())
        done, _ = await asyncio.wait({closing}, timeout=CLOSE_S)
        if not done:
            await asyncio.wait({asyncio.ensure_future(self._worker.close(force=True))}, timeout=1)

    def _log_error(self, error: Exception) -> None:
        """Once for each outage, not once for each try."""
        if str(error) != self._last_error:
            log("warn", "the queue cannot be read", error=str(error))
        self._last_error = str(error)

    async def _attempt(self, job: Job, _token: str) -> None:
        self._last_error = ""
        if job.name is None:
            # An id in the queue whose data was evicted. What BullMQ wrote while taking it must not stay.
            job.opts["removeOnComplete"] = True
            log("warn", "Redis lost the data of a job; dispo will publish its event again", job_id=job.id)
            return
        facts = {"hotel.job.attempt": job.attemptsStarted, "hotel.queue.wait_ms": self._waited_ms(job)}
        try:
            with process_span(QUEUE, job.id, read_envelope(job.data), facts) as span:
                await self._attempt_once(job, span)
        except Exception as error:
            if _is_left_to_outbox(job, error):
                log("warn", "dispo was unavailable in the last attempt; it will publish the event again", job_id=job.id)
                return
            if isinstance(error, (EventNotValid, StalledTooOften)):
                raise UnrecoverableError(str(error)) from error
            self._delay_retry(job)
            raise

    async def _attempt_once(self, job: Job, span: Span) -> None:
        try:
            if isinstance(job.data, dict) and "unreadable" in job.data:
                # A failed job must be readable in Redis.
                await job.updateData(job.data)
            require_readable(job.data)
            if job.stalledCounter > MAX_STALLED_COUNT:
                raise StalledTooOften(f"its worker died or hung {job.stalledCounter} times while processing it")
            async with asyncio.timeout(DEADLINE_S):
                await self._process(job, span)
            if read_envelope(job.data).is_redriven:
                await self._dead_letters.remove(job)
        except Exception as error:
            reason = _dead_letter_reason(job, error)
            if reason is not None and not _is_left_to_outbox(job, error):
                note_dead_letter(span, reason)
                await store_final_attempt(job, reason)
            log("warn", "failed to process an event", event_name="message.failed", error=str(error), job_id=job.id,
                attempt=job.attemptsStarted)  # fmt: skip
            raise

    def _delay_retry(self, job: Job) -> None:
        """BullMQ reads the delay from the options of the job in memory."""
        delay_ms = retry_delay_ms(job.opts.get("backoff"), job.attemptsMade + 1)
        job.opts["backoff"] = {"type": "fixed", "delay": delay_ms}
        if len(self._due) < MAX_RETRIES_KNOWN:
            self._due[job.id] = _now_ms() + delay_ms

    def _waited_ms(self, job: Job) -> int:
        """Since the job was due. For a first attempt this compares the clocks of two hosts."""
        due = self._due.pop(job.id, None)
        return round(_now_ms() - job.timestamp) if due is None else max(0, round(_now_ms() - due))


def _dead_letter_reason(job: Job, error: Exception) -> str | None:
    """Why a job becomes a dead letter after an attempt that is not counted yet; None if it is retried."""
    if isinstance(error, EventNotValid):
        return error.reason
    if isinstance(error, StalledTooOften):
        return "stalled"
    if job.attemptsMade + 1 < (job.opts.get("attempts") or 1):
        return None
    return "deadline" if isinstance(error, TimeoutError) else "attempts_used_up"


def _is_left_to_outbox(job: Job, error: Exception) -> bool:
    """dispo's outbox still has the event. A redriven one has a dead letter."""
    is_outage = isinstance(error, DispoUnavailable) and not read_envelope(job.data).is_redriven
    return is_outage and _dead_letter_reason(job, error) is not None


def _now_ms() -> float:
    return time.time() * 1000
