"""The web service: it checks input, asks the engine, and gives its answer; no ranking and no query is here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

import graph.feed
from graph import clock
from graph import network as networks
from graph.client import Client
from graph.connect import connect
from graph.errors import DatabaseError, GraphfeedError, NotFound, SettingsError, Unreachable
from graph.progress import Silent
from graph.profiles import profile
from graph.settings import Settings
from service.schemas import FeedAnswer, InterestsAnswer, NetworkAnswer

STATIC = Path(__file__).with_name("static")
STATUS = {  # the first that an error is an instance of
    NotFound: HTTPStatus.NOT_FOUND,
    SettingsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseError: HTTPStatus.BAD_GATEWAY,
    GraphfeedError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def create_app(settings: Settings) -> FastAPI:
    """The service as an ASGI application; it connects when it starts and closes when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with connect(settings, Silent()) as client:
            app.state.client = client
            yield

    app = FastAPI(title="graphfeed", lifespan=lifespan)
    app.include_router(router)
    app.add_exception_handler(GraphfeedError, _problem)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    pictures = settings.home / "pictures"  # of the demo
    if pictures.is_dir():
        app.mount("/pictures", StaticFiles(directory=pictures), name="pictures")
    return app


async def _problem(request: Request, error: Exception) -> JSONResponse:
    """An error as problem details (RFC 9457): what is wrong, and the next step."""
    assert isinstance(error, GraphfeedError)
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    body = {"title": status.phrase, "status": status.value, "detail": error.problem, "remedy": error.remedy}
    return JSONResponse(body, status, media_type="application/problem+json")


router = APIRouter()


def _client(request: Request) -> Client:
    client: Client = request.app.state.client
    return client


def _time(text: str | None) -> int:
    if text is None:
        return clock.now()
    try:
        return clock.parse(text)
    except (ValueError, OverflowError):
        raise SettingsError(f"as_of is {text!r}.", "Write an ISO 8601 time, such as 2024-05-01T12:30:00Z.") from None


Db = Annotated[Client, Depends(_client)]
AsOf = Annotated[str | None, Query(description="the clock of the answer, ISO 8601; without it, now")]


@router.get("/", include_in_schema=False)
def page() -> FileResponse:
    return FileResponse(STATIC / "index.html")


@router.get("/health/live")
def live() -> dict[str, Any]:
    """Whether the service runs."""
    return {"status": "ok"}


@router.get("/v1/users/{user:path}/feed")
def feed(
    client: Db,
    user: str,
    profile_name: Annotated[str, Query(alias="profile")] = "tutorial",
    source: str | None = None,
    limit: Annotated[int | None, Query(ge=1, le=100)] = None,
    as_of: AsOf = None,
    window_days: Annotated[float | None, Query(gt=0, le=1e6)] = None,
    seed: Annotated[int, Query(ge=0)] = 0,
) -> FeedAnswer:
    """A person's feed, each post with its score, the score's parts and the reason."""
    request = graph.feed.Request(
        user=user,
        profile=profile(profile_name),
        source=source,
        limit=limit,
        as_of=_time(as_of),
        window_days=window_days,
        seed=seed,
    )
    return FeedAnswer.of(graph.feed.feed(client, request))


@router.get("/v1/users/{user:path}/network")
def network(
    client: Db,
    user: str,
    edges: networks.Edges = "all",
    limit: Annotated[int, Query(ge=1, le=50_000)] = 50_000,
) -> NetworkAnswer:
    """Whom a person follows, and whom those follow."""
    return NetworkAnswer.model_validate({"user": user, "rows": networks.network(client, user, edges, limit)})


@router.get("/v1/users/{user:path}/interests")
def interests(
    client: Db,
    user: str,
    profile_name: Annotated[str, Query(alias="profile")] = "tutorial",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    as_of: AsOf = None,
) -> InterestsAnswer:
    """The hashtags of the posts that a person liked or is shown in, the dearest first."""
    now = _time(as_of)
    rows = networks.interests(client, user, profile(profile_name), now, limit)
    return InterestsAnswer.model_validate({"user": user, "profile": profile_name, "as_of": now, "hashtags": rows})
