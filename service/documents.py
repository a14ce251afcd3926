"""Generates the tables of docs/ that repeat tables in the code, and the guide of docs/browser.md:
`python -m service.documents` writes them."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from pydantic.alias_generators import to_camel

from graph.events import FIELDS, KINDS, Kind
from graph.ranking.missing import MISSING
from graph.ranking.profiles import profile
from graph.settings import Settings
from service import guide, pages

FOLDER = Path(__file__).parents[1] / "docs"
_TABLE_BLOCK = re.compile(r"(<!-- (\w+): python -m service\.documents -->\n).*?(<!-- end -->)", re.DOTALL)


def kinds_table(kinds: Mapping[str, Kind] = KINDS) -> str:
    """A row for each kind of event."""
    rows = (
        (
            f"`{kind.name}`",
            kind.help,
            " or ".join(_quoted(kind.targets)),
            ", ".join(_quoted(kind.needs)),
            ", ".join(_quoted(kind.details)),
            kind.keeps_out,
        )
        for kind in kinds.values()
    )
    return _table(("kind", "what it does", "target", "needs", "options", "keeps out of new feeds"), rows)


def fields_table() -> str:
    """A row for each field of events."""
    return _table(("field", "what it is"), ((f"`{to_camel(name)}`", field.help) for name, field in FIELDS.items()))


def reasons_table() -> str:
    """A row for each reason of a hide with a weight of its own in the profile `default`."""
    ranking = profile("default").ranking
    assert ranking is not None
    feedback = ranking.feedback
    rows = [(f"`{reason}`", f"{weight:g}") for reason, weight in feedback.hide_reasons.items()]
    return _table(("reason", "counts, in `default`"), [*rows, ("none", f"{feedback.hide:g}")])


def missing_table() -> str:
    """A row for each code of a feed's `missing`."""
    return _table(("code", "what it says"), ((f"`{code}`", sentence) for code, sentence in MISSING.items()))


def commands_table(kinds: Mapping[str, Kind] = KINDS) -> str:
    """A row for the command of each kind of event."""
    rows = (
        (
            f"`graphfeed {kind.name} USER{_targets(kind)}`",
            kind.help,
            ", ".join(f"`--{name.replace('_', '-')}`" for name in (*kind.needs, *kind.details, *kind.flags)),
        )
        for kind in kinds.values()
    )
    return _table(("command", "what it does", "options"), rows)


def _targets(kind: Kind) -> str:
    names = [name.upper() for name in kind.targets]
    return f" {names[0] if len(names) == 1 else 'TARGET'}…" if names else ""


def settings_table(first: str, end: str | None = None) -> str:
    """A row for each setting from `first` to the one before `end`, in the order of the class."""
    names = [*Settings.model_fields]
    rows = (
        (f"`GRAPHFEED_{name.upper()}`", field.description or "", _default(field.default))
        for name, field in [*Settings.model_fields.items()][names.index(first) : names.index(end) if end else None]
    )
    return _table(("variable", "meaning", "default"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "kinds": kinds_table,
    "fields": fields_table,
    "reasons": reasons_table,
    "missing": missing_table,
    "commands": commands_table,
    "settings_neo4j": partial(settings_table, "uri", "home"),
    "settings_server": partial(settings_table, "home", "profiles"),
    "settings_ranking": partial(settings_table, "profiles", "api_keys"),
    "settings_service": partial(settings_table, "api_keys"),
}


def completed(text: str) -> str:
    """Returns a document with its generated tables up to date."""
    return _TABLE_BLOCK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def write() -> None:
    """Writes the tables into the documents, and the guide."""
    for path in sorted(FOLDER.glob("*.md")):
        path.write_text(completed(path.read_text(encoding="utf-8")), encoding="utf-8")
    (pages.FOLDER / guide.FILE).write_text(the_guide(), encoding="utf-8")


def the_guide() -> str:
    """The tour of docs/browser.md as a guide of Neo4j Browser."""
    return guide.guide((FOLDER / "browser.md").read_text(encoding="utf-8"))


def _quoted(names: Iterable[str]) -> list[str]:
    return [f"`{to_camel(name)}`" for name in names]


def _default(value: object) -> str:
    """The default of a setting as its variable would have it; empty for none, and for folders, which differ by user."""
    if isinstance(value, bool):
        return "`on`" if value else "`off`"
    return f"`{value}`" if value and isinstance(value, (int, float, str)) else ""


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (headings, ("---",) * len(headings), *rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    write()
