"""The command that fits weights to the graph: tune."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graph import clock
from graph.connect import connect
from graph.errors import SettingsError
from graph.memory import build_bytes
from graph.ranking.stored_profiles import TUNED
from graph.settings import read_settings
from service.commands import console
from service.commands.experiments import from_slates as estimate_from_slates
from service.commands.files import replacing, require_folder
from service.commands.options import Json

if TYPE_CHECKING:  # with the numerical libraries, which take long to import
    from graph.quality.tune import Tuned


def tune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="store nothing in the graph")] = False,
    out: Annotated[
        Path | None, typer.Option(help="also write the profile to this file, for GRAPHFEED_PROFILES")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="seed of hold-outs and samples")] = 0,
    from_slates: Annotated[
        bool, typer.Option("--from-slates", help="fit nothing, but estimate --profile from served slates")
    ] = False,
    profile_name: Annotated[
        str | None,
        typer.Option("--profile", help="profile to estimate with --from-slates; default: the last tuned one"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit the weights of the profile default to the likes of the graph, and store them if they rank better."""
    settings = read_settings()
    if from_slates:
        if dry_run or out is not None:
            raise SettingsError(
                "--out and --dry-run cannot be combined with --from-slates, which fits nothing.", "Leave them out."
            )
        estimate_from_slates(settings, profile_name or TUNED, seed=seed, as_json=as_json)
        return
    if profile_name is not None:
        raise SettingsError("--profile needs --from-slates.", "Add --from-slates, or leave --profile out.")
    from graph.quality import tune as tunes

    if out is not None:
        require_folder(out)
    with console.Bars() as bars, connect(settings, bars) as client:
        before = tunes.compared_profiles(client, settings.profiles)
        tuned = tunes.tune(client, before, seed=seed, memory=build_bytes(settings), progress=bars)
        if not dry_run:
            tunes.keep(client, tuned)
    if out is not None:
        _write(out, tuned)
    if as_json:
        console.print_json(_as_json(tuned, is_kept=tuned.is_better and not dry_run))
        return
    _show(tuned, out)
    if dry_run:
        console.say("Dry run: nothing was stored.")
    console.say(f"profile: {tuned.profile.name}")


def _show(tuned: "Tuned", out: Path | None) -> None:
    if tuned.before is not None and tuned.fitted is not None:
        columns = {"measure": "measure", "before": tuned.before.profile.name, "after": "fitted", "change": "change"}
        rows = [
            {"measure": name, "before": f"{tuned.before.means[name]:.4f}", "after": f"{tuned.fitted.means[name]:.4f}"}
            | {"change": console.signed(found.mean, found.low, found.high)}
            for name, found in tuned.differences.items()
        ]
        console.show_rows(rows, columns, len(rows), "No comparison: too few likes could be held out.")
        console.say(f"Fitted to {tuned.people:,} people, compared on {tuned.compared:,}.")
    console.say(", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in tuned.seconds.items()))
    if not tuned.is_better:
        console.say(why_not(tuned))
    if out is not None:
        console.say(f"Written: {out}")


def why_not(tuned: "Tuned") -> str:
    """The reason why the present profile stays, in a sentence."""
    from graph.quality.tune import MIN_PEOPLE

    if tuned.fitted is None:
        return (
            f"Too few people to fit weights to: {tuned.people:,}, and at least {MIN_PEOPLE} are needed. "
            f"{tuned.profile.name} stays."
        )
    return f"The fitted weights do not rank better: {tuned.profile.name} stays."


def _as_json(tuned: "Tuned", is_kept: bool) -> dict[str, Any]:
    return {
        "profile": tuned.profile.name,
        "profileHash": tuned.profile.hash,
        "isKept": is_kept,
        "people": tuned.people,
        "compared": tuned.compared,
        "before": tuned.before.means if tuned.before else None,
        "fitted": tuned.fitted.means if tuned.fitted else None,
        "differences": {name: vars(found) for name, found in tuned.differences.items()},
        "seconds": {stage: round(seconds, 3) for stage, seconds in tuned.seconds.items()},
    }


def _write(out: Path, tuned: "Tuned") -> None:
    heading = f"# Tuned {clock.iso(tuned.at)}, to {tuned.people:,} people."
    with replacing(out) as file:
        file.write(f"{heading}\n{tuned.profile.toml}")


COMMANDS = {"tune": tune}
