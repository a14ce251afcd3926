"""Files of the neutral format in a folder, and their readers."""

import re
from pathlib import Path

from graph.errors import LoadError, UnreadFile
from loaders.files import csv_files, json_lines, parquet_files, parts
from loaders.files.blocks import Source
from loaders.files.reading import AS_WRITTEN, Reading, read_as
from loaders.format.neutral import BY_NAME, FILES, FileFormat

OPENERS: dict[str, parts.Opener] = {
    ".csv": csv_files.source,
    ".csv.gz": csv_files.source,
    ".jsonl": json_lines.source,
    ".jsonl.gz": json_lines.source,
    ".parquet": parquet_files.source,
}
"""Readers by the suffix of the file's name."""
_NUMBERED = re.compile(rf"({'|'.join(BY_NAME)})[ _-]*(?:part)?[ _-]*\(?[0-9]+\)?")
"""Names as those of parts beside each other, or of second downloads."""


def sources_in(folder: Path, reading: Reading = AS_WRITTEN) -> tuple[list[Source], list[str]]:
    """The folder's files of the format in the order of import, and the names of its other files.

    A file may be a folder of parts. Raises LoadError if there are none, if one is there in two kinds, or if a header is
    invalid; and UnreadFile for anything that has the name of a file of the format and cannot be read.
    """
    if not folder.is_dir():
        raise LoadError(f"{folder} is not a folder.", "Name the folder that holds users.csv, follows.csv and so on.")
    entries = sorted(folder.iterdir())
    found = {format.name: path for format in FILES if (path := _file_of(folder, format, entries))}
    others = [path for path in entries if path not in found.values()]
    for path in others:
        _require_other_name(path)
    if not found:
        endings, names = ", ".join(OPENERS), ", ".join(BY_NAME)
        raise LoadError(f"{folder} has nothing to import.", f"Rename the files: one of {names}, then one of {endings}.")
    return [read_as(_open(path, BY_NAME[name]), reading) for name, path in found.items()], [
        path.name for path in others
    ]


def _open(path: Path, format: FileFormat) -> Source:
    if path.is_dir():
        return parts.source(path, format, OPENERS)
    return OPENERS[_ending(path)](path, format)


def _ending(path: Path) -> str:
    return path.name.removeprefix(_stem(path))


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]


def _file_of(folder: Path, format: FileFormat, entries: list[Path]) -> Path | None:
    paths = [path for path in entries if _stem(path) == format.name and _is_readable(path)]
    if len(paths) > 1:
        raise LoadError(f"{folder} holds both {paths[0].name} and {paths[1].name}.", "Move one of them away.")
    return paths[0] if paths else None


def _is_readable(path: Path) -> bool:
    if path.is_dir():
        return _ending(path) in ("", *OPENERS, *parts.LINES)
    return path.is_file() and _ending(path) in OPENERS


def _require_other_name(path: Path) -> None:
    """Raises UnreadFile if somebody may take a file that is not read for one of the format."""
    stem = _stem(path).lower()
    numbered = _NUMBERED.fullmatch(stem)
    if stem not in BY_NAME and not numbered:
        return
    name = numbered[1] if numbered else stem
    if numbered:
        remedy = f"Put the parts into a folder {name}, or move away what is none."
    elif path.suffix == ".part":
        remedy = "An export did not finish: repeat it."
    elif path.name != path.name.lower() and path.name.lower().removeprefix(name) in OPENERS:
        remedy = f"Rename it to {path.name.lower()}."
    elif path.name == f"{name}.json":
        remedy = f"If each line holds an object, rename it to {name}.jsonl."
    else:
        remedy = f"Save it as {', '.join(name + ending for ending in OPENERS)}, or move it away."
    raise UnreadFile(f"{path} has the name of a file of the format, but its kind is not read.", remedy)
