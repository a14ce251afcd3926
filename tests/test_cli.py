"""The command line, as people use it."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graph.client import Client
from graph.errors import GraphfeedError
from graph.ranking.profiles import FEATURES, profile
from service.cli import app
from tests.support import ask, load, run_command, write_csv

ROOT = Path(__file__).parents[1]
TUTORIAL = ("--profile", "tutorial")
pytestmark = [pytest.mark.live, pytest.mark.usefixtures("cli_environment")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "files",
        users=[{"id": "me", "username": "me"}, {"id": "ana", "username": "ana"}, {"id": "-1", "username": ""}],
        follows=[{"follower": "me", "followee": "ana"}, {"follower": "ana", "followee": "-1"}],
        posts=[
            {"id": "a1", "author": "ana", "taken_at": "2024-05-31T12:00:00Z", "image_url": "https://x.test/1.jpg"},
            {"id": "s1", "author": "", "taken_at": "", "image_url": ""},
        ],
        likes=[{"user": "me", "post": "a1"}, {"user": "ana", "post": "zzz"}],
        tags=[{"post": "a1", "hashtag": "#Sun"}, {"post": "s1", "hashtag": "sun"}],
    )


@pytest.fixture
def loaded(client: Client, folder: Path) -> Client:
    load(client, folder)
    return client


def graphfeed(*args: str, exit_code: int = 0) -> Any:
    """Run a command in a process of its own, as a shell would; its stdout and stderr."""
    command = [sys.executable, "-m", "service.cli", *args]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == exit_code, done.stdout + done.stderr
    return done


def test_import_reports_each_file_and_the_rejects(client: Client, folder: Path) -> None:
    done = graphfeed("import", str(folder))
    assert "likes.csv" in done.stdout
    assert "Rejected rows, each with the reason: rejects-" in done.stdout
    [rejects] = Path.cwd().glob("rejects-*.csv")
    assert "likes.csv,3,unknown post zzz" in rejects.read_text()
    report = json.loads(run_command("import", str(folder), "--json", "--rejects", "mine.csv", "--create-missing"))
    counts = {"rows": 3, "created": 0, "updated": 0, "unchanged": 3, "rejected": 0}
    assert report["files"][0] == {"file": "users.csv", "becomes": "users", **counts}
    assert (report["rejects"], report["leftAlone"]) == (None, [])


def test_feed_as_json_has_the_documented_shape_and_nothing_else_is_on_stdout(loaded: Client) -> None:
    ask(loaded, "MATCH (:User {id: 'me'})-[liked:LIKED]->() DELETE liked")
    answer = json.loads(graphfeed("feed", "me", "--as-of", "2024-06-01", "--limit", "5", "--json").stdout)
    [item] = answer.pop("items")
    assert answer == {
        "user": "me",
        "profile": "default",
        "profileHash": profile("default").hash,
        "source": "mixed",
        "asOf": "2024-06-01T00:00:00Z",
        "seed": 0,
        "missing": ["build"],
        "whyEmpty": None,
        "slate": None,
        "cursor": None,
    }
    assert math.isclose(item.pop("score"), sum(item["parts"].values()), abs_tol=1e-9)
    assert tuple(item.pop("parts")) == FEATURES
    assert item["reason"].pop("cypher").startswith("// Draws the path of a reason\n")
    assert item == {
        "post": "a1",
        "author": "ana",
        "takenAt": "2024-05-31T12:00:00Z",
        "imageUrl": "https://x.test/1.jpg",
        "likeCount": 1,
        "commentCount": 0,
        "source": "followees",
        "reason": {
            "text": "You follow ana.",
            "path": [
                {"id": "me", "label": "User", "type": None},
                {"id": "ana", "label": "User", "type": "FOLLOWS"},
                {"id": "a1", "label": "Post", "type": "POSTED"},
            ],
            "links": [{"text": "ana", "label": "User", "id": "ana"}],
        },
        "probability": 1.0,
        "isNewcomer": False,
    }


def test_the_tutorials_feed_has_its_own_parts(loaded: Client) -> None:
    answer = json.loads(run_command("feed", "me", "--profile", "tutorial", "--as-of", "2024-06-01", "--json"))
    [item] = [item for item in answer["items"] if item["post"] == "a1"]
    assert set(item["parts"]) == {"pageRank", "weight", "engagement", "timeScore"}
    assert item["probability"] is None


def test_what_is_missing_is_null(loaded: Client) -> None:
    loaded.write("import/likes", {"rows": [{"place": 0, "user": "me", "post": "s1", "at": None}], "recordedAt": 0})
    answer = json.loads(run_command("feed", "me", *TUTORIAL, "--source", "interests", "--json", "--limit", "1"))
    [item] = answer["items"]
    assert item["post"] == "a1"
    loaded.write("import/posts", {"rows": [row("a1", likeCount=0)], "recordedAt": 0})
    [item] = json.loads(run_command("feed", "me", *TUTORIAL, "--source", "interests", "--json", "--limit", "1"))[
        "items"
    ]
    assert (item["post"], item["author"], item["takenAt"], item["imageUrl"]) == ("s1", None, None, None)


def row(post: str, **given: object) -> dict[str, object]:
    return {"line": 2, "id": post, "author": None, "likeCount": None, "commentCount": None, "properties": {}, **given}


def test_an_empty_feed_is_no_error_and_says_why(loaded: Client) -> None:
    done = graphfeed("feed", "me", "--source", "followees", "--as-of", "2030-01-01", "--json")
    assert json.loads(done.stdout)["items"] == []
    assert "The newest post is from 2024-05-31" in done.stderr
    assert "No posts. The newest post is from 2024-05-31" in run_command(
        "feed", "me", "--source", "followees", "--as-of", "2030-01-01"
    )


def test_a_feed_for_people_is_a_line_for_each_post(loaded: Client) -> None:
    lines = run_command("feed", "me", *TUTORIAL, "--as-of", "2024-06-01").splitlines()
    assert lines[1].startswith("1.")
    assert "12 h ago" in lines[1]
    assert lines[1].rstrip().endswith("You follow ana and liked 1 post of theirs.")


def test_network_gives_the_tutorials_rows(loaded: Client) -> None:
    rows = json.loads(run_command("network", "me", "--json"))["rows"]
    assert rows == [
        {"srcId": "me", "dstId": "ana", "srcName": "me", "dstName": "ana"},
        {"srcId": "ana", "dstId": "-1", "srcName": "ana", "dstName": "-1"},
    ]
    assert len(json.loads(run_command("network", "me", "--json", "--edges", "mine"))["rows"]) == 1
    assert "ana" in run_command("network", "me", "--label", "id")


def test_a_line_below_the_table_tells_what_a_feed_lacks(loaded: Client) -> None:
    *_, last = run_command("feed", "me", "--as-of", "2024-06-01").splitlines()
    assert last == "Missing: no build yet: what is learned from likes is left out. `graphfeed refresh` makes one."
    assert "Missing: " not in run_command("feed", "me", "--as-of", "2024-06-01", *TUTORIAL)


def test_a_source_that_there_is_not_is_refused_before_a_server_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPHFEED_URI")
    done = graphfeed("feed", "me", "--source", "best", exit_code=1)
    assert "Unknown source 'best'." in done.stderr
    assert not (tmp_path / "home").exists()


def test_interests_knows_profiles_of_ones_own(loaded: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[mine]\nbase = "default"\nhistory_days = 30')
    monkeypatch.setenv("GRAPHFEED_PROFILES", str(path))
    answer = json.loads(run_command("interests", "me", "--profile", "mine", "--json", "--as-of", "2024-06-01"))
    assert (answer["profile"], [row["hashtag"] for row in answer["hashtags"]]) == ("mine", ["sun"])


def test_interests_gives_hashtags_with_weights(loaded: Client) -> None:
    answer = json.loads(run_command("interests", "me", "--json", "--as-of", "2024-06-01"))
    counts = {"weight": 1, "liked": 1, "shown": 0, "looked": 0}
    inferred = {"kind": "inferred", "wish": None, "until": None, "examples": ["a1"], "topic": None}
    assert answer["hashtags"] == [{"hashtag": "sun", "display": "Sun", **counts, **inferred}]
    assert "Sun" in run_command("interests", "me")


@pytest.mark.parametrize("command", ["feed", "network", "interests"])
def test_an_unknown_person_is_a_clear_error(loaded: Client, command: str) -> None:
    done = graphfeed(command, "nobody", "--json", exit_code=1)
    assert done.stdout == ""
    assert "Error: The graph has no person 'nobody'." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["feed", "me", "--as-of", "yesterday"], "is not an ISO 8601 time"),
        (["feed", "me", "--limit", "0"], "greater than or equal to 1"),
        (["feed", "me", "--seed", "-1"], "greater than or equal to 0"),
        (["feed", "me", "--window-days", "-3"], "is not a number of days"),
        (["feed", "me", "--window-days", "nan"], "is not a number of days"),
        (["network", "me", "--edges", "some"], "'some' is not one of"),
        (["feed"], "Missing argument"),
        (["feet", "me"], "No such command"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(args: list[str], says: str) -> None:
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["feed", "me", "--profile", "best"], "Use one of: default, newest, tutorial"),
        (["feed", "me", "--source", "best"], "Use one of: followees"),
        (["import", "nowhere"], "is not a folder"),
    ],
)
def test_a_wrong_name_lists_the_right_ones(client: Client, args: list[str], says: str) -> None:
    with pytest.raises(GraphfeedError, match=says):
        run_command(*args)


def test_an_id_that_looks_like_an_option_goes_after_two_dashes(loaded: Client) -> None:
    assert json.loads(run_command("network", "--json", "--", "-1"))["rows"] == []


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("URI", "bolt://127.0.0.1:9", "does not answer"),
        ("URI", "nonsense", "is not a valid Neo4j address"),
        ("URI", "http://127.0.0.1:7474", "it must start with bolt://"),
        ("DATABASE", "nope", "has no database 'nope'"),
        ("PASSWORD", "wrong", "refused the user 'neo4j'"),
        ("BOLT_PORT", "many", "GRAPHFEED_BOLT_PORT is 'many'"),
        ("HEAP", "big", "GRAPHFEED_HEAP is 'big'"),
    ],
)
def test_wrong_settings_are_clear_errors(
    client: Client, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"GRAPHFEED_{variable}", value)
    done = graphfeed("feed", "me", exit_code=1)
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_checks_the_server_that_the_settings_name(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "GDS 2." in run_command("doctor")
    monkeypatch.setenv("GRAPHFEED_HAEP", "1g")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "Unknown setting: GRAPHFEED_HAEP" in result.stdout
