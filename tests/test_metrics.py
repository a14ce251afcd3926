"""Measures of rankings, compared with ir-measures and with their definitions."""

from typing import Any

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from graph.background.arrays import Ints
from graph.quality import metrics, resampling
from graph.quality.metrics import NO_POST, HeldOut

POSTS = 30
WIDTH = 12


@st.composite
def cases(draw: Any) -> tuple[HeldOut, Ints]:
    """Held-out likes of some people, and a list for each of them, some short or empty."""
    people = draw(st.integers(1, 5))
    some = st.sets(st.integers(0, POSTS - 1), min_size=1, max_size=8)
    liked = [draw(some) for _ in range(people)]
    ranked = np.full((people, WIDTH), NO_POST, np.int64)
    for line in ranked:
        posts = draw(st.lists(st.integers(0, POSTS - 1), unique=True, max_size=WIDTH))
        line[: len(posts)] = posts
    pairs = [(3 * person, post) for person, posts in enumerate(liked) for post in posts]
    return HeldOut.of(*np.array(pairs, np.int64).T), ranked


@given(cases())
def test_recall_ndcg_and_reciprocal_rank_equal_those_of_ir_measures(case: tuple[HeldOut, Ints]) -> None:
    held_out, ranked = case
    hits, likes = held_out.hits(ranked), held_out.counts
    ours = {
        R @ 3: metrics.recall(hits, likes, 3),
        R @ 100: metrics.recall(hits, likes, 100),
        nDCG @ 3: metrics.ndcg(hits, likes, 3),
        nDCG @ 20: metrics.ndcg(hits, likes, 20),
        RR: metrics.reciprocal_rank(hits, likes),
    }
    truth = {
        str(place): {f"p{post}": 1 for post in held_out.posts[start:end].tolist()}
        for place, (start, end) in enumerate(zip(held_out.starts, held_out.starts[1:], strict=False))
    }
    run = {
        str(place): {f"p{post}": float(-rank) for rank, post in enumerate(line.tolist()) if post != NO_POST}
        for place, line in enumerate(ranked)
    }
    found = {str(measure): np.zeros(len(likes)) for measure in ours}
    for one in ir_measures.iter_calc([*ours], truth, {query: posts for query, posts in run.items() if posts}):
        found[str(one.measure)][int(one.query_id)] = one.value
    for measure, values in ours.items():
        assert values == pytest.approx(found[str(measure)]), measure


@given(cases())
def test_found_likes_are_as_many_as_hits(case: tuple[HeldOut, Ints]) -> None:
    held_out, ranked = case
    assert held_out.found(ranked).sum() == held_out.hits(ranked).sum()
    for place, post, found in zip(held_out.places, held_out.posts, held_out.found(ranked), strict=True):
        assert found == (post in ranked[place])


def test_duplicate_likes_in_any_order_count_once() -> None:
    held_out = HeldOut.of(np.array([7, 2, 7, 7]), np.array([1, 4, 0, 1]))
    assert held_out.people.tolist() == [2, 7]
    assert held_out.counts.tolist() == [1, 2]
    assert held_out.posts.tolist() == [4, 0, 1]


def test_people_without_held_out_likes_have_no_measures() -> None:
    held_out = HeldOut.of(np.array([0, 1]), np.array([5, 6])).only(np.array([True, False]))
    ranked = np.array([[5, 6], [6, 5]])
    hits, likes = held_out.hits(ranked), held_out.counts
    for values in (
        metrics.recall(hits, likes, 2),
        metrics.ndcg(hits, likes, 2),
        metrics.reciprocal_rank(hits, likes),
    ):
        assert values[0] == 1
        assert np.isnan(values[1])


def test_likes_can_be_restricted_to_some_people() -> None:
    held_out = HeldOut.of(np.array([0, 1, 1, 2]), np.array([5, 6, 7, 8])).of_people(np.array([1, 2]))
    assert held_out.people.tolist() == [1, 2]
    assert held_out.starts.tolist() == [0, 2, 3]
    assert held_out.posts.tolist() == [6, 7, 8]


def test_novelty_is_higher_for_posts_with_fewer_likes() -> None:
    likes = np.array([3, 0, 7])
    found = metrics.novelty(np.array([[0, 2], [1, NO_POST], [NO_POST, NO_POST]]), likes, people=7, k=2)
    assert found[:2].tolist() == [0.5, 3.0]  # of 4/8 and 8/8; of 1/8
    assert np.isnan(found[2])


def test_coverage_counts_each_post_once() -> None:
    assert metrics.coverage(np.array([[0, 1, 9], [1, NO_POST, 9]]), posts=4, k=2) == 0.5
    assert metrics.coverage(np.array([[NO_POST]]), posts=4, k=2) == 0


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_gini_is_the_mean_absolute_difference_over_twice_the_mean(counts: list[int]) -> None:
    values = np.array(counts)
    differences = np.abs(values[:, None] - values).mean()
    expected = differences / (2 * values.mean()) if values.any() else 0.0
    assert metrics.gini(values) == pytest.approx(expected)


def test_gini_counts_authors_without_places() -> None:
    authors = np.array([4, 4, 1, -1, 2])
    assert metrics.author_gini(np.array([[0, 1, 3], [0, 3, 1]]), authors, k=3) == pytest.approx(2 / 3)
    assert metrics.author_gini(np.array([[0, 2, 4]]), authors, k=3) == pytest.approx(0)


def test_an_interval_is_as_wide_as_the_normal_one() -> None:
    values = np.random.default_rng(3).normal(2.0, 1.5, 2_000)
    found = metrics.mean(values, metrics.resampled_means(values[:, None], seed=1).ravel())
    assert found.mean == pytest.approx(values.mean())
    assert found.half_width == pytest.approx(1.96 * 1.5 / np.sqrt(2_000), rel=0.1)
    assert found.low < found.mean < found.high


def test_a_seed_gives_the_same_interval_and_another_seed_a_similar_one() -> None:
    values = np.random.default_rng(3).random((500, 1))
    one, same, other = (metrics.resampled_means(values, seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()
    assert metrics.mean(values.ravel(), other.ravel()).low == pytest.approx(np.quantile(one, 0.025), abs=0.005)


def test_differences_are_paired_by_person() -> None:
    values = np.random.default_rng(3).random(300)
    means = metrics.resampled_means(np.column_stack((values, values + 0.25)), seed=1)
    assert means[:, 1] - means[:, 0] == pytest.approx(0.25)


def test_resamples_are_the_same_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(3).random((40, 2))
    whole = metrics.resampled_means(values, seed=1, resamples=50)
    monkeypatch.setattr(resampling, "CHUNK_BYTES", 8 * 40 * 7)
    assert metrics.resampled_means(values, seed=1, resamples=50) == pytest.approx(whole)


def test_people_without_a_value_are_left_out_of_means() -> None:
    values = np.array([1.0, np.nan, 3.0])
    found = metrics.mean(values, metrics.resampled_means(values[:, None], seed=1).ravel())
    assert found.mean == 2
    assert 1 <= found.low <= found.high <= 3
    nothing = np.full(3, np.nan)
    assert np.isnan(metrics.mean(nothing, metrics.resampled_means(nothing[:, None], 1).ravel()).mean)
