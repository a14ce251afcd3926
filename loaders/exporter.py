"""Export of the graph into files of the neutral format; importing these, with ids as written, gives the same graph."""

import csv
import gzip
import io
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any

from graph import clock, pictures
from graph.client import Client, Row
from graph.errors import LoadError, NotFound
from graph.progress import Progress
from loaders.drafts import PART, drafts
from loaders.format.cells import MARK, TIME, TRUTH, VECTOR, Kind
from loaders.format.neutral import BY_NAME, FILES, Column, FileFormat

ENDINGS = (".csv", ".csv.gz")
STEP = 10_000
"""Rows between two reports of progress."""


def export(client: Client, folder: Path, progress: Progress, *, gz: bool = False) -> dict[str, int]:
    """Writes each file of the format that has rows into the folder. Returns the number of rows by file.

    Leaves out derived data and unused hashtags. A counter is written only if a count was once given. Raises LoadError
    if the folder holds files of the format or is not writable, and for times outside the years 1 to 9999; after an
    error no file is left.

    The graph may change during the export: each file shows the graph at the time when it was written. Files that refer
    to people and posts are written before these, so that new ones are not missing. Rows that refer to people or posts
    deleted meanwhile are rejected by an import.
    """
    ending = ENDINGS[gz]
    with drafts(folder) as draft:
        sizes = client.read("export/sizes")[0]
        counts = {
            format.name: _write(client, format, draft(format.name + ending), sizes[format.name], progress)
            for format in reversed(FILES)
        }
    return {format.name: counts[format.name] for format in FILES if counts[format.name]}


def export_person(client: Client, user: str) -> Iterator[dict[str, Any]]:
    """All rows of the format's files about a person and their events, as JSON values, with the name of their `file`.

    Raises NotFound for an unknown person, before the first row is read.
    """
    rows = client.stream("person/rows", {"me": user})
    if (first := next(rows, None)) is None:
        raise NotFound(f"The graph has no person {user!r}.", "Check the id.")
    return (_values(row["file"], row["row"]) for row in chain([first], rows))


def _values(file: str, row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {"file": file}
    for column in BY_NAME[file].columns:
        if (value := row[column.field]) is not None:
            values[column.name] = _SAID.get(column.kind, _plain)(value)
    return values


def _time(value: Any) -> str | None:
    """ISO 8601, or an invalid time unchanged: people who ask for their data get all of it."""
    try:
        return clock.iso(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)


def _plain(value: Any) -> Any:
    """A value that JSON can hold unchanged, any other as text."""
    is_plain = isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))
    return value if is_plain else str(value)


def _vector(value: Any) -> str:
    """The text of a vector, or whatever is in its place."""
    try:
        return pictures.to_text(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)


_SAID: dict[Kind, Callable[[Any], Any]] = {TIME: _time, VECTOR: _vector}
"""How values of some kinds are written for the person; others as they are."""


def _write(client: Client, format: FileFormat, path: Path, size: int, progress: Progress) -> int:
    """Writes a file if it has rows, and returns their number. `size` is the expected number, which may have grown."""
    task, count = path.name.removesuffix(PART), 0
    with ExitStack() as opened:
        for row in client.stream(f"export/{format.name}"):
            if count == 0:
                writer = csv.writer(opened.enter_context(_open(path)))  # ends lines in CR LF, so it quotes both
                writer.writerow([column.name for column in format.columns])
            writer.writerow(_cells(format, row))
            count += 1
            if count % STEP == 0:
                progress.advance(task, count, max(size, count + 1))
    if count:
        progress.advance(task, count, count)
    return count


def _cells(format: FileFormat, row: Row) -> list[Any]:
    """The cells of a row, None for empty ones."""
    try:
        return [_cell(column, row[column.field]) for column in format.columns]
    except (TypeError, ValueError, OverflowError) as error:
        named = ", ".join(f"{column.name} {row[column.field]!r:.60}" for column in format.columns if column.is_key)
        raise LoadError(
            f"The row of {format.name} with {named} has a time outside the years 1 to 9999.",
            "Correct it in the graph, where times are milliseconds since 1970, and repeat the export.",
        ) from error


def _cell(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind is TIME:
        return clock.iso(value)
    if column.kind is VECTOR:
        return pictures.to_text(value)
    return str(value).lower() if column.kind in (TRUTH, MARK) else value


@contextmanager
def _open(path: Path) -> Iterator[IO[str]]:
    """Opens a file for text. Compressed files hold neither name nor time, so that equal content gives equal bytes."""
    with path.open("wb") as raw, ExitStack() as opened:
        file: Any = raw
        if path.name.endswith(".gz" + PART):
            file = opened.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0, compresslevel=6))
        yield opened.enter_context(io.TextIOWrapper(file, encoding="utf-8", newline=""))
