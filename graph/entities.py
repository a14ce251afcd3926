"""Upserts of people and posts, one at a time, for a network's own service."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graph import clock, hashtags, words
from graph.client import Client, Row, Transaction
from graph.errors import NotFound, SettingsError
from graph.locking import lock
from graph.validation import (
    MAX_COUNT,
    check_hashtag,
    check_key,
    check_media_type,
    check_number,
    check_text,
    check_time,
    check_visibility,
)


@dataclass(frozen=True)
class Person:
    """The properties of a person; None is unknown."""

    username: str | None = None
    full_name: str | None = None
    opted_out: bool | None = None
    """True if only their followers may be shown their posts."""
    visibility: str | None = None
    """One of graph.validation.VISIBILITIES: `followers` as `opted_out`, and their posts are in no list for others."""


@dataclass(frozen=True)
class Post:
    """The properties of a post; None is unknown."""

    author: str
    taken_at: int | None = None
    """In epoch milliseconds."""
    media_type: str | None = None
    """One of graph.validation.MEDIA_TYPES."""
    caption: str | None = None
    image_url: str | None = None
    sensitive: bool | None = None
    visibility: str | None = None
    """One of graph.validation.VISIBILITIES."""
    like_count: int | None = None
    """Likes that were not sent as events: the base of the counter. None leaves the counter unchanged."""
    comment_count: int | None = None
    hashtags: Sequence[str] = ()
    """In any spelling."""
    mentions: Sequence[str] = ()
    """Ids of the people shown in it."""


def put_person(client: Client, user: str, person: Person) -> bool:
    """Creates or replaces a person (idempotent). Returns True if they are new. Their acts and posts stay.

    Raises SettingsError for values that cannot be stored.
    """
    check_key("The user's id", user)
    values = {
        "username": person.username,
        "fullName": person.full_name,
        "optedOut": person.opted_out,
        "visibility": person.visibility,
    }
    _check_texts(values)
    check_visibility(person.visibility)
    params = {"me": user, "values": values, "recordedAt": clock.now()}
    return client.write("entities/put_user", params).nodes_created > 0


def put_post(client: Client, post: str, properties: Post) -> bool:
    """Creates or replaces a post with its hashtags and mentions (idempotent). Returns True if it is new.

    Raises NotFound for an unknown author or mentioned person, SettingsError for values that cannot be stored and for a
    post of another author; nothing is changed then.
    """
    check_key("The post's id", post)
    _check_texts(asdict(properties))
    check_media_type(properties.media_type)
    check_visibility(properties.visibility)
    check_time("taken_at", properties.taken_at)
    check_number("like_count", properties.like_count, 0, MAX_COUNT)
    check_number("comment_count", properties.comment_count, 0, MAX_COUNT)
    for spelling in properties.hashtags:
        check_hashtag(spelling)
    tags = [(hashtags.name(spelling), hashtags.display(spelling)) for spelling in properties.hashtags]
    row = _row(post, properties)

    def work(transaction: Transaction) -> bool:
        return _put_post(transaction, post, properties, row, tags)

    return client.transaction("entities/put_post", work)


def _put_post(transaction: Transaction, post: str, properties: Post, row: Row, tags: Sequence[tuple[str, str]]) -> bool:
    _lock(transaction, post, properties, [name for name, _ in tags])
    now = clock.now()
    written = transaction.run("import/posts", {"rows": [row], "recordedAt": now})
    if taken := written.rows[0]["taken"]:
        raise SettingsError(
            f"Post {post} already has the author {taken[0]['author']!r}.", "The author of a post cannot be changed."
        )
    tagged = [{"post": post, "hashtag": name, "display": display} for name, display in sorted(tags)]
    transaction.run("import/tags", {"rows": tagged, "recordedAt": now})
    mentions = [{"post": post, "user": user} for user in sorted({*properties.mentions})]
    transaction.run("import/mentions", {"rows": mentions})
    kept = {"post": post, "hashtags": [name for name, _ in tags], "mentioned": list(properties.mentions)}
    transaction.run("entities/untie_post", kept)
    return written.nodes_created > 0


def _lock(transaction: Transaction, post: str, properties: Post, hashtags: Sequence[str]) -> None:
    """Locks the post, and all that it is tied to or will be. Raises NotFound for people that the graph lacks."""
    lock(transaction, posts=[post])  # first, so that its ties stay as they are read
    rows = transaction.run("entities/ties_of_post", {"post": post}).rows
    tied = rows[0] if rows else {"hashtags": [], "mentioned": []}
    people = {properties.author, *properties.mentions}
    known = lock(transaction, people=people.union(tied["mentioned"]), hashtags={*hashtags}.union(tied["hashtags"]))
    if unknown := sorted(person for person in people if ("person", person) not in known):
        raise NotFound(f"The graph has no person {unknown[0]!r}.", "Create them first, or check the id.")


def _row(post: str, properties: Post) -> Row:
    return {
        "place": 0,
        "id": post,
        "author": properties.author,
        "likeCount": properties.like_count,
        "commentCount": properties.comment_count,
        "properties": {
            "takenAt": properties.taken_at,
            "mediaType": properties.media_type,
            "caption": properties.caption,
            "words": None if properties.caption is None else words.words_of(properties.caption),
            "imageUrl": properties.image_url,
            "sensitive": properties.sensitive,
            "visibility": properties.visibility,
        },
    }


def _check_texts(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, str):
            check_text(f"The {name.replace('_', ' ')}", value)
