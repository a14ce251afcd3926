"""What routes have in common: where their client, profile and clock come from, and the words of their parameters.

These functions are async, for they wait for nothing: others FastAPI would run in another thread, one by one.
"""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import AfterValidator, Field

from graph import clock
from graph.client import Client
from graph.errors import SettingsError
from graph.ranking import kept
from graph.ranking.experiments import TREATED, Trials
from graph.ranking.feed import ANY_AGE
from graph.ranking.profiles import Profile, hide_reasons
from service import ids
from service.telemetry import Serving, Telemetry


async def _client(request: Request) -> Client:
    client: Client = request.app.state.client
    return client


async def _telemetry(request: Request) -> Telemetry:
    telemetry: Telemetry = request.app.state.telemetry
    return telemetry


async def _build_hours(request: Request) -> float:
    hours: float = request.app.state.build_hours
    return hours


async def _serving(request: Request) -> Serving:
    return Serving(request.app.state.serving, request.app.state.profiles)


async def _hide_reasons(request: Request) -> tuple[str, ...]:
    return hide_reasons(request.app.state.profiles)


async def _profile(
    request: Request,
    client: Annotated[Client, Depends(_client)],
    profile_name: Annotated[
        str | None,
        Query(alias="profile", description="the weights and constants to rank with; without it, GRAPHFEED_PROFILE's"),
    ] = None,
) -> Profile:
    return await _found(request, client, profile_name or request.app.state.serving)


async def _found(request: Request, client: Client, name: str) -> Profile:
    """The profile of a name, in files or in the graph."""
    more = request.app.state.profiles
    if (found := kept.at_hand(client, name, more)) is not None:
        return found
    return await run_in_threadpool(kept.find, client, name, more)


async def _trials(request: Request) -> Trials:
    """What is tried with whoever names no profile."""
    trials: Trials = request.app.state.trials
    return Trials() if request.query_params.get("profile") else trials


async def _time(
    as_of: Annotated[
        str | None, Query(description="the clock of the answer, ISO 8601; without it, now", examples=["2024-05-01"])
    ] = None,
) -> int:
    if as_of is None:
        return clock.now()
    try:
        return clock.parse(as_of)
    except (ValueError, OverflowError):
        raise SettingsError(
            f"as_of is {as_of[:60]!r}.", "Write an ISO 8601 time, such as 2024-05-01T12:30:00Z."
        ) from None


Db = Annotated[Client, Depends(_client)]
Tells = Annotated[Telemetry, Depends(_telemetry)]
BuildHours = Annotated[float, Depends(_build_hours)]
ServingProfile = Annotated[Serving, Depends(_serving)]
HideReasons = Annotated[tuple[str, ...], Depends(_hide_reasons)]
ProfileOf = Annotated[Profile, Depends(_profile)]
Tries = Annotated[Trials, Depends(_trials)]
AsOf = Annotated[int, Depends(_time)]
Slashes = AfterValidator(ids.restored)
User = Annotated[str, Slashes, Path(description="the person's id", examples=["42"])]


async def _treatment(request: Request, client: Db, user: User, trials: Tries) -> Profile | None:
    """The profile of an experiment, for the treated alone."""
    experiment = trials.experiment
    if experiment is None or experiment.arm(user) != TREATED:
        return None
    return await _found(request, client, experiment.profile)


Treatment = Annotated[Profile | None, Depends(_treatment)]
Post = Annotated[str, Slashes, Path(description="the post's id", examples=["9871"])]
Hashtag = Annotated[str, Slashes, Path(description="in any spelling", examples=["sunset"])]
Source = Annotated[str | None, Query(description="one source, or mixed; without it, the profile's")]
Limit = Annotated[int | None, Query(ge=1, le=100, description="posts; without it, the profile's")]
WindowDays = Annotated[
    Literal["none"] | Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] | None,
    Query(description="how old a post may be, none: of any age, or none; without it, the profile's"),
]


def days(given: Literal["none"] | float | None) -> float | None:
    """A window, as a request of the engine takes it."""
    return ANY_AGE if given == "none" else given


Seed = Annotated[int, Query(ge=0, lt=2**53, description="of the random draw")]
Sensitive = Annotated[bool, Query(description="also posts that are marked sensitive")]
Exclude = Annotated[list[str] | None, Query(max_length=1000, description="ids of posts to leave out")]
