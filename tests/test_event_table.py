"""One table of events: whatever stands in it can be sent, done by hand, and read about."""

import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import ValidationError
from typer.testing import CliRunner

from cypher import load, names
from graph.events import FIELDS, KINDS, Event, Kind
from graph.ranking.filters import FILTERS
from graph.ranking.profiles import hide_reasons
from graph.settings import read_settings
from service.app import create_app
from service.cli import app
from service.commands.events import commands
from service.documents import FOLDER, completed, kinds_table
from service.inputs import event_model

WINK = Kind(
    "wink", ("person", "post"), "Wink at people.", "{user} winks at {target}.", needs=("place",), details=("text",)
)
MORE = {**KINDS, "wink": WINK}
"""The table with a kind that there is not."""


def schema(kinds: dict[str, Kind]) -> dict[str, Any]:
    properties: dict[str, Any] = event_model(kinds).model_json_schema()["properties"]
    return properties


def test_the_fields_of_the_table_are_those_of_an_event() -> None:
    assert {"id", "kind", "user", "at", *FIELDS} == {field.name for field in fields(Event)}
    assert {*FIELDS} == {name for kind in KINDS.values() for name in kind.fields}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_has_statements_a_command_and_a_place_in_the_api_and_in_the_documents(kind: Kind) -> None:
    for target in kind.targets or (None,):
        assert {"me", *filter(None, [target])} <= load(kind.statement(target)).samples.keys()
    assert kind.name in {command.name for command in app.registered_commands}
    document = create_app(read_settings()).openapi()["components"]["schemas"]["EventIn"]["properties"]
    assert kind.name in document["kind"]["enum"]
    assert f"{kind.name}: " in document["kind"]["description"]
    for name in kind.fields:
        [alias] = [alias for alias in document if alias.lower() == name.replace("_", "")]
        assert re.search(rf"\b{kind.name}\b", document[alias]["description"])
    assert f"| `{kind.name}` | {kind.help} |" in (FOLDER / "events.md").read_text(encoding="utf-8")


def test_each_statement_of_an_act_is_of_a_kind() -> None:
    of_the_ledger = {
        f"events/{name}" for name in ("claim", "end", "end_words", "hashtags_of_topics", "lock", "prune", "release")
    }
    of_kinds = {kind.statement(target) for kind in KINDS.values() for target in kind.targets or (None,)}
    assert of_kinds == {name for name in names() if name.startswith("events/")} - of_the_ledger


def test_a_kind_that_is_added_to_the_table_may_be_sent() -> None:
    assert schema(MORE)["kind"]["enum"] == [*KINDS, "wink"]
    assert "wink: Wink at people" in schema(MORE)["kind"]["description"]
    assert "impression, wink" in schema(MORE)["place"]["description"]
    sent = {"id": "1", "kind": "wink", "user": "me", "person": "ana", "place": 3}
    event = event_model(MORE).model_validate(sent).as_event()
    assert (event.kind, event.person, event.place) == ("wink", "ana", 3)
    with pytest.raises(ValidationError, match="kind"):
        event_model(KINDS).model_validate(sent)


def test_a_field_that_no_kind_has_is_not_in_the_api() -> None:
    assert {*schema({"like": KINDS["like"]})} == {"id", "kind", "user", "at", "post"}


def test_a_kind_that_is_added_to_the_table_has_a_command() -> None:
    made = typer.Typer()
    for name, command in commands(MORE).items():
        made.command(name)(command)
    help = CliRunner().invoke(made, ["wink", "--help"], env={"COLUMNS": "200"}).stdout
    for told in ("Wink at people.", "person|post", "ids of people or ids of posts", "--place", "--text"):
        assert told in help
    assert CliRunner().invoke(made, ["wink", "me", "ana"]).exit_code == 2  # it needs a place
    assert [*inspect.signature(commands(MORE)["wink"]).parameters] == [
        *("user", "targets", "place", "text", "profile", "window_days", "as_json")
    ]


def test_a_kind_that_is_added_to_the_table_is_in_the_documents() -> None:
    assert "| `wink` | Wink at people. | `person` or `post` | `place` | `text` |" in kinds_table(MORE)


def test_what_keeps_posts_out_is_a_filter_that_is_told() -> None:
    reasons = {kind.filter for kind in KINDS.values() if kind.filter}
    told = set(re.findall(r"THEN '(\w+)'", load("explain/kept_out").text))
    assert reasons == {"liked", "saved", "viewed", "hidden", "muted", "blocked", "served"}
    assert reasons <= told
    assert told | {"copies"} == FILTERS.keys()  # what is a copy is found from the pictures that it returns
    for kind in KINDS.values():
        assert bool(kind.filter) == bool(kind.keeps_out), kind.name


def test_each_reason_of_a_hide_is_in_the_api_and_in_the_documents() -> None:
    for reason in hide_reasons():
        assert reason in schema(KINDS)["reason"]["description"]
        assert f"| `{reason}` |" in (FOLDER / "events.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_the_documents_are_what_the_tool_writes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert completed(text) == text, "run python -m service.documents"
