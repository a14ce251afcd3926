"""Reader of Instagram exports, in a folder or zip, in the layouts since 2021. It repairs the encoding of their text.

Files are known by their name and folder. Where a folder was renamed, or is in another language, they are known by their
name and the key around their list, which is in English; where the file was renamed, by that key alone; and where the
key was, too, by the shape of the elements, if only one kind has it.
"""

import codecs
import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from graph.errors import LoadError
from loaders.adapters import instagram_entries as entries
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
    "topics": _kind("your_(reels_)?topics", "your_topics preferences", "topics_your_topics topics_your_reels_topics"),
    "liked": _kind("liked_posts", "likes", "likes_media_likes"),
    "saved": _kind("saved_posts", "saved", "saved_saved_media"),
    "stories": _kind("story_likes", "story_interactions story_sticker_interactions", "story_activities_story_likes"),
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
_OTHER_KEY = re.compile(
    "(relationships|ig|likes|comments|saved|story|impressions|profile|account|login|inferred|ads|organic|text_post|"
    "messages|searches|topics|apps|monetization|shopping|contacts|devices|events|fundraisers|guides|cross|checkout|"
    "subscriptions|archived|participants)(_[a-z_]+)?"
)
"""Instagram's own keys: a file with one of these that is none of KINDS is one that is not read on purpose."""
_HEAD = 400
"""The first bytes of a file, which are read to find the key around its list, and the keys of its elements."""
_SOME = 20
"""The number of elements of a list that are looked at to find its kind."""
_SHAPED = re.compile(rb'"(string_list_data|string_map_data|label_values|media|uri)"')
_LIKE = {
    "people": {"following": "following.json", "followers": "followers_1.json", "stories": "story_likes.json"},
    "posts of others": {"liked": "liked_posts.json", "saved": "saved_posts.json"},
    "comments": {"comments": "post_comments_1.json"},
    "posts of one's own": {"posts": "posts_1.json"},
}
"""By the content of a list: the kinds that look like it, and the names of their files."""
_KEY = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"((?:[^"\\]|\\.)*)"')
_GET_IT = "Request the export again as JSON: Accounts Centre, Your information and permissions."
_DAMAGE = (ValueError, RecursionError, OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError)


@dataclass(frozen=True)
class File:
    """A file of the export."""

    name: str
    elements: list[Any]
    """The elements of its list, with repaired text."""
    problem: str = ""
    """The reason why it has no elements, if it is empty or cannot be read."""


@dataclass(frozen=True)
class Export:
    """The importable files of an export, by kind, sorted by their numbers."""

    path: Path
    files: dict[str, list[File]]
    named: str | None
    """The owner's user name from the name of the zip, instagram-NAME-2024-05-01-…; None if it was renamed."""
    fingerprint: str
    notes: tuple[str, ...] = ()
    """Notes for the report about files that may be renamed ones of the export."""


def read(path: Path) -> Export:
    """Reads the export in a folder or zip. Raises LoadError if there is none, or its layout or format is unknown."""
    with _opened(path) as places:
        found = {place: open for place, open in places.items() if not _is_litter(place)}
        files: dict[str, list[File]] = {kind: [] for kind in KINDS}
        unknown = []
        for place in sorted(found, key=_in_order):
            if kind := _kind_of(place, found[place]):
                files[kind].append(_file(place, found[place]))
            elif _may_be_renamed(place, found[place]):
                unknown.append(_file(place, found[place]))
    for kind, of_kind in files.items():
        json_files = [file for file in of_kind if file.name.lower().endswith(".json")]
        files[kind] = json_files if any(not file.problem for file in json_files) else of_kind
    notes = tuple(_sort_renamed(unknown, files))
    if not any(file.elements for of_kind in files.values() for file in of_kind):
        raise _strange(path, {PurePosixPath(place).name for place in found}, files, notes)
    marks = "".join(map(blocks.fingerprint, _files_in(path) if path.is_dir() else [path]))
    fingerprint = hashlib.sha256(marks.encode()).hexdigest()
    return Export(path, files, _name_in([path.resolve().as_posix(), *found]), fingerprint, notes)


def _sort_renamed(unknown: list[File], files: dict[str, list[File]]) -> Iterator[str]:
    """Adds files to the only kind that has their shape; yields a sentence on each that may be one of several."""
    for file in unknown:
        shape = _shape_of(file.elements)
        if file.problem:
            yield f"{file.name}, whose name is unknown, {file.problem}."
        elif shape in KINDS and not files[shape]:
            files[shape].append(file)
        elif lacking := [name for kind, name in _LIKE.get(shape, {}).items() if not files[kind]]:
            yield (
                f"{file.name} is not read: it holds {shape}, and neither its name nor the key in it is known. "
                f"If it is Instagram's {' or '.join(lacking)}, rename it to that."
            )


def _shape_of(elements: list[Any]) -> str:
    """The kind of a list's entries, or the only kind with its shape; '' if that is ambiguous."""
    some = [element for element in elements if isinstance(element, dict)][:_SOME]
    if len(elements) == 1 and some and entries.is_profile(some[0]):
        return "profile"
    if some and all(entries.is_tag(element) for element in some):
        return "hashtags"
    readers = {
        "posts of others": entries.like,
        "posts of one's own": entries.own_post,
        "comments": entries.written,
        "people": entries.contact,
    }
    return next((shape for shape, read in readers.items() if any(_is_read(read, element) for element in some)), "")


def _is_read(read: Callable[[Any], object], element: Any) -> bool:
    try:
        read(element)
    except ValueError:
        return False
    return True


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
    elif path.is_file() and path.suffix.lower() == ".zip":
        raise LoadError(f"{path} is not a complete zip.", "Download it again.")
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
    own = next((kind for kind, about in KINDS.items() if key in about.keys), None)
    return own or (kind if not _OTHER_KEY.fullmatch(key) and _SHAPED.search(_head(open)) else None)


def _may_be_renamed(place: str, open: Open) -> bool:
    """Returns True for a list in a shape of an export whose file and key are none of Instagram's."""
    if not place.lower().endswith(".json") or _OTHERS_FOLDERS.intersection(place.lower().split("/")):
        return False
    key = _key_of(open)
    is_known = key is not None and key not in _ALONE and _OTHER_KEY.fullmatch(key)
    return not is_known and _SHAPED.search(_head(open)) is not None


def _key_of(open: Open) -> str | None:
    """The first key of a JSON file that holds an object; None for others, and for files that cannot be read."""
    with suppress(ValueError):
        found = _KEY.match(_head(open))
        return mended(json.loads(b'"%s"' % found[1])) if found else None
    return None


def _head(open: Open) -> bytes:
    """The first bytes of a file; none if it cannot be read."""
    with suppress(*_DAMAGE), open() as file:
        return file.read(_HEAD)
    return b""


def _in_order(place: str) -> tuple[str, int, str]:
    """A key that sorts followers_10.json after followers_9.json."""
    name = PurePosixPath(place).name
    number = re.search(r"_(\d+)\.\w+$", name)
    return re.sub(r"(_\d+)?\.\w+$", "", name), int(number[1]) if number else 0, place


def _file(place: str, open: Open) -> File:
    name = PurePosixPath(place).name
    try:
        with open() as file:
            content = file.read()
        if not content.removeprefix(codecs.BOM_UTF8).strip():
            return File(name, [], "is an empty file")
        return File(name, _elements(content) if name.lower().endswith(".json") else instagram_html.elements(content))
    except _DAMAGE as error:
        return File(name, [], f"cannot be read: {error}")


def _elements(content: bytes) -> list[Any]:
    """The elements of a file's list, which may be in an object under any key; an only one may stand without a list."""
    return _listed(_mend(json.loads(content)))


def _listed(held: Any) -> list[Any]:
    if isinstance(held, dict) and not _ALONE & held.keys():
        return [element for value in held.values() if isinstance(value, list | dict) for element in _listed(value)]
    return held if isinstance(held, list) else [held]


def _name_in(places: list[str]) -> str | None:
    names = {
        found[1].lower() for place in places for found in re.finditer(r"instagram-([\w.]+)-\d{4}-\d\d-\d\d", place)
    }
    return names.pop() if len(names) == 1 else None


def _strange(path: Path, names: set[str], files: dict[str, list[File]], notes: Sequence[str]) -> LoadError:
    """The error for a path without any element of an export."""
    read = [file for of_kind in files.values() for file in of_kind]
    if broken := [file for file in read if file.problem]:
        return LoadError(f"{broken[0].name} in {path} {broken[0].problem}.", _GET_IT)
    if notes:
        return LoadError(f"{path} has no known file. {notes[0]}", "Then repeat the import.")
    if any(name.lower().endswith(".html") for name in names):
        return LoadError(f"{path} is an export in HTML that could not be read.", _GET_IT)
    if names.intersection(_FORMER):
        return LoadError(f"{path} is an export in the layout that Instagram used before 2021.", _GET_IT)
    if read:
        return LoadError(
            f"{path} is an Instagram export in which all lists are empty.", "Choose the date range All time."
        )
    return LoadError(
        f"{path} is not an Instagram export: it has no following.json, liked_posts.json, posts_1.json and so on.",
        "Name the zip that Instagram gave you, or the folder that it was unpacked into; give renamed files "
        "these names again.",
    )
