"""Baselines, each compared with a slow and plain form of its definition."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.background.arrays import NO_TIME, Floats, Ints
from graph.background.factors import factors
from graph.quality import baselines
from graph.quality.baselines import BASELINES, CannotFit
from graph.quality.metrics import NO_POST
from graph.quality.training import NO_AUTHOR, Training, ones

K = 5
LEAST = 1e-12
"""Products below it have an idf that is 0 but for rounding."""


@st.composite
def networks(draw: Any) -> Training:
    """A few people, posts and likes at random; some posts have no author, some people like nothing."""
    people, posts = draw(st.integers(2, 7)), draw(st.integers(1, 12))
    liked = sorted(draw(st.sets(st.tuples(st.integers(0, people - 1), st.integers(0, posts - 1)), max_size=40)))
    authors = draw(st.lists(st.integers(NO_AUTHOR, people - 1), min_size=posts, max_size=posts))
    return training(people, posts, liked, authors)


def training(people: int, posts: int, liked: list[tuple[int, int]], authors: list[int]) -> Training:
    pairs = np.array(liked, np.int64).reshape(-1, 2)
    return Training(
        [f"u{number:02}" for number in range(people)],
        [f"p{number:02}" for number in range(posts)],
        ones(pairs[:, 0], pairs[:, 1], (people, posts)),
        np.array(authors, np.int64),
        np.full(posts, NO_TIME, np.int64),
        ones(np.zeros(0, np.int64), np.zeros(0, np.int64), (people, people)),
    )


def ranked(network: Training, name: str) -> Ints:
    """What a baseline ranks for everybody."""
    scores = BASELINES[name](network, 0)
    everybody, candidates = np.arange(len(network.people)), np.ones(len(network.posts), np.bool_)
    return baselines.lists(network, scores, everybody, candidates, K, K, lambda done, total: None).ranked


def by_hand(network: Training, keys: dict[int, dict[int, Any]]) -> list[list[int]]:
    """The posts of each person by the least key, ties by post, without own and liked ones."""
    likes = network.likes.toarray()
    found = []
    for person, of_posts in keys.items():
        posts = [post for post in of_posts if not likes[person, post] and network.authors[post] != person]
        found.append(sorted(posts, key=lambda post: (of_posts[post], post))[:K])
    return found


def plain(found: Ints) -> list[list[int]]:
    return [[post for post in line if post != NO_POST] for line in found.tolist()]


@given(networks())
def test_popularity_is_the_number_of_likes(network: Training) -> None:
    likes = network.likes.toarray().sum(axis=0)
    keys = {person: dict(enumerate((-likes).tolist())) for person in range(len(network.people))}
    assert plain(ranked(network, "popularity")) == by_hand(network, keys)


@pytest.mark.long
@given(networks())
def test_owner_affinity_is_the_share_of_liked_posts_of_the_author_then_popularity(network: Training) -> None:
    likes, authors = network.likes.toarray(), network.authors
    keys: dict[int, dict[int, Any]] = {}
    for person in range(len(network.people)):
        keys[person] = {}
        for post, author in enumerate(authors):
            theirs = authors == author if author != NO_AUTHOR else np.zeros(len(authors), np.bool_)
            affinity = likes[person, theirs].sum() / (theirs.sum() + 3)
            keys[person][post] = (-float(affinity), -likes[:, post].sum())
    assert plain(ranked(network, "owner affinity")) == by_hand(network, keys)


def bm25_by_hand(likes: Floats) -> Floats:
    """Posts x people."""
    people, posts = likes.shape
    lengths = likes.sum(axis=0)
    weights = np.zeros((posts, people))
    for post in range(posts):
        for person in range(people):
            if likes[person, post]:
                idf = math.log(posts) - math.log1p(likes[person].sum())
                norm = 1.2 * (0.25 + 0.75 * lengths[post] / lengths.mean())
                weights[post, person] = 2.2 / (norm + 1) * idf
    return weights


@given(networks(), st.integers(1, 4))
def test_the_nearest_posts_have_the_largest_products(network: Training, keep: int) -> None:
    weights = bm25_by_hand(network.likes.toarray())
    assert baselines.bm25(network.likes).toarray() == pytest.approx(weights)
    found = baselines.nearest(baselines.bm25(network.likes), keep).toarray()
    products = weights @ weights.T
    np.fill_diagonal(products, 0)
    for post, row in enumerate(products):
        best = sorted((value for value in row if value > LEAST), reverse=True)[:keep]
        kept = np.flatnonzero(found[:, post] > LEAST)
        assert sorted(found[kept, post], reverse=True) == pytest.approx(best)
        assert found[kept, post] == pytest.approx(row[kept])


@pytest.mark.long
@given(networks())
def test_item_knn_sums_similarities_to_liked_posts(network: Training) -> None:
    likes = network.likes.toarray()
    weights = bm25_by_hand(likes)
    products = weights @ weights.T
    np.fill_diagonal(products, 0)
    scores = likes @ np.where(products > 0, products, 0)
    found = BASELINES["item-kNN"](network, 0)(np.arange(len(likes)))
    assert np.where(np.isinf(found), 0, found) == pytest.approx(scores)


@pytest.mark.long
@given(networks())
def test_ease_is_a_ridge_regression_of_each_post_on_the_others(network: Training) -> None:
    likes = network.likes.toarray().astype(np.float64)
    scores = np.zeros(likes.shape)
    for post in range(likes.shape[1]):
        others = np.delete(likes, post, axis=1)
        gram = others.T @ others + baselines.EASE_REGULARIZATION * np.eye(others.shape[1])
        scores[:, post] = others @ np.linalg.solve(gram, others.T @ likes[:, post])
    found = BASELINES["EASE"](network, 0)(np.arange(len(likes)))
    assert np.where(np.isinf(found), 0, found) == pytest.approx(scores)


def test_ease_refuses_too_many_posts_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselines, "EASE_BYTES", 8)
    with pytest.raises(CannotFit, match="2 posts with likes make a matrix"):
        baselines.ease(training(2, 3, [(0, 1), (1, 2)], [1, 0, 0]), 0)


def test_ease_needs_memory_for_three_matrices() -> None:
    network = training(2, 3, [(0, 1), (1, 2)], [1, 0, 0])
    needed = 3 * 2**2 * 8
    baselines.ease(network, 0, memory=needed)
    with pytest.raises(CannotFit, match=r"2 posts with likes need 0 MB of memory, and the limit is 0 MB"):
        baselines.ease(network, 0, memory=needed - 1)


@settings(max_examples=10)
@given(networks())
def test_als_is_the_product_of_the_factors(network: Training) -> None:
    found = factors(network.likes, seed=1)
    scores = BASELINES["ALS"](network, 0)(np.arange(len(network.people)))
    assert np.where(np.isinf(scores), 0, scores) == pytest.approx(found.people @ found.posts.T)


@pytest.mark.parametrize("name", BASELINES)
@settings(max_examples=15)
@given(network=networks())
def test_own_and_liked_posts_are_left_out_and_new_authors_are_new(name: str, network: Training) -> None:
    scores = BASELINES[name](network, 0)
    everybody, candidates = np.arange(len(network.people)), np.arange(len(network.posts)) % 4 != 3
    found = baselines.lists(network, scores, everybody, candidates, 50, 50, lambda done, total: None)
    likes = network.likes.toarray()
    for person, (every, new) in enumerate(zip(plain(found.ranked), plain(found.new_authors), strict=True)):
        assert not {*every} & {*np.flatnonzero(likes[person]), *np.flatnonzero(network.authors == person)}
        assert all(candidates[post] for post in every)
        liked_authors = {network.authors[post] for post in np.flatnonzero(likes[person])}
        assert new == [post for post in every if network.authors[post] not in {*liked_authors, NO_AUTHOR}]
    assert (baselines.of_new_authors(network, everybody, found.ranked, 50)[:, :50] == found.new_authors).all()


@pytest.mark.long
@given(networks(), st.integers(1, 40))
def test_lists_are_the_same_in_chunks_and_shorter_ones_are_prefixes(network: Training, size: int) -> None:
    whole = ranked(network, "popularity")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(baselines, "CHUNK_SCORES", size)
        patched.setattr(baselines, "CHUNK_POSTS", size)
        assert (ranked(network, "popularity") == whole).all()
        chunked = baselines.nearest(baselines.bm25(network.likes), 3)
    assert chunked.toarray() == pytest.approx(baselines.nearest(baselines.bm25(network.likes), 3).toarray())


@given(st.lists(st.sampled_from([-math.inf, 0.0, 1.0, 2.5]), min_size=1, max_size=20), st.integers(1, 25))
def test_the_top_is_that_of_a_stable_sort(values: list[float], k: int) -> None:
    expected = sorted((place for place, value in enumerate(values) if value > -math.inf), key=lambda p: -values[p])[:k]
    assert plain(baselines.top(np.array([values]), k)) == [expected]
