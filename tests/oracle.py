"""The tutorial's ranking in its slow, obvious form: the independent check of what the database answers.

It reads a folder of the neutral import format (CSV or CSV.gz) with pandas and ranks with plain loops and
networkx. It shares no code with the project on purpose: when the two disagree, one of them is wrong.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

UNCUT = 10**9  # as `limit`: the whole list
DAY_MS = 86_400_000
LIKED_DAYS = 365  # a like older than this says nothing about me any more
NO_LIKES = 0.5  # the weight of an author of whom I liked nothing
SOURCE_LIMIT = 10  # what each source gives to the mix, and the least number of hashtags looked at


@dataclass(frozen=True)
class Item:
    """A post in a ranking: the source that found it, its score, and the named parts of the score."""

    post: str
    source: str
    score: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Post:
    """A post as the ranking sees it, with its counters as they stand; an author not given is empty."""

    id: str
    author: str
    taken_at: int | None
    media_type: str
    likes: int
    comments: int
    sensitive: bool


class Oracle:
    """The tutorial's six steps over one folder of the neutral format."""

    def __init__(self, folder: Path) -> None:
        """Read the folder once and index it by person, post and hashtag."""
        users = _table(folder, "users", "id", "opted_out")
        self._opted_out = {str(user) for user in users.loc[users["opted_out"].map(_truth), "id"]}
        self._follows = _sets(_table(folder, "follows", "follower", "followee"), "follower", "followee")
        self._mentioned_in = _sets(_table(folder, "mentions", "user", "post"), "user", "post")
        self._hidden = _sets(_table(folder, "hides", "user", "post"), "user", "post")
        self._read_mutes_and_blocks(folder)
        self._read_tags(folder)
        self._read_posts(folder, self._read_likes(folder))

    def _read_mutes_and_blocks(self, folder: Path) -> None:
        mutes = _table(folder, "mutes", "user", "muted_user", "hashtag")
        mutes["hashtag"] = mutes["hashtag"].map(_hashtag)
        self._muted_people = _sets(mutes, "user", "muted_user")
        self._muted_hashtags = _sets(mutes, "user", "hashtag")
        blocks = _table(folder, "blocks", "user", "blocked")
        self._blocked = _sets(blocks, "user", "blocked")
        self._blocked_by = _sets(blocks, "blocked", "user")

    def _read_tags(self, folder: Path) -> None:
        tags = _table(folder, "tags", "post", "hashtag")
        tags["hashtag"] = tags["hashtag"].map(_hashtag)
        self._hashtags_of = _sets(tags, "post", "hashtag")

    def _read_likes(self, folder: Path) -> Counter[str]:
        """Index each person's likes (post -> earliest time given, NaN if none); count the likes of a post."""
        likes = _table(folder, "likes", "user", "post", "at")
        likes["at"] = likes["at"].map(lambda text: float("nan") if text == "" else float(_ms(text)))
        likes = likes.sort_values("at", na_position="last").drop_duplicates(["user", "post"])
        self._liked: dict[str, dict[str, float]] = {}
        for user, rows in likes.groupby("user"):
            self._liked[str(user)] = dict(zip(rows["post"], rows["at"], strict=True))
        return Counter(likes["post"])

    def _read_posts(self, folder: Path, like_rows: Counter[str]) -> None:
        comments = _table(folder, "comments", "id", "post").drop_duplicates("id")
        comment_rows = Counter(comments["post"])
        columns = ("id", "author", "taken_at", "media_type", "like_count", "comment_count", "sensitive")
        self._posts: dict[str, Post] = {}
        for row in _table(folder, "posts", *columns).to_dict("records"):
            post = str(row["id"])
            self._posts[post] = Post(
                id=post,
                author=row["author"],
                taken_at=_ms(row["taken_at"]) if row["taken_at"] else None,
                media_type=row["media_type"],
                likes=int(row["like_count"] or like_rows[post]),
                comments=int(row["comment_count"] or comment_rows[post]),
                sensitive=_truth(row["sensitive"]),
            )
        self._posts_by: defaultdict[str, list[Post]] = defaultdict(list)
        self._most_popular: defaultdict[str, list[Post]] = defaultdict(list)  # by hashtag
        for each in sorted(self._posts.values(), key=lambda post: (-post.likes, -post.comments, post.id)):
            self._posts_by[each.author].append(each)
            for name in self._hashtags_of[each.id]:
                self._most_popular[name].append(each)

    def network(self, me: str) -> set[tuple[str, str]]:
        """Step 1: my follows and my followees' follows, without the edges of people filtered for me."""
        filtered = self._filtered_people(me)
        sources = {me} | self._follows[me]
        edges = {(source, target) for source in sources for target in self._follows[source]}
        return {edge for edge in edges if not filtered.intersection(edge)}

    def followees(self, me: str, as_of_ms: int, window_days: float = 7, limit: int = 10) -> list[Item]:
        """Step 3: the top images of the people I follow."""
        authors = self._follows[me]
        return self._ranked("followees", me, authors, self._star(me), as_of_ms, window_days)[:limit]

    def friends_of_friends(
        self,
        me: str,
        as_of_ms: int,
        window_days: float = 7,
        limit: int = 10,
    ) -> list[Item]:
        """Step 4: the top images of people whom my followees follow and of whom I liked a post."""
        mine = self._follows[me]
        followed_by_mine = {person for followee in mine for person in self._follows[followee]}
        candidates = (followed_by_mine - mine - {me}) & self._likes_by_author(me, as_of_ms).keys()
        graph = self._star(me)
        graph.add_edges_from((followee, p) for followee in mine for p in self._follows[followee] & candidates)
        return self._ranked("friends_of_friends", me, candidates, graph, as_of_ms, window_days)[:limit]

    def hashtags(self, me: str, as_of_ms: int) -> list[tuple[str, int]]:
        """All my hashtags that I did not mute, with their weights: the heaviest first, then by name."""
        posts = self._liked_posts(me, as_of_ms) | self._mentioned_in[me]
        weights = Counter(name for post in posts for name in self._hashtags_of[post])
        kept = [(name, weight) for name, weight in weights.items() if name not in self._muted_hashtags[me]]
        return sorted(kept, key=lambda pair: (-pair[1], pair[0]))

    def interests(self, me: str, as_of_ms: int, limit: int = 10) -> list[Item]:
        """Step 5: the most popular image of each of my heaviest hashtags, a post under its first one."""
        eligible = self._eligibility(me)
        items: dict[str, Item] = {}
        for name, weight in self.hashtags(me, as_of_ms)[: max(limit, SOURCE_LIMIT)]:
            image = next(filter(eligible, self._most_popular[name]), None)
            if image is not None and image.id not in items:
                items[image.id] = _interest(image, weight)
        return list(items.values())[:limit]

    def mixed_pool(self, me: str, as_of_ms: int, window_days: float = 7) -> list[Item]:
        """What step 6 draws from: ten items at most of each source, a post under the first that has it."""
        sources = (
            self.followees(me, as_of_ms, window_days, SOURCE_LIMIT),
            self.friends_of_friends(me, as_of_ms, window_days, SOURCE_LIMIT),
            self.interests(me, as_of_ms, SOURCE_LIMIT),
        )
        pool: dict[str, Item] = {}
        for item in (item for source in sources for item in source):
            pool.setdefault(item.post, item)
        return list(pool.values())

    def _filtered_people(self, me: str) -> set[str]:
        """People whom I mute, who block me or whom I block, and opted-out ones whom I do not follow."""
        strangers_opted_out = self._opted_out - self._follows[me]
        people = self._muted_people[me] | self._blocked[me] | self._blocked_by[me] | strangers_opted_out
        return people - {me}

    def _eligibility(self, me: str) -> Callable[[Post], bool]:
        """The test that an item passes: an image, and no *always* filter holds it back from me."""
        filtered, muted, hidden = self._filtered_people(me), self._muted_hashtags[me], self._hidden[me]

        def eligible(post: Post) -> bool:
            if post.media_type not in ("", "image") or post.sensitive or post.id in hidden:
                return False
            if post.author == me or post.author in filtered:
                return False
            return not muted & self._hashtags_of[post.id]

        return eligible

    def _liked_posts(self, me: str, as_of_ms: int) -> set[str]:
        """Posts that I liked in the 365 days up to the clock, or at a time not given."""
        start = as_of_ms - LIKED_DAYS * DAY_MS
        likes = self._liked.get(me, {}).items()
        return {post for post, at in likes if math.isnan(at) or start < at <= as_of_ms}

    def _likes_by_author(self, me: str, as_of_ms: int) -> Counter[str]:
        """How many posts, of any kind, I liked of each author."""
        liked = self._liked_posts(me, as_of_ms)
        return Counter(self._posts[post].author for post in liked if post in self._posts)

    def _star(self, me: str) -> nx.Graph[str]:
        """The graph of step 3: me and the people I follow."""
        graph: nx.Graph[str] = nx.Graph()
        graph.add_edges_from((me, followee) for followee in self._follows[me])
        return graph

    def _ranked(
        self,
        source: str,
        me: str,
        authors: Iterable[str],
        graph: nx.Graph[str],
        as_of_ms: int,
        window_days: float,
    ) -> list[Item]:
        """All eligible posts of these authors in the window, the best first, ties by id."""
        if not graph:
            return []
        ranks = nx.pagerank(graph, personalization={me: 1}, tol=1e-14, max_iter=2000)
        likes, eligible = self._likes_by_author(me, as_of_ms), self._eligibility(me)
        start = as_of_ms - window_days * DAY_MS
        items = [
            _scored(source, post, post.taken_at, as_of_ms, ranks[author], likes[author] or NO_LIKES)
            for author in authors
            for post in self._posts_by[author]
            if post.taken_at is not None and start < post.taken_at <= as_of_ms and eligible(post)
        ]
        return sorted(items, key=lambda item: (-item.score, item.post))


def assert_same_ranking(
    actual: Sequence[Mapping[str, Any]],
    expected_full: Sequence[Item],
    limit: int | None = None,
    rel: float = 1e-6,
) -> None:
    """Fail unless `actual` is the first `limit` items of the oracle's uncut list.

    Items whose expected scores are closer than `rel` (or both 0) may stand in each other's place, also across
    the cut. With `rel=0` (for whole numbers, as in step 5) the order and the numbers are exact.
    """
    posts = [str(row["post"]) for row in actual]
    wanted = [item.post for item in expected_full[:limit]]
    assert len(posts) == len(wanted), f"{len(posts)} items, not {len(wanted)}: {posts} instead of {wanted}"
    assert len(set(posts)) == len(posts), f"a post twice: {posts}"
    known = {item.post: item for item in expected_full}
    for place, (row, here) in enumerate(zip(actual, expected_full, strict=False)):
        item = known.get(str(row["post"]))
        assert item is not None, f"place {place}: the oracle does not know post {row['post']}"
        in_place = item is here or _interchangeable(item.score, here.score, rel)
        assert in_place, f"place {place}: post {item.post} ({item.score}) for {here.post} ({here.score})"
        _assert_same_numbers(row, item, rel)


def assert_ties_by_id(actual: Sequence[Mapping[str, Any]], expected_full: Sequence[Item]) -> None:
    """Fail unless exact ties of steps 3 and 4 stand by id: what `assert_same_ranking` forgives.

    Scores that the answer itself gives as equal stand by id, and those of 0 are the first of the oracle's.
    """
    for first, second in pairwise(actual):
        in_order = first["score"] != second["score"] or str(first["post"]) < str(second["post"])
        assert in_order, f"post {first['post']} before {second['post']} at the same score {first['score']}"
    zeros = [str(row["post"]) for row in actual if row["score"] == 0]
    wanted = [item.post for item in expected_full if item.score == 0][: len(zeros)]
    assert zeros == wanted, f"posts of score 0: {zeros} instead of {wanted}"


def _interchangeable(one: float, other: float, rel: float) -> bool:
    return one == other == 0 or abs(one - other) < rel * max(abs(one), abs(other))


def _assert_same_numbers(row: Mapping[str, Any], item: Item, rel: float) -> None:
    """Fail unless the score and every part that the oracle names are within `rel`."""
    numbers = {"score": (row["score"], item.score)}
    for name, value in item.parts.items():
        assert name in row["parts"], f"post {item.post}: no part {name} in {sorted(row['parts'])}"
        numbers[name] = (row["parts"][name], value)
    for name, (got, want) in numbers.items():
        assert math.isclose(got, want, rel_tol=rel), f"post {item.post}: {name} is {got}, not {want}"


def _scored(source: str, post: Post, taken_at: int, as_of_ms: int, page_rank: float, weight: float) -> Item:
    """The score of steps 3 and 4, with its parts."""
    engagement = math.log10(post.comments + 2) * math.log10(post.likes + 1)
    time_score = math.exp(-((as_of_ms - taken_at) / 1000) / 1e5)
    score = engagement * page_rank * time_score * math.log(weight + 1)
    parts = {"pageRank": page_rank, "weight": weight, "engagement": engagement, "timeScore": time_score}
    return Item(post.id, source, score, parts)


def _interest(post: Post, weight: int) -> Item:
    """An item of step 5: its score is its hashtag's weight."""
    parts = {"weight": weight, "likes": post.likes, "comments": post.comments}
    return Item(post.id, "interests", weight, parts)


def _table(folder: Path, name: str, *columns: str) -> pd.DataFrame:
    """These columns of a file as text; a file, column or cell that is not given is empty."""
    for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz"):
        if path.exists():
            rows = pd.read_csv(path, dtype=str, keep_default_na=False)
            return rows.reindex(columns=list(columns), fill_value="")
    return pd.DataFrame({column: [] for column in columns}, dtype=str)


def _sets(rows: pd.DataFrame, key: str, value: str) -> defaultdict[str, set[str]]:
    """The values of each key; a row that gives only one of the two is skipped."""
    given = rows[(rows[key] != "") & (rows[value] != "")]
    return defaultdict(set, {str(name): set(values) for name, values in given.groupby(key)[value]})


def _ms(text: str) -> int:
    """An ISO 8601 time as UTC epoch milliseconds; no zone means UTC, a date its first instant."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def _hashtag(text: str) -> str:
    """The one name of a hashtag's spellings."""
    return unicodedata.normalize("NFKC", text).strip().lstrip("#").strip().casefold()


def _truth(text: str) -> bool:
    return text.strip().casefold() in ("true", "1", "yes")
