"""Newcomers: posts that few people have seen yet, of authors whom few follow. One of them has a place in each page.

Which one is chosen by Thompson sampling (Thompson 1933, "On the Likelihood that One Unknown Probability Exceeds
Another"): of each newcomer, the share of people who will like it is drawn from what is known of it, and the largest
wins. A newcomer that nobody was shown yet may be good, so it is tried; one that many were shown and few liked is not.

Newcomers are drawn from the candidates that are ranked: the best of those that were retrieved, and the best of each
source. So they are among the better part for the person already, though by score alone hardly any would be shown:
nothing was learned of them yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Reals = NDArray[np.float64]

POINTS = 400
"""At which densities are evaluated: denser towards 0, where the shares of most posts are."""
_ROOTS = (np.arange(POINTS) + 0.5) / POINTS
_SHARES = _ROOTS**2
_LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class Audience:
    """How many people have seen a post and its author."""

    followers: int
    """Of its author."""
    impressions: int
    """The people who were shown it or viewed it, as the last build counted them."""
    likes: int
    """Those of them who like it."""


class Newcomers(BaseModel):
    """Which posts are newcomers, and what is known of one that nobody was shown yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    impressions: int = Field(default=0, ge=0)
    """A newcomer has fewer impressions; with 0, no post is one."""
    followers: int = Field(default=100, ge=0)
    """The most followers of its author."""
    prior_likes: float = Field(default=1.0, gt=0)
    """Likes that each post is taken to have among `prior_impressions`, besides its own."""
    prior_impressions: float = Field(default=20.0, gt=1)

    def include(self, audience: Audience) -> bool:
        return audience.impressions < self.impressions and audience.followers <= self.followers

    def is_known(self, likes: int) -> bool:
        """True for a post with so many likes that by the prior enough people have seen it: not all views are told."""
        return likes * self.prior_impressions / self.prior_likes >= self.impressions


def best_of(audiences: Sequence[Audience], settings: Newcomers) -> Reals:
    """The probability of each newcomer to win: that its share of likes, drawn from the beta distribution that its
    likes and impressions leave, is the largest. They add up to 1.

    They are integrated, rather than the shares drawn, so that the propensity of the draw is known.
    """
    impressions = np.array([audience.impressions for audience in audiences], np.float64)
    likes = np.minimum([audience.likes for audience in audiences], impressions)
    a = settings.prior_likes + likes
    b = np.maximum(settings.prior_impressions - settings.prior_likes, 1e-3) + impressions - likes
    logs = np.outer(a - 1, np.log(_SHARES)) + np.outer(b - 1, np.log1p(-_SHARES))
    logs += np.log(_ROOTS)  # a step of the root is one of 2 root times that of the share
    density = np.exp(logs - logs.max(axis=1, keepdims=True))
    density /= density.sum(axis=1, keepdims=True)
    below = np.log(np.maximum(density.cumsum(axis=1) - density / 2, _LEAST))
    wins = density * np.exp(below.sum(axis=0) - below)
    sums = np.maximum(wins.sum(axis=1), _LEAST)
    found: Reals = sums / sums.sum()
    return found
