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
from graph.errors import DatabaseError, Expired, GraphfeedError, NotFound, SettingsError, Unreachable
from graph.profiles import Profile, profile
from graph.progress import Silent
from graph.refresher import Background
from graph.settings import Settings
from service.schemas import FeedAnswer, InterestsAnswer, NetworkAnswer

STATIC = Path(__file__).with_name("static")
STATUS = {  # the first that an error is an instance of
    NotFound: HTTPStatus.NOT_FOUND,
    Expired: HTTPStatus.GONE,
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
            chosen = profile("default", settings.profiles)
            graph.feed.prepare(client, chosen)
            background = Background(client, chosen, settings.refresh_seconds)
            background.start()
            yield
            background.stop()

    app = FastAPI(title="graphfeed", lifespan=lifespan)
    app.state.profiles = settings.profiles
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


def _profile(request: Request, name: Annotated[str, Query(alias="profile")] = "default") -> Profile:
    return profile(name, request.app.state.profiles)


Db = Annotated[Client, Depends(_client)]
ProfileOf = Annotated[Profile, Depends(_profile)]
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
    chosen: ProfileOf,
    source: str | None = None,
    limit: Annotated[int | None, Query(ge=1, le=100)] = None,
    as_of: AsOf = None,
    window_days: Annotated[float | None, Query(gt=0, le=1e6)] = None,
    seed: Annotated[int, Query(ge=0)] = 0,
    sensitive: bool = False,
    exclude: Annotated[list[str] | None, Query(max_length=1000)] = None,
    cursor: Annotated[str | None, Query(description="of the page before; it fixes all else but the limit")] = None,
) -> FeedAnswer:
    """A person's feed, each post with its score, the score's parts and the reason. What it returns counts as served."""
    if cursor is not None:
        return FeedAnswer.of(graph.feed.next_page(client, user, cursor, limit=limit, record=True))
    request = graph.feed.Request(
        user=user,
        profile=chosen,
        source=source,
        limit=limit,
        as_of=_time(as_of),
        window_days=window_days,
        seed=seed,
        sensitive=sensitive,
        exclude=tuple(exclude or ()),
    )
    return FeedAnswer.of(graph.feed.feed(client, request, record=chosen.ranking is not None))


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
    chosen: ProfileOf,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    as_of: AsOf = None,
) -> InterestsAnswer:
    """The hashtags of the posts that a person liked or is shown in, the dearest first."""
    now = _time(as_of)
    rows = networks.interests(client, user, chosen, now, limit)
    return InterestsAnswer.model_validate({"user": user, "profile": chosen.name, "as_of": now, "hashtags": rows})
