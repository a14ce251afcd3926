"""Ids in URL paths: a slash in an id is written %2F; a plain slash separates segments."""

import re
from urllib.parse import unquote, unquote_to_bytes

from starlette.types import Scope

from graph.validation import SLASH_MARK

_ABSOLUTE = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


def mark_slashes(scope: Scope) -> str:
    """Returns the decoded path of a request, with the slashes in ids marked."""
    raw = _raw(scope)
    return unquote(raw.decode("ascii", "replace").replace("%2f", "%2F").replace("%2F", SLASH_MARK))


def origin_form(scope: Scope) -> Scope:
    """Returns the scope of a request whose target is a whole address (RFC 9112, 3.2.2) as that of its path; the host of
    the address takes the place of the header's. Any other scope is returned as it is."""
    found = _ABSOLUTE.fullmatch(_raw(scope))
    if not found:
        return scope
    headers = [(b"host", found[1]), *((name, value) for name, value in scope["headers"] if name != b"host")]
    return {**scope, "raw_path": found[2] or b"/", "headers": headers}


def is_valid(scope: Scope) -> bool:
    """Returns False for a path or query that is not UTF-8, or has the character that marks slashes: no id has it."""
    parts = (_raw(scope), scope.get("query_string", b""))
    try:
        return all(SLASH_MARK not in unquote_to_bytes(part).decode() for part in parts)
    except UnicodeDecodeError:
        return False


def restore_slashes(segment: str) -> str:
    """Returns a segment of a path with its slashes unmarked."""
    return segment.replace(SLASH_MARK, "/")


def _raw(scope: Scope) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw
