"""Worlds from arrays, without a server: as `read_world` would read the same network."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from graph import clock
from graph.background.arrays import NO_TIME, Ints, Network, Nodes
from graph.quality.learned import unbuilt
from graph.quality.ties import NO_NUMBERS, NO_TIMES, Ties, no_ties, ties
from graph.quality.training import Training, ones
from graph.quality.world import World, _order, _with_likes
from graph.ranking.profiles import Ranking, profile

NOW = clock.parse("2024-06-01")
Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Drawn:
    """A network whose people, posts and hashtags are numbers."""

    people: int
    authors: Sequence[int]
    """The author of each post; -1 for none."""
    likes: Pairs
    """Pairs of a person and a post, without duplicates, each person's in the order of the store."""
    liked_at: Sequence[int] | None = None
    """The time of each like; None for no times."""
    follows: Pairs = ()
    tags: Pairs = ()
    """Posts and hashtags."""
    taken_at: Sequence[int] | None = None
    held_out: Pairs = field(default=())
    """Pairs of a person and a post that are not among the likes."""

    def world(self, *, ranking: Ranking | None = None, window_days: float = 0.0) -> World:
        """The world with a build, but without affinity, which needs GDS."""
        size, posts = self.people, len(self.authors)
        hashtags = max((hashtag for _, hashtag in self.tags), default=-1) + 1
        taken_at = np.full(posts, NOW - clock.DAY_MS) if self.taken_at is None else np.array(self.taken_at, np.int64)
        likers, liked = _columns(self.likes)
        at = np.full(len(likers), NO_TIME) if self.liked_at is None else np.array(self.liked_at, np.int64)
        tagged, tags = _columns(self.tags)
        network = Network(
            as_of=NOW,
            known=0,
            people=_nodes("u", size),
            posts=_nodes("p", posts),
            hashtags=_nodes("t", hashtags),
            likes=sparse.csr_matrix((size, posts), dtype=np.float32),
            liked_at=None,
            taken_at=taken_at,
            like_count=np.bincount(liked, minlength=posts),
            tags=ones(tagged, tags, (posts, hashtags)),
            author=np.array(self.authors, np.int64),
            community=np.full(size, -1),
            factors_likes=np.full(size, np.nan),
            trend=np.zeros(posts),
            listed_likes=np.full(posts, np.nan),
            changed_at=np.full(posts, np.nan),
            share=np.full(hashtags, np.nan),
            dwell=np.full(posts, np.nan),
            for_followers=np.zeros(posts, bool),
            apart=np.zeros(posts, bool),
            likes_for_self=np.zeros(size, bool),
            not_profiled=np.zeros(size, bool),
        )
        of_likes = ties(likers, liked, size, at=at)
        network, entries = _with_likes(network, of_likes)
        authored = np.flatnonzero(np.array(self.authors, np.int64) >= 0)
        posted = ties(np.array(self.authors, np.int64)[authored], authored, size)
        authors = posted.turned(posts)
        people_order = _order(network.people.ids)
        followers, followees = _columns(self.follows)
        timed = _no_timed_ties(size)
        made = World(
            network=network,
            people_order=people_order,
            post_order=_order(network.posts.ids),
            hashtag_order=_order(network.hashtags.ids),
            likes=of_likes,
            entries=entries,
            acts=ties(NO_TIMES, NO_TIMES, size, at=NO_TIMES, numbers=NO_NUMBERS),
            follows=ties(followers, followees, size, at=np.full(len(followers), NO_TIME)),
            posted=posted,
            recent=no_ties(size),
            authors=authors,
            shown=no_ties(size),
            picks=timed,
            more=no_ties(size),
            less=no_ties(size),
            dismissed=no_ties(size),
            views=ties(NO_TIMES, NO_TIMES, size, at=NO_TIMES, numbers=NO_NUMBERS),
            usual_dwell=np.nan,
            hides=timed,
            hidden_for=[],
            mutes=no_ties(size),
            muted_hashtags=no_ties(size),
            muted_words=no_ties(size),
            said=no_ties(posts),
            blocks=no_ties(size),
            affinity=ties(NO_TIMES, NO_TIMES, size, numbers=NO_NUMBERS),
            tags=ties(tagged, tags, posts),
            tagged=ties(tags, tagged, hashtags),
            tagged_recent=no_ties(hashtags),
            pictures=[None] * posts,
            closed_people=np.zeros(size, bool),
            closed_posts=np.zeros(posts, bool),
            sensitive=np.zeros(posts, bool),
            like_count=np.bincount(liked, minlength=posts),
            reset_at=np.full(size, NO_TIME),
            unlearned_posts=no_ties(size),
            unlearned_people=no_ties(size),
            looks=ties(NO_TIMES, NO_TIMES, posts, numbers=NO_NUMBERS),
            learned=unbuilt(network),
        )
        if ranking is None:
            ranking = profile("default").ranking
        assert ranking is not None
        return made.without(np.zeros(made.network.likes.nnz, bool), ranking, window_days=window_days)

    def training(self) -> Training:
        """The training data of baselines, with the rows of the world."""
        likers, liked = _columns(self.likes)
        followers, followees = _columns(self.follows)
        return Training(
            people=_nodes("u", self.people).ids,
            posts=_nodes("p", len(self.authors)).ids,
            likes=ones(likers, liked, (self.people, len(self.authors))),
            authors=np.array(self.authors, np.int64),
            taken_at=np.full(len(self.authors), NOW),
            follows=ones(followers, followees, (self.people, self.people)),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The held-out likes by ids."""
        people, posts = _nodes("u", self.people).ids, _nodes("p", len(self.authors)).ids
        return [(people[person], posts[post]) for person, post in self.held_out]


def _columns(pairs: Pairs) -> tuple[Ints, Ints]:
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    return columns[:, 0].copy(), columns[:, 1].copy()


def _nodes(kind: str, count: int) -> Nodes:
    """Nodes with ids that sort as their numbers do."""
    return Nodes(np.arange(count), [f"{kind}{row:07d}" for row in range(count)])


def _no_timed_ties(size: int) -> Ties:
    return ties(NO_TIMES, NO_TIMES, size, at=NO_TIMES)


@dataclass(frozen=True)
class Taste:
    """A random network of people in circles, who mostly like posts of their own circle, and popular ones most."""

    people: int = 300
    posts: int = 900
    likes: int = 20
    """The likes of each person, including held-out ones."""
    circles: int = 6
    held_out: int = 2
    """The newest likes of each person, which are held out."""
    inside: float = 0.8
    """The share of likes that go to the person's own circle."""
    authors: bool = True
    follows: bool = True
    hashtags: bool = True
    timed: bool = True
    hungry: int = 0
    """Additional likes of the first person."""
    seed: int = 1

    def drawn(self) -> Drawn:
        rng = np.random.default_rng(self.seed)
        circle_of_author = np.arange(self.people) % self.circles
        author = rng.integers(0, self.people, self.posts)
        circle = circle_of_author[author]
        odds = 1 / np.arange(1, self.posts + 1) ** 0.6 * rng.lognormal(0, 0.5, self.people)[author]
        likes, at, held = [], [], []
        for person in range(self.people):
            mine = np.where(circle == person % self.circles, odds, 0.0)
            mine = self.inside * mine / max(mine.sum(), 1e-12) + (1 - self.inside) * odds / odds.sum()
            mine[author == person] = 0.0
            count = min(self.likes + (self.hungry if person == 0 else 0), int((mine > 0).sum()))
            liked = rng.choice(self.posts, count, replace=False, p=mine / mine.sum())
            times = np.sort(rng.integers(NOW - 300 * clock.DAY_MS, NOW, count))[::-1]
            held += [(person, int(post)) for post in liked[: self.held_out]]
            likes += [(person, int(post)) for post in liked[self.held_out :]]
            at += times[self.held_out :].tolist()
        followees = [(a, int(b)) for a in range(self.people) for b in self._followees(rng, a)]
        return Drawn(
            people=self.people,
            authors=author.tolist() if self.authors else [-1] * self.posts,
            likes=likes,
            liked_at=at if self.timed else None,
            follows=followees if self.follows else (),
            tags=[(post, int(circle[post])) for post in range(self.posts)] if self.hashtags else (),
            taken_at=rng.integers(NOW - 400 * clock.DAY_MS, NOW - 301 * clock.DAY_MS, self.posts).tolist(),
            held_out=held,
        )

    def _followees(self, rng: np.random.Generator, person: int) -> Ints:
        alike = np.arange(person % self.circles, self.people, self.circles)
        found = np.unique(rng.choice(alike, min(6, len(alike)), replace=False))
        others: Ints = found[found != person]
        return others
