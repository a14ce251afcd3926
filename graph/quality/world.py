"""A snapshot of all that retrieval and features read, as arrays. Writes nothing to the graph.

    world = read_world(client, as_of)                   # with the build that serves
    world = read_world(client, as_of, with_build=False) # enough for `without`, which builds anew
    before = world.without(held_out, ranking)           # the counterfactual world without some likes

`held_out` is a mask of the entries of `world.network.likes`, in the order of its indices.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.background.arrays import (
    FETCH_ROWS,
    MAX_LIKES_PER_PERSON,
    MAX_POSTS_PER_HASHTAG,
    NO_TIME,
    Ints,
    Listen,
    Mask,
    Network,
    Nodes,
    ones_matrix,
    with_progress,
)
from graph.background.state import state
from graph.client import Client, Row
from graph.pictures import Picture
from graph.progress import Progress
from graph.quality.holdout import are_timed
from graph.quality.learned import SEED, SILENT, Learned, learn, read_arcs, read_learned, unbuilt
from graph.quality.ties import NO_NUMBERS, NO_TIMES, Ties, ties
from graph.ranking.profiles import Ranking
from graph.validation import MAX_COUNT

T = TypeVar("T", bound=np.generic)
ACTS = ("SAVED", "SHARED", "MORE_LIKE")
"""The types of `World.acts`."""


@dataclass(frozen=True)
class World:
    """A network as ranking reads it. People, posts and hashtags are given as rows of the nodes of `network`.

    Ties include those after the network's time, as the graph does; `network.likes` does not.
    """

    network: Network
    """Without `known` and other fields that only writes need."""
    people_order: Ints
    """The rank of each person by id."""
    post_order: Ints
    """The rank of each post by id."""
    hashtag_order: Ints
    """The rank of each hashtag by name."""
    likes: Ties
    """Posts that people liked."""
    entries: Ints
    """The index in `network.likes` of each entry of `likes`; -1 if it is after the network's time."""
    acts: Ties
    """Posts that people saved, shared or want more like; the numbers are places in ACTS."""
    follows: Ties
    """Followed people of people."""
    posted: Ties
    """Posts of people."""
    recent: Ties
    """The newest posts of people of whom a read of the first ones would miss them."""
    authors: Ties
    """People of posts."""
    shown: Ties
    """Posts that people are shown in."""
    picks: Ties
    """Hashtags that people picked; the number is 1 for one that was inferred, else 0."""
    more: Ties
    """Hashtags that people want more of, as of the world's time; the number is 0, or the place in its topic of one
    that is wanted with that."""
    less: Ties
    """Hashtags that people want less of, as of the world's time."""
    dismissed: Ties
    """Hashtags that people dismissed as interests."""
    views: Ties
    """Posts that people viewed; the number is the time of the view in milliseconds, -1 if it is not known."""
    usual_dwell: float
    """The usual time of a view, in milliseconds, as the build knows it; NaN if it knows none."""
    hides: Ties
    """Posts that people hid."""
    hidden_for: Sequence[str]
    """The reason of each entry of `hides`; '' for none."""
    mutes: Ties
    """People whom people muted."""
    muted_hashtags: Ties
    muted_words: Ties
    """Words that people muted: each a number."""
    said: Ties
    """The numbers of the muted words in the captions of posts."""
    blocks: Ties
    """People whom a person blocked, or who blocked them."""
    affinity: Ties
    """The stored nearest people of people, with the affinity of each."""
    tags: Ties
    """Hashtags of posts."""
    tagged: Ties
    """Posts of hashtags, in the order of the store."""
    tagged_recent: Ties
    """The newest posts of hashtags of which a read of the first ones would miss them."""
    looks: Ties
    """Posts that look like posts, with the cosines of their pictures."""
    pictures: Sequence[Picture | None]
    """The picture of each post."""
    closed_people: Mask
    """People who are shown to their followers only."""
    closed_posts: Mask
    """Posts that are shown to followers of their author only, whoever that is."""
    sensitive: Mask
    """Sensitive posts."""
    like_count: Ints
    """The stored like count of each post."""
    reset_at: Ints
    """The time of each person's last reset, NO_TIME for none."""
    unlearned_posts: Ties
    """Posts with which what people did is not learned from."""
    unlearned_people: Ties
    """People whose likes are not learned from."""
    learned: Learned

    @property
    def author(self) -> Ints:
        """The author of each post, of several the one with the smallest id; -1 for none."""
        return self.network.author

    def without(
        self,
        likes: Mask,
        ranking: Ranking,
        *,
        seed: int = SEED,
        window_days: float = 0.0,
        progress: Progress = SILENT,
    ) -> "World":
        """The world without some likes, a mask of the entries of `network.likes`, as a build of it would be.

        The results of the build are computed anew: similar posts, factors, FastRP vectors (by `seed`), trend, shares,
        tops. Like counts decrease by these likes, imported counts too. What else these people did with these posts,
        views included, is left out as well: it would tell of the likes, and keep the posts out. So are all saves,
        shares and wishes for more since the first of these likes, if they go by time. Affinity stays as stored.
        """
        network = self.network
        people = network.likers[likes]
        posts = network.likes.indices[likes].astype(np.int64)
        held_out = np.bincount(posts, minlength=len(network.posts))
        kept = np.ones(len(self.entries), bool)
        kept[self.entries >= 0] = ~likes[self.entries[self.entries >= 0]]
        fewer, entries = _with_likes(network, self.likes.kept(kept))
        fewer = replace(fewer, like_count=np.maximum(network.like_count - held_out, 0))
        pairs = _pairs(people, posts, network)
        is_later = self.acts.at >= _beginning(network, likes)
        acts, views = (~np.isin(_pairs(ties.rows, ties.others, network), pairs) for ties in (self.acts, self.views))
        return replace(
            self,
            network=fewer,
            likes=self.likes.kept(kept),
            entries=entries,
            acts=self.acts.kept(acts & ~is_later),
            views=self.views.kept(views),
            like_count=np.where(held_out > 0, np.maximum(self.like_count - held_out, 0), self.like_count),
            learned=learn(
                fewer, self.posted, self.follows, ranking, window_days=window_days, seed=seed, progress=progress
            ),
        )


def read_world(
    client: Client, as_of: int, *, with_build: bool = True, listen: Listen = lambda done, total: None
) -> World:
    """The world as of a time, in epoch milliseconds. `listen` receives the progress in people.

    Without `with_build`, `learned` is empty, which is enough for `without`.
    """
    rows = _stream(client, "quality/people", now=as_of, perPerson=MAX_LIKES_PER_PERSON)
    size = client.read("build/size")[0]
    people = _Table(with_progress(rows, size["people"], listen))
    words = {word: number for number, word in enumerate(people.texts_once("mutedWords"))}
    posts = _Table(_stream(client, "quality/posts", words=words))
    hashtags = _Table(client.stream("build/hashtags", {"perHashtag": MAX_POSTS_PER_HASHTAG}, fetch=FETCH_ROWS))
    of = {"people": people.nodes("id"), "posts": posts.nodes("id"), "hashtags": hashtags.nodes("hashtag")}
    likes = people.ties("liked", of["posts"], at="likedAt")
    tags = posts.ties("tags", of["hashtags"])
    like_count = posts.numbers("likeCount", np.int64)
    later = np.bincount(likes.others[likes.at > as_of], minlength=len(posts))
    posted = people.ties("posted", of["posts"])
    authors = posted.turned(len(posts))
    people_order, post_order, hashtag_order = (_order(nodes.ids) for nodes in of.values())
    author = _least(authors, people_order)
    network = Network(
        as_of=as_of,
        known=0,
        **of,
        author=author,
        community=people.numbers("community", np.int64),
        likes=_matrix(likes, len(posts)),
        liked_at=None,
        taken_at=posts.numbers("takenAt", np.int64),
        like_count=np.maximum(np.clip(like_count, 0, MAX_COUNT) - later, 0),
        tags=_matrix(tags, len(hashtags)),
        factors_likes=np.full(len(people), np.nan),
        trend=posts.numbers("trend", np.float64),
        listed_likes=np.full(len(posts), np.nan),
        changed_at=np.full(len(posts), np.nan),
        share=hashtags.numbers("share", np.float64),
        dwell=posts.numbers("dwell", np.float64),
        for_followers=posts.numbers("forFollowers", np.bool_),
        apart=posts.numbers("sensitive", np.bool_) | posts.numbers("closed", np.bool_),
        likes_for_self=people.numbers("likesForSelf", np.bool_),
        not_profiled=people.numbers("notProfiled", np.bool_),
    )
    network, entries = _with_likes(network, likes)
    hides = people.ties("hid", of["posts"], at="hidAt")
    blocked = people.ties("blocked", of["people"])
    return World(
        network=network,
        people_order=people_order,
        post_order=post_order,
        hashtag_order=hashtag_order,
        likes=likes,
        entries=entries,
        acts=people.ties("acted", of["posts"], at="actedAt", numbers="actedBy"),
        follows=people.ties("followed", of["people"], at="followedSince"),
        posted=posted,
        recent=people.ties("recent", of["posts"]),
        authors=authors,
        shown=people.ties("mentions", of["posts"]),
        picks=people.ties("picked", of["hashtags"], at="pickedAt", numbers="inferred"),
        more=people.ties("more", of["hashtags"], numbers="morePlaces"),
        **{name: people.ties(name, of["hashtags"]) for name in ("less", "dismissed")},
        views=people.ties("viewed", of["posts"], at="viewedAt", numbers="viewedFor"),
        usual_dwell=_usual_dwell(client),
        hides=hides,
        hidden_for=people.texts("hidFor", "hid", of["posts"]),
        mutes=people.ties("muted", of["people"]),
        muted_hashtags=people.ties("muted", of["hashtags"]),
        muted_words=people.numbered("mutedWords", words.__getitem__),
        said=posts.numbered("said", int),
        blocks=_both_ways(blocked),
        affinity=people.ties("near", of["people"], numbers="affinity"),
        tags=tags,
        tagged=hashtags.ties("posts", of["posts"]),
        tagged_recent=hashtags.ties("recent", of["posts"]),
        looks=read_arcs(client, "build/arcs_looks", size["highest"], network.posts),
        pictures=[Picture.of(*each) for each in zip(posts.values("model"), posts.values("picture"), strict=True)],
        closed_people=people.numbers("closed", np.bool_),
        closed_posts=posts.numbers("closed", np.bool_),
        sensitive=posts.numbers("sensitive", np.bool_),
        like_count=like_count,
        reset_at=people.numbers("resetAt", np.int64),
        unlearned_posts=people.ties("unlearned", of["posts"]),
        unlearned_people=people.ties("unlearned", of["people"]),
        learned=read_learned(client, network) if with_build else unbuilt(network),
    )


class _Table:
    """The rows of a statement by ascending internal id, as columns of values or lists."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._columns: dict[str, list[Any]] = {}
        for row in rows:
            for name, value in row.items():
                self._columns.setdefault(name, []).append(_compact(value))
        nodes = np.array(self._columns.pop("node", []), np.int64)
        self._order = np.argsort(nodes)
        self._nodes = nodes[self._order]

    def __len__(self) -> int:
        return len(self._nodes)

    def nodes(self, id: str) -> Nodes:
        return Nodes(self._nodes, self._column(id))

    def numbers(self, name: str, kind: type[T]) -> NDArray[T]:
        """A column of numbers; null is NaN."""
        return np.array(self._column(name), kind)

    def values(self, name: str) -> list[Any]:
        """A column as it is."""
        return self._column(name)

    def ties(self, name: str, others: Nodes, *, at: str | None = None, numbers: str | None = None) -> Ties:
        """A column of lists of internal ids as ties to `others`, with times or numbers; unknown ids are left out."""
        rows, found = self._found(name, others)
        known = found >= 0
        return ties(
            rows[known],
            found[known],
            len(self),
            at=self._joined(at, np.int64)[known] if at else NO_TIMES,
            numbers=self._joined(numbers, np.float64)[known] if numbers else NO_NUMBERS,
        )

    def texts(self, name: str, beside: str, others: Nodes) -> list[str]:
        """The texts in a column of lists, for the entries that `ties` keeps of the column `beside`."""
        _, found = self._found(beside, others)
        texts = [text for each in self._column(name) for text in each]
        return [texts[place] for place in np.flatnonzero(found >= 0)]

    def texts_once(self, name: str) -> list[str]:
        """The texts in a column of lists, each once, sorted."""
        return sorted({text for each in self._column(name) for text in each})

    def numbered(self, name: str, number: Callable[[Any], int]) -> Ties:
        """A column of lists as ties to the number of each entry."""
        others = [number(value) for each in self._column(name) for value in each]
        return ties(self._rows(name), np.array(others, np.int64), len(self))

    def _found(self, name: str, others: Nodes) -> tuple[Ints, Ints]:
        """The row of each entry of a column of lists, and its row in `others`; -1 for unknown ids."""
        return self._rows(name), others.rows(self._joined(name, np.int64))

    def _rows(self, name: str) -> Ints:
        """The row of each entry of a column of lists."""
        return np.repeat(np.arange(len(self)), [len(each) for each in self._column(name)])

    def _joined(self, name: str, kind: type[T]) -> NDArray[T]:
        return np.concatenate([np.zeros(0, kind), *(np.array(each, kind) for each in self._column(name))])

    def _column(self, name: str) -> list[Any]:
        column = self._columns.get(name, [])
        return [column[place] for place in self._order]


def _compact(value: Any) -> Any:
    """A list of numbers as an array, which takes a fifth of the memory; other values unchanged."""
    return np.array(value) if isinstance(value, list) and value and not isinstance(value[0], str) else value


def _stream(client: Client, name: str, **params: Any) -> Iterable[Row]:
    return client.stream(name, {"untimed": NO_TIME, **params}, fetch=FETCH_ROWS)


def _usual_dwell(client: Client) -> float:
    serving = state(client)
    return math.nan if serving is None or serving.dwell is None else serving.dwell


def _with_likes(network: Network, likes: Ties) -> tuple[Network, Ints]:
    """The network with the likes up to its time, and the index in `network.likes` of each of `likes`, or -1."""
    known = np.flatnonzero(likes.at <= network.as_of)
    rows, posts, at = likes.rows[known], likes.others[known], likes.at[known]
    order = np.lexsort((posts, rows))
    entries = np.full(len(likes.others), -1, np.int64)
    entries[known[order]] = np.arange(len(order))
    timed = at[order] if bool((at != NO_TIME).any()) else None
    return replace(
        network, likes=_matrix(likes.kept(likes.at <= network.as_of), len(network.posts)), liked_at=timed
    ), entries


def _matrix(given: Ties, columns: int) -> sparse.csr_matrix:
    """A matrix of ones at these ties, sorted by row and column."""
    return ones_matrix(given.rows, given.others, (len(given), columns))


def _least(given: Ties, ranks: Ints) -> Ints:
    """The other node with the least rank of each row; -1 for none."""
    order = np.lexsort((ranks[given.others], given.rows))
    found = np.full(len(given), -1, np.int64)
    some = np.flatnonzero(given.counts)
    found[some] = given.others[order][given.starts[some]]
    return found


def _both_ways(given: Ties) -> Ties:
    return ties(np.concatenate((given.rows, given.others)), np.concatenate((given.others, given.rows)), len(given))


def _beginning(network: Network, likes: Mask) -> float:
    """The time of the first of some likes, if most have one, as hold-outs then go by time; else infinite."""
    at = network.liked_at[likes] if network.liked_at is not None else NO_TIMES
    return float(at[at != NO_TIME].min()) if are_timed(at) else np.inf


def _pairs(people: Ints, posts: Ints, network: Network) -> Ints:
    """An integer for each pair of a person and a post."""
    return people * len(network.posts) + posts


def _order(ids: Sequence[str]) -> Ints:
    """The rank of each id."""
    ranks = np.zeros(len(ids), np.int64)
    ranks[np.argsort(np.array(ids, object), kind="stable")] = np.arange(len(ids))
    return ranks
