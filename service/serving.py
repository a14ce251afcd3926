"""Runs the service, in this process or in worker processes, with a builder beside it."""

import os
import socket
import sys
import tempfile
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from graph.embedded.server import HOST, free_port
from graph.errors import ServerError, SettingsError
from graph.settings import Settings
from service import builder, telemetry
from service.app import create_app
from service.commands import console
from service.keys import LOOPBACK, Keys

GRACE_SECONDS = 20
"""How long a shutdown waits for requests in progress."""
WORKER_TIMEOUT_SECONDS = 60
"""A worker that does not respond for this long is restarted. On a busy machine, starting one takes long."""


def require_keys(settings: Settings, host: str) -> None:
    """Raises SettingsError if the service would answer other machines without keys, or if a key is invalid."""
    if not Keys(settings.api_keys.get_secret_value()) and host not in LOOPBACK:
        raise SettingsError(
            f"Without API keys, the service listens only on loopback, which {host} is not.", "Set GRAPHFEED_API_KEYS."
        )


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serves until stopped, with `workers` processes, each configured by GRAPHFEED_ variables.

    Raises ServerError if the port is in use: clients would not find the service on another one.
    """
    if free_port(port, host) != port:
        raise ServerError(f"Port {port} of {host} is in use.", "Stop what listens there, or choose another --port.")
    telemetry.log_json()
    app = "service.app:from_environment"
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
    with builder.running(settings, quiet=True):
        _run(create_app(settings), HOST, free)


def _run(app: FastAPI | str, host: str, port: int, **options: Any) -> None:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=WORKER_TIMEOUT_SECONDS,
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
        supervisor.run()
        if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
            sys.exit(STARTUP_FAILURE)
