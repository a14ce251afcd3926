"""Commands that measure: evaluate."""

import math
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import SettingsError
from graph.ranking import kept
from graph.ranking.feed import ANY_AGE
from graph.ranking.missing import explanation
from graph.ranking.profiles import Profile
from graph.settings import Settings, read_settings
from service.commands import console
from service.commands.opening import opened
from service.commands.options import Json, ProfileName, WindowDays

if TYPE_CHECKING:  # with the numerical libraries, which take long to import
    from graph.quality.metrics import Interval
    from graph.quality.report import Cohort, Look, Report, Table

HEADINGS = {
    "recall@20": "recall@20",
    "recall@100": "recall@100",
    "ndcg@20": "NDCG@20",
    "mrr": "MRR",
    "discovery": "discovery",
    "novelty": "novelty",
}
"""Of the measures with intervals, in tables."""


def evaluate(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="files of a network; without them, an export of the graph")
    ] = None,
    holdout: Annotated[
        Path | None, typer.Option(help="a file of likes that are not among those of the network")
    ] = None,
    split: Annotated[
        float | None, typer.Option(help="hold out this share of the likes: 0.1 without --holdout", show_default=False)
    ] = None,
    window_days: WindowDays = None,
    people: Annotated[int, typer.Option(min=1, help="rank for at most so many people")] = 5_000,
    seed: Annotated[int, typer.Option(min=0, help="of splits by hash, samples and intervals")] = 0,
    profile_name: ProfileName = None,
    plot: Annotated[Path | None, typer.Option(help="draw the result into this file, as SVG")] = None,
    as_json: Json = False,
) -> None:
    """Measure how good the ranked lists are on likes that are held out, beside plain recommenders.

    It works in a server of its own. The graph is at most read.
    """
    if holdout is not None and split is not None:
        raise SettingsError("--holdout and --split exclude each other.", "Give one of them.")
    if plot is not None and not plot.parent.is_dir():
        raise SettingsError(f"There is no folder {plot.parent}.", "Make it, or name another file.")
    settings = read_settings()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    from loaders.evaluation import run  # these take a second to import

    share = 0.1 if split is None else split
    window = None if window_days in (None, ANY_AGE) else window_days
    with console.Bars() as bars:
        chosen = _profile(settings, profile_name, bars)
        plan = run.Plan(chosen, folder, holdout, share, window, people, seed)
        report = run.evaluate(settings, plan, bars)
    if folder is None and kept.in_files(chosen.name, settings.profiles) is None:
        console.note(f"{chosen.name} was fitted to this graph: it may have seen likes that are held out here.")
    if plot is not None:
        _draw(report, plot)
    if as_json:
        console.print_json(report.as_json())
    else:
        _show(report)


def _profile(settings: Settings, name: str | None, bars: console.Bars) -> Profile:
    """The profile of this name. The graph is asked only for a name that no file has."""
    if (found := kept.in_files(name or settings.serving, settings.profiles)) is not None:
        return found
    with opened(settings, name, bars) as (_, chosen):
        return chosen


def _draw(report: "Report", plot: Path) -> None:
    from graph.quality.plot import svg

    try:
        plot.write_text(svg(report), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{plot} cannot be written: {error.strerror}.", "Name another file.") from None


def _show(report: "Report") -> None:
    about = report.about
    console.say(
        f"Held out: {report.split}. {about.held_out:,} likes of {report.table.people:,} people are looked for among "
        f"{about.posts:,} posts, and {about.likes:,} likes are learned from. "
        f"Profile {about.profile}, seed {about.seed}."
    )
    _show_measures(report.table)
    _show_differences(report.table)
    _show_cohorts("recall@20 by likes", "people", report.cohorts)
    _show_cohorts("found at 100 by likes of the post", "held out", report.cold)
    console.say(f"\nThe same measures for {report.tutorial.people:,} of these people, with the tutorial")
    _show_measures(report.tutorial)
    _show_looks(report.looks)
    for method, why in report.skipped.items():
        console.note(f"{method} was not measured: {why}.")
    for code in about.missing:
        console.note(f"Missing: {explanation(code)}")
    console.note(", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in report.seconds.items()))


def _show_measures(table: "Table") -> None:
    rows = [
        [
            row.method,
            *(_with_interval(row.measures[name]) for name in HEADINGS),
            _figure(row.coverage),
            _figure(row.author_gini),
        ]
        for row in table.rows
    ]
    console.show_table(["method", *HEADINGS.values(), "coverage", "author Gini"], rows)


def _show_differences(table: "Table") -> None:
    first, *others = table.rows
    console.say(f"\nBy how much {first.method} is higher, with the interval of the difference")
    rows = [[row.method, *(_signed(row.less[name]) for name in HEADINGS)] for row in others]
    console.show_table(["than", *HEADINGS.values()], rows)


def _show_cohorts(heading: str, size: str, cohorts: "Sequence[Cohort]") -> None:
    console.say("")
    methods = list(cohorts[0].recall)
    rows = [[each.likes, f"{each.size:,}", *(_figure(each.recall[method]) for method in methods)] for each in cohorts]
    console.show_table([heading, size, *methods], rows)


def _show_looks(looks: "Sequence[Look]") -> None:
    console.say("")
    distances = list(looks[0].distances)
    rows = [
        [
            look.name,
            _with_interval(look.recall),
            *(f"{look.distances[name]:.0%}" for name in distances),
            f"{look.has_reason:.0%}",
        ]
        for look in looks
    ]
    console.show_table(["the first 20", "recall@20", *distances, "with a reason of one's own"], rows)


def _with_interval(found: "Interval") -> str:
    return "" if math.isnan(found.mean) else f"{_figure(found.mean)} ±{_figure(found.half)}"


def _signed(found: "Interval") -> str:
    return "" if math.isnan(found.mean) else f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"


def _figure(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4f}" if value < 1 else f"{value:.2f}"


COMMANDS: dict[str, Callable[..., None]] = {"evaluate": evaluate}
