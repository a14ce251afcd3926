"""Factors of people and posts, and folding in beside the half-step that `implicit` makes."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from graph.background.blas import one_blas_thread
from graph.background.factors import ALPHA, FACTORS, REGULARIZATION, Factors, factors, gram_of
from graph.background.memory import needed_bytes
from graph.ranking.folding import fold_in

pytestmark = pytest.mark.slow
SHAPES = st.tuples(st.integers(0, 8), st.integers(0, 8))


def checkerboard(people: int, posts: int) -> NDArray[np.bool_]:
    """Even people like even posts, odd people odd ones, each but one."""
    rows, columns = np.indices((people, posts))
    liked: NDArray[np.bool_] = ((rows + columns) % 2 == 0) & (rows // 2 % (posts // 2) != columns // 2)
    return liked


def build(liked: NDArray[np.bool_], iterations: int = 15) -> Factors:
    return factors(csr_matrix(liked.astype(np.float32)), iterations=iterations)


def test_on_a_checkerboard_the_post_that_is_left_out_scores_highest() -> None:
    liked = checkerboard(40, 20)
    found = build(liked)
    scores = np.where(liked, -np.inf, found.people @ found.posts.T)
    assert (scores.argmax(axis=1) == np.arange(40) // 2 % 10 * 2 + np.arange(40) % 2).all()


def test_the_same_likes_give_the_same_bits() -> None:
    liked = checkerboard(40, 20)
    one, other = build(liked), build(liked)
    assert (one.people == other.people).all()
    assert (one.posts == other.posts).all()
    assert (one.post_gram == other.post_gram).all()


def test_a_like_that_stands_twice_is_one() -> None:
    once = csr_matrix(checkerboard(40, 20).astype(np.float32))
    twice = csr_matrix((np.full(2 * once.nnz, 7), np.repeat(once.indices, 2), 2 * once.indptr), shape=once.shape)
    assert (factors(twice).people == factors(once).people).all()


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(SHAPES.flatmap(lambda shape: arrays(np.bool_, shape)))
def test_who_has_no_likes_has_no_vector(liked: NDArray[np.bool_]) -> None:
    found = build(liked, iterations=2)
    assert found.people.shape == (liked.shape[0], FACTORS)
    assert found.posts.shape == (liked.shape[1], FACTORS)
    assert found.people.dtype == found.posts.dtype == np.float32
    for vectors, norms, axis in ((found.people, found.people_norms, 1), (found.posts, found.post_norms, 0)):
        assert np.isfinite(vectors).all()
        assert ((norms > 0) == liked.any(axis=axis)).all()
        assert norms == pytest.approx(np.linalg.norm(vectors, axis=1))
    assert found.people_gram == pytest.approx(found.people.T @ found.people, abs=1e-4)
    assert found.post_gram == pytest.approx(found.posts.T @ found.posts, abs=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (5, 3), (200, 90)])
def test_everybody_likes_the_same(shape: tuple[int, int]) -> None:
    found = build(np.ones(shape, dtype=bool))
    assert found.people @ found.posts.T == pytest.approx(np.ones(shape), abs=0.1)


def test_folding_in_is_half_a_step_of_the_factorization() -> None:
    from implicit.cpu.als import AlternatingLeastSquares

    random = np.random.default_rng(1)
    liked = csr_matrix((random.random((300, 180)) < 0.15).astype(np.float32))
    found = factors(liked)
    with one_blas_thread():
        model = AlternatingLeastSquares(
            factors=FACTORS, regularization=REGULARIZATION, alpha=ALPHA, num_threads=1, dtype=np.float64
        )
        model.user_factors, model.item_factors = found.people.astype(np.float64), found.posts.astype(np.float64)
        people = model.recalculate_user(np.arange(300), liked)
        posts = model.recalculate_item(np.arange(180), liked.T.tocsr())
    for person in range(300):
        folded = fold_in(list(found.posts[liked[person].indices]), found.post_gram.ravel().tolist())
        assert folded is not None
        assert folded[0] == pytest.approx(people[person], abs=1e-5)
        assert folded[1] == pytest.approx(np.linalg.norm(people[person]), abs=1e-5)
    for post in range(0, 180, 10):
        folded = fold_in(found.people[liked.T.tocsr()[post].indices].tolist(), found.people_gram)
        assert folded is not None
        assert folded[0] == pytest.approx(posts[post], abs=1e-5)


def test_folding_in_takes_the_first_two_hundred() -> None:
    vectors = np.random.default_rng(1).standard_normal((300, 8))
    gram = vectors.T @ vectors
    whole, part = fold_in(list(vectors), gram), fold_in(list(vectors[:200]), gram)
    assert whole is not None
    assert part is not None
    assert (whole[0] == part[0]).all()


def test_nothing_to_fold_in() -> None:
    assert fold_in([], np.eye(4)) is None
    assert fold_in([np.zeros(4)] * 3, np.zeros(16)) is None
    assert fold_in([np.eye(4)[0]], np.zeros((4, 4))) is not None


def test_the_sum_of_products_is_made_piece_by_piece() -> None:
    vectors = np.random.default_rng(1).standard_normal((70_000, 4)).astype(np.float32)
    assert gram_of(vectors) == pytest.approx(vectors.astype(np.float64).T @ vectors.astype(np.float64))


@pytest.mark.long
def test_requests_load_neither_scipy_nor_implicit() -> None:
    loaded = "import sys, graph.ranking.folding; print(sorted({'scipy', 'implicit'} & set(sys.modules)))"
    lazy = "import sys, graph.background.factors; print('implicit' in sys.modules)"
    printed = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        for code in (loaded, lazy)
    ]
    assert printed == ["[]", "False"]


@pytest.mark.parametrize(("people", "posts", "share"), [(1000, 3000, 0.02), (200, 300, 0.8)])
def test_the_estimate_of_memory_covers_the_peak(people: int, posts: int, share: float) -> None:
    likes = csr_matrix(np.random.default_rng(1).random((people, posts)) < share)
    build(np.ones((2, 2), dtype=bool), iterations=1)  # what is imported is not counted
    tracemalloc.start()
    factors(likes, iterations=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    needed = needed_bytes(people, posts, likes.nnz)
    assert peak < needed.factors < 4 * peak
    assert needed.peak == needed.arrays + max(needed.similar, needed.factors)
