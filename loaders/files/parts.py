"""Folders of parts, as Spark, Dask and Hive write a table: read as one table."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

from graph.errors import UnreadFile
from loaders.files.blocks import Block, Reject, Source, csv_line
from loaders.format.neutral import Column, FileFormat

Opener = Callable[[Path, FileFormat], Source]
LINES = {".json": ".jsonl", ".json.gz": ".jsonl.gz"}
"""Endings that mean JSON Lines in parts: Spark's .json files have an object in each line."""
UNFINISHED = {
    "_temporary": "is being written, or its writer failed",
    "_delta_log": "is a Delta table, of which some parts may be outdated",
    ".hoodie": "is a Hudi table, of which some parts may be outdated",
}
"""Folders beside parts that cannot be read as plain parts, with the reasons."""
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Part:
    """A part of a table."""

    source: Source
    name: str
    """Its path from the folder of the import, for reports."""
    from_path: Mapping[str, str] = field(default_factory=dict)
    """The values of columns from its path, as in `media_type=image/part-0.parquet`."""

    @property
    def columns(self) -> list[Column]:
        """Its columns; those that only the path has are last."""
        known = {column.name: column for column in self.source.format.columns}
        own = {column.name for column in self.source.columns}
        return [*self.source.columns, *(known[name] for name in self.from_path if name not in own)]


def source(folder: Path, format: FileFormat, openers: Mapping[str, Opener]) -> Source:
    """A source that reads all parts in a folder, by their names. `openers` are the readers by ending.

    Raises UnreadFile if the folder holds no parts, or something else than parts of one kind; and LoadError for an
    invalid header.
    """
    ending = folder.name.removeprefix(format.name)
    kinds = {path: _kind(path, ending, openers) or _refuse(folder, path) for path in _files(folder)}
    if len({kind.removesuffix(".gz") for kind in kinds.values()}) > 1:
        raise UnreadFile(f"{folder} holds parts of different kinds.", "Keep only parts of one kind in the folder.")
    full = [path for path in kinds if "parquet" in kinds[path] or not _is_empty(path)] or list(kinds)[:1]
    known = {column.name for column in format.columns}
    parts, unknown = [], set[str]()
    for path in full:
        pairs = _from_path(path.relative_to(folder))
        unknown |= pairs.keys() - known
        name = path.relative_to(folder.parent).as_posix()
        given = {key: value for key, value in pairs.items() if key in known}
        parts.append(Part(openers[kinds[path]](path, _without(format, given)), name, given))
    notes = [
        f"{folder.name}: {key}=… in the names of its folders is not a column, and ignored." for key in sorted(unknown)
    ]
    return _joined(folder.name, format, parts, notes)


def beside(paths: Sequence[Path], format: FileFormat, openers: Mapping[str, Opener]) -> Source:
    """A source that reads files beside each other, such as `users-00000-of-00002.parquet`, as parts in their order."""
    ending = next(ending for ending in openers if paths[0].name.endswith(ending))
    full = [path for path in paths if "parquet" in ending or not _is_empty(path)] or paths[:1]
    files = [Part(openers[ending](path, format), path.name) for path in full]
    name = f"{format.name}*{ending}"
    files_read = paths[0].name if len(paths) == 1 else f"the {len(paths)} files {paths[0].name} to {paths[-1].name}"
    return _joined(name, format, files, [f"{name}: {files_read}, read as one table."])


def _without(format: FileFormat, from_path: Mapping[str, str]) -> FileFormat:
    """The format of a file that need not have the columns that its path has."""
    columns = (replace(column, required=column.required and column.name not in from_path) for column in format.columns)
    return replace(format, columns=tuple(columns))


def _is_empty(path: Path) -> bool:
    """Returns True for a file without content, which writers leave for a part without rows; also if it is packed."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return not file.read(1)
    except (OSError, EOFError, zlib.error):
        return False  # damaged, which is reported where it is read


def _files(folder: Path) -> list[Path]:
    """The files that are parts, also in folders such as `day=2024-05-01`; names with `_` or `.` before them are not."""
    for name, why in UNFINISHED.items():
        if (folder / name).exists():
            raise UnreadFile(f"{folder} {why}.", "Write it as plain CSV, JSON Lines or Parquet, and import that.")
    found = list(_files_below(folder, ()))
    if not found:
        raise UnreadFile(f"{folder} is a folder without parts.", "Add parts, or remove it.")
    return found


def _files_below(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """The files in a folder and those below it, also behind links; `above` are the folders that it is in.

    Raises UnreadFile for what cannot be read, as the table would lack rows without it.
    """
    here = folder.resolve()
    if here in above:
        raise UnreadFile(f"{folder} links to a folder that it is in.", "Remove the link.")
    try:
        for path in sorted(folder.iterdir()):
            if path.name.startswith(("_", ".")):
                continue
            if path.is_dir():
                yield from _files_below(path, (*above, here))
            elif path.is_file():
                yield path
            else:
                raise UnreadFile(f"{path} is neither a file nor a folder.", "Repair the link, or remove it.")
    except OSError as error:
        raise UnreadFile(f"{folder} cannot be read: {error.strerror}.", "Correct its permissions.") from error


def _kind(path: Path, ending: str, openers: Mapping[str, Opener]) -> str | None:
    """The ending that selects the reader of a part; without an ending, that of the folder, or by the first bytes."""
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
        f"{folder} is read as a partitioned table, but {path.relative_to(folder)} is not a part file.",
        "Write the parts as CSV, JSON Lines or Parquet, or remove files that are not parts.",
    )


def _from_path(path: Path) -> dict[str, str]:
    """The pairs in the folders of a path, such as `day=2024-05-01/part-0.csv`."""
    pairs = (name.partition("=") for name in path.parts[:-1])
    return {key: "" if value == NO_VALUE else unquote(value) for key, sign, value in pairs if sign}


def _joined(file: str, format: FileFormat, parts: Sequence[Part], notes: Sequence[str]) -> Source:
    columns = {column.name: column for part in parts for column in part.columns}
    marks = ":".join(f"{part.name}:{part.source.fingerprint}" for part in parts)
    return Source(
        file,
        format,
        list(columns.values()),
        lambda: _blocks(parts, list(columns)),
        sum(part.source.size for part in parts),
        hashlib.sha256(marks.encode(errors="surrogateescape")).hexdigest(),
        notes,
        {name for part in parts for name in part.source.integers},
        [partial(_blocks, [part], list(columns)) for part in parts],
    )


def _blocks(parts: Sequence[Part], names: list[str]) -> Iterator[Block]:
    read = 0
    for part in parts:
        own = [column.name for column in part.columns]
        for block in part.source.blocks():
            rejects = [replace(reject, file=part.name) for reject in block.rejects]
            named = replace(block, position=read + block.position, rejects=rejects, file=part.name)
            yield named if own == names and not part.from_path else _arranged(named, part, own, names)
        read += part.source.size


def _arranged(block: Block, part: Part, own: list[str], names: list[str]) -> Block:
    """A block with the cells in the order of the table's columns.

    The value in the path stands where the part has no cell for it. A column that neither has is empty.
    """
    width = len(part.source.columns)
    texts = block.texts or [csv_line(row) for row in block.rows]
    places = [own.index(name) if name in own[:width] else width for name in names]
    defaults = [part.from_path.get(name, "") for name in names]
    made = replace(block, lines=[], rows=[], texts=[], rejects=list(block.rejects))
    lines, kept = list[int](), list[str]()
    for line, row, text in zip(block.lines, block.rows, texts, strict=True):
        if len(row) != width:
            made.rejects.append(Reject(part.name, line, f"has {len(row)} cells, but the header has {width}", text))
            continue
        cells = [*row, ""]
        made.rows.append([cells[place] or else_ for place, else_ in zip(places, defaults, strict=True)])
        lines.append(line)
        kept.append(text)
    made.lines, made.texts = lines, kept
    return made
