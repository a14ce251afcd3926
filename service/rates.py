"""Rate limits: the requests per minute of a key, and the feeds per minute of a person.

Each worker counts by itself, and has its share of the setting. Without keys nothing is counted: the caller then has the
machine to themselves.
"""

import math
import os
from collections.abc import Callable
from hashlib import blake2b
from http import HTTPStatus

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from graph import clock
from graph.settings import Settings
from service.problems import Refusal

WORKERS_VARIABLE = "WEB_CONCURRENCY"
"""The environment variable with the number of workers, which uvicorn reads, too."""

_SETTINGS = {"key": "GRAPHFEED_REQUESTS_PER_MINUTE", "person": "GRAPHFEED_FEEDS_PER_MINUTE"}


class Rates:
    """The counts of one worker."""

    def __init__(self, settings: Settings, *, is_keyed: bool, on_refusal: Callable[[str], None]) -> None:
        """`on_refusal` is called with `key` or `person`, the owner of the rate that refuses a request."""
        # Of asyncio, so that no thread clears its keys. Not the moving window, which keeps a time for each request
        self._counts = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._of_keys = _share(settings.requests_per_minute) if is_keyed else None
        self._of_persons = _share(settings.feeds_per_minute) if is_keyed else None
        self._on_refusal = on_refusal

    async def count_request(self, name: str) -> None:
        """Counts a request of a key, or of a person's token. Raises Refusal above its rate."""
        await self._count("key", self._of_keys, name, "This key or token has sent too many requests in a minute.")

    async def count_feed(self, user: str) -> None:
        """Counts the first page of a person's feed. Raises Refusal above their rate."""
        await self._count("person", self._of_persons, user, "Too many feeds of this person were begun in a minute.")

    async def _count(self, of: str, rate: RateLimitItemPerMinute | None, name: str, detail: str) -> None:
        key = blake2b(name.encode(), digest_size=16).hexdigest()  # ids may be long
        if rate is None or await self._counts.hit(rate, of, key):
            return
        self._on_refusal(of)
        reset = (await self._counts.get_window_stats(rate, of, key)).reset_time
        seconds = 1 + max(0, math.ceil(reset - clock.now() / 1000))  # the end of the window is told in whole seconds
        remedy = f"Try again in {seconds} s, or raise {_SETTINGS[of]}."
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, detail, remedy, {"Retry-After": str(seconds)})


def _share(per_minute: int) -> RateLimitItemPerMinute | None:
    """This worker's share of a rate; None if there is no limit."""
    workers = int(os.environ.get(WORKERS_VARIABLE, "1"))
    return RateLimitItemPerMinute(math.ceil(per_minute / workers)) if per_minute else None
