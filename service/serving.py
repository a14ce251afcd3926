"""Runs the service, in this process or in workers, and a builder beside it."""

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
"""For so long a stop waits for the requests that are being answered."""
WORKER_SECONDS = 60
"""A worker that gives no sign of life for so long is started anew; on a busy machine it takes many to start."""


def require_keys(settings: Settings, host: str) -> None:
    """Raise SettingsError if the service would answer strangers, or if its keys are none."""
    if not Keys(settings.api_keys.get_secret_value()) and host not in LOOPBACK:
        raise SettingsError(
            f"Without API keys the service listens on loopback alone, and {host} is not.", "Set GRAPHFEED_API_KEYS."
        )


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until it is stopped, with so many workers, each set up by GRAPHFEED_ variables.

    Raises ServerError for a port that is taken: those who call the service would find another one there.
    """
    if free_port(port, host) != port:
        raise ServerError(f"Port {port} of {host} is in use.", "End what listens there, or name another --port.")
    telemetry.log_json()
    app = "service.app:from_environment"
    with builder.beside(settings):
        if workers == 1:
            _run(app, host, port, factory=True)
            return
        with tempfile.TemporaryDirectory(prefix="graphfeed-metrics-") as shared:
            os.environ[telemetry.SHARED] = shared
            _run(app, host, port, factory=True, workers=workers)


def serve_here(settings: Settings, port: int) -> None:
    """Serve on loopback until it is stopped, on another port if that one is taken, and log no more than warnings."""
    free = free_port(port)
    if free != port:
        console.note(f"Port {port} is in use; the page takes {free} instead.")
    with builder.beside(settings, quiet=True):
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
        timeout_worker_healthcheck=WORKER_SECONDS,
        **options,
    )
    listener = config.bind_socket()
    # What workers accept from a listener that they are given would wait 40 ms for an acknowledgement of each head
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    console.say(f"Page: http://{host}:{port}/ (Ctrl-C ends)")
    with suppress(KeyboardInterrupt):
        if config.workers == 1:
            uvicorn.Server(config).run(sockets=[listener])
            return
        supervisor = Multiprocess(config, sockets=[listener])
        supervisor.run()
        if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
            sys.exit(STARTUP_FAILURE)
