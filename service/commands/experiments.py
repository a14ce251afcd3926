"""Commands that evaluate served slates: experiment, and the estimates of `tune --from-slates`."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graph.connect import connect
from graph.ranking import stored_profiles
from graph.settings import Settings, read_settings
from service.commands import console
from service.commands.opening import opened
from service.commands.options import Json

if TYPE_CHECKING:
    from graph.quality.arms import Arm, Rate, Result
    from graph.quality.offpolicy import Estimate
    from graph.quality.resampling import Interval

COLUMNS = ("arm", "people", "slates", "posts", "likes", "hides", "likes per 1,000", "hides per 1,000")


def experiment(as_json: Json = False) -> None:
    """Show the likes and hides in each arm of experiments and holdouts, with intervals."""
    from graph.quality.arms import results

    with console.Bars() as bars, connect(read_settings(), bars) as client:
        found = results(client)
    if as_json:
        console.print_json({"experiments": [_result_json(result) for result in found]})
        return
    if not found:
        console.say("No slate is from an experiment: set GRAPHFEED_EXPERIMENT or GRAPHFEED_HOLDOUT, and serve feeds.")
    for result in found:
        _show(result)


def from_slates(settings: Settings, name: str, *, seed: int = 0, as_json: bool = False) -> None:
    """Estimates the reward of a profile from served slates, and prints which profile is better.

    It is compared with the profile that serves, estimated from the same slates: these may be of several profiles, so
    their observed reward measures none of them.
    """
    from graph.quality.offpolicy import compare

    with console.Bars() as bars, opened(settings, name, bars) as (client, chosen):
        serving = stored_profiles.find(client, settings.serving, settings.profiles)
        pair = compare(client, chosen, serving, seed=seed)
    found, served = pair.chosen, pair.other
    better = found.profile if pair.is_better else serving.name
    if as_json:
        less = {"profile": served.profile, "value": served.value, "lessInterval": _bounds(pair.difference)}
        console.print_json({**_estimate_json(found), "serving": less, "better": better})
        return
    _show_estimate(found)
    console.say(
        f"{served.profile}, which serves, would have got {served.value:.3f}, a difference of "
        f"{console.signed(found.value - served.value, *pair.difference, 3)}."
    )
    console.say(f"profile: {better}")


def _show_estimate(found: "Estimate") -> None:
    """Prints an estimate with its interval, and the slates that it is from."""
    console.say(
        f"{found.profile} would have got {found.value:.3f} likes less hides in the first {found.places} places of a "
        f"slate {_bracketed(found.interval)}; observed were {found.logged:.3f}, a difference of "
        f"{console.signed(found.value - found.logged, *found.difference, 3)}."
    )
    console.say(
        f"From {found.slates:,} slates of {found.people:,} people; effective sample size at the last place: "
        f"{found.ess[-1]:,.0f}."
    )
    for reason, count in found.skipped.items():
        console.note(f"Skipped: {count:,} slates {reason}.")


def _estimate_json(found: "Estimate") -> dict[str, Any]:
    """An estimate for JSON."""
    return {
        "profile": found.profile,
        "places": found.places,
        "value": found.value,
        "interval": _bounds(found.interval),
        "logged": found.logged,
        "difference": found.value - found.logged,
        "differenceInterval": _bounds(found.difference),
        "snips": _number(found.snips),
        "effectiveSlates": [_number(ess) for ess in found.ess],
        "slates": found.slates,
        "people": found.people,
        "skipped": dict(found.skipped),
    }


def _show(result: "Result") -> None:
    """Prints a table of the arms, and their difference."""
    what = "people" if result.kind == "experiment" else "posts"
    console.say(f"{result.name} ({result.kind} of {what})")
    rows = [_row(arm) for arm in result.arms]
    console.show_rows(rows, {column: column for column in COLUMNS}, len(rows), "")
    first, second = (arm.name for arm in result.arms)
    console.say(
        f"{first} less {second}, per 1,000 posts: {_signed(result.likes_difference)} likes, "
        f"{_signed(result.hides_difference)} hides.\n"
    )


def _row(arm: "Arm") -> dict[str, Any]:
    counts = (arm.people, arm.slates, arm.impressions, arm.likes, arm.hides)
    rates = (f"{rate.value:.1f} {_bracketed(rate.interval, 1)}" for rate in (arm.likes_rate, arm.hides_rate))
    return dict(zip(COLUMNS, (arm.name, *(f"{count:,}" for count in counts), *rates), strict=True))


def _signed(rate: "Rate") -> str:
    return console.signed(rate.value, *rate.interval, 1)


def _bracketed(interval: "Interval", digits: int = 3) -> str:
    return f"[{interval.low:.{digits}f}, {interval.high:.{digits}f}]"


def _result_json(result: "Result") -> dict[str, Any]:
    return {
        "name": result.name,
        "kind": result.kind,
        "arms": [_arm_json(arm) for arm in result.arms],
        "likesDifference": _rate_json(result.likes_difference),
        "hidesDifference": _rate_json(result.hides_difference),
    }


def _arm_json(arm: "Arm") -> dict[str, Any]:
    counts = {name: getattr(arm, name) for name in ("people", "slates", "impressions", "likes", "hides")}
    rates = {"likesPer1000": _rate_json(arm.likes_rate), "hidesPer1000": _rate_json(arm.hides_rate)}
    return {"arm": arm.name, **counts, **rates}


def _rate_json(rate: "Rate") -> dict[str, Any]:
    return {"value": _number(rate.value), "interval": _bounds(rate.interval)}


def _bounds(interval: "Interval") -> list[float | None]:
    return [_number(interval.low), _number(interval.high)]


def _number(value: float) -> float | None:
    """A number for JSON, which has no NaN: None instead."""
    return None if math.isnan(value) else value


COMMANDS: dict[str, Callable[..., None]] = {"experiment": experiment}
