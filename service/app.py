"""The web application: it checks input, calls the engine and formats the answer. It ranks and queries nothing itself.

middleware  request ids, the size limit of bodies;  leaving: clients that disconnect
keys        API keys and roles
feeds       routes that read;  changes: routes that write;  operations: health and metrics
problems    errors as responses;  keeping: restarts of the embedded Neo4j
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
from graph import connect
from graph.client import Client
from graph.errors import DatabaseError, Unreachable
from graph.progress import Silent
from graph.ranking.kept import stand_in
from graph.ranking.profiles import Profile
from graph.settings import Settings, read_settings
from service import changes, feeds, operations, problems
from service.keeping import supervised
from service.keys import Keys
from service.middleware import BOOKMARK, REQUEST_ID, RequestMiddleware
from service.telemetry import Telemetry, log_json
from service.trials import trials_of

log = logging.getLogger(__name__)

STATIC = Path(__file__).with_name("static")
CONNECT_SECONDS = 4.0
"""How long a request tries to connect to Neo4j before it fails."""


def create_app(settings: Settings) -> FastAPI:
    """Returns the service as an ASGI application, which connects on startup and closes the connection on shutdown.

    It starts no builder: run `graphfeed refresh --watch` beside it, or `graphfeed refresh` from a timer.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        chosen = stand_in(settings.serving, settings.profiles)
        with _client(settings, chosen) as client, supervised(settings, client, chosen):
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
        RequestMiddleware,
        observe=app.state.telemetry.observe_request,
        on_disconnect=lambda trace: app.state.client.end_request(trace),
    )
    if origins := [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]:
        app.add_middleware(  # added last, so outermost: pages may read error responses, too
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", REQUEST_ID, BOOKMARK],
            expose_headers=[REQUEST_ID, BOOKMARK, "Retry-After"],
        )
    _add_page(app, settings)
    return app


def from_environment() -> FastAPI:
    """Returns the service of a worker process, configured by GRAPHFEED_ variables. It logs JSON."""
    log_json()
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_exit_with_parent, args=(parent,), name="parent", daemon=True).start()
    return create_app(read_settings())


def _exit_with_parent(parent: BaseProcess) -> None:
    """Ends this process when its parent ends, even if killed: orphans would still hold the port when it restarts."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _client(settings: Settings, chosen: Profile) -> Client:
    """A connected client; while Neo4j is unreachable, one that connects later, so that the worker starts anyway."""
    budget_ms = round(settings.request_seconds * 1000)
    bounds: dict[str, Any] = {
        "patience": CONNECT_SECONDS,
        "acquire": CONNECT_SECONDS,
        "budget_ms": budget_ms,
        "stream_ms": connect.command_ms(settings),
    }
    try:
        client = connect.connect(settings, Silent(), **bounds)
    except Unreachable as error:
        log.warning("Neo4j does not answer yet: %s", error)
        return connect.client(settings, **bounds)
    try:
        graph.ranking.feed.prepare(client, chosen)
    except DatabaseError as error:
        log.warning("The statements of feeds could not be planned; the first feeds will be slower: %s", error)
    return client


def _add_page(app: FastAPI, settings: Settings) -> None:
    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    pictures = settings.home / "pictures"  # written by the demo
    if pictures.is_dir():
        app.mount("/pictures", StaticFiles(directory=pictures), name="pictures")


DESCRIPTION = """A discovery feed for photo-sharing networks, with the reason for each post.

Errors are problem details (RFC 9457); their `remedy` is the next step. Each response has an `X-Request-ID`, which is
also in the log and in Neo4j's `SHOW TRANSACTIONS`. A 503 has a `Retry-After`."""
