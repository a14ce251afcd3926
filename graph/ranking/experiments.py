"""Experiments: a share of people gets another profile, or a share of a source's posts is held out, by stable hashes.

Nothing is stored to know who is in which arm: a person is in the same one in every process, for as long as the
experiment has its name, and whoever is treated stays so while the share grows. Slates keep the arm that they were of.
"""

import json
import re
from dataclasses import dataclass
from hashlib import blake2b

from graph.ranking.sources import SOURCES

TREATED, CONTROL = "treated", "control"
"""The arms of an experiment: people."""
HELD, OPEN = "held", "open"
"""The arms of a holdout: posts that the source brings a person."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Experiment:
    """A share of people gets another profile, where they ask for none by name."""

    name: str
    profile: str
    """Of the treated."""
    share: float
    """From 0 to 1."""

    @classmethod
    def parse(cls, text: str) -> "Experiment":
        """The experiment of 'name:profile:share'. Raises ValueError."""
        return cls(*_parsed(text, "name:profile:share, such as warmer:warm:0.1"))

    def arm(self, user: str) -> str:
        """The arm of a person."""
        return TREATED if _place(self.name, user) < self.share else CONTROL


@dataclass(frozen=True)
class Holdout:
    """A share of the posts of one source is held out, another share of it for each person: they get these posts only
    where another source brings them. What is liked less of them than of the others, the source adds."""

    name: str
    source: str
    share: float
    """From 0 to 1."""

    @classmethod
    def parse(cls, text: str) -> "Holdout":
        """The holdout of 'name:source:share'. Raises ValueError."""
        found = cls(*_parsed(text, "name:source:share, such as no-rising:rising:0.5"))
        if found.source not in SOURCES:
            raise ValueError(f"there is no source {found.source!r}; use one of {', '.join(SOURCES)}")
        return found

    def holds(self, user: str, post: str) -> bool:
        """Returns True if a post of the source is held out for a person."""
        return _place(self.name, user, post) < self.share


@dataclass(frozen=True)
class Trials:
    """All that is tried at present."""

    experiment: Experiment | None = None
    holdout: Holdout | None = None

    @classmethod
    def parse(cls, experiment: str | None, holdout: str | None) -> "Trials":
        """Those of GRAPHFEED_EXPERIMENT and GRAPHFEED_HOLDOUT. Raises ValueError."""
        return cls(Experiment.parse(experiment) if experiment else None, Holdout.parse(holdout) if holdout else None)


def _parsed(text: str, form: str) -> tuple[str, str, float]:
    name, _, rest = text.partition(":")
    what, _, share = rest.rpartition(":")
    try:
        number = float(share)
    except ValueError:
        number = -1
    if not _NAME.fullmatch(name) or not what or not 0 <= number <= 1:
        raise ValueError(f"it must be {form}: a name of a-z, 0-9, - and _, and a share from 0 to 1")
    return name, what, number


def _place(*parts: str) -> float:
    """A number from 0 to 1, exclusive, that is the same for the same texts, and like drawn at random for others."""
    digest = blake2b(json.dumps(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
