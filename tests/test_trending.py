"""What trends: more people of late than is usual, for a hashtag or within a community, and never by few alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.background import trending as module
from graph.background.arrays import NO_TIME, Network, Nodes, ones_matrix
from graph.background.trending import Entry, surprise, trending
from tests import little_network

DAY = 86_400_000
NOW = little_network.NOW
FANS = [f"fan{number}" for number in range(40)]


@dataclass
class Sketch:
    """A network, drawn like by like: people, posts and hashtags by their names, times by days ago."""

    authors: dict[str, str | None] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    taken: dict[str, float] = field(default_factory=dict)
    likes: dict[tuple[str, str], float | None] = field(default_factory=dict)
    communities: dict[str, int] = field(default_factory=dict)
    apart: set[str] = field(default_factory=set)

    def post(self, id: str, author: str | None, *tags: str, days_ago: float = 60.0) -> None:
        self.authors[id], self.tags[id], self.taken[id] = author, tags, days_ago

    def like(self, people: Iterable[str], post: str, days_ago: float | None) -> None:
        self.likes |= {(person, post): days_ago for person in people}

    @property
    def people(self) -> list[str]:
        authors = {author for author in self.authors.values() if author is not None}
        return sorted({*self.communities, *(person for person, _ in self.likes), *authors})

    @property
    def hashtags(self) -> list[str]:
        return sorted({tag for tags in self.tags.values() for tag in tags})

    def network(self, as_of: int = NOW) -> Network:
        people, posts, tags = self.people, sorted(self.authors), self.hashtags
        pairs = sorted((people.index(person), posts.index(post), ago) for (person, post), ago in self.likes.items())
        rows, columns = (np.array([pair[place] for pair in pairs], np.int64) for place in (0, 1))
        at = [NO_TIME if ago is None else NOW - round(ago * DAY) for _, _, ago in pairs]
        tagged = [(posts.index(post), tags.index(tag)) for post in posts for tag in self.tags[post]]
        tag_rows, tag_columns = (np.array([pair[place] for pair in tagged], np.int64) for place in (0, 1))
        nothing = np.full(len(posts), np.nan)
        return Network(
            as_of=as_of,
            known=0,
            people=Nodes(np.arange(len(people)), people),
            posts=Nodes(np.arange(len(posts)), posts),
            likes=ones_matrix(rows, columns, (len(people), len(posts))),
            liked_at=np.array(at, np.int64) if any(time != NO_TIME for time in at) else None,
            taken_at=np.array([NOW - round(self.taken[post] * DAY) for post in posts], np.int64),
            like_count=np.zeros(len(posts), np.int64),
            tags=ones_matrix(tag_rows, tag_columns, (len(posts), len(tags))),
            hashtags=Nodes(np.arange(len(tags)), tags),
            author=np.array([-1 if (who := self.authors[post]) is None else people.index(who) for post in posts]),
            community=np.array([self.communities.get(person, -1) for person in people]),
            for_followers=np.zeros(len(posts), bool),
            apart=np.array([post in self.apart for post in posts], bool),
            likes_for_self=np.zeros(len(people), bool),
            not_profiled=np.zeros(len(people), bool),
            factors_likes=np.full(len(people), np.nan),
            trend=nothing,
            listed_likes=nothing,
            changed_at=nothing,
            share=np.full(len(tags), np.nan),
            dwell=nothing,
        )

    def found(self, as_of: int = NOW) -> dict[str, tuple[str | None, Entry]]:
        """The posts that trend, in their order, each with the hashtag by which it does."""
        posts, tags = sorted(self.authors), self.hashtags
        entries = trending(self.network(as_of)).entries
        assert len({entry.post for entry in entries}) == len(entries)
        return {posts[entry.post]: (None if entry.hashtag is None else tags[entry.hashtag], entry) for entry in entries}


def steady(days: int = 40) -> Sketch:
    """Ten fans like a post of #sea each day, and four one of #fog, by several authors."""
    sketch = Sketch()
    for day in range(days):
        sketch.post(f"sea{day}", f"ana{day % 3}", "sea")
        sketch.like(FANS[:10], f"sea{day}", day + 0.5)
        sketch.post(f"fog{day}", f"ben{day % 3}", "fog")
        sketch.like(FANS[10:14], f"fog{day}", day + 0.5)
    return sketch


def test_what_is_liked_as_always_does_not_trend_however_much_that_is() -> None:
    assert steady().found() == {}


def test_a_hashtag_trends_when_more_people_than_usual_like_its_posts() -> None:
    sketch = steady()
    sketch.like(FANS[14:30], "fog0", 0.5)
    sketch.like(FANS[14:24], "fog1", 1.0)
    found = sketch.found()
    assert [*found] == ["fog0", "fog1"]
    by, entry = found["fog0"]
    assert (by, entry.now, entry.likers, entry.about) == ("fog", 20, 20, ())
    assert entry.usual == pytest.approx(4)


def test_of_two_hashtags_the_more_surprising_comes_first_and_they_take_turns() -> None:
    sketch = steady()
    for number in range(3):
        for author, fans in (("cem", 12), ("dan", 30)):
            sketch.post(f"{author}{number}", f"{author}{number}", author)
            sketch.like(FANS[:fans], f"{author}{number}", 0.1 + number / 10)
    assert [*sketch.found()] == ["dan0", "cem0", "dan1", "cem1", "dan2", "cem2"]


def test_the_newer_of_as_many_likes_comes_first() -> None:
    sketch = steady()
    for tag, days_ago in (("late", 0.1), ("early", 1.5)):
        for number in range(2):
            sketch.post(f"{tag}{number}", f"{tag} author {number}", tag)
            sketch.like(FANS[:20], f"{tag}{number}", days_ago)
    assert [*sketch.found()] == ["late0", "early0", "late1", "early1"]


def test_a_thousand_likes_of_one_account_make_nothing_trend() -> None:
    sketch = steady()
    for number in range(1000):
        sketch.post(f"spam{number}", f"spammer{number % 5}", "spam")
        sketch.like(["bot"], f"spam{number}", 0.5)
    assert sketch.found() == {}


def test_ten_accounts_that_like_each_other_make_nothing_trend() -> None:
    sketch, ring = steady(), [f"ring{number}" for number in range(10)]
    for member in ring:
        for number in range(5):
            sketch.post(f"{member} {number}", member, "ring")
            sketch.like([other for other in ring if other != member], f"{member} {number}", 0.5)
    sketch.communities = dict.fromkeys(ring, 3) | dict.fromkeys(FANS, 1)
    assert sketch.found() == {}
    sketch.like(FANS[:12], "ring0 0", 0.5)  # others, whom nobody likes back
    sketch.like(FANS[:12], "ring1 0", 0.5)
    assert {by for by, _ in sketch.found().values()} == {"ring"}


def test_nor_does_a_ring_in_which_each_likes_the_next_four() -> None:
    sketch, ring = steady(), [f"ring{number}" for number in range(10)]
    for place, member in enumerate(ring):
        sketch.post(member, member, "ring")
        sketch.like([ring[(place - step) % 10] for step in range(1, 5)], member, 0.5)
    assert sketch.found() == {}


def test_neither_sensitive_posts_nor_those_of_who_opted_out_count() -> None:
    sketch = steady()
    sketch.like(FANS[14:30], "fog0", 0.5)
    sketch.apart = {"fog0"}
    assert sketch.found() == {}


def test_one_wrong_date_makes_no_young_network_old() -> None:
    sketch = steady(3)
    sketch.post("hit", "star", "hit")
    sketch.post("hit2", "star2", "hit")
    sketch.like(FANS, "hit", 0.1)
    sketch.like(FANS[:1], "hit2", 9000)
    assert sketch.found() == {}


def test_a_hashtag_of_one_author_does_not_trend() -> None:
    sketch = steady()
    for number in range(5):
        sketch.post(f"solo{number}", "solo", "solo")
        sketch.like(FANS[:20], f"solo{number}", 0.5)
    assert sketch.found() == {}


def test_what_all_gain_is_not_unusual() -> None:
    sketch = steady()
    for tag, people in (("sea", 20), ("fog", 8)):  # three times as many people as ever
        sketch.like([f"new {tag}{number}" for number in range(people)], f"{tag}0", 0.5)
    assert sketch.found() == {}


def test_a_post_trends_within_a_community_that_likes_it_more_than_its_favorites_before() -> None:
    sketch = steady()
    sketch.communities = dict.fromkeys(FANS[:10], 1) | dict.fromkeys(FANS[10:30], 2)
    sketch.post("odd", "ana0")  # without a hashtag, so it trends by none
    sketch.like(FANS[10:26], "odd", 0.5)
    [(post, (by, entry))] = sketch.found().items()
    assert (post, by, entry.now, entry.likers) == ("odd", None, 16, 16)
    assert entry.usual == pytest.approx(4)
    assert [sketch.hashtags[row] for row in entry.about] == ["fog"]


def test_without_times_of_likes_the_times_of_posts_count() -> None:
    sketch = steady()
    for number in range(40):
        sketch.taken[f"sea{number}"] = sketch.taken[f"fog{number}"] = number + 0.5
    sketch.like(FANS[14:30], "fog0", 0.5)
    sketch.likes = dict.fromkeys(sketch.likes, None)
    found = trending(sketch.network())
    assert found.by_posts
    assert [*sketch.found()] == ["fog0", "fog1"]


def test_without_times_of_likes_the_last_post_is_not_unusual_for_being_the_last() -> None:
    sketch = steady()
    for number in range(40):
        sketch.taken[f"sea{number}"] = sketch.taken[f"fog{number}"] = 2 * (number // 2) + (1.9 if number > 1 else 0.0)
    sketch.likes = dict.fromkeys(sketch.likes, None)
    assert trending(sketch.network()).by_posts
    assert sketch.found() == {}


@pytest.mark.parametrize("days", [0, 1, 7])
def test_in_a_young_network_nothing_is_known_to_be_unusual(days: int) -> None:
    sketch = steady(days)
    sketch.post("hit", "star", "hit")
    sketch.like(FANS, "hit", 0.1)
    assert sketch.found() == {}


def test_the_clock_is_that_of_the_newest_like_up_to_the_time_asked_for() -> None:
    sketch = steady()
    sketch.like(FANS[14:30], "fog0", 0.5)
    years_later = NOW + 1000 * DAY
    found = trending(sketch.network(years_later))
    assert found.as_of == NOW - DAY // 2
    assert [*sketch.found(years_later)] == [*sketch.found()] == ["fog0", "fog1"]


def test_of_very_many_hashtags_the_rarest_count() -> None:
    sketch = steady()
    common = [f"common{number:03}" for number in range(300)]
    for number in range(4):
        sketch.post(f"full{number}", f"author{number}", *common, *(f"rare{number} {place}" for place in range(20)))
        sketch.like(FANS[:20], f"full{number}", 0.5)
    assert sketch.found() == {}  # each of the rare ones has one author
    sketch.post("plain", "author9", "common000")
    sketch.like(FANS[:20], "plain", 0.5)
    assert sketch.found() == {}


def test_it_is_the_same_in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    sketch = steady()
    sketch.like(FANS[14:30], "fog0", 0.5)
    whole = sketch.found()
    monkeypatch.setattr(module, "PAIRS", 3)
    assert sketch.found() == whole


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 8), st.none() | st.floats(-2, 80, allow_nan=False)), max_size=60
    )
)
def test_whatever_is_liked_each_post_is_there_once_and_numbers_are_sound(likes: list[tuple[int, int, float]]) -> None:
    sketch = Sketch()
    for number in range(9):
        sketch.post(f"p{number}", None if number == 8 else f"u{number % 4}", *(f"t{tag}" for tag in range(number % 3)))
        sketch.communities[f"u{number}"] = number % 2
    for person, post, ago in likes:
        sketch.like([f"u{person}"], f"p{post}", ago)
    for by, entry in sketch.found().values():
        assert entry.now >= module.LEAST_LIKERS
        assert entry.usual >= 0
        assert by is not None or entry.likers >= entry.now


def test_the_surprise_is_in_standard_deviations() -> None:
    assert surprise(np.array([[10.0, 0, 0, 0]]), 1.0)[0] == pytest.approx(10)
    assert surprise(np.array([[13.0, 4, 4, 4]]), 1.0)[0] == pytest.approx(9 / 5**0.5)
    assert surprise(np.array([[13.0, 4, 4, 4]]), 2.0)[0] == pytest.approx(5 / 9**0.5)
    assert surprise(np.array([[13.0, 0, 8, 4]]), 1.0)[0] == pytest.approx(9 / 17**0.5)
