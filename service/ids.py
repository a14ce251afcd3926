"""Ids in addresses: one may hold a slash, written %2F, and a slash that is written as it is separates."""

from urllib.parse import unquote

from starlette.types import Scope

_SLASH = "\ue000"
"""Stands for a slash of an id until the route is found: a character of nobody's."""


def kept_apart(scope: Scope) -> str:
    """The path of a request with the slashes of ids marked."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return unquote(raw.decode("ascii", "replace").replace("%2f", "%2F").replace("%2F", _SLASH))


def restored(part: str) -> str:
    """A part of a path with its slashes."""
    return part.replace(_SLASH, "/")
