"""The middleware around each request: its id, caller and limits, the report to metrics and log.

Nothing here reads a body, so a request is refused before it costs the reading of one.
"""

import logging
import re
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.errors import GraphfeedError
from graph.tracing import Trace, traced
from service import ids, leaving, problems, statements
from service.access import Access
from service.bodies import MAX_BODY_BYTES, Bodies, too_large
from service.problems import Refusal
from service.rates import Rates

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
BOOKMARK = "Graphfeed-Bookmark"
"""A header of responses to writes. A request that sends it back sees the write on every server of a cluster."""
WAS_HEAD = "graphfeed.head"
"""The key of a scope that is true for a HEAD, which is answered as a GET."""
ONLY_READS = "graphfeed.only_reads"
"""The key of a scope that is true for a request that records nothing: a HEAD, or one for statements."""
_VALID_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_VALID_BOOKMARKS = re.compile(r"FB:[\w.:+/=-]{1,200}(,FB:[\w.:+/=-]{1,200}){0,9}", re.ASCII)

Observe = Callable[[Scope, int, float, Trace], None]
"""Called after each request with its scope, the status of the response, the seconds it took, and its trace."""


class RequestMiddleware:
    """Outermost middleware except for CORS and headers, so that every response is logged and measured."""

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        rates: Rates,
        observers: Sequence[Observe],
        on_disconnect: Callable[[Trace], None],
    ) -> None:
        """`on_disconnect` gets the trace of a read request whose client disconnects before the response."""
        self.app = app
        self._access = access
        self._rates = rates
        self._observers = observers
        self._on_disconnect = on_disconnect
        self._bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**ids.origin_form(scope)}  # a copy: the server takes the body off the answer to a HEAD by its own
        scope["path"] = ids.mark_slashes(scope)
        if scope["method"] == "HEAD":
            scope |= {"method": "GET", WAS_HEAD: True, ONLY_READS: True}
        headers = Headers(scope=scope)
        given = headers.get(REQUEST_ID, "")
        key = uuid4().hex
        trace = Trace(given if _VALID_ID.fullmatch(given) else key, _bookmarks(headers.get(BOOKMARK, "")), key=key)
        if statements.HEADER in headers and _reads(scope):
            scope[ONLY_READS] = trace.keeps_parameters = True
        began, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = trace.request
            await send(message)

        with traced(trace):
            try:
                await self._answer(scope, receive, send_with_headers, headers, trace)
            except Exception:
                log.exception("Unexpected error in a request.")
                if not status:
                    detail, remedy = "Internal error.", "Look up the request id in the service's log."
                    await problems.response(HTTPStatus.INTERNAL_SERVER_ERROR, detail, remedy)(
                        scope, receive, send_with_headers
                    )
            finally:
                seconds = time.perf_counter() - began
                for observe in self._observers:
                    observe(scope, status, seconds, trace)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, headers: Headers, trace: Trace) -> None:
        try:
            caller = await self._check(scope, headers)
        except Refusal as refusal:
            await problems.of_refusal(refusal)(scope, receive, send)
            return

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._bodies.run(self.app, scope, receive, send, caller)

        if _reads(scope) and _is_guarded(scope):  # whoever has no key or token ends nothing
            await leaving.run(app, scope, receive, send, lambda: self._disconnected(trace))
        else:  # a write is completed even if its client disconnects
            await app(scope, receive, send)

    async def _check(self, scope: Scope, headers: Headers) -> str:
        """Returns the caller's name, which is empty where anybody is answered. Raises Refusal for what the headers
        alone show: first, an unknown caller."""
        if not ids.is_valid(scope):
            raise Refusal(
                HTTPStatus.BAD_REQUEST,
                "The address is not UTF-8, or holds U+E000, which no id may have.",
                "Encode it as UTF-8.",
            )
        caller = ""
        if _is_guarded(scope):
            caller = self._access.admit(scope, headers).name
            await self._rates.count_request(caller)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            raise too_large()
        if scope["method"] in ("POST", "PUT") and not _is_json(headers):
            raise Refusal(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "The content type is not JSON.",
                "Send JSON with `Content-Type: application/json`.",
            )
        if BOOKMARK in headers and not _VALID_BOOKMARKS.fullmatch(headers[BOOKMARK]):
            raise Refusal(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "This is not a valid bookmark.",
                "Send the header exactly as you received it.",
            )
        return caller

    def _disconnected(self, trace: Trace) -> None:
        try:
            self._on_disconnect(trace)
        except GraphfeedError as error:
            log.warning("Could not stop the statements of a client that disconnected: %s", error)


def _bookmarks(given: str) -> tuple[str, ...]:
    return tuple(given.split(",")) if _VALID_BOOKMARKS.fullmatch(given) else ()


def _reads(scope: Scope) -> bool:
    """Returns True for a request that changes nothing but what counts as served."""
    return bool(scope["method"] == "GET" or scope["path"].endswith("/feed/preview"))


def _is_guarded(scope: Scope) -> bool:
    """Returns True for a path that only a known caller is answered."""
    path: str = scope["path"]
    return path.startswith("/v1/") or path == "/metrics"


def _is_json(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
