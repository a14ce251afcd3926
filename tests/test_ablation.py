"""Ablations without a server: features and sources left out, features that were tried, and the page."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from scipy import sparse

from graph.quality.ablation import LEFT_OUT, WHOLE, Ablation, Variant, ablate, without_feature
from graph.quality.ablation_page import HEADINGS, page
from graph.quality.alternatives import (
    ALTERNATIVES,
    DAMPING,
    follow_graph,
    hybrid_factors,
    liked_by_likers,
    of_everybody,
    pagerank,
)
from graph.quality.cold import cold_posts
from graph.quality.holdout import are_timed
from graph.quality.metrics import Mean
from graph.quality.ties import ties
from graph.ranking.profiles import FEATURES, FITTED, Ranking, profile
from graph.ranking.weights import person_weights
from tests.documents import table
from tests.worlds import NOW, Drawn, Taste

DEFAULT = profile("default")
LISTED = [source for source in DEFAULT.sources if source != "missed"]
"""The sources of ranked lists."""
assert DEFAULT.ranking is not None
RANKING = DEFAULT.ranking
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def found() -> Ablation:
    """The ablation of a network of 260 people in four circles."""
    drawn = Taste(people=260, posts=600, likes=18, circles=4).drawn()
    return ablate(drawn.world(), DEFAULT, drawn.pairs)


@pytest.mark.long
def test_every_feature_and_source_is_left_out_and_every_alternative_tried(found: Ablation) -> None:
    assert [row.name for row in found.zeroed] == [row.name for row in found.refitted] == [*LEFT_OUT]
    assert [row.name for row in found.sources] == LISTED
    assert [row.name for row in found.added] == [name for name in ALTERNATIVES if not name.startswith("hybrid")]
    assert {row.name.split()[0] for row in found.replaced} == {*ALTERNATIVES} - {
        "personalized",
        "personalized_weighted",
    }
    assert found.fitted_to >= 150
    assert found.people == 260


def test_changes_are_those_of_the_measures(found: Ablation) -> None:
    for row in (found.default, *found.zeroed, *found.refitted, *found.sources, *found.replaced, *found.added):
        for name in ("recall@20", "recall@100", "ndcg@20"):  # of discovery, not everybody has any
            difference = row.measures[name].mean - found.whole.measures[name].mean
            assert row.change[name].mean == pytest.approx(difference, abs=1e-12)
            assert row.change[name].low <= row.change[name].high
    assert all(change == Mean(0.0, 0.0, 0.0) for change in found.whole.change.values())


def test_similar_posts_are_the_most_useful_source_of_this_network(found: Ablation) -> None:
    by_name = {row.name: row.change["recall@100"] for row in found.sources}
    assert by_name["similar_posts"].high < 0
    assert min(by_name, key=lambda name: by_name[name].mean) == "similar_posts"


def test_the_page_has_a_line_for_each(found: Ablation) -> None:
    text = page(found, "a small network", "two likes a person", "default")
    assert text.startswith("# Ablation\n")
    for name in (*LEFT_OUT, *LISTED):
        assert f"| `{name}` | " in text
    for name in {*FEATURES} - {*LEFT_OUT}:
        assert f"`{name}`" in text.split("are not left out")[0].splitlines()[-1]
    assert "PageRank of the author from the person, weighted" in text
    assert "factors with hashtags and authors" in text
    assert "nan" not in text
    assert all(
        len({line.count("|") for line in table.split("\n")}) == 1 for table in text.split("\n\n") if table[0] == "|"
    )


def test_orders_are_compared_with_the_most_liked_and_with_unweighted_pagerank(found: Ablation) -> None:
    most_liked, unweighted, weighted = found.orders
    assert most_liked.overlap == unweighted.overlap_unweighted == 1
    assert most_liked.overlap_unweighted == unweighted.overlap < 1
    assert 0 < weighted.overlap_unweighted <= 1


FLOORS = {"Recall@20": 0.085, "Recall@100": 0.195, "NDCG@20": 0.036, "discovery": 0.038}
"""The least measures of the fitted profile on the held-out likes of the real network."""


def test_the_page_of_the_real_network_is_above_the_floors() -> None:
    """`make evaluate` writes the page, which is what was measured last."""
    [whole] = [row for row in table("docs/ablation.md", "") if row[0] == WHOLE]
    for name, cell in zip(HEADINGS.values(), whole[1:], strict=True):
        assert float(cell.split()[0]) >= FLOORS[name], name


def test_likes_without_times_are_reported_and_few_people_have_no_fit() -> None:
    drawn = Taste(people=60, posts=150, likes=8, circles=3, timed=False).drawn()
    found = ablate(drawn.world(), DEFAULT, drawn.pairs)
    assert (found.fitted_to, found.refitted, found.replaced, found.added) == (0, [], [], [])
    assert found.skipped == {"co-likers in time": "less than half of the likes have a time"}
    assert found.whole.measures == found.default.measures
    assert "There are too few people to fit to" in page(found, "a network", "likes", "default")


# --- Features left out


@pytest.mark.parametrize("name", LEFT_OUT)
@pytest.mark.parametrize("likes", [0, 20, 5_000])
def test_without_a_feature_it_has_no_weight_for_anybody(name: str, likes: int) -> None:
    left = without_feature(RANKING, name)
    assert Ranking.model_validate(left.model_dump()) == left
    weights = person_weights(left, likes)
    assert weights.known[name] == weights.never[name] == 0
    if name == "never":
        assert {feature: weights.known[feature] for feature in FITTED} == {
            feature: weights.never[feature] for feature in FITTED
        }


def test_a_variant_scores_with_alternatives_in_place_of_features_and_in_addition() -> None:
    features = np.random.default_rng(1).normal(size=(5, len(FEATURES)))
    features[:, FEATURES.index("never")] = [0, 1, 0, 1, 0]
    other = np.arange(5.0)
    plain = Variant("plain", RANKING).scores(30, features, {})
    weights = person_weights(RANKING, 30)
    slow = [
        sum((weights.never if row[FEATURES.index("never")] else weights.known)[name] * value for name, value in pairs)
        for row in features
        for pairs in [list(zip(FEATURES, row, strict=True))]
    ]
    assert plain == pytest.approx(slow)
    added = Variant("added", RANKING, added={"other": 0.5}).scores(30, features, {"other": other})
    assert added == pytest.approx(plain + 0.5 * other)
    replaced = Variant("replaced", RANKING, {"pop": "other"}).scores(30, features, {"other": other})
    changed = features.copy()
    changed[:, FEATURES.index("pop")] = other
    assert replaced == pytest.approx(Variant("plain", RANKING).scores(30, changed, {}))


# --- Features that were tried


def test_pagerank_is_that_of_networkx() -> None:
    rng = np.random.default_rng(3)
    pairs = [(a, b) for a in range(30) for b in range(a) if a != 7 and b != 7 and rng.random() < 0.15]
    weights = rng.uniform(1, 3, len(pairs))
    rows, columns = np.array(pairs).T
    one_way = sparse.csr_matrix((weights, (rows, columns)), shape=(30, 30))
    graph = (one_way + one_way.T).tocsr()
    undirected = nx.Graph()
    undirected.add_nodes_from(range(30))  # 7 has no tie
    undirected.add_weighted_edges_from((a, b, weight) for (a, b), weight in zip(pairs, weights, strict=True))
    everybody = nx.pagerank(undirected, alpha=DAMPING, tol=1e-12, max_iter=500)
    assert of_everybody(graph) == pytest.approx([everybody[node] for node in range(30)], abs=2e-3)
    assert pagerank(graph, np.full((30, 1), 1 / 30), steps=200).ravel() == pytest.approx(
        [everybody[node] for node in range(30)], abs=1e-9
    )
    mine = nx.pagerank(undirected, alpha=DAMPING, personalization={4: 1}, tol=1e-12, max_iter=500)
    found = pagerank(graph, np.eye(30)[:, [4]], steps=200).ravel()
    assert found == pytest.approx([mine[node] for node in range(30)], abs=1e-9)


def test_ties_are_weighted_by_likes_and_comments_both_ways() -> None:
    drawn = Drawn(people=3, authors=[1, 1, 2], likes=[(0, 0), (0, 1), (0, 2)], follows=[(0, 1), (2, 1)])
    comments = sparse.csr_matrix(([3.0], ([1], [0])), shape=(3, 3))
    plain = follow_graph(drawn.world(), comments, weighted=False).toarray()
    assert plain.tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    weighted = follow_graph(drawn.world(), comments, weighted=True).toarray()
    tie = 1 + np.log(1 + 2 + 2 * 3)
    assert weighted == pytest.approx(np.array([[0, tie, 0], [tie, 0, 1], [0, 1, 0]]))


def test_hashtags_give_factors_to_posts_that_nobody_likes() -> None:
    likes = [(person, post) for person in range(12) for post in range(person % 2, 10, 2)]
    tags = [(post, post % 2) for post in range(12)]  # nobody likes posts 10 and 11
    world = Drawn(people=12, authors=[0] * 12, likes=likes, tags=tags).world()
    people, posts = hybrid_factors(world)
    assert (people.shape[0], posts.shape[0]) == (12, 12)
    assert people[0] @ posts[10] > people[0] @ posts[11]
    assert people[1] @ posts[11] > people[1] @ posts[10]
    assert not world.learned.post_factors[10].any()


def test_in_time_are_likes_before_mine_or_within_a_day_after() -> None:
    mine = NOW - 100 * HOUR_MS
    times = {0: mine, 1: mine - HOUR_MS, 2: mine + 24 * HOUR_MS, 3: mine + 24 * HOUR_MS + 1}
    likes = [(person, 0) for person in range(4)] + [(person, person) for person in range(1, 4)]
    at = [*times.values(), *[NOW - HOUR_MS] * 3]
    world = Drawn(people=4, authors=[-1] * 4, likes=likes, liked_at=at).world()
    likers = world.likes.turned(4)
    found = {
        in_time: liked_by_likers(world.likes, likers, np.ones(4), 0, NOW, in_time=in_time).tolist()
        for in_time in (False, True)
    }
    assert found == {False: [0, 1, 1, 1], True: [0, 1, 1, 0]}
    untimed = Drawn(people=4, authors=[-1] * 4, likes=likes).world()
    assert are_timed(world.likes.at)
    assert not are_timed(untimed.likes.at)
    assert liked_by_likers(untimed.likes, likers, np.ones(4), 0, NOW, in_time=True).tolist() == [0, 1, 1, 1]


def test_cold_starts_are_ranked_by_what_else_is_known() -> None:
    drawn = Taste(people=120, posts=400, likes=12, circles=4, inside=0.95).drawn()
    world = drawn.world()
    found = cold_posts(world, RANKING, 1_000, 0)
    assert len({len(each) for each in found.values()}) == 1
    assert found["hashtags in common"].mean() > found["likes of the author"].mean()
    assert cold_posts(Drawn(people=2, authors=[0, 1], likes=[]).world(), RANKING, 10, 0) == {}


def test_with_pictures_cold_starts_are_ranked_by_what_is_known_of_those_that_look_alike() -> None:
    taste = Taste(people=120, posts=1600, likes=40, circles=4, inside=0.95, hashtags=False)
    circles = np.array(taste.drawn().authors) % 4
    world = replace(taste, authors=False).drawn().world()
    assert "content with pictures" not in cold_posts(world, RANKING, 1_000, 0)
    near = [np.flatnonzero(circles == circle)[:10] for circle in circles]
    looks = ties(np.repeat(np.arange(1600), 10), np.concatenate(near), 1600, numbers=np.full(16_000, 0.8))
    found = cold_posts(replace(world, looks=looks), RANKING, 1_000, 0)
    assert found["content with pictures"].mean() > 1.3 * found["content"].mean(), found
