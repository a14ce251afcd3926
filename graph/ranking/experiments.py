"""Experiments: a share of people gets another profile, or a share of a source's posts is held out, by stable hashes.

Assignment needs no storage: it depends on the experiment's name and the person (or post) alone, so it is the same in
each process, and the treated stay treated while the share grows. Slates store the arm that they were served in.
"""

import json
import re
from dataclasses import dataclass
from hashlib import blake2b

from graph.ranking.sources import RENAMED, SOURCES

TREATED, CONTROL = "treated", "control"
"""The arms of an experiment, which are people."""
HELD, OPEN = "held", "open"
"""The arms of a holdout, which are posts that the source retrieves for a person."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Experiment:
    """A share of people gets another profile, unless the request names one."""

    name: str
    profile: str
    """The profile of the treated."""
    share: float
    """From 0 to 1."""

    @classmethod
    def parse(cls, text: str) -> "Experiment":
        """The experiment from 'name:profile:share'. Raises ValueError."""
        return cls(*_parsed(text, "name:profile:share, such as warmer:warm:0.1"))

    def arm(self, user: str) -> str:
        """The arm of a person."""
        return TREATED if _uniform(self.name, user) < self.share else CONTROL


@dataclass(frozen=True)
class Holdout:
    """A share of the posts of one source is held out, by person and post: only another source can bring these posts.

    The difference in likes between open and held posts is what the source adds.
    """

    name: str
    source: str
    share: float
    """From 0 to 1."""

    @classmethod
    def parse(cls, text: str) -> "Holdout":
        """The holdout from 'name:source:share'. Raises ValueError."""
        name, source, share = _parsed(text, "name:source:share, such as no-trending:trending:0.5")
        found = cls(name, RENAMED.get(source, source), share)
        if found.source not in SOURCES:
            raise ValueError(f"unknown source {found.source!r}; use one of {', '.join(SOURCES)}")
        return found

    def holds(self, user: str, post: str) -> bool:
        """Returns True if a post of the source is held out for a person."""
        return _uniform(self.name, user, post) < self.share


@dataclass(frozen=True)
class Trials:
    """The experiment and the holdout that run now."""

    experiment: Experiment | None = None
    holdout: Holdout | None = None

    @classmethod
    def parse(cls, experiment: str | None, holdout: str | None) -> "Trials":
        """The trials from GRAPHFEED_EXPERIMENT and GRAPHFEED_HOLDOUT. Raises ValueError."""
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


def _uniform(*parts: str) -> float:
    """A stable pseudorandom number in [0, 1) for some texts."""
    digest = blake2b(json.dumps(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
