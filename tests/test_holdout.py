"""Hold-outs: which likes they hide, how many of each person, and that a seed hides the same ones."""

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.random import default_rng
from scipy.sparse import csr_matrix

from graph.background.arrays import NO_TIME, Floats, Ints, Mask, Network, Nodes
from graph.quality.holdout import Targets, counts, hold_outs


def network(likes: Iterable[tuple[int, int]], at: Ints | None = None, people: int = 0, posts: int = 0) -> Network:
    """A network of pairs of a person and a post; `at` has the times of the sorted pairs."""
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
        author=np.full(posts, -1),
        community=np.full(people, -1),
        factors_likes=np.full(people, np.nan),
        trend=nothing,
        listed_likes=nothing,
        changed_at=nothing,
        share=np.zeros(0),
        dwell=nothing,
        for_followers=np.zeros(posts, bool),
        apart=np.zeros(posts, bool),
        likes_for_self=np.zeros(people, bool),
        not_profiled=np.zeros(people, bool),
    )


def of_sizes(*likes: int) -> Network:
    """People with these numbers of likes, each of the first posts."""
    return network([(person, post) for person, size in enumerate(likes) for post in range(size)], people=len(likes))


def pairs(network: Network, mask: Mask) -> set[tuple[str, str]]:
    rows, columns = network.likers[mask], network.likes.indices[mask]
    return {(network.people.ids[row], network.posts.ids[column]) for row, column in zip(rows, columns, strict=True)}


def test_a_tenth_of_each_persons_likes_is_held_out_or_two_of_few_but_at_most_a_fifth() -> None:
    found = of_sizes(0, 1, 2, 3, 4, 9, 10, 14, 15, 29, 30, 99, 100, 500)
    for hold_out in hold_outs(found):
        assert counts(found, hold_out.targets).tolist()[4:] == [1, 1, 2, 2, 2, 2, 3, 9, 10, 10]
        assert hold_out.hidden is hold_out.targets
    fitted, compared = hold_outs(found)
    assert counts(found, compared.targets).tolist()[:4] == counts(found, fitted.targets).tolist()[:4] == [0, 0, 1, 1]
    assert not (fitted.targets & compared.targets).any()


def test_a_seed_holds_out_the_same_likes_and_another_seed_others() -> None:
    found = of_sizes(*[50] * 40)
    once, again, other = (pairs(found, hold_outs(found, seed)[0].targets) for seed in (7, 7, 8))
    assert once == again
    assert len(once & other) < 0.2 * len(once)


def test_the_hold_out_of_a_person_does_not_depend_on_others() -> None:
    rng = default_rng(1)
    likes = {(int(a), int(b)) for a, b in rng.integers(0, [50, 200], (3_000, 2))}
    before = network(likes, people=50, posts=200)
    more = network(likes | {(0, post) for post in range(200)}, people=50, posts=200)
    for one, two in zip(hold_outs(before), hold_outs(more), strict=True):
        others = [
            {pair for pair in pairs(*each) if pair[0] != "u0"} for each in ((before, one.targets), (more, two.targets))
        ]
        assert others[0] == others[1]


def test_the_newest_tenth_is_compared_on_and_the_one_before_fitted_to() -> None:
    at = default_rng(2).permutation(1_000).astype(np.int64)
    found = network([(person, post) for person in range(20) for post in range(50)], at)
    fitted, compared = hold_outs(found)
    assert sorted(at[compared.targets]) == [*range(900, 1_000)]
    assert sorted(at[fitted.targets]) == [*range(800, 900)]
    assert (compared.hidden == compared.targets).all()
    assert sorted(at[fitted.hidden]) == [*range(800, 1_000)]  # the future is hidden from the fit


def test_all_likes_newer_than_a_target_are_hidden_however_much_their_people_like() -> None:
    sizes = default_rng(3).integers(1, 200, 60)
    likes = [(person, post) for person, size in enumerate(sizes) for post in range(size)]
    at = default_rng(4).permutation(len(likes)).astype(np.int64)
    found = network(likes, at)
    eligible = found.likes.indices % 7 != 0
    for hold_out in hold_outs(found, eligible=eligible):
        assert hold_out.hidden[at >= at[hold_out.targets].min()].all()
        assert (hold_out.hidden & eligible)[hold_out.targets].all()
    fitted, compared = hold_outs(found, eligible=eligible)
    assert at[fitted.targets].max() < at[compared.targets].min()


def test_a_bulk_of_new_likes_does_not_fill_the_hold_outs() -> None:
    likes = [(person, post) for person in range(100) for post in range(20)] + [(100, post) for post in range(2_000)]
    at = np.concatenate((default_rng(5).permutation(2_000), np.arange(2_000, 4_000))).astype(np.int64)
    found = network(likes, at)
    fitted, compared = hold_outs(found)
    assert not (fitted.targets & compared.targets).any()
    assert (counts(found, compared.targets)[:100] > 0).sum() > 50
    assert (counts(found, fitted.targets)[:100] > 0).sum() > 50


def test_only_eligible_likes_are_held_out() -> None:
    for found in (of_sizes(*[50] * 20), network([(a, b) for a in range(20) for b in range(50)], np.arange(1_000))):
        eligible = found.likes.indices % 2 == 0
        for hold_out in hold_outs(found, eligible=eligible):
            assert hold_out.targets.any()
            assert not (hold_out.targets & ~eligible).any()


def test_likes_of_the_same_time_are_held_out_at_random() -> None:
    found = network([(person, post) for person in range(20) for post in range(50)], np.zeros(1_000, np.int64))
    fitted, compared = hold_outs(found)
    assert (fitted.targets.sum(), compared.targets.sum()) == (100, 100)
    assert not (fitted.targets & compared.targets).any()
    assert (counts(found, compared.targets) > 0).sum() > 15
    assert pairs(found, compared.targets) != pairs(found, hold_outs(found, 1)[1].targets)


@pytest.mark.parametrize(("timed", "by_time"), [(0.4, False), (0.6, True)])
def test_hold_outs_go_by_time_if_most_likes_have_one(timed: float, by_time: bool) -> None:
    at = np.where(np.arange(1_000) < 1_000 * timed, np.arange(1_000), NO_TIME)
    found = network([(person, post) for person in range(20) for post in range(50)], at)
    _, compared = hold_outs(found)
    assert bool((at[compared.targets] != NO_TIME).all()) is by_time
    assert bool((counts(found, compared.targets) == 5).all()) is not by_time


@pytest.mark.parametrize("sizes", [(), (0, 0), (1, 1, 1)])
def test_nothing_is_held_out_of_too_few_likes(sizes: tuple[int, ...]) -> None:
    found = of_sizes(*sizes)
    for hold_out in hold_outs(found):
        assert not hold_out.targets.any()
        assert len(hold_out.targets) == found.likes.nnz


def test_targets_are_the_posts_of_a_mask_by_person() -> None:
    found = of_sizes(3, 1, 0, 5)
    targets = Targets(found, np.array([False, True, True, False, True, False, False, False, True]))
    assert targets.people.tolist() == [0, 3]
    assert [targets.of(person).tolist() for person in range(4)] == [[1, 2], [], [], [0, 4]]
