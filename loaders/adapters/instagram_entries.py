"""Parsers of the elements of an Instagram export, in all of its shapes.

There are three, often in the same export. `string_list_data` holds links with their time under a `title`;
`string_map_data` holds values by their label; so does the newer `label_values`, as a list. Labels are in the person's
language, so values are found by their shape where possible, not by their label.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Any

from graph import clock, hashtags
from loaders.adapters.instagram_export import Element

_USER_NAME = re.compile(r"(?!__deleted__)[a-z0-9._]{1,64}")
_POST_LINK = re.compile(r"/(p|reel|reels|tv)/([A-Za-z0-9_-]+)")
_CODE_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CODE_EPOCH = 1_314_220_021_721
_NO_START = re.compile(r"[\w&/]")
"""A character that no hashtag follows: within a word, in &#39; and in a URL, # has another meaning."""
_VIDEOS = {".mp4", ".mov", ".m4v", ".webm"}
_JOINERS = "_\u200c\u200d"
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


@dataclass(frozen=True)
class Contact:
    """Somebody whom the person follows, is followed by, or blocked."""

    user: str
    at: str


@dataclass(frozen=True)
class Interest:
    """A hashtag that the person follows."""

    hashtag: str
    at: str


@dataclass(frozen=True)
class Like:
    """A post that the person liked."""

    post: str
    at: str
    taken_at: str
    media_type: str
    owner: str
    """Empty if the account is gone."""
    full_name: str
    """The owner's full name; empty in the older shape."""
    caption: str
    hashtags: list[str]


@dataclass(frozen=True)
class Comment:
    """A comment of the person on a post, of which the export has only the owner."""

    owner: str
    at: str
    text: str


@dataclass(frozen=True)
class OwnPost:
    """A post of the person."""

    seconds: int
    """The epoch second, which is all that identifies it."""
    taken_at: str
    media_type: str
    caption: str
    file: str
    """Path of its first picture or video in the export."""


def contact(element: Element) -> Contact:
    """Parses a contact. Raises ValueError if the account is deleted or not named."""
    link = _link(element)
    name = str(link.get("value") or element.get("title") or _user_in(str(link.get("href") or "")))
    if "label_values" in element:
        name, _ = _account(_leaves(element["label_values"]))
    return Contact(_user_name(name), _time(link.get("timestamp") or element.get("timestamp")))


def interest(element: Element) -> Interest:
    """Parses a followed hashtag. Raises ValueError if it is missing."""
    link = _link(element)
    name = str(link.get("value") or element.get("title") or "")
    if "label_values" in element:
        name = next((value for _, value in _leaves(element["label_values"])), "")
    if not hashtags.name(name):
        raise ValueError("names no hashtag")
    return Interest(name, _time(link.get("timestamp") or element.get("timestamp")))


def like(element: Element) -> Like:
    """Parses a liked post. Raises ValueError if it has no link to a post."""
    if "label_values" in element:
        return _newer_like(element)
    link = _link(element)
    owner = str(element.get("title") or "")
    return _liked(str(link.get("href") or ""), link.get("timestamp"), owner)


def _newer_like(element: Element) -> Like:
    entries = _list(element["label_values"])
    leaves = list(_leaves(entries))
    links = [value for _, value in leaves if _POST_LINK.search(value)]
    others = [(word != "Caption", value) for word, value in leaves if not _POST_LINK.search(value) and value.strip()]
    caption = min(others, key=lambda other: other[0], default=(True, ""))[1]  # in another language, the first one
    owner, full_name = _owner(entries)
    tags = [value for entry in entries if _group(entry) == "Hashtags" for _, value in _members(entry)]
    return _liked(links[0] if links else "", element.get("timestamp"), owner, full_name, caption, tags)


def _liked(
    link: str, seconds: Any, owner: str, full_name: str = "", caption: str = "", tags: list[str] | None = None
) -> Like:
    found = _POST_LINK.search(link)
    if found is None:
        raise ValueError("has no link to a post")
    owner = owner.lower()
    return Like(
        post=found[2],
        at=_time(seconds),
        taken_at=taken_at(found[2], seconds),
        media_type="" if found[1] == "p" else "video",
        owner=owner if _USER_NAME.fullmatch(owner) else "",
        full_name=full_name,
        caption=caption,
        hashtags=_unlike([*(tags or []), *hashtags_in(caption)]),
    )


def comment(element: Element) -> Comment:
    """Parses a comment. Raises ValueError if the owner of the post is missing."""
    fields = element.get("string_map_data")
    if not isinstance(fields, dict):
        raise ValueError("has no string_map_data")
    values = {label: field for label, field in fields.items() if isinstance(field, dict)}
    text, owner = (str(values.get(label, {}).get("value") or "") for label in ("Comment", "Media Owner"))
    if not text and not owner:  # the labels are in another language, but in the same order
        told = [str(field["value"]) for field in values.values() if field.get("value")]
        text, owner = told if len(told) == 2 else ("", "")
    if not owner:
        raise ValueError("does not name the owner of the post")
    times = [field["timestamp"] for field in values.values() if field.get("timestamp")]
    return Comment(_user_name(owner), _time(times[0] if times else None), text)


def own_post(element: Element) -> OwnPost:
    """Parses a post of the person. Raises ValueError if it has no picture or video, or no time."""
    media = [item for item in _list(element.get("media") or [element]) if isinstance(item, dict) and item.get("uri")]
    if not media:
        raise ValueError("has neither picture nor video")
    seconds = element.get("creation_timestamp") or media[0].get("creation_timestamp")
    if not isinstance(seconds, int):
        raise ValueError("has no creation_timestamp")
    caption = str(element.get("title") or media[0].get("title") or "")
    return OwnPost(
        seconds, _time(seconds), _media_type([str(item["uri"]) for item in media]), caption, str(media[0]["uri"])
    )


def profile(element: Element) -> tuple[str, str]:
    """The person's user name and full name; '' if missing or not labelled in English."""
    fields = element.get("string_map_data")
    if isinstance(fields, dict):
        told = {word: str(field.get("value") or "") for word, field in fields.items() if isinstance(field, dict)}
    else:
        told = dict(_leaves(element.get("label_values")))
    name = told.get("Username", "").lower()
    return name if _USER_NAME.fullmatch(name) else "", told.get("Name", "")


def hashtags_in(caption: str) -> list[str]:
    """The hashtags in a caption, each once: # followed by letters, digits, _ and emoji."""
    tags, end = [], 0
    for mark in re.finditer("#", caption):
        if mark.start() > end and _NO_START.match(caption[mark.start() - 1]):
            continue
        tags.append("".join(takewhile(_is_of_hashtag, caption[mark.end() :])))
        end = mark.end() + len(tags[-1])
    return _unlike(tags)


def taken_at(code: str, liked: Any = None) -> str:
    """The time of a post from the code in its link; '' if it is impossible, such as after the like.

    The code is a number in base 64, of which all but the last 23 bits are the milliseconds since Instagram's epoch in
    August 2011. Older codes are plain numbers. A private post's code has more digits, of which the first eleven count.
    """
    number = 0
    for digit in code[:11]:
        number = number * 64 + _CODE_DIGITS.index(digit)
    millis = number >> 23
    if millis < clock.DAY_MS or (isinstance(liked, int) and millis + _CODE_EPOCH >= (liked + 1) * 1000):
        return ""
    return clock.iso(millis + _CODE_EPOCH) or ""


def _time(seconds: Any) -> str:
    """Epoch seconds in ISO 8601; '' if missing. Invalid ones are returned as text, for the importer to reject."""
    try:
        return clock.iso(seconds * 1000) or "" if seconds else ""
    except (TypeError, ValueError, OverflowError):
        return str(seconds)


def _user_name(name: str) -> str:
    """A user name as an id. Raises ValueError if it is invalid, as for deleted accounts."""
    if not name:
        raise ValueError("names no account")
    if not _USER_NAME.fullmatch(name.lower()):
        raise ValueError(f"{name[:60]!r} is not a user name: the account may be deleted")
    return name.lower()


def _user_in(link: str) -> str:
    found = re.search(r"instagram\.com/(?:_u/)?([\w.]+)/?$", link)
    return found[1] if found else ""


def _link(element: Element) -> dict[str, Any]:
    links = _list(element.get("string_list_data"))
    return links[0] if links and isinstance(links[0], dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def _leaves(entries: Any) -> Iterator[tuple[str, str]]:
    """The (label, value) pairs of a list, without its nested lists."""
    for entry in _list(entries):
        if isinstance(entry, dict) and "dict" not in entry:
            yield str(entry.get("label") or ""), str(entry.get("value") or entry.get("href") or "")


def _group(entry: Any) -> str | None:
    """The title of a nested list; None for other entries."""
    return str(entry.get("title") or "") if isinstance(entry, dict) and "dict" in entry else None


def _members(entry: Element) -> Iterator[tuple[str, str]]:
    for member in _list(entry["dict"]):
        yield from _leaves(member.get("dict") if isinstance(member, dict) else None)


def _owner(entries: list[Any]) -> tuple[str, str]:
    """User name and full name of a post's owner, who comes before a brand partner of the same shape; '' if missing."""
    groups = [list(_members(entry)) for entry in entries if _group(entry) not in (None, "Hashtags", "Brand partner")]
    accounts = [leaves for leaves in groups if len({word for word, _ in leaves}) > 1]
    return _account(iter(accounts[0])) if accounts else ("", "")


def _account(leaves: Iterator[tuple[str, str]]) -> tuple[str, str]:
    """User name and full name of an account; its values are a web site (optional), the name, and last the user name."""
    told = list(leaves)
    by_word = dict(told)
    last = told[-1] if told and told[-1][0] not in ("URL", "Name") else ("", "")
    name = by_word.get("Name") or (told[-2][1] if len(told) > 2 else "")
    return by_word.get("Username") or last[1], name


def _media_type(files: list[str]) -> str:
    if len(files) > 1:
        return "carousel"
    return "video" if PurePosixPath(files[0]).suffix.lower() in _VIDEOS else "image"


def _is_of_hashtag(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] in "LMN" or category == "So" or sign in _JOINERS or sign in _SKIN_TONES


def _unlike(tags: list[str]) -> list[str]:
    """The first spelling of each hashtag, without invalid ones."""
    found: dict[str, str] = {}
    for tag in tags:
        found.setdefault(hashtags.name(tag), tag)
    found.pop("", None)
    return list(found.values())
