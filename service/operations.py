"""Routes for whoever runs the service: is it alive, is it ready, and what does it count?"""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import PlainTextResponse

from graph.errors import GraphfeedError
from graph.health import health
from service import problems
from service.dependencies import BuildHours, Db, ServingProfile, Tells
from service.keys import Role, needs
from service.outputs import BuildingAnswer, LiveAnswer, ReadyAnswer

log = logging.getLogger(__name__)
router = APIRouter(tags=["operations"])
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: answer for status, answer in problems.documented().items() if status in (401, 403, 503)
}


@router.get("/health/live")
async def live() -> LiveAnswer:
    """Whether the service runs, whatever Neo4j does."""
    return LiveAnswer()


@router.get("/health/ready", response_model=ReadyAnswer, responses={503: _REFUSED[503]})
def ready(client: Db, build_hours: BuildHours) -> Any:
    """Whether feeds can be served, and what they have to do without."""
    try:
        found = health(client, build_hours)
    except GraphfeedError as error:
        log.warning("Neo4j does not answer: %s", error)
        headers = {"Retry-After": str(problems.RETRY_SECONDS)}
        detail, remedy = "Neo4j does not answer as it should.", "The log tells more."
        return problems.response(HTTPStatus.SERVICE_UNAVAILABLE, detail, remedy, headers)
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


@router.get("/metrics", response_class=PlainTextResponse, responses=_REFUSED, dependencies=[Depends(needs(Role.READ))])
def metrics(client: Db, tells: Tells, serving: ServingProfile) -> Response:
    """What all workers count, and the state of builds, in the text format of Prometheus."""
    return Response(tells.exposition(client, serving), media_type="text/plain; version=1.0.0; charset=utf-8")
