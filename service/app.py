"""The web service as a whole: it checks input, asks the engine, and gives its answer; no ranking and no query is here.

requests    around each request: its id, the bounds of its body, what is told of it;  leaving: its client is gone
keys        who may ask what
feeds       routes that read;  changes: those that change the graph;  operations: for whoever runs it
problems    errors as answers;  keeping: Neo4j, which is started again where it is ours
telemetry   metrics and the log
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

import graph.ranking.feed
from graph.client import Client
from graph.connect import address, command_ms, connect
from graph.errors import DatabaseError, Unreachable
from graph.progress import Silent
from graph.ranking.kept import stand_in
from graph.ranking.profiles import Profile
from graph.settings import Settings, read_settings
from service import changes, feeds, operations, problems
from service.keeping import kept
from service.keys import Keys
from service.middleware import BOOKMARK, REQUEST_ID, Requests
from service.telemetry import Telemetry, log_json
from service.trials import trials_of

log = logging.getLogger(__name__)

STATIC = Path(__file__).with_name("static")
PATIENCE = 4.0
"""Seconds for which a request tries to find Neo4j before it says that it cannot."""


def create_app(settings: Settings) -> FastAPI:
    """The service as an ASGI application; it connects when it starts and closes when it stops.

    It starts no builder: whoever hosts it runs `graphfeed refresh --watch`, or `graphfeed refresh` by a timer.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        chosen = stand_in(settings.serving, settings.profiles)
        with _client(settings, chosen) as client, kept(settings, client, chosen):
            app.state.client = client
            yield

    app = FastAPI(title="graphfeed", lifespan=lifespan, description=DESCRIPTION)
    app.state.profiles = settings.profiles
    app.state.serving = settings.serving
    app.state.build_hours = settings.build_hours
    app.state.keys = Keys(settings.api_keys.get_secret_value())
    app.state.trials = trials_of(settings)
    app.state.telemetry = Telemetry(app.state.trials.experiment)
    for part in (feeds, changes, operations):
        app.include_router(part.router)
    problems.install(app)
    app.add_middleware(
        Requests, observe=app.state.telemetry.answered, end=lambda trace: app.state.client.end_request(trace)
    )
    if origins := [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]:
        app.add_middleware(  # the last one added is the outermost: whatever is answered, pages may read it
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", REQUEST_ID, BOOKMARK],
            expose_headers=[REQUEST_ID, BOOKMARK, "Retry-After"],
        )
    _add_page(app, settings)
    return app


def from_environment() -> FastAPI:
    """The service of a worker, which is set up by GRAPHFEED_ variables, and logs JSON."""
    log_json()
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
    return create_app(read_settings())


def _end_with(parent: BaseProcess) -> None:
    """End when the parent does, even if it is killed: who starts it anew must not find its port taken by orphans."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _client(settings: Settings, chosen: Profile) -> Client:
    """A client that is ready; or, while Neo4j is away, one that will be: a worker that is started then waits for it."""
    budget_ms = round(settings.request_seconds * 1000)
    bounds: dict[str, Any] = {
        "patience": PATIENCE,
        "acquire": PATIENCE,
        "budget_ms": budget_ms,
        "stream_ms": command_ms(settings),
    }
    try:
        client = connect(settings, Silent(), **bounds)
    except Unreachable as error:
        log.warning("Neo4j does not answer yet: %s", error)
        return Client(address(settings), **bounds)
    try:
        graph.ranking.feed.prepare(client, chosen)
    except DatabaseError as error:
        log.warning("The first feeds will wait until they are planned: %s", error)
    return client


def _add_page(app: FastAPI, settings: Settings) -> None:
    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    pictures = settings.home / "pictures"  # of the demo
    if pictures.is_dir():
        app.mount("/pictures", StaticFiles(directory=pictures), name="pictures")


DESCRIPTION = """A discovery feed for photo-sharing networks, with the reason for each post.

Errors are problem details (RFC 9457) with a `remedy`: the next step. Each answer has an `X-Request-ID`, which the log
and Neo4j's `SHOW TRANSACTIONS` tell, too. A 503 has a `Retry-After`."""
