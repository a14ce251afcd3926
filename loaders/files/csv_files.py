"""CSV files: a header, then a row in each line, or in several if quoted cells hold line breaks."""

import csv
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from graph.errors import LoadError
from loaders.files.blocks import Block, Lines, Reject, Source, columns_of, fingerprint, open_text
from loaders.format.neutral import FileFormat


def source(path: Path, format: FileFormat) -> Source:
    """A source that reads the file. Raises LoadError if its header is invalid."""
    columns = columns_of(path, format, _header(path))
    return Source(path.name, format, columns, lambda: _blocks(path), path.stat().st_size, fingerprint(path))


def _header(path: Path) -> list[str]:
    _require_plain_text(path)
    try:
        with open_text(path) as (_, text):
            return [name.strip() for name in next(csv.reader(text, strict=True), [])]
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise LoadError(f"{path} cannot be read: {error}.", "Repair the file, or move it away.") from error


def _require_plain_text(path: Path) -> None:
    """Raises LoadError for files that are often taken for CSV in UTF-8, whose header would be unreadable."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"\x1f\x8b") and path.suffix != ".gz":
        raise LoadError(f"{path} is compressed with gzip.", f"Rename it to {path.name}.gz.")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise LoadError(f"{path} is UTF-16.", "Save it as UTF-8.")
    first = start.splitlines()[:1]
    if (
        path.suffix != ".gz"
        and first
        and b"," not in first[0]
        and (sign := next((s for s in (b";", b"\t") if s in first[0]), None))
    ):
        raise LoadError(f"{path} uses {sign.decode()!r} as separator.", "Save it with commas as separators.")


def _blocks(path: Path) -> Iterator[Block]:
    with open_text(path) as (raw, text):
        lines = Lines(path, text)
        next(csv.reader(lines))
        while block := lines.block():
            yield _line_by_line(block, lines, raw) or _row_by_row(path.name, lines, raw)


def _line_by_line(block: list[str], lines: Lines, raw: IO[bytes]) -> Block | None:
    """A block in which each line is a row, as it closes the quotes that it opens; None if there are other lines."""
    if any(line.count('"') % 2 for line in block):
        return None
    try:
        rows: list[Sequence[str]] = list(csv.reader(block, strict=True))
    except csv.Error:
        return None
    if len(rows) != len(block):  # a quote within a cell spans lines: u"1,"open
        return None
    numbers: Sequence[int] = lines.used()
    if not all(rows):  # empty lines
        numbers = [number for number, row in zip(numbers, rows, strict=True) if row]
        rows = [row for row in rows if row]
    return Block(raw.tell(), numbers, rows)


def _row_by_row(file: str, lines: Lines, raw: IO[bytes]) -> Block:
    """Reads the rows of a block one by one, the last to its end."""
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
                why = (
                    f"is not valid CSV: {error}"
                    if number == start
                    else f"is the rest of the broken row of line {start}"
                )
                made.rejects.append(Reject(file, number, why, text))
    made.lines, made.position = numbers, raw.tell()
    return made


class _Watched:
    """Feeds lines to the csv module and counts their quotes, to find the end of a broken row.

    The csv module loses its place after an error. The next line may be the rest of a quoted cell, so a broken row ends
    where its quotes are balanced, and each of its lines is rejected.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._quotes = 0
        self._start = 1
        self._row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._quotes += line.count('"')
        self._row.append(line)
        return line

    def begin_row(self) -> int:
        """Starts a row, and returns the number of its line."""
        self._quotes, self._row, self._start = 0, [], self._lines.number + 1
        return self._start

    def end_row(self) -> Iterator[tuple[int, str]]:
        """The lines of a broken row with their numbers, to the end of the row, which is skipped."""
        yield from ((number, line.rstrip("\r\n")) for number, line in enumerate(self._row, self._start))
        while self._quotes % 2 and (line := next(self, None)) is not None:
            yield self._lines.number, line.rstrip("\r\n")
