"""API keys and their roles. Without keys, the service answers only requests from its own machine."""

import hashlib
from collections.abc import Awaitable, Callable
from enum import IntEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from graph.errors import SettingsError
from service.problems import Refusal

MIN_KEY_LENGTH = 16
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_FORMAT = "Write GRAPHFEED_API_KEYS as role:key,role:key with the roles read, write, admin."


class Role(IntEnum):
    """What a key may do. Each role includes those before it."""

    READ = 1
    WRITE = 2
    ADMIN = 3


class Keys:
    """The configured API keys. Only their hashes are stored."""

    def __init__(self, text: str) -> None:
        """Parses the setting `api_keys`. Raises SettingsError, whose text contains no key."""
        self._roles = dict(_parse(part.strip()) for part in text.split(",") if part.strip())

    def __bool__(self) -> bool:
        return bool(self._roles)

    def role(self, key: str) -> Role | None:
        """Returns the role of a key, None if it is unknown. Hashes are compared, so the time taken reveals no key."""
        return self._roles.get(_hash(key))


def require_role(role: Role) -> Callable[..., Awaitable[None]]:
    """Returns a dependency that raises Refusal unless the request's key has this role."""

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
                "Missing or unknown API key.",
                "Send one as `Authorization: Bearer KEY`.",
                {"WWW-Authenticate": "Bearer"},
            )
        elif known < role:
            raise Refusal(
                HTTPStatus.FORBIDDEN, f"This requires the role {role.name.lower()}.", "Use a key that has this role."
            )

    return check


def _require_loopback(request: Request) -> None:
    """Checks the host name, too: with DNS rebinding, a page of another site reaches this machine by its own name."""
    peer = request.client.host if request.client else ""
    if peer not in LOOPBACK or request.url.hostname not in LOOPBACK:
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            "Without API keys, the service answers only requests from its own machine.",
            "Set GRAPHFEED_API_KEYS.",
        )


def _parse(part: str) -> tuple[bytes, Role]:
    name, _, key = part.partition(":")
    if name.upper() not in Role.__members__ or not key:
        raise SettingsError("An API key has no role or an unknown one.", _FORMAT)
    if len(key) < MIN_KEY_LENGTH:
        raise SettingsError(
            f"An API key of the role {name} is shorter than {MIN_KEY_LENGTH} characters.",
            "Generate one with `openssl rand -hex 16`.",
        )
    return _hash(key), Role[name.upper()]


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
