"""`graphfeed evaluate` on real servers: the report of a generated network, and leaks."""

import csv
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from graph import clock
from graph.background.builder import build
from graph.client import Client
from graph.errors import GraphfeedError, LeakFound, LoadError, SettingsError
from graph.progress import Silent
from graph.quality import evaluation
from graph.quality.baselines import BASELINES
from graph.quality.evaluation import Evaluation, Likes, Options
from graph.quality.report import MEASURES
from graph.ranking.profiles import profile
from loaders.evaluation.run import without_content, without_sources
from loaders.generator import generate
from service.cli import app
from tests.support import ask, everything, load, write_csv

NOW = clock.parse("2024-06-01")
DEFAULT = profile("default")


def test_rows_beside_the_profile_lack_what_is_for_cold_posts() -> None:
    assert {*DEFAULT.sources} - {*without_sources(DEFAULT, "looks_alike").sources} == {"looks_alike"}
    assert {*DEFAULT.sources} - {*without_content(DEFAULT).sources} == {"looks_alike", "new_posts"}
    only = without_sources(DEFAULT, "popular").model_copy(update={"sources": ("looks_alike",)})
    assert without_sources(only, "looks_alike").sources == ("looks_alike",)


@pytest.fixture
def untimed(tmp_path: Path) -> Path:
    """A generated network of 200 people whose likes have no times, so that a hash holds some out."""
    generate(tmp_path / "timed", users=200, likes_per_user=40, until=NOW, celebrity=False)
    folder = tmp_path / "network"
    (tmp_path / "timed").rename(folder)
    with (folder / "likes.csv").open(newline="", encoding="utf-8") as file:
        likes = [{"user": row["user"], "post": row["post"]} for row in csv.DictReader(file)]
    write_csv(folder, likes=likes)
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Has evaluations take little memory and time, and gives the signal that the command takes back."""
    monkeypatch.setattr(evaluation, "SAMPLE_PEOPLE", 20)
    monkeypatch.setenv("GRAPHFEED_HEAP", "512m")
    monkeypatch.setenv("GRAPHFEED_PAGE_CACHE", "64m")
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def evaluated(*arguments: object) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["evaluate", *map(str, arguments), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measures(report: dict[str, Any], method: str, table: str = "table") -> dict[str, dict[str, float]]:
    [row] = [row for row in report[table]["rows"] if row["method"] == method]
    found: dict[str, dict[str, float]] = row["measures"]
    return found


@pytest.mark.long
@pytest.mark.live
@pytest.mark.usefixtures("cli_environment", "small")
def test_an_evaluation_of_files_and_one_of_the_graph_with_another_seed_agree(
    client: Client, untimed: Path, tmp_path: Path
) -> None:
    load(client, untimed)
    before = everything(client)
    one = evaluated(untimed, "--people", 100, "--plot", tmp_path / "plot.svg")
    other = evaluated("--people", 100, "--seed", 1)
    assert everything(client) == before
    for report in (one, other):
        assert [row["method"] for row in report["table"]["rows"]] == ["graphfeed", *BASELINES]
        assert report["tutorial"]["rows"][-1]["method"] == "tutorial"
        assert report["table"]["people"] == 100
        assert measures(report, "graphfeed")["recall@20"]["mean"] > measures(report, "popularity")["recall@20"]["mean"]
        list_, page = report["looks"]
        assert list_["recall"]["mean"] == pytest.approx(measures(report, "graphfeed", "tutorial")["recall@20"]["mean"])
        assert sum(page["distances"].values()) == pytest.approx(1)
        assert 0.5 < page["hasReason"] <= 1
    assert one["about"]["heldOut"] != other["about"]["heldOut"]
    for name in MEASURES:
        first, second = (measures(report, "graphfeed")[name] for report in (one, other))
        assert first["low"] <= second["high"], name
        assert second["low"] <= first["high"], name
    assert ElementTree.parse(tmp_path / "plot.svg").getroot().tag.endswith("svg")


@pytest.mark.long
@pytest.mark.live
@pytest.mark.usefixtures("cli_environment", "small")
def test_a_fitted_profile_is_measured_and_an_ablation_written(untimed: Path, tmp_path: Path) -> None:
    file = tmp_path / "parts.md"
    report = evaluated(untimed, "--people", 100, "--tune", "--parts", file)
    assert [row["method"] for row in report["table"]["rows"]] == ["graphfeed", "tuned", *BASELINES]
    parts = report["parts"]
    assert {row["name"] for row in parts["sources"]} == {*DEFAULT.sources} - {"missed"}
    assert parts["people"] == report["table"]["people"] == 100
    whole = measures(report, "graphfeed")
    for name in ("recall@20", "recall@100", "ndcg@20"):  # the twin ranks what the product serves
        assert parts["default"]["measures"][name]["mean"] == pytest.approx(whole[name]["mean"], abs=1e-6), name
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Ablation\n")
    assert "| without | Recall@20 |" in text
    with pytest.raises(SettingsError, match="--parts needs posts of any age"):
        evaluated(untimed, "--parts", file, "--window-days", 7)
    with pytest.raises(SettingsError, match="There is no folder"):
        evaluated(untimed, "--parts", tmp_path / "nowhere" / "parts.md")


@pytest.mark.long
@pytest.mark.live
def test_leaks_are_found_in_likes_counters_and_builds(client: Client, tmp_path: Path) -> None:
    generate(tmp_path / "files", users=100, likes_per_user=20, until=NOW, celebrity=False)
    load(client, tmp_path / "files")
    [like] = ask(
        client,
        "MATCH (user:User)-[:LIKED]->(post) WHERE COUNT { (post)<-[:LIKED]-() } > 5 "
        "RETURN user.id AS user, post.id AS post ORDER BY user, post LIMIT 1",
    )
    build(client, DEFAULT, as_of=NOW)

    def look(pair: tuple[str, str]) -> Evaluation:
        return Evaluation(client, Likes([pair], "planted"), Options(DEFAULT, NOW), Silent())

    pair = (like["user"], like["post"])
    with pytest.raises(LeakFound, match="has held-out likes"):
        look(pair)
    # Gone from the graph, and the build still knows it
    ask(
        client,
        "MATCH (:User {id: $user})-[like:LIKED]->(post:Post {id: $post}) "
        "DELETE like SET post.likeCount = post.likeCount - 1",
        **like,
    )
    with pytest.raises(LeakFound, match=f"The list of post '{pair[1]}' was made from"):
        look(pair)
    ask(client, "MATCH (post:Post {id: $post}) SET post.listedLikes = post.listedLikes - 1", **like)
    with pytest.raises(LeakFound, match=f"The factor vector of person '{pair[0]}' was made from"):
        look(pair)
    ask(client, "MATCH (user:User {id: $user}) SET user.factorsLikes = user.factorsLikes - 1", **like)
    assert look(pair)  # nothing is left that tells
    ask(client, "MATCH (post:Post {id: $post}) SET post.likeCount = post.likeCount + 1", **like)
    with pytest.raises(LeakFound, match=f"The like count of post '{pair[1]}' was made from"):
        look(pair)


# --- Errors before a server is started


def refused(*arguments: object) -> GraphfeedError:
    done = CliRunner().invoke(app, ["evaluate", *map(str, arguments)])
    assert isinstance(done.exception, GraphfeedError), done.output
    return done.exception


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    users = [{"id": id} for id in ("ana", "ben")]
    posts = [{"id": "p1", "author": "ana"}]
    return write_csv(tmp_path / "tiny", users=users, posts=posts, likes=[{"user": "ben", "post": "p1"}])


@pytest.mark.usefixtures("small")
def test_bad_arguments_are_refused(tiny: Path, tmp_path: Path) -> None:
    assert isinstance(refused(tiny, "--holdout", "x.csv", "--split", 0.1), SettingsError)
    assert isinstance(refused(tiny, "--split", 1.5), SettingsError)
    assert isinstance(refused(tiny, "--profile", "tutorial"), SettingsError)
    assert isinstance(refused(tiny, "--plot", tmp_path / "none" / "plot.svg"), SettingsError)
    assert isinstance(refused(tmp_path / "nowhere"), LoadError)
    assert isinstance(refused(tiny, "--holdout", tmp_path / "none.csv"), LoadError)
    assert refused(tiny, "--holdout", tiny / "likes.csv").problem.startswith("The network has likes of likes.csv, too")
    (tiny / "likes.csv").unlink()
    assert refused(tiny).problem == "The network has no likes to learn from."
