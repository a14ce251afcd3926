"""The middleware around each request: its id, the size limit of its body, the report to metrics and log."""

import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.errors import GraphfeedError
from graph.tracing import Trace, traced
from service import ids, leaving, problems
from service.problems import Refusal

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 4 << 20
REQUEST_ID = "X-Request-ID"
BOOKMARK = "Graphfeed-Bookmark"
"""A header of responses to writes. A request that sends it back sees the write on every server of a cluster."""
_VALID_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_VALID_BOOKMARKS = re.compile(r"[\w.:+/=-]{1,200}(,[\w.:+/=-]{1,200}){0,9}", re.ASCII)

Observe = Callable[[Scope, int, float, Trace], None]
"""Called after each request with its scope, the status of the response, the seconds it took, and its trace."""


class RequestMiddleware:
    """Outermost middleware except for CORS, so that every response is logged and measured."""

    def __init__(self, app: ASGIApp, observe: Observe, on_disconnect: Callable[[Trace], None]) -> None:
        """`on_disconnect` gets the trace of a read request whose client disconnects before the response."""
        self.app = app
        self._observe = observe
        self._on_disconnect = on_disconnect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope["path"] = ids.mark_slashes(scope)
        given = headers.get(REQUEST_ID, "")
        trace = Trace(given if _VALID_ID.fullmatch(given) else uuid4().hex, _bookmarks(headers.get(BOOKMARK, "")))
        began, status = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = trace.request
            await send(message)

        with traced(trace):
            try:
                await self._answer(scope, receive, send_with_id, headers, trace)
            except Exception:
                log.exception("Unexpected error in a request.")
                if not status:
                    detail, remedy = "Internal error.", "Look up the request id in the service's log."
                    await problems.response(HTTPStatus.INTERNAL_SERVER_ERROR, detail, remedy)(
                        scope, receive, send_with_id
                    )
            finally:
                self._observe(scope, status, time.perf_counter() - began, trace)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, headers: Headers, trace: Trace) -> None:
        length = headers.get("content-length", "0")
        if not ids.is_valid(scope):
            detail, remedy = "The path is not UTF-8, or holds U+E000, which no id may have.", "Encode it as UTF-8."
            await problems.response(HTTPStatus.BAD_REQUEST, detail, remedy)(scope, receive, send)
        elif not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            await _too_large()(scope, receive, send)
        elif scope["method"] in ("POST", "PUT") and not _is_json(headers):
            detail, remedy = "The content type is not JSON.", "Send JSON with `Content-Type: application/json`."
            await problems.response(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, remedy)(scope, receive, send)
        elif BOOKMARK in headers and not _VALID_BOOKMARKS.fullmatch(headers[BOOKMARK]):
            detail, remedy = "This is not a valid bookmark.", "Send the header exactly as you received it."
            await problems.response(HTTPStatus.UNPROCESSABLE_ENTITY, detail, remedy)(scope, receive, send)
        elif scope["method"] == "GET" or scope["path"].endswith("/feed/preview"):
            await leaving.run(self._bounded_app, scope, receive, send, lambda: self._disconnected(trace))
        else:  # a write is completed even if its client disconnects
            await self._bounded_app(scope, receive, send)

    async def _bounded_app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, _bounded(receive), send)

    def _disconnected(self, trace: Trace) -> None:
        try:
            self._on_disconnect(trace)
        except GraphfeedError as error:
            log.warning("Could not stop the statements of a client that disconnected: %s", error)


def _bookmarks(given: str) -> tuple[str, ...]:
    return tuple(given.split(",")) if _VALID_BOOKMARKS.fullmatch(given) else ()


def _is_json(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _bounded(receive: Receive) -> Receive:
    """Returns a `receive` that raises Refusal once the body is too large: it may come without its length."""
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY_BYTES:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *_TOO_LARGE)
        return message

    return bounded


_TOO_LARGE = (f"The body is larger than {MAX_BODY_BYTES >> 20} MB.", "Send fewer events at once.")


def _too_large() -> ASGIApp:
    return problems.response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *_TOO_LARGE)
