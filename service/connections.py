"""HTTP connections with limits on their number, and on the time that each may keep the service waiting.

Uvicorn itself limits only the time between two requests. What is never finished would hold a connection for ever: a
head of which a byte comes now and then, a body that was refused, a response that nobody reads.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 500
"""Connections of one worker. Beyond, the one that has waited longest without a request is closed for a new one."""
HEAD_SECONDS = 10.0
"""The time from the connection, or from the response before, to the end of the request's headers."""
UNREAD_SECONDS = 60.0
"""The time for which a client may read nothing of a response."""
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    b"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: 21\r\n\r\nToo many connections.\r\n"
)


class Connection(H11Protocol):
    """A connection of uvicorn's, with these limits."""

    _head_timer: asyncio.TimerHandle | None = None
    _unread_timer: asyncio.TimerHandle | None = None
    waiting_since = 0.0
    """The time from which it waits for a request, by the event loop's clock."""

    @property
    def is_waiting(self) -> bool:
        """True if no request is in progress."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= MAX_CONNECTIONS and not self._make_room():
            self.transport = transport
            transport.write(_BUSY)
            transport.close()
            return
        transport.set_write_buffer_limits(0)  # so that pause_writing tells of any unread answer, also a small one
        super().connection_made(transport)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._unread_timer):
            if timer is not None:
                timer.cancel()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.flow is None:  # it was refused
            return
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread_timer = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _watch_head(self) -> None:
        """Starts the time for a request's head where one is awaited, and ends it where one has come."""
        if not self.is_waiting:
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None
        elif self._head_timer is None and not self.transport.is_closing():
            self.waiting_since = self.loop.time()
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _make_room(self) -> bool:
        """Closes the connection that has waited longest for a request; returns False if all have one."""
        waiting: list[Any] = [each for each in self.connections if isinstance(each, Connection) and each.is_waiting]
        if not waiting:
            return False
        oldest = min(waiting, key=lambda each: each.waiting_since)
        self.connections.discard(oldest)
        oldest.transport.abort()
        return True
