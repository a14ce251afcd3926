"""Errors as problem details (RFC 9457): what is wrong, and the next step. Maps each kind of error to its status."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from graph import tracing
from graph.errors import (
    Busy,
    Conflict,
    DatabaseError,
    DiskFull,
    Expired,
    GdsMissing,
    GraphfeedError,
    NotFound,
    OutOfMemory,
    SettingsError,
    TookTooLong,
    Unreachable,
)

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
STATUS = {  # the first one that the error is an instance of applies
    NotFound: HTTPStatus.NOT_FOUND,
    Expired: HTTPStatus.GONE,
    SettingsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    Busy: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
    Unreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    GdsMissing: HTTPStatus.SERVICE_UNAVAILABLE,
    TookTooLong: HTTPStatus.SERVICE_UNAVAILABLE,
    OutOfMemory: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseError: HTTPStatus.BAD_GATEWAY,
    GraphfeedError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
REMEDIES = {
    HTTPStatus.NOT_FOUND: "See /docs for the routes.",
    HTTPStatus.METHOD_NOT_ALLOWED: "See /docs for the methods of this route.",
    HTTPStatus.BAD_REQUEST: "Send valid JSON; see /docs for its fields.",
}


class Problem(BaseModel):
    """Problem details, as in RFC 9457."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:graphfeed:problem:not-found",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "The graph has no person '42'.",
                    "remedy": "Import them with `graphfeed import`, or check the id.",
                    "request": "7d1f3f6ce2a84f0b8a9c",
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    """The next step."""
    request: str | None = None
    """Id of the request, as in the service's log."""


class Refusal(HTTPException):
    """An error of the service rather than of the engine, with its status, remedy, headers and further fields."""

    def __init__(
        self, status: HTTPStatus, detail: str, remedy: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(status, detail, headers)
        self.remedy = remedy
        self.more = more


WITH_BODY = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
"""Additional statuses of routes that take a body."""


RETRIED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
"""Statuses with the header Retry-After."""


def error_responses(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Returns the OpenAPI responses for these statuses and for those that any route may have."""
    always = (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    schema = {"$ref": "#/components/schemas/Problem"}
    retry_after = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
    return {
        status.value: {
            "description": status.phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
            **({"headers": retry_after} if status in RETRIED else {}),
        }
        for status in sorted({*always, *statuses})
    }


def response(
    status: HTTPStatus, detail: str, remedy: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """Returns a problem as a response."""
    trace = tracing.current()
    body = {
        "type": f"urn:graphfeed:problem:{status.phrase.lower().replace(' ', '-')}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "remedy": remedy,
        "request": trace.request if trace else None,
        **more,
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Registers handlers that turn errors into problems, and adds `Problem` to the OpenAPI document."""
    describe = app.openapi

    def with_problem() -> dict[str, Any]:
        document = describe()
        document["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        return document

    app.openapi = with_problem  # type: ignore[method-assign]  # the documented way to extend it
    app.add_exception_handler(GraphfeedError, _engine_error)
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _engine_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GraphfeedError)
    if isinstance(error, DatabaseError) and error.said:
        log.warning("%s", error)  # its details have none of Neo4j's own words
    status = status_of(error)
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return response(status, error.problem, error.remedy, headers)


def status_of(error: GraphfeedError) -> HTTPStatus:
    """Returns the HTTP status for an error of the engine."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


async def _refusal(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return of_refusal(error)


def of_refusal(error: Refusal) -> JSONResponse:
    """Returns a refusal as a response."""
    return response(HTTPStatus(error.status_code), error.detail, error.remedy, error.headers, **error.more)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found[0]["type"] == "json_invalid":
        detail = f"The body is not valid JSON: {found[0]['ctx']['error']}."
        return response(HTTPStatus.BAD_REQUEST, detail, REMEDIES[HTTPStatus.BAD_REQUEST])
    errors = [{"where": ".".join(str(part) for part in one["loc"]), "problem": one["msg"]} for one in found[:20]]
    first = errors[0]
    detail = f"{first['where']}: {first['problem']}."
    return response(HTTPStatus.UNPROCESSABLE_ENTITY, detail, "See /docs for what the route takes.", errors=errors)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    return response(status, error.detail, REMEDIES.get(status, "See /docs."), error.headers)
