"""Folders of the format's files as they are written: all of them are there in the end, or none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from graph.errors import LoadError
from loaders.format.neutral import BY_NAME

PART = ".part"
"""What a name ends with until all files are written; an import does not read such a file."""


@contextmanager
def drafts(folder: Path) -> Iterator[Callable[[str], Path]]:
    """Gives the path to write each file of the folder to; they get their names when the block ends well, or go.

    Raises LoadError, before the block is entered where that can be known, if the folder cannot be written to or holds
    files that an import would read. What a process that was killed has left is removed.
    """
    made: dict[Path, Path] = {}

    def draft(name: str) -> Path:
        return made.setdefault(folder / name, folder / (name + PART))

    try:
        _prepare(folder)
        try:
            yield draft
            order = list(BY_NAME)  # people come last: without them an import rejects all the rest
            for path in sorted(made, key=lambda path: order.index(_stem(path)), reverse=True):
                if made[path].exists():
                    made[path].replace(path)
        except BaseException:
            for path in (*made.values(), *made):
                path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LoadError(
            f"The files cannot be written to {folder}: {error.strerror or error}.",
            "Name a folder that you may write to, on a disk with room.",
        ) from error


def _prepare(folder: Path) -> None:
    """Make the folder if it is not there, clear it of old drafts, and try whether a file can be made in it."""
    folder.mkdir(parents=True, exist_ok=True)
    there = sorted(path.name for path in folder.iterdir() if _stem(path) in BY_NAME and path.suffix != PART)
    if there:
        raise LoadError(
            f"{folder} holds {', '.join(there)}, which an import would mix with the new files.",
            "Name another folder, or move these away.",
        )
    for path in folder.glob(f"*.csv*{PART}"):
        if _stem(path) in BY_NAME:
            path.unlink()
    TemporaryFile(dir=folder).close()


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]
