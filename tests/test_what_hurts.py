"""Difficult networks: the tuned profile compared with the best baseline, without a server."""

import numpy as np
import pytest

from graph.background.arrays import Floats
from graph.background.blas import one_blas_thread
from graph.quality import baselines
from graph.quality.baselines import BASELINES
from graph.quality.metrics import HeldOut, mean, resampled_means
from graph.quality.tune import MEASURES, measures, tune_world, tuning_bytes
from graph.quality.twin import pools
from graph.quality.world import World
from graph.ranking.profiles import Profile, profile
from tests.worlds import Drawn, Taste

DEFAULT = profile("default")
SHAPES = {
    "everything": Taste(),
    "no authors": Taste(authors=False),
    "no follows": Taste(follows=False),
    "no hashtags": Taste(hashtags=False),
    "likes alone, without times": Taste(authors=False, follows=False, hashtags=False, timed=False),
    "50 people": Taste(people=50, posts=150, circles=3),
    "one like each": Taste(likes=3),
    "one circle": Taste(circles=1),
    "circles that never meet": Taste(circles=12, inside=0.98),
    "no times": Taste(timed=False),
    "one person with half of all likes": Taste(posts=6000, likes=12, hungry=3000),
}
SLACK = {"recall@20": 0.01, "recall@100": 0.05, "ndcg@20": 0.01}
"""How far the mean may be below that of the best baseline, beyond the interval: ranked lists have only the posts of the
pool, few if there are few likes, and baselines rank all posts."""


def of_baselines(drawn: Drawn, held_out: HeldOut) -> dict[str, Floats]:
    """People x MEASURES by baseline."""
    training, found = drawn.training(), {}
    everything = np.ones(len(training.posts), bool)
    for name, learned in BASELINES.items():
        lists = baselines.lists(
            training, learned(training, 0), held_out.people, everything, 100, 20, lambda done, total: None
        )
        found[name] = judged(dict(zip(held_out.people.tolist(), lists.ranked, strict=True)), held_out)
    return found


def of_profile(world: World, chosen: Profile, held_out: HeldOut) -> Floats:
    """People x MEASURES."""
    assert chosen.ranking is not None
    found = pools(world, chosen.ranking, chosen.ranking.batch, held_out.people, sources=chosen.sources)
    return judged({pool.person: pool.posts for pool in found}, held_out)


def judged(ranked: dict[int, np.ndarray], held_out: HeldOut) -> Floats:
    bounds = zip(held_out.people.tolist(), held_out.starts[:-1], held_out.starts[1:], strict=True)
    return np.array([measures(ranked[person], held_out.posts[start:end]) for person, start, end in bounds])


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_tuned_is_not_below_the_best_baseline(shape: str) -> None:
    with one_blas_thread():
        drawn = SHAPES[shape].drawn()
        world = drawn.world()
        people, posts = np.array(drawn.held_out).T
        held_out = HeldOut.of(people, posts)
        tuned = tune_world(world, [DEFAULT])
        mine, others = of_profile(world, tuned.profile, held_out), of_baselines(drawn, held_out)
    for place, name in enumerate(MEASURES):
        best = max(others, key=lambda each: others[each][:, place].mean())
        less = mine[:, [place]] - others[best][:, [place]]
        found = mean(less[:, 0], resampled_means(less, seed=0)[:, 0])
        assert found.high >= -SLACK[name], f"{name} by {best} is {-found.mean:.4f} higher"
    default = of_profile(world, DEFAULT, held_out)
    assert mine.mean() >= default.mean() - 0.005


def test_the_memory_of_a_tuning_grows_with_the_network() -> None:
    small, large = (
        tuning_bytes(*size, vector=256) for size in ((4_000, 30_000, 750_000), (100_000, 700_000, 3_000_000))
    )
    assert 300 << 20 < small < 1 << 30
    assert 2 << 30 < large < 8 << 30
    assert tuning_bytes(0, 0, 0, vector=256) < 1 << 30
