"""Runs the service, in this process or in worker processes, with a builder beside it."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from graph.embedded.server import HOST, free_port
from graph.errors import ServerError
from graph.settings import Settings
from service import builder, rates, telemetry
from service.access import Access
from service.app import create_app, require_traces
from service.commands import console
from service.connections import Connection

GRACE_SECONDS = 20
"""The time that a shutdown waits for requests in progress."""
WORKER_TIMEOUT_SECONDS = 60
"""A worker that does not respond for this long is restarted. On a busy machine, starting one takes long."""
PROTOCOL: dict[str, Any] = {"http": Connection, "ws": "none", "proxy_headers": False, "server_header": False}
"""The handling of connections: options of uvicorn.Config."""


def require_settings(settings: Settings, host: str) -> None:
    """Raises SettingsError if the service would answer other machines without keys, or a setting of it is invalid."""
    Access(settings).require_keys(host)
    require_traces(settings)


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serves until stopped, with `workers` processes, each configured by GRAPHFEED_ variables.

    Raises ServerError if the port is in use: clients would not find the service on another one.
    """
    if free_port(port, host) != port:
        raise ServerError(f"Port {port} of {host} is in use.", "Stop what listens there, or choose another --port.")
    telemetry.log_json()
    app = "service.app:from_environment"
    os.environ[rates.WORKERS_VARIABLE] = str(workers)
    with builder.running(settings):
        if workers == 1:
            _run(app, host, port, factory=True)
            return
        with tempfile.TemporaryDirectory(prefix="graphfeed-metrics-") as shared:
            os.environ[telemetry.MULTIPROC_DIR_VARIABLE] = shared
            _run(app, host, port, factory=True, workers=workers)


def serve_here(settings: Settings, port: int) -> None:
    """Serves on loopback until stopped, on another port if this one is in use. Logs only warnings."""
    free = free_port(port)
    if free != port:
        console.note(f"Port {port} is in use; using {free} instead.")
    os.environ[rates.WORKERS_VARIABLE] = "1"  # whatever it was: an application that exists cannot be sent to others
    with builder.running(settings, quiet=True):
        _run(create_app(settings), HOST, free)


@contextmanager
def _without_main() -> Iterator[None]:
    """Lets processes that are spawned in the block import no main module: that would be the whole command line, which
    takes seconds and of which a worker needs nothing."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _run(app: FastAPI | str, host: str, port: int, **options: Any) -> None:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=WORKER_TIMEOUT_SECONDS,
        **PROTOCOL,
        **options,
    )
    listener = config.bind_socket()
    # Accepted connections inherit this. Without it, each response waits 40 ms for the acknowledgement of its headers
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    console.say(f"Page: http://{host}:{port}/ (Ctrl-C to stop)")
    with suppress(KeyboardInterrupt):
        if config.workers == 1:
            uvicorn.Server(config).run(sockets=[listener])
            return
        supervisor = Multiprocess(config, sockets=[listener])
        with _without_main():
            supervisor.run()
        if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
            sys.exit(STARTUP_FAILURE)
