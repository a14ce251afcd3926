"""Statements with values in place of their parameters, the links to them, and the command that prints these."""

import json
import re
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from cypher import FOLDER, NO_CODE, load, names, used_parameters
from cypher.pasting import parameters, pasteable, sampled
from graph.client import Client
from graph.errors import SettingsError
from graph.settings import read_settings
from service import guide
from service.cli import app
from service.documents import the_guide
from service.neo4j_browser import MAX_QUERY, address, guess, link
from service.pages import FOLDER as STATIC
from tests.support import ask, run_command

READING = [name for name in names() if not load(name).changes_graph and not name.startswith("schema/")]
HERE = "http://127.0.0.1:7474/browser/"


def test_a_value_stands_for_its_parameter_and_an_entry_for_that_of_a_map() -> None:
    values = {"path": [{"id": "a'b\"", "label": "User", "type": None}]}
    text = pasteable("explain/path", values)
    assert '[{id: "a\'b\\"", label: "User", type: null}]' in text
    assert "$" not in re.sub(NO_CODE, "", text)
    given = {"me": "7", "slate": "s", "items": [], "every": True, "asOf": 1, "exclude": [], "likes": 5, "followees": 5}
    shown = {"sensitive": False, "exclude": [], "limit": 10, "start": 0, "given": {**given, "stayShare": 1.0}}
    text = pasteable("feed/page", shown)
    assert 'MATCH (me:User {id: "7"})' in text
    assert '(slate:Slate {id: "s"})' in text


@pytest.mark.parametrize("name", names())
def test_no_statement_has_a_sign_at_which_browser_cuts_a_link(name: str) -> None:
    assert not re.search("[&#]", load(name).text)


def test_signs_at_which_browser_cuts_a_link_are_escaped_in_values() -> None:
    assert not re.search("[&#]", sampled("network/picture", "a&b#c"))
    assert r"a\u0026b\u0023c" in sampled("network/picture", "a&b#c")


@pytest.mark.parametrize("name", READING)
def test_samples_stand_for_all_parameters(name: str) -> None:
    assert not used_parameters(sampled(name, "7"))


def test_maps_are_set_so_that_browser_keeps_whole_numbers() -> None:
    given = parameters("feed/me", {name: {"a": 1} if name == "bounds" else 1 for name in load("feed/me").samples})
    assert ":param bounds => head([{a: 1}]);\n" in given


def test_a_link_has_its_text_in_the_query_and_a_long_one_in_the_fragment() -> None:
    assert link(HERE, "RETURN 1 + 1") == f"{HERE}?cmd=edit&arg=RETURN%201%20%2B%201"
    long = "// " + "x" * MAX_QUERY
    before, _, fragment = link(HERE, long).partition("#")
    assert unquote(fragment) == f"?cmd=edit&arg={long}"
    assert before != link(HERE, f"{long}y").partition("#")[0]  # or an open page would not load it


def test_the_address_is_the_setting_or_the_embedded_server_s() -> None:
    assert address(read_settings(uri="bolt://db:7687")) is None
    assert address(read_settings(uri="bolt://db:7687", browser="https://db/browser/")) == "https://db/browser/"
    assert (address(read_settings(http_port=7499)) or "").startswith("http://127.0.0.1:")
    assert guess("bolt://db:7687") == "http://db:7474/browser/"
    assert guess("neo4j+s://db") == "https://db:7473/browser/"
    assert guess("bolt://[::1]:7687") == "http://[::1]:7474/browser/"


def test_the_command_prints_the_link_and_how_to_log_in() -> None:
    said = run_command("browser", "cypher/network/picture.cypher", "--user", "7")
    assert link(HERE, sampled("network/picture", "7")) in said
    assert re.search(r"User neo4j, password in .*password", said)


def test_the_command_begins_with_the_projection_that_a_statement_needs() -> None:
    links = json.loads(run_command("browser", "tutorial/followees", "--json"))["links"]
    assert [*links] == ["tutorial/project_followees", "tutorial/followees"]


def test_the_command_lists_what_reads_and_links_the_parameters() -> None:
    said = run_command("browser")
    assert "network: people, picture, rows" in said
    assert "wipe" not in said
    assert link(HERE, (FOLDER / "params.cypher").read_text(encoding="utf-8")) in said


def test_the_address_of_another_neo4j_is_said_to_be_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFEED_URI", "bolt://db:7687")
    monkeypatch.setenv("GRAPHFEED_PASSWORD", "a secret of mine")
    result = CliRunner().invoke(app, ["browser", "network/picture"])
    assert "http://db:7474/browser/" in result.stdout
    assert "is a guess" in result.stderr
    assert "secret" not in result.output
    monkeypatch.setenv("GRAPHFEED_BROWSER", "https://db/browser/")
    result = CliRunner().invoke(app, ["browser", "network/picture"])
    assert "https://db/browser/?cmd=edit" in result.stdout
    assert "guess" not in result.output


@pytest.mark.parametrize(
    ("name", "near"),
    [("picture", "network/picture"), ("network/pictur", "network/picture"), ("zzzz", "`graphfeed browser` lists them")],
)
def test_an_unknown_name_is_told_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(SettingsError, match=f"There is no statement '{name}'.") as raised:
        CliRunner().invoke(app, ["browser", name], catch_exceptions=False)
    assert near in raised.value.remedy


def test_the_guide_is_the_tour_of_the_document() -> None:
    assert (STATIC / guide.FILE).read_text(encoding="utf-8") == the_guide()
    assert the_guide().count("<slide") == 8
    assert "{{" not in guide.filled(the_guide())


@pytest.mark.live
@pytest.mark.long
def test_each_statement_that_reads_is_understood_with_samples_in_place_of_its_parameters(client: Client) -> None:
    for name in READING:
        ask(client, f"EXPLAIN {sampled(name, '7')}")
