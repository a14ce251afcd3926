"""The oracle of the ranking itself: examples worked out by hand, and what the definition promises of any network."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import ranking_oracle as oracle
from tests.ranking_constants import FEATURES, PERSONAL, PRIORS
from tests.ranking_oracle import DAY_MS, Constants, Hide, Mark, Post, World

pytestmark = pytest.mark.slow
NOW = 1000 * DAY_MS
DEFAULT = Constants()


def days_ago(days: float) -> int:
    return NOW - round(days * DAY_MS)


def posts(*ids: str, **about: Any) -> dict[str, Post]:
    """Posts whose author is the first letter of their id."""
    return {id: Post(**{"authors": (id[0],), **about}) for id in ids}


def near(value: Any) -> Any:
    return pytest.approx(value, abs=1e-7)


# Examples


def test_weights_move_with_my_likes_and_the_author() -> None:
    expected = {  # x = ln(1 + 0) - 4 = -4
        **{"lists": 0.57, "factors": 5.45, "fastrp": 6.39, "rate": 0.66, "followed": 1.27, "proof": 0.66},
        **{"pop": 0.26, "trend": 0.5, "tag": 0.2, "never": -1.72},
        **{"content": 12, "recency": 1, "affinity": 0.03, "prior": 1, "feedback": 1},
    }
    assert oracle.person_weights(DEFAULT, 0, never=False) == pytest.approx(expected)
    other = {"lists": 0.41, "factors": 7.01, "fastrp": 6.59, "rate": 0.53, "followed": 2.58, "proof": 0.78}
    expected |= {**other, "pop": 0.5, "tag": 0.25}
    assert oracle.person_weights(DEFAULT, 0, never=True) == pytest.approx(expected)


def test_weights_are_cut() -> None:
    many = oracle.person_weights(Constants.of({"low": 8}), 0, never=False)  # x = 4
    assert (many["factors"], many["pop"], many["lists"]) == (0, 0, near(1.13))
    # The never column is added before the cut at 0: 2.29 - 4 * .79 + 1.56
    assert oracle.person_weights(Constants.of({"low": 8}), 0, never=True)["factors"] == near(0.69)
    few = oracle.person_weights(Constants.of({"high": 4}), 10**6, never=False)  # x = 0
    assert few["lists"] == 0.85


def test_likes_stand_in_order_up_to_the_clock() -> None:
    times = {"z": None, "a": None, "later": NOW + 1, "now": NOW, "c": 5, "b": 5, "old": -5}
    world = World(likes={"me": times})
    assert liked_by(world, "me") == ["now", "b", "c", "old", "a", "z"]
    assert liked_by(world, "me", Constants.of({"likes_read": 4})) == ["now", "a", "z"]
    assert liked_by(world, "you") == []


def liked_by(world: World, person: str, constants: Constants = DEFAULT) -> list[str]:
    return [post for post, _, _ in oracle.likes_of(world, constants, person, NOW)]


def test_saves_shares_and_wishes_for_more_count_as_likes() -> None:
    marks = [Mark("b", "SAVED", 5), Mark("c", "SHARED"), Mark("a", "MORE_LIKE", 9), Mark("d", "SAVED", NOW + 1)]
    world = World(likes={"me": {"a": 9, "z": 1}}, marks={"me": marks})
    likes = oracle.likes_of(world, DEFAULT, "me", NOW)
    assert likes == [("a", 9, 1.0), ("a", 9, 3.0), ("b", 5, 2.0), ("z", 1, 1.0), ("c", None, 2.0)]
    assert oracle.newest(likes, 1) == likes[:2]  # both acts upon the last post
    assert oracle.all_likes(world, DEFAULT, "me", NOW) == 6


def test_lists_are_relative_to_the_best_post_not_liked() -> None:
    world = World(
        posts=posts("l1", "l2", "x1", "x2", "x3"),
        likes={"me": {"l1": 2, "l2": 1}},
        similar={"l1": {"l2": 9, "x1": 0.25, "x2": 0.5}, "l2": {"x1": 0.75, "x2": 0.125}, "x1": {"x3": 7}},
        similar_new={"l2": {"x2": 0.2}},
    )
    # x1: 1, x2: .625; l2 is liked, x3 is reached from no like
    assert oracle.m_of_lists(world, DEFAULT, "me", NOW, None) == {"l2": 9, "x1": 1, "x2": 0.625}
    assert oracle.lists(world, DEFAULT, "me", "x2", NOW, None) == near(math.log(0.925))
    assert oracle.lists(world, DEFAULT, "me", "x3", NOW, None) == near(math.log(0.3))
    assert oracle.m_of_lists(world, DEFAULT, "me", NOW, 30) == {"x2": 1}
    newest = Constants.of({"lists_likes": 1})
    assert oracle.m_of_lists(world, newest, "me", NOW, None) == {"l2": 18, "x1": 0.5, "x2": 1}
    # At the time 1, l1 was not yet liked, nor anything reached from it
    assert oracle.m_of_lists(world, DEFAULT, "me", 1, None) == {"x1": 1, "x2": near(1 / 6)}
    assert oracle.m_of_lists(world, DEFAULT, "you", NOW, None) == {}


def test_vectors() -> None:
    world = World(
        posts=posts("x1", "x2"),
        user_factors={"me": [1, 2]},
        user_fastrp={"me": [3, 4]},
        user_factors_likes={"me": 0},
        post_factors={"x1": [0.5, -2]},
        post_fastrp={"x1": [0, 2]},
    )
    assert oracle.factors(world, DEFAULT, "me", "x1", NOW) == near(-3.5)
    assert oracle.fastrp(world, "me", "x1", NOW) == near(0.8)
    for me, post in (("me", "x2"), ("you", "x1")):
        assert oracle.factors(world, DEFAULT, me, post, NOW) == oracle.fastrp(world, me, post, NOW) == 0


def test_factors_of_new_likes_are_folded_in() -> None:
    world = World(
        posts=posts("l1", "l2", "x1"),
        likes={"me": {"l1": 1, "l2": 2}},
        user_factors={"me": [7, 7]},
        user_factors_likes={"me": 1},
        post_factors={"l1": [1, 0], "x1": [2, 5]},
        post_gram=[1, 0, 0, 3],
    )
    # (1 + 9 + .05, 3 + .05) on the diagonal, (10, 0) on the right
    assert oracle.my_factors(world, DEFAULT, "me", NOW) == near([10 / 10.05, 0])
    assert oracle.factors(world, DEFAULT, "me", "x1", NOW) == near(20 / 10.05)
    assert oracle.my_factors(replace(world, user_factors_likes={"me": 2}), DEFAULT, "me", NOW) == [7, 7]
    assert oracle.my_factors(replace(world, post_gram=None), DEFAULT, "me", NOW) == [7, 7]
    assert oracle.my_factors(world, DEFAULT, "me", 0) is None  # no like yet


def test_rate_and_never_are_about_the_author_of_the_smallest_id_and_any_author_of_what_i_liked() -> None:
    world = World(
        posts={**posts("a1", "a2", "b1", "c1"), "ab": Post(authors=("b", "a")), "none": Post()},
        likes={"me": {"ab": 3, "a1": 2, "none": 1}},
    )
    assert oracle.rate(world, DEFAULT, "me", "a2", NOW) == near(math.log(2.05 / 6))
    assert oracle.rate(world, DEFAULT, "me", "b1", NOW) == near(
        math.log(1.05 / 5)
    )  # 2 posts, one of them liked, though it is a's too
    assert oracle.rate(world, DEFAULT, "me", "none", NOW) == near(math.log(0.05 / 3))
    assert [oracle.never(world, DEFAULT, "me", post, NOW) for post in ("a2", "ab", "b1", "none", "c1")] == [
        0,
        0,
        0,
        0,
        1,
    ]
    newest = Constants.of({"rate_likes_read": 1})
    assert oracle.likes_of_author(world, newest, "me", "a", NOW) == 1


def test_followees_and_their_likes() -> None:
    world = World(
        posts=posts("a1", "x1", "x2"),
        follows={"me": {"a": None, "b": NOW, "c": NOW + 1, "d": 1, "e": 1, "f": 1}},
        likes={**{person: {"x2": 2, "x1": 1} for person in "bcdef"}, "a": {"x1": NOW + 1}},
        muted_people={"me": {"d"}},
        blocks={"me": {"e"}, "f": {"me"}},
    )
    assert [oracle.followed(world, "me", post, NOW) for post in ("a1", "x1")] == [1, 0]
    # b alone is left: a liked it later, c was followed later, the others are muted or blocked
    assert oracle.proof(world, DEFAULT, "me", "x1", NOW) == near(math.log(2))
    assert oracle.proof(world, Constants.of({"proof_likes": 1}), "me", "x1", NOW) == 0
    assert oracle.proof(world, Constants.of({"proof_followees": 1}), "me", "x1", NOW) == 0


def test_popularity_and_trend() -> None:
    world = World(
        posts={"x1": Post(like_count=5), "x2": Post()},
        trends={"x1": 3.0},
        build_as_of=days_ago(90),
    )
    assert oracle.pop(world, DEFAULT, "x1") == near(math.log(7))
    assert oracle.pop(world, DEFAULT, "x2") == near(math.log(2))
    assert oracle.trend(world, DEFAULT, "x1", NOW) == near(math.log(1.55))
    assert oracle.trend(world, DEFAULT, "x1", 0) == near(math.log(3.05))  # not more than at the build
    assert oracle.trend(world, DEFAULT, "x2", NOW) == near(math.log(0.05))


def test_hashtags() -> None:
    world = World(
        posts=posts("l1", "l2", "x1", "x2"),
        likes={"me": {"l1": 2, "l2": 1}},
        tags={"l1": {"sun", "sea"}, "l2": {"sun", "new"}, "x1": {"sun", "sea", "new"}, "x2": {"new"}},
        shares={"sun": 0.5, "sea": 0.1},
    )
    # h: sun 2, sea 1, H = 3; ((2 + 20 * .5) / 23) / .5 and ((1 + 20 * .1) / 23) / .1
    assert oracle.tag(world, DEFAULT, "me", "x1", NOW) == near((math.log(24 / 23) + math.log(30 / 23)) / math.sqrt(2))
    assert oracle.tag(world, DEFAULT, "me", "x2", NOW) == 0
    # The rarest alone: l1 counts for sea, l2 for sun, H = 2
    assert oracle.tag(world, Constants.of({"tag_hashtags": 1}), "me", "x1", NOW) == near(math.log((3 / 22) / 0.1))
    # The newest like alone: sun 1, sea 1, H = 2
    newest = oracle.tag(world, Constants.of({"tag_likes": 1}), "me", "x1", NOW)
    assert newest == near((math.log((11 / 22) / 0.5) + math.log((3 / 22) / 0.1)) / math.sqrt(2))


def test_the_parts_of_the_feed_itself() -> None:
    world = World(
        posts={**posts("a1", taken_at=days_ago(14)), **posts("a2", taken_at=NOW + 5), "none": Post()},
        affinity={"me": {"a": 0.02}},
    )
    assert oracle.recency(world, DEFAULT, "a1", NOW, 30) == near(math.log(0.251))
    assert oracle.recency(world, DEFAULT, "a2", NOW, 30) == near(math.log(1.001))
    assert oracle.recency(world, DEFAULT, "none", NOW, None) == 0
    with pytest.raises(ValueError, match="no time"):
        oracle.recency(world, DEFAULT, "none", NOW, 30)
    assert oracle.affinity(world, DEFAULT, "me", "a1") == near(math.log(0.0201))
    assert oracle.affinity(world, DEFAULT, "me", "none") == near(math.log(1e-4))
    assert oracle.prior(DEFAULT, ["popular", "followees", "interests"]) == near(math.log(1.35))


def test_hides_fade() -> None:
    hides = [Hide("a1", days_ago(14), "spam"), Hide("b1", days_ago(28), "a whim"), Hide("none", None)]
    world = World(
        posts={**posts("a1", "a2", "b1", "c1"), "none": Post(), "none2": Post()},
        tags={"a1": {"sun"}, "a2": {"sun", "sea"}, "b1": {"sun", "sea"}, "none": {"sea"}},
        hides={"me": hides},
    )
    # a1: 2 * .5 for the author and #sun each; b1: 1 * .25 for #sun and #sea each; the last: 1 for #sea
    assert oracle.feedback(world, DEFAULT, "me", "a2", NOW) == near(-math.log(1 + 2 + 0.5 + 1))
    assert oracle.feedback(world, DEFAULT, "me", "c1", NOW) == 0
    assert oracle.feedback(world, DEFAULT, "me", "none2", NOW) == 0  # no author is not the same author
    assert oracle.feedback(world, DEFAULT, "me", "a2", 0) == near(-math.log(1 + 4 + 2 + 1))


def test_score_of_a_new_person() -> None:
    world = World(posts=posts("a1", taken_at=days_ago(7)), follows={"me": {"a": None}})
    expected = {
        "lists": 0.41 * -1.2039728,  # ln .3
        "factors": 0,
        "fastrp": 0,
        "rate": 0.53 * -4.3820266,  # ln (.05 / 4)
        "followed": 2.58,
        "proof": 0,
        "pop": 0.5 * 0.6931472,
        "trend": 0.5 * -2.9957323,  # ln .05
        "tag": 0,
        "never": -1.72,
        "content": 0,
        "recency": -0.6911492,  # ln .501
        "affinity": 0.03 * -9.2103404,  # ln .0001
        "prior": 0.3001046,  # ln 1.35
        "feedback": 0,
    }
    parts = oracle.parts(world, DEFAULT, "me", "a1", NOW, 30, ["followees"])
    assert tuple(parts) == FEATURES
    assert parts == near(expected)
    assert oracle.score(world, DEFAULT, "me", "a1", NOW, 30, ["followees"]) == pytest.approx(-3.7747502, abs=1e-6)


def test_a_misspelt_constant_fails() -> None:
    with pytest.raises(TypeError):
        Constants.of({"half_life": 1})
    with pytest.raises(AssertionError):
        Constants.of({"weights": {"list": 1}})


# Any network

PEOPLE, POSTS, HASHTAGS = ("a", "b", "c", "d"), ("1", "2", "3", "4", "5"), ("sea", "sun", "🌅")
PERSON, POST, HASHTAG = st.sampled_from(PEOPLE), st.sampled_from(POSTS), st.sampled_from(HASHTAGS)
WHEN = st.none() | st.integers(NOW - 3, NOW + 3) | st.integers(-62_135_596_800_000, 253_402_300_799_999)
NUMBER = st.floats(1e-6, 1e3)
COUNT = st.none() | st.integers(-(2**63), 2**63 - 1)
VECTOR = st.lists(st.floats(-100, 100, width=32), min_size=3, max_size=3)
POST_VECTORS = st.dictionaries(POST, VECTOR)
REASON = st.none() | st.sampled_from(("spam", "seen_too_often", "no idea"))


def acts(
    who: st.SearchStrategy[str], what: st.SearchStrategy[str], about: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return st.dictionaries(who, st.dictionaries(what, about))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A small network in which anything may be missing."""
    post = st.builds(Post, st.lists(PERSON, unique=True, max_size=2).map(tuple), WHEN, COUNT)
    vectors = draw(POST_VECTORS)
    grams = sum((np.outer(y, y) for y in map(np.array, vectors.values())), np.zeros((3, 3)))
    return World(
        posts={id: draw(post) for id in POSTS},
        follows=draw(acts(PERSON, PERSON, WHEN)),
        likes=draw(acts(PERSON, POST, WHEN)),
        tags=draw(st.dictionaries(POST, st.sets(HASHTAG))),
        hides=draw(st.dictionaries(PERSON, st.lists(st.builds(Hide, POST, WHEN, REASON), max_size=3))),
        muted_people=draw(st.dictionaries(PERSON, st.sets(PERSON))),
        blocks=draw(st.dictionaries(PERSON, st.sets(PERSON))),
        similar=draw(acts(POST, POST, NUMBER)),
        similar_new=draw(acts(POST, POST, NUMBER)),
        affinity=draw(acts(PERSON, PERSON, st.floats(0, 1))),
        shares=draw(st.dictionaries(HASHTAG, st.floats(0, 1, allow_subnormal=False))),
        trends=draw(st.dictionaries(POST, st.floats(0, 1e9))),
        user_factors=draw(st.dictionaries(PERSON, VECTOR)),
        user_factors_likes=draw(st.dictionaries(PERSON, st.integers(0, 3))),
        user_fastrp=draw(st.dictionaries(PERSON, VECTOR)),
        post_factors=vectors,
        post_fastrp=draw(POST_VECTORS),
        build_as_of=draw(WHEN),
        post_gram=draw(st.sampled_from((None, [float(number) for number in grams.ravel()]))),
    )


WINDOW = st.sampled_from((None, 30))
SOURCES = st.sets(st.sampled_from(sorted(PRIORS)), min_size=1)
quick = settings(max_examples=60, deadline=None)


def all_parts(world: World, me: str, window: float | None) -> dict[str, Mapping[str, float]]:
    """The parts of every post that can be a candidate."""
    return {
        id: oracle.parts(world, DEFAULT, me, id, NOW, window, ["popular"])
        for id in POSTS
        if window is None or world.posts[id].taken_at is not None
    }


@quick
@given(world=worlds(), me=PERSON, post=POST, window=WINDOW, sources=SOURCES)
def test_a_score_is_finite_and_the_sum_of_its_parts(
    world: World, me: str, post: str, window: float | None, sources: set[str]
) -> None:
    if window is not None and world.posts[post].taken_at is None:
        return
    parts = oracle.parts(world, DEFAULT, me, post, NOW, window, sources)
    assert tuple(parts) == FEATURES
    assert all(map(math.isfinite, parts.values())), parts
    score = oracle.score(world, DEFAULT, me, post, NOW, window, sources)
    assert score == pytest.approx(math.fsum(parts.values()))


@given(likes=st.integers(0, 10**9), never=st.booleans(), low=st.floats(0, 5), width=st.floats(0, 9))
def test_weights_are_never_negative_nor_outside_of_the_people_of_the_fit(
    likes: int, never: bool, low: float, width: float
) -> None:
    constants = Constants.of({"low": low, "high": low + width})
    weights = oracle.person_weights(constants, likes, never=never)
    assert all(0 <= weights[name] < math.inf for name in PERSONAL)
    if math.log(1 + likes) > low + width:
        assert weights == oracle.person_weights(constants, 2 * likes, never=never)


@pytest.mark.long
@quick
@given(world=worlds(), me=PERSON, window=WINDOW)
def test_the_best_post_not_liked_is_1(world: World, me: str, window: float | None) -> None:
    liked = liked_by(world, me)
    m = oracle.m_of_lists(world, DEFAULT, me, NOW, window)
    rest = [value for post, value in m.items() if post not in liked]
    assert max(rest, default=1) == 1
    assert min(rest, default=1) > 0


@pytest.mark.long
@quick
@given(world=worlds(), me=PERSON, window=WINDOW)
def test_a_post_that_shares_nothing_changes_no_score(world: World, me: str, window: float | None) -> None:
    more = replace(
        world,
        posts={**world.posts, "0": Post(("0",), NOW, 7)},
        tags={**world.tags, "0": {"other"}},
        shares={**world.shares, "other": 1e-3},
        similar={**world.similar, "0": dict.fromkeys(POSTS, 9.0)},
        trends={**world.trends, "0": 9.0},
        likes={**world.likes, "stranger": dict.fromkeys(("0", *POSTS), NOW)},
        hides={**world.hides, me: [*world.hides.get(me, []), Hide("0", NOW, "spam")]},
    )
    assert all_parts(more, me, window) == all_parts(world, me, window)


@pytest.mark.long
@quick
@given(world=worlds(), me=PERSON, window=WINDOW)
def test_no_filter_changes_m(world: World, me: str, window: float | None) -> None:
    bare = replace(
        world,
        posts={id: replace(post, taken_at=None) for id, post in world.posts.items()},
        hides={},
        muted_people={},
        blocks={},
    )
    m = oracle.m_of_lists(world, DEFAULT, me, NOW, window)
    assert m == oracle.m_of_lists(bare, DEFAULT, me, NOW, window)


@pytest.mark.long
@quick
@given(world=worlds(), me=PERSON, window=WINDOW)
def test_what_comes_after_the_clock_changes_no_score(world: World, me: str, window: float | None) -> None:
    world = replace(world, post_gram=None)  # factors that are of another number of likes are made anew
    before = Constants.of({"slopes": dict.fromkeys(PERSONAL, 0)})  # and the slope reads all likes
    later = replace(
        world,
        likes={id: {**dict.fromkeys(POSTS, NOW + 1), **world.likes.get(id, {})} for id in PEOPLE},
        follows={id: {**dict.fromkeys(PEOPLE, NOW + 1), **world.follows.get(id, {})} for id in PEOPLE},
    )
    for post in all_parts(world, me, window):
        one, other = (oracle.parts(each, before, me, post, NOW, window, ["newest"]) for each in (world, later))
        assert one == other


@pytest.mark.long
@quick
@given(world=worlds(), me=PERSON, window=WINDOW)
def test_the_order_of_the_store_changes_nothing_below_the_bounds(world: World, me: str, window: float | None) -> None:
    turned = replace(
        world,
        likes={id: dict(reversed(times.items())) for id, times in world.likes.items()},
        follows={id: dict(reversed(times.items())) for id, times in world.follows.items()},
        similar={id: dict(reversed(arcs.items())) for id, arcs in world.similar.items()},
    )
    assert all_parts(turned, me, window) == all_parts(world, me, window)
