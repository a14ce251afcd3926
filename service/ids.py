"""Ids in URL paths: a slash in an id is written %2F; a plain slash separates segments."""

from urllib.parse import unquote

from starlette.types import Scope

_SLASH_MARK = "\ue000"
"""Stands for a slash in an id until the route is matched: a private-use character."""


def mark_slashes(scope: Scope) -> str:
    """Returns the decoded path of a request, with the slashes in ids marked."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return unquote(raw.decode("ascii", "replace").replace("%2f", "%2F").replace("%2F", _SLASH_MARK))


def restore_slashes(segment: str) -> str:
    """Returns a segment of a path with its slashes unmarked."""
    return segment.replace(_SLASH_MARK, "/")
