"""Runs the service: in this process for the demo, or in workers."""

import os
import tempfile
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI

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
    with tempfile.TemporaryDirectory(prefix="graphfeed-metrics-") as shared:
        if workers > 1:
            os.environ[telemetry.SHARED] = shared
        telemetry.log_json()
        _run("service.app:from_environment", host, port, factory=True, workers=workers)


def serve_here(settings: Settings, port: int) -> None:
    """Serve on loopback until it is stopped, and log no more than warnings."""
    _run(create_app(settings), HOST, port)


def _run(app: FastAPI | str | Callable[..., Any], host: str, port: int, **options: Any) -> None:
    free = free_port(port, host)
    if free != port:
        console.note(f"Port {port} is in use; the page takes {free} instead.")
    console.say(f"Page: http://{host}:{free}/ (Ctrl-C ends)")
    uvicorn.run(
        app,
        host=host,
        port=free,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        **options,
    )
