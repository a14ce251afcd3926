"""Reader of Instagram exports, in a folder or zip, in the layouts since 2021. It repairs the encoding of their text.

Files are known by their name and folder. Where a folder was renamed, or is in another language, they are known by their
name and the key around their list, which is in English; where the file was renamed, by that key alone.
"""

import codecs
import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from graph.errors import LoadError
from loaders.adapters import instagram_html
from loaders.files import blocks

Open = Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Kind:
    """A kind of files."""

    name: re.Pattern[str]
    """The name without its suffix and number."""
    folders: tuple[str, ...]
    keys: tuple[str, ...]
    """Keys around the list of elements, in JSON; some files have none."""


def _kind(name: str, folders: str, keys: str) -> Kind:
    return Kind(re.compile(name, re.IGNORECASE), tuple(folders.split()), tuple(keys.split()))


_PEOPLE, _ADS = "followers_and_following", "ads_and_topics ads_and_content"
KINDS = {
    "profile": _kind("personal_information", "personal_information account_information", "profile_user"),
    "following": _kind("following", _PEOPLE, "relationships_following"),
    "followers": _kind("followers", _PEOPLE, "relationships_followers"),
    "blocked": _kind("blocked_(profiles|accounts)", _PEOPLE, "relationships_blocked_users"),
    "hashtags": _kind("following_hashtags", _PEOPLE, "relationships_following_hashtags"),
    "liked": _kind("liked_posts", "likes", "likes_media_likes"),
    "comments": _kind("(post|reels)_comments", "comments", "comments_media_comments comments_reels_comments"),
    "posts": _kind("posts|reels|igtv_videos", "media content", "ig_reels_media ig_igtv_media"),
    "views": _kind(
        "posts_viewed|videos_watched", _ADS, "impressions_history_posts_seen impressions_history_videos_watched"
    ),
    "hides": _kind("posts_(you.{0,6}re_)?not_interested(_in)?", _ADS, "impressions_history_posts_not_interested"),
}
"""The kinds of files that are read."""
_OTHERS_FOLDERS = {"threads", "past_instagram_insights"}
"""Folders that have files of these names, of another product or kind."""
_FORMER = ("connections.json", "likes.json", "media.json")
_ALONE = {"string_list_data", "string_map_data", "label_values", "media", "uri"}
"""Keys of an element: a file with a single element may hold it without a list."""
_HEAD = 400
"""Bytes that are read of a file to find the key around its list."""
_KEY = re.compile(rb'\s*(?:\xef\xbb\xbf)?\s*\{\s*"(\w+)"')
_GET_IT = "Request the export again as JSON: Accounts Centre, Your information and permissions."
_DAMAGE = (ValueError, RecursionError, OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError)


@dataclass(frozen=True)
class File:
    """A file of the export."""

    name: str
    elements: list[Any]
    """The elements of its list, with repaired text."""
    is_empty: bool = False
    """True if it has no content at all, not even a list."""


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
    with _opened(path) as places:
        found = {place: open for place, open in places.items() if not _is_litter(place)}
        files: dict[str, list[File]] = {kind: [] for kind in KINDS}
        for place in sorted(found, key=_in_order):
            if kind := _kind_of(place, found[place]):
                files[kind].append(_file(path, place, found[place]))
    for kind, of_kind in files.items():
        files[kind] = [file for file in of_kind if file.name.lower().endswith(".json")] or of_kind
    if not any(file.elements or file.is_empty for of_kind in files.values() for file in of_kind):
        raise _strange(path, {PurePosixPath(place).name for place in found}, is_read=any(files.values()))
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


@contextmanager
def _opened(path: Path) -> Iterator[dict[str, Open]]:
    """Functions that open the files of an export, by their path in it; some zips have \\ for /."""
    if path.is_dir():
        files = {file.relative_to(path).as_posix(): partial(_open, file) for file in _files_in(path)}
        yield {place.replace("\\", "/"): open for place, open in files.items()}
    elif path.is_file() and zipfile.is_zipfile(path):
        with _archive(path) as archive:
            yield {place.replace("\\", "/"): partial(archive.open, place) for place in archive.namelist()}
    else:
        raise LoadError(
            f"{path} is neither a folder nor a zip.", "Name the zip that Instagram gave you, or its folder."
        )


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise LoadError(f"{path} cannot be read: {error}.", "Download it again.") from error


def _open(file: Path) -> IO[bytes]:
    return file.open("rb")


def _files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() in (".json", ".html") and file.is_file())


def _is_litter(place: str) -> bool:
    """True for files that macOS adds when it packs a zip."""
    return "__MACOSX" in place or PurePosixPath(place).name.startswith(".")


def _kind_of(place: str, open: Open) -> str | None:
    """The kind of a file; None for one that is not read."""
    named = re.fullmatch(r"(.+?)(?:_\d+)?\.(json|html)", PurePosixPath(place).name, re.IGNORECASE)
    if named is None:
        return None
    folders = [folder.lower() for folder in PurePosixPath(place).parts[:-1]]
    kind = next((kind for kind, about in KINDS.items() if about.name.fullmatch(named[1])), None)
    if kind and (not folders or folders[-1] in KINDS[kind].folders):
        return kind
    if _OTHERS_FOLDERS.intersection(folders):
        return None
    key = _key_of(open) if named[2].lower() == "json" else None
    if key is None or key in _ALONE:
        return kind
    return next((kind for kind, about in KINDS.items() if key in about.keys), None)


def _key_of(open: Open) -> str | None:
    """The first key of a JSON file that holds an object; None for others, and for files that cannot be read."""
    with suppress(*_DAMAGE), open() as file:
        found = _KEY.match(file.read(_HEAD))
        return found[1].decode() if found else None
    return None


def _in_order(place: str) -> tuple[str, int, str]:
    """A key that sorts followers_10.json after followers_9.json."""
    name = PurePosixPath(place).name
    number = re.search(r"_(\d+)\.\w+$", name)
    return re.sub(r"(_\d+)?\.\w+$", "", name), int(number[1]) if number else 0, place


def _file(path: Path, place: str, open: Open) -> File:
    name = PurePosixPath(place).name
    with _telling(path, place):
        with open() as file:
            content = file.read()
        if not content.removeprefix(codecs.BOM_UTF8).strip():
            return File(name, [], is_empty=True)
        return File(name, _elements(content) if name.lower().endswith(".json") else instagram_html.elements(content))


@contextmanager
def _telling(path: Path, place: str) -> Iterator[None]:
    """Turns errors of reading into a LoadError that names the file."""
    try:
        yield
    except _DAMAGE as error:
        raise LoadError(f"{place} in {path} cannot be read: {error}.", _GET_IT) from error


def _elements(content: bytes) -> list[Any]:
    """The elements of a file's list, which may be in an object under any key."""
    held = _mend(json.loads(content))
    if isinstance(held, dict) and not _ALONE & held.keys():
        return [element for value in held.values() if isinstance(value, list) for element in value]
    return held if isinstance(held, list) else [held]


def _name_in(places: list[str]) -> str | None:
    names = {
        found[1].lower() for place in places for found in re.finditer(r"instagram-([\w.]+)-\d{4}-\d\d-\d\d", place)
    }
    return names.pop() if len(names) == 1 else None


def _strange(path: Path, names: set[str], *, is_read: bool) -> LoadError:
    """The error for a path without any element of an export; `is_read` if it has files of one."""
    if any(name.lower().endswith(".html") for name in names):
        return LoadError(f"{path} is an export in HTML, of which nothing could be read.", _GET_IT)
    if names.intersection(_FORMER):
        return LoadError(f"{path} is an export in the layout that Instagram used before 2021.", _GET_IT)
    if is_read:
        return LoadError(
            f"{path} is an Instagram export in which all lists are empty.", "Choose the date range All time."
        )
    return LoadError(
        f"{path} is not an Instagram export: it has no following.json, liked_posts.json, posts_1.json and so on.",
        "Name the zip that Instagram gave you, or the folder that it was unpacked into; give renamed files "
        "these names again.",
    )
