"""Reader of Instagram exports, in a folder or zip, in the layouts since 2021. It repairs the encoding of their text."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from graph.errors import LoadError
from loaders.files import blocks

Element = dict[str, Any]

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "profile": (r"personal_information\.json", ("personal_information", "account_information")),
    "following": (r"following(_\d+)?\.json", ("followers_and_following",)),
    "followers": (r"followers(_\d+)?\.json", ("followers_and_following",)),
    "blocked": (r"blocked_(profiles|accounts)(_\d+)?\.json", ("followers_and_following",)),
    "hashtags": (r"following_hashtags(_\d+)?\.json", ("followers_and_following",)),
    "liked": (r"liked_posts(_\d+)?\.json", ("likes",)),
    "comments": (r"(post_comments|reels_comments)(_\d+)?\.json", ("comments",)),
    "posts": (r"(posts|reels|igtv_videos)(_\d+)?\.json", ("media", "content")),
}
"""Names of the files of each kind, and their folders: other products have a following.json, too."""
_FORMER = ("connections.json", "likes.json", "media.json")
_ALONE = {"string_list_data", "string_map_data", "label_values", "media", "uri"}
"""Keys of an element: a file with a single element may hold it without a list."""
_GET_IT = "Request the export again as JSON: Accounts Centre, Your information and permissions."


@dataclass(frozen=True)
class File:
    """A file of the export."""

    name: str
    elements: list[Any]
    """The elements of its list, with repaired text."""


@dataclass(frozen=True)
class Export:
    """The importable files of an export, by kind, sorted by their numbers."""

    path: Path
    files: dict[str, list[File]]
    named: str | None
    """The owner's user name from the name of the zip, instagram-NAME-2024-05-01-…; None if it was renamed."""
    fingerprint: str


def read(path: Path) -> Export:
    """Reads the export in a folder or zip. Raises LoadError if there is none, or its layout or format is unknown."""
    found = {place: get for place, get in _places(path) if not _is_litter(place)}
    files: dict[str, list[File]] = {kind: [] for kind in KINDS}
    for place in sorted(found, key=_in_order):
        if kind := _kind(place):
            files[kind].append(File(PurePosixPath(place).name, _elements(path, place, found[place])))
    if not any(files.values()):
        raise _strange(path, {PurePosixPath(place).name for place in found})
    marks = "".join(map(blocks.fingerprint, _files_in(path) if path.is_dir() else [path]))
    fingerprint = hashlib.sha256(marks.encode()).hexdigest()
    return Export(path, files, _name_in([path.resolve().as_posix(), *found]), fingerprint)


def mended(text: str) -> str:
    """Repairs text whose UTF-8 bytes were each written as a character; returns other text unchanged.

    The export writes é as \\u00c3\\u00a9, a smile as \\u00f0\\u009f\\u0098\\u0080.
    """
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _mend(value: Any) -> Any:
    """A value with all its text repaired, also keys: some are labels in the person's language."""
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, list):
        return [_mend(item) for item in value]
    if isinstance(value, dict):
        return {mended(key): _mend(item) for key, item in value.items()}
    return value


def _places(path: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The path of each file in the export, and a function that reads it."""
    if path.is_dir():
        for file in _files_in(path):
            yield file.relative_to(path).as_posix(), file.read_bytes
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            places = archive.namelist()
        for place in places:
            yield place, partial(_unpacked, path, place)
    else:
        raise LoadError(
            f"{path} is neither a folder nor a zip.", "Name the zip that Instagram gave you, or its folder."
        )


def _files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in (".json", ".html") and file.is_file())


def _unpacked(path: Path, place: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(place)


def _is_litter(place: str) -> bool:
    """True for files that macOS adds when it packs a zip."""
    return "__MACOSX" in place or PurePosixPath(place).name.startswith(".")


def _kind(place: str) -> str | None:
    parts = PurePosixPath(place).parts or ("",)
    folder = parts[-2] if len(parts) > 1 else ""
    for kind, (name, folders) in KINDS.items():
        if re.fullmatch(name, parts[-1]) and folder in ("", *folders):
            return kind
    return None


def _in_order(place: str) -> tuple[str, int, str]:
    """A key that sorts followers_10.json after followers_9.json."""
    name = PurePosixPath(place).name
    number = re.search(r"_(\d+)\.json$", name)
    return re.sub(r"(_\d+)?\.json$", "", name), int(number[1]) if number else 0, place


def _elements(path: Path, place: str, get: Callable[[], bytes]) -> list[Any]:
    """The elements of a file's list, which may be in an object under any key."""
    try:
        content = _mend(json.loads(get()))
    except (
        ValueError,
        RecursionError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise LoadError(f"{place} in {path} cannot be read: {error}.", _GET_IT) from error
    if isinstance(content, dict) and not _ALONE & content.keys():
        return [element for value in content.values() if isinstance(value, list) for element in value]
    return content if isinstance(content, list) else [content]


def _name_in(places: list[str]) -> str | None:
    names = {
        found[1].lower() for place in places for found in re.finditer(r"instagram-([\w.]+)-\d{4}-\d\d-\d\d", place)
    }
    return names.pop() if len(names) == 1 else None


def _strange(path: Path, names: set[str]) -> LoadError:
    """The error for a path without any file of an export."""
    if any(name.endswith(".html") for name in names):
        return LoadError(f"{path} is an export in HTML.", _GET_IT)
    if names.intersection(_FORMER):
        return LoadError(f"{path} is an export in the layout that Instagram used before 2021.", _GET_IT)
    return LoadError(
        f"{path} is not an Instagram export: it has no following.json, liked_posts.json, posts_1.json and so on.",
        "Name the zip that Instagram gave you, or the folder that it was unpacked into.",
    )
