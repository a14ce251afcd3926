"""Terminal output: answers on stdout, progress and notes on stderr.

All of it passes through `plain`, so that nothing that strangers sent controls the terminal.
"""

import json
import math
import sys
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from graph import clock
from graph.client import Row
from graph.ranking.feed import Feed, Item
from graph.ranking.missing import explanation
from loaders.report import Report
from service.plain import UNPRINTABLE, cell, plain

NUMERIC_COLUMNS = {
    "likes",
    "comments",
    "score",
    "weight",
    "liked",
    "shown in",
    "rows",
    "created",
    "updated",
    "unchanged",
}
NUMERIC_COLUMNS |= {"rejected", "can be imported", "people", "slates", "posts", "hides"}
NUMERIC_COLUMNS |= {"likes per 1,000", "hides per 1,000"}
PIPE_WIDTH = 220  # without a terminal: wide enough to keep each row on one line


class _Console(Console):
    """A console on which strings, also those in tables, are plain."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(plain(text), **options)


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return _Console(
        stderr=stderr, width=None if stream.isatty() else PIPE_WIDTH, highlight=False, emoji=False, markup=False
    )


class Bars:
    """A graph.progress.Progress that draws a bar for each task if stderr is a terminal."""

    def __init__(self) -> None:
        console = _console(stderr=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TimeRemainingColumn(elapsed_when_finished=False),
        )
        self._bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def say(self, text: str) -> None:
        self._bars.console.print(text)

    def advance(self, task: str, done: int, total: int) -> None:
        if task not in self._tasks:
            self._tasks[task] = self._bars.add_task(plain(task), total=total)
        self._bars.update(self._tasks[task], completed=done, total=total)


def say(text: str) -> None:
    """Prints a line to stdout."""
    _console(stderr=False).print(text, soft_wrap=True)


def note(text: str) -> None:
    """Prints a line to stderr."""
    _console(stderr=True).print(text, soft_wrap=True)


def show_feed(feed: Feed) -> None:
    """Prints a feed as a table with reasons, or the reason why it is empty; and a line for each thing it lacks."""
    if feed.why_empty:
        say(f"No posts. {feed.why_empty}")
    else:
        _console(stderr=False).print(_feed_table(feed))
    for code in feed.missing:
        say(f"Missing: {explanation(code)}")


def _feed_table(feed: Feed) -> Table:
    table = _table(("", "post", "author", "taken", "likes", "comments", "source", "score", "why"))
    for rank, item in enumerate(feed.items, start=1):
        counts = (str(item.like_count), str(item.comment_count))
        taken = "" if item.taken_at is None else clock.ago(item.taken_at, feed.as_of)
        row = (
            f"{rank}.",
            item.post,
            item.author or "",
            taken,
            *counts,
            item.source,
            f"{item.score:.3g}",
            item.reason.text,
        )
        table.add_row(*row)
    return table


def show_parts(item: Item) -> None:
    """Prints the parts of a score as a table."""
    table = _table(("part", "adds"))
    for part, value in item.parts.items():
        table.add_row(part, f"{value:+.3f}")
    table.add_row("score", f"{item.score:+.3f}")
    _console(stderr=False).print(table)


def show_counts(counts: Mapping[str, int]) -> None:
    """Prints counts as a table."""
    table = _table(("what", "rows"))
    for what, count in counts.items():
        table.add_row(what, f"{count:,}")
    _console(stderr=False).print(table)


def print_json(answer: BaseModel | Mapping[str, Any]) -> None:
    """Prints an answer as JSON on stdout."""
    content = answer.model_dump(mode="json", by_alias=True) if isinstance(answer, BaseModel) else answer
    text = json.dumps(content, indent=2, ensure_ascii=False)
    print(UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))  # the same, to whoever reads the JSON


def signed(value: float, low: float, high: float, digits: int = 4) -> str:
    """A difference with its interval: '+0.0123 [+0.0010, +0.0240]'; '' for NaN."""
    return "" if math.isnan(value) else f"{value:+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]"


def show_rows(rows: list[Row], columns: dict[str, str], limit: int, nothing: str) -> None:
    """Prints rows as a table with a heading for each key in `columns`; beyond `limit`, only how many more there are."""
    if not rows:
        say(nothing)
        return
    table = _table([*columns.values()])
    for row in rows[:limit]:
        table.add_row(*(str(row[key]) for key in columns))
    _console(stderr=False).print(table)
    if len(rows) > limit:
        say(f"… and {len(rows) - limit} more (--limit {len(rows)} or --json shows all)")


def shown_time(millis: int | None) -> str:
    """A time of a graph, for a cell of a table; empty without one."""
    return "" if millis is None else clock.shown(millis)


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table of figures: names in the first column, numbers aligned right in the others."""
    table = _table(headings, numeric=headings[1:])
    for row in rows:
        table.add_row(*row)
    _console(stderr=False).print(table)


def show_report(report: Report) -> None:
    """Prints what an import did, or would do, with each file."""
    written = ("rows", "created", "updated", "unchanged", "rejected")
    kinds = ("rows", "importable", "rejected") if report.is_dry else written
    table = _table(["file", *("can be imported" if kind == "importable" else kind for kind in kinds)])
    for file in [*report.files, report.total]:
        name = file.file if file.file.startswith(file.becomes) else f"{file.file} ({file.becomes})"
        table.add_row(name, *(f"{getattr(file, kind):,}" for kind in kinds))
    _console(stderr=False).print(table)
    if report.seconds:
        say(", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items()))
    if report.rejects:
        say(f"Rejected rows, each with the reason: {report.rejects}")
    for text in report.notes:
        say(text)
    if report.left_alone:
        say(f"Ignored files, which are not of the format or in other folders: {', '.join(report.left_alone)}")


class _Table(Table):
    """A table each of whose cells is one line."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        super().add_row(*map(cell, cells), **options)


def _table(headings: Sequence[str], numeric: Collection[str] = NUMERIC_COLUMNS) -> Table:
    table = _Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(cell(heading), justify="right" if heading in numeric else "left", overflow="fold")
    return table
