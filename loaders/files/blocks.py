"""Sources of rows in the neutral format, read in blocks, in bounded memory."""

import csv
import gc
import gzip
import hashlib
import io
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Literal, TypeVar
from uuid import UUID

import numpy as np

from graph.errors import LoadError
from loaders.format.cells import EXACT, ID
from loaders.format.neutral import BY_NAME, Column, FileFormat

T = TypeVar("T")
Origin = Literal["files", "frames", "adapter"]

csv.field_size_limit(1 << 26)  # characters of a cell: captions may exceed csv's default of 128 kB

BLOCK_BYTES = 1 << 20
BLOCK_ROWS = 10_000
SHOWN_NAMES = 5
"""The most columns that an error names."""


@dataclass(frozen=True)
class Reject:
    """A row that was not imported, and the reason."""

    file: str
    line: int
    """Line on which the row starts; the header of a CSV file is line 1."""
    reason: str
    row: str
    """The row in CSV, or the original line."""


@dataclass
class Block:
    """Some rows of a source, and rejects for those that could not be read."""

    position: int
    """The part of the source's `size` that is read."""
    lines: Sequence[int] = field(default_factory=list)
    """The line on which each row starts."""
    rows: list[Sequence[str]] = field(default_factory=list)
    """The cells of each row in the order of the source's columns; empty ones have no value."""
    texts: Sequence[str] | None = None
    """The original text of each row, if it is not CSV."""
    rejects: list[Reject] = field(default_factory=list)
    file: str | None = None
    """The name of the file in reports, if the source has several."""

    def reject(self, file: str, place: int, reason: str) -> Reject:
        """A reject for the row at a place in the block; `file` is the source's."""
        text = self.texts[place] if self.texts else csv_line(self.rows[place])
        return Reject(self.file or file, self.lines[place], reason, text)


@dataclass(frozen=True)
class Source:
    """Rows for one file of the format, from anywhere."""

    file: str
    """The name in reports."""
    format: FileFormat
    columns: Sequence[Column]
    blocks: Callable[[], Iterator[Block]]
    """Reads the source from its start, at each call. Raises LoadError if it is damaged."""
    size: int
    """The last `Block.position`."""
    fingerprint: str | None = None
    """Changes if the content may have changed; None if unknown, and then an import cannot be resumed."""
    notes: Sequence[str] = ()
    """Notes for the report on how it was read."""
    integers: Set[str] = frozenset()
    """The names of the columns with an integer type."""
    files: Sequence[Callable[[], Iterator[Block]]] = ()
    """Yields the same as `blocks`, for each of its files alone, if it has several."""
    origin: Origin = "files"
    """Decides which options advice names: adapters take neither --times nor --nulls, and Python has its own names."""


def columns_of(where: object, format: FileFormat, header: Sequence[str]) -> list[Column]:
    """The columns that a header names, in its order. Raises LoadError for unknown, repeated and missing ones."""
    known = {column.name: column for column in format.columns}
    if unknown := [name for name in header if name not in known]:
        raise LoadError(
            f"{where} has the unknown column{'s' if len(unknown) > 1 else ''} {_some(unknown)}.",
            f"Rename or remove them; the columns of {format.name} are {', '.join(known)}, in small letters.",
        )
    if doubled := {name for name, count in Counter(header).items() if count > 1}:
        raise LoadError(f"{where} names the column {min(doubled)!r} twice.", "Remove one of them.")
    if lacking := [column.name for column in format.columns if column.required and column.name not in header]:
        raise LoadError(
            f"{where} lacks the column {', '.join(lacking)}.", f"Add it; the columns are {', '.join(known)}."
        )
    return [known[name] for name in header]


def _some(names: Sequence[str]) -> str:
    """The first names, shortened, and the number of the others."""
    shown = ", ".join(repr(name[:60]) for name in names[:SHOWN_NAMES])
    return shown if len(names) <= SHOWN_NAMES else f"{shown} and {len(names) - SHOWN_NAMES:,} more"


def rows_source(
    file: str,
    name: str,
    columns: Sequence[str],
    rows: Callable[[], Iterable[tuple[int, Sequence[object]]]],
    *,
    size: int = 1,
    fingerprint: str | None = None,
    integers: Set[str] = frozenset(),
) -> Source:
    """A source for the format's file `name` from (line, values) pairs. `cell` says which values are possible."""
    format = BY_NAME[name]
    known = columns_of(file, format, columns)

    def blocks() -> Iterator[Block]:
        pairs = iter(rows())
        while (block := _block(file, known, pairs)).lines or block.rejects:
            yield block

    return Source(file, format, known, blocks, size, fingerprint, integers=integers)


def _block(file: str, columns: Sequence[Column], pairs: Iterator[tuple[int, Sequence[object]]]) -> Block:
    """The next rows: about a megabyte, at most BLOCK_ROWS."""
    made, numbers, characters = Block(0), [], 0
    for line, values in pairs:
        try:
            cells = [cell_of(column, value) for column, value in zip(columns, values, strict=True)]
            made.rows.append(cells)
            numbers.append(line)
            characters += sum(map(len, cells))
        except ValueError as error:
            made.rejects.append(Reject(file, line, str(error), csv_line([str(value) for value in values])))
        if len(numbers) + len(made.rejects) >= BLOCK_ROWS or characters >= BLOCK_BYTES:
            break
    made.lines = numbers
    return made


def cell(value: Any, *, keeps_fraction: bool = False) -> str:
    """A value as the text of a cell; '' for null, NaN, NaT and NA. Raises ValueError for inexact floats and lists.

    Whole floats lose their fraction, unless `keeps_fraction`.
    """
    if _is_none(value):
        return ""
    if isinstance(value, np.datetime64):
        return str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():  # pandas stores whole numbers as floats if some are missing
        if abs(value) >= EXACT:
            raise ValueError(f"holds {value!r}, a float too large to be exact: read it as text or Int64")
        return str(value) if keeps_fraction else str(int(value))
    if isinstance(value, (float, Decimal)) and math.isinf(value):
        raise ValueError(f"holds {value!r}, which is not a number")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    if isinstance(value, (str, int, float, Decimal, UUID)):
        return str(value)
    raise ValueError(f"holds a {type(value).__name__}, which is not a text, number, boolean or time")


def cell_of(column: Column, value: Any) -> str:
    """Returns `cell`, with the column's name in the ValueError. Ids keep fractions of floats: see `reading.read_as`."""
    try:
        return cell(value, keeps_fraction=column.kind is ID)
    except ValueError as error:
        raise ValueError(f"{column.name} {error}") from None


def _is_none(value: Any) -> bool:
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError, ArithmeticError):  # comparing pandas.NA gives NA, comparing an array an array
        return type(value).__name__ == "NAType"


def csv_line(cells: Sequence[str]) -> str:
    """Cells as a line of CSV, without a line break."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def fingerprint(path: Path) -> str:
    """A hash of a file's path, size and modification time."""
    stat = path.stat()
    return hashlib.sha256(
        f"{path.resolve()}:{stat.st_size}:{stat.st_mtime_ns}".encode(errors="surrogateescape")
    ).hexdigest()


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pauses Python's garbage collector while rows are read.

    A block has tens of thousands of lists and no cycles. Searching these made reading take three times as long.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def open_text(path: Path) -> Iterator[tuple[IO[bytes], IO[str]]]:
    """Opens a file as (raw bytes, for the position; text).

    Bytes that are not UTF-8 become surrogates, so that only their own row is rejected.
    """
    with path.open("rb") as raw:
        unpacked = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        with io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            yield raw, text


def text_start(path: Path) -> bytes:
    """The first bytes of a file of text. Raises LoadError if they show that it is none, or in another encoding."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            start = bytes(file.read(4096))
    except (OSError, EOFError, zlib.error):
        return b""  # damaged, which is reported where it is read
    if start.startswith(b"\x1f\x8b"):
        raise LoadError(f"{path} is compressed with gzip.", f"Rename it to {path.name}.gz, or unpack it.")
    if start.startswith(b"PK\x03\x04"):
        raise LoadError(f"{path} is a zip, or a spreadsheet.", "Unpack it, or save it as CSV in UTF-8.")
    if start.startswith(b"PAR1"):
        raise LoadError(f"{path} is a Parquet file.", f"Rename it to {path.name.partition('.')[0]}.parquet.")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise LoadError(f"{path} is UTF-16.", "Save it as UTF-8.")
    return start


class Lines:
    """The lines of a file with their numbers, taken in blocks or one by one."""

    def __init__(self, path: Path, text: IO[str]) -> None:
        self.number = 0
        """Number of lines given out one by one, or in blocks that were used up."""
        self._path = path
        self._text = text
        self._held: list[str] = []

    def block(self) -> list[str]:
        """About a megabyte of lines, the same at each call until they are taken one by one or `used`."""
        if not self._held:
            self._held = self._guarded(lambda: self._text.readlines(BLOCK_BYTES))[::-1]
        return self._held[::-1]

    def used(self) -> range:
        """Marks the block as used up, and returns the numbers of its lines."""
        numbers = range(self.number + 1, self.number + 1 + len(self._held))
        self.number, self._held = numbers.stop - 1, []
        return numbers

    @property
    def are_held(self) -> bool:
        """True if lines of the block are left."""
        return bool(self._held)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._held.pop() if self._held else self._guarded(self._text.readline)
        if not line:
            raise StopIteration
        self.number += 1
        return line

    def _guarded(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except (EOFError, OSError, zlib.error) as error:
            raise LoadError(
                f"{self._path} is damaged after line {self.number}: {error}.",
                "Get the file again and repeat the import: it does not change rows that are in the graph already.",
            ) from error
