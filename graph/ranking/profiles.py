"""Profiles: named sets of the weights and constants that rank a feed. profiles.toml says what each one means."""

import hashlib
import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from graph.errors import SettingsError
from graph.ranking.mixing import Mixing
from graph.ranking.sources import FALLBACK, RENAMED, SOURCES, TUTORIAL

MIXED = "mixed"
"""The name, in place of a source, for a draw from all sources."""

FITTED = ("lists", "factors", "fastrp", "rate", "followed", "proof", "pop", "trend", "tag")
"""The features whose weights depend on the person's number of likes, and on whether they ever liked the author."""
FEATURES = (*FITTED, "never", "content", "recency", "affinity", "prior", "feedback")
"""All features: a score is their weighted sum. Slates store them in this order."""


class Constants(BaseModel):
    """A table of a profile. Unknown names are errors, so that typos are found."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, allow_inf_nan=False
    )

    def params(self) -> dict[str, Any]:
        """The constants as parameters of statements, with names in camelCase."""
        return self.model_dump(by_alias=True)


class FittedWeights(Constants):
    """Amounts that are added to the weights of the fitted features."""

    lists: float = 0.0
    factors: float = 0.0
    fastrp: float = 0.0
    rate: float = 0.0
    followed: float = 0.0
    proof: float = 0.0
    pop: float = 0.0
    trend: float = 0.0
    tag: float = 0.0


class Weights(Constants):
    """The weight of each feature."""

    lists: float
    factors: float
    fastrp: float
    rate: float
    followed: float
    proof: float
    pop: float
    trend: float
    tag: float
    never: float
    content: float = Field(0.0, ge=0)  # for files of profiles that are older than it is
    recency: float
    affinity: float
    prior: float
    feedback: float


class Smoothing(Constants):
    """Amounts that are added before a logarithm or division, so that nothing is zero."""

    lists: float = Field(gt=0)
    rate_likes: float = Field(gt=0)
    rate_posts: float = Field(gt=0)
    proof: float = Field(gt=0)
    pop: float = Field(gt=0)
    trend: float = Field(gt=0)
    tag: float = Field(gt=0)
    recency: float = Field(gt=0)
    affinity: float = Field(gt=0)


class Feedback(Constants):
    """The weights of acts other than likes: in likes, but for hides and wishes about hashtags."""

    save: float = Field(2.0, ge=0)  # these seven have defaults for files of profiles that are older than they are
    share: float = Field(2.0, ge=0)
    more_like: float = Field(3.0, ge=0)
    stay: float = Field(0.3, ge=0)
    leave: float = Field(-0.3, le=0)
    stay_share: float = Field(1.0, ge=0)
    leave_share: float = Field(0.25, ge=0)
    hide: float = Field(le=0)
    hide_half_life_days: float = Field(gt=0)
    pick: float = Field(ge=0)
    more: float = Field(ge=0)
    less: float = Field(ge=0)
    hide_reasons: dict[str, Annotated[float, Field(le=0)]]

    @property
    def acts(self) -> dict[str, float]:
        """The weight in likes of each act upon a post, by the type of its relationship."""
        return {"LIKED": 1.0, "SAVED": self.save, "SHARED": self.share, "MORE_LIKE": self.more_like}

    @property
    def stay_share_of_reasons(self) -> float:
        """The share of the usual time from which a look is a reason: infinite where looks do not count."""
        return self.stay_share if self.stay else math.inf

    def params(self) -> dict[str, Any]:
        """The constants as parameters of statements, with `acts`."""
        return {**super().params(), "acts": self.acts}


class SlateSettings(Constants):
    """The lifetime of a slate in days, and the number of last slates whose authors count as shown."""

    days: float = Field(gt=0)
    remembered: int = Field(ge=0)


class AffinitySettings(Constants):
    """Constants of affinity, which the builder computes."""

    keep: int = Field(ge=2)
    walks: int = Field(ge=1)
    steps: int = Field(ge=1)
    damping: float = Field(gt=0, lt=1)
    comment_weight: float = Field(ge=0)


class Retrieval(Constants):
    """The numbers of candidates that are retrieved, scored and ranked."""

    pool: int = Field(ge=1, le=5000)
    best: int = Field(ge=1, le=1000)
    each: int = Field(ge=0, le=100)
    quotas: dict[str, Annotated[int, Field(ge=0, le=5000)]]

    def at_least(self, posts: int) -> "Retrieval":
        """A copy that is large enough to rank this number of posts."""
        return self.model_copy(update={"pool": max(self.pool, posts), "best": max(self.best, posts)})


class VectorSettings(Constants):
    """Constants of FastRP, the vectors of people and posts."""

    size: int = Field(ge=1)
    iteration_weights: Annotated[tuple[float, ...], Field(min_length=1)]
    normalization: float


class Bounds(Constants):
    """Limits on what a request reads, however large the graph is."""

    stored: int = Field(ge=1)
    likes: int = Field(ge=1)
    likes_of_authors: int = Field(ge=1)
    likes_of_factors: int = Field(ge=1)
    seen: int = Field(ge=1)
    followees: int = Field(ge=1)
    likes_of_followee: int = Field(ge=1)
    scanned: int = Field(ge=1)
    posts: int = Field(ge=1)
    authors: int = Field(ge=1)
    interests: int = Field(ge=1)
    hashtags: int = Field(ge=1)
    hides: int = Field(ge=1)
    views: int = Field(500, ge=1)


class Ranking(Constants):
    """The constants of a profile whose score is a sum of weighted features."""

    weights: Weights
    slopes: FittedWeights
    never: FittedWeights
    log_likes: tuple[float, float]
    smoothing: Smoothing
    priors: dict[str, Annotated[float, Field(gt=0)]]
    page: Retrieval
    batch: Retrieval
    bounds: Bounds
    feedback: Feedback
    mixing: Mixing
    slate: SlateSettings
    affinity: AffinitySettings
    vectors: VectorSettings
    half_life_days: float = Field(gt=0)
    trend_half_life_days: float = Field(gt=0)
    served_days: float = Field(ge=0)
    min_likers: int = Field(ge=1)
    seldom_posts: int = Field(2, ge=1, le=10)  # these two have defaults for older files of profiles
    seldom_days: float = Field(30, gt=0, le=1e6)
    name_strangers: bool
    pool_share: float = Field(ge=0, le=1)
    budget_ms: int = Field(ge=1)

    @property
    def learns(self) -> bool:
        """True if scores depend on what was learned: on more than whom the person follows, and times."""
        tables = (self.weights, self.slopes, self.never)
        return any(
            weight
            for table in tables
            for name, weight in table.model_dump().items()
            if name not in ("followed", "recency")
        )

    @property
    def features_hash(self) -> str:
        """Twelve hex digits that change with the constants of features. Profiles with the same compute the same
        features, but for `prior`, which follows from the sources."""
        constants = ("smoothing", "feedback", "bounds", "affinity", "vectors", "half_life_days", "trend_half_life_days")
        return _hash({**self.model_dump(include={*constants}), "features": FEATURES})


class Profile(BaseModel):
    """A named set of the weights and constants that rank a feed; see profiles.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: str
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    default_source: str
    window_days: float = Field(gt=0, le=1e6)
    oldest_days: float | None = Field(default=None, gt=0, le=1e6)
    """The window that stands for any age; None if posts of any age are ranked without their age."""
    history_days: float = Field(gt=0, le=1e6)
    limit: int = Field(ge=1, le=1000)
    per_source: int = Field(ge=1, le=1000)
    ranking: Ranking | None = None
    """None for the tutorial's formula, whose statements contain its constants."""

    @model_validator(mode="after")
    def _has_known_sources(self) -> Self:
        known = {*SOURCES} if self.ranking else {*TUTORIAL}
        if unknown := {*self.sources} - known or {self.default_source} - {*self.sources, MIXED}:
            raise ValueError(f"unknown source {min(unknown)!r}")
        if self.ranking and (without := {*self.sources, FALLBACK} - self.ranking.priors.keys()):
            raise ValueError(f"source {min(without)!r} has no prior")
        return self

    def with_weights(self, weights: Mapping[str, float]) -> "Profile":
        """A copy with other weights for some features. Raises SettingsError for an unknown feature."""
        if self.ranking is None:
            raise SettingsError(f"The profile {self.name} has no weights.", "Use another profile.")
        if unknown := weights.keys() - {*FEATURES}:
            raise SettingsError(f"Unknown feature {min(unknown)!r}.", f"Use any of: {', '.join(FEATURES)}.")
        changed = self.ranking.weights.model_copy(update=dict(weights))
        return self.model_copy(update={"ranking": self.ranking.model_copy(update={"weights": changed})})

    @property
    def toml(self) -> str:
        """The whole profile as a table for a file of profiles."""
        return "\n".join(_toml([self.name], self.model_dump(exclude={"name"}, exclude_none=True))) + "\n"

    @property
    def hash(self) -> str:
        """Twelve hex digits that change with any weight or constant."""
        without = {"name"} if self.oldest_days is not None else {"name", "oldest_days"}  # which came later
        return _hash(self.model_dump(exclude=without))


@cache
def profiles(more: Path | None = None) -> dict[str, Profile]:
    """All profiles by name: those of profiles.toml and of the file `more`. Raises SettingsError for an invalid file."""
    tables: dict[str, dict[str, Any]] = {}
    for path in (Path(__file__).with_name("profiles.toml"), more):
        for name, table in _tables(path).items() if path else ():
            base = table.pop("base", "")
            if not isinstance(base, str) or (base and base not in tables):
                raise SettingsError(f"Unknown base {base!r} of profile {name!r} in {path}.", _use_one_of(tables))
            tables[name] = _merged(tables.get(base, {}), _renamed(table))
    return {name: _parsed(name, table, more) for name, table in tables.items()}


def profile(name: str, more: Path | None = None) -> Profile:
    """The profile of this name. Raises SettingsError, with the known names, for an unknown one."""
    known = profiles(more)
    if name not in known:
        raise SettingsError(f"Unknown profile {name!r}.", _use_one_of(known))
    return known[name]


def completed(name: str, table: Mapping[str, Any], more: Path | None = None) -> Profile:
    """The profile of a table that another version may have written: constants that it lacks are those of `default`.

    Raises SettingsError for a table that has others than there are now.
    """
    return _parsed(name, _merged(profile("default", more).model_dump(exclude={"name"}), _renamed(table)), "the graph")


def hide_reasons(more: Path | None = None) -> tuple[str, ...]:
    """Hide reasons with a weight of their own in some profile."""
    weights = (found.ranking.feedback.hide_reasons for found in profiles(more).values() if found.ranking)
    return tuple(dict.fromkeys(reason for reasons in weights for reason in reasons))


def _hash(constants: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(constants, sort_keys=True).encode()).hexdigest()[:12]


def _use_one_of(known: Mapping[str, object]) -> str:
    return f"Use one of: {', '.join(known)}."


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    try:
        tables: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"Cannot read profiles from {path}: {error}.", "Correct GRAPHFEED_PROFILES.") from None
    if any(not isinstance(table, dict) for table in tables.values()):
        raise SettingsError(f"{path} is not a file of profiles.", "Write each profile as a table: [my_profile].")
    return tables


SOURCES_BY_NAME = (("priors",), ("page", "quotas"), ("batch", "quotas"))
"""The tables of a ranking whose names are sources."""


def _renamed(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of a profile with the names of now for sources, where sources stand."""
    named = dict(table)
    if isinstance(sources := named.get("sources"), (list, tuple)):
        named["sources"] = [*dict.fromkeys(_source(source) for source in sources)]
    if "default_source" in named:
        named["default_source"] = _source(named["default_source"])
    if "ranking" in named:
        for path in SOURCES_BY_NAME:
            named["ranking"] = _with_names(named["ranking"], path)
    return named


def _with_names(table: Any, path: Sequence[str]) -> Any:
    """A table in which the one at a path has the names of now for sources; what is no table is left as it is."""
    if not isinstance(table, Mapping):
        return table
    if not path:
        return {_source(name): value for name, value in table.items()}
    return {name: _with_names(value, path[1:]) if name == path[0] else value for name, value in table.items()}


def _source(name: Any) -> Any:
    return RENAMED.get(name, name) if isinstance(name, str) else name


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in changes.items():
        before = merged.get(name)
        merged[name] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged


def _parsed(name: str, table: Mapping[str, Any], place: object) -> Profile:
    try:
        return Profile(**{**table, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Invalid {where} of profile {name!r} in {place}: {first['msg']}.", "Compare it with profiles.toml."
        ) from None


def _toml(path: list[str], table: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a table and of those in it."""
    yield f"[{'.'.join(map(_key, path))}]"
    for name, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{_key(name)} = {json.dumps(value, ensure_ascii=False)}"  # TOML has JSON's texts, numbers and lists
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield ""
            yield from _toml([*path, name], value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else json.dumps(name, ensure_ascii=False)
