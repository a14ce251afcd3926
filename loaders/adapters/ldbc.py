"""LDBC SNB, the social network benchmark: its initial data set, in the format CsvBasic.

Persons become users, and people who know each other follow each other. Posts come with their creator, time, text and
photo; comments with the post at the root of their thread; also likes of posts, tags of posts, and interests.
Left out, as feeds do not use them: likes and tags of comments, forums and their members, places, organisations, and the
other attributes of persons.

Files are read line by line. Memory holds the names of the tags, about 16,000 at every scale, and the parent of each
comment, about 200 bytes a comment.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from graph.errors import LoadError
from loaders.adapters import ldbc_files
from loaders.adapters.ldbc_files import DataSet, Lookup, Make, Part, time
from loaders.adapters.rows import source
from loaders.files.blocks import Source

NODES = {
    "person": ("id", "firstName", "lastName"),
    "post": ("id", "creationDate", "content", "imageFile"),
    "comment": ("id", "creationDate", "content"),
}
"""The columns to read from tables of nodes. Tables of relationships begin with both ends and their time."""
KNOWLEDGE = ("tag", "comment_replyOf_post", "comment_replyOf_comment")
"""The tables that others refer to."""


class Knowledge:
    """Lookup tables of a data set, each read on first use."""

    def __init__(self, data: DataSet) -> None:
        self.data = data

    @cached_property
    def tags(self) -> dict[str, str]:
        """Name of each tag."""
        return dict(self.data.pairs("tag"))

    @cached_property
    def replies(self) -> dict[str, str]:
        """The comment that a comment replies to."""
        return dict(self.replies_to_comments())

    @cached_property
    def posts(self) -> dict[str, str]:
        """The post that a comment replies to."""
        return dict(self.replies_to_posts())

    def replies_to_comments(self) -> Iterator[tuple[str, str]]:
        """Pairs of comments, the first of which replies to the second."""
        return self.data.pairs("comment_replyOf_comment")

    def replies_to_posts(self) -> Iterator[tuple[str, str]]:
        """Pairs of a comment and the post that it replies to."""
        return self.data.pairs("comment_replyOf_post")

    def root(self, comment: str) -> str:
        """The post at the root of a comment's thread. Raises ValueError if there is none."""
        start, passed = comment, set[str]()
        while (post := self.posts.get(comment)) is None:
            passed.add(comment)
            comment = self.replies.get(comment, comment)
            if comment in passed:
                raise ValueError(f"the comment {start} does not belong to a post: no reply leads to one")
        return post

    def hashtags(self, tags: Iterable[str]) -> Iterator[str]:
        """Names of tags. After the last one, raises ValueError if some are unknown."""
        unknown = []
        for tag in tags:
            if tag in self.tags:
                yield self.tags[tag]
            else:
                unknown.append(tag)
        if unknown:
            raise ValueError(f"unknown tag {', '.join(unknown)}")


def sources(path: Path) -> list[Source]:
    """The sources of a data set in a folder or archive, in import order. Raises LoadError if the set is incomplete."""
    data = ldbc_files.find(path)
    ldbc_files.require(path, data, (*KNOWLEDGE, *(table for _, table, *_ in PLAN), *CREATORS.values()))
    known = Knowledge(data)
    return [
        _source(known, part, name, names, maker) for name, table, names, maker in PLAN for part in data.parts[table]
    ]


Maker = Callable[[Knowledge, Part], Make]


def _source(known: Knowledge, part: Part, name: str, names: Sequence[str], maker: Maker) -> Source:
    if part.table in NODES:
        columns = ldbc_files.columns(part, NODES[part.table])
    else:
        columns = list(range(3 if "at" in names else 2))
        if len(part.header) <= columns[-1]:
            raise LoadError(
                f"{part.name} has {len(part.header)} columns.", "It must begin with both ends, then creationDate."
            )
    return source(
        part.name,
        name,
        names,
        lambda: part.rows(columns, maker(known, part)),
        size=part.size,
        fingerprint=known.data.fingerprint,
    )


def _users(known: Knowledge, part: Part) -> Make:
    return lambda cells: [(cells[0], f"{cells[1]} {cells[2]}".strip())]


def _posts(known: Knowledge, part: Part) -> Make:
    creators = _creators(known, part)

    def make(cells: Sequence[str]) -> Iterable[Sequence[str]]:
        id, created, content, photo = cells
        yield id, creators(id), time(created), content, photo

    return make


def _follows(known: Knowledge, part: Part) -> Make:
    return lambda cells: friends(*cells)


def friends(one: str, other: str, since: str) -> list[Sequence[str]]:
    """The two follows of people who know each other."""
    return [(one, other, time(since)), (other, one, time(since))]


def _likes(known: Knowledge, part: Part) -> Make:
    return lambda cells: [(cells[0], cells[1], time(cells[2]))]


def _comments(known: Knowledge, part: Part) -> Make:
    creators = _creators(known, part)

    def make(cells: Sequence[str]) -> Iterable[Sequence[str]]:
        id, created, content = cells
        yield id, creators(id), known.root(id), time(created), content

    return make


def _hashtags(known: Knowledge, part: Part) -> Make:
    return lambda cells: [(cells[0], name) for name in known.hashtags(cells[1:])]


def _creators(known: Knowledge, part: Part) -> Callable[[str], str]:
    table = CREATORS[part.table]
    lookup = Lookup(known.data.pairs(table, part))

    def creator(message: str) -> str:
        if (person := lookup.take(message)) is None:
            raise ValueError(f"has no creator in {table}")
        return person

    return creator


CREATORS = {"post": "post_hasCreator_person", "comment": "comment_hasCreator_person"}
PLAN: tuple[tuple[str, str, Sequence[str], Maker], ...] = (
    ("users", "person", ("id", "full_name"), _users),
    ("posts", "post", ("id", "author", "taken_at", "caption", "image_url"), _posts),
    ("follows", "person_knows_person", ("follower", "followee", "at"), _follows),
    ("likes", "person_likes_post", ("user", "post", "at"), _likes),
    ("comments", "comment", ("id", "user", "post", "at", "text"), _comments),
    ("tags", "post_hasTag_tag", ("post", "hashtag"), _hashtags),
    ("interests", "person_hasInterest_tag", ("user", "hashtag"), _hashtags),
)
"""Each file of the neutral format, the table of its rows, its columns, and the function that converts a row."""
