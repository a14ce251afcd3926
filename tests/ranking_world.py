"""A network as plain Python data: everything that the score of the profile `default` reads, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.client import Client, Row
from tests.support import ask

Times = dict[str, dict[str, int | None]]  # who did it -> to which, when; in the order that the store gives them in
Numbers = dict[str, dict[str, float]]  # from -> to -> number
Vectors = dict[str, list[float]]


@dataclass(frozen=True)
class Post:
    """A post; times are UTC epoch milliseconds."""

    authors: tuple[str, ...] = ()
    taken_at: int | None = None
    like_count: int | None = None
    dwell: float | None = None  # the usual time of a view, in milliseconds


@dataclass(frozen=True)
class Mark:
    """A save or a share of a post, or the wish for more like it: the type is SAVED, SHARED or MORE_LIKE."""

    post: str
    type: str
    at: int | None = None


@dataclass(frozen=True)
class View:
    """A view of a post."""

    post: str
    at: int | None = None
    dwell_ms: int | None = None


@dataclass(frozen=True)
class Hide:
    """A hide of a post."""

    post: str
    at: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Wish:
    """What a person wants of a hashtag."""

    hashtag: str
    how: str | None = None
    at: int | None = None
    until: int | None = None
    topic: str | None = None


@dataclass
class World:
    """People, posts and what is between them, by id; what a build stored, of its current slot alone.

    Likes and follows stand in the order that the store gives them in: the newest transaction first, more or less, and
    in no order within one. What reads only so many of them reads the first.
    """

    users: dict[str, bool] = field(default_factory=dict)  # opted out?
    posts: dict[str, Post] = field(default_factory=dict)
    follows: Times = field(default_factory=dict)
    likes: Times = field(default_factory=dict)
    marks: dict[str, list[Mark]] = field(default_factory=dict)
    tags: dict[str, set[str]] = field(default_factory=dict)  # post -> hashtags
    hides: dict[str, list[Hide]] = field(default_factory=dict)
    views: dict[str, list[View]] = field(default_factory=dict)
    wishes: dict[str, list[Wish]] = field(default_factory=dict)
    muted_people: dict[str, set[str]] = field(default_factory=dict)
    muted_hashtags: dict[str, set[str]] = field(default_factory=dict)
    blocks: dict[str, set[str]] = field(default_factory=dict)
    unlearned: dict[str, set[str]] = field(default_factory=dict)  # posts and people that are not learned from
    resets: dict[str, list[int]] = field(default_factory=dict)  # their times

    similar: Numbers = field(default_factory=dict)
    similar_new: Numbers = field(default_factory=dict)
    affinity: Numbers = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)  # hashtag -> its share of all taggings
    trends: dict[str, float] = field(default_factory=dict)  # post -> likes that fade, at the build's clock

    user_factors: Vectors = field(default_factory=dict)
    user_factors_norms: dict[str, float] = field(default_factory=dict)
    user_factors_likes: dict[str, int] = field(default_factory=dict)  # likes that the factors were made from
    user_fastrp: Vectors = field(default_factory=dict)
    post_factors: Vectors = field(default_factory=dict)
    post_factors_norms: dict[str, float] = field(default_factory=dict)
    post_content: Vectors = field(default_factory=dict)  # factors that are expected of posts of few likes
    post_fastrp: Vectors = field(default_factory=dict)

    slot: str | None = None  # None: nothing was built
    build_as_of: int | None = None
    usual_dwell: float | None = None  # of a view, in milliseconds
    post_gram: list[float] | None = None  # Y'Y, row after row

    @classmethod
    def read(cls, client: Client) -> World:
        """All of a live graph."""
        world = cls()
        for row in ask(client, "MATCH (build:Build {name: 'current'}) RETURN properties(build) AS build"):
            build = row["build"]
            world.slot, world.build_as_of = build.get("slot"), build.get("asOf")
            world.post_gram, world.usual_dwell = build.get("postGram"), build.get("dwell")
        world._read_nodes(client)
        world._read_acts(client)
        world.similar = _numbers(_arcs(client, "Post", "SIMILAR", "Post"), "weight")
        world.similar_new = _numbers(_arcs(client, "Post", "SIMILAR_NEW", "Post"), "weight")
        world.affinity = _numbers(_arcs(client, "User", "AFFINITY", "User"), "score")
        return world

    def _read_nodes(self, client: Client) -> None:
        users = _nodes(client, "User")
        posts = _nodes(client, "Post")
        hashtags = {each["name"]: each for each in _nodes(client, "Hashtag").values()}
        authors: defaultdict[str, list[str]] = defaultdict(list)
        for author, post, _ in _arcs(client, "User", "POSTED", "Post"):
            authors[post].append(author)
        self.users = {id: bool(user.get("optedOut")) for id, user in users.items()}
        self.posts = {
            id: Post(tuple(authors[id]), post.get("takenAt"), post.get("likeCount"), post.get("dwell"))
            for id, post in posts.items()
        }
        self.shares = _given(hashtags, "share")
        self.trends = _given(posts, "trend")
        self.user_factors_likes = _given(users, "factorsLikes")
        if self.slot is not None:
            self.user_factors = _given(users, f"factors{self.slot}")
            self.user_factors_norms = _given(users, f"factorsNorm{self.slot}")
            self.user_fastrp = _given(users, f"fastrp{self.slot}")
            self.post_factors = _given(posts, f"factors{self.slot}")
            self.post_factors_norms = _given(posts, f"factorsNorm{self.slot}")
            self.post_content = _given(posts, f"content{self.slot}")
            self.post_fastrp = _given(posts, f"fastrp{self.slot}")

    def _read_acts(self, client: Client) -> None:
        self.follows = _times(_arcs(client, "User", "FOLLOWS", "User"), "since")
        self.likes = _times(_arcs(client, "User", "LIKED", "Post"), "at")
        self.tags = _sets(_arcs(client, "Post", "TAGGED", "Hashtag"))
        self.muted_people = _sets(_arcs(client, "User", "MUTED", "User"))
        self.muted_hashtags = _sets(_arcs(client, "User", "MUTED", "Hashtag"))
        self.blocks = _sets(_arcs(client, "User", "BLOCKED", "User"))
        for label in ("Post", "User"):
            for user, other, _ in _arcs(client, "User", "UNLEARNED", label):
                self.unlearned.setdefault(user, set()).add(other)
        for user, _, about in _arcs(client, "User", "RESET", "User"):
            self.resets.setdefault(user, []).append(about["at"])
        for user, post, about in _arcs(client, "User", "SAVED|SHARED|MORE_LIKE", "Post"):
            self.marks.setdefault(user, []).append(Mark(post, about["type"], about.get("at")))
        for user, post, about in _arcs(client, "User", "HID", "Post"):
            self.hides.setdefault(user, []).append(Hide(post, about.get("at"), about.get("reason")))
        for user, hashtag, about in _arcs(client, "User", "WANTS", "Hashtag"):
            self.wishes.setdefault(user, []).append(Wish(hashtag, **about))
        for user, post, about in _arcs(client, "User", "VIEWED", "Post"):
            self.views.setdefault(user, []).append(View(post, about.get("at"), about.get("dwellMs")))


Arc = tuple[str, str, Row]


def _nodes(client: Client, label: str) -> dict[str, Row]:
    """The properties of all nodes with a label, by id (of a hashtag: by name)."""
    rows = ask(client, f"MATCH (node:{label}) RETURN properties(node) AS node")
    return {row["node"].get("id", row["node"].get("name")): row["node"] for row in rows}


def _arcs(client: Client, start: str, kind: str, end: str) -> Iterator[Arc]:
    """Both ends and the properties of all relationships of a kind, those of a node in the order of the store.

    Those of several kinds have their `type`, too.
    """
    about = "r {.*, type: type(r)}" if "|" in kind else "properties(r)"
    of_each = f"[(a)-[r:{kind}]->(b:{end}) | [coalesce(b.id, b.name), {about}]]"
    for row in ask(client, f"MATCH (a:{start}) RETURN a.id AS a, {of_each} AS found"):
        for b, about in row["found"]:
            yield row["a"], b, about


def _times(arcs: Iterable[Arc], name: str) -> Times:
    times: Times = {}
    for a, b, about in arcs:
        times.setdefault(a, {})[b] = about.get(name)
    return times


def _numbers(arcs: Iterable[Arc], name: str) -> Numbers:
    numbers: Numbers = {}
    for a, b, about in arcs:
        numbers.setdefault(a, {})[b] = about[name]
    return numbers


def _sets(arcs: Iterable[Arc]) -> dict[str, set[str]]:
    sets: dict[str, set[str]] = {}
    for a, b, _ in arcs:
        sets.setdefault(a, set()).add(b)
    return sets


def _given(nodes: Mapping[str, Row], name: str) -> dict[str, Any]:
    """This property of the nodes that have it."""
    return {id: node[name] for id, node in nodes.items() if node.get(name) is not None}
