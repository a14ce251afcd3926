"""The documents name every command, setting, file of the format and statement that there is."""

import re
from pathlib import Path

import pytest

from cypher import names
from graph.ranking.profiles import profiles
from graph.ranking.sources import SOURCES
from graph.settings import Settings
from loaders.format.neutral import FILES
from service.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_readme() -> None:
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__
        assert re.search(rf"`(graphfeed )?{name}\b", README), name


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_in_the_readme(field: str) -> None:
    assert f"`GRAPHFEED_{field.upper()}`" in README


def test_every_variable_of_graphfeed_in_the_compose_file_is_a_setting() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    given = re.findall(r"^ +GRAPHFEED_(\w+):", compose, re.MULTILINE)
    assert {"BUILDER", "BUILD_MEMORY", "URI"} <= {*given} <= {field.upper() for field in Settings.model_fields}


def test_every_source_and_profile_is_in_the_readme() -> None:
    for name in [*SOURCES, *profiles()]:
        assert f"`{name}`" in README


def test_every_column_of_the_format_is_in_its_table() -> None:
    table = (ROOT / "loaders" / "README.md").read_text(encoding="utf-8")
    for file in FILES:
        [row] = [line for line in table.splitlines() if line.startswith(f"| `{file.name}` |")]
        columns = row.split("|")[2]
        required, _, optional = columns.partition("[")
        for column in file.columns:
            assert re.search(rf"\b{column.name}\b", required if column.required else optional), column.name


def test_every_file_that_a_document_names_is_there() -> None:
    for document in ROOT.rglob("*.md"):
        if {".venv", "build"} & {*document.relative_to(ROOT).parts}:
            continue
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} names {target}"


def test_the_steps_by_hand_name_statements_that_there_are() -> None:
    text = (ROOT / "cypher" / "README.md").read_text(encoding="utf-8")
    steps = text.split("The tutorial's six steps:")[1]
    named = set(re.findall(r"`(\w+/\w+)`", steps))
    assert len(named) > 7
    assert named <= set(names())
