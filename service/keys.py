"""Who may ask the service what: API keys with roles. Without keys it answers this machine alone."""

import hashlib
from collections.abc import Awaitable, Callable
from enum import IntEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from graph.errors import SettingsError
from service.problems import Refusal

LEAST = 16
"""Characters of a key."""
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_FORM = "Write GRAPHFEED_API_KEYS as role:key,role:key with the roles read, write, admin."


class Role(IntEnum):
    """What a key is for; each may do what the one before it may."""

    READ = 1
    WRITE = 2
    ADMIN = 3


class Keys:
    """The keys that the service knows, by their hashes."""

    def __init__(self, text: str) -> None:
        """Raises SettingsError, which tells no key."""
        self._roles = dict(_parsed(part.strip()) for part in text.split(",") if part.strip())

    def __bool__(self) -> bool:
        return bool(self._roles)

    def role(self, key: str) -> Role | None:
        """The key's role; None for a key that is not known. How long that takes tells nothing of a key."""
        return self._roles.get(_hash(key))


def needs(role: Role) -> Callable[..., Awaitable[None]]:
    """A dependency that lets those through whose key has this role. Raises Refusal."""

    async def check(
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Security(HTTPBearer(auto_error=False))],
    ) -> None:
        keys: Keys = request.app.state.keys
        if not keys:
            _require_loopback(request)
        elif given is None or (known := keys.role(given.credentials)) is None:
            raise Refusal(
                HTTPStatus.UNAUTHORIZED,
                "There is no API key that the service knows.",
                "Send one as `Authorization: Bearer KEY`.",
                {"WWW-Authenticate": "Bearer"},
            )
        elif known < role:
            raise Refusal(
                HTTPStatus.FORBIDDEN, f"This needs the role {role.name.lower()}.", "Use a key that has this role."
            )

    return check


def _require_loopback(request: Request) -> None:
    """The name in the address is looked at too: a page of another site may lead a browser here by a name of its own."""
    peer = request.client.host if request.client else ""
    if peer not in LOOPBACK or request.url.hostname not in LOOPBACK:
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            "Without API keys the service answers its own machine alone.",
            "Set GRAPHFEED_API_KEYS.",
        )


def _parsed(part: str) -> tuple[bytes, Role]:
    name, _, key = part.partition(":")
    if name.upper() not in Role.__members__ or not key:
        raise SettingsError("An API key has no role, or none that there is.", _FORM)
    if len(key) < LEAST:
        raise SettingsError(
            f"An API key of the role {name} is shorter than {LEAST} characters.", "`openssl rand -hex 16` makes one."
        )
    return _hash(key), Role[name.upper()]


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
