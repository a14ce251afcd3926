"""The command that fits weights to the graph: tune."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graph import clock
from graph.connect import connect
from graph.errors import SettingsError
from graph.ranking.kept import TUNED
from graph.settings import read_settings
from service.commands import console
from service.commands.experiments import from_slates as estimate_from_slates
from service.commands.options import Json

if TYPE_CHECKING:  # with the numerical libraries, which take long to import
    from graph.quality.metrics import Interval
    from graph.quality.tune import Tuned


def tune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="keep nothing in the graph")] = False,
    out: Annotated[Path | None, typer.Option(help="also write the profile as TOML, for GRAPHFEED_PROFILES")] = None,
    seed: Annotated[int, typer.Option(min=0, help="of what is held out and drawn: the same seed, the same fit")] = 0,
    from_slates: Annotated[
        bool, typer.Option("--from-slates", help="fit nothing: estimate --profile from slates that were served")
    ] = False,
    profile_name: Annotated[
        str | None, typer.Option("--profile", help="with --from-slates; without it, the last that was tuned")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit the weights of the profile default to the likes of this graph, and keep them if they rank better."""
    settings = read_settings()
    if from_slates:
        if dry_run or out is not None:
            raise SettingsError(
                "--from-slates fits nothing, so there is nothing to keep or write.", "Leave --out and --dry-run out."
            )
        estimate_from_slates(settings, profile_name or TUNED, seed=seed, as_json=as_json)
        return
    if profile_name is not None:
        raise SettingsError("A fit has no --profile.", "Say --from-slates to estimate one, or leave it out.")
    from graph.quality import tune as tunes

    if out is not None and not out.parent.is_dir():
        raise SettingsError(f"There is no folder {out.parent}.", "Make it, or name another file.")
    with console.Bars() as bars, connect(settings, bars) as client:
        tuned = tunes.tune(client, tunes.present(client, settings.profiles), seed=seed, progress=bars)
        if not dry_run:
            tunes.keep(client, tuned)
    if out is not None:
        _write(out, tuned)
    if as_json:
        console.print_json(_as_json(tuned, is_kept=tuned.is_better and not dry_run))
        return
    _show(tuned, out)
    if dry_run:
        console.say("A dry run: nothing was kept.")
    console.say(f"profile: {tuned.profile.name}")


def _show(tuned: "Tuned", out: Path | None) -> None:
    if tuned.before is not None and tuned.fitted is not None:
        columns = {"measure": "measure", "before": tuned.before.profile.name, "after": "fitted", "change": "change"}
        rows = [
            {"measure": name, "before": f"{tuned.before.means[name]:.4f}", "after": f"{tuned.fitted.means[name]:.4f}"}
            | {"change": _told(found)}
            for name, found in tuned.differences.items()
        ]
        console.show_rows(rows, columns, len(rows), "Nothing could be compared: too few likes are held out.")
        console.say(f"Fitted to {tuned.people:,} people, compared on {tuned.compared:,}.")
    console.say(", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in tuned.seconds.items()))
    if not tuned.is_better:
        console.say(why_not(tuned))
    if out is not None:
        console.say(f"Written: {out}")


def why_not(tuned: "Tuned") -> str:
    """The reason why a profile of before is the best, in a sentence."""
    from graph.quality.tune import MIN_PEOPLE

    if tuned.fitted is None:
        return (
            f"Weights can be fitted to {tuned.people:,} people, and it takes {MIN_PEOPLE}: {tuned.profile.name} stays."
        )
    return f"The fitted weights rank no better: {tuned.profile.name} stays."


def _told(found: "Interval") -> str:
    return f"{found.mean:+.4f} ({found.low:+.4f} to {found.high:+.4f})"


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
    try:
        out.write_text(f"{heading}\n{tuned.profile.toml}", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{out} cannot be written: {error.strerror}.", "Name a file in a folder that is.") from None


COMMANDS = {"tune": tune}
