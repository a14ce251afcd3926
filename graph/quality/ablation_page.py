"""The page of an ablation, in Markdown: what each feature and source contributes, and what did not help."""

import math
from collections.abc import Iterator, Sequence

from graph.quality.ablation import MEASURES, Ablation, Row
from graph.quality.metrics import Mean

HEADINGS = {"recall@20": "Recall@20", "recall@100": "Recall@100", "ndcg@20": "NDCG@20", "discovery": "discovery"}

NAMES = {
    "hybrid for factors": "factors learned with hashtags",
    "hybrid_with_authors for factors": "factors learned with hashtags and authors",
    "co_likers for lists": "likes of the 200 people with the most likes in common, for `lists`",
    "co_likers_in_time for lists": "the same, with likes in common only if theirs are at most 24 hours later",
    "everybody for pop": "PageRank of the author, unweighted, for `pop`",
    "everybody_weighted for pop": "PageRank of the author, weighted, for `pop`",
    "personalized": "PageRank of the author from the person, unweighted",
    "personalized_weighted": "PageRank of the author from the person, weighted",
    "everybody": "PageRank of the author from everybody, unweighted",
    "everybody_weighted": "PageRank of the author from everybody, weighted",
    "co_likers": "likes of the 200 people with the most likes in common",
    "co_likers_in_time": "the same, with likes in common only if theirs are at most 24 hours later",
}
"""The names of alternatives in tables."""


def page(found: Ablation, network: str, split: str, profile: str) -> str:
    """The page of a profile. `network` and `split` describe the network and the held-out likes in a few words."""
    return "\n".join(_lines(found, network, split, profile)) + "\n"


def _lines(found: Ablation, network: str, split: str, profile: str) -> Iterator[str]:
    yield from (
        "# Ablation",
        "",
        "<!-- Written by `make evaluate`: do not edit. -->",
        "",
        f"What each part of the ranking contributes, measured on {network}. Held out: {split}. Measured are the ranked "
        f"lists of {found.people:,} people, of posts of any age, as `graphfeed feeds` writes them. "
        "[Evaluation](evaluation.md) defines the measures.",
        "",
        _fit_sentence(found, profile),
        "",
        "All rankings are those of the twin in numpy (`graph/quality/twin.py`). ± is half the width of a 95 % "
        "interval, from 1,000 bootstrap resamples of people. Differences are paired: the same people in the same "
        "resamples; they are **bold** if the interval does not contain 0.",
        "",
    )
    yield from _table(("", *HEADINGS.values()), [_figures(found.whole), _figures(found.default)])
    yield from _features(found)
    yield from _sources(found)
    yield from _trials(found)
    yield from _ranks(found)
    yield from _cold(found)
    yield from _did_not_help(found)
    yield from _seconds(found)


def _fit_sentence(found: Ablation, profile: str) -> str:
    if not found.fitted_to:
        return f"There are too few people to fit to, so the weights are those of the profile `{profile}`."
    return (
        f"Weights are fitted as in the first of the two fits of `graphfeed tune`, starting from those of the profile "
        f"`{profile}`, to {found.fitted_to:,} people on a hold-out of the remaining likes."
    )


def _features(found: Ablation) -> Iterator[str]:
    yield from (
        "## Features",
        "",
        "Without a feature, on the same candidates. `recency`, `prior`, `feedback` and `content` are not left out: the "
        "first is 0 for posts of any age, the second tells sources apart, which are left out below, the third is of "
        "hides, which held-out likes do not judge, and the last is of posts that hardly anybody liked, which "
        "`graphfeed evaluate --cold` measures. All other weights unchanged:",
        "",
    )
    yield from _changes("without", found.zeroed)
    if found.refitted:
        yield from ("All other weights fitted anew, so that other features may stand in for it:", "")
        yield from _changes("without", found.refitted)


def _sources(found: Ablation) -> Iterator[str]:
    yield from ("## Sources", "", "Without a source, and so without the candidates that no other source retrieves:", "")
    yield from _changes("without", found.sources)


def _trials(found: Ablation) -> Iterator[str]:
    if found.replaced:
        yield from (
            "## Features tried in place of others",
            "",
            "All weights are fitted anew. Hybrid factors are those of `implicit`, with each hashtag (or author) as one "
            "more person who likes its posts:",
            "",
        )
        yield from _changes("with", found.replaced)
    if found.added:
        yield from (
            "## Features tried in addition to all others",
            "",
            "The weight of the added feature is fitted, all others are unchanged. PageRank is computed on the whole "
            "graph of undirected follows, with damping 0.85, by power iteration in numpy; tests compare it with "
            "networkx. If weighted, the weight of a tie is 1 + ln(1 + likes + 2 comments) between the two people:",
            "",
        )
        yield from _changes("with", found.added)
    for what, why in found.skipped.items():
        yield from (f"Not tried: {what}, because {why}.", "")


def _ranks(found: Ablation) -> Iterator[str]:
    yield from (
        "## PageRank as an order of all posts",
        "",
        "The order is the same for all people; own and liked posts are left out:",
        "",
    )
    rows = [
        [
            each.name,
            *(_figure(each.recall[name]) for name in HEADINGS),
            f"{each.overlap:.0%}",
            f"{each.overlap_unweighted:.0%}",
            f"{each.seconds:.2f}",
        ]
        for each in found.orders
    ]
    columns = ("of the 100 most liked", "of the first 100 by unweighted PageRank", "seconds")
    yield from _table(("order", *HEADINGS.values(), *columns), rows)


def _cold(found: Ablation) -> Iterator[str]:
    if not found.cold:
        return
    [measure] = found.cold[0].measures
    yield from (
        "## Cold starts",
        "",
        "All likes of a tenth of the posts are hidden, and these posts alone are ranked, by everything else that is "
        "known. Factors learned from likes alone cannot rank them:",
        "",
    )
    rows = [[row.name, _figure(row.measures[measure]), _change(row.change[measure])] for row in found.cold]
    yield from _table(("by", "Recall@20", f"difference from {found.cold[0].name}"), rows)


def _did_not_help(found: Ablation) -> Iterator[str]:
    """Lists of the features and sources that no measure needs, and of the alternatives that help or do not."""
    yield from ("## What did not help", "")
    idle = [row.name for row in found.refitted if not _worse(row)]
    if idle:
        yield f"- Without {_listed(idle)}, one at a time and with all other weights fitted anew, no measure is worse."
    quiet = [row.name for row in found.sources if not _worse(row)]
    if quiet:
        yield f"- Without the source {_listed(quiet)}, one at a time, no measure is worse."
    useless = [NAMES.get(row.name, row.name) for row in (*found.replaced, *found.added) if not _better(row)]
    if useless:
        yield from ("- No measure is better with:", *(f"  - {name}" for name in useless))
    useful = [NAMES.get(row.name, row.name) for row in (*found.replaced, *found.added) if _better(row)]
    if useful:
        yield from ("- At least one measure is better with:", *(f"  - {name}" for name in useful))
    yield ""


def _seconds(found: Ablation) -> Iterator[str]:
    durations = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in found.seconds.items())
    yield f"Durations: {durations}."


def _worse(row: Row) -> bool:
    return any(change.high < 0 for change in row.change.values())


def _better(row: Row) -> bool:
    return any(change.low > 0 for change in row.change.values())


def _changes(what: str, rows: Sequence[Row]) -> Iterator[str]:
    table = [[_name(row.name), *(_change(row.change[name]) for name in HEADINGS)] for row in rows]
    yield from _table((what, *HEADINGS.values()), table)


def _name(name: str) -> str:
    return NAMES.get(name, f"`{name}`")


def _figures(row: Row) -> list[str]:
    return [row.name, *(_figure(row.measures[name]) for name in MEASURES)]


def _figure(found: Mean) -> str:
    return "" if math.isnan(found.mean) else f"{found.mean:.4f} ±{found.half_width:.4f}"


def _change(found: Mean) -> str:
    if math.isnan(found.mean):
        return ""
    change = f"{found.mean:+.4f} ±{found.half_width:.4f}"
    return f"**{change}**" if found.low > 0 or found.high < 0 else change


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from (_line(columns), "|" + "---|" * len(columns))
    yield from map(_line, rows)
    yield ""


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
