"""Around each request: its id, the bounds of its body, and what is told of it when it is answered."""

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

MAX_BODY = 4 << 20
"""Bytes."""
REQUEST_ID = "X-Request-ID"
BOOKMARK = "Graphfeed-Bookmark"
"""Of an answer to a write; given back with a later request, that one sees the write, whichever server answers."""
_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_BOOKMARKS = re.compile(r"[\w.:+/=-]{1,200}(,[\w.:+/=-]{1,200}){0,9}", re.ASCII)

Observe = Callable[[Scope, int, float, Trace], None]
"""Is told of a request: its scope, the status of the answer, how many seconds it took, and its trace."""


class Requests:
    """Middleware, around all but CORS, so that whatever is within is told of, too."""

    def __init__(self, app: ASGIApp, observe: Observe, end: Callable[[Trace], None]) -> None:
        """`end` is told of a request to read whose client has left."""
        self.app = app
        self._observe = observe
        self._end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope["path"] = ids.kept_apart(scope)
        given = headers.get(REQUEST_ID, "")
        trace = Trace(given if _ID.fullmatch(given) else uuid4().hex, _bookmarks(headers.get(BOOKMARK, "")))
        began, status = time.perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = trace.request
            await send(message)

        with traced(trace):
            try:
                await self._answer(scope, receive, sent, headers, trace)
            except Exception:
                log.exception("A request could not be answered.")
                if not status:
                    detail, remedy = "The service failed.", "Its log tells more, by the id of the request."
                    await problems.response(HTTPStatus.INTERNAL_SERVER_ERROR, detail, remedy)(scope, receive, sent)
            finally:
                self._observe(scope, status, time.perf_counter() - began, trace)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, headers: Headers, trace: Trace) -> None:
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY:
            await _too_large()(scope, receive, send)
        elif scope["method"] in ("POST", "PUT") and not _is_json(headers):
            detail, remedy = "The body is no JSON.", "Send it with `Content-Type: application/json`."
            await problems.response(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, remedy)(scope, receive, send)
        elif BOOKMARK in headers and not _BOOKMARKS.fullmatch(headers[BOOKMARK]):
            detail, remedy = "This is not a valid bookmark.", "Send the header exactly as an answer gave it."
            await problems.response(HTTPStatus.UNPROCESSABLE_ENTITY, detail, remedy)(scope, receive, send)
        elif scope["method"] == "GET" or scope["path"].endswith("/feed/preview"):
            await leaving.run(self._bounded_app, scope, receive, send, lambda: self._left(trace))
        else:  # what is to be changed is, whether somebody waits for the answer or not
            await self._bounded_app(scope, receive, send)

    async def _bounded_app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, _bounded(receive), send)

    def _left(self, trace: Trace) -> None:
        try:
            self._end(trace)
        except GraphfeedError as error:
            log.warning("What runs for a client that has left is not ended: %s", error)


def _bookmarks(given: str) -> tuple[str, ...]:
    return tuple(given.split(",")) if _BOOKMARKS.fullmatch(given) else ()


def _is_json(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _bounded(receive: Receive) -> Receive:
    """What is received, until it is too much: a body may come without its length."""
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *_TOO_LARGE)
        return message

    return bounded


_TOO_LARGE = (f"The body has more than {MAX_BODY >> 20} MB.", "Send fewer events at once.")


def _too_large() -> ASGIApp:
    return problems.response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *_TOO_LARGE)
