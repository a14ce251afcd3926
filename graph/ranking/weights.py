"""The weights of one person, which depend on how much they like; and the parts that they make of features."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from graph.ranking.profiles import FEATURES, FITTED, Ranking

CENTRE_LOG_LIKES = 4.0
"""ln(1 + likes) of somebody to whom no slope is applied: 54 likes."""

Weights = Mapping[str, float]
"""By the names of the features."""


@dataclass(frozen=True)
class PersonWeights:
    """What each feature counts for one person."""

    known: Weights
    """Of a post of an author of whom they liked something, or that has no author."""
    never: Weights
    """Of a post of an author of whom they liked nothing."""

    def parts(self, features: Mapping[str, float]) -> dict[str, float]:
        """The part of each feature in the score, which is their sum. Of features that are not known to it, 0."""
        weights = self.never if features.get("never") else self.known
        return {name: weights.get(name, 0.0) * value for name, value in features.items()}


def person_weights(ranking: Ranking, likes: int) -> PersonWeights:
    """The weights of somebody with so many likes: max(0, weight + slope * (ln(1 + likes) - 4) + never).

    The weights of the features that nobody fitted are the profile's. ln(1 + likes) is cut to the people of the fit.
    """
    low, high = ranking.log_likes
    away = min(max(math.log(1 + likes), low), high) - CENTRE_LOG_LIKES
    plain, slopes, never = (table.model_dump() for table in (ranking.weights, ranking.slopes, ranking.never))
    known = {name: max(0.0, plain[name] + slopes[name] * away) for name in FITTED}
    other = {name: max(0.0, plain[name] + slopes[name] * away + never[name]) for name in FITTED}
    rest = {name: plain[name] for name in FEATURES if name not in FITTED}
    return PersonWeights(known | rest, other | rest)
