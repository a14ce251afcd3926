"""A synthetic photo network as arrays: people, follows, posts, likes, comments and mentions.

People live in communities, each of which prefers a few topics. Follows and likes are matched between
stubs (see `loaders.generator.stubs`), first inside communities and topics, so that both sides get the
degrees of `loaders.generator.calibration`.
"""

from dataclasses import dataclass

import numpy as np

from loaders.generator import calibration, rhythm
from loaders.generator.calibration import Floats, Ints
from loaders.generator.stubs import (
    Grown,
    Index,
    Keys,
    Mask,
    Matching,
    Pairs,
    WeightedGroups,
    contains,
    rank_in_group,
    starts,
    stubs,
)
from loaders.generator.topics import TOPICS

COMMUNITY_SIZE = 120
COMMUNITY_TOPICS, OWN_TOPICS = 4, 2
INTERESTS = (0.30, 0.20, 0.12, 0.08, 0.14, 0.10)
"""Probabilities of a person's 4 community topics and 2 own topics; the rest is for any topic."""

FOLLOWS_IN_COMMUNITY, FOLLOWS_IN_TOPIC = 0.35, 0.3
LIKES_IN_COMMUNITY, LIKES_IN_TOPIC = 0.08, 0.65
MOST_POSTS = 5_000
FRIENDS_SHARE, FRIENDS_IN_COMMUNITY = 0.20, 0.5
"""The share of follows drawn as mutual (chance adds three points), and how many of those are in a community."""
FRIENDS_BY_CHANCE = 0.016
"""The factor by which chance adds less in a huge network than in one of the measured size."""
FOLLOWED_BETA = (1.2, 4.5)
"""The beta distribution, over people, of the share of likes drawn for followees (chance adds a few points)."""
FOLLOWED_BY_CHANCE = 0.035
"""The factor by which chance adds less in a huge network than in one of the measured size."""
MENTIONED_SHARE, COMMENTED_SHARE = 0.08, 0.06


@dataclass(frozen=True)
class People:
    """Each person's community and topics, and how much they follow, are followed, post and like."""

    community: Keys
    community_topics: Keys
    own_topics: Keys
    followees: Ints
    followers: Ints
    posts: Ints
    likes: Ints
    fame: Floats
    celebrity: int | None

    def __len__(self) -> int:
        return len(self.community)

    def home_topic(self, people: Index) -> Keys:
        """The favourite topic of each person's community."""
        return np.asarray(self.community_topics[self.community[people], 0])

    def topics(self, rng: np.random.Generator, people: Index) -> Keys:
        """A topic for each of these people, by their interests."""
        choice = np.searchsorted(np.cumsum(INTERESTS), rng.random(len(people))).astype(np.uint8)
        topic = rng.integers(len(TOPICS), size=len(people), dtype=np.uint16)
        for column in range(COMMUNITY_TOPICS):
            chosen = choice == column
            topic[chosen] = self.community_topics[self.community[people[chosen]], column]
        for column in range(OWN_TOPICS):
            chosen = choice == COMMUNITY_TOPICS + column
            topic[chosen] = self.own_topics[people[chosen], column]
        return topic


@dataclass(frozen=True)
class Posts:
    """Posts in the order of their time (epoch seconds)."""

    author: Index
    topic: Keys
    taken: Ints
    popularity: Floats

    def __len__(self) -> int:
        return len(self.author)


@dataclass(frozen=True)
class Edges:
    """Unique pairs, ordered by left, then right."""

    left: Index
    right: Index

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class Comments:
    """Comments in the order of their time (epoch seconds)."""

    person: Index
    post: Index
    at: Ints

    def __len__(self) -> int:
        return len(self.person)


def people(rng: np.random.Generator, size: int, likes_per_user: int, *, celebrity: bool) -> People:
    """People with their communities, topics and the degrees that follows, posts and likes shall have."""
    communities = max(4, min(size // COMMUNITY_SIZE, 2**16 - 1))
    weights = rng.lognormal(0, 0.6, communities)
    community = rng.choice(communities, size, p=weights / weights.sum()).astype(np.uint16)
    latent = calibration.activities(rng, size)
    level = [calibration.levels(column) for column in latent.T]
    follows = round(min(calibration.FOLLOWEES.mean, size / 6) * size)
    followers = calibration.counts(rng, calibration.FOLLOWERS.at(level[1]), follows, round(size * 0.36))
    star = int(np.argmax(followers)) if celebrity else None
    if star is not None:
        followers[star] = max(followers[star], -(-size // 10))
    posts = calibration.counts(rng, calibration.POSTS.at(level[2]), round(calibration.POSTS.mean * size), MOST_POSTS)
    likes = calibration.counts(
        rng, calibration.LIKES_GIVEN.at(level[3]), likes_per_user * size, round(posts.sum() * 0.4)
    )
    return People(
        community=community,
        community_topics=_favourite_topics(rng, communities, COMMUNITY_TOPICS),
        own_topics=_favourite_topics(rng, size, OWN_TOPICS),
        followees=calibration.counts(rng, calibration.FOLLOWEES.at(level[0]), follows, size // 3),
        followers=followers,
        posts=np.maximum(posts, 1),
        likes=likes,
        fame=np.column_stack([latent[:, 1:3], rng.standard_normal(size)]),
        celebrity=star,
    )


def _favourite_topics(rng: np.random.Generator, rows: int, columns: int) -> Keys:
    """Different topics for each row, popular ones more often (drawn by the Gumbel-max trick)."""
    popularity = -np.log(np.arange(len(TOPICS)) + 8.0)
    rng.shuffle(popularity)
    drawn = np.empty((rows, columns), np.uint16)
    for start in range(0, rows, 100_000):
        part = drawn[start : start + 100_000]
        score = popularity + rng.gumbel(size=(len(part), len(TOPICS)))
        part[:] = np.argsort(-score, axis=1)[:, :columns]
    return drawn


def follows(rng: np.random.Generator, people: People, grown: Grown | None = None) -> Edges:
    """Draws the follows, about 23 % of them mutual. `grown` is called with the number of follows so far."""
    size = len(people)
    pairs = Pairs(size, grown)
    left, right = _friendships(rng, people)
    pairs.add(np.concatenate([left, right]), np.concatenate([right, left]))
    followees, followers = people.followees.copy(), people.followers.copy()
    if people.celebrity is not None:
        fans = rng.choice(size, followers[people.celebrity], replace=False).astype(np.int32)
        fans = fans[fans != people.celebrity]
        pairs.add(fans, np.full(len(fans), people.celebrity, np.int32))
        followers[people.celebrity] = 0
    out, in_ = pairs.sorted()
    matching = Matching(
        rng,
        pairs,
        stubs(np.maximum(followees - np.bincount(out, minlength=size), 0)),
        stubs(np.maximum(followers - np.bincount(in_, minlength=size), 0)),
        allowed=np.not_equal,
    )
    matching.within(people.community.take, people.community.take, FOLLOWS_IN_COMMUNITY)
    matching.within(people.home_topic, people.home_topic, FOLLOWS_IN_TOPIC)
    matching.anywhere(rounds=12)
    return Edges(*pairs.sorted())


def _friendships(rng: np.random.Generator, people: People) -> tuple[Index, Index]:
    """Unique pairs of people who follow each other."""
    friends = np.minimum(people.followees, people.followers)
    share = FRIENDS_SHARE + FRIENDS_BY_CHANCE * (1 - calibration.smallness(len(people)) ** 0.5)
    total = round(share * people.followees.sum())
    degree = calibration.counts(rng, friends.astype(np.float64), total, len(people) / 4)
    ends = stubs(np.minimum(degree, friends))
    rng.shuffle(ends)
    half = len(ends) // 2
    pairs = Pairs(len(people))
    matching = Matching(rng, pairs, ends[:half], ends[half:], allowed=np.not_equal)
    matching.within(people.community.take, people.community.take, FRIENDS_IN_COMMUNITY)
    matching.anywhere(rounds=6)
    left, right = pairs.sorted()
    pairs = Pairs(len(people))
    pairs.add(np.minimum(left, right), np.maximum(left, right))
    return pairs.sorted()


def posts(rng: np.random.Generator, people: People, first: int, until: int) -> Posts:
    """Posts from first to until (epoch seconds); the newest is a few minutes old."""
    author = stubs(people.posts)
    rng.shuffle(author)
    taken = np.sort(rhythm.between(rng, len(author), first, until - 120))
    taken[-1] = max(taken[-1], until - int(rng.integers(120, 420)))
    weights = calibration.POPULARITY_WEIGHTS
    rest = np.sqrt(1 - np.square(weights).sum())
    latent = (people.fame @ np.array(weights))[author] + rest * rng.standard_normal(len(author))
    popularity = calibration.LIKES_RECEIVED.at(calibration.levels(latent))
    if people.celebrity is not None:
        own = author == people.celebrity
        popularity[own] = np.maximum(popularity[own], people.followers[people.celebrity] / 50)
    age = rhythm.active(np.array([until])) - rhythm.active(taken)
    return Posts(author, people.topics(rng, author), taken, popularity * rhythm.share_by(age))


def likes(rng: np.random.Generator, people: People, follows: Edges, posts: Posts, grown: Grown | None = None) -> Edges:
    """Draws the likes, about a quarter for followed authors. `grown` is called with the number of likes so far."""
    open_likes = calibration.counts(rng, posts.popularity, int(people.likes.sum()), len(people) * 0.4)
    pairs = Pairs(len(posts), grown)
    left = stubs(people.likes)
    by_followers = rng.random(len(left)) < _followed_shares(rng, len(people))[left]
    passed = _like_followees(rng, people, follows, posts, left[by_followers], open_likes, pairs)

    def foreign(person: Index, post: Index) -> Mask:
        return np.not_equal(posts.author[post], person)

    def community_of_author(post: Index) -> Keys:
        return people.community[posts.author[post]]

    def interest(person: Index) -> Keys:
        return people.topics(rng, person)

    matching = Matching(rng, pairs, np.concatenate([left[~by_followers], passed]), stubs(open_likes), foreign)
    matching.within(people.community.take, community_of_author, LIKES_IN_COMMUNITY)
    matching.within(interest, posts.topic.take, LIKES_IN_TOPIC)
    matching.anywhere(rounds=12)
    return Edges(*pairs.sorted())


def _followed_shares(rng: np.random.Generator, size: int) -> Floats:
    """The share of each person's likes that is drawn for followees."""
    a, b = FOLLOWED_BETA
    more = FOLLOWED_BY_CHANCE * (1 - calibration.smallness(size)) * (a + b)
    return rng.beta(a + more, b - more, size)


def _like_followees(
    rng: np.random.Generator,
    people: People,
    follows: Edges,
    posts: Posts,
    left: Index,
    open_likes: Ints,
    pairs: Pairs,
) -> Index:
    """Each of `left` likes a popular post of a popular followee; returns those for whom none was left.

    What a post gets is taken from its `open_likes`.
    """
    by_author = np.argsort(posts.author, kind="stable").astype(np.int32)
    author_start = starts(posts.author[by_author], len(people))
    edge_start = starts(follows.left, len(people))
    for _ in range(3):
        received = np.bincount(posts.author, weights=open_likes, minlength=len(people))
        followed = WeightedGroups(received[follows.right], edge_start)
        posted = WeightedGroups(open_likes[by_author], author_start)
        possible = followed.any_weight(left)
        person, passed = np.sort(left[possible]), left[~possible]
        post = by_author[posted.choose(rng, follows.right[followed.choose(rng, person)])]
        shuffled = rng.permutation(len(post))
        person, post = person[shuffled], post[shuffled]
        fits = rank_in_group(post) < open_likes[post]
        rejected, unused = pairs.add(person[fits], post[fits])
        open_likes -= np.bincount(post[fits], minlength=len(posts))
        open_likes += np.bincount(unused, minlength=len(posts))
        left = np.concatenate([passed, person[~fits], rejected])
    return left


def comments(rng: np.random.Generator, likes: Edges, liked_at: Ints, until: int) -> Comments:
    """Comments by some of those who like a post, after their like, in the order of time."""
    chosen = np.flatnonzero(rng.random(len(likes)) < COMMENTED_SHARE)
    at = rhythm.after(rng, liked_at[chosen] - 1, until)
    order = np.argsort(at, kind="stable")
    chosen = chosen[order]
    return Comments(likes.left[chosen], likes.right[chosen], at[order])


def ordinary_person(people: People, follows: Edges, friends: Edges, likes: Edges) -> int:
    """An active person without extremes: 20 followees and more, 50 likes and more, a few friends and posts."""
    size = len(people)
    ranges = (
        (np.bincount(follows.left, minlength=size), 20, 60),
        (np.bincount(likes.left, minlength=size), 50, 300),
        (np.bincount(friends.left, minlength=size), 3, 30),
        (np.bincount(follows.right, minlength=size), 15, 100),
        (people.posts, 3, 20),
    )
    weights = (4, 4, 4, 2, 1)
    score = sum(w * ((low <= n) & (n <= high)) for w, (n, low, high) in zip(weights, ranges, strict=True))
    return int(np.argmax(score))


def mentions(rng: np.random.Generator, people: People, friends: Edges, posts: Posts, shown: int) -> Edges:
    """People in posts of friends who follow them; `shown` is in three, where their friends posted as many."""
    groups = WeightedGroups(np.ones(len(friends)), starts(friends.left, len(people)))
    post = np.flatnonzero(rng.random(len(posts)) < MENTIONED_SHARE).astype(np.int32)
    post = post[groups.any_weight(posts.author[post])]
    person = friends.right[groups.choose(rng, posts.author[post])]
    of_friends = np.flatnonzero(np.isin(posts.author, friends.right[friends.left == shown])).astype(np.int32)
    extra = rng.permutation(of_friends)[:3]
    pairs = Pairs(len(people))
    pairs.add(np.concatenate([post, extra]), np.concatenate([person, np.full(len(extra), shown, np.int32)]))
    return Edges(*pairs.sorted())


def mutual(follows: Edges, size: int) -> Edges:
    """The follows whose reverse exists."""
    packed = follows.left.astype(np.int64) * size + follows.right
    reverse = follows.right.astype(np.int64) * size + follows.left
    reverse.sort()  # a search for sorted values reads memory in order: 40 million of them in a second, not a minute
    left, right = np.divmod(reverse[contains(packed, reverse)], size)
    return Edges(left.astype(np.int32), right.astype(np.int32))
