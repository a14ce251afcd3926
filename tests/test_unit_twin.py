"""The parts of the twin without a server: ties, and FastRP compared with a slow and plain form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.quality.fastrp import fastrp, random_vectors, undirected, unit
from graph.quality.ties import Ties, no_ties, ties
from graph.ranking.profiles import VectorSettings

SETTINGS = VectorSettings(size=512, iteration_weights=(0.0, 1.0, 0.5), normalization=-0.5)
ROWS = 4
ENTRIES = st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(0, 5), st.integers(-9, 9)), max_size=20)
CHOSEN = st.lists(st.integers(0, ROWS - 1), max_size=6)


def made(entries: list[tuple[int, int, int]]) -> Ties:
    rows, others, at = np.array(entries, np.int64).reshape(-1, 3).T
    return ties(rows, others, ROWS, at=at)


def lists(given: Ties) -> list[list[tuple[int, int]]]:
    """The entries of each row as pairs of the other node and the time."""
    entries = [given.of(row) for row in range(len(given))]
    return [list(zip(given.others[each].tolist(), given.at[each].tolist(), strict=True)) for each in entries]


def slow(entries: list[tuple[int, int, int]]) -> list[list[tuple[int, int]]]:
    return [[(other, at) for row, other, at in entries if row == one] for one in range(ROWS)]


@given(entries=ENTRIES, chosen=CHOSEN, most=st.none() | st.integers(0, 4))
def test_ties_keep_the_order_of_each_row(
    entries: list[tuple[int, int, int]], chosen: list[int], most: int | None
) -> None:
    found, wanted = made(entries), slow(entries)
    assert lists(found) == wanted
    places, owners = found.of_each(np.array(chosen, np.int64), most)
    given = [(owner, other) for owner, row in enumerate(chosen) for other, _ in wanted[row][:most]]
    assert list(zip(owners.tolist(), found.others[places].tolist(), strict=True)) == given
    assert found.others_of(np.array(chosen, np.int64), most).tolist() == [other for _, other in given]
    for row in range(ROWS):
        assert found.others[found.of(row, most)].tolist() == [other for other, _ in wanted[row][:most]]
        assert found.others_at(row).tolist() == [other for other, _ in wanted[row]]


@given(entries=ENTRIES, most=st.integers(0, 4))
def test_ties_are_cut_filtered_ordered_and_transposed(entries: list[tuple[int, int, int]], most: int) -> None:
    found, wanted = made(entries), slow(entries)
    assert lists(found.first(most)) == [row[:most] for row in wanted]
    assert lists(found.kept(found.at > 0)) == [[entry for entry in row if entry[1] > 0] for row in wanted]
    falling = -np.arange(6)
    assert lists(found.in_order(falling)) == [sorted(row, key=lambda entry: -entry[0]) for row in wanted]
    turned = [[(row, at) for row in range(ROWS) for other, at in wanted[row] if other == one] for one in range(6)]
    assert lists(found.turned(6)) == turned


def test_no_ties() -> None:
    none = no_ties(3)
    assert len(none) == 3
    assert none.counts.tolist() == [0, 0, 0]
    assert none.others_of(np.array([2, 0])).tolist() == []


def drawn(size: int = 12, seed: int = 2) -> list[tuple[int, int]]:
    """Relationships among all nodes but the last, two of them parallel."""
    rng = np.random.default_rng(seed)
    found = [(a, b) for a in range(size - 1) for b in range(a) if rng.random() < 0.4]
    return [*found, found[0]]


def test_fastrp_is_the_weighted_sum_of_means_of_neighbours() -> None:
    size, pairs = 12, drawn()
    starts, ends = np.array(pairs).T
    found = fastrp(undirected(size, (starts, ends)), SETTINGS, seed=5)
    neighbours = [[b if a == node else a for a, b in pairs if node in (a, b)] for node in range(size)]
    degrees = np.array([max(1, len(each)) for each in neighbours])
    vectors = random_vectors(size, SETTINGS.size, 5) * degrees[:, np.newaxis] ** SETTINGS.normalization
    wanted = np.zeros((size, SETTINGS.size))
    for weight in SETTINGS.iteration_weights:
        vectors = np.array([np.mean(vectors[each], axis=0) if each else 0 * vectors[0] for each in neighbours])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        wanted += weight * vectors / np.where(lengths > 0, lengths, 1)
    assert found == pytest.approx(wanted, abs=1e-5)
    assert not found[-1].any()
    assert found.dtype == np.float32


def test_random_vectors_are_sparse_and_of_length_1_on_average() -> None:
    vectors = random_vectors(500, 300, 1)
    assert np.count_nonzero(vectors) / vectors.size == pytest.approx(1 / 3, abs=0.01)
    assert vectors.mean() == pytest.approx(0, abs=1e-3)
    assert np.linalg.norm(vectors, axis=1).mean() == pytest.approx(1, abs=0.01)


def test_a_seed_gives_the_same_fastrp_vectors_and_another_similar_ones() -> None:
    starts, ends = np.array(drawn(40)).T
    graph = undirected(40, (starts, ends))
    one, same, other = (fastrp(graph, SETTINGS, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    ours, theirs = (unit(each) @ unit(each).T for each in (one, other))
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.9


def test_nodes_of_a_cluster_have_similar_vectors() -> None:
    pairs = [(a, b) for crowd in (0, 10) for a in range(crowd, crowd + 10) for b in range(crowd, a)]
    starts, ends = np.array(pairs).T
    vectors = unit(fastrp(undirected(20, (starts, ends)), SETTINGS, seed=1))
    cosines = vectors @ vectors.T
    assert min(cosines[:10, :10].min(), cosines[10:, 10:].min()) > 0.7
    assert np.abs(cosines[:10, 10:]).max() < 0.3
