"""Responses as JSON, the same on the command line and over HTTP: camelCase, ids as strings, times ISO 8601."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from graph import clock
from graph.client import Row
from graph.events import Outcome
from graph.ranking.bubble import Bubble
from graph.ranking.feed import Feed
from graph.ranking.missing import MISSING
from service.tokens import Can

Time = Annotated[int, PlainSerializer(clock.shown, return_type=str)]
"""Epoch milliseconds inside, ISO 8601 in JSON."""

Missing = Annotated[str, WithJsonSchema({"type": "string", "enum": [*MISSING]})]
"""A code of graph/ranking/missing.py. Not validated: a build of another version may have other codes."""

NetworkLabel = Literal["username", "id"]
InterestKind = Literal["picked", "more", "less", "dismissed", "inferred"]


class Answer(BaseModel):
    """Base of all responses."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


def as_json(answer: BaseModel) -> Response:
    """A model as a response, made in the thread of the route: FastAPI would make it on the event loop, where all wait
    for a large one."""
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json")


class PathNode(Answer):
    """A node on the path of a reason."""

    id: str | None
    """Null for a person without an id, whom somebody created by hand."""
    label: str
    """User, Post or Hashtag."""
    type: str | None
    """Type of the relationship that leads to it; null for the first node and for a hidden link."""


class LinkAnswer(Answer):
    """A name in the text of a reason, and what it is the name of."""

    text: str
    """As it stands in the text."""
    label: str
    """User, Post or Hashtag."""
    id: str


class ReasonAnswer(Answer):
    """The reason why a post is shown."""

    text: str
    path: list[PathNode]
    links: list[LinkAnswer]
    """The names in the text that lead somewhere: people, the liked post, hashtags."""
    cypher: str
    """A statement that draws the path in Neo4j Browser."""


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
    """Probability of its draw at its place; null if nothing is drawn."""
    is_newcomer: bool = False
    """True if it has the place of its page that goes to a post that few people have seen yet."""
    place: int | None = Field(
        None,
        description="place in the slate, from 1, for events of the kind impression; left out if no slate is stored",
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
        description="what the feed lacks. " + " ".join(f"`{code}`: {sentence}" for code, sentence in MISSING.items())
    )
    why_empty: str | None
    """The reason why there are no items, and what to try; null if there are some."""
    slate: str | None
    """Id to replay the feed by; null if it is not recorded."""
    cursor: str | None
    """Cursor of the next page; null for the last page and if the feed is not recorded."""

    @classmethod
    def of(cls, feed: Feed) -> "FeedAnswer":
        return cls.model_validate(feed)


class StatementAnswer(Answer):
    """A Cypher statement that ran for the response."""

    statement: str
    ms: float
    rows: int


class RanStatement(Answer):
    """A Cypher statement that a read ran, to run it by hand in Neo4j Browser."""

    statement: str
    title: str
    needs: list[str]
    """Statements to run before it: they make the GDS projections that it ranks on."""
    cypher: str
    """The statement, with parameters."""
    parameters: str
    """Lines that set the parameters in Neo4j Browser, to exactly what they were."""
    filled: str
    """The statement with these values in place of its parameters."""
    link: str | None
    """Opens `filled` in Neo4j Browser; null if the service knows no address of it."""


class StatementsAnswer(Answer):
    """The statements that a read ran, in their order."""

    browser: str | None
    """The address of Neo4j Browser."""
    statements: list[RanStatement]


class Debug(Answer):
    """The statements, times and constants of a feed."""

    candidates: dict[str, int]
    """Number of candidates by source; empty for further pages."""
    statements: list[StatementAnswer]
    ranking: dict[str, Any] | None
    """The profile's weights and constants."""


class DebuggedFeedAnswer(FeedAnswer):
    """A feed, and how it was made."""

    debug: Debug


class WhyAnswer(Answer):
    """The reason why a post is in a feed, or what keeps it out."""

    user: str
    post: str
    text: str
    kept_out: list[str]
    """A sentence for each filter that leaves it out."""
    rank: int | None
    """Rank by score among the candidates."""
    candidates: int
    item: ItemAnswer | None


class Follow(Answer):
    """One person who follows another."""

    src_id: str
    dst_id: str
    src_name: str
    dst_name: str


class BubbleAnswer(Answer):
    """Where posts come from; the three shares sum to 1, or are 0 if there is no post."""

    user: str
    slate: str | None
    """The slate that they are of; null if they were named."""
    posts: int
    followees: float
    """The share of posts by people whom the person follows."""
    two_steps: float
    """The share by people whom these follow."""
    farther: float
    """The share by all others, and of posts without an author."""
    authors: int
    evenness: float
    """1 if each post is by another author, 0 if all are by one."""
    communities: int | None
    """The number of communities of the authors; null if none is known."""
    strangers: int
    """The number of authors whose community is not known yet."""
    text: str
    """It in two sentences."""

    @classmethod
    def of(cls, user: str, bubble: Bubble) -> "BubbleAnswer":
        """The bubble of a person's posts."""
        return cls.model_validate({"user": user, **vars(bubble), "text": bubble.text})


class MutedAnswer(Answer):
    """A person, a hashtag or a word that somebody muted; the fields of the others are null."""

    person: str | None
    username: str | None
    """Null, as the full name, if they may not be named to who muted them."""
    full_name: str | None
    hashtag: str | None
    display: str | None
    word: str | None
    at: Time | None
    until: Time | None
    """The end; null for good."""


class BlockedAnswer(Answer):
    """A person whom somebody blocked."""

    person: str
    username: str | None
    """Null, as the full name, if they may not be named to who blocked them."""
    full_name: str | None
    at: Time | None


class HiddenAnswer(Answer):
    """A post that somebody hid."""

    post: str
    at: Time | None
    reason: str | None
    """Why they hid it; `report` if they reported it."""


class FiltersAnswer(Answer):
    """What a person keeps out of their own feeds, of each kind the latest first."""

    user: str
    muted: list[MutedAnswer]
    """Without mutes that are over."""
    blocked: list[BlockedAnswer]
    hidden: list[HiddenAnswer]


class NetworkAnswer(Answer):
    """A person's network."""

    user: str
    rows: list[Follow]

    @classmethod
    def of(cls, user: str, rows: Sequence[Row], label: NetworkLabel = "username") -> "NetworkAnswer":
        """The network, with people named by their usernames or, for privacy, by their ids."""
        named = (
            rows if label == "username" else [{**row, "srcName": row["srcId"], "dstName": row["dstId"]} for row in rows]
        )
        return cls.model_validate({"user": user, "rows": named})


class DrawnPerson(Answer):
    """A person of a drawn network. What is false or unknown is left out: thousands of them make a page."""

    person: str
    name: str
    degree: int
    """0 for whose network it is, 1 for whom they follow, 2 for whom these follow."""
    community: int | None = Field(None, exclude_if=lambda community: community is None)
    followers: int
    follows_me: bool = Field(False, exclude_if=lambda follows: not follows)


class DrawnCommunity(Answer):
    """A community of a drawn network."""

    community: int | None
    """Null for people of whom none is known."""
    name: str
    """That of its most followed person."""
    people: int
    followees: int
    """The number of people in it whom the person follows."""


class DrawingAnswer(Answer):
    """A person's network to draw: people, or communities where there are too many people."""

    user: str
    people_in_all: int
    is_whole: bool
    """False if there are too many follows to read them all."""
    people: list[DrawnPerson]
    follows: list[list[int]]
    """For each of the first people, the places in `people` of whom they follow."""
    communities: list[DrawnCommunity]
    ties: list[tuple[int, int, int]]
    """Two places in `communities`, and the number of follows between them."""


class TopicName(Answer):
    """A topic, by its most typical hashtags."""

    id: str
    name: str


class InterestAnswer(Answer):
    """A hashtag among a person's interests."""

    hashtag: str
    display: str
    weight: int
    """The number of posts with it that the person liked, saved, shared, wants more like, or is shown in; one more if it
    was inferred elsewhere."""
    liked: int
    shown: int
    looked: int
    """The number of posts with it that the person looked at for at least the usual time."""
    kind: InterestKind
    wish: str | None
    """The id of the topic of which they said more, less or dismiss; null if they said it of the hashtag itself."""
    until: Time | None
    """The end of more or less."""
    examples: list[str]
    """The ids of up to two of these posts."""
    topic: TopicName | None = None
    """The topic that it is of, without hashtags that the person muted in its name."""


class InterestingTopic(Answer):
    """A topic among a person's interests."""

    topic: str
    name: str
    weight: int
    """The number of posts with any of its hashtags that the person liked, saved, shared, wants more like, or is shown
    in; one more for each of these hashtags that they picked or want more of, or that was inferred elsewhere."""
    liked: int
    how: Literal["more", "less", "dismissed"] | None
    """What the person said of the topic."""
    until: Time | None
    """The end of more or less."""
    examples: list[str]
    """The ids of up to two of these posts."""


class InterestsAnswer(Answer):
    """A person's interests."""

    user: str
    profile: str
    as_of: Time
    hashtags: list[InterestAnswer]
    topics: list[InterestingTopic]
    """Up to 20, the heaviest first."""


class TopicAnswer(Answer):
    """A topic: hashtags that belong together."""

    topic: str
    name: str
    """Its three most typical hashtags, without those that the person muted."""
    hashtags: int
    posts: int
    """The number of posts with any of its hashtags, as of the last build."""


class TopicsAnswer(Answer):
    """Topics, those with the most posts first."""

    items: list[TopicAnswer]
    missing: list[Missing]


class TopAnswer(Answer):
    """The most liked posts with a hashtag."""

    hashtag: str
    display: str
    as_of: Time
    items: list[PostAnswer]


class ChangeAnswer(Answer):
    """A single act, and what it would do to a post."""

    kind: str
    """A kind of event."""
    person: str | None
    post: str | None
    hashtag: str | None
    """Its target: one of these."""
    rank: int | None
    """The place of the post then; null if it would be among the next ones no more."""
    reason: str | None
    """Its reason then."""
    others: int
    """The number of other posts that would leave with it."""
    text: str


class WhatIfAnswer(Answer):
    """What would take a post out of a person's next posts, or change its reason."""

    user: str
    post: str
    of: int
    """The number of next posts that are looked at."""
    rank: int | None
    """Its place among them, from 1; null if it is not there."""
    reason: str | None
    text: str
    changes: list[ChangeAnswer]
    """The smallest first."""


class CauseAnswer(Answer):
    """How many people were shown a post by one source."""

    source: str
    people: int | None
    """Rounded down to a multiple of 5; null for fewer than 5."""
    text: str


class ReachedAnswer(Answer):
    """How many people were shown a post."""

    post: str
    taken_at: Time | None
    people: int | None
    """Rounded down to a multiple of 5; null for fewer than 5, but 0 for nobody."""
    causes: list[CauseAnswer]
    """The most frequent first."""
    text: str


class ReachAnswer(Answer):
    """The newest posts of a person, and how many people were shown them."""

    user: str
    shown_at: Time | None
    """The end of the seven days that were counted, by the last build; null before the first."""
    items: list[ReachedAnswer]


class TrendingPostAnswer(PostAnswer):
    """A post that trends."""

    text: str
    """Why, in a sentence or two."""


class TrendingAnswer(Answer):
    """What trends."""

    user: str
    """Whom it is for; empty for anybody."""
    as_of: Time | None
    """The time of the newest like that was counted; null before the first build."""
    by_posts: bool
    """True if likes have no times, so that each counted at the time of its post."""
    text: str
    """What it goes by, or why it is empty."""
    items: list[TrendingPostAnswer]
    cursor: str | None
    """Gets the next page, of the same list; null after the last one."""


class SuggestionReasonAnswer(Answer):
    """A reason to follow somebody."""

    reason: Literal["followed_by", "liked", "follows_you", "likes_alike", "follows_alike"]
    text: str
    count: int | None
    """The people or posts that it counts."""
    at_least: bool
    """True if not all were read, so that there may be more."""


class SuggestionAnswer(Answer):
    """A person to follow."""

    person: str
    username: str | None
    full_name: str | None
    score: float
    reasons: list[SuggestionReasonAnswer]
    """The strongest first; at least one."""


class SuggestionsAnswer(Answer):
    """People to follow, the best first."""

    user: str
    as_of: Time
    items: list[SuggestionAnswer]
    missing: list[Missing]
    why_empty: str | None
    """The reason why there are no items, and what to try; null if there are some."""


class PackRowAnswer(Answer):
    """A pack in a list."""

    pack: str
    name: str
    at: Time | None
    by: str | None
    """Id of the person who made it."""
    by_name: str | None
    people: int
    """The number of its people who may be shown."""


class PacksAnswer(Answer):
    """Packs of people, the newest first."""

    items: list[PackRowAnswer]


class MemberAnswer(Answer):
    """A person in a pack."""

    person: str
    username: str | None
    full_name: str | None
    followed: bool
    """True if the person who asks follows them."""


class PackAnswer(Answer):
    """A pack with its people who may be shown."""

    pack: str
    name: str
    at: Time | None
    by: str | None
    """Id of the person who made it."""
    by_name: str | None
    people: list[MemberAnswer]


class LeftAnswer(Answer):
    """A pack that a person left."""

    pack: str
    changed: bool
    """False if they had left it before."""


class FollowedAnswer(Answer):
    """People of a pack whom a person follows from now on."""

    pack: str
    followed: list[str]


class PersonAnswer(Answer):
    """A person who was found."""

    user: str
    username: str | None
    full_name: str | None
    why: str | None
    """The reason for their place, as a phrase, such as "you follow them"; null for none."""


class FoundPostAnswer(PostAnswer):
    """A post that was found."""

    caption: str | None
    """Of a long caption, the first 200 characters."""


class SearchAnswer(Answer):
    """The people and posts that a text finds."""

    text: str
    as_of: Time
    people: list[PersonAnswer]
    posts: list[FoundPostAnswer]


class TagAnswer(Answer):
    """A hashtag of a post."""

    hashtag: str
    display: str


class CardAnswer(PostAnswer):
    """What a page shows of a post."""

    author_name: str | None
    caption: str | None
    """Of a long caption, the first 200 characters."""
    hashtags: list[TagAnswer]
    """At most 30."""
    followed: bool
    """True if the person follows the author."""
    liked: bool
    saved: bool


class CardsAnswer(Answer):
    """Posts as a page shows them, in the order in which they were asked for, without those that are filtered."""

    user: str
    """Whom they are for; empty for anybody."""
    items: list[CardAnswer]


class PersonCardAnswer(Answer):
    """A person as another one may see them; of whom that one muted or blocked nothing else is told."""

    person: str
    username: str | None
    full_name: str | None
    followers: int
    follows: int
    posts: int
    followed: bool
    """True if the one who looks follows them."""
    follows_me: bool
    muted: bool
    blocked: bool
    newest: list[str]
    """The ids of their newest posts that may be shown."""


class SimilarPostAnswer(PostAnswer):
    """A post that is similar to another."""

    why: str
    """A sentence on what makes it so."""


class SimilarPostsAnswer(Answer):
    """The posts that are similar to one."""

    post: str
    as_of: Time
    items: list[SimilarPostAnswer]


class RelatedHashtagAnswer(Answer):
    """A hashtag that is related to another."""

    hashtag: str
    display: str
    weight: float
    """From 0 to 1, when it was built: joined from who uses both, who likes posts of both, and the names of emoji."""
    why: str
    """A sentence on what makes it so."""
    examples: list[str]
    """The ids of posts that say so, the first of which have both hashtags."""


class RelatedHashtagsAnswer(Answer):
    """The hashtags that are related to one."""

    hashtag: str
    display: str
    as_of: Time
    items: list[RelatedHashtagAnswer]
    missing: list[Missing]
    """The reason why there are none, if no build has any."""


class SourceAnswer(Answer):
    """A source of candidates."""

    name: str
    text: str
    """What it brings."""
    posts: int
    """The most candidates of a feed that it may bring."""


class WeighedAnswer(Answer):
    """A feature of the score, with its weights for people and authors of several kinds."""

    name: str
    text: str
    """What it is."""
    weight: float
    """For somebody with 100 likes, and an author whom they liked before."""
    few_likes: float
    """For somebody with 10 likes."""
    many_likes: float
    """For somebody with 1,000 likes."""
    new_author: float
    """For somebody with 100 likes, and an author whom they never liked."""


class ProfileAnswer(Answer):
    """A profile in plain words."""

    name: str
    hash: str
    """Changes with any weight or constant."""
    text: list[str]
    """Sentences on the whole."""
    sources: list[SourceAnswer]
    weighed: list[WeighedAnswer]
    """The features that count; empty for the tutorial's formula."""
    hides: dict[str, float]
    """How much a hide counts, by its reason."""


class EventResult(Answer):
    """The result of an event."""

    id: str
    status: Literal["done", "unchanged", "replayed", "refused", "withheld"]
    """done: it changed something. unchanged: there was nothing to change. replayed: it was recorded before. refused: it
    cannot be recorded. withheld: it could be, but another event of its batch was refused."""
    problem: str | None = None
    remedy: str | None = None
    note: str | None = Field(
        None,
        description="the part of it that has no effect, such as an unknown hide reason; otherwise left out",
        exclude_if=lambda note: note is None,
    )


class EffectAnswer(Answer):
    """What events changed of the next 20 posts that the person would be shown."""

    text: str
    of: int
    """The number of these posts before, at most 20."""
    left: list[str]
    """Ids of posts that were among them before, in their order."""
    came: list[str]
    """Those that are among them now."""
    up: list[str]
    """Those that are earlier than before, among the posts that stayed."""
    down: list[str]
    """Those that are later."""


class EventsAnswer(Answer):
    """The result of each event, in the order of the request."""

    results: list[EventResult]
    effect: EffectAnswer | None = Field(
        None,
        description="with effect=true: what the events changed; left out where that is not known",
        exclude_if=lambda effect: effect is None,
    )

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "EventsAnswer":
        """The results of a batch that is recorded whole or, if any event is refused, not at all."""
        results = [EventResult.model_validate(outcome) for outcome in outcomes]
        if any(result.status == "refused" for result in results):
            for result in results:
                result.status = "refused" if result.status == "refused" else "withheld"
        return cls(results=results, effect=None)


class PutAnswer(Answer):
    """A person or post that was created or replaced."""

    id: str
    created: bool
    """False if it existed before."""


class ForgottenAnswer(Answer):
    """The data removed with a person."""

    user: str
    removed: dict[str, int]
    """Number of removed rows, by the names of the import's files."""
    learned: str | None
    """A sentence that says when what was learned from their likes is gone; null if nothing was learned."""


class LiveAnswer(Answer):
    """The service is running."""

    status: Literal["ok"] = "ok"


class BuildingAnswer(Answer):
    """A build in progress."""

    stage: str
    """reading, lists, factors, vectors, trend, tops or affinity."""
    forecast: str
    """Progress of the stage and the time left, such as 'similar posts 41 %, about 2 min left'."""


class MergeAnswer(Answer):
    """A spelling that was merged with another hashtag, or whose merge was undone."""

    hashtag: str
    display: str
    variant_of: str
    by: str | None
    """`dictionary` or `person`."""
    at: Time | None


class MergesAnswer(Answer):
    """Merged hashtags, or undone merges; the latest first."""

    items: list[MergeAnswer]


class ReadyAnswer(Answer):
    """The state of the service: ready or not, and what feeds lack."""

    status: Literal["ok", "degraded"]
    degraded: list[str]
    """A sentence for each thing that feeds lack."""
    gds: str | None
    """The version of the Graph Data Science library."""
    built: Time | None
    """Time of the build in use; null before the first."""
    generation: int | None
    """Number of the build in use."""
    building: BuildingAnswer | None
    """The build in progress, if any."""
    stale: int
    """People and posts that are marked for the builder. Deprecated: see `built` and `building`."""
    lag_seconds: float
    """Age of the oldest mark. Deprecated, too."""
    failing: int
    """People and posts that the builder failed on and will retry, with growing pauses."""


class RouteAnswer(Answer):
    """The requests of a route by a method, since the service started."""

    method: str
    route: str
    """As `/v1/users/{user}/feed`; `none` for paths of no route."""
    statuses: dict[str, int]
    """Number of requests by the status of the response; `0` if it had none."""
    within: list[int]
    """Number of requests that took at most as long as each bound, then of all."""


class StageAnswer(Answer):
    """The last run of a stage of builds."""

    name: str
    seconds: float
    ended_at: Time


class FiguresAnswer(Answer):
    """The figures of the operator's page: requests to all workers, and the state of the builder."""

    at: Time
    runs_builder: bool
    """True if the service runs a builder beside it; else one may run elsewhere."""
    bounds: list[float]
    """The bounds of `within` of each route, in seconds."""
    routes: list[RouteAnswer]
    state: ReadyAnswer | None
    """Null if Neo4j does not answer."""
    stages: list[StageAnswer]
    """The last run of each stage of a build, in order."""
    problem: str | None
    """A sentence if Neo4j does not answer."""


class PartAnswer(Answer):
    """The posts of a source, by how far their authors are from the people who were shown them."""

    source: str
    posts: int
    followees: int
    """By people whom the person follows."""
    two_steps: int
    """By people whom these follow."""
    farther: int
    """By all others, and posts without an author."""


class CompositionAnswer(Answer):
    """Where the posts come from that were handed out of recent slates: of the newest 100, the first 20 places."""

    slates: int
    since: Time | None
    """The time of the oldest of them."""
    parts: list[PartAnswer]
    """One for each source, that with the most posts first."""


class ProfilesAnswer(Answer):
    """The profiles that feeds can be ranked by."""

    serving: str
    """The one that ranks where a request names none; `tuned` stands for that of the last tuning."""
    names: list[str]


class TokenAnswer(Answer):
    """A token that was made. It is stored nowhere."""

    token: str
    user: str
    can: Can
    expires_at: Time
