"""What a person muted, blocked and hid, as they may look it up and take it back."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph import clock
from graph.client import Client
from graph.errors import NotFound
from graph.ranking.own_filters import own_filters
from service.cli import app
from tests.little_network import DAY, NOW, Network, act
from tests.support import ask, run_command

pytestmark = pytest.mark.live


@pytest.fixture
def small(client: Client, tmp_path: Path) -> Client:
    network = Network()
    for author in ("ana", "ben", "cem"):
        network.post(author, f"{author}1", f"{author}2", hashtags=("SunSet",))
    network.person("me")
    network.load(client, tmp_path)
    return client


def test_each_kind_is_listed_the_latest_first_with_its_end(small: Client) -> None:
    later = clock.now() + DAY
    act(small, "mute", at=NOW, person="ana")
    act(small, "mute", at=NOW + 2, hashtag="sunset", until=later)
    act(small, "mute", at=NOW + 1, word="snow", until=later)
    act(small, "block", at=NOW, person="ben")
    act(small, "hide", at=NOW, post="cem1", reason="spam")
    act(small, "report", at=NOW + 1, post="cem2")
    found = own_filters(small, "me")
    assert [(row["person"] or row["hashtag"] or row["word"], row["at"], row["until"]) for row in found.muted] == [
        ("sunset", NOW + 2, later),
        ("snow", NOW + 1, later),
        ("ana", NOW, None),
    ]
    assert [(row["person"], row["username"], row["at"]) for row in found.blocked] == [("ben", "Ben", NOW)]
    assert [(row["post"], row["reason"]) for row in found.hidden] == [("cem2", "report"), ("cem1", "spam")]
    one = own_filters(small, "me", limit=1)
    assert ([row["hashtag"] for row in one.muted], one.blocked, [row["post"] for row in one.hidden]) == (
        ["sunset"],
        found.blocked,
        ["cem2"],
    )


def test_what_is_over_or_was_taken_back_is_not_listed(small: Client) -> None:
    act(small, "mute", person="ana", until=NOW + DAY)  # which is over by now, and not swept yet
    act(small, "mute", word="snow", until=NOW + DAY)
    act(small, "block", person="ben")
    act(small, "hide", post="cem1")
    assert own_filters(small, "me").muted == []
    act(small, "unblock", person="ben")
    act(small, "unhide", post="cem1")
    found = own_filters(small, "me")
    assert (found.muted, found.blocked, found.hidden) == ([], [], [])
    with pytest.raises(NotFound, match="no person 'nobody'"):
        own_filters(small, "nobody")


@pytest.mark.parametrize(
    "hiding",
    [
        "MATCH (ana:User {id: 'ana'}) SET ana.visibility = 'followers'",
        "MATCH (ana:User {id: 'ana'}) SET ana.optedOut = true",
        "MATCH (ana:User {id: 'ana'}), (me:User {id: 'me'}) CREATE (ana)-[:BLOCKED]->(me)",
    ],
)
def test_whoever_may_not_be_named_to_a_person_has_no_name(small: Client, hiding: str) -> None:
    act(small, "mute", person="ana")
    act(small, "block", person="ana")
    ask(small, hiding)
    found = own_filters(small, "me")
    assert [(row["person"], row["username"], row["fullName"]) for row in found.muted + found.blocked] == [
        ("ana", None, None),
        ("ana", None, None),
    ]


def test_odd_data_are_listed_as_far_as_they_can_be(small: Client) -> None:
    ask(
        small,
        "MATCH (me:User {id: 'me'}), (ana:User {id: 'ana'}) CREATE (me)-[:MUTED {at: 'then', until: 'soon'}]->(ana)",
    )
    ask(small, "MATCH (me:User {id: 'me'}), (p:Post {id: 'cem1'}) CREATE (me)-[:HID {at: 9e18, reason: 7}]->(p)")
    found = own_filters(small, "me")
    assert [(row["person"], row["at"], row["until"]) for row in found.muted] == [("ana", None, None)]
    assert [(row["post"], row["reason"]) for row in found.hidden] == [("cem1", "7")]


@pytest.mark.usefixtures("cli_environment")
def test_the_command_lists_what_its_opposites_take(small: Client) -> None:
    assert run_command("filters", "me") == "me muted, blocked and hid nothing.\n"
    act(small, "mute", at=NOW, hashtag="sunset")
    act(small, "mute", at=NOW, word="snow")
    act(small, "block", at=NOW, person="ben")
    act(small, "hide", at=NOW, post="cem1", reason="spam")
    shown = [line.split() for line in run_command("filters", "me").splitlines()]
    day = clock.shown(NOW)
    assert shown == [
        ["kind", "what", "name", "since", "until", "reason"],
        ["muted", "#sunset", "SunSet", day],
        ["muted", "snow", "a", "word", day],
        ["blocked", "ben", "Ben", day],
        ["hid", "cem1", day, "spam"],
    ]
    few = CliRunner().invoke(app, ["filters", "me", "--limit", "1"])
    assert (len(few.stdout.splitlines()), few.stderr) == (
        4,
        "No more than 1 of each kind are listed: --limit lists more.\n",
    )
    answer = json.loads(run_command("filters", "me", "--json"))
    assert {kind: len(rows) for kind, rows in answer.items() if kind != "user"} == {
        "muted": 2,
        "blocked": 1,
        "hidden": 1,
    }
