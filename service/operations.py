"""Routes for operations: liveness, readiness, metrics."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from graph.client import Client
from graph.errors import GraphfeedError, Panicked
from graph.health import Health, health
from graph.ranking import stored_profiles
from service import problems, threads
from service.access import Route, needs
from service.dependencies import BuildHours, Db, Metrics, ServingProfile
from service.keys import Role
from service.outputs import BuildingAnswer, LiveAnswer, ReadyAnswer
from service.telemetry import Serving

READY_SECONDS = 1.0
"""The time for which an answer of /health/ready is kept for all who ask."""

log = logging.getLogger(__name__)
router = APIRouter(tags=["operations"], route_class=Route)
_ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: answer for status, answer in problems.error_responses().items() if status in (401, 403, 429, 503)
}


@router.get("/health/live")
async def live() -> LiveAnswer:
    """Answers 200 while the service runs, with or without Neo4j."""
    return LiveAnswer()


class Readiness:
    """The health that was last read, for all who ask: anybody may, so it is read once at a time and kept."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._until = 0.0
        self._found: Health | GraphfeedError

    async def get(self, read: Callable[[], Health]) -> Health:
        """Returns the health, read anew if it is older than READY_SECONDS. Raises GraphfeedError."""
        async with self._lock:
            if time.monotonic() >= self._until:
                self._found = await threads.run(_outcome, read)
                self._until = time.monotonic() + READY_SECONDS
            found = self._found
        if isinstance(found, GraphfeedError):
            raise found
        return found


def _outcome(read: Callable[[], Health]) -> Health | GraphfeedError:
    try:
        return read()
    except GraphfeedError as error:
        log.warning("Neo4j does not answer: %s", error)
        return error


@router.get("/health/ready", response_model=ReadyAnswer, responses={503: _ERROR_RESPONSES[503]})
async def ready(http: Request, client: Db, build_hours: BuildHours, serves: ServingProfile) -> Any:
    """Returns 200 if feeds can be served, 503 if not, and what they lack, as of the last second."""
    try:
        return await readiness(http, client, build_hours, serves)
    except GraphfeedError as error:
        headers = {"Retry-After": str(problems.RETRY_SECONDS)}
        return problems.response(HTTPStatus.SERVICE_UNAVAILABLE, *cause(client, error), headers)


async def readiness(http: Request, client: Client, build_hours: float, serves: Serving) -> ReadyAnswer:
    """The state of feeds, as of the last second. Raises GraphfeedError if Neo4j does not answer."""

    def read() -> Health:
        return replace(health(client, build_hours), profile=stored_profiles.lack(client, serves.name, serves.more))

    kept: Readiness = http.app.state.readiness
    found = await kept.get(read)
    serving = found.serving
    return ReadyAnswer(
        status="degraded" if found.degraded else "ok",
        degraded=found.degraded,
        gds=found.gds,
        built=serving.built_at if serving else None,
        generation=serving.generation if serving else None,
        building=BuildingAnswer(stage=found.work.stage, forecast=found.forecast or "") if found.work else None,
        stale=found.stale,
        lag_seconds=found.lag_seconds,
        failing=found.failing,
    )


def cause(client: Client, error: GraphfeedError) -> tuple[str, str]:
    """A problem and a remedy that anybody may see: no address, and nothing that Neo4j said."""
    if isinstance(error, Panicked):
        return error.problem, error.remedy
    ending = client.ending()
    return f"Neo4j is not available{f': {ending}' if ending else '.'}", "See the service's log for the cause."


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses=_ERROR_RESPONSES,
    dependencies=[needs(Role.READ)],
)
def metrics(client: Db, metrics: Metrics, serving: ServingProfile) -> Response:
    """Metrics of all workers, and the state of builds, in the text format of Prometheus."""
    return Response(metrics.exposition(client, serving), media_type="text/plain; version=1.0.0; charset=utf-8")
