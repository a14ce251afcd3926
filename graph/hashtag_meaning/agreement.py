"""Whether two hashtags are used alike: by the same people, and beside the same other hashtags.

A dictionary does not know which of its words a hashtag means. Two spellings of one word stand among the same hashtags
(bike and biking: beside cycling and trail), two words among others (glass: window; glasses: eyewear). The likeness of
their surroundings is the cosine of two vectors, which have for each other hashtag the share of the people who use it
beside this one, weighed by how rare it is on the whole (inverse document frequency, Spärck Jones 1972). People count,
not posts.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

MIN_BOTH = 2
"""People who use both."""
MIN_USERS = 3
"""Users of each: of fewer, the surroundings are chance."""
MIN_LIKENESS = 0.5
"""Cosine of the surroundings."""
MIN_LIFT = 2.0
"""How many times as many people use both as would if each were used without regard to the other."""


@dataclass
class Uses:
    """Who uses a hashtag, and the hashtags beside it."""

    people: set[str] = field(default_factory=set)
    beside: Counter[str] = field(default_factory=Counter)
    """People who used each other hashtag on the same post."""


def uses(rows: Iterable[tuple[str, Iterable[str]]]) -> Uses:
    """Of pairs of a person and the other hashtags of their post with this one."""
    of_person: dict[str, set[str]] = {}
    for person, others in rows:
        of_person.setdefault(person, set()).update(others)
    return Uses(set(of_person), Counter(other for others in of_person.values() for other in others))


@dataclass(frozen=True)
class Agreement:
    """How alike two hashtags are used."""

    both: int
    """People who use both."""
    lift: float
    likeness: float

    @property
    def agrees(self) -> bool:
        return self.both >= MIN_BOTH and self.lift >= MIN_LIFT and self.likeness >= MIN_LIKENESS


NONE = Agreement(0, 0.0, 0.0)


@dataclass(frozen=True)
class Usage:
    """The network as it is for all hashtags."""

    people: int
    posts: Mapping[str, int]
    """Of each hashtag."""

    def agreement(self, names: tuple[str, str], one: Uses, other: Uses) -> Agreement:
        """How alike two hashtags are used; the hashtags themselves are not among what is beside them."""
        if min(len(one.people), len(other.people)) < MIN_USERS:
            return NONE
        both = len(one.people & other.people)
        lift = both * self.people / (len(one.people) * len(other.people))
        first, second = (self._vector(each, names) for each in (one, other))
        product = sum(weight * second[name] for name, weight in first.items() if name in second)
        norms = math.sqrt(sum(x * x for x in first.values()) * sum(x * x for x in second.values()))
        return Agreement(both, lift, product / norms if norms else 0.0)

    def _vector(self, uses: Uses, names: tuple[str, str]) -> dict[str, float]:
        total = max(self.posts.values(), default=1) + 1
        return {
            other: count / len(uses.people) * math.log(total / self.posts.get(other, 1))
            for other, count in uses.beside.items()
            if other not in names
        }
