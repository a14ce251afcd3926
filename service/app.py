"""The web application: it checks input, calls the engine and formats the answer. It ranks and queries nothing itself.

connections limits of connections;  middleware: around each request;  bodies: limits of bodies;  headers: of responses
access      callers, and what they may do;  keys: API keys;  tokens: of persons;  rates: how often
statements  of a read, in place of its answer;  neo4j_browser: links that open them
feeds       routes that read;  discovery: those that discover;  changes: routes that write;  granting: of tokens
operations  health and metrics;  operator: figures for the operator's page
pages       the pages, their files, /docs;  guide: of Neo4j Browser
problems    errors as responses;  leaving: clients that disconnect;  keeping: restarts of the embedded Neo4j
threads     that wait for Neo4j
telemetry   metrics and the log;  spans: OpenTelemetry
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from graph import connect
from graph.client import Client
from graph.errors import DatabaseError, SettingsError, Unreachable
from graph.progress import Silent
from graph.ranking.profiles import Profile
from graph.ranking.stored_profiles import stand_in
from graph.settings import Settings, read_settings
from service import (
    changes,
    discovery,
    feeds,
    granting,
    guide,
    neo4j_browser,
    operations,
    operator,
    packs,
    pages,
    problems,
    spellings,
    statements,
)
from service.access import Access
from service.headers import SecureHeaders
from service.keeping import plan, supervised
from service.middleware import BOOKMARK, REQUEST_ID, RequestMiddleware
from service.rates import Rates
from service.telemetry import Telemetry, log_json
from service.trials import trials_of

if TYPE_CHECKING:
    from service.spans import Spans

log = logging.getLogger(__name__)

CONNECT_SECONDS = 4.0
"""The time that a request tries to connect to Neo4j before it fails."""


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
        if spans is not None:
            spans.close()

    app = FastAPI(
        title="graphfeed",
        lifespan=lifespan,
        description=DESCRIPTION,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    app.state.profiles = settings.profiles
    app.state.serving = settings.serving
    app.state.readiness = operations.Readiness()
    app.state.build_hours = settings.build_hours
    app.state.forgotten_hours = settings.forgotten_hours
    app.state.access = access = Access(settings)
    # The embedded server listens on loopback: only whoever is on this machine can follow a link to its Browser
    app.state.browser = neo4j_browser.address(settings) if settings.browser or not access.is_keyed else None
    app.state.trials = trials_of(settings)
    app.state.telemetry = telemetry = Telemetry(app.state.trials)
    spans = _spans(settings)
    app.state.rates = rates = Rates(settings, is_keyed=access.is_keyed, on_refusal=telemetry.count_refusal)
    for part in (feeds, discovery, spellings, packs, changes, granting, operations, operator):
        app.include_router(part.router)
    problems.install(app)
    app.add_middleware(
        RequestMiddleware,
        access=access,
        rates=rates,
        observers=[telemetry.observe_request, *([spans.observe] if spans else [])],
        on_disconnect=lambda trace: app.state.client.end_request(trace),
    )
    if access.origins:
        app.add_middleware(  # added later, so further out: pages may read error responses, too
            guide.Cors,
            allow_origins=access.origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", REQUEST_ID, BOOKMARK, statements.HEADER],
            expose_headers=[REQUEST_ID, BOOKMARK, "Retry-After"],
        )
    app.add_middleware(SecureHeaders, outside_pictures=settings.outside_pictures)
    pages.install(app, settings.home, outside_pictures=settings.outside_pictures)
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


def _spans(settings: Settings) -> "Spans | None":
    require_traces(settings)
    if not settings.traces:
        return None
    from service.spans import Spans, provider

    return Spans(provider())


def require_traces(settings: Settings) -> None:
    """Raises SettingsError if traces are on, and the extra for them is not installed."""
    if not settings.traces:
        return
    try:
        import service.spans  # noqa: F401
    except ImportError as error:
        raise SettingsError(
            f"GRAPHFEED_TRACES is on, but OpenTelemetry is not installed: {error}.",
            "Install graphfeed[otel], or turn it off.",
        ) from None


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
        plan(settings, client, chosen)
    except DatabaseError as error:
        log.warning("The statements of feeds could not be planned; the first feeds will be slower: %s", error)
    return client


DESCRIPTION = """A discovery feed for photo-sharing networks, with the reason for each post.

Errors are problem details (RFC 9457); their `remedy` is the next step. Each response has an `X-Request-ID`, which is
also in the log and in Neo4j's `SHOW TRANSACTIONS`. A 429 or 503 has a `Retry-After`."""
