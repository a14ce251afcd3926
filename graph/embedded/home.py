"""The rights on the folder of an embedded server: it holds everybody's data, so it is its owner's alone."""

from contextlib import suppress
from pathlib import Path

from graph.errors import ServerError

OWN_FILES = ("server.json", "up.lock", "neo4j/initialised")
"""Files by which a folder is known to be a home: other things may be called neo4j, too."""


def open_mode(home: Path) -> int:
    """The mode of a folder that others than its owner may enter, list or change; 0 of any other folder."""
    mode = home.stat().st_mode & 0o777
    return mode if mode & 0o077 else 0


def close(home: Path) -> str | None:
    """Makes a home its owner's alone. Returns a sentence on that; None if it was so already.

    Raises ServerError if that cannot be, or if the folder is no home: another one's rights are not ours to change.
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
    """Returns True for a home, and for an empty folder."""
    return any((home / name).exists() for name in OWN_FILES) or not any(home.iterdir())
