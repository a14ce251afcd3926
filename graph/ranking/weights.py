"""The weights of one person, by their number of likes, and the parts of a score: weights times features."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from graph.ranking.profiles import FEATURES, FITTED, Profile, Ranking

CENTRE_LOG_LIKES = 4.0
"""ln(1 + likes) where slopes are 0: 54 likes."""

CLOSER = {"followed": 4.0, "affinity": 0.5}
"""What the dial `closer` adds at 1 to the weights of features of nearness. Scores of a pool spread by about 2, and the
logarithm of affinity by 4, so that at 1 most posts are by followees, if they have as many, and at -1 few are."""

Weights = Mapping[str, float]
"""Weights by feature."""


@dataclass(frozen=True)
class PersonWeights:
    """The weights of features for one person."""

    known: Weights
    """For posts of authors whose posts the person liked, and posts without an author."""
    never: Weights
    """For posts of authors whose posts the person never liked."""

    def closer(self, amount: float) -> "PersonWeights":
        """These weights, shifted towards posts of people near to the person, or with a negative amount away from them.

        1 adds to the score of a followee's post what a good post has more than an average one; see CLOSER.
        """
        if not amount:
            return self
        known, never = (
            {**weights, **{name: weights[name] + amount * shift for name, shift in CLOSER.items()}}
            for weights in (self.known, self.never)
        )
        return PersonWeights(known, never)

    def parts(self, features: Mapping[str, float]) -> dict[str, float]:
        """The parts of a score by feature; the score is their sum. A feature without a weight has the part 0."""
        weights = self.never if features.get("never") else self.known
        return {name: weights.get(name, 0.0) * value for name, value in features.items()}


def ranks_by_nearness(profile: Profile) -> bool:
    """True if the dial `closer` works with a profile."""
    return profile.ranking is not None and any(getattr(profile.ranking.weights, name) for name in CLOSER)


def person_weights(ranking: Ranking, likes: int) -> PersonWeights:
    """The weights of a person with this number of likes: max(0, weight + slope * (ln(1 + likes) - 4) + never).

    Features outside FITTED have the profile's weights. ln(1 + likes) is clipped to the range of the fit.
    """
    low, high = ranking.log_likes
    away = min(max(math.log(1 + likes), low), high) - CENTRE_LOG_LIKES
    plain, slopes, never = (table.model_dump() for table in (ranking.weights, ranking.slopes, ranking.never))
    known = {name: max(0.0, plain[name] + slopes[name] * away) for name in FITTED}
    other = {name: max(0.0, plain[name] + slopes[name] * away + never[name]) for name in FITTED}
    rest = {name: plain[name] for name in FEATURES if name not in FITTED}
    return PersonWeights(known | rest, other | rest)
