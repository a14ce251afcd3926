"""Instagram's export of a person's own information ("Download your information", in JSON): their part of the network.

What becomes of it:

- Everybody who is named becomes a user, whose id is the user name, in small letters.
- Following and followers become follows, blocked accounts blocks, followed hashtags interests.
- A liked post becomes a post, whose id is the code in its link, with its owner, and a like. When it was made is told by
  its code, to within minutes. Newer exports also have its caption and hashtags.
- The person's own posts and reels become posts, whose id is user name and time, for the export knows no link of them.
- A comment tells only whose post it is about, not which. Since affinity counts comments, it is kept, on a post of the
  owner that stands for all of theirs that the person commented on. It is marked as sensitive and has neither time nor
  hashtag, so no feed shows it.

What cannot be used, such as an entry of an account that is gone, is rejected with the reason; a liked post of such an
account has no author. Left out: archived posts, stories, messages, views, saved posts, close friends, restricted
accounts, hidden stories, likes of comments, and @names in captions, which need not be people in the picture.

An export is of one person: it is read whole, at once.
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
UNKNOWN_POSTS = "Stands for posts with comments of which the export does not say which they are."
"""The caption of a post that comments are on."""


@dataclass(frozen=True)
class Said(Generic[T]):
    """What an element of a file says."""

    line: int
    text: str
    what: T

    def row(self, *cells: str) -> Row:
        """A row that comes from it."""
        return Row(self.line, cells, self.text)


@dataclass
class Part(Generic[T]):
    """What a file says, and what of it says nothing."""

    file: str
    said: list[Said[T]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


@dataclass
class Import:
    """The sources that are made of an export."""

    me: str
    fingerprint: str
    sources: list[Source] = field(default_factory=list)

    def add(self, part: Part[Any], name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add a source of rows of the neutral format's file `name`, with the part's rejects if none has them yet."""
        items: list[Row | Reject] = [*rows, *part.rejects]
        part.rejects = []
        if items:
            made = source(part.file, name, columns, lambda: items, size=len(items), fingerprint=self.fingerprint)
            self.sources.append(made)


def sources(path: Path) -> list[Source]:
    """The export in a folder or zip, in the order of import. Raises LoadError if it is none, or not of one person."""
    export = instagram_export.read(path)
    me, person = _person(export)
    made = Import(me, export.fingerprint)
    made.add(person, "users", USER, (one.row(me, me, one.what) for one in person.said))
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
            part, "blocks", ("user", "blocked", "at"), (one.row(me, one.what.user, one.what.at) for one in part.said)
        )
    for tags in _parts(export, "hashtags", entries.interest):
        rows = (one.row(me, one.what.hashtag, one.what.at) for one in tags.said)
        made.add(tags, "interests", ("user", "hashtag", "at"), rows)
    return sorted(made.sources, key=lambda source: ORDER.index(source.format.name))


def _person(export: Export) -> tuple[str, Part[str]]:
    """Whose export it is: the user name, and where it is said, with the full name."""
    found: dict[str, Part[str]] = {}
    for file in export.files["profile"]:
        for line, element in enumerate(file.elements, 1):
            name, full_name = entries.profile(element) if isinstance(element, dict) else ("", "")
            if name and name not in found:
                found[name] = Part(file.name, [Said(line, _text(element), full_name)])
    if not found and export.named:
        found[export.named] = Part(export.path.name, [Said(1, export.named, "")])
    if len(found) == 1:
        return found.popitem()
    if found:
        raise LoadError(f"{export.path} holds exports of several people.", "Import one after the other.")
    raise LoadError(
        f"{export.path} does not say whose export it is.",
        "Ask Instagram for it with your personal information, or rename it to instagram-NAME-2024-05-01, "
        "where NAME is your user name and the rest any date.",
    )


def _parts(export: Export, kind: str, parse: Callable[[Element], T]) -> list[Part[T]]:
    return [_part(file, parse) for file in export.files[kind]]


def _part(file: File, parse: Callable[[Element], T]) -> Part[T]:
    part: Part[T] = Part(file.name)
    for line, element in enumerate(file.elements, 1):
        try:
            if not isinstance(element, dict):
                raise ValueError("is no JSON object")
            part.said.append(Said(line, _text(element), parse(element)))
        except ValueError as error:
            part.rejects.append(Reject(file.name, line, str(error), _text(element)))
    return part


def _text(element: Any) -> str:
    """The element as a report quotes it: readable, and text that a file can hold even where it is half an emoji."""
    return json.dumps(element, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _add_users(
    made: Import, contacts: list[Part[Contact]], liked: list[Part[Like]], comments: list[Part[Comment]]
) -> None:
    """Everybody else who is named, once, where that is first."""
    full_names = {one.what.owner: one.what.full_name for part in liked for one in part.said if one.what.full_name}
    known = {made.me, ""}

    def first_named(said: Iterable[tuple[Said[Any], str]]) -> Iterator[Row]:
        for one, user in said:
            if user not in known:
                known.add(user)
                yield one.row(user, user, full_names.get(user, ""))

    for part in contacts:
        made.add(part, "users", USER, first_named((one, one.what.user) for one in part.said))
    for posts in liked:
        made.add(posts, "users", USER, first_named((one, one.what.owner) for one in posts.said))
    for written in comments:
        made.add(written, "users", USER, first_named((one, one.what.owner) for one in written.said))


def _add_follows(made: Import, following: list[Part[Contact]], followers: list[Part[Contact]]) -> None:
    columns = ("follower", "followee", "at")
    for part in following:
        made.add(part, "follows", columns, (one.row(made.me, one.what.user, one.what.at) for one in part.said))
    for part in followers:
        made.add(part, "follows", columns, (one.row(one.what.user, made.me, one.what.at) for one in part.said))


def _add_likes(made: Import, liked: list[Part[Like]]) -> None:
    columns = ("id", "author", "taken_at", "media_type", "caption")
    for part in liked:
        posts = (
            one.row(like.post, like.owner, like.taken_at, like.media_type, like.caption)
            for one in part.said
            for like in [one.what]
        )
        made.add(part, "posts", columns, posts)
        likes = (one.row(made.me, one.what.post, one.what.at) for one in part.said)
        made.add(part, "likes", ("user", "post", "at"), likes)
        tags = (one.row(one.what.post, tag) for one in part.said for tag in one.what.hashtags)
        made.add(part, "tags", ("post", "hashtag"), tags)


def _add_comments(made: Import, comments: list[Part[Comment]]) -> None:
    known = set[str]()

    def posts(part: Part[Comment]) -> Iterator[Row]:
        for one in part.said:
            if one.what.owner not in known:
                known.add(one.what.owner)
                yield one.row(_commented(made.me, one.what.owner), one.what.owner, UNKNOWN_POSTS, "true")

    for part in comments:
        made.add(part, "posts", ("id", "author", "caption", "sensitive"), posts(part))
        rows = (
            one.row(_comment_id(made.me, what), made.me, _commented(made.me, what.owner), what.at, what.text)
            for one in part.said
            for what in [one.what]
        )
        made.add(part, "comments", ("id", "user", "post", "at", "text"), rows)


def _commented(me: str, owner: str) -> str:
    """The id of the post that stands for those of the owner that the person commented on; no link's code has a /."""
    return f"{owner}/commented-by/{me}"


def _comment_id(me: str, comment: Comment) -> str:
    """The same for the same comment in each export."""
    digest = hashlib.sha256("\0".join((comment.owner, comment.at, comment.text)).encode("utf-8", "surrogatepass"))
    return f"{me}/comment/{digest.hexdigest()[:20]}"


def _add_own_posts(made: Import, posts: list[Part[OwnPost]]) -> None:
    columns = ("id", "author", "taken_at", "media_type", "caption", "image_url")
    in_second = Counter[int]()
    for part in posts:
        rows, tags = [], []
        for one in part.said:
            post = one.what
            in_second[post.seconds] += 1
            id = _own_id(made.me, post.seconds, in_second[post.seconds])
            rows.append(one.row(id, made.me, post.taken_at, post.media_type, post.caption, post.file))
            tags += [one.row(id, tag) for tag in entries.hashtags_in(post.caption)]
        made.add(part, "posts", columns, rows)
        made.add(part, "tags", ("post", "hashtag"), tags)


def _own_id(me: str, seconds: int, number: int) -> str:
    return f"{me}/{seconds}" if number == 1 else f"{me}/{seconds}/{number}"
