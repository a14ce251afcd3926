"""The files of an LDBC SNB data set in a folder or archive, read line by line, in bounded memory."""

import hashlib
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from graph import clock
from graph.errors import LoadError
from loaders.adapters.rows import Row
from loaders.files import blocks
from loaders.files.blocks import Reject

STREAM = "updateStream"
"""The table name of the files with inserts, which have no header."""
_NAME = re.compile(r"(?P<table>\w+?)_(?P<part>\d+_\d+)(?P<stream>_forum|_person)?\.csv")
_DAMAGE = (OSError, EOFError, zlib.error, tarfile.TarError)

Make = Callable[[Sequence[str]], Iterable[Sequence[str]]]
"""Converts the cells of a line into rows. Raises ValueError with the reason if it cannot, perhaps after some rows."""


@dataclass(frozen=True)
class Line:
    """A line of a file, without its line break."""

    number: int
    text: str
    position: int
    """The bytes of the file that are read."""


@dataclass(frozen=True)
class Part:
    """A file of a table; large tables have several."""

    name: str
    table: str
    number: tuple[int, ...]
    header: Sequence[str]
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]

    def lines(self) -> Iterator[Line]:
        """The lines without the header. Raises LoadError if the file is damaged."""
        number, position = 0, 0
        try:
            with self.open() as file:
                for number, packed in enumerate(file, 1):
                    position += len(packed)
                    if number > 1 or not self.header:
                        yield Line(number, packed.decode("utf-8", "surrogateescape").rstrip("\r\n"), position)
        except _DAMAGE as error:
            raise LoadError(f"{self.name} is damaged after line {number}: {error}.", "Get the data again.") from error

    def cells(self, line: Line, columns: Sequence[int]) -> list[str]:
        """The cells of some columns. Raises ValueError if the line does not have as many cells as the header."""
        cells = line.text.split("|")
        if len(cells) != len(self.header):
            raise ValueError(f"has {len(cells)} cells, but the header has {len(self.header)}")
        return [cells[column] for column in columns]

    def rows(self, columns: Sequence[int], make: Make) -> Iterator[Row | Reject]:
        """The rows and rejects of all lines."""
        for line in self.lines():
            try:
                for row in make(self.cells(line, columns)):
                    yield Row(line.number, row, line.text, line.position)
            except ValueError as error:
                yield Reject(self.name, line.number, str(error), line.text)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The first two cells of each line, without broken lines."""
        for line in self.lines():
            first, _, rest = line.text.partition("|")
            if rest:
                yield first, rest.partition("|")[0]


@dataclass(frozen=True)
class DataSet:
    """The files of a data set."""

    parts: dict[str, list[Part]]
    """The files by table, sorted by their numbers."""
    fingerprint: str

    def pairs(self, table: str, first: Part | None = None) -> Iterator[tuple[str, str]]:
        """The first two cells of each line of a table, beginning with the file that has the number of `first`."""
        for part in sorted(self.parts[table], key=lambda part: first is None or part.number != first.number):
            yield from part.pairs()


class Lookup:
    """A lookup of pairs by their first cell, which reads only as far as needed. Each key can be taken once.

    Tables about messages are in the order of the messages: taken in this order, no pair has to be kept in memory.
    """

    def __init__(self, pairs: Iterator[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._passed: dict[str, str] = {}

    def take(self, key: str) -> str | None:
        """The second cell for a key; None if the key is unknown."""
        if key in self._passed:
            return self._passed.pop(key)
        for first, second in self._pairs:
            if first == key:
                return second
            self._passed[first] = second
        return None


def time(text: str) -> str:
    """A time in ISO 8601: some generators write that, with +0000 for UTC, others epoch milliseconds."""
    try:
        return clock.iso(int(text)) or "" if text.isdecimal() else text
    except (ValueError, OverflowError):
        return text  # not a time, and rejected by the importer


def find(path: Path) -> DataSet:
    """Finds the data set in a folder, at any depth, or a tar archive. Raises LoadError if a file is there twice."""
    if path.is_dir():
        found = _in_folder(path)
    elif path.is_file() and tarfile.is_tarfile(path):
        found = _in_archive(path)
    else:
        raise LoadError(f"{path} is neither a folder nor a tar archive.", _REMEDY)
    parts: dict[str, list[Part]] = {}
    marks = hashlib.sha256()
    for part, mark in sorted(found, key=lambda pair: (pair[0].number, pair[0].name)):
        if any(other.name == part.name for other in parts.get(part.table, ())):
            raise LoadError(f"{path} holds two files called {part.name}.", "Name the folder of one data set.")
        parts.setdefault(part.table, []).append(part)
        marks.update(mark.encode())
    return DataSet(parts, marks.hexdigest())


_REMEDY = "Name the folder of an LDBC SNB data set, which holds person_0_0.csv at any depth, or its .tgz."


def require(path: Path, data: DataSet, tables: Iterable[str]) -> None:
    """Raises LoadError if the data set lacks a table."""
    if lacking := [table for table in tables if table not in data.parts]:
        files = ", ".join(f"{table}_0_0.csv" if table != STREAM else f"{table}_0_0_forum.csv" for table in lacking)
        raise LoadError(
            f"{path} lacks {files}.",
            f"{_REMEDY} It must be in the format CsvBasic, where each relationship has a file.",
        )


def columns(part: Part, names: Sequence[str]) -> list[int]:
    """Indexes of columns in a file's header. Raises LoadError if one is missing."""
    if lacking := [name for name in names if name not in part.header]:
        raise LoadError(
            f"{part.name} lacks the column {', '.join(lacking)}.",
            f"Its first line must be a header in the format CsvBasic, such as {'|'.join(names)}.",
        )
    return [part.header.index(name) for name in names]


def _part(name: str, header: bytes, size: int, open: Callable[[], AbstractContextManager[IO[bytes]]]) -> Part | None:
    """The file as part of a table; None if it does not have the name of one."""
    named = _NAME.fullmatch(name)
    if named is None or (named["stream"] is not None) != (named["table"] == STREAM):
        return None
    titles = [] if named["stream"] else header.decode("utf-8", "replace").rstrip("\r\n").split("|")
    return Part(name, named["table"], tuple(map(int, named["part"].split("_"))), titles, size, open)


def _in_folder(folder: Path) -> list[tuple[Part, str]]:
    found = []
    for path in folder.rglob("*.csv"):
        with path.open("rb") as file:
            part = _part(path.name, file.readline(), path.stat().st_size, partial(_opened, path))
        if part:
            found.append((part, blocks.fingerprint(path)))
    return found


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _in_archive(archive: Path) -> list[tuple[Part, str]]:
    found = []
    try:
        with tarfile.open(archive, "r|*") as members:
            for member in members:
                file = members.extractfile(member) if member.isfile() else None
                if file is None:
                    continue
                place = member.name
                name, size = PurePosixPath(place).name, member.size
                part = _part(name, file.readline(), size, partial(_member, archive, place))
                if part:
                    found.append((part, blocks.fingerprint(archive) + place))
    except _DAMAGE as error:
        raise LoadError(f"{archive} is damaged: {error}.", "Get the data again.") from error
    return found


@contextmanager
def _member(archive: Path, place: str) -> Iterator[IO[bytes]]:
    """Opens a file in the archive, and unpacks it while it is read.

    Each call opens the archive and reads it from the start, so that two files can be read at the same time.
    """
    with tarfile.open(archive, "r|*") as members:
        for member in members:
            if member.name == place and (file := members.extractfile(member)):
                yield file
                return
    raise EOFError(f"{place} is gone")
