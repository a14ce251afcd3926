"""The command that measures the quality of rankings: evaluate."""

import math
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import SettingsError
from graph.ranking import stored_profiles
from graph.ranking.feed import ANY_AGE
from graph.ranking.missing import explanation
from graph.ranking.profiles import Profile
from graph.settings import Settings, read_settings
from service.commands import console
from service.commands.files import replacing, require_folder
from service.commands.opening import opened
from service.commands.options import Json, ProfileName, WindowDays

if TYPE_CHECKING:  # with the numerical libraries, which take long to import
    from graph.quality.metrics import Mean
    from graph.quality.report import Cohort, ColdStart, Look, Report, Table

HEADINGS = {
    "recall@20": "recall@20",
    "recall@100": "recall@100",
    "ndcg@20": "NDCG@20",
    "mrr": "MRR",
    "discovery": "discovery",
    "novelty": "novelty",
}
"""The headings of the measures with intervals."""


def evaluate(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="folder of a network's files; default: an export of the graph"),
    ] = None,
    holdout: Annotated[
        Path | None, typer.Option(help="a file of likes to hold out, which the network does not have")
    ] = None,
    split: Annotated[
        float | None,
        typer.Option(help="share of the likes to hold out; default: 0.1 without --holdout", show_default=False),
    ] = None,
    cold: Annotated[
        float | None,
        typer.Option(help="share of the posts all of whose likes to hold out, instead of --split", show_default=False),
    ] = None,
    window_days: WindowDays = None,
    people: Annotated[int, typer.Option(min=1, help="maximum number of people to rank for")] = 5_000,
    seed: Annotated[int, typer.Option(min=0, help="seed of splits by hash, samples and intervals")] = 0,
    profile_name: ProfileName = None,
    tune: Annotated[bool, typer.Option("--tune", help="also measure a profile fitted to the remaining likes")] = False,
    plot: Annotated[Path | None, typer.Option(help="file for a chart of the results, as SVG")] = None,
    parts: Annotated[
        Path | None, typer.Option(help="file for an ablation of features and sources, as Markdown")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure the quality of ranked lists on held-out likes, compared with standard recommenders.

    Uses a temporary server, and writes nothing to the graph.
    """
    given = [name for name, value in (("holdout", holdout), ("split", split), ("cold", cold)) if value is not None]
    if len(given) > 1:
        raise SettingsError(f"--{given[0]} and --{given[1]} exclude each other.", "Give one of them.")
    for file in (plot, parts):
        if file is not None:
            require_folder(file)
    settings = read_settings()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped, too
    from loaders.evaluation import run  # these take a second to import

    share = 0.1 if split is None else split
    window = None if window_days in (None, ANY_AGE) else window_days
    if parts is not None and window is not None:
        raise SettingsError("--parts needs posts of any age.", "Leave --window-days out.")
    with console.Bars() as bars:
        chosen = _profile(settings, profile_name, bars)
        plan = run.Plan(chosen, folder, holdout, share, cold, window, people, seed, tune, parts is not None)
        report = run.evaluate(settings, plan, bars)
    if plot is not None:
        _draw(report, plot)
    if parts is not None:
        _write_parts(report, parts)
    if as_json:
        console.print_json(report.as_json())
    else:
        _show(report)


def _profile(settings: Settings, name: str | None, bars: console.Bars) -> Profile:
    """The profile of a name. Connects to the graph only if no file has it."""
    if (found := stored_profiles.in_files(name or settings.serving, settings.profiles)) is not None:
        return found
    with opened(settings, name, bars) as (_, chosen):
        return chosen


def _draw(report: "Report", plot: Path) -> None:
    from graph.quality.plot import svg

    with replacing(plot) as file:
        file.write(svg(report))


def _write_parts(report: "Report", parts: Path) -> None:
    from graph.quality.ablation_page import page

    about = report.about
    assert report.parts is not None
    network = f"a network of {about.people:,} people, {about.posts:,} posts and {about.likes:,} likes"
    with replacing(parts) as file:
        file.write(page(report.parts, network, report.split, about.profile))


def _show(report: "Report") -> None:
    about = report.about
    console.say(
        f"Held out: {report.split}; {about.held_out:,} likes of {report.table.people:,} people. "
        f"Candidates: {about.posts:,} posts. Training data: {about.likes:,} likes. "
        f"Profile {about.profile}, seed {about.seed}."
    )
    _show_measures(report.table)
    _show_differences(report.table)
    if report.cold_start is not None:
        _show_cold_start(report.cold_start)
    _show_cohorts("recall@20 by likes", "people", report.cohorts)
    _show_cohorts("found at 100 by likes of the post", "held-out likes", report.cold)
    console.say(f"\nThe same for {report.tutorial.people:,} of these people, with the tutorial")
    _show_measures(report.tutorial)
    _show_looks(report.looks)
    for method, why in report.skipped.items():
        console.note(f"{method} was not measured: {why}.")
    if about.may_know_held_out:
        console.note(f"{about.profile} was fitted by a tuning, perhaps to some of the held-out likes.")
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
    console.say(f"\n{first.method} less each other method, with the interval of the difference")
    rows = [[row.method, *(_difference(row.less[name]) for name in HEADINGS)] for row in others]
    console.show_table(["method", *HEADINGS.values()], rows)


def _show_cold_start(found: "ColdStart") -> None:
    console.say(
        f"\nBy chance, recall@20 is {found.chance:.5f}, and {found.chance_alone:.5f} among the {found.posts:,} cold "
        "posts alone. The first method less the others, paired:"
    )
    rows = [
        [
            each.method,
            _with_interval(each.recall),
            f"{each.recall.mean / found.chance:.1f}",
            _with_interval(each.alone),
            f"{each.alone.mean / found.chance_alone:.1f}",
            *((_difference(each.less), _difference(each.less_alone)) if each.less and each.less_alone else ("", "")),
        ]
        for each in found.rows
    ]
    columns = ["recall@20", "x chance", "alone", "x chance", "less, recall@20", "less, alone"]
    console.show_table(["cold posts", *columns], rows)


def _show_cohorts(heading: str, size: str, cohorts: "Sequence[Cohort]") -> None:
    console.say("")
    methods = list(cohorts[0].recall)
    rows = [
        [each.likes, f"{each.size:,}", *(_with_interval(each.recall[method]) for method in methods)] for each in cohorts
    ]
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
    console.show_table(["first 20 places", "recall@20", *distances, "personal reason"], rows)


def _with_interval(found: "Mean") -> str:
    return "" if math.isnan(found.mean) else f"{_figure(found.mean)} ±{_figure(found.half_width)}"


def _difference(found: "Mean") -> str:
    return console.signed(found.mean, found.low, found.high)


def _figure(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4f}" if value < 1 else f"{value:.2f}"


COMMANDS: dict[str, Callable[..., None]] = {"evaluate": evaluate}
