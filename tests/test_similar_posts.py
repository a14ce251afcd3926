"""Similar posts, beside a slow and obvious form on dense matrices."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_info

from graph.background.blas import one_blas_thread
from graph.background.keys import Keys, keys, pair_keys, sample
from graph.background.marked import Into, Liker, Likers, arcs_into, shortlist
from graph.background.memory import needed_bytes
from graph.background.ridge import Recipe
from graph.background.similar import Arcs, similar_posts

pytestmark = pytest.mark.slow
Liked = NDArray[np.bool_]

SMALL = Recipe(neighbours=4, penalty=2, arcs=3, likes=5, likers=6)
LIKED = st.tuples(st.integers(1, 12), st.integers(1, 10)).flatmap(lambda shape: arrays(np.bool_, shape))


def names(prefix: str, count: int) -> Keys:
    return keys(f"{prefix}{number}" for number in range(count))


def build(liked: Liked, window: Liked | None = None, **options: Any) -> tuple[Arcs, Arcs]:
    """The lists of a dense matrix of likes."""
    people, posts = (names(prefix, count) for prefix, count in zip("up", liked.shape, strict=True))
    return similar_posts(csr_matrix(liked.astype(np.float32)), people, posts, window, **options)


def rows(arcs: Arcs) -> list[tuple[int, int, float]]:
    return list(zip(arcs.sources.tolist(), arcs.targets.tolist(), arcs.weights.tolist(), strict=True))


def slow_weights(liked: Liked, recipe: Recipe) -> Iterator[tuple[int, int, float]]:
    """Each arc i -> j of the regressions with its weight, those that are not kept too."""
    people, posts = (names(prefix, count) for prefix, count in zip("up", liked.shape, strict=True))
    order = np.argsort(people)
    weights = np.minimum(liked.sum(axis=1), recipe.likes).clip(1) ** -0.5
    brings = np.array([row & marks(key, row, posts, recipe.likes) for key, row in zip(people, liked, strict=True)])
    counting = np.zeros_like(liked)
    for post in range(len(posts)):
        counting[[person for person in order if liked[person, post]][: recipe.likers], post] = True
    totals = sum((weights[person] * liked[person] for person in order), np.zeros(len(posts)))
    for j in range(len(posts)):
        if liked[:, j].sum() < recipe.least_likes:
            continue
        sums = sum((weights[person] * brings[person] * counting[person, j] for person in order), np.zeros(len(posts)))
        scores = np.where(sums > 0, sums / np.sqrt(totals.clip(1e-9)), 0)
        scores[j] = 0
        best = sorted((i for i in range(len(posts)) if scores[i] > 0), key=lambda i: (-scores[i], posts[i]))
        chosen = best[: recipe.neighbours]
        features = counting[:, chosen].astype(float)
        gram = features.T @ features + recipe.penalty * np.eye(len(chosen))
        yield from ((i, j, b) for i, b in zip(chosen, np.linalg.solve(gram, features.T @ liked[:, j]), strict=True))


def marks(person: np.uint64, row: Liked, posts: Keys, most: int) -> Liked:
    """The posts of a person that bring neighbours."""
    kept = sorted(np.flatnonzero(row), key=lambda post: mixed(int(posts[post]) + mixed(int(person))))[:most]
    return np.isin(np.arange(len(row)), kept)


def mixed(number: int) -> int:
    """SplitMix64's finalizer, in Python's numbers."""
    number %= 2**64
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    number = (number ^ number >> 27) * 0x94D049BB133111EB % 2**64
    return number ^ number >> 31


def check(arcs: Arcs, expected: dict[tuple[int, int], float], count: int) -> None:
    """The arcs are the largest of each source, as far as rounding tells them apart."""
    found = rows(arcs)
    assert len({(i, j) for i, j, _ in found}) == len(found)
    assert [(i, -weight) for i, _, weight in found] == sorted((i, -weight) for i, _, weight in found)
    for i, j, weight in found:
        assert weight == pytest.approx(expected[i, j], abs=1e-6)
    for source in {i for i, _ in expected}:
        mine = [weight for i, _, weight in found if i == source]
        all_weights = sorted(
            (weight for (i, _), weight in expected.items() if i == source and weight > 0), reverse=True
        )
        assert len(mine) <= count
        assert mine == pytest.approx([weight for weight in all_weights[:count] if weight > 2e-6], abs=2e-6)


@pytest.mark.long
@settings(deadline=None)
@given(LIKED, st.data())
def test_lists_are_those_of_the_slow_form(liked: Liked, data: st.DataObject) -> None:
    window = data.draw(arrays(np.bool_, liked.shape[1]))
    expected = {(i, j): weight for i, j, weight in slow_weights(liked, SMALL)}
    of_all, of_window = build(liked, window, recipe=SMALL)
    check(of_all, expected, SMALL.arcs)
    check(of_window, {(i, j): weight for (i, j), weight in expected.items() if window[j]}, SMALL.arcs)


def network(people: int, posts: int, likes: int, seed: int = 1) -> csr_matrix:
    """Likes by chance: some people like more than others, some posts are liked more."""
    random = np.random.default_rng(seed)
    places = [(size * random.random(likes) ** 2).astype(int) for size in (people, posts)]
    liked = np.zeros((people, posts), dtype=np.float32)
    liked[places[0], places[1]] = 1
    return csr_matrix(liked)


MIDDLING = network(150, 200, 4000)
SOME = Recipe(neighbours=30, likes=40, likers=50)


def test_on_a_checkerboard_posts_lead_to_all_others_of_their_colour() -> None:
    people, posts = np.indices((30, 16))
    liked = (people + posts) % 2 == 0
    liked[people // 2 == posts // 2] = False  # so that no two posts have the same likers
    arcs, _ = build(liked)
    assert {(i, j) for i, j, _ in rows(arcs)} == {
        (i, j) for i in range(16) for j in range(16) if i != j and (i - j) % 2 == 0
    }


def test_the_size_of_the_blocks_changes_no_bit() -> None:
    liked = MIDDLING.toarray() > 0
    window = np.arange(200) % 3 == 0
    wholes = build(liked, window, recipe=SOME)
    for block_bytes in (1, 10_000, 200_000):
        blocks = build(liked, window, recipe=SOME, block_bytes=block_bytes)
        assert [rows(arcs) for arcs in blocks] == [rows(arcs) for arcs in wholes]


def test_the_order_of_people_posts_and_likes_changes_no_bit() -> None:
    random = np.random.default_rng(2)
    people, posts = names("u", 150), names("p", 200)
    by_person, by_post = random.permutation(150), random.permutation(200)
    shuffled = csr_matrix(MIDDLING[by_person][:, by_post])
    for start, end in pairwise(shuffled.indptr):
        random.shuffle(shuffled.indices[start:end])
    straight, _ = similar_posts(MIDDLING, people, posts, recipe=SOME)
    arcs, _ = similar_posts(shuffled, people[by_person], posts[by_post], recipe=SOME)
    back = [(by_post[i], by_post[j], weight) for i, j, weight in rows(arcs)]
    assert sorted(back) == sorted(rows(straight))


def test_a_like_that_stands_twice_is_one() -> None:
    people, posts = names("u", 150), names("p", 200)
    doubled = csr_matrix(
        (np.ones(2 * MIDDLING.nnz), np.repeat(MIDDLING.indices, 2), 2 * MIDDLING.indptr), shape=MIDDLING.shape
    )
    assert rows(similar_posts(doubled, people, posts)[0]) == rows(similar_posts(MIDDLING, people, posts)[0])


def test_ties_go_to_the_lesser_key() -> None:
    liked = np.ones((10, 8), dtype=bool)
    arcs, _ = build(liked, recipe=replace(SMALL, neighbours=7, arcs=3))
    by_key = np.argsort(names("p", 8)).tolist()
    for post in range(8):
        targets = [target for source, target, _ in rows(arcs) if source == post]
        assert targets == [other for other in by_key if other != post][:3]


def test_a_post_gets_arcs_from_its_third_like_on() -> None:
    liked = np.ones((6, 5), dtype=bool)
    liked[2:, 4] = False
    assert 4 not in build(liked)[0].targets
    liked[2, 4] = True
    assert 4 in build(liked)[0].targets


def test_arcs_of_the_window_lead_to_its_posts_alone() -> None:
    liked, window = MIDDLING.toarray() > 0, np.arange(200) % 10 == 0
    of_all, of_window = build(liked, window)
    assert window[of_window.targets].all()
    assert len(of_window.targets) > window[of_all.targets].sum()
    everything = build(liked, np.ones(200, dtype=bool))
    assert [rows(arcs) for arcs in everything] == [rows(of_all)] * 2
    assert rows(build(liked, np.zeros(200, dtype=bool))[1]) == []


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (1, 1), (1, 9), (9, 1), (4, 6)])
@pytest.mark.parametrize("full", [False, True])
def test_next_to_nothing(shape: tuple[int, int], full: bool) -> None:
    arcs, _ = build(np.full(shape, full))
    assert len(arcs.sources) == (30 if full and shape == (4, 6) else 0)
    assert (arcs.weights > 0).all()


@given(
    st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=60), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)
)
def test_one_like_more_changes_one_of_a_sample(posts: set[int], person: int, post: int) -> None:
    before, after = (np.array(sorted(some), dtype=np.uint64) for some in (posts - {post}, posts | {post}))
    kept = [set(some[sample(np.uint64(person), some, 20)].tolist()) for some in (before, after)]
    assert [len(some) for some in kept] == [min(20, len(before)), min(20, len(after))]
    assert len(kept[0] - kept[1]) <= 1
    assert kept[1] - kept[0] <= {post}


def test_people_are_sampled_apart() -> None:
    posts = names("p", 1000)
    kept = [sample(person, posts, 500) for person in names("u", 20)]
    assert 200 < np.mean([(one & other).sum() for one, other in pairwise(kept)]) < 300


def test_keys_never_change() -> None:
    assert keys(["ann", "", "Zoë"]).tolist() == [11957940740637538957, 13020603013274838756, 11135694976992124792]
    assert pair_keys(np.uint64(7), np.array([1, 2], dtype=np.uint64)).tolist() == [mixed(n + mixed(7)) for n in (1, 2)]
    assert len(keys([])) == 0


def read_arcs(likes: csr_matrix, post: int, recipe: Recipe, size: int) -> Into:
    """The arcs into a post from what the two reads bring."""
    people, posts = (names(prefix, count) for prefix, count in zip("up", likes.shape, strict=True))
    by_post = likes.T.tocsr()
    degrees, counts = np.diff(likes.indptr), np.diff(by_post.indptr)

    def likers_of(place: int) -> NDArray[np.integer]:
        return np.asarray(by_post.indices[by_post.indptr[place] : by_post.indptr[place + 1]])

    likers = []
    for person in likers_of(post)[::-1]:
        liked = likes.indices[likes.indptr[person] : likes.indptr[person + 1]][::-1]
        likers.append(Liker(int(people[person]), int(degrees[person]), posts[liked], counts[liked]))
    short = shortlist(int(posts[post]), likers, recipe=recipe, size=size)
    places = {int(key): place for place, key in enumerate(posts)}
    read = [likers_of(places[int(key)])[::-1] for key in short.posts]
    return arcs_into(likers, short, [Likers(people[some], degrees[some]) for some in read], recipe=recipe)


@pytest.mark.parametrize("recipe", [SOME, replace(SOME, neighbours=3), Recipe(), SMALL], ids=str)
@pytest.mark.parametrize("size", [10, 60, 300])
def test_arcs_into_a_marked_post_are_those_of_a_build(recipe: Recipe, size: int) -> None:
    posts = names("p", 200)
    every_arc, _ = similar_posts(MIDDLING, names("u", 150), posts, recipe=replace(recipe, arcs=200))
    for post in range(0, 200, 5):
        with one_blas_thread():
            into = read_arcs(MIDDLING, post, recipe, size)
        of_post = every_arc.targets == post
        expected = dict(zip(posts[every_arc.sources[of_post]].tolist(), every_arc.weights[of_post], strict=True))
        if into.exact:
            assert dict(zip(into.sources.tolist(), into.weights, strict=True)) == expected
        assert into.exact or size < 300


def test_a_shortlist_that_is_too_short_is_told() -> None:
    exact = [read_arcs(MIDDLING, post, SOME, 40).exact for post in range(0, 200, 5)]
    assert not all(exact)
    assert any(exact)


def test_nobody_who_likes_a_marked_post() -> None:
    none = shortlist(1, [])
    assert len(none.posts) == 0
    assert len(arcs_into([], none, []).sources) == 0


@pytest.mark.long
@pytest.mark.parametrize(("people", "posts", "likes"), [(1000, 2000, 40_000), (3000, 500, 100_000), (50, 5000, 20_000)])
def test_the_estimate_of_memory_covers_the_peak(people: int, posts: int, likes: int) -> None:
    matrix, window = network(people, posts, likes), np.arange(posts) % 2 == 0
    needed = needed_bytes(people, posts, matrix.nnz, block_bytes=2**21)
    of_people, of_posts = names("u", people), names("p", posts)
    tracemalloc.start()
    similar_posts(matrix, of_people, of_posts, window, recipe=Recipe(neighbours=20), block_bytes=2**21)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < needed.similar < 4 * peak + 20e6


def test_one_blas_thread() -> None:
    with one_blas_thread(), one_blas_thread():
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}
