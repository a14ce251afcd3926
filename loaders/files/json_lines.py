"""JSON Lines: an object in each line, whose keys are the format's columns; null is the same as no key."""

import json
import zlib
from collections.abc import Iterator, Set
from pathlib import Path

from graph.errors import LoadError
from loaders.files.blocks import Block, Lines, Reject, Source, cell_of, columns_of, fingerprint, open_text, text_start
from loaders.format.neutral import FileFormat


def source(path: Path, format: FileFormat) -> Source:
    """A source that reads the file. Raises LoadError if its first line is invalid."""
    required = [column.name for column in format.columns if column.required]  # objects may leave out nulls
    columns_of(path, format, list(dict.fromkeys([*_first_keys(path), *required])))
    return Source(
        path.name, format, format.columns, lambda: _blocks(path, format), path.stat().st_size, fingerprint(path)
    )


def _first_keys(path: Path) -> list[str]:
    text_start(path)
    try:
        with open_text(path) as (_, text):
            line = next((line for line in text if not line.isspace()), "")
            return list(_object(line)) if line else []
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise LoadError(
            f"{path} cannot be read: line 1 {error}.", 'Write one object per line, such as {"id": "42"}.'
        ) from error


def _object(line: str) -> dict[str, object]:
    try:
        made = json.loads(line, parse_float=str)  # as written: 1.0 may be an id
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not valid JSON: {error}") from None
    if not isinstance(made, dict):
        raise ValueError("is not a JSON object")
    return made


def _blocks(path: Path, format: FileFormat) -> Iterator[Block]:
    with open_text(path) as (raw, text):
        lines = Lines(path, text)
        while block := lines.block():
            yield _block(path.name, format, block, lines.used(), raw.tell())


def _block(file: str, format: FileFormat, texts: list[str], numbers: range, position: int) -> Block:
    names = {column.name for column in format.columns}
    made, kept, whole = Block(position), [], []
    for number, text in zip(numbers, texts, strict=True):
        if text.isspace():
            continue
        try:
            made.rows.append(_cells(format, names, _object(text)))
            kept.append(number)
            whole.append(text.rstrip("\r\n"))
        except ValueError as error:
            made.rejects.append(Reject(file, number, str(error), text.rstrip("\r\n")))
    made.lines, made.texts = kept, whole
    return made


def _cells(format: FileFormat, names: Set[str], values: dict[str, object]) -> list[str]:
    if unknown := values.keys() - names:
        raise ValueError(f"has the unknown key {min(unknown)[:60]!r}")
    return [cell_of(column, values.get(column.name)) for column in format.columns]
