"""Files of the neutral format, found and read row by row in bounded memory."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from graph.errors import LoadError
from loaders.neutral import FILES, Column, FileFormat, Record, record

csv.field_size_limit(1 << 26)  # characters of a cell: a caption may be longer than the 128 kB of csv's own limit


@dataclass(frozen=True)
class Reject:
    """A row that was not imported, and why."""

    file: str
    line: int
    """Where the row starts; the header is line 1."""
    reason: str
    cells: list[str]
    """The row as it was."""


@dataclass(frozen=True)
class Source:
    """One file to import, with its header read and found right."""

    path: Path
    format: FileFormat
    columns: list[Column]

    def rows(self) -> Iterator[tuple[list[str], Record | Reject, int]]:
        """For each row: its cells, the record that it makes or its reject, and how many bytes of the file are read."""
        with _open(self.path) as (raw, text):
            lines = Lines(text)
            rows = csv.reader(lines, strict=True)
            next(rows)
            while True:
                start = lines.begin_row()
                try:
                    cells = next(rows)
                except StopIteration:
                    return
                except csv.Error as error:
                    for number, line in lines.end_row():
                        why = (
                            f"is no CSV: {error}" if number == start else f"is what is left of the row of line {start}"
                        )
                        yield [line], Reject(self.path.name, number, why, [line]), raw.tell()
                    continue
                except (EOFError, OSError, zlib.error) as error:
                    raise LoadError(
                        f"{self.path} is damaged after line {start - 1}: {error}.",
                        "Get the file again and repeat the import: what is in the graph already is not changed by it.",
                    ) from error
                if cells:
                    yield cells, self._parse(start, cells), raw.tell()

    def _parse(self, line: int, cells: list[str]) -> Record | Reject:
        try:
            made = record(self.columns, cells)
            for column in self.format.columns:
                if not column.is_property:
                    made.setdefault(column.field, None)
            problem = self.format.check(made)
        except ValueError as error:
            problem = str(error)
        if problem:
            return Reject(self.path.name, line, problem, cells)
        made["line"] = line
        return made


class Lines:
    """The lines of a text, with their number, and whether those of a row end inside quotes.

    The csv module forgets its place after an error. Going on at the next line would take the rest of a quoted cell for
    rows of its own, so a row that is broken ends where its quotes are balanced, and each line until there is told.
    """

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self._number = 0
        self._quotes = 0
        self._start = 1
        self._first = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self._number += 1
        self._quotes += line.count('"')
        if not self._first:
            self._first = line
        return line

    def begin_row(self) -> int:
        """The number of the line that a row starts on."""
        self._quotes, self._first, self._start = 0, "", self._number + 1
        return self._start

    def end_row(self) -> Iterator[tuple[int, str]]:
        """Pass over a broken row: its first line, then those that are left of it, each with its number."""
        yield self._start, self._first.rstrip("\r\n")
        while self._quotes % 2 and (line := next(self, None)) is not None:
            yield self._number, line.rstrip("\r\n")


def find(folder: Path) -> tuple[list[Source], list[str]]:
    """The folder's files of the format in the order of import, and the names of what else is in it.

    Raises LoadError for a folder that holds none, a file that is there twice, and a header that is not right.
    """
    if not folder.is_dir():
        raise LoadError(f"{folder} is no folder.", "Name the folder that holds users.csv, follows.csv and so on.")
    sources = [source for format in FILES if (source := _source(folder, format))]
    if not sources:
        names = ", ".join(format.name for format in FILES)
        raise LoadError(
            f"{folder} has nothing to import.", f"Name the files NAME.csv or NAME.csv.gz, NAME one of {names}."
        )
    ours = {source.path for source in sources}
    return sources, sorted(path.name for path in folder.iterdir() if path not in ours)


def _source(folder: Path, format: FileFormat) -> Source | None:
    paths = [path for ending in (".csv", ".csv.gz") if (path := folder / (format.name + ending)).is_file()]
    if len(paths) > 1:
        raise LoadError(
            f"{folder} holds both {paths[0].name} and {paths[1].name}.", "Which one is it? Move the other away."
        )
    return Source(paths[0], format, _columns(paths[0], format)) if paths else None


def _columns(path: Path, format: FileFormat) -> list[Column]:
    """The columns that the file's header names, in its order."""
    known = {column.name: column for column in format.columns}
    header = _header(path)
    if unknown := [name for name in header if name not in known]:
        raise LoadError(
            f"{path} has the unknown column{'s' if len(unknown) > 1 else ''} {', '.join(map(repr, unknown))}.",
            f"Rename or remove them; the columns of {format.name} are {', '.join(known)}.",
        )
    if doubled := {name for name in header if header.count(name) > 1}:
        raise LoadError(f"{path} names the column {min(doubled)!r} twice.", "Remove one of them.")
    if lacking := [column.name for column in format.columns if column.required and column.name not in header]:
        raise LoadError(
            f"{path} lacks the column {', '.join(lacking)}.", f"Its first line must name {', '.join(known)}."
        )
    return [known[name] for name in header]


def _header(path: Path) -> list[str]:
    try:
        with _open(path) as (_, text):
            return [name.strip() for name in next(csv.reader(text, strict=True), [])]
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise LoadError(f"{path} cannot be read: {error}.", "Mend the file, or move it away.") from error


@contextmanager
def _open(path: Path) -> Iterator[tuple[IO[bytes], IO[str]]]:
    """A file as (packed bytes, whose position tells how far we are; text).

    Bytes that are not UTF-8 become surrogates, so that they spoil their own row alone.
    """
    with path.open("rb") as raw:
        unpacked = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        with io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            yield raw, text
