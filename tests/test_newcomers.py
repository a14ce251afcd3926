"""Which newcomer wins: as often as a share of likes drawn for each would be the largest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ranking.newcomers import Audience, Newcomers, best_of

SETTINGS = Newcomers(impressions=1000)
AUDIENCES = st.integers(0, 999).flatmap(
    lambda impressions: st.builds(Audience, st.just(0), st.just(impressions), st.integers(0, impressions))
)


def drawn(audiences: list[Audience], draws: int = 40_000) -> list[float]:
    """How often each wins when the shares are drawn."""
    rng = np.random.default_rng(1)
    a = np.array([1 + of.likes for of in audiences])
    b = np.array([19 + of.impressions - of.likes for of in audiences])
    best = rng.beta(a, b, (draws, len(audiences))).argmax(axis=1)
    return [float(share) for share in np.bincount(best, minlength=len(audiences)) / draws]


@pytest.mark.parametrize(
    "seen",
    [
        [(0, 0), (0, 0)],
        [(0, 0), (100, 0), (100, 10)],
        [(999, 50), (999, 60), (999, 0)],
        [(20, 1), (20, 2), (20, 3), (0, 0), (500, 25)],
        [(999, 999), (0, 0)],
        [(number, 0) for number in range(30)],
    ],
)
def test_they_win_as_often_as_their_drawn_shares_are_the_largest(seen: list[tuple[int, int]]) -> None:
    audiences = [Audience(0, *of) for of in seen]
    assert best_of(audiences, SETTINGS) == pytest.approx(drawn(audiences), abs=0.01)


@given(st.lists(AUDIENCES, min_size=1, max_size=60))
def test_each_has_a_chance_and_all_together_one(audiences: list[Audience]) -> None:
    found = best_of(audiences, SETTINGS)
    assert found.sum() == pytest.approx(1)
    assert (found > 0).all()


def test_more_likes_of_as_many_impressions_win_more_often_and_what_nobody_saw_beats_what_nobody_liked() -> None:
    one, two, three = best_of([Audience(0, 100, likes) for likes in (1, 2, 8)], SETTINGS)
    assert one < two < three
    unseen, unliked = best_of([Audience(0, 0, 0), Audience(0, 100, 0)], SETTINGS)
    assert unseen > 0.8 > 0.2 > unliked


@pytest.mark.parametrize(
    ("audience", "is_one"),
    [
        (Audience(100, 999, 0), True),
        (Audience(101, 999, 0), False),
        (Audience(100, 1000, 0), False),
    ],
)
def test_few_followers_and_few_impressions_make_a_newcomer(audience: Audience, is_one: bool) -> None:
    assert SETTINGS.include(audience) is is_one
    assert not Newcomers().include(audience)


def test_likes_tell_that_many_have_seen_a_post() -> None:
    assert [SETTINGS.is_known(likes) for likes in (0, 49, 50, 10**6)] == [False, False, True, True]


def test_numbers_that_cannot_be_do_no_harm() -> None:
    assert best_of([Audience(0, 3, 9), Audience(0, 0, 0)], SETTINGS).sum() == pytest.approx(1)
