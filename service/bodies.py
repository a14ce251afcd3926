"""Bodies of requests: limits on the size and the time of each, and on the memory of a caller's and of all together."""

import asyncio
from collections import Counter
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import RETRY_SECONDS, Refusal

MAX_BODY_BYTES = 4 << 20
MAX_BYTES_IN_FLIGHT = 32 << 20
"""Bodies of requests in progress, of one worker. Parsed, they take several times as much."""
MAX_CALLER_BYTES_IN_FLIGHT = 8 << 20
"""The part of them that one key or token may have, so that it cannot stop the writes of all others."""
BODY_SECONDS = 30.0
"""The time for a whole body."""


def too_large() -> Refusal:
    """Returns the refusal of a body over MAX_BODY_BYTES."""
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The body is larger than {MAX_BODY_BYTES >> 20} MB.",
        "Send fewer events at once.",
    )


def _too_many(detail: str) -> Refusal:
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, detail, "Try again in a while.", headers)


class Bodies:
    """The bodies of one worker."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        """Bytes by caller."""

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, caller: str) -> None:
        """Runs an application for a caller, by name. It gets a `receive` that raises Refusal for a body that is too
        large, too slow, or more than this worker has room for: a body may come without its length."""
        size, is_whole = 0, False
        deadline = asyncio.get_running_loop().time() + BODY_SECONDS

        async def bounded() -> Message:
            nonlocal size, is_whole
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise Refusal(
                    HTTPStatus.REQUEST_TIMEOUT, f"The body took longer than {BODY_SECONDS:g} s.", "Send it again."
                ) from None
            is_whole = not message.get("more_body", False)
            size += len(message.get("body", b""))
            self._held[caller] += len(message.get("body", b""))
            if size > MAX_BODY_BYTES:
                raise too_large()
            if self._held[caller] > MAX_CALLER_BYTES_IN_FLIGHT:
                raise _too_many("This key or token sends too many large bodies at the same time.")
            if self._held.total() > MAX_BYTES_IN_FLIGHT:
                raise _too_many("Too many large bodies at the same time.")
            return message

        try:
            await app(scope, bounded, send)
        finally:
            self._held[caller] -= size
            if not self._held[caller]:
                del self._held[caller]
