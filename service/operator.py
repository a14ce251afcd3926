"""Routes of the operator's page, for admins: figures of requests and builds, and the composition of slates."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from graph import clock
from graph.background.state import Stage, stages
from graph.errors import GraphfeedError
from graph.ranking.composition import composition
from service import operations, threads
from service.access import Route, needs
from service.dependencies import BuildHours, Db, ForgottenHours, Metrics, ServingProfile
from service.keys import Role
from service.outputs import CompositionAnswer, FiguresAnswer, ReadyAnswer, RouteAnswer, StageAnswer, as_json
from service.problems import error_responses
from service.telemetry import BUCKET_SECONDS, RouteFigures

router = APIRouter(
    prefix="/v1/operator",
    dependencies=[needs(Role.ADMIN)],
    responses=error_responses(),
    tags=["operations"],
    route_class=Route,
)


@router.get("/figures")
async def figures(
    http: Request,
    client: Db,
    metrics: Metrics,
    build_hours: BuildHours,
    forgotten_hours: ForgottenHours,
    serving: ServingProfile,
) -> FiguresAnswer:
    """Requests, errors and latency by route, of all workers since the service started, and the state of builds. It
    answers without Neo4j, too."""
    routes = await threads.run(metrics.requests)
    state: ReadyAnswer | None = None
    found: list[Stage] = []
    problem = None
    try:
        state = await operations.readiness(http, client, build_hours, serving)
        found = await threads.run(stages, client)
    except GraphfeedError as error:
        problem = operations.cause(client, error)[0]
    return FiguresAnswer(
        at=clock.now(),
        runs_builder=forgotten_hours is not None,
        bounds=list(BUCKET_SECONDS),
        routes=[_of_route(route) for route in routes],
        state=state,
        stages=[StageAnswer.model_validate(stage) for stage in found],
        problem=problem,
    )


def _of_route(route: RouteFigures) -> RouteAnswer:
    within = [route.within[bound] for bound in sorted(route.within)]
    return RouteAnswer(method=route.method, route=route.route, statuses=dict(route.statuses), within=within)


@router.get("/slates", response_model=CompositionAnswer)
def slates(
    client: Db,
    hours: Annotated[float, Query(gt=0, le=10_000, allow_inf_nan=False, description="maximum age of a slate")] = 24,
) -> Response:
    """Where the posts come from that were handed out of recent slates, by source and by steps of follows: of the newest
    100 slates, the first 20 places."""
    return as_json(CompositionAnswer.model_validate(composition(client, hours)))
