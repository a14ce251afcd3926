"""A network with whales: people, posts and hashtags that have far more of one thing than anybody ordinary.

There is one generator, for two sizes: the whole, and a tenth of all of it. What a request costs must be the same on
both. Around the whales are ordinary people, in clusters that like the same posts, so that a build finds what it looks
for.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graph import clock, words
from graph.background import affinity
from graph.background.builder import build
from graph.background.state import STAGES
from graph.client import Client
from graph.pictures import SIZE, to_bytes
from graph.progress import Silent
from loaders.files.folder import sources_in
from loaders.importer import Options
from loaders.offline.bulk import import_offline
from tests.little_network import DEFAULT, ranking
from tests.support import ask, small_server

NOW = clock.parse("2024-06-01")
"""The clock of the network: every post and every act is of the 70 days before it."""
MINUTE = 60_000
MINUTES = 100_800
"""In 70 days: of one person there are at most so many views of one post."""
TENTH, WHOLE = 0.1, 1.0

VIEWERS = (
    "celeb",
    "liker",
    "follower",
    "tagfan",
    "picker",
    "hider",
    "blocker",
    "blockedall",
    "mentioned",
    "prolific",
    "viewer",
    "packer",
)
"""The ids of the people who are whales; each also does what ordinary people do."""
ORDINARY = "u0"
"""Somebody who follows and likes a few tens."""
HOT, SEEN, BIG = "hot", "seen", "big"
"""The post with most likes, the one that is seen most, and the hashtag on most posts."""
PEOPLE = (*VIEWERS, ORDINARY)
CLUSTER = 100
"""Ordinary people who like the same posts."""
POSTS_OF_EACH = 4

Ints = npt.NDArray[np.int64]
Names = npt.NDArray[np.object_]
Column = Names | Sequence[str]


@dataclass(frozen=True)
class Sizes:
    """How many there are of what, on the whole; a tenth has a tenth of all but the hashtags of a post."""

    people: int = 500_000
    active: int = 50_000
    """People who follow, post and like; all others do nothing but make whales of others."""
    followers: int = 200_000
    """Of `celeb`."""
    likes_of_hot: int = 500_000
    tagged_big: int = 300_000
    likes: int = 100_000
    """Of `liker`."""
    followed: int = 50_000
    """By `follower`."""
    by_nobody: int = 5_000
    """Posts without author."""
    hashtags: int = 100_000
    """Of these, which have nothing else."""
    liked_by_nobody: int = 1_000
    """Of these, liked by `tagfan`."""
    picked: int = 50_000
    wanted: int = 1_000
    """Hashtags that `picker` wants more or less of, the former until a time, or dismissed, half with a topic."""
    saved: int = 100_000
    """By `viewer`: on the tenth, too, more than are read."""
    hidden: int = 20_000
    muted: int = 50_000
    """People whom `blocker` mutes, and as many hashtags, and as many people whom they block."""
    blocked_by: int = 100_000
    """Who block `blockedall`."""
    mentions: int = 200_000
    """Of `mentioned`."""
    posts: int = 200_000
    """Of `prolific`."""
    views: int = 100_000
    """Of one post by `viewer`."""
    looked: int = 20_000
    """Other posts that `viewer` looked at."""
    unlearned: int = 20_000
    """Posts from which `liker` learns nothing, and as many people of whom `follower` says so."""
    packs: int = 20_000
    """Packs of 25 people by `packer`, half of whom left each; on the tenth, too, more than are read."""
    in_packs: int = 100_000
    """Packs of others in which `packer` is, and as many that they left."""

    def times(self, scale: float) -> "Sizes":
        return Sizes(**{name: round(size * scale) for name, size in vars(self).items()})


HASHTAGS_OF_POST = 200
"""Of each post without author."""
PEOPLE_OF_PACK = 25
SURGES = 50
"""Hashtags that trend, each on a post without author and on one of an ordinary person."""
FANS = 60
"""Of each."""


def write_whales(folder: Path, seed: int = 0, scale: float = WHOLE) -> None:
    """Write the network of this seed and size into a folder, in the neutral format; the same each time."""
    folder.mkdir(parents=True, exist_ok=True)
    _Whales(folder, np.random.default_rng(seed), Sizes().times(scale)).write()


@contextmanager
def whales(home: Path, scale: float, heap: str) -> Iterator[Client]:
    """A client of a server of its own that holds the network, with all that is built of it.

    Affinity is built for the whales and a few others alone: for all, it would take longer than all the rest.
    """
    write_whales(home / "network", scale=scale)
    with small_server(home, heap=heap) as server:
        sources, _ = sources_in(home / "network")
        report = import_offline(server.settings, sources, Options(home / "rejects.csv"), Silent())
        assert report.total.created == report.total.rows
        with Client(server.address) as client:
            build(client, DEFAULT, as_of=NOW, only=[stage for stage in STAGES if stage != "affinity"])
            _relate(client)
            _resemble(client)
            affinity.renew(client, ranking(), users=[*PEOPLE, *(f"u{number}" for number in range(1, 20))])
            ask(client, _ONE_TOPIC)
            yield client


_ONE_TOPIC = """
    CREATE (topic:Topic {id: 'wished'})
    WITH topic
    MATCH (tag:Hashtag)
    CALL (tag) { OPTIONAL MATCH (tag)-[of:OF_TOPIC]->() DELETE of }
    WITH topic, tag ORDER BY tag.name
    WITH topic, collect(tag) AS tags
    UNWIND range(1, size(tags)) AS place
    WITH topic, place, tags[place - 1] AS tag
    CREATE (tag)-[:OF_TOPIC {place: place}]->(topic)
"""
"""Makes a topic of all hashtags."""


def _relate(client: Client) -> None:
    """Relates the hashtag on most posts to twenty that few use with it, as people who like posts of both would."""
    client._driver.execute_query(
        "MATCH (big:Hashtag {name: $big}) UNWIND $topics AS topic MATCH (other:Hashtag {name: topic}) "
        "CREATE (big)-[:RELATED_TO {weight: 0.9, by: 'likes'}]->(other)",
        big=BIG,
        topics=[f"topic{6 * number}" for number in range(20)],
    )


def _resemble(client: Client) -> None:
    """Lets each ordinary post look like the next three, all of `prolific` like the hot post, and that like ten. Gives
    pictures to all posts that `hider` hid, and to a tenth of the ordinary ones: 10,000 different ones."""
    random = np.random.default_rng(0)
    texts = [to_bytes(vector) for vector in random.normal(size=(10_000, SIZE))]
    with client._driver.session() as session:
        for posts in ("(:User {id: 'hider'})-[:HID]->(post)", "(post:Post) WHERE post.id =~ 'p[0-9]+7'"):
            given = "SET post.pictureModel = 'm', post.pictureBytes = $texts[id(post) % 10000]"
            done = session.run(f"MATCH {posts} CALL (post) {{ {given} }} IN TRANSACTIONS", texts=texts).consume()
            assert done.counters.properties_set, f"no pictures: {posts}"
        for pairs in (
            "MATCH (post:Post) WHERE post.id STARTS WITH 'p' UNWIND range(1, 3) AS step "
            "MATCH (other:Post {id: 'p' + (toInteger(substring(post.id, 1)) + step)})",
            "MATCH (:User {id: 'prolific'})-[:POSTED]->(post), (other:Post {id: $hot})",
            "MATCH (post:Post {id: $hot}) UNWIND range(1, 10) AS number MATCH (other:Post {id: 'p' + (400 * number)})",
        ):
            arc = "CALL (post, other) { CREATE (post)-[:SIMILAR_PICTURE {weight: 0.9}]->(other) } IN TRANSACTIONS"
            made = session.run(f"{pairs} {arc}", hot=HOT).consume().counters.relationships_created
            assert made, f"no arcs: {pairs}"


class _Whales:
    """The network on its way into the folder: people and posts are numbers until they are written."""

    def __init__(self, folder: Path, rng: np.random.Generator, sizes: Sizes) -> None:
        self._folder = folder
        self._rng = rng
        self._sizes = sizes
        self._clusters = sizes.active // CLUSTER
        self._times = _iso(NOW - MINUTE * np.arange(1, MINUTES + 1))
        # Whales stand first; of the ordinary people, those who are active
        self._people = np.concatenate([np.array(VIEWERS, object), _names("u", sizes.people)])
        self._first = len(VIEWERS)
        self._member = np.arange(self._first + sizes.active)
        ordinary = sizes.active * POSTS_OF_EACH
        self._own = np.arange(ordinary)
        self._orphans = ordinary + np.arange(sizes.by_nobody)
        self._prolific = ordinary + sizes.by_nobody + np.arange(sizes.posts)
        last = ordinary + sizes.by_nobody + sizes.posts
        self._celebs = last + np.arange(3)
        self._posts = np.concatenate(
            [
                _names("p", ordinary),
                _names("n", sizes.by_nobody),
                _names("x", sizes.posts),
                np.array([HOT, SEEN, "celeb2"], object),
            ]
        )
        self._age = rng.integers(0, MINUTES - 1_000, len(self._posts))
        self._age[self._celebs] = (5_000, 6_000, 7_000)
        self._surging = np.concatenate([self._orphans[-SURGES:], np.arange(SURGES) * CLUSTER * POSTS_OF_EACH + 390])
        self._age[self._surging] = 1_500

    def whale(self, name: str) -> int:
        return VIEWERS.index(name)

    def write(self) -> None:
        self._table("users", id=self._people, full_name=_names("Ana ", len(self._people)))
        captions = _names("day", len(self._posts)) + " at the lake"
        captions[self._celebs] = " ".join(_names("ж" * 96, words.MOST))
        self._table("posts", id=self._posts, author=self._authors(), taken_at=self._times[self._age], caption=captions)
        self._table("follows", **self._pairs("follower", self._people, "followee", self._people, self._follows()))
        self._table("likes", **self._pairs("user", self._people, "post", self._posts, self._likes()))
        self._comments()
        self._tags()
        self._mentions()
        self._opinions()
        self._unlearned()
        self._packs()
        self._views()

    def _authors(self) -> Names:
        """The whales post, too: each has the first few posts of a cluster, whose people then have fewer."""
        authors = np.full(len(self._posts), "", object)
        authors[self._own] = self._people[self._first + self._own // POSTS_OF_EACH]
        for place in range(len(VIEWERS)):
            mine = self._posts_of_cluster(np.array([place % self._clusters]))[: 2 * POSTS_OF_EACH]
            authors[mine] = VIEWERS[place]
        authors[self._prolific] = "prolific"
        authors[self._celebs] = "celeb"
        return authors

    def _cluster_of(self, people: Ints) -> Ints:
        """That of ordinary people by their number; of whales, one for each."""
        return np.where(people < self._first, people, (people - self._first) // CLUSTER) % self._clusters

    def _posts_of_cluster(self, clusters: Ints) -> Ints:
        """The posts of each cluster's people, a row for each."""
        width = CLUSTER * POSTS_OF_EACH
        return (clusters[:, None] * width + np.arange(width)).ravel()

    def _follows(self) -> list[tuple[Ints, Ints]]:
        sizes, first = self._sizes, self._first
        crowd = first + np.arange(sizes.people)
        near = np.repeat(self._member, 20)
        others = first + self._cluster_of(near) * CLUSTER + self._rng.integers(0, CLUSTER, len(near))
        far = np.repeat(self._member, 2)
        strangers = first + self._rng.integers(0, sizes.active, len(far))
        whales = np.arange(first)
        return [
            (near, others),
            (far, strangers),
            (crowd[: sizes.followers], np.full(sizes.followers, self.whale("celeb"))),
            (np.full(sizes.followed, self.whale("follower")), crowd[: sizes.followed]),
            *((whales, np.full(first, self.whale(name))) for name in ("celeb", "prolific", "blockedall", "mentioned")),
            (crowd[: sizes.active : 5], np.full(len(crowd[: sizes.active : 5]), self.whale("prolific"))),
        ]

    def _likes(self) -> list[tuple[Ints, Ints]]:
        sizes, first = self._sizes, self._first
        near = np.repeat(self._member, 30)
        width = CLUSTER * POSTS_OF_EACH
        # The first posts of a cluster are liked most, so that there are some with many likes
        place = (width * self._rng.random(len(near)) ** 2).astype(np.int64)
        of_nobody = np.repeat(self._member, 2)
        orphans = max(1, sizes.by_nobody // self._clusters)
        orphan = (
            self._cluster_of(of_nobody) * orphans + self._rng.integers(0, orphans, len(of_nobody))
        ) % sizes.by_nobody
        far = np.repeat(self._member, 3)
        everybody = np.arange(min(sizes.likes_of_hot, first + sizes.people))
        fans = first + np.arange(SURGES)[:, None] * CLUSTER + np.arange(FANS)
        liked = np.concatenate([self._own[: sizes.likes // 2], self._prolific[: sizes.likes - sizes.likes // 2]])
        return [
            (near, self._cluster_of(near) * width + place),
            (of_nobody, self._orphans[orphan]),
            (far, self._prolific[self._rng.integers(0, len(self._prolific) // 10, len(far))]),
            (everybody, np.full(len(everybody), self._celebs[0])),
            (self._member[::7], np.full(len(self._member[::7]), self._celebs[2])),
            (np.full(len(liked), self.whale("liker")), liked),
            *((fans.ravel(), np.repeat(posts, FANS)) for posts in np.split(self._surging, 2)),
            (np.full(sizes.liked_by_nobody, self.whale("tagfan")), self._orphans[: sizes.liked_by_nobody]),
        ]

    def _comments(self) -> None:
        who = self._member[::2]
        posts = self._own[self._cluster_of(who) * CLUSTER * POSTS_OF_EACH + self._rng.integers(0, 40, len(who))]
        at = self._times[self._rng.integers(0, 1_000, len(who))]
        text = np.full(len(who), "nice", object)
        self._table(
            "comments", id=_names("c", len(who)), user=self._people[who], post=self._posts[posts], at=at, text=text
        )

    def _tags(self) -> None:
        sizes = self._sizes
        topics = np.concatenate([self._own, self._own])
        cluster = topics // (CLUSTER * POSTS_OF_EACH)
        topic = cluster * 6 + np.concatenate([self._own % 3, 3 + self._own // 3 % 3])
        big = np.concatenate([self._own, self._prolific, self._celebs])[: sizes.tagged_big]
        orphans = np.repeat(self._orphans, HASHTAGS_OF_POST)
        rare = np.arange(len(orphans)) % sizes.hashtags
        rare = (rare + (np.arange(len(orphans)) // sizes.hashtags) * 7 * HASHTAGS_OF_POST // 2) % sizes.hashtags
        posts = np.concatenate([topics, big, orphans, self._surging])
        named = _names("topic", self._clusters * 6)[topic]
        hashtags = np.concatenate([named, np.full(len(big), BIG, object), _names("t", sizes.hashtags)[rare]])
        hashtags = np.concatenate([hashtags, np.tile(_names("surge", SURGES), 2)])
        self._table("tags", post=self._posts[posts], hashtag=hashtags)

    def _mentions(self) -> None:
        half = self._sizes.mentions // 2
        shown = np.concatenate([self._own[:half], self._prolific[:half]])
        self._table("mentions", post=self._posts[shown], user=np.full(len(shown), "mentioned", object))

    def _opinions(self) -> None:
        """What some save, hide, pick, mute and block: mostly people who are not active, so that a feed is left."""
        sizes = self._sizes
        hidden = np.concatenate([self._prolific[-(sizes.hidden // 2) :], self._own[-(sizes.hidden // 2) :]])
        hidden = np.concatenate([hidden, self._orphans[: len(self._orphans) // 10]])
        at = self._times[self._rng.integers(0, MINUTES, len(hidden))]
        who = np.full(len(hidden), "hider", object)
        self._table("hides", user=who, post=self._posts[hidden], at=at)
        saved = np.concatenate([self._prolific[: sizes.saved // 2], self._own[: sizes.saved // 2]])
        who = np.full(len(saved), "viewer", object)
        self._table("saves", user=who, post=self._posts[saved], at=self._times[: len(saved)])
        tags = _names("t", sizes.hashtags)
        self._table("interests", user=np.full(sizes.picked, "picker", object), hashtag=tags[: sizes.picked])
        how = np.resize(np.array(["more", "less", "none"], object), sizes.wanted)
        ends = np.where(how == "more", clock.shown(NOW + 60 * MINUTE), "")
        topics = np.resize(np.array(["", "wished"], object), sizes.wanted)
        wanted = {"hashtag": tags[-sizes.wanted :], "how": how, "until": ends, "topic": topics}
        self._table("wants", user=np.full(sizes.wanted, "picker", object), **wanted)
        said = _names("word", words.MOST_MUTED)
        self._table("muted_words", user=np.full(len(said), "picker", object), word=said)
        muted = self._people[-sizes.muted :]
        nothing = np.full(sizes.muted, "", object)
        self._table(
            "mutes",
            user=np.full(2 * sizes.muted, "blocker", object),
            muted_user=np.concatenate([muted, nothing]),
            hashtag=np.concatenate([nothing, tags[-sizes.muted :]]),
        )
        crowd = self._people[self._first + sizes.active :]
        blocking = np.concatenate([np.full(sizes.muted, "blocker", object), crowd[: sizes.blocked_by]])
        blocked = np.concatenate([crowd[: sizes.muted], np.full(sizes.blocked_by, "blockedall", object)])
        self._table("blocks", user=blocking, blocked=blocked)

    def _unlearned(self) -> None:
        count = self._sizes.unlearned
        posts, people = self._posts[self._own[:count]], self._people[self._first : self._first + count]
        nothing = np.full(count, "", object)
        who = np.repeat(np.array(["liker", "follower"], object), count)
        posts, people = np.concatenate([posts, nothing]), np.concatenate([nothing, people])
        self._table("unlearned", user=who, post=posts, person=people)
        self._table("resets", user=np.full(10, "hider", object), at=_iso(NOW - MINUTE * (80 * 1440 + np.arange(10))))

    def _packs(self) -> None:
        sizes, crowd = self._sizes, self._people[self._first :]
        mine, place = np.divmod(np.arange(sizes.packs * PEOPLE_OF_PACK), PEOPLE_OF_PACK)
        # People who stand in a row are of one cluster, so most follow some of the others
        members = (mine * 7 + place) % sizes.active
        left = np.where(place % 2 == 1, "yes", "").astype(object)
        theirs = np.arange(2 * sizes.in_packs)
        gone = np.where(theirs >= sizes.in_packs, "yes", "").astype(object)
        ids = np.concatenate([_names("mine", sizes.packs)[mine], _names("theirs", len(theirs))])
        makers = np.concatenate([np.full(len(mine), "packer", object), crowd[theirs % sizes.active]])
        people = np.concatenate([crowd[members], np.full(len(theirs), "packer", object)])
        at = self._times[self._rng.integers(0, MINUTES, len(ids))]
        when = {"at": at, "made_at": at, "left": np.concatenate([left, gone])}
        self._table("packs", pack=ids, name=ids, by=makers, person=people, **when)

    def _views(self) -> None:
        count = self._sizes.views
        looked = self._posts[self._prolific[-self._sizes.looked :]]
        seen = np.concatenate([np.full(count, SEEN, object), looked])
        at = np.concatenate([self._times[:count], self._times[: len(looked)]])
        dwell = self._rng.integers(200, 20_000, len(seen)).astype(str).astype(object)
        self._table("views", user=np.full(len(seen), "viewer", object), post=seen, at=at, dwell_ms=dwell)

    def _pairs(
        self, source: str, sources: Names, target: str, targets: Names, pairs: Iterable[tuple[Ints, Ints]]
    ) -> dict[str, Column]:
        """The columns of relationships, each once, none to oneself, in random order; likes are later than posts."""
        a, b = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
        if sources is targets:
            a, b = a[a != b], b[a != b]
        codes = self._rng.permutation(np.unique(a * len(targets) + b))
        a, b = codes // len(targets), codes % len(targets)
        ages = MINUTES // 2 if sources is targets else np.maximum(1, self._age[b])
        at = self._times[self._rng.integers(0, ages, len(a))]
        return {source: sources[a], target: targets[b], "at": at}

    def _table(self, file: str, **columns: Column) -> None:
        with (self._folder / f"{file}.csv").open("w", encoding="utf-8") as out:
            out.write(",".join(columns) + "\n")
            out.writelines(f"{line}\n" for line in map(",".join, zip(*columns.values(), strict=True)))


def _names(prefix: str, count: int) -> Names:
    names: Names = np.array([f"{prefix}{number}" for number in range(count)], object)
    return names


def _iso(millis: Any) -> Names:
    times: Names = np.datetime_as_string(millis.astype("datetime64[ms]"), unit="s", timezone="UTC").astype(object)
    return times
