"""People and posts, put one by one as a network's own service tells of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graph import clock, hashtags
from graph.client import Client, Transaction
from graph.errors import NotFound, SettingsError
from graph.validation import (
    MAX_COUNT,
    check_hashtag,
    check_key,
    check_media_type,
    check_number,
    check_text,
    check_time,
)


@dataclass(frozen=True)
class Person:
    """What is told of a person. What is None is not known."""

    username: str | None = None
    full_name: str | None = None
    opted_out: bool | None = None
    """Whether only those who follow them may be shown their posts."""


@dataclass(frozen=True)
class Post:
    """What is told of a post. What is None is not known."""

    author: str
    taken_at: int | None = None
    """In epoch milliseconds."""
    media_type: str | None = None
    """One of graph.validation.MEDIA_TYPES."""
    caption: str | None = None
    image_url: str | None = None
    sensitive: bool | None = None
    like_count: int | None = None
    """Of the likes that no event tells of: the counter's base. Without it, the counter stays as it is."""
    comment_count: int | None = None
    hashtags: Sequence[str] = ()
    """In any spelling."""
    mentions: Sequence[str] = ()
    """Ids of the people shown in it."""


def put_person(client: Client, user: str, person: Person) -> bool:
    """Have the graph hold this person, as told here alone; whether they are new. What they do and post stays.

    Raises SettingsError for what cannot be stored.
    """
    check_key("The user's id", user)
    words = {"username": person.username, "fullName": person.full_name, "optedOut": person.opted_out}
    _check_texts(words)
    return client.write("entities/put_user", {"me": user, "told": words, "recordedAt": clock.now()}).nodes_created > 0


def put_post(client: Client, post: str, told: Post) -> bool:
    """Have the graph hold this post, as told here alone, hashtags and mentions too; whether it is new.

    Raises NotFound for an author or a mentioned person whom the graph does not know, SettingsError for what cannot be
    stored, and for a post of another author. Then nothing is changed.
    """
    check_key("The post's id", post)
    _check_texts(asdict(told))
    check_media_type(told.media_type)
    check_time("taken_at", told.taken_at)
    check_number("like_count", told.like_count, 0, MAX_COUNT)
    check_number("comment_count", told.comment_count, 0, MAX_COUNT)
    tags = [(hashtags.name(spelling), hashtags.display(spelling)) for spelling in told.hashtags]
    for spelling in told.hashtags:
        check_hashtag(spelling)
    return client.transaction("entities/put_post", lambda transaction: _put_post(transaction, post, told, tags))


def _put_post(transaction: Transaction, post: str, told: Post, tags: Sequence[tuple[str, str]]) -> bool:
    people = sorted({told.author, *told.mentions})
    if unknown := transaction.run("import/unknown_users", {"ids": people}).rows:
        raise NotFound(f"The graph has no person {unknown[0]['id']!r}.", "Put them first, or check the id.")
    written = transaction.run("import/posts", {"rows": [_row(post, told)]})
    if taken := written.rows[0]["taken"]:
        raise SettingsError(f"Post {post} is by user {taken[0]['author']!r} already.", "A post keeps its author.")
    tagged = [{"post": post, "hashtag": name, "display": display} for name, display in tags]
    transaction.run("import/tags", {"rows": tagged})
    transaction.run("import/mentions", {"rows": [{"post": post, "user": user} for user in sorted({*told.mentions})]})
    kept = {"post": post, "hashtags": [name for name, _ in tags], "mentioned": list(told.mentions)}
    transaction.run("entities/untie_post", kept)
    return written.nodes_created > 0


def _row(post: str, told: Post) -> dict[str, Any]:
    return {
        "place": 0,
        "id": post,
        "author": told.author,
        "likeCount": told.like_count,
        "commentCount": told.comment_count,
        "properties": {
            "takenAt": told.taken_at,
            "mediaType": told.media_type,
            "caption": told.caption,
            "imageUrl": told.image_url,
            "sensitive": told.sensitive,
        },
    }


def _check_texts(told: Mapping[str, Any]) -> None:
    for name, value in told.items():
        if isinstance(value, str):
            check_text(f"The {name.replace('_', ' ')}", value)
