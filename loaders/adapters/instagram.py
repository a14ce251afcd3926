"""Instagram's export of a person's own information ("Download your information"): their part of the network.

How it is converted:

- Everybody who is named becomes a user. The id is the user name in lower case.
- Following and followers become follows, blocked accounts blocks, followed hashtags interests.
- Topics that Instagram inferred become interests that are marked as inferred.
- A liked post becomes a post with its owner, and a like. Its id is the code in its link, which also gives its time, to
  within minutes. Newer exports also have its caption and hashtags.
- Saved posts become saves, of a post like a liked one.
- Viewed posts and watched videos become views, posts of no interest hides, of a post like a liked one. Views of older
  exports have only the owner of their post, as comments do.
- The person's own posts and reels become posts. Their id is the user name and the time, as the export has no link.
- A comment has only the owner of its post, not the post. As affinity counts comments, it is put on a post that stands
  for all posts of this owner that the person commented on. This post is marked as sensitive and has neither a time nor
  hashtags, so that no feed shows it. The same for views.
- A like of a story has only its owner, too. It becomes a comment without text on a post that stands for all stories of
  this owner that the person liked: it counts for affinity, and nowhere else.

Unusable entries, such as those of deleted accounts, are rejected with the reason; a liked post of a deleted account has
no author. Left out are archived posts, stories, messages, close friends, restricted accounts, hidden
stories, accounts of no interest, likes of comments, and @names in captions, who need not be in the picture.

An export belongs to one person, and is read into memory at once.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from graph import hashtags
from graph.errors import LoadError
from loaders.adapters import instagram_entries as entries
from loaders.adapters import instagram_export
from loaders.adapters import instagram_shapes as shapes
from loaders.adapters.instagram_entries import Comment, Contact, OwnPost, Seen
from loaders.adapters.instagram_export import Export, File
from loaders.adapters.instagram_shapes import Element
from loaders.adapters.rows import Row, source
from loaders.files.blocks import Reject, Source
from loaders.format.neutral import FILES

T = TypeVar("T")
A = TypeVar("A", Comment, Seen)
ORDER = [format.name for format in FILES]
USER = ("id", "username", "full_name")
UNKNOWN_POSTS = "Stands for all posts that were commented on, which the export does not identify."
"""The caption of a post that stands for the commented posts of an owner."""
UNKNOWN_STORIES = "Stands for all stories that were liked, which the export does not have."
"""The caption of a post that stands for the liked stories of an owner."""
UNKNOWN_VIEWED = "Stands for all posts that were viewed, which the export does not identify."
"""The caption of a post that stands for the viewed posts of an owner."""
POST = ("id", "author", "taken_at", "media_type", "caption")


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
    stand_ins: set[str] = field(default_factory=set)
    """Ids of the posts that stand for others."""

    def is_new_stand_in(self, id: str) -> bool:
        """Returns True the first time that it is asked for a post that stands for others."""
        is_new = id not in self.stand_ins
        self.stand_ins.add(id)
        return is_new

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
    following = _lists(export, "following", entries.contact)
    followers = _lists(export, "followers", entries.contact)
    blocked = _lists(export, "blocked", entries.contact)
    liked = _seen(export, "liked", entries.like)
    viewed = _seen(export, "views", entries.view)
    hidden = _seen(export, "hides", entries.like)
    saved = _seen(export, "saved", entries.saved)
    stories = _lists(export, "stories", entries.story)
    comments = [_comments(file) for file in export.files["comments"]]
    _add_users(made, [*following, *followers, *blocked], [*liked, *saved, *viewed, *hidden, *stories], comments)
    _add_follows(made, following, followers)
    _add_seen(made, liked, "likes")
    _add_seen(made, saved, "saves")
    _add_seen(made, viewed, "views")
    _add_seen(made, hidden, "hides")
    _add_comments(made, comments)
    _add_story_likes(made, stories)
    _add_own_posts(made, _parts(export, "posts", entries.own_post))
    for part in blocked:
        made.add(
            part,
            "blocks",
            ("user", "blocked", "at"),
            (one.row(me, one.value.user, one.value.at) for one in part.parsed),
        )
    followed: set[str] = set()
    for tags in _lists(export, "hashtags", entries.interest):
        followed.update(hashtags.name(one.value.hashtag) for one in tags.parsed)
        rows = (one.row(me, one.value.hashtag, one.value.at) for one in tags.parsed)
        made.add(tags, "interests", ("user", "hashtag", "at"), rows)
    _add_topics(made, _lists(export, "topics", entries.topics), followed)
    [first, *others] = sorted(made.sources, key=lambda source: ORDER.index(source.format.name))
    return [replace(first, notes=export.notes), *others]


def _add_topics(made: Import, topics: list[Part[list[str]]], followed: Container[str]) -> None:
    """Adds inferred topics as interests, but for followed hashtags: a topic says less than these."""
    for part in topics:
        rows = (
            one.row(made.me, tag, "true")
            for one in part.parsed
            for tag in one.value
            if hashtags.name(tag) not in followed
        )
        made.add(part, "interests", ("user", "hashtag", "inferred"), rows)


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
        name, part = found.popitem()
        part.rejects += [reject for file in export.files["profile"] for reject in _problem(file)]
        return name, part
    if found:
        raise LoadError(f"{export.path} holds exports of several people.", "Import one after the other.")
    read = ", ".join(file.name for file in export.files["profile"] if file.elements)
    broken = next((f"{file.name} {file.problem}" for file in export.files["profile"] if file.problem), "")
    cause = f"{read} has no known label for it" if read else broken
    raise LoadError(
        f"{export.path} does not contain the name of its owner{f': {cause}' if cause else ''}.",
        "Request it again with your personal information, or rename it to instagram-NAME-2024-05-01, "
        "where NAME is your user name; any date will do.",
    )


def _parts(export: Export, kind: str, parse: Callable[[Element], T]) -> list[Part[T]]:
    return [_part(file, parse) for file in export.files[kind]]


def _seen(export: Export, kind: str, parse: Callable[[Element], Seen]) -> list[Part[Seen]]:
    """The parts of lists of posts."""
    return [_part(file, parse, shapes.posts_apart) for file in export.files[kind]]


def _lists(export: Export, kind: str, parse: Callable[[Element], T]) -> list[Part[T]]:
    """The parts of lists of people or hashtags."""
    return [_part(file, parse, shapes.apart) for file in export.files[kind]]


def _comments(file: File) -> Part[Comment]:
    labels = entries.comment_labels(file.elements)
    return _part(file, lambda element: entries.comment(element, labels))


def _part(
    file: File, parse: Callable[[Element], T], apart: Callable[[Element], list[Element]] = lambda element: [element]
) -> Part[T]:
    """Parses the elements of a file; `apart` divides those that stand for several."""
    part: Part[T] = Part(file.name)
    part.rejects += _problem(file)
    for line, element in enumerate(file.elements, 1):
        for one in apart(element) if isinstance(element, dict) else [element]:
            try:
                if not isinstance(one, dict):
                    raise ValueError("is not a JSON object")
                part.parsed.append(Parsed(line, _text(one), parse(one)))
            except ValueError as error:
                part.rejects.append(Reject(file.name, line, str(error), _text(one)))
    return part


def _problem(file: File) -> list[Reject]:
    """The reject of a file that is empty or cannot be read."""
    return [Reject(file.name, 1, file.problem, "")] if file.problem else []


def _text(element: Any) -> str:
    """The element as readable JSON for the report of rejects. Lone surrogates are escaped so that it can be written."""
    return json.dumps(element, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _add_users(
    made: Import, contacts: list[Part[Contact]], seen: list[Part[Seen]], comments: list[Part[Comment]]
) -> None:
    """Adds everybody else who is named, once, where they are named first."""
    full_names = {one.value.owner: one.value.full_name for part in seen for one in part.parsed if one.value.full_name}
    known = {made.me, ""}

    def first_named(named: Iterable[tuple[Parsed[Any], str]]) -> Iterator[Row]:
        for one, user in named:
            if user not in known:
                known.add(user)
                yield one.row(user, user, full_names.get(user, ""))

    for part in contacts:
        made.add(part, "users", USER, first_named((one, one.value.user) for one in part.parsed))
    for posts in seen:
        made.add(posts, "users", USER, first_named((one, one.value.owner) for one in posts.parsed))
    for written in comments:
        made.add(written, "users", USER, first_named((one, one.value.owner) for one in written.parsed))


def _add_follows(made: Import, following: list[Part[Contact]], followers: list[Part[Contact]]) -> None:
    columns = ("follower", "followee", "at")
    for part in following:
        made.add(part, "follows", columns, (one.row(made.me, one.value.user, one.value.at) for one in part.parsed))
    for part in followers:
        made.add(part, "follows", columns, (one.row(one.value.user, made.me, one.value.at) for one in part.parsed))


def _add_seen(made: Import, parts: list[Part[Seen]], name: str) -> None:
    """Adds liked, viewed or hidden posts and what the person did, for the format's file `name`."""
    for part in parts:
        if all(one.value.post for one in part.parsed):
            made.add(part, "posts", POST, (one.row(*_cells(one.value)) for one in part.parsed))
        else:
            made.add(part, "posts", (*POST, "sensitive"), _seen_posts(made, part))
        acts = (one.row(made.me, _post_id(made, one.value), one.value.at) for one in part.parsed)
        made.add(part, name, ("user", "post", "at"), acts)
        tags = (one.row(one.value.post, tag) for one in part.parsed if one.value.post for tag in one.value.hashtags)
        made.add(part, "tags", ("post", "hashtag"), tags)


def _cells(seen: Seen) -> tuple[str, ...]:
    return seen.post, seen.owner, seen.taken_at, seen.media_type, seen.caption


def _seen_posts(made: Import, part: Part[Seen]) -> Iterator[Row]:
    """The posts of a part, some of which the export does not name, with the posts that stand for those."""
    for one in part.parsed:
        seen = one.value
        if seen.post:
            yield one.row(*_cells(seen), "")
        elif made.is_new_stand_in(id := _post_id(made, seen)):
            yield one.row(id, seen.owner, "", "", UNKNOWN_VIEWED, "true")


def _post_id(made: Import, seen: Seen) -> str:
    """The id of a seen post; if the export does not name it, the id of the post that stands for all viewed ones."""
    return seen.post or f"{seen.owner}/viewed-by/{made.me}"


def _add_comments(made: Import, comments: list[Part[Comment]]) -> None:
    for part in comments:
        _add_on_stand_ins(
            made, part, UNKNOWN_POSTS, _commented, lambda one: (_comment_id(made.me, one), one.at, one.text)
        )


def _add_story_likes(made: Import, stories: list[Part[Seen]]) -> None:
    for part in stories:
        _add_on_stand_ins(
            made, part, UNKNOWN_STORIES, _story, lambda one: (f"{_story(made.me, one.owner)}/{one.at}", one.at, "")
        )


def _add_on_stand_ins(
    made: Import, part: Part[A], caption: str, post: Callable[[str, str], str], comment: Callable[[A], tuple[str, ...]]
) -> None:
    """Adds comments, as their id, time and text, on posts that stand for those of each owner that the person meant."""
    stand_ins = (
        one.row(id, one.value.owner, caption, "true")
        for one in part.parsed
        if made.is_new_stand_in(id := post(made.me, one.value.owner))
    )
    made.add(part, "posts", ("id", "author", "caption", "sensitive"), stand_ins)
    rows = (
        one.row(id, made.me, post(made.me, one.value.owner), at, text)
        for one in part.parsed
        for id, at, text in [comment(one.value)]
    )
    made.add(part, "comments", ("id", "user", "post", "at", "text"), rows)


def _story(me: str, owner: str) -> str:
    """The id of the post that stands for the owner's liked stories."""
    return f"{owner}/stories-liked-by/{me}"


def _commented(me: str, owner: str) -> str:
    """The id of the post that stands for the owner's commented posts. It cannot be that of a link, which has no /."""
    return f"{owner}/commented-by/{me}"


def _comment_id(me: str, comment: Comment) -> str:
    """An id that is equal for the same comment in every export."""
    digest = hashlib.sha256("\0".join((comment.owner, comment.at, comment.text)).encode("utf-8", "surrogatepass"))
    return f"{me}/comment/{digest.hexdigest()[:20]}"


def _add_own_posts(made: Import, posts: list[Part[OwnPost]]) -> None:
    columns = (*POST, "image_url")
    in_second = Counter[int]()
    known = set[tuple[int, str]]()
    for part in posts:
        rows, tags = [], []
        for one in part.parsed:
            post = one.value
            if "archived_posts/" in post.file or (post.seconds, post.file) in known:
                continue  # posts.json lists those of posts_1.json again, and the archived ones
            known.add((post.seconds, post.file))
            in_second[post.seconds] += 1
            id = _own_id(made.me, post.seconds, in_second[post.seconds])
            rows.append(one.row(id, made.me, post.taken_at, post.media_type, post.caption, post.file))
            tags += [one.row(id, tag) for tag in entries.hashtags_in(post.caption)]
        made.add(part, "posts", columns, rows)
        made.add(part, "tags", ("post", "hashtag"), tags)


def _own_id(me: str, seconds: int, number: int) -> str:
    return f"{me}/{seconds}" if number == 1 else f"{me}/{seconds}/{number}"
