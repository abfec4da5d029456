"""When a failed attempt is repeated. dispo puts the policy into each job."""

import random
from collections.abc import Callable


def retry_delay_ms(backoff: object, attempt: int, draw: Callable[[], float] = random.random) -> int:
    """
    The delay after the given attempt, 1 for the first: exponential, with a share that is random. BullMQ's package for
    Python ignores that share, so that the retries of an outage would arrive at once.
    """
    fields = backoff if isinstance(backoff, dict) else {}
    longest: float = fields.get("delay", 0) * (2 ** (attempt - 1) if fields.get("type") == "exponential" else 1)
    jitter: float = fields.get("jitter", 0)
    return round(longest * (1 - jitter * draw()))
