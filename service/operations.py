"""Routes for operations: liveness, readiness, metrics."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import PlainTextResponse

from graph.client import Client
from graph.errors import GraphfeedError, Panicked
from graph.health import health
from service import problems
from service.dependencies import BuildHours, Db, Metrics, ServingProfile
from service.keys import Role, require_role
from service.outputs import BuildingAnswer, LiveAnswer, ReadyAnswer

log = logging.getLogger(__name__)
router = APIRouter(tags=["operations"])
_ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: answer for status, answer in problems.error_responses().items() if status in (401, 403, 503)
}


@router.get("/health/live")
async def live() -> LiveAnswer:
    """Whether the service is running, with or without Neo4j."""
    return LiveAnswer()


@router.get("/health/ready", response_model=ReadyAnswer, responses={503: _ERROR_RESPONSES[503]})
def ready(client: Db, build_hours: BuildHours) -> Any:
    """Whether feeds can be served, and what they lack."""
    try:
        found = health(client, build_hours)
    except GraphfeedError as error:
        log.warning("Neo4j does not answer: %s", error)
        headers = {"Retry-After": str(problems.RETRY_SECONDS)}
        return problems.response(HTTPStatus.SERVICE_UNAVAILABLE, *_cause(client, error), headers)
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


def _cause(client: Client, error: GraphfeedError) -> tuple[str, str]:
    """The problem and the remedy to tell anybody: no address, and nothing that Neo4j said."""
    if isinstance(error, Panicked):
        return error.problem, error.remedy
    ending = client.ending()
    return f"Neo4j is not available{f': {ending}' if ending else '.'}", "See the service's log for the cause."


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses=_ERROR_RESPONSES,
    dependencies=[Depends(require_role(Role.READ))],
)
def metrics(client: Db, metrics: Metrics, serving: ServingProfile) -> Response:
    """Metrics of all workers, and the state of builds, in the text format of Prometheus."""
    return Response(metrics.exposition(client, serving), media_type="text/plain; version=1.0.0; charset=utf-8")
