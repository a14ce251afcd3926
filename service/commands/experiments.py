"""Commands that learn from served slates: experiment; and the estimate of another profile, for `tune --from-slates`."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graph.connect import connect
from graph.ranking import kept
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
    """What people liked and hid in each arm of experiments and holdouts, with intervals."""
    from graph.quality.arms import results

    with console.Bars() as bars, connect(read_settings(), bars) as client:
        found = results(client)
    if as_json:
        console.print_json({"experiments": [_result_json(result) for result in found]})
        return
    if not found:
        console.say("No slate is of an experiment: set GRAPHFEED_EXPERIMENT or GRAPHFEED_HOLDOUT, and serve feeds.")
    for result in found:
        _show(result)


def from_slates(settings: Settings, name: str, *, seed: int = 0, as_json: bool = False) -> None:
    """Estimate what a profile would have got from slates that were served.

    Said last is its name if it is better than the profile that serves, estimated from the same slates: several profiles
    may have served these, so what they got is no measure of one.
    """
    from graph.quality.offpolicy import estimate

    with console.Bars() as bars, opened(settings, name, bars) as (client, chosen):
        serving = kept.find(client, settings.serving, settings.profiles)
        found = estimate(client, chosen, seed=seed)
        served = estimate(client, serving, places=found.places, seed=seed)
    better = found.profile if found.interval.low > served.value else serving.name
    if as_json:
        console.print_json({**_estimate_json(found), "better": better})
        return
    _show_estimate(found)
    console.say(f"profile: {better}")


def _show_estimate(found: "Estimate") -> None:
    """Say what a profile would have got, how sure that is, and what it was estimated from."""
    console.say(
        f"{found.profile} would have got {found.value:.3f} likes less hides in the first {found.places} places of a "
        f"slate {_told(found.interval)}, where {found.logged:.3f} were: a difference of "
        f"{found.value - found.logged:+.3f} {_told(found.difference)}."
    )
    counted = f"which count as {found.ess[-1]:,.0f} at the last place"
    console.say(f"From {found.slates:,} slates of {found.people:,} people, {counted}.")
    for reason, count in found.skipped.items():
        console.note(f"Left out: {count:,} slates {reason}.")


def _estimate_json(found: "Estimate") -> dict[str, Any]:
    """An estimate as JSON has it."""
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
    """A table of the arms, and a line on their difference."""
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
    rates = (f"{rate.value:.1f} {_told(rate.interval, 1)}" for rate in (arm.likes_rate, arm.hides_rate))
    return dict(zip(COLUMNS, (arm.name, *(f"{count:,}" for count in counts), *rates), strict=True))


def _signed(rate: "Rate") -> str:
    return f"{rate.value:+.1f} {_told(rate.interval, 1)}"


def _told(interval: "Interval", digits: int = 3) -> str:
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
    """A number for JSON, which has no nan."""
    return None if math.isnan(value) else value


COMMANDS: dict[str, Callable[..., None]] = {"experiment": experiment}
