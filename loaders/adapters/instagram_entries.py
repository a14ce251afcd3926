"""Parsers of the elements of an Instagram export, in any of the shapes of `loaders.adapters.instagram_shapes`."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from graph import clock, hashtags
from loaders.adapters import instagram_shapes as shapes
from loaders.adapters.instagram_shapes import POST_LINK, Element, Leaf, Record, as_list, record

_USER_NAME = re.compile(r"(?!__deleted__)[a-z0-9._]{1,64}")
_TAG_LINK = re.compile(r"/explore/tags/([^/?#]+)")
_BETWEEN_TOPICS = re.compile(r"\s&\s|[/,;:|()]")
_CODE_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CODE_EPOCH = 1_314_220_021_721
_NO_START = re.compile(r"[\w&/]")
"""A character that no hashtag follows: within a word, in &#39; and in a URL, # has another meaning."""
_VIDEOS = {".mp4", ".mov", ".m4v", ".webm"}
_HASH = re.compile(rf"#(?!\ufe0f?{hashtags.KEYCAP})")
"""The sign that begins a hashtag; in a keycap it is a picture."""
_MORE_SIGNS = "_\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""The underscore and the skin tones."""


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
class Seen:
    """A post that the person liked, viewed or hid."""

    post: str
    """Empty if unknown: views of older exports name its owner alone."""
    at: str
    taken_at: str
    media_type: str
    owner: str
    """Empty if the account is gone."""
    full_name: str
    """The owner's full name; empty in the older shapes."""
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
    found = record(element)
    leaves = found.leaves or [leaf for group in found.groups[:1] for member in group.members[:1] for leaf in member]
    unlabelled = [leaf.value for leaf in leaves if not leaf.label and not leaf.is_link]
    account, _ = shapes.account([leaf for leaf in leaves if leaf.label and leaf.value and not leaf.is_link])
    name = next(filter(None, unlabelled), "") or account or found.title or shapes.profile_in(leaves)
    return Contact(_user_name(name), _time(found.time))


def interest(element: Element) -> Interest:
    """Parses a followed hashtag. Raises ValueError if it is missing."""
    found = record(element)
    name = found.texts[0].value if found.texts else found.title
    if not name:
        links = filter(None, (_TAG_LINK.search(leaf.href) for leaf in found.leaves))
        name = next((unquote(link[1]) for link in links), "")
    if not hashtags.name(name):
        raise ValueError("names no hashtag")
    return Interest(name, _time(found.time))


def topics(element: Element) -> list[str]:
    """Parses a topic that Instagram inferred, "Food & Drink", into hashtags: Food, Drink. Raises ValueError."""
    found = record(element)
    name = found.texts[0].value if found.texts else found.title
    parts = ("".join(filter(_is_of_hashtag, part)) for part in _BETWEEN_TOPICS.split(name))
    if not (made := [part for part in parts if hashtags.name(part)]):
        raise ValueError("names no topic")
    return made


def is_tag(element: Element) -> bool:
    """Returns True for an element that links the page of a hashtag."""
    return any(_TAG_LINK.search(leaf.href) for leaf in record(element).leaves)


def like(element: Element) -> Seen:
    """Parses a liked or hidden post. Raises ValueError if it has no link to a post."""
    seen = _seen(record(element))
    if not seen.post:
        raise ValueError("has no link to a post")
    return seen


def saved(element: Element) -> Seen:
    """Parses a saved post, whose owner may be its title or only text. Raises ValueError if it has no link to a post."""
    found = record(element)
    seen = like(element)
    if seen.owner:
        return seen
    if _USER_NAME.fullmatch(name := found.title.strip().lower()):
        return replace(seen, owner=name)
    [name] = [leaf.value.strip().lower() for leaf in found.texts if leaf.value == seen.caption] or [""]
    return replace(seen, owner=name, caption="") if found.is_map and _USER_NAME.fullmatch(name) else seen


def story(element: Element) -> Seen:
    """Parses a like of a story. Raises ValueError if it has no owner, or no time."""
    seen = _seen(record(element))
    if not seen.owner:
        raise ValueError("has no name of the story's owner")
    if not seen.at:
        raise ValueError("has no time")
    return seen


def view(element: Element) -> Seen:
    """Parses a viewed post, or one of an owner. Raises ValueError if it has neither, or no time."""
    seen = _seen(record(element))
    if not seen.post and not seen.owner:
        raise ValueError("has neither a link to a post nor the name of its owner")
    if not seen.at:
        raise ValueError("has no time")
    return seen


def _seen(found: Record) -> Seen:
    linking, link = shapes.post_link(found)
    code = POST_LINK.search(link)
    tags, account = shapes.tags_and_owner(found.groups)
    owner, full_name = shapes.account(account)
    others = [leaf for leaf in found.texts if leaf is not linking]
    if not account:
        naming = _owner_among(found, others, is_linked=linking is not None)
        others = [leaf for leaf in others if leaf is not naming]
        owner = (found.title if found.is_list else "") or (naming or shapes.NOTHING).value
    caption = _caption_among(others)
    owner = owner.strip().lower()
    return Seen(
        post=code[2] if code else "",
        at=_time(found.time),
        taken_at=taken_at(code[2], found.time) if code else "",
        media_type="video" if code and code[1] != "p" else "",
        owner=owner if _USER_NAME.fullmatch(owner) else "",
        full_name=full_name,
        caption=caption,
        hashtags=_unlike([*tags, *hashtags_in(caption)]),
    )


def _owner_among(found: Record, others: list[Leaf], *, is_linked: bool) -> Leaf | None:
    """The leaf with the owner of a post, of which `others` are those beside its link; None if there is none.

    It is labelled so, or the last one; an only link says what was done, and of the newest shape it is the caption. An
    only text beside a link may be either, and is not taken for a person.
    """
    if leaf := shapes.labelled(others, shapes.OWNER | shapes.AUTHOR | shapes.USERNAME):
        return leaf
    last = next((leaf for leaf in others[::-1] if leaf.label not in shapes.CAPTION | shapes.TITLE), None)
    if found.is_map:
        return last if len(others) > 1 or not is_linked else None
    if found.is_list:
        return last if len(found.leaves) > 1 else None
    return None if found.groups or is_linked else last


def _caption_among(others: list[Leaf]) -> str:
    """The caption among labelled leaves: labelled so, else the first one."""
    named = shapes.labelled(others, shapes.CAPTION)
    known = shapes.URL | shapes.USERNAME | shapes.NAME | shapes.OWNER | shapes.AUTHOR | shapes.TITLE
    first = next((leaf for leaf in others if leaf.label and leaf.label not in known), None)
    return (named or first or shapes.NOTHING).value


def comment(element: Element, labels: tuple[str, str] | None = None) -> Comment:
    """Parses a comment. Raises ValueError if the owner of the post is missing.

    `labels` are those of its text and of the post's owner, from `comment_labels`.
    """
    found = record(element)
    _, account = shapes.tags_and_owner(found.groups)
    owner, _ = shapes.account(account)
    values = {leaf.label: leaf.value for leaf in reversed(found.texts)}
    if not any(values) and found.title:  # string_list_data
        text, owner = found.texts[0].value if found.texts else "", found.title
    elif owner:
        text = found.texts[0].value if found.texts else ""
    else:
        own = _labels_of(found)
        text, owner = (values.get(label, "") for label in (own if all(own) else labels or own))
    if not owner:
        raise ValueError("does not name the owner of the post")
    return Comment(_user_name(owner), _time(found.time), text)


def written(element: Element) -> Comment:
    """Parses a comment with a text. Raises ValueError for other elements, such as a contact, who is named twice."""
    found = comment(element)
    if found.text.lower() in ("", found.owner):
        raise ValueError("has no text")
    return found


def comment_labels(elements: Iterable[Any]) -> tuple[str, str] | None:
    """The labels of text and owner in a list of comments, from one that has both; None if none has."""
    records = (record(element) for element in elements if isinstance(element, dict))
    return next((labels for found in records if all(labels := _labels_of(found))), None)


def _labels_of(found: Record) -> tuple[str, str]:
    """The labels of a comment's text and its post's owner: known words, else the first and the second of several."""
    labels = [leaf.label for leaf in found.texts]
    if known := [label for label in labels if label in shapes.COMMENT | shapes.OWNER]:
        of_text, of_owner = (
            next((label for label in known if label in words), "") for words in (shapes.COMMENT, shapes.OWNER)
        )
        return of_text, of_owner
    return (labels[0], labels[1]) if len(labels) > 1 else ("", "")


def own_post(element: Element) -> OwnPost:
    """Parses a post of the person. Raises ValueError if it has no picture or video, or no time."""
    media = _media(element)
    if not media:
        raise ValueError("has neither picture nor video")
    found = record(element)
    seconds = element.get("creation_timestamp") or media[0].get("creation_timestamp") or found.time
    if not isinstance(seconds, int):
        raise ValueError("has no creation_timestamp")
    caption = found.title or shapes.text(media[0].get("title")) or _caption_among(found.texts)
    files = [str(item["uri"]) for item in media]
    return OwnPost(seconds, _time(seconds), _media_type(files), caption, files[0])


def _media(element: Element) -> list[Element]:
    """The pictures and videos of an element, which is one itself if it holds no others."""
    by_label = element.get("media_map_data")
    held = [
        *as_list(element.get("media")),
        *as_list(element.get("media_list_data")),
        *(by_label.values() if isinstance(by_label, dict) else ()),
    ]
    return [item for item in held or [element] if isinstance(item, dict) and item.get("uri")]


def profile(element: Element) -> tuple[str, str]:
    """The person's user name and full name; '' if missing or under a label that is not known."""
    found = record(element)
    name, full_name = (found.labelled(words) or shapes.NOTHING for words in (shapes.USERNAME, shapes.NAME))
    user = name.value.strip().lower()
    return user if _USER_NAME.fullmatch(user) else "", full_name.value


def is_profile(element: Element) -> bool:
    """Returns True for an element that names a person under a known label, and has more about them than others do."""
    return bool(profile(element)[0]) and len(record(element).texts) > 2


def hashtags_in(caption: str) -> list[str]:
    """The hashtags in a caption, each once: # followed by letters, digits, _, emoji and what cannot be seen."""
    tags, end = [], 0
    for mark in _HASH.finditer(caption):
        if mark.start() > end and _NO_START.match(caption[mark.start() - 1]):
            continue
        end = next((at for at in range(mark.end(), len(caption)) if not _is_of_hashtag(caption[at])), len(caption))
        if end > mark.end():
            tags.append(caption[mark.end() : end])
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
        return clock.iso(seconds * 1000) or "" if seconds and not isinstance(seconds, bool) else str(seconds or "")
    except (TypeError, ValueError, OverflowError):
        return str(seconds)


def _user_name(name: str) -> str:
    """A user name as an id. Raises ValueError if it is invalid, as for deleted accounts."""
    if not name:
        raise ValueError("names no account")
    if not _USER_NAME.fullmatch(name.lower()):
        raise ValueError(f"{name[:60]!r} is not a user name: the account may be deleted")
    return name.lower()


def _media_type(files: list[str]) -> str:
    if len(files) > 1:
        return "carousel"
    return "video" if PurePosixPath(files[0]).suffix.lower() in _VIDEOS else "image"


def _is_of_hashtag(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] in "LMN" or category == "So" or sign in _MORE_SIGNS or hashtags.is_unseen(sign)


def _unlike(tags: list[str]) -> list[str]:
    """The first spelling of each hashtag, without invalid ones; too long ones stay, to be rejected one by one."""
    found: dict[str, str] = {}
    for tag in tags:
        found.setdefault(hashtags.name(tag) if len(tag) <= hashtags.MAX_CHARACTERS else tag, tag)
    found.pop("", None)
    return list(found.values())
