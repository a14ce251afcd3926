"""Every constant of the score of the profile `default`, as its definition has it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

PERSONAL = ("lists", "factors", "fastrp", "rate", "followed", "proof", "pop", "trend", "tag")
"""Features whose weight is the person's own."""
PLAIN = ("content", "recency", "affinity", "prior", "feedback")
FEATURES = (*PERSONAL, "never", *PLAIN)

OF_PERSONAL = {  # weight, slope, never column
    "lists": (0.85, 0.07, -0.16),
    "factors": (2.29, -0.79, 1.56),
    "fastrp": (5.35, -0.26, 0.2),
    "rate": (0.66, 0, -0.13),
    "followed": (0.39, -0.22, 1.31),
    "proof": (0.22, -0.11, 0.12),
    "pop": (0.02, -0.06, 0.24),
    "trend": (0.5, 0, 0),
    "tag": (0.08, -0.03, 0.05),
}
OF_PLAIN = {"content": 12.0, "recency": 1.0, "affinity": 0.03, "prior": 1.0, "feedback": 1.0}
HIDE_REASONS = {"seen_too_often": -0.3, "not_interested": -1.0, "spam": -2.0, "offensive": -2.0, "report": -3.0}
PRIORS = {
    "followees": 1.35,
    "liked_by_followees": 1.02,
    "friends_of_friends": 1.01,
    "similar_posts": 1.0,
    "liked_authors": 1.0,
    "interests": 0.99,
    "new_posts": 0.99,
    "looks_alike": 0.98,
    "popular": 0.5,
    "trending": 0.5,
    "newest": 0.5,
}


@dataclass(frozen=True)
class Constants:
    """Weights, smoothings, half-lives, bounds. A test changes some of them by `Constants.of`."""

    weights: Mapping[str, float] = field(
        default_factory=lambda: {**{name: given[0] for name, given in OF_PERSONAL.items()}, **OF_PLAIN}
    )
    slopes: Mapping[str, float] = field(default_factory=lambda: {name: given[1] for name, given in OF_PERSONAL.items()})
    never: Mapping[str, float] = field(default_factory=lambda: {name: given[2] for name, given in OF_PERSONAL.items()})
    constant: float = -1.72  # the weight of the feature `never`
    low: float = 0.0  # ln(1 + my likes) is cut to these two
    high: float = math.inf
    centre: float = 4.0

    lists_smoothing: float = 0.3
    rate_likes: float = 0.05
    rate_posts: float = 3.0
    proof_smoothing: float = 1.0
    pop_smoothing: float = 2.0
    trend_smoothing: float = 0.05
    tag_smoothing: float = 20.0
    recency_smoothing: float = 1e-3
    affinity_smoothing: float = 1e-4

    recency_days: float = 7.0  # these three are half-lives
    trend_days: float = 90.0
    hide_days: float = 14.0

    hide: float = -1.0  # of a hide whose reason is not below
    hide_reasons: Mapping[str, float] = field(default_factory=HIDE_REASONS.copy)
    save: float = 2.0  # in likes
    share: float = 2.0
    more_like: float = 3.0
    stay: float = 0.3  # in likes
    leave: float = -0.3  # in hides
    stay_share: float = 1.0  # of the usual time of a view
    leave_share: float = 0.25
    views_read: int = 500
    more: float = 3.0  # of a hashtag
    less: float = 3.0
    priors: Mapping[str, float] = field(default_factory=PRIORS.copy)

    likes_read: int = 5000  # of a person, in the order of the store
    lists_likes: int = 100
    tag_likes: int = 100
    rate_likes_read: int = 1000
    proof_followees: int = 200
    proof_likes: int = 50
    tag_hashtags: int = 20
    fold_likes: int = 200

    alpha: float = 10.0  # of the matrix factorization, as is the next
    regularization: float = 0.05

    def __post_init__(self) -> None:
        """Fails at a name that is misspelt, or forgotten."""
        for given, names in ((self.weights, PERSONAL + PLAIN), (self.slopes, PERSONAL), (self.never, PERSONAL)):
            assert set(given) == set(names), f"numbers for {sorted(given)}, not for {sorted(names)}"

    @classmethod
    def of(cls, changes: Mapping[str, Any]) -> Constants:
        """The constants with changes by name; of one that is a mapping, the entries not given stay as they are."""
        defaults = cls()
        merged: dict[str, Any] = {
            name: {**getattr(defaults, name), **value} if isinstance(value, Mapping) else value
            for name, value in changes.items()
        }
        return replace(defaults, **merged)
