"""Dead letters as the worker in TypeScript writes them (packages/contracts/src/dead-letters.ts)."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bullmq import Job, Queue
from envelope import EventNotValid, FailedEvent, identify_event, parse_event, read_envelope, require_readable
from logs import log
from redis.asyncio import Redis
from tracing import capture_context, in_context

QUEUE = "cleaning"
DEAD_LETTER_QUEUE = "cleaning-dead"
SWEEP_S = 10
PAGE = 100
MISMATCHED = "mismatched-"
KEPT_OPTIONS = ("attempts", "backoff", "removeOnComplete")
# Removes a job only while it is failed: one that was redriven meanwhile has the same id.
REMOVE_FAILED = """
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then redis.call('DEL', KEYS[2], KEYS[2] .. ':logs') end"""


async def store_final_attempt(job: Job, reason: str) -> None:
    """Stores the reason and the trace with the job, so that any worker, in any language, can write its dead letter."""
    await job.updateProgress({"reason": reason, "context": capture_context()})


class DeadLetters:
    """
    Moves failed jobs: adds the dead letter, reports it to dispo, and only then removes the job. What a crash or an
    outage interrupts is repeated by the next sweep.
    """

    def __init__(self, redis: Redis, prefix: str, report_failed: Callable[[FailedEvent], None]) -> None:
        options = {"connection": redis, "prefix": prefix}
        self._redis = redis
        self._failed = Queue(QUEUE, options)
        self._dead = Queue(DEAD_LETTER_QUEUE, options)
        self._report_failed = report_failed
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Call when a job has failed: it is moved at once."""
        self._wake.set()

    async def remove(self, job: Job) -> None:
        """Removes the dead letter of a redriven message that is processed."""
        await self._dead.remove(_dead_letter_id(job))

    async def run(self) -> None:
        """Sweeps until it is cancelled."""
        while True:
            self._wake.clear()
            try:
                await self._sweep()
            except Exception as error:
                log("warn", "the sweep for failed jobs failed; retrying", error=str(error))
            try:
                async with asyncio.timeout(SWEEP_S):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _sweep(self) -> None:
        stuck = 0
        while ids := await self._redis.zrange(self._failed.toKey("failed"), stuck, stuck + PAGE - 1):
            for job_id in ids:
                try:
                    job = await Job.fromId(self._failed, job_id)
                    if job is not None:
                        await self._move(job)
                except Exception as error:
                    stuck += 1
                    problem = "an event could not be moved to the dead letters; retrying"
                    log("warn", problem, job_id=job_id, error=str(error))

    async def _move(self, job: Job) -> None:
        final = job.progress if isinstance(job.progress, dict) else {}
        envelope = read_envelope(job.data)
        with in_context(final.get("context") or envelope.carrier):
            letter = _dead_letter_of(job, final)
            if await self._put(job, letter):
                log("warn", "event moved to the dead letters", event_name="message.dead_lettered", job_id=job.id,
                    reason=letter["reason"], attempts=letter["attempts"], error=letter["error"])  # fmt: skip
            event = identify_event(job.id, job.data) if _has_id_of_event(job) else None
            if event is not None:
                await asyncio.to_thread(self._report_failed, event)
            await self._redis.eval(REMOVE_FAILED, 2, self._failed.toKey("failed"), self._failed.toKey(job.id), job.id)

    async def _put(self, job: Job, letter: dict[str, object]) -> bool:
        """Adds the dead letter, or updates that of a redriven message which failed again. Returns whether it is new."""
        letter_id = _dead_letter_id(job)
        known = await self._dead.getJob(letter_id)
        if known is None:
            options = {key: job.opts[key] for key in KEPT_OPTIONS if job.opts.get(key) is not None}
            await self._dead.add(job.name, letter, {**options, "jobId": letter_id})
        elif known.data.get("failed_at") == letter["failed_at"]:
            return False
        else:
            await known.updateData(letter)
        return True


def reason_of_failed_job(job: Job) -> str:
    """Why a failed job is a dead letter, when the error of its last attempt was lost with its worker."""
    try:
        require_readable(job.data)
        parse_event(job.id, job.data)
    except EventNotValid as error:
        return error.reason
    return "stalled" if job.attemptsMade < (job.opts.get("attempts") or 1) else "attempts_used_up"


def _dead_letter_of(job: Job, final: dict[str, object]) -> dict[str, object]:
    context = final.get("context")
    traceparent = context.get("traceparent") if isinstance(context, dict) else None
    failed_at = datetime.fromtimestamp((job.finishedOn or job.timestamp or time.time() * 1000) / 1000, UTC)
    return {
        "message": job.data,
        "reason": final.get("reason") or reason_of_failed_job(job),
        "error": job.failedReason or "",
        **({"traceparent": traceparent} if traceparent else {}),
        "failed_at": failed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "attempts": job.attemptsMade,
    }


def _has_id_of_event(job: Job) -> bool:
    return read_envelope(job.data).event_id in (None, job.id)


def _dead_letter_id(job: Job) -> str:
    """A job with the event of another id must not occupy that event's dead letter. BullMQ rejects numbers as ids."""
    job_id: str = job.id
    if not _has_id_of_event(job) and not job_id.startswith(MISMATCHED):
        return MISMATCHED + job_id
    return f"job-{job_id}" if job_id.isdecimal() else job_id
