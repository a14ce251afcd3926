"""The folder that a network goes to: it holds all of the network's files or none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from graph.errors import SettingsError
from loaders.neutral import FILES

PART = ".part"


@contextmanager
def drafts(out: Path) -> Iterator[Callable[[str], Path]]:
    """Gives the path to write each file of `out` to: NAME.part, which an import does not read.

    When the block ends well they all get their names, else they are removed. Raises SettingsError, before the block
    is entered where that can be known, if `out` cannot be written to or holds files that an import would read.
    """
    parts: dict[str, Path] = {}

    def part(name: str) -> Path:
        return parts.setdefault(name, out / (name + PART))

    try:
        _prepare(out)
        try:
            yield part
            for name in reversed(parts):  # the first, users, comes last: without it an import rejects all that is there
                parts[name].replace(out / name)
        finally:
            for path in parts.values():
                path.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The network cannot be written to {out}: {error.strerror or error}.",
            "Name a folder that you may write to, on a disk with room.",
        ) from error


def _prepare(out: Path) -> None:
    """Makes the folder if it is not there, and tries whether a file can be made in it."""
    out.mkdir(parents=True, exist_ok=True)
    names = {format.name for format in FILES}
    if there := sorted(path.name for path in out.iterdir() if _stem(path) in names and path.suffix != PART):
        raise SettingsError(
            f"{out} holds {', '.join(there)}, which an import would mix with the new network.",
            "Name another folder, or move these files away.",
        )
    TemporaryFile(dir=out).close()


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]
