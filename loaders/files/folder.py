"""Files of the neutral format in a folder, and their readers."""

from collections.abc import Callable
from pathlib import Path

from graph.errors import LoadError
from loaders.files import csv_files, json_lines, parquet_files
from loaders.files.blocks import Source
from loaders.format.neutral import BY_NAME, FILES, FileFormat

OPENERS: dict[str, Callable[[Path, FileFormat], Source]] = {
    ".csv": csv_files.source,
    ".csv.gz": csv_files.source,
    ".jsonl": json_lines.source,
    ".jsonl.gz": json_lines.source,
    ".parquet": parquet_files.source,
}
"""Readers by the suffix of the file's name."""


def sources_in(folder: Path) -> tuple[list[Source], list[str]]:
    """The folder's files of the format in the order of import, and the names of its other files.

    Raises LoadError if there are none, if one is there in two kinds, or if a header is invalid.
    """
    if not folder.is_dir():
        raise LoadError(f"{folder} is not a folder.", "Name the folder that holds users.csv, follows.csv and so on.")
    found = {format.name: path for format in FILES if (path := _file_of(folder, format))}
    if not found:
        endings, names = ", ".join(OPENERS), ", ".join(BY_NAME)
        raise LoadError(f"{folder} has nothing to import.", f"Rename the files: one of {names}, then one of {endings}.")
    sources = [OPENERS[_ending(path)](path, BY_NAME[name]) for name, path in found.items()]
    return sources, sorted(path.name for path in folder.iterdir() if path not in found.values())


def _ending(path: Path) -> str:
    return path.name[path.name.index(".") :]


def _file_of(folder: Path, format: FileFormat) -> Path | None:
    paths = [path for ending in OPENERS if (path := folder / (format.name + ending)).is_file()]
    if len(paths) > 1:
        raise LoadError(f"{folder} holds both {paths[0].name} and {paths[1].name}.", "Move one of them away.")
    return paths[0] if paths else None
