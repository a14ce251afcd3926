"""Hold-outs: how many likes they hide, of whom, and that the same ones are hidden again."""

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.random import default_rng
from scipy.sparse import csr_matrix

from graph.background.arrays import NO_TIME, Floats, Ints, Network, Nodes
from graph.quality.holdout import Mask, Wanted, counts, hold_outs, rows_of_people


def network(likes: Iterable[tuple[int, int]], at: Ints | None = None, people: int = 0, posts: int = 0) -> Network:
    """People who like posts, by their numbers; `at` is in the order of the sorted likes."""
    pairs = np.array(sorted(likes), np.int64).reshape(-1, 2)
    people = max(people, int(pairs[:, 0].max(initial=-1)) + 1)
    posts = max(posts, int(pairs[:, 1].max(initial=-1)) + 1)
    matrix = csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(people, posts))
    nothing: Floats = np.full(posts, np.nan)
    return Network(
        as_of=0,
        known=0,
        people=Nodes(np.arange(people), [f"u{row}" for row in range(people)]),
        posts=Nodes(np.arange(posts), [f"p{row}" for row in range(posts)]),
        likes=matrix,
        liked_at=at,
        taken_at=np.full(posts, NO_TIME),
        like_count=np.zeros(posts, np.int64),
        tags=csr_matrix((posts, 0)),
        hashtags=Nodes(np.zeros(0, np.int64), []),
        factors_likes=np.full(people, np.nan),
        trend=nothing,
        listed_likes=nothing,
        changed_at=nothing,
        share=np.zeros(0),
    )


def of_sizes(*likes: int) -> Network:
    """People with so many likes each, of the first posts."""
    return network([(person, post) for person, size in enumerate(likes) for post in range(size)], people=len(likes))


def pairs(network: Network, mask: Mask) -> set[tuple[str, str]]:
    rows, columns = rows_of_people(network)[mask], network.likes.indices[mask]
    return {(network.people.ids[row], network.posts.ids[column]) for row, column in zip(rows, columns, strict=True)}


def test_a_tenth_of_the_likes_of_each_person_is_held_out_or_two_of_few_but_no_more_than_a_fifth() -> None:
    found = of_sizes(0, 1, 2, 3, 4, 9, 10, 14, 15, 29, 30, 99, 100, 500)
    for hold_out in hold_outs(found):
        assert counts(found, hold_out.wanted).tolist()[4:] == [1, 1, 2, 2, 2, 2, 3, 9, 10, 10]
        assert hold_out.hidden is hold_out.wanted
    fitted, compared = hold_outs(found)
    assert counts(found, compared.wanted).tolist()[:4] == counts(found, fitted.wanted).tolist()[:4] == [0, 0, 1, 1]
    assert not (fitted.wanted & compared.wanted).any()


def test_a_seed_holds_out_the_same_likes_and_another_one_others() -> None:
    found = of_sizes(*[50] * 40)
    once, again, other = (pairs(found, hold_outs(found, seed)[0].wanted) for seed in (7, 7, 8))
    assert once == again
    assert len(once & other) < 0.2 * len(once)


def test_likes_of_others_change_nothing_of_a_person() -> None:
    rng = default_rng(1)
    likes = {(int(a), int(b)) for a, b in rng.integers(0, [50, 200], (3_000, 2))}
    before = network(likes, people=50, posts=200)
    more = network(likes | {(0, post) for post in range(200)}, people=50, posts=200)
    for one, two in zip(hold_outs(before), hold_outs(more), strict=True):
        others = [
            {pair for pair in pairs(*each) if pair[0] != "u0"} for each in ((before, one.wanted), (more, two.wanted))
        ]
        assert others[0] == others[1]


def test_the_newest_tenth_is_compared_on_and_the_one_before_fitted_to() -> None:
    at = default_rng(2).permutation(1_000).astype(np.int64)
    found = network([(person, post) for person in range(20) for post in range(50)], at)
    fitted, compared = hold_outs(found)
    assert sorted(at[compared.wanted]) == [*range(900, 1_000)]
    assert sorted(at[fitted.wanted]) == [*range(800, 900)]
    assert (compared.hidden == compared.wanted).all()
    assert sorted(at[fitted.hidden]) == [*range(800, 1_000)]  # the future is hidden from the fit


def test_who_likes_very_much_of_late_leaves_room_for_others() -> None:
    likes = [(person, post) for person in range(100) for post in range(20)] + [(100, post) for post in range(2_000)]
    found = network(likes, np.arange(len(likes), dtype=np.int64))
    for hold_out in hold_outs(found):
        assert hold_out.wanted.sum() == 400
        assert counts(found, hold_out.wanted).max() == 10
    fitted, compared = hold_outs(found)
    assert not (fitted.wanted & compared.wanted).any()


def test_only_eligible_likes_are_held_out() -> None:
    for found in (of_sizes(*[50] * 20), network([(a, b) for a in range(20) for b in range(50)], np.arange(1_000))):
        eligible = found.likes.indices % 2 == 0
        for hold_out in hold_outs(found, eligible=eligible):
            assert hold_out.wanted.any()
            assert not (hold_out.wanted & ~eligible).any()


def test_likes_of_the_same_time_are_held_out_at_random() -> None:
    found = network([(person, post) for person in range(20) for post in range(50)], np.zeros(1_000, np.int64))
    fitted, compared = hold_outs(found)
    assert (fitted.wanted.sum(), compared.wanted.sum()) == (100, 100)
    assert not (fitted.wanted & compared.wanted).any()
    assert (counts(found, compared.wanted) > 0).sum() > 15
    assert pairs(found, compared.wanted) != pairs(found, hold_outs(found, 1)[1].wanted)


@pytest.mark.parametrize(("timed", "by_time"), [(0.4, False), (0.6, True)])
def test_times_count_where_most_likes_have_one(timed: float, by_time: bool) -> None:
    at = np.where(np.arange(1_000) < 1_000 * timed, np.arange(1_000), NO_TIME)
    found = network([(person, post) for person in range(20) for post in range(50)], at)
    _, compared = hold_outs(found)
    assert bool((at[compared.wanted] != NO_TIME).all()) is by_time
    assert bool((counts(found, compared.wanted) == 5).all()) is not by_time


@pytest.mark.parametrize("sizes", [(), (0, 0), (1, 1, 1)])
def test_where_there_is_too_little_nothing_is_held_out(sizes: tuple[int, ...]) -> None:
    found = of_sizes(*sizes)
    for hold_out in hold_outs(found):
        assert not hold_out.wanted.any()
        assert len(hold_out.wanted) == found.likes.nnz


def test_posts_to_find_are_those_of_the_mask_by_person() -> None:
    found = of_sizes(3, 1, 0, 5)
    wanted = Wanted(found, np.array([False, True, True, False, True, False, False, False, True]))
    assert wanted.people.tolist() == [0, 3]
    assert [wanted.of(person).tolist() for person in range(4)] == [[1, 2], [], [], [0, 4]]
