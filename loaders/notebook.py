"""For notebooks that use py2neo: the graph as an OGM, a feed as a DataFrame, bulk loading with `py2neo.bulk`.

Needs the extra `graphfeed[py2neo]`. py2neo is no longer maintained; nothing else in graphfeed uses it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias

import numpy as np

from cypher import load
from graph import clock
from graph.client import Client
from graph.connect import connect as connect_client
from graph.errors import LoadError, SettingsError
from graph.progress import Progress, Silent
from graph.ranking.feed import Feed, Request, feed
from graph.ranking.stored_profiles import find
from graph.settings import Settings, read_settings
from loaders.files.reading import Reading
from loaders.format.neutral import BY_NAME, REFERENCES, FileFormat, Record, record
from loaders.frames import frame_source

try:
    from py2neo import Graph, Transaction, bulk, errors, ogm  # type: ignore[import-untyped]  # it publishes no types
except ImportError as error:
    raise ImportError("loaders.notebook needs py2neo: pip install 'graphfeed[py2neo]'") from error

if TYPE_CHECKING:
    import pandas

Rows: TypeAlias = "pandas.DataFrame | Iterable[Mapping[str, Any]]"
Records = dict[str, list[Record]]
"""Checked rows by the name of their file in the neutral format."""

BATCH_ROWS = 10_000
"""Rows in a transaction."""
MAX_PROBLEMS = 5
"""The most problems that an error names; of the others it gives the number."""
Key = tuple[str, str]
USER: Key = ("User", "id")
POST: Key = ("Post", "id")
HASHTAG: Key = ("Hashtag", "name")


def connect(settings: Settings | None = None, progress: Progress | None = None) -> Graph:
    """A py2neo Graph for graphfeed's Neo4j: the one at GRAPHFEED_URI, else the embedded server, which is started.

    Its sockets are closed when it is garbage-collected. Raises the errors of graph.connect.connect.
    """
    with connect_client(settings or read_settings(), progress or Silent()) as client:
        address = client.address
    graph = Graph(address.uri, name=address.database, auth=(address.user, address.password))
    weakref.finalize(graph, _close, graph.service.connector)  # py2neo leaves that to the operating system
    return graph


def _close(connector: Any) -> None:
    with suppress(errors.ConnectionBroken):  # the server may be gone by then
        connector.close()


# The OGM. An attribute is a relationship's type in small letters, or the way back (`liked_by`).
# The classes are named in full, so that one derived from them in a notebook finds them.
_USER, _POST, _HASHTAG = f"{__name__}.User", f"{__name__}.Post", f"{__name__}.Hashtag"


class Acts(ogm.RelatedObjects):  # type: ignore[misc]  # py2neo's classes have no types
    """All acts, read-only, where py2neo would keep one for each pair of nodes; `triples()` has their properties.

    They cannot be changed here: py2neo would merge several comments into one, and not update the counters.
    """

    def __init__(self, subject: ogm.Model, node: Any, direction: int, type: str, model: str) -> None:
        super().__init__(subject, node, direction, type, globals()[model.rpartition(".")[2]])
        self._is_outgoing = direction > 0

    def __db_pull__(self, tx: Transaction) -> None:
        ends = (self.node, None) if self._is_outgoing else (None, self.node)
        self._related_objects[:] = [
            (self.related_class.wrap(act.end_node if self._is_outgoing else act.start_node), dict(act))
            for act in tx.graph.match(ends, self.relationship_type)
        ]

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise LoadError(
            f"{self.relationship_type} cannot be changed through the OGM, which does not update the counters.",
            "Use bulk_load or loaders.from_frames.",
        )

    add = remove = clear = update = _refuse


class ActsTo(ogm.RelatedTo):  # type: ignore[misc]
    """Acts of a person, read at each access and not written by py2neo's push."""

    def __get__(self, instance: ogm.Model, owner: type) -> Acts:
        return Acts(instance, instance.__node__, self.direction, self.relationship_type, self.related_class)


class ActsFrom(ogm.RelatedFrom):  # type: ignore[misc]
    """Acts on a post, read at each access and not written by py2neo's push."""

    __get__ = ActsTo.__get__


class User(ogm.Model):  # type: ignore[misc]
    """A person. Pushing one writes all properties and relationships as they were read: pull before you change them."""

    __primarykey__ = "id"

    id = ogm.Property()
    username = ogm.Property()
    full_name = ogm.Property(key="fullName")
    opted_out = ogm.Property(key="optedOut")
    visibility = ogm.Property()
    not_profiled = ogm.Property(key="notProfiled")
    likes_for_self = ogm.Property(key="likesForSelf")
    muted_words = ogm.Property(key="mutedWords")

    follows = ogm.RelatedTo(_USER, "FOLLOWS")
    followers = ogm.RelatedFrom(_USER, "FOLLOWS")
    posted = ActsTo(_POST, "POSTED")
    liked = ActsTo(_POST, "LIKED")
    saved = ActsTo(_POST, "SAVED")
    shared = ActsTo(_POST, "SHARED")
    more_like = ActsTo(_POST, "MORE_LIKE")
    commented = ActsTo(_POST, "COMMENTED")
    viewed = ActsTo(_POST, "VIEWED")
    hid = ogm.RelatedTo(_POST, "HID")
    mentioned_in = ogm.RelatedFrom(_POST, "MENTIONS")
    muted = ogm.RelatedTo(f"{__name__}.Muted", "MUTED")
    muted_by = ogm.RelatedFrom(_USER, "MUTED")
    blocked = ogm.RelatedTo(_USER, "BLOCKED")
    blocked_by = ogm.RelatedFrom(_USER, "BLOCKED")
    interested_in = ogm.RelatedTo(_HASHTAG, "INTERESTED_IN")
    wants = ogm.RelatedTo(_HASHTAG, "WANTS")


class Post(ogm.Model):  # type: ignore[misc]
    """A post. Times are epoch milliseconds, as in the graph; graph.clock.iso writes them for people.

    With a new caption, set `words` to its graph.words.words_of: by these, muted words keep it out. Pushing one writes
    everything as it was read, also the counters: pull before you change it.
    """

    __primarykey__ = "id"

    id = ogm.Property()
    taken_at = ogm.Property(key="takenAt")
    media_type = ogm.Property(key="mediaType")
    caption = ogm.Property()
    words = ogm.Property()
    image_url = ogm.Property(key="imageUrl")
    like_count = ogm.Property(key="likeCount")
    comment_count = ogm.Property(key="commentCount")
    given_like_count = ogm.Property(key="givenLikeCount")
    given_comment_count = ogm.Property(key="givenCommentCount")
    sensitive = ogm.Property()
    visibility = ogm.Property()

    posted_by = ActsFrom(_USER, "POSTED")
    liked_by = ActsFrom(_USER, "LIKED")
    saved_by = ActsFrom(_USER, "SAVED")
    shared_by = ActsFrom(_USER, "SHARED")
    more_like_by = ActsFrom(_USER, "MORE_LIKE")
    commented_by = ActsFrom(_USER, "COMMENTED")
    viewed_by = ActsFrom(_USER, "VIEWED")
    hidden_by = ogm.RelatedFrom(_USER, "HID")
    tagged = ogm.RelatedTo(_HASHTAG, "TAGGED")
    mentions = ogm.RelatedTo(_USER, "MENTIONS")


class Hashtag(ogm.Model):  # type: ignore[misc]
    """A hashtag; graph.hashtags.name gives the name of a spelling."""

    __primarykey__ = "name"

    name = ogm.Property()
    display = ogm.Property()

    tagged_in = ogm.RelatedFrom(_POST, "TAGGED")
    interests = ogm.RelatedFrom(_USER, "INTERESTED_IN")
    wanted_by = ogm.RelatedFrom(_USER, "WANTS")
    muted_by = ogm.RelatedFrom(_USER, "MUTED")


class Muted(ogm.Model):  # type: ignore[misc]
    """A muted User or Hashtag: py2neo allows only one class for a relationship."""

    @classmethod
    def wrap(cls, node: Any) -> User | Hashtag:
        """The node as the class of its label."""
        return (Hashtag if node.has_label("Hashtag") else User).wrap(node)  # type: ignore[no-any-return]


def feed_frame(where: Client | Settings, user: str | int, **fields: Any) -> pandas.DataFrame:
    """A person's feed from graph.ranking.feed.feed, a row for each post in the order of the feed.

    Columns: rank from 1, post, author, taken_at (UTC), like_count, comment_count, source, score, each part of the
    score under its name (missing where a source does not have it), why. `fields` are fields of
    graph.ranking.feed.Request; `profile` may be a name, as commands know it, `as_of` a datetime or ISO 8601.
    If the feed is empty, `attrs["why_empty"]` says what to do.
    """
    if isinstance(where, Settings):
        with connect_client(where, Silent()) as client:
            return _frame(feed(client, _request(client, where, user, **fields)))
    return _frame(feed(where, _request(where, read_settings(), user, **fields)))


def _request(client: Client, settings: Settings, user: str | int, **fields: Any) -> Request:
    """The request, by the profile that serves unless another is named."""
    name = fields.get("profile") or settings.serving
    if isinstance(name, str):
        fields["profile"] = find(client, name, settings.profiles)
    if "as_of" in fields and not isinstance(fields["as_of"], int):
        fields["as_of"] = _millis(fields["as_of"])
    return Request(str(user), **{"waits": True} | fields)


def _millis(moment: object) -> int:
    try:
        return clock.parse(str(moment))
    except (ValueError, OverflowError):
        raise SettingsError(
            f"as_of is {moment!r}, which is not a time.", "Give a datetime, or ISO 8601 such as 2024-05-01T12:30:00Z."
        ) from None


_NUMBERS = {"rank": "int64", "like_count": "int64", "comment_count": "int64", "score": "float64"}


def _frame(answer: Feed) -> pandas.DataFrame:
    import pandas

    rows = [
        {
            "rank": rank,
            "post": item.post,
            "author": item.author,
            "taken_at": np.datetime64("NaT" if item.taken_at is None else item.taken_at, "ms"),
            "like_count": item.like_count,
            "comment_count": item.comment_count,
            "source": item.source,
            "score": item.score,
            **item.parts,
            "why": item.reason.text,
        }
        for rank, item in enumerate(answer.items, 1)
    ]
    parts = dict.fromkeys(part for item in answer.items for part in item.parts)
    plain = ("rank", "post", "author", "taken_at", "like_count", "comment_count", "source", "score")
    frame = pandas.DataFrame(rows, columns=[*plain, *parts, "why"]).astype(_NUMBERS)
    times = np.array([row["taken_at"] for row in rows], dtype="datetime64[ms]")
    frame["taken_at"] = pandas.Series(times).dt.tz_localize("UTC")
    frame.attrs["why_empty"] = answer.why_empty
    return frame


def bulk_load(
    graph: Graph,
    *,
    users: Rows | None = None,
    posts: Rows | None = None,
    follows: Rows | None = None,
    likes: Rows | None = None,
    tags: Rows | None = None,
    times: clock.Unit | None = None,
) -> dict[str, int]:
    """Loads rows with `py2neo.bulk` by the rules of the import. Returns the number of rows by name.

    `graph` comes from `connect`, which creates the schema. The others are DataFrames, or rows as mappings, with the
    columns of loaders/README.md; `times` is the unit of times that are numbers. Loading is idempotent. All rows are
    checked before the first is written; LoadError names the problems. For large data and without py2neo, use
    `graphfeed import` or `loaders.from_frames`, which know all files of the format and set bad rows aside.
    """
    given = {"users": users, "posts": posts, "follows": follows, "likes": likes, "tags": tags}
    records = {name: _records(BY_NAME[name], rows, times) for name, rows in given.items() if rows is not None}
    _require_known(graph, records)
    _require_one_author(graph, records.get("posts", []))
    for name, rows in records.items():
        for batch in _batches(rows):
            graph.update(_WRITERS[name], [batch])
    return {name: len(rows) for name, rows in records.items()}


def _records(format: FileFormat, rows: Rows, times: clock.Unit | None) -> list[Record]:
    """The rows as records of the format. Raises LoadError with the bad ones."""
    import pandas

    frame = rows if isinstance(rows, pandas.DataFrame) else pandas.DataFrame(list(rows), dtype=object)
    if frame.columns.empty:
        return []
    source = frame_source(format.name, frame, Reading(times))
    records: list[Record] = []
    problems: list[tuple[int, str]] = []
    for block in source.blocks():
        problems += [(reject.line, reject.reason) for reject in block.rejects]
        for place, cells in zip(block.lines, block.rows, strict=True):
            try:
                records.append(record(format, source.columns, cells))
            except ValueError as error:
                problems.append((place, str(error)))
    if problems:
        listed = [f"row {place}: {reason}" for place, reason in sorted(problems)]
        raise LoadError(
            f"{format.name} cannot be loaded: {_some(listed)}.",
            "Repair or drop these rows (counted from 0; see loaders/README.md) and load again: nothing was written.",
        )
    return records


def _require_known(graph: Graph, records: Records) -> None:
    """Raises LoadError if rows refer to people or posts that are neither given nor in the graph."""
    for kind, fields in REFERENCES.items():
        here = {row["id"] for row in records.get(f"{kind}s", [])}
        for name, rows in records.items():
            named = {row[field] for row in rows for field in fields if row.get(field)} - here
            if unknown := _ask(graph, f"import/unknown_{kind}s", "ids", sorted(named)):
                raise LoadError(
                    f"{name} refers to {kind}s that are neither in the graph nor in `{kind}s`: "
                    f"{_some([row['id'] for row in unknown])}.",
                    f"Add them to `{kind}s`, or drop these rows, and load again: nothing was written.",
                )


def _require_one_author(graph: Graph, posts: list[Record]) -> None:
    """Raises LoadError if a post would get a second author."""
    authors: dict[str, str] = {}
    problems = []
    for row in posts:
        if row["author"] and authors.setdefault(row["id"], row["author"]) != row["author"]:
            problems.append(f"post {row['id']} is by user {authors[row['id']]} and by user {row['author']}")
    given = [{"post": post, "author": author} for post, author in authors.items()]
    for row in _ask(graph, "notebook/other_authors", "rows", given):
        problems.append(f"post {row['post']} is by user {row['author']} already")
    if problems:
        raise LoadError(
            f"posts cannot be loaded: {_some(problems)}.",
            "A post keeps its author: repair or drop these rows, and load again; nothing was written.",
        )


def _some(problems: list[str]) -> str:
    return "; ".join(problems[:MAX_PROBLEMS]) + (
        f"; and {len(problems) - MAX_PROBLEMS} more" if len(problems) > MAX_PROBLEMS else ""
    )


def _ask(graph: Graph, name: str, parameter: Literal["ids", "rows"], values: list[Any]) -> list[dict[str, Any]]:
    """The rows that a statement returns for many values, in batches."""
    return [row for batch in _batches(values) for row in graph.query(load(name).text, {parameter: batch}).data()]


def _batches(rows: list[Any]) -> Iterator[list[Any]]:
    return (rows[start : start + BATCH_ROWS] for start in range(0, len(rows), BATCH_ROWS))


def _write_users(tx: Transaction, rows: list[Record]) -> None:
    bulk.merge_nodes(tx, _nodes("users", rows), USER)


def _write_posts(tx: Transaction, rows: list[Record]) -> None:
    bulk.merge_nodes(tx, _nodes("posts", rows), POST)
    counts = [{"post": row["id"], "likeCount": row["likeCount"], "commentCount": row["commentCount"]} for row in rows]
    tx.update(load("notebook/given_counts").text, {"rows": counts})
    _relate(tx, "POSTED", USER, POST, ((row["author"], row["id"]) for row in rows if row["author"]))


def _write_follows(tx: Transaction, rows: list[Record]) -> None:
    _relate(tx, "FOLLOWS", USER, USER, ((row["follower"], row["followee"]) for row in rows))
    tx.update(load("notebook/follow_times").text, {"rows": rows})


def _write_likes(tx: Transaction, rows: list[Record]) -> None:
    _relate(tx, "LIKED", USER, POST, ((row["user"], row["post"]) for row in rows))
    tx.update(load("notebook/like_times").text, {"rows": rows})


def _write_tags(tx: Transaction, rows: list[Record]) -> None:
    names = [[row["hashtag"], row["display"]] for row in rows]
    bulk.merge_nodes(tx, names, HASHTAG, keys=["name", "display"], preserve=["display"])
    _relate(tx, "TAGGED", POST, HASHTAG, ((row["post"], row["hashtag"]) for row in rows))


def _nodes(name: str, rows: list[Record]) -> list[dict[str, Any]]:
    """The id of each row and its given properties; the others stay unchanged in the graph."""
    properties = ("id", *BY_NAME[name].properties)
    return [{key: row[key] for key in properties if row[key] is not None} for row in rows]


def _relate(tx: Transaction, type: str, start: Key, end: Key, pairs: Iterable[tuple[str, str]]) -> None:
    bulk.merge_relationships(tx, [(one, {}, other) for one, other in pairs], type, start, end)


_WRITERS: Mapping[str, Callable[[Transaction, list[Record]], None]] = {
    "users": _write_users,
    "posts": _write_posts,
    "follows": _write_follows,
    "likes": _write_likes,
    "tags": _write_tags,
}
