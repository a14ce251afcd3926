"""The shapes of answers, the same on the command line and over HTTP: camelCase, ids as strings, times ISO 8601."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from graph import clock
from graph.client import Row
from graph.events import Outcome
from graph.ranking.feed import Feed
from graph.ranking.missing import MISSING

Time = Annotated[int, PlainSerializer(clock.shown, return_type=str)]
"""Epoch milliseconds inside, ISO 8601 in JSON."""

Missing = Annotated[str, WithJsonSchema({"type": "string", "enum": [*MISSING]})]
"""A code of graph/ranking/missing.py. A build of another version may hold others, and no feed fails for that."""

NetworkLabel = Literal["username", "id"]


class Answer(BaseModel):
    """What all answers have in common."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class PathNode(Answer):
    """A node of a reason's path."""

    id: str | None
    """Null for a person who was written by hand, without one."""
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


class PostAnswer(Answer):
    """A post."""

    post: str
    author: str | None
    taken_at: Time | None
    image_url: str | None
    like_count: int
    comment_count: int


class ItemAnswer(PostAnswer):
    """One post of a feed."""

    source: str
    score: float
    parts: dict[str, float]
    reason: ReasonAnswer
    probability: float | None = None
    """That it was drawn at its place; null where nothing is drawn."""
    place: int | None = Field(
        None,
        description="in the slate, from 1, for events of the kind impression; left out where no slate is kept",
        exclude_if=lambda place: place is None,
    )


class FeedAnswer(Answer):
    """A feed."""

    user: str
    profile: str
    profile_hash: str
    source: str
    as_of: Time
    seed: int
    items: list[ItemAnswer]
    missing: list[Missing] = Field(
        description="what the answer had to do without. "
        + " ".join(f"`{code}`: {sentence}" for code, sentence in MISSING.items())
    )
    why_empty: str | None
    """Why there are no items, and what to try; null where there are some."""
    slate: str | None
    """To replay it by; null for a look."""
    cursor: str | None
    """Of the next page; null at the end, and for a look."""

    @classmethod
    def of(cls, feed: Feed) -> "FeedAnswer":
        return cls.model_validate(feed)


class StatementAnswer(Answer):
    """A statement that was run for an answer."""

    statement: str
    ms: float
    rows: int


class Debug(Answer):
    """What a feed was made from."""

    candidates: dict[str, int]
    """How many posts of each source it was drawn from; empty for a next page."""
    statements: list[StatementAnswer]
    ranking: dict[str, Any] | None
    """The profile's weights and constants."""


class DebuggedFeedAnswer(FeedAnswer):
    """A feed, and what it was made from."""

    debug: Debug


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

    @classmethod
    def of(cls, user: str, rows: Sequence[Row], label: NetworkLabel = "username") -> "NetworkAnswer":
        """With people named by their usernames, or, for privacy, by their ids."""
        named = (
            rows if label == "username" else [{**row, "srcName": row["srcId"], "dstName": row["dstId"]} for row in rows]
        )
        return cls.model_validate({"user": user, "rows": named})


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


class TopAnswer(Answer):
    """The top of a hashtag."""

    hashtag: str
    display: str
    as_of: Time
    items: list[PostAnswer]


class EventResult(Answer):
    """What came of an event."""

    id: str
    status: Literal["done", "unchanged", "replayed", "refused", "withheld"]
    """done: it changed something. unchanged: it was so already. replayed: it was recorded before. refused: it cannot be
    recorded. withheld: it could be, but another of its batch is refused."""
    problem: str | None = None
    remedy: str | None = None
    note: str | None = Field(
        None,
        description="what of it counts for nothing, such as a hide's reason that no profile knows; or left out",
        exclude_if=lambda note: note is None,
    )


class EventsAnswer(Answer):
    """What came of each event, in their order."""

    results: list[EventResult]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "EventsAnswer":
        """Of a batch that is recorded whole or, if any of it is refused, not at all."""
        results = [EventResult.model_validate(outcome) for outcome in outcomes]
        if any(result.status == "refused" for result in results):
            for result in results:
                result.status = "refused" if result.status == "refused" else "withheld"
        return cls(results=results)


class PutAnswer(Answer):
    """A person or post that is in the graph now."""

    id: str
    created: bool
    """Whether it was not there before."""


class ForgottenAnswer(Answer):
    """What a person took with them."""

    user: str
    removed: dict[str, int]
    """How much of what, by the names of the import's files."""
    learned: str | None
    """When what was learned from their likes goes, in a sentence; null where nothing was."""


class LiveAnswer(Answer):
    """The service runs."""

    status: Literal["ok"] = "ok"


class BuildingAnswer(Answer):
    """A build that is being made."""

    stage: str
    """reading, lists, factors, vectors, trend, tops or affinity."""
    forecast: str
    """How far the stage is, and how long it will still take: 'similar posts 41 %, about 2 min left'."""


class ReadyAnswer(Answer):
    """How well feeds can be served."""

    status: Literal["ok", "degraded"]
    degraded: list[str]
    """A sentence for each thing that feeds have to do without."""
    gds: str | None
    """The version of the Graph Data Science library."""
    built: Time | None
    """When the build that serves was made; null before the first."""
    generation: int | None
    """Its number."""
    building: BuildingAnswer | None
    """The build that is being made; null while none is."""
    stale: int
    """People and posts that are marked for the builder. Will go: see `built` and `building`."""
    lag_seconds: float
    """Age of the oldest mark. Will go, too."""
    failing: int
    """People and posts on which the builder failed, and which it tries again, with growing pauses."""
