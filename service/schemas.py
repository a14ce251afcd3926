"""The shapes of answers, the same on the command line and over HTTP: camelCase, ids as strings, times ISO 8601."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from graph import clock
from graph.feed import Feed

Time = Annotated[int, PlainSerializer(clock.iso, return_type=str)]
"""Epoch milliseconds inside, ISO 8601 in JSON."""


class Answer(BaseModel):
    """What all answers have in common."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class PathNode(Answer):
    """A node of a reason's path."""

    id: str
    label: str
    """User, Post or Hashtag."""
    type: str | None
    """Of the relationship that leads to it; null for the first, and for a link that one may not be shown."""


class ReasonAnswer(Answer):
    """Why a post is shown."""

    text: str
    path: list[PathNode]
    cypher: str
    """Draws the path, pasted into Neo4j Browser."""


class ItemAnswer(Answer):
    """One post of a feed."""

    post: str
    author: str | None
    taken_at: Time | None
    image_url: str | None
    like_count: int
    comment_count: int
    source: str
    score: float
    parts: dict[str, float]
    reason: ReasonAnswer
    probability: float | None = None
    """That it was drawn at its place; null where nothing is drawn."""


class FeedAnswer(Answer):
    """A feed."""

    user: str
    profile: str
    profile_hash: str
    source: str
    as_of: Time
    seed: int
    items: list[ItemAnswer]
    missing: list[str]
    """What the answer had to do without."""
    slate: str | None
    """To replay it by; null for a look."""
    cursor: str | None
    """Of the next page; null at the end, and for a look."""

    @classmethod
    def of(cls, feed: Feed) -> "FeedAnswer":
        return cls.model_validate(feed)


class WhyAnswer(Answer):
    """Why a post is in a feed, or what keeps it out."""

    user: str
    post: str
    text: str
    kept_out: list[str]
    """A sentence for each filter that holds for it."""
    rank: int | None
    """By score, among the candidates."""
    candidates: int
    item: ItemAnswer | None


class Follow(Answer):
    """A row of a network."""

    src_id: str
    dst_id: str
    src_name: str
    dst_name: str


class NetworkAnswer(Answer):
    """A person's network."""

    user: str
    rows: list[Follow]


class InterestAnswer(Answer):
    """A hashtag of a person's."""

    hashtag: str
    display: str
    weight: int
    liked: int
    shown: int


class InterestsAnswer(Answer):
    """A person's hashtags."""

    user: str
    profile: str
    as_of: Time
    hashtags: list[InterestAnswer]
