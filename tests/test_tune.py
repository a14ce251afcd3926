"""Tuning from end to end: results, stored profiles and output, also of networks with too few likes."""

import json
import math
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.random import default_rng
from typer.testing import CliRunner

from graph import clock
from graph.background import watch
from graph.background.arrays import Mask, Network
from graph.background.builder import build
from graph.background.state import state
from graph.background.store import Stopped
from graph.client import Client
from graph.doctor import examine
from graph.errors import SettingsError
from graph.quality import tune as tunes
from graph.quality.holdout import HoldOut, hold_outs
from graph.quality.tune import MEASURES, Measured, Tuned, keep, measures, tune, tune_world
from graph.ranking import stored_profiles
from graph.ranking.profiles import profile
from graph.settings import Settings
from service.app import create_app
from service.cli import app
from tests.fake import Fake
from tests.little_network import DEFAULT, changed
from tests.prepared import BUILT, NOT_BUILT
from tests.support import ask, everything, load, serving, write_csv
from tests.test_watch import wait_until, watching
from tests.worlds import Taste

NAME = re.compile(r"tuned-\d{8}-[0-9a-f]{6}")


@dataclass(frozen=True)
class Crowd:
    """A network of random people in a few circles, who like what their circle likes, and what is popular."""

    people: int = 180
    posts: int = 360
    likes: int = 12
    circles: int = 4
    authors: bool = True
    follows: bool = True
    hashtags: bool = True
    timed: bool = True
    hungry: int = 0
    """Likes of the first person beside those of everybody."""

    def write(self, folder: Path) -> Path:
        rng = default_rng(1)
        users = [{"id": f"u{row}", "username": f"user {row}"} for row in range(self.people)]
        posts = [self._post(row) for row in range(self.posts)]
        files: dict[str, Sequence[Mapping[str, object]]] = {"users": users, "posts": posts, "likes": self._likes(rng)}
        if self.follows:
            pairs = {(a, (a + self.circles * step) % self.people) for a in range(self.people) for step in (1, 2, 5)}
            files["follows"] = [{"follower": f"u{a}", "followee": f"u{b}"} for a, b in sorted(pairs) if a != b]
        if self.hashtags:
            files["tags"] = [{"post": f"p{row}", "hashtag": f"tag{row % self.circles}"} for row in range(self.posts)]
        return write_csv(folder, **{name: rows for name, rows in files.items() if rows})

    def _post(self, row: int) -> dict[str, object]:
        author = f"u{row % self.people}" if self.authors else ""
        return {"id": f"p{row}", "author": author, "taken_at": clock.iso(1_700_000_000_000 + row)}

    def _likes(self, rng: np.random.Generator) -> list[dict[str, object]]:
        """Of the posts of one's circle, the popular ones most often; the newest of each circle are the popular ones."""
        rows = []
        for person in range(self.people):
            circle = np.arange(person % self.circles, self.posts, self.circles)
            odds = 1 / np.arange(1, len(circle) + 1) ** 0.7
            liked = rng.choice(circle, min(self.likes, len(circle)), replace=False, p=odds / odds.sum())
            if person == 0 and self.hungry:
                liked = np.union1d(liked, rng.choice(self.posts, self.hungry, replace=False))
            rows += [
                self._like(person, int(post), int(at))
                for post, at in zip(liked, rng.permutation(len(liked)), strict=True)
            ]
        return rows

    def _like(self, person: int, post: int, at: int) -> dict[str, object]:
        turn = self.people * (at % self.likes) + person
        when = clock.iso(1_710_000_000_000 + 1_000 * turn) if self.timed else ""
        return {"user": f"u{person}", "post": f"p{post}", "at": when}


def run(*args: str) -> str:
    """The output of a command that succeeds."""
    result = CliRunner().invoke(app, args, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def chosen_by(printed: str) -> str:
    """The name in the last line."""
    last = printed.rstrip("\n").splitlines()[-1]
    assert last.startswith("profile: ")
    return last.removeprefix("profile: ")


# --- By command


@pytest.fixture
def crowd(client: Client, tmp_path: Path) -> Client:
    """A graph of a crowd without times, which is not built."""
    load(client, Crowd(timed=False).write(tmp_path / "crowd"))
    return client


@pytest.fixture
def always_better(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is fitted counts as better: whether it is, is not what these tests are about."""
    monkeypatch.setattr(Measured, "gain", lambda mine, other: float(mine.profile != other.profile))


@pytest.mark.long
@pytest.mark.live
@pytest.mark.usefixtures("cli_environment", "always_better")
def test_a_tuned_profile_is_stored_and_found_at_once(crowd: Client, settings: Settings, tmp_path: Path) -> None:
    build(crowd, DEFAULT)
    with serving(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60) as service:
        assert service.get("/v1/users/u1/feed", params={"window_days": "none"}).json()["profile"] == "default"
        out = tmp_path / "mine.toml"
        printed = run("tune", "--out", str(out))
        name = chosen_by(printed)
        assert NAME.fullmatch(name)
        for told in (*MEASURES, "Fitted to ", "reading ", "fit ", "comparison ", str(out)):
            assert told in printed
        found = stored_profiles.find(crowd, name)
        assert found.hash != DEFAULT.hash
        assert found.hash.startswith(name[-6:])
        assert profile(name, out) == found

        asked = {"window_days": "none", "profile": name}
        answer = service.get("/v1/users/u1/feed", params=asked).json()
        assert (answer["profile"], answer["profileHash"], len(answer["items"])) == (name, found.hash, 10)
        assert service.get("/v1/users/u1/feed", params={"profile": "tuned"}).json()["profile"] == name
        assert service.get("/v1/users/u1/feed").json()["profile"] == "default"
        other = service.get("/v1/users/u1/feed", params={"profile": "best"})
        assert (other.status_code, name in other.text) == (422, True)
        assert 'graphfeed_profile_info{hash="' in service.get("/metrics").text
        metrics = service.get("/metrics").text
        assert "graphfeed_tuned_timestamp_seconds" in metrics
        assert "graphfeed_tuning_better 1.0" in metrics
        for told in ('measure{measure="recall@20",profile="fitted"}', 'change{bound="low",measure="ndcg@20"}'):
            assert f"graphfeed_tuning_{told}" in metrics
    with_it = ("--profile", name, "--window-days", "none")
    look = json.loads(run("feed", "u1", *with_it, "--json"))
    assert (look["profile"], look["profileHash"]) == (name, found.hash)
    lists = tmp_path / "lists.jsonl"
    run("feeds", "--users", "all", "--out", str(lists), *with_it)
    best = json.loads(lists.read_text().splitlines()[0])
    assert [math.isfinite(item["score"]) for item in best["items"]]
    run("why", best["user"], best["items"][0]["post"], *with_it)
    assert json.loads(run("interests", "u1", "--profile", name, "--json"))["profile"] == name


@pytest.mark.live
@pytest.mark.usefixtures("cli_environment", "always_better")
def test_a_stored_profile_can_serve(crowd: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    name = chosen_by(run("tune"))
    monkeypatch.setenv("GRAPHFEED_PROFILE", name)
    assert json.loads(run("feed", "u1", "--json"))["profile"] == name
    assert json.loads(run("feed", "u1", "--profile", "default", "--json"))["profile"] == "default"
    run("refresh", "--only", "affinity")  # by the constants of default, from which it differs in weights alone
    for serves in ({"profile": name}, {"tune_hours": 24.0}):
        with serving(create_app(settings.model_copy(update=serves))) as url:
            assert httpx.get(f"{url}/v1/users/u1/feed", timeout=60).json()["profile"] == name
            assert f'name="{name}"' in httpx.get(f"{url}/metrics", timeout=60).text
    ask(crowd, "MATCH (profile:Profile) DETACH DELETE profile")
    gone = settings.model_copy(update={"profile": name})
    with serving(create_app(gone)) as url, httpx.Client(base_url=url, timeout=60) as service:
        answer = service.get("/v1/users/u1/feed").json()
        assert (answer["profile"], "profile" in answer["missing"]) == ("default", True)
        named = service.get("/v1/users/u1/feed", params={"profile": "default"}).json()
        assert "profile" not in named["missing"]
        assert service.get("/v1/users/u1/feed", params={"profile": name}).status_code == 422
        degraded = service.get("/health/ready").json()["degraded"]
        assert any(f"The profile {name} of GRAPHFEED_PROFILE is gone" in each for each in degraded)
    found = {each.subject: each for each in examine(gone)}
    assert (found["profile"].ok, name in found["profile"].text) == (False, True)
    monkeypatch.setenv("GRAPHFEED_PROFILE", "best")
    with pytest.raises(SettingsError, match="Unknown profile 'best'"):
        run("feed", "u1")


@pytest.mark.long
@pytest.mark.live
@pytest.mark.usefixtures("cli_environment", "always_better")
def test_a_dry_run_changes_nothing_and_prints_the_same(crowd: Client) -> None:
    before = everything(crowd)
    printed = run("tune", "--dry-run")
    assert "Dry run: nothing was stored." in printed
    assert everything(crowd) == before
    told = json.loads(run("tune", "--dry-run", "--json"))
    assert told.keys() == {
        *("profile", "profileHash", "isKept", "people", "compared", "before", "fitted", "differences", "seconds")
    }
    assert (told["profile"], told["isKept"]) == (chosen_by(printed), False)  # the same seed, the same fit
    assert told["people"] >= tunes.MIN_PEOPLE
    assert told["before"].keys() == told["fitted"].keys() == told["differences"].keys() == {*MEASURES}
    other = json.loads(run("tune", "--dry-run", "--json", "--seed", "1"))
    assert other["profile"] != told["profile"]


@pytest.mark.live
@pytest.mark.usefixtures("cli_environment")
def test_default_stays_if_the_fit_is_not_better(crowd: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Measured, "gain", lambda mine, other: 0.0)
    out = tmp_path / "out.toml"
    printed = run("tune", "--out", str(out))
    assert chosen_by(printed) == "default"
    assert "The fitted weights do not rank better: default stays." in printed
    assert profile("default", out) == DEFAULT
    assert ask(crowd, "MATCH (profile:Profile) RETURN profile.name AS name") == []
    assert stored_profiles.find(crowd, stored_profiles.TUNED) == DEFAULT
    assert stored_profiles.last_tuning(crowd) is not None


@pytest.mark.live
@pytest.mark.usefixtures("cli_environment")
def test_the_folder_of_out_must_exist(client: Client, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no folder"):
        run("tune", "--out", str(tmp_path / "nowhere" / "out.toml"))
    with pytest.raises(SettingsError, match="cannot be written"):
        run("tune", "--out", str(tmp_path))


# --- Networks that tell little


SHAPES = {
    "nothing at all": Crowd(people=1, posts=1, likes=0),
    "50 people": Crowd(people=50, posts=100),
    "one like each": Crowd(likes=1),
    "one like each, without times": Crowd(likes=1, timed=False),
    "no authors": Crowd(authors=False),
    "no follows": Crowd(follows=False),
    "no hashtags": Crowd(hashtags=False),
    "likes alone": Crowd(authors=False, follows=False, hashtags=False, timed=False),
    "one circle": Crowd(circles=1),
    "everybody likes everything": Crowd(posts=20, likes=20, circles=1),
    "no times": Crowd(timed=False),
    "one person with half of all likes": Crowd(posts=2_400, likes=12, hungry=2_100, timed=False),
    "one person with half of all likes, in time": Crowd(posts=2_400, likes=12, hungry=2_100),
}
FEW = ("nothing at all", "50 people", "one like each", "one like each, without times")
"""Networks with too few people to fit to."""


@pytest.mark.long
@pytest.mark.live
@pytest.mark.usefixtures("cli_environment")
@pytest.mark.parametrize("shape", SHAPES)
def test_tuning_chooses_a_profile_in_any_network(client: Client, tmp_path: Path, shape: str) -> None:
    """Warnings are errors, also those of numpy about what is no number."""
    load(client, SHAPES[shape].write(tmp_path / "network"))
    printed = run("tune")
    assert "nan" not in printed
    name = chosen_by(printed)
    assert name == "default" or NAME.fullmatch(name)
    if shape in FEW:
        assert re.search(r"fit weights to: \d+, and at least 150 are needed\. default stays\.\nprofile:", printed)
    assert json.loads(run("feed", "u0", "--profile", name, "--window-days", "none", "--json"))["profile"] == name


@pytest.mark.live
def test_tuning_an_empty_graph_chooses_default(client: Client) -> None:
    tuned = tune(client, [DEFAULT])
    assert (tuned.profile, tuned.people, tuned.is_better, tuned.differences) == (DEFAULT, 0, False, {})


@pytest.mark.parametrize("taste", [Taste(people=50, posts=150, circles=3), Taste(people=140, posts=300)])
def test_too_few_people_to_measure_on_choose_the_first_profile_also_after_a_tuning(taste: Taste) -> None:
    before = changed(weights={"pop": 0.5}).model_copy(update={"name": "tuned-20240601-3f2a91"})
    tuned = tune_world(taste.drawn().world(), [DEFAULT, before])
    assert (tuned.profile, tuned.fitted, tuned.is_better) == (DEFAULT, None, False)
    assert 0 < tuned.people < tunes.MIN_PEOPLE


@pytest.mark.long
def test_too_few_people_to_compare_on_choose_the_first_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(network: Network, seed: int, eligible: Mask) -> tuple[HoldOut, HoldOut]:
        to_fit, to_compare = hold_outs(network, seed, eligible)
        return to_fit, replace(to_compare, targets=to_compare.targets & (network.likers < 40))

    world = Taste(people=200, timed=False).drawn().world()
    assert tune_world(world, [DEFAULT]).fitted is not None
    monkeypatch.setattr(tunes, "hold_outs", few)
    tuned = tune_world(world, [DEFAULT])
    assert (tuned.profile, tuned.fitted, tuned.people) == (DEFAULT, None, 40)


@pytest.mark.live
def test_worse_weights_are_replaced(crowd: Client) -> None:
    """A profile that turns everything upside down is worse than what is fitted, which is drawn to it."""
    names = ("lists", "factors", "fastrp", "rate", "tag", "pop")
    poor = changed(weights=dict.fromkeys(names, 0.0) | {"never": 2.0}, never={}).model_copy(update={"name": "poor"})
    tuned = tune(crowd, [poor])
    assert tuned.is_better
    assert tuned.differences["ndcg@20"].low > 0
    assert tune(crowd, [poor, tuned.profile]).before is not None


@pytest.mark.live
def test_a_stopped_tuning_stores_nothing(crowd: Client) -> None:
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(Stopped):
        tune(crowd, [DEFAULT], stopped=stopped)
    assert stored_profiles.last_tuning(crowd) is None


@pytest.mark.live
def test_the_tutorial_has_no_weights(client: Client) -> None:
    with pytest.raises(SettingsError, match="The profile tutorial has no weights"):
        tune(client, [profile("tutorial")])


@pytest.mark.parametrize("memory", [None, 1 << 30])
def test_a_tuning_that_needs_too_much_memory_says_so_before_it_reads_anything(memory: int | None) -> None:
    fake = Fake({"build/size": [{"people": 100_000, "posts": 700_000, "likes": 3_000_000, "highest": 1_000_000}]})
    if memory is None:
        tunes.require_memory(fake, DEFAULT, memory)
        return
    with pytest.raises(
        SettingsError, match=r"needs about [\d,]+ MB of memory, but may take only 1,024 MB\. Raise GRAPHFEED_BU"
    ):
        tune(fake, [DEFAULT], memory=memory)
    assert fake.names == ["build/size"]


# --- By schedule


HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("built_hours_ago", "tuned_hours_ago", "due"),
    [
        (None, None, False),
        (1, None, True),
        (1, 30, True),
        (30, 30.1, True),
        (30, 29, False),  # nothing was built since
        (1, 20, False),
        (None, 30, False),
    ],
)
def test_a_tuning_is_due_after_a_build_where_the_last_one_is_old(
    built_hours_ago: float | None, tuned_hours_ago: float | None, due: bool
) -> None:
    now = clock.now()
    built = NOT_BUILT if built_hours_ago is None else {**BUILT, "builtAt": now - round(built_hours_ago * HOUR_MS)}
    at = None if tuned_hours_ago is None else now - round(tuned_hours_ago * HOUR_MS)
    last = {"at": at, "profile": at and "default", "text": None, "outcome": None}
    assert watch.is_tuning_due(Fake({"build/state": [built], "profiles/tuning": [last]}), 24) is due


@pytest.mark.live
@pytest.mark.usefixtures("always_better")
def test_a_builder_tunes_after_its_build_and_the_chosen_profile_serves(
    crowd: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_profiles, "LOOK_SECONDS", 0.0)
    often = settings.model_copy(update={"build_seconds": 0.2, "tune_hours": 1e-9})
    assert stored_profiles.find(crowd, often.serving) == DEFAULT
    with watching(crowd, often):
        wait_until(lambda: stored_profiles.last_tuning(crowd), 300)
    last = stored_profiles.last_tuning(crowd)
    assert last is not None
    assert NAME.fullmatch(last.profile)
    assert stored_profiles.find(crowd, often.serving).name == last.profile
    assert ask(crowd, "MATCH (profile:Profile) RETURN count(*) AS count") == [{"count": 1}]  # one build, one tuning


@pytest.mark.live
def test_a_builder_does_not_tune_by_default(crowd: Client, settings: Settings) -> None:
    with watching(crowd, settings.model_copy(update={"build_seconds": 0.2})):
        wait_until(lambda: state(crowd), 300)
        time.sleep(1)
    assert stored_profiles.last_tuning(crowd) is None


@pytest.mark.live
def test_a_profile_that_serves_is_compared_and_may_stay(crowd: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    serving = changed(weights={"pop": 0.5}).model_copy(update={"name": "tuned-20240601-3f2a91"})
    by_name = {"default": 0.0, serving.name: 1.0}
    monkeypatch.setattr(
        Measured, "gain", lambda mine, other: by_name.get(mine.profile.name, 0) - by_name.get(other.profile.name, 0)
    )
    tuned = tune(crowd, [DEFAULT, serving])
    assert (tuned.profile, tuned.is_better) == (serving, False)
    keep(crowd, tuned)
    last = stored_profiles.last_tuning(crowd)
    assert last == stored_profiles.Tuning(tuned.at, serving.name)


# --- What is measured


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([0, 1], (1.0, 1.0, 1.0)),
        ([19, 20], (0.5, 1.0, 1 / math.log2(21) / (1 + 1 / math.log2(3)))),
        ([99, 100, 500, 7], (0.25, 0.5, 1 / math.log2(9) / 2.5616)),
        ([*range(50)], (0.4, 1.0, 1.0)),
        ([300], (0.0, 0.0, 0.0)),
    ],
)
def test_measures_of_a_list(targets: list[int], expected: tuple[float, ...]) -> None:
    assert measures(np.arange(200), np.array(targets)) == pytest.approx(expected, abs=1e-5)
    assert measures(np.arange(0), np.array(targets)) == (0, 0, 0)


def measured(name: str, *by_person: tuple[float, float, float]) -> Measured:
    return Measured(DEFAULT.model_copy(update={"name": name}), np.array(by_person).reshape(-1, 3))


def test_a_gain_is_the_mean_relative_change_of_the_measures() -> None:
    before, after = measured("before", (0.1, 0.2, 0.0)), measured("after", (0.2, 0.1, 0.0))
    assert after.gain(before) == pytest.approx(0)
    better = measured("better", (0.2, 0.2, 0.1))
    assert better.gain(before) == pytest.approx((0.5 + 0 + 1) / 3)
    assert before.gain(better) == -better.gain(before)
    assert measured("nobody").gain(measured("nobody either")) == 0


def test_without_people_to_compare_on_there_are_no_differences() -> None:
    none = measured("none")
    assert Tuned(0, none.profile, none, none).differences == {}
