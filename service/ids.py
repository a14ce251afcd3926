"""Ids in URL paths: a slash in an id is written %2F; a plain slash separates segments."""

from urllib.parse import unquote, unquote_to_bytes

from starlette.types import Scope

_SLASH_MARK = "\ue000"
"""Stands for a slash in an id until the route is matched: a private-use character."""


def mark_slashes(scope: Scope) -> str:
    """Returns the decoded path of a request, with the slashes in ids marked."""
    raw = _raw(scope)
    return unquote(raw.decode("ascii", "replace").replace("%2f", "%2F").replace("%2F", _SLASH_MARK))


def is_valid(scope: Scope) -> bool:
    """Returns False for a path that is not UTF-8, or holds the character that marks slashes: it names no id."""
    try:
        return _SLASH_MARK not in unquote_to_bytes(_raw(scope)).decode()
    except UnicodeDecodeError:
        return False


def restore_slashes(segment: str) -> str:
    """Returns a segment of a path with its slashes unmarked."""
    return segment.replace(_SLASH_MARK, "/")


def _raw(scope: Scope) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw
