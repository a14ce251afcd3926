"""Instagram's export of a person's own information ("Download your information", in JSON): their part of the network.

How it is converted:

- Everybody who is named becomes a user. The id is the user name in lower case.
- Following and followers become follows, blocked accounts blocks, followed hashtags interests.
- A liked post becomes a post with its owner, and a like. Its id is the code in its link, which also gives its time, to
  within minutes. Newer exports also have its caption and hashtags.
- The person's own posts and reels become posts. Their id is the user name and the time, as the export has no link.
- A comment has only the owner of its post, not the post. As affinity counts comments, it is put on a post that stands
  for all posts of this owner that the person commented on. This post is marked as sensitive and has neither a time nor
  hashtags, so that no feed shows it.

Unusable entries, such as those of deleted accounts, are rejected with the reason; a liked post of a deleted account has
no author. Left out are archived posts, stories, messages, views, saved posts, close friends, restricted accounts,
hidden stories, likes of comments, and @names in captions, who need not be in the picture.

An export belongs to one person, and is read into memory at once.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from graph.errors import LoadError
from loaders.adapters import instagram_entries as entries
from loaders.adapters import instagram_export
from loaders.adapters.instagram_entries import Comment, Contact, Like, OwnPost
from loaders.adapters.instagram_export import Element, Export, File
from loaders.adapters.rows import Row, source
from loaders.files.blocks import Reject, Source
from loaders.format.neutral import FILES

T = TypeVar("T")
ORDER = [format.name for format in FILES]
USER = ("id", "username", "full_name")
UNKNOWN_POSTS = "Stands for all posts that were commented on, which the export does not identify."
"""The caption of a post that stands for the commented posts of an owner."""


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """A parsed element of a file."""

    line: int
    text: str
    value: T

    def row(self, *cells: str) -> Row:
        """A row with these cells, and the element as its origin."""
        return Row(self.line, cells, self.text)


@dataclass
class Part(Generic[T]):
    """The parsed elements of a file, and its rejects."""

    file: str
    parsed: list[Parsed[T]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


@dataclass
class Import:
    """The sources for the import of an export."""

    me: str
    fingerprint: str
    sources: list[Source] = field(default_factory=list)

    def add(self, part: Part[Any], name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Adds a source of rows for the format's file `name`. The first one of a part also has its rejects."""
        items: list[Row | Reject] = [*rows, *part.rejects]
        part.rejects = []
        if items:
            made = source(part.file, name, columns, lambda: items, size=len(items), fingerprint=self.fingerprint)
            self.sources.append(made)


def sources(path: Path) -> list[Source]:
    """The sources of an export in a folder or zip, in the order of import. Raises LoadError if its owner is unclear."""
    export = instagram_export.read(path)
    me, person = _person(export)
    made = Import(me, export.fingerprint)
    made.add(person, "users", USER, (one.row(me, me, one.value) for one in person.parsed))
    following = _parts(export, "following", entries.contact)
    followers = _parts(export, "followers", entries.contact)
    blocked = _parts(export, "blocked", entries.contact)
    liked = _parts(export, "liked", entries.like)
    comments = _parts(export, "comments", entries.comment)
    _add_users(made, [*following, *followers, *blocked], liked, comments)
    _add_follows(made, following, followers)
    _add_likes(made, liked)
    _add_comments(made, comments)
    _add_own_posts(made, _parts(export, "posts", entries.own_post))
    for part in blocked:
        made.add(
            part,
            "blocks",
            ("user", "blocked", "at"),
            (one.row(me, one.value.user, one.value.at) for one in part.parsed),
        )
    for tags in _parts(export, "hashtags", entries.interest):
        rows = (one.row(me, one.value.hashtag, one.value.at) for one in tags.parsed)
        made.add(tags, "interests", ("user", "hashtag", "at"), rows)
    return sorted(made.sources, key=lambda source: ORDER.index(source.format.name))


def _person(export: Export) -> tuple[str, Part[str]]:
    """The user name of the export's owner, and the element that names them, with the full name."""
    found: dict[str, Part[str]] = {}
    for file in export.files["profile"]:
        for line, element in enumerate(file.elements, 1):
            name, full_name = entries.profile(element) if isinstance(element, dict) else ("", "")
            if name and name not in found:
                found[name] = Part(file.name, [Parsed(line, _text(element), full_name)])
    if not found and export.named:
        found[export.named] = Part(export.path.name, [Parsed(1, export.named, "")])
    if len(found) == 1:
        return found.popitem()
    if found:
        raise LoadError(f"{export.path} holds exports of several people.", "Import one after the other.")
    raise LoadError(
        f"{export.path} does not contain the name of its owner.",
        "Request it again with your personal information, or rename it to instagram-NAME-2024-05-01, "
        "where NAME is your user name; any date will do.",
    )


def _parts(export: Export, kind: str, parse: Callable[[Element], T]) -> list[Part[T]]:
    return [_part(file, parse) for file in export.files[kind]]


def _part(file: File, parse: Callable[[Element], T]) -> Part[T]:
    part: Part[T] = Part(file.name)
    for line, element in enumerate(file.elements, 1):
        try:
            if not isinstance(element, dict):
                raise ValueError("is not a JSON object")
            part.parsed.append(Parsed(line, _text(element), parse(element)))
        except ValueError as error:
            part.rejects.append(Reject(file.name, line, str(error), _text(element)))
    return part


def _text(element: Any) -> str:
    """The element as readable JSON for the report of rejects. Lone surrogates are escaped so that it can be written."""
    return json.dumps(element, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _add_users(
    made: Import, contacts: list[Part[Contact]], liked: list[Part[Like]], comments: list[Part[Comment]]
) -> None:
    """Adds everybody else who is named, once, where they are named first."""
    full_names = {one.value.owner: one.value.full_name for part in liked for one in part.parsed if one.value.full_name}
    known = {made.me, ""}

    def first_named(named: Iterable[tuple[Parsed[Any], str]]) -> Iterator[Row]:
        for one, user in named:
            if user not in known:
                known.add(user)
                yield one.row(user, user, full_names.get(user, ""))

    for part in contacts:
        made.add(part, "users", USER, first_named((one, one.value.user) for one in part.parsed))
    for posts in liked:
        made.add(posts, "users", USER, first_named((one, one.value.owner) for one in posts.parsed))
    for written in comments:
        made.add(written, "users", USER, first_named((one, one.value.owner) for one in written.parsed))


def _add_follows(made: Import, following: list[Part[Contact]], followers: list[Part[Contact]]) -> None:
    columns = ("follower", "followee", "at")
    for part in following:
        made.add(part, "follows", columns, (one.row(made.me, one.value.user, one.value.at) for one in part.parsed))
    for part in followers:
        made.add(part, "follows", columns, (one.row(one.value.user, made.me, one.value.at) for one in part.parsed))


def _add_likes(made: Import, liked: list[Part[Like]]) -> None:
    columns = ("id", "author", "taken_at", "media_type", "caption")
    for part in liked:
        posts = (
            one.row(like.post, like.owner, like.taken_at, like.media_type, like.caption)
            for one in part.parsed
            for like in [one.value]
        )
        made.add(part, "posts", columns, posts)
        likes = (one.row(made.me, one.value.post, one.value.at) for one in part.parsed)
        made.add(part, "likes", ("user", "post", "at"), likes)
        tags = (one.row(one.value.post, tag) for one in part.parsed for tag in one.value.hashtags)
        made.add(part, "tags", ("post", "hashtag"), tags)


def _add_comments(made: Import, comments: list[Part[Comment]]) -> None:
    known = set[str]()

    def posts(part: Part[Comment]) -> Iterator[Row]:
        for one in part.parsed:
            if one.value.owner not in known:
                known.add(one.value.owner)
                yield one.row(_commented(made.me, one.value.owner), one.value.owner, UNKNOWN_POSTS, "true")

    for part in comments:
        made.add(part, "posts", ("id", "author", "caption", "sensitive"), posts(part))
        rows = (
            one.row(
                _comment_id(made.me, comment), made.me, _commented(made.me, comment.owner), comment.at, comment.text
            )
            for one in part.parsed
            for comment in [one.value]
        )
        made.add(part, "comments", ("id", "user", "post", "at", "text"), rows)


def _commented(me: str, owner: str) -> str:
    """The id of the post that stands for the owner's commented posts. It cannot be that of a link, which has no /."""
    return f"{owner}/commented-by/{me}"


def _comment_id(me: str, comment: Comment) -> str:
    """An id that is equal for the same comment in every export."""
    digest = hashlib.sha256("\0".join((comment.owner, comment.at, comment.text)).encode("utf-8", "surrogatepass"))
    return f"{me}/comment/{digest.hexdigest()[:20]}"


def _add_own_posts(made: Import, posts: list[Part[OwnPost]]) -> None:
    columns = ("id", "author", "taken_at", "media_type", "caption", "image_url")
    in_second = Counter[int]()
    for part in posts:
        rows, tags = [], []
        for one in part.parsed:
            post = one.value
            in_second[post.seconds] += 1
            id = _own_id(made.me, post.seconds, in_second[post.seconds])
            rows.append(one.row(id, made.me, post.taken_at, post.media_type, post.caption, post.file))
            tags += [one.row(id, tag) for tag in entries.hashtags_in(post.caption)]
        made.add(part, "posts", columns, rows)
        made.add(part, "tags", ("post", "hashtag"), tags)


def _own_id(me: str, seconds: int, number: int) -> str:
    return f"{me}/{seconds}" if number == 1 else f"{me}/{seconds}/{number}"
