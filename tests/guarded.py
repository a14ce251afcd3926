"""A service without a Neo4j behind it, to try what it refuses and how it treats connections."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from graph.settings import read_settings
from service.app import create_app
from tests.fake import Answer, Fake
from tests.support import serving

NOWHERE = "bolt://127.0.0.1:1"
KEYS = {role: f"{role}-0123456789abcdef" for role in ("read", "write", "admin")}
SECRET = "0123456789abcdef" * 2


def app_of(**given: Any) -> FastAPI:
    """An application with these settings, none of them from the environment."""
    return create_app(read_settings(uri=NOWHERE, **given))


def keyed(**given: Any) -> FastAPI:
    """One with a key for each role, and a secret for tokens."""
    keys = SecretStr(",".join(f"{role}:{key}" for role, key in KEYS.items()))
    return app_of(api_keys=keys, token_secret=SecretStr(SECRET), **given)


@contextmanager
def answering(app: FastAPI, answers: Mapping[str, Answer] | None = None) -> Iterator[httpx.Client]:
    """A client of the application, which asks a fake for what it would ask Neo4j."""
    with serving(app) as url, httpx.Client(base_url=url, timeout=20) as service:
        app.state.client = Fake(answers)
        yield service


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@contextmanager
def connected(service: httpx.Client) -> Iterator[socket.socket]:
    """A connection on which a test sends what it likes."""
    address = urlsplit(str(service.base_url))
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        yield connection


def received(connection: socket.socket) -> bytes:
    """All that comes until the service closes the connection, or nothing more comes for ten seconds."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)
