"""CSV files: a header, then a row in each line, or in several if quoted cells hold line breaks."""

import csv
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from graph.errors import LoadError
from loaders.files.blocks import Block, Lines, Reject, Source, columns_of, fingerprint, open_text, text_start
from loaders.format.neutral import FileFormat

SEPARATORS = (";", "\t", "|", "\x01")
"""Other separators, which are refused with a remedy; the last is Hive's."""


def source(path: Path, format: FileFormat) -> Source:
    """A source that reads the file. Raises LoadError if its header is invalid."""
    header = _header(path)
    columns = columns_of(path, format, header)
    size = path.stat().st_size
    return Source(path.name, format, columns, lambda: _blocks(path, header), size, fingerprint(path))


def _header(path: Path) -> list[str]:
    _require_plain_text(path)
    try:
        with open_text(path) as (_, text):
            return [name.strip() for name in next(csv.reader(text, strict=True), [])]
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise LoadError(f"{path} cannot be read: {error}.", "Repair the file, or remove it.") from error


def _require_plain_text(path: Path) -> None:
    """Raises LoadError for files that are often taken for CSV in UTF-8, whose header would be unreadable."""
    start = text_start(path)
    first = start.splitlines()[:1]
    if first and b"," not in first[0] and (sign := next((s for s in SEPARATORS if s.encode() in first[0]), None)):
        raise LoadError(f"{path} uses {sign!r} as separator.", "Save it with commas as separators.")


def _blocks(path: Path, header: Sequence[str]) -> Iterator[Block]:
    with open_text(path) as (raw, text):
        lines = Lines(path, text)
        next(csv.reader(lines))
        while block := lines.block():
            made = _line_by_line(block, lines, raw) or _row_by_row(path.name, lines, raw)
            yield _without_headers(path.name, header, made)


def _without_headers(file: str, header: Sequence[str], block: Block) -> Block:
    """The block without rows that repeat the header, as files have that were joined; these become rejects.

    So does a header in another case or order. Of a single column it may be a value: somebody's id may be `id`.
    """
    names = {name.casefold() for name in header}
    repeats = {
        place
        for place, row in enumerate(block.rows if len(names) > 1 else ())
        if row[-1].strip('" \t').casefold() in names and _names(row) == names
    }
    if repeats:
        reason = "repeats the header"
        block.rejects += [block.reject(file, place, reason) for place in sorted(repeats)]
        block.lines = [line for place, line in enumerate(block.lines) if place not in repeats]
        block.rows = [row for place, row in enumerate(block.rows) if place not in repeats]
    return block


def _names(row: Sequence[str]) -> set[str]:
    """The names of a row that is a header, perhaps with the byte order mark of its file."""
    return {cell.removeprefix("\ufeff").strip('" \t').casefold() for cell in row}


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
