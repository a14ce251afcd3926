"""Files of the neutral format in a folder, and their readers."""

import re
from collections.abc import Mapping, Set
from contextlib import suppress
from pathlib import Path

from graph.errors import LoadError, UnreadFile
from loaders.files import csv_files, json_lines, parquet_files, parts
from loaders.files.blocks import Source
from loaders.files.reading import AS_WRITTEN, Reading, read_as, with_notes
from loaders.format.neutral import BY_NAME, FILES, FileFormat

OPENERS: dict[str, parts.Opener] = {
    ".csv": csv_files.source,
    ".csv.gz": csv_files.source,
    ".jsonl": json_lines.source,
    ".jsonl.gz": json_lines.source,
    ".parquet": parquet_files.source,
}
"""Readers by the suffix of the file's name."""
DATA = frozenset("csv jsonl json parquet tsv ndjson pq orc avro feather arrow xlsx xls".split())
"""Endings of tables, also of kinds that are not read; perhaps packed, with another ending after them."""
PERHAPS_DATA = DATA.union("txt dat tab psv ods xml sql gz bz2 xz zst lz4 zip 7z tar tgz".split())
"""Endings that a table may have if its name says nothing else."""
_NAMES = "|".join(BY_NAME)
_NUMBERED = re.compile(
    rf"(?P<name>{_NAMES})(?P<sign>[ ._-]*(?:part)?[ ._-]*)(?P<number>[0-9]{{1,9}})(?:-of-(?P<count>[0-9]{{1,9}}))?"
    r"(?:-[0-9a-f]{5,})?"
)
"""Names as those of parts beside each other, without their endings."""
_NAMED = re.compile(rf"(?<![a-z])(?P<name>{_NAMES})(?![a-z])")
"""A name that holds that of a file of the format as a word, such as `users copy`."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""The places between the words of `userLikes`."""
_GENERIC = frozenset(
    "all archive backup copy data dataset db dump export exported exports file final full list my new of old output "
    "part sample table the tmp v version".split()
)
"""Words in names of files that say nothing of what is in them."""
_SINGULAR = {name.removesuffix("s"): name for name in BY_NAME}
_OTHERS = (".", "~$", "rejects-")
"""The first characters of names that are not tables: hidden files, locks of spreadsheets, rejects of imports."""


def sources_in(folder: Path, reading: Reading = AS_WRITTEN) -> tuple[list[Source], list[str]]:
    """The folder's files of the format in the order of import, and the names of its other files and folders.

    A table may be a folder of parts, or parts beside each other. Raises LoadError if there are none, if one is there in
    two kinds, or if a header is invalid; and UnreadFile for anything that has the name of a file of the format and
    cannot be read.
    """
    if not folder.is_dir():
        raise LoadError(f"{folder} is not a folder.", "Name the folder that holds users.csv, follows.csv and so on.")
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise LoadError(f"{folder} cannot be read: {error.strerror}.", "Correct its permissions.") from error
    found = {format.name: paths for format in FILES if (paths := _files_of(folder, format, entries))}
    read = {path for paths in found.values() for path in paths}
    others = [path for path in entries if path not in read]
    for path in others:
        _require_other_name(path, found)
    if not found:
        endings, names = ", ".join(OPENERS), ", ".join(BY_NAME)
        raise LoadError(f"{folder} has nothing to import.", f"Rename the files: one of {names}, then one of {endings}.")
    sources = [read_as(_open(paths, BY_NAME[name]), reading) for name, paths in found.items()]
    return with_notes(sources), [name for path in others for name in _names_of(path)]


def _names_of(path: Path) -> list[str]:
    """The name of a file that is left alone; of a folder the paths of the tables in it, if there are any."""
    tables: list[str] = []
    with suppress(OSError):  # a folder that we may not read
        if path.is_dir() and not path.name.startswith("."):
            tables = [f"{path.name}/{each.name}" for each in sorted(path.iterdir()) if _stem(each) in BY_NAME]
    return tables or [path.name]


def _open(paths: list[Path], format: FileFormat) -> Source:
    if _part_of(paths[0]) is not None:
        return parts.beside(paths, format, OPENERS)
    [path] = paths
    if path.is_dir():
        return parts.source(path, format, OPENERS)
    return OPENERS[_ending(path)](path, format)


def _ending(path: Path) -> str:
    return path.name.removeprefix(_stem(path))


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]


def _files_of(folder: Path, format: FileFormat, entries: list[Path]) -> list[Path]:
    """The file of a table, or its parts if they are beside each other and nothing else is there."""
    paths = [path for path in entries if _stem(path) == format.name and _is_readable(path)]
    if len(paths) > 1:
        raise LoadError(f"{folder} holds both {paths[0].name} and {paths[1].name}.", "Remove one of them.")
    return paths or _series(folder, format, entries)


def _is_readable(path: Path) -> bool:
    if path.is_dir():
        return _ending(path) in ("", *OPENERS, *parts.LINES)
    return path.is_file() and _ending(path) in OPENERS


def _series(folder: Path, format: FileFormat, entries: list[Path]) -> list[Path]:
    """The parts of a table in their order, if they are numbered from 0 or 1 without a gap, in one way; else none.

    Raises UnreadFile for `-of-` with parts that are missing.
    """
    found = {path: part for path in entries if (part := _part_of(path)) and part["name"] == format.name}
    if not found or len({(part["sign"], part["count"], part["ending"]) for part in found.values()}) > 1:
        return []
    numbers = sorted(int(part["number"]) for part in found.values())
    count = next(iter(found.values()))["count"]
    size = int(count) if count else len(found)
    if numbers in ([*range(size)], [*range(1, size + 1)]) and (count or size > 1):
        return sorted(found, key=lambda path: int(found[path]["number"]))
    if count and len(set(numbers)) == len(numbers) < size:
        raise UnreadFile(
            f"{folder} holds {len(found)} of the {size} parts of {format.name}, such as {next(iter(found)).name}.",
            "Add the missing parts, or renumber the existing ones.",
        )
    return []


def _part_of(path: Path) -> dict[str, str] | None:
    """The pieces of the name of a part beside others; None for another name."""
    ending = next((ending for ending in OPENERS if path.name.endswith(ending)), None)
    if ending is None or not path.is_file():
        return None
    found = _NUMBERED.fullmatch(path.name.removesuffix(ending))
    return {**found.groupdict(""), "ending": ending} if found else None


def _require_other_name(path: Path, found: Mapping[str, list[Path]]) -> None:
    """Raises UnreadFile if somebody may take a file that is not read for one of the format."""
    stem, dot, rest = path.name.lower().partition(".")
    name = _format_of(path)
    if not name:
        return
    beside = next((each.name for each in found.get(name, ())), None)
    if not path.is_file() and not path.is_dir():
        remedy = "It is neither a file nor a folder: repair the link, or remove it."
    elif dot + rest in OPENERS and name in (stem, _SINGULAR.get(stem)) and not beside and not path.is_dir():
        remedy = f"Rename it to {name}{dot}{rest}."
    elif stem != name or _part_of(path):
        remedy = _rename(path, name, beside)
    elif path.suffix == ".part":
        remedy = "An export did not finish: repeat it."
    elif path.name == f"{name}.json":
        remedy = f"If each line holds an object, rename it to {name}.jsonl."
    else:
        remedy = f"Save it as {', '.join(name + ending for ending in OPENERS)}, or remove it."
    raise UnreadFile(f"{path} has the name of a file of the format, but its kind is not read.", remedy)


def _format_of(path: Path) -> str:
    """The name of the file of the format that a path's name tells of; '' if there is none."""
    named = _CAMEL.sub("_", path.name).lower()
    stem = path.name.lower().partition(".")[0]
    if named.startswith(_OTHERS):
        return ""
    if stem in BY_NAME:
        return stem
    words = set(re.findall("[a-z]+", named.partition(".")[0]))
    [*alone] = words - _GENERIC
    only = alone[0] if len(alone) == 1 else ""
    if only in BY_NAME and _is_table(path, PERHAPS_DATA):
        return only
    like = _NAMED.search(named)
    name = _SINGULAR.get(only) or (like["name"] if like else "")
    return name if name and _is_table(path, DATA) else ""


def _is_table(path: Path, endings: Set[str]) -> bool:
    """Returns True for a file with one of these endings, and for a folder with a table."""
    with suppress(OSError):  # a folder that we may not read
        if path.is_dir() and any(_has_ending(each, DATA) for each in path.rglob("*")):
            return True
    return _has_ending(path, endings)


def _has_ending(path: Path, endings: Set[str]) -> bool:
    return not endings.isdisjoint(path.name.lower().split(".")[1:])


def _rename(path: Path, name: str, beside: str | None) -> str:
    """The remedy for a file whose name only contains that of a file of the format."""
    if beside:
        return f"Put it and {beside} into a folder {name} if they are parts of one table, or remove it."
    ending = next((ending for ending in OPENERS if path.name.lower().endswith(ending)), ".csv")
    return f"Rename it to {name}{ending} if it is that table, put parts into a folder {name}, or remove it."
