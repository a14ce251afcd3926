"""Runs the service: in this process for the demo, or in workers."""

import os
import socket
import tempfile
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from graph.errors import SettingsError
from graph.server import HOST, free_port
from graph.settings import Settings
from service import console, telemetry
from service.app import create_app
from service.keys import LOOPBACK, Keys

GRACE_SECONDS = 20
"""For so long a stop waits for the requests that are being answered."""


def require_keys(settings: Settings, host: str) -> None:
    """Raise SettingsError if the service would answer strangers, or if its keys are none."""
    if not Keys(settings.api_keys.get_secret_value()) and host not in LOOPBACK:
        raise SettingsError(
            f"Without API keys the service listens on loopback alone, and {host} is not.", "Set GRAPHFEED_API_KEYS."
        )


def serve(host: str, port: int, workers: int) -> None:
    """Serve until it is stopped, with so many workers, each set up by GRAPHFEED_ variables."""
    telemetry.log_json()
    with tempfile.TemporaryDirectory(prefix="graphfeed-metrics-") as shared:
        if workers > 1:
            os.environ[telemetry.SHARED] = shared
        _run("service.app:from_environment", host, port, factory=True, workers=workers)


def serve_here(settings: Settings, port: int) -> None:
    """Serve on loopback until it is stopped, and log no more than warnings."""
    _run(create_app(settings), HOST, port)


def _run(app: FastAPI | str, host: str, port: int, **options: Any) -> None:
    free = free_port(port, host)
    if free != port:
        console.note(f"Port {port} is in use; the page takes {free} instead.")
    config = uvicorn.Config(
        app,
        host=host,
        port=free,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        **options,
    )
    listener = config.bind_socket()
    # What workers accept from a listener that they are given would wait 40 ms for an acknowledgement of each head
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    console.say(f"Page: http://{host}:{free}/ (Ctrl-C ends)")
    with suppress(KeyboardInterrupt):
        if config.workers > 1:
            Multiprocess(config, sockets=[listener]).run()
        else:
            uvicorn.Server(config).run(sockets=[listener])
