"""Dependencies and parameter types shared by the routes.

The functions are async because they never block: FastAPI would run plain ones in a thread pool.
"""

import logging
from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, Field

from graph import clock
from graph.client import Client
from graph.errors import SettingsError
from graph.ranking import stored_profiles
from graph.ranking.experiments import TREATED, Trials
from graph.ranking.feed import ANY_AGE
from graph.ranking.missing import PROFILE
from graph.ranking.profiles import Profile, hide_reasons
from service import ids, threads
from service.rates import Rates
from service.telemetry import Serving, Telemetry


async def _client(request: Request) -> Client:
    client: Client = request.app.state.client
    return client


async def _telemetry(request: Request) -> Telemetry:
    telemetry: Telemetry = request.app.state.telemetry
    return telemetry


async def _rates(request: Request) -> Rates:
    rates: Rates = request.app.state.rates
    return rates


async def _build_hours(request: Request) -> float:
    hours: float = request.app.state.build_hours
    return hours


async def _forgotten_hours(request: Request) -> float | None:
    hours: float | None = request.app.state.forgotten_hours
    return hours


async def _serving(request: Request) -> Serving:
    return Serving(request.app.state.serving, request.app.state.profiles)


async def _hide_reasons(request: Request) -> tuple[str, ...]:
    return hide_reasons(request.app.state.profiles)


ProfileQuery = Annotated[
    str | None,
    Query(
        alias="profile",
        description="name of the profile: the weights and constants to rank with; default: GRAPHFEED_PROFILE",
    ),
]


async def chosen_profile(
    request: Request, client: Annotated[Client, Depends(_client)], profile_name: ProfileQuery = None
) -> tuple[Profile, tuple[str, ...]]:
    """The profile of a request, and a code in `missing` if `default` stands in for one that is gone."""
    if profile_name:
        return await found_profile(request, client, profile_name), ()
    name, more = request.app.state.serving, request.app.state.profiles
    if (found := stored_profiles.at_hand(client, name, more)) is not None:
        return found, ()
    serving, is_there = await threads.run(stored_profiles.serving, client, name, more)
    return serving, () if is_there else (PROFILE,)


_Chosen = Annotated[tuple[Profile, tuple[str, ...]], Depends(chosen_profile)]


async def _profile(chosen: _Chosen) -> Profile:
    return chosen[0]


async def _lacks(chosen: _Chosen) -> tuple[str, ...]:
    return chosen[1]


async def found_profile(request: Request, client: Client, name: str) -> Profile:
    """The profile of a name, in files or in the graph."""
    more = request.app.state.profiles
    if (found := stored_profiles.at_hand(client, name, more)) is not None:
        return found
    return await threads.run(stored_profiles.find, client, name, more)


async def _trials(request: Request) -> Trials:
    """The experiments with people in requests without a profile."""
    trials: Trials = request.app.state.trials
    return Trials() if request.query_params.get("profile") else trials


async def _time(
    as_of: Annotated[
        str | None,
        Query(description="compute the result as of this time, ISO 8601; default: now", examples=["2024-05-01"]),
    ] = None,
) -> int:
    if as_of is None:
        return clock.now()
    try:
        return clock.parse(as_of)
    except (ValueError, OverflowError):
        raise SettingsError(
            f"as_of {as_of[:60]!r} is not an ISO 8601 time.", "Send one such as 2024-05-01T12:30:00Z."
        ) from None


log = logging.getLogger(__name__)

Db = Annotated[Client, Depends(_client)]
RatesParam = Annotated[Rates, Depends(_rates)]
Metrics = Annotated[Telemetry, Depends(_telemetry)]
BuildHours = Annotated[float, Depends(_build_hours)]
ForgottenHours = Annotated[float | None, Depends(_forgotten_hours)]
ServingProfile = Annotated[Serving, Depends(_serving)]
HideReasons = Annotated[tuple[str, ...], Depends(_hide_reasons)]
ProfileParam = Annotated[Profile, Depends(_profile)]
Lacks = Annotated[tuple[str, ...], Depends(_lacks)]
TrialsParam = Annotated[Trials, Depends(_trials)]
AsOf = Annotated[int, Depends(_time)]
RestoreSlashes = AfterValidator(ids.restore_slashes)
User = Annotated[str, RestoreSlashes, Path(description="the person's id", examples=["42"])]


async def _treatment(request: Request, client: Db, user: User, trials: TrialsParam) -> Profile | None:
    return await treatment_of(request, client, user, trials)


async def treatment_of(request: Request, client: Client, user: str, trials: Trials) -> Profile | None:
    """The profile of an experiment, only for people in its treatment arm."""
    experiment = trials.experiment
    if experiment is None or experiment.arm(user) != TREATED:
        return None
    try:
        return await found_profile(request, client, experiment.profile)
    except SettingsError as error:  # it was deleted: feeds are by the profile that serves
        log.warning("The experiment %s treats nobody: %s", experiment.name, error)
        return None


Treatment = Annotated[Profile | None, Depends(_treatment)]
Post = Annotated[str, RestoreSlashes, Path(description="the post's id", examples=["9871"])]
Hashtag = Annotated[str, RestoreSlashes, Path(description="the hashtag, in any spelling", examples=["sunset"])]
Source = Annotated[str | None, Query(description="one source, or mixed; default: the profile's")]
Limit = Annotated[int | None, Query(ge=1, le=100, description="maximum number of posts; default: the profile's")]
WindowDays = Annotated[
    Literal["none"] | Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] | None,
    Query(description="maximum age of posts in days, or none for any age, even unknown; default: the profile's"),
]


def days(given: Literal["none"] | float | None) -> float | None:
    """The window in days, as the engine takes it."""
    return ANY_AGE if given == "none" else given


Seed = Annotated[int, Query(ge=0, lt=2**53, description="seed of the random draw")]
Closer = Annotated[
    float,
    Query(ge=-1, le=1, description="from -1, posts from far away, to 1, posts of people near to the person"),
]
Sensitive = Annotated[bool, Query(description="include posts that are marked sensitive")]
Exclude = Annotated[list[str] | None, Query(max_length=1000, description="ids of posts to leave out")]
