"""File permissions of an embedded server's home: it holds everybody's data, so only its owner may access it."""

from contextlib import suppress
from pathlib import Path

from graph.errors import ServerError

OWN_FILES = ("server.json", "up.lock", "neo4j/initialised")
"""Files that identify a folder as a home."""


def open_mode(home: Path) -> int:
    """The permission bits of a folder that users other than its owner may access; 0 if only the owner may."""
    mode = home.stat().st_mode & 0o777
    return mode if mode & 0o077 else 0


def close(home: Path) -> str | None:
    """Removes access to a home for all but its owner. Returns a sentence on that; None if nothing had to change.

    Raises ServerError if that is not permitted, or if the folder is not a home: then its permissions stay as they are.
    """
    mode = open_mode(home)
    if not mode:
        return None
    if _is_ours(home):
        with suppress(PermissionError):
            home.chmod(0o700)
    if open_mode(home):
        raise ServerError(
            f"{home} has mode {mode:o}: others may read it.",
            f"Run `chmod 700 {home}`, or set GRAPHFEED_HOME to a new folder in it.",
        )
    return f"{home} had mode {mode:o}, so others could read it; it has mode 700 now."


def _is_ours(home: Path) -> bool:
    """Returns True for a home or an empty folder."""
    return any((home / name).exists() for name in OWN_FILES) or not any(home.iterdir())
