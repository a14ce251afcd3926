"""Writing of the format's files into a folder, all or none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from graph.errors import LoadError
from loaders.format.neutral import BY_NAME

PART = ".part"
"""Suffix of the files until all are written; imports do not read them."""


@contextmanager
def drafts(folder: Path) -> Iterator[Callable[[str], Path]]:
    """Gives a temporary path for each file of the folder; the end of the block renames them, and an error deletes them.

    Raises LoadError, if possible before the block, if the folder is not writable or holds files that an import would
    read. Deletes the files that a killed process left behind.
    """
    made: dict[Path, Path] = {}

    def draft(name: str) -> Path:
        return made.setdefault(folder / name, folder / (name + PART))

    try:
        _prepare(folder)
        try:
            yield draft
            order = list(BY_NAME)  # people come last: without them an import rejects all other rows
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
            "Name a writable folder on a disk with free space.",
        ) from error


def _prepare(folder: Path) -> None:
    """Creates the folder, deletes old temporary files, and tests that it is writable."""
    folder.mkdir(parents=True, exist_ok=True)
    there = sorted(path.name for path in folder.iterdir() if _stem(path) in BY_NAME and path.suffix != PART)
    if there:
        raise LoadError(
            f"{folder} holds {', '.join(there)}, which an import would mix with the new files.",
            "Name another folder, or remove these files.",
        )
    for path in folder.glob(f"*.csv*{PART}"):
        if _stem(path) in BY_NAME:
            path.unlink()
    TemporaryFile(dir=folder).close()


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]
