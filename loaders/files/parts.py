"""Folders of parts, as Spark, Dask and Hive write a table: read as one table."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

from graph.errors import UnreadFile
from loaders.files.blocks import Block, Reject, Source, csv_line
from loaders.format.neutral import Column, FileFormat

Opener = Callable[[Path, FileFormat], Source]
LINES = {".json": ".jsonl", ".json.gz": ".jsonl.gz"}
"""Endings of parts that are those of other files outside: Spark's JSON has an object a line."""
UNFINISHED = {
    "_temporary": "is being written, or its writer failed",
    "_delta_log": "is a Delta table, of which some parts may be outdated",
    ".hoodie": "is a Hudi table, of which some parts may be outdated",
}
"""Names of folders beside parts that must not be read as they are, and the reasons."""
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Part:
    """A part of a table."""

    source: Source
    name: str
    """Its path from the folder of the import, for reports."""
    told: Mapping[str, str] = field(default_factory=dict)
    """The values that its path gives to columns, as in `media_type=image/part-0.parquet`."""

    @property
    def columns(self) -> list[Column]:
        """Its columns, those of the path last."""
        known = {column.name: column for column in self.source.format.columns}
        return [*self.source.columns, *(known[name] for name in self.told)]


def source(folder: Path, format: FileFormat, openers: Mapping[str, Opener]) -> Source:
    """A source that reads all parts in a folder, by their names. `openers` are the readers by ending.

    Raises UnreadFile if the folder holds no parts, or something else than parts of one kind; and LoadError for an
    invalid header.
    """
    ending = folder.name.removeprefix(format.name)
    kinds = {path: _kind(path, ending, openers) or _refuse(folder, path) for path in _files(folder)}
    if len({kind.removesuffix(".gz") for kind in kinds.values()}) > 1:
        raise UnreadFile(f"{folder} holds parts of different kinds.", "Leave those of one kind in the folder.")
    full = [path for path in kinds if path.stat().st_size or "parquet" in kinds[path]] or list(kinds)[:1]
    known = {column.name for column in format.columns}
    parts, unknown = [], set[str]()
    for path in full:
        told = _told(path.relative_to(folder))
        unknown |= told.keys() - known
        name = path.relative_to(folder.parent).as_posix()
        given = {key: value for key, value in told.items() if key in known}
        parts.append(Part(openers[kinds[path]](path, format), name, given))
    notes = [
        f"{folder.name}: {key}=… in the names of its folders is no column, and ignored." for key in sorted(unknown)
    ]
    return _joined(folder, format, parts, notes)


def _files(folder: Path) -> list[Path]:
    """The files that are parts, also in folders such as `day=2024-05-01`; names with `_` or `.` before them are not."""
    for name, why in UNFINISHED.items():
        if (folder / name).exists():
            raise UnreadFile(f"{folder} {why}.", "Write it as plain CSV, JSON Lines or Parquet, and import that.")
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(name.startswith(("_", ".")) for name in path.relative_to(folder).parts)
    ]
    if not found:
        raise UnreadFile(f"{folder} is a folder without parts.", "Fill it, or move it away.")
    return found


def _kind(path: Path, ending: str, openers: Mapping[str, Opener]) -> str | None:
    """The ending of the reader for a part; of one without an ending the folder tells it, or the first bytes."""
    every = (*openers, *LINES)
    if own := next((each for each in every if path.name.endswith(each)), None):
        return LINES.get(own, own)
    ending = LINES.get(ending, ending) or _guess(path)
    if path.suffix == ".gz":
        packed = f"{ending.removesuffix('.gz')}.gz"
        return packed if packed in openers else None
    return ending if path.suffix in ("", ".part") else None


def _guess(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    return ".parquet" if start == b"PAR1" else ".jsonl" if start.startswith(b"{") else ".csv"


def _refuse(folder: Path, path: Path) -> NoReturn:
    raise UnreadFile(
        f"{folder} is read as a table in parts, and {path.relative_to(folder)} is no part.",
        "Write the parts as CSV, JSON Lines or Parquet, or move away what is none.",
    )


def _told(path: Path) -> dict[str, str]:
    """The pairs in the folders of a path, such as `day=2024-05-01/part-0.csv`."""
    pairs = (name.partition("=") for name in path.parts[:-1])
    return {key: "" if value == NO_VALUE else unquote(value) for key, sign, value in pairs if sign}


def _joined(folder: Path, format: FileFormat, parts: Sequence[Part], notes: Sequence[str]) -> Source:
    columns = {column.name: column for part in parts for column in part.columns}
    marks = ":".join(f"{part.name}:{part.source.fingerprint}" for part in parts)
    return Source(
        folder.name,
        format,
        list(columns.values()),
        lambda: _blocks(parts, list(columns)),
        sum(part.source.size for part in parts),
        hashlib.sha256(marks.encode(errors="surrogateescape")).hexdigest(),
        notes,
        {name for part in parts for name in part.source.integers},
    )


def _blocks(parts: Sequence[Part], names: list[str]) -> Iterator[Block]:
    read = 0
    for part in parts:
        own = [column.name for column in part.columns]
        for block in part.source.blocks():
            rejects = [replace(reject, file=part.name) for reject in block.rejects]
            named = replace(block, position=read + block.position, rejects=rejects, file=part.name)
            yield named if own == names and not part.told else _arranged(named, part, own, names)
        read += part.source.size


def _arranged(block: Block, part: Part, own: list[str], names: list[str]) -> Block:
    """A block with the cells in the order of the table's columns; a column that the part lacks is empty."""
    width, told = len(part.source.columns), list(part.told.values())
    texts = block.texts or [csv_line(row) for row in block.rows]
    places = [own.index(name) if name in own else -1 for name in names]
    made = replace(block, lines=[], rows=[], texts=[], rejects=list(block.rejects))
    lines, kept = list[int](), list[str]()
    for line, row, text in zip(block.lines, block.rows, texts, strict=True):
        if len(row) != width:
            made.rejects.append(Reject(part.name, line, f"has {len(row)} cells, and the header has {width}", text))
            continue
        cells = [*row, *told, ""]
        made.rows.append([cells[place] for place in places])
        lines.append(line)
        kept.append(text)
    made.lines, made.texts = lines, kept
    return made
