"""CSV files: a header, then a row a line, or several where quotes hold line breaks."""

import csv
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from graph.errors import LoadError
from loaders.neutral import FileFormat
from loaders.readers import Block, Lines, Reject, Source, columns_of, fingerprint, open_text

csv.field_size_limit(1 << 26)  # characters of a cell: a caption may be longer than the 128 kB of csv's own limit


def source(path: Path, format: FileFormat) -> Source:
    """The source that a file is. Raises LoadError if its header is not right."""
    columns = columns_of(path, format, _header(path))
    return Source(path.name, format, columns, lambda: _blocks(path), path.stat().st_size, fingerprint(path))


def _header(path: Path) -> list[str]:
    try:
        with open_text(path) as (_, text):
            return [name.strip() for name in next(csv.reader(text, strict=True), [])]
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise LoadError(f"{path} cannot be read: {error}.", "Mend the file, or move it away.") from error


def _blocks(path: Path) -> Iterator[Block]:
    with open_text(path) as (raw, text):
        lines = Lines(path, text)
        next(csv.reader(lines))
        while block := lines.block():
            yield _line_by_line(block, lines, raw) or _row_by_row(path.name, lines, raw)


def _line_by_line(block: list[str], lines: Lines, raw: IO[bytes]) -> Block | None:
    """A block in which each line is a row, for all quotes that a line opens it closes; None if it is no such block."""
    if any(line.count('"') % 2 for line in block):
        return None
    try:
        rows: list[Sequence[str]] = list(csv.reader(block, strict=True))
    except csv.Error:
        return None
    numbers: Sequence[int] = lines.used()
    if not all(rows):  # empty lines
        numbers = [number for number, row in zip(numbers, rows, strict=True) if row]
        rows = [row for row in rows if row]
    return Block(raw.tell(), numbers, rows)


def _row_by_row(file: str, lines: Lines, raw: IO[bytes]) -> Block:
    """The block's rows, read one by one, and the rest of the last one."""
    made, numbers = Block(0), []
    watched = _Watched(lines)
    rows = csv.reader(watched, strict=True)
    while lines.are_held:
        start = watched.begin_row()
        try:
            cells = next(rows)
            if cells:
                numbers.append(start)
                made.rows.append(cells)
        except csv.Error as error:
            for number, text in watched.end_row():
                why = f"is no CSV: {error}" if number == start else f"is what is left of the row of line {start}"
                made.rejects.append(Reject(file, number, why, text))
    made.lines, made.position = numbers, raw.tell()
    return made


class _Watched:
    """Lines on their way to csv, and whether those of a row end inside quotes.

    The csv module forgets its place after an error. Going on at the next line would take the rest of a quoted cell for
    rows of its own, so a row that is broken ends where its quotes are balanced, and each line until there is told.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._quotes = 0
        self._start = 1
        self._first = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._quotes += line.count('"')
        if not self._first:
            self._first = line
        return line

    def begin_row(self) -> int:
        """The number of the line that a row starts on."""
        self._quotes, self._first, self._start = 0, "", self._lines.number + 1
        return self._start

    def end_row(self) -> Iterator[tuple[int, str]]:
        """Pass over a broken row: its first line, then those that are left of it, each with its number."""
        yield self._start, self._first.rstrip("\r\n")
        while self._quotes % 2 and (line := next(self, None)) is not None:
            yield self._lines.number, line.rstrip("\r\n")
