"""Slates to learn from on a real server: stored pools and their retention, estimates, experiments and holdouts."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from typer.testing import CliRunner

from graph import clock
from graph.background.watch import RETENTION_MS
from graph.client import Client, Row
from graph.events import Event, record
from graph.quality.arms import Arm, results
from graph.quality.offpolicy import (
    BLANKED,
    ONE_SOURCE,
    REWARD_DAYS,
    UNSEEN,
    LoggedSlate,
    estimate,
    estimate_from,
    logged_slates,
    weighted_slates,
)
from graph.ranking.batch import everybody
from graph.ranking.experiments import CONTROL, HELD, OPEN, TREATED, Experiment, Holdout, Trials
from graph.ranking.feed import Feed, feed, prepare
from graph.settings import Settings
from loaders.exporter import export_person
from loaders.forgetting import forget
from service.app import create_app
from service.cli import app
from tests.costs import Costs, profiled
from tests.little_network import DAY, DEFAULT, NOW, act, asked, built, changed, let_trend, lively, posts_of, ranking
from tests.support import ask, everything, serving

pytestmark = pytest.mark.live
EVERY = changed(pool_share=1.0)
"""A profile that stores every pool."""
NONE = changed(pool_share=0.0)
HOT = changed(NONE, mixing={"temperature": 1.0}).model_copy(update={"name": "hot"})
HOUR = DAY // 24
REWARD_MS = round(REWARD_DAYS * DAY)


@pytest.fixture
def town(client: Client, tmp_path: Path) -> Client:
    """The lively network with two more people, and its build."""
    network = lively()
    network.person("yul", "zoe")
    network.load(client, tmp_path / "files")
    prepare(client, DEFAULT)
    assert built(client).missing == ()
    let_trend(client, "rex", "sue", "ted")
    return client


def recorded(client: Client, user: str = "me", **details: Any) -> Feed:
    return feed(client, asked(user, **{"profile": EVERY, "waits": True, **details}), record=True)


def slate_of(client: Client, answer: Feed) -> Row:
    [row] = ask(client, "MATCH (slate:Slate {id: $id}) RETURN slate {.*} AS slate", id=answer.slate)
    return dict(row["slate"])


def ties(client: Client) -> Counter[str]:
    """The number of my slates by their tie to me."""
    rows = ask(client, "MATCH (:User {id: 'me'})-[tie]->(:Slate) RETURN type(tie) AS tie")
    return Counter(row["tie"] for row in rows)


def expire(client: Client, *answers: Feed) -> None:
    """Makes slates so old that no new slate reads them."""
    before = clock.now() - round((ranking().served_days + 1) * DAY)
    text = "MATCH (slate:Slate) WHERE slate.id IN $ids SET slate.expiresAt = $before"
    ask(client, text, ids=[answer.slate for answer in answers], before=before)


class Crowd:
    """Serves slates to everybody, who like and hide some of the posts; counts these events, too."""

    def __init__(self, client: Client, seed: int = 0) -> None:
        self._client = client
        self._random = random.Random(seed)
        self._done: set[tuple[str, str]] = set()
        self.slates: list[Feed] = []
        self.likes: Counter[str | None] = Counter()
        """Likes by slate."""
        self.hides: Counter[str | None] = Counter()

    def serve(self, rounds: int, trials: Trials | None = None, **details: Any) -> None:
        """Serves `rounds` slates to everybody, an hour apart."""
        for user in everybody(self._client):
            for number in range(rounds):
                request = asked(user, **{"profile": EVERY, "as_of": NOW + number * HOUR, "waits": True, **details})
                answer = feed(self._client, request.trying(trials or Trials(), HOT), record=True)
                if answer.items:
                    self.slates.append(answer)
                    self._respond(answer)

    def _respond(self, answer: Feed) -> None:
        events = []
        for item in answer.items:
            kind = self._random.choices(["like", "hide", ""], [0.2, 0.05, 0.75])[0]
            late = self._random.random() < 0.1  # more than a week after, which does not count
            if kind:
                at = answer.as_of + (REWARD_MS + 1 if late else self._random.randrange(HOUR))
                events.append(Event(uuid4().hex, kind, answer.user, at, post=item.post))
                if not late:
                    (self.likes if kind == "like" else self.hides)[answer.slate] += 1
        assert all(outcome.status == "done" for outcome in record(self._client, events))


# --- Stored pools


def test_a_stored_pool_has_all_that_its_draws_depended_on(town: Client) -> None:
    act(town, "pick", hashtag="sea")
    first, second = recorded(town, limit=5), recorded(town, as_of=NOW + HOUR)
    slate = slate_of(town, second)
    shown = Counter(item.author for item in first.items)
    assert sum(slate["poolShown"]) > 0
    assert slate["poolShown"] == [shown[author] for author in slate["poolAuthors"]]
    assert (slate["poolLikes"], slate["poolConstants"], slate["isKept"]) == (3, ranking().features_hash, True)
    assert {*slate["poolLate"]} == {"popular", "trending", "newest"}  # of somebody in cold start
    skipped: Counter[str] = Counter()
    kept = {of.constants: of for of in logged_slates(town, skipped)}
    assert not skipped
    assert kept.keys() == {ranking().features_hash}
    for of in logged_slates(town, skipped):
        assert weighted_slates([of], EVERY, skipped).weights == pytest.approx(1, abs=1e-6)
    assert "isKept" not in slate_of(town, recorded(town, profile=NONE, as_of=NOW + 2 * HOUR))


def test_slates_that_no_estimate_can_use_are_counted(town: Client) -> None:
    recorded(town, source="followees")
    later = feed(town, asked(profile=EVERY, as_of=NOW + HOUR), record=True, served="later")
    recorded(town, as_of=NOW + 2 * HOUR)
    skipped: Counter[str] = Counter()
    assert len([*logged_slates(town, skipped)]) == 1
    assert skipped == {ONE_SOURCE: 1, UNSEEN: 1}
    [outcome] = record(town, [Event("seen", "impression", "me", slate=later.slate, place=4)])
    assert outcome.status == "done"
    assert sorted(len(of.drawn) for of in logged_slates(town, Counter())) == [4, 10]
    forget(town, str(later.items[0].author))
    skipped = Counter()
    assert all(isinstance(of, LoggedSlate) for of in logged_slates(town, skipped))
    assert skipped[BLANKED] >= 1


def test_slates_to_learn_from_are_set_aside_when_others_are_deleted(town: Client) -> None:
    plain = recorded(town, profile=NONE)
    kept = recorded(town, as_of=NOW + HOUR, limit=4)
    expire(town, plain, kept)
    before = slate_of(town, kept)
    recorded(town, profile=NONE, as_of=NOW + 2 * HOUR)
    assert ties(town) == {"WAS_SHOWN": 1, "KEPT_SLATE": 1}
    aside = slate_of(town, kept)
    assert aside["posts"] == before["posts"][:4]
    assert aside["poolFeatures"] == before["poolFeatures"]
    assert "features" not in aside
    [learned] = logged_slates(town, Counter())
    assert [learned.candidates[row].post for row in learned.drawn] == posts_of(kept)
    assert learned.probabilities.tolist() == before["probabilities"][:4]
    recorded(town, profile=NONE, as_of=NOW + 3 * HOUR)
    assert ties(town)["KEPT_SLATE"] == 1
    for days, left in ((RETENTION_MS // DAY, 1), (1, 0)):
        town.write("slates/prune", {"before": clock.now() - days * DAY, "batch": 10})
        assert ties(town)["KEPT_SLATE"] == left


def test_stored_pools_of_a_person_are_forgotten_and_not_exported(town: Client) -> None:
    holdout = Trials(Experiment("warmer", "hot", 0.0), Holdout("without", "trending", 0.5))
    for number in range(2):
        request = asked(profile=EVERY, as_of=NOW + number * HOUR).trying(holdout, HOT)
        answer = feed(town, request, record=True)
        expire(town, answer)
    recorded(town, profile=NONE, as_of=NOW + 3 * HOUR)
    assert ties(town)["KEPT_SLATE"] == 2
    exported = [json.loads(line) if isinstance(line, str) else line for line in export_person(town, "me")]
    assert "trending" not in str(exported)
    assert "ted0" in str(everything(town))
    forget(town, "ted")  # of whom others' slates tell
    assert "ted" not in {post[:3] for row in ask(town, ALL_POSTS) for post in row["posts"] or []}
    forget(town, "me")
    assert ask(town, "MATCH (slate:Slate) RETURN count(slate) AS slates") == [{"slates": 0}]


ALL_POSTS = """MATCH (slate:Slate) UNWIND [slate.posts, slate.poolPosts, slate.heldPosts, slate.openPosts] AS posts
RETURN posts"""


def test_slates_that_were_set_aside_do_not_cost_feeds_anything(town: Client) -> None:
    def hits() -> dict[str, int]:
        costs = Costs()
        with profiled(costs):
            feed(town, asked(limit=5, waits=True))
        return {name: costs.by_statement[name].hits for name in ("feed/me", "feed/ranked", "feed/page")}

    make = (
        "UNWIND range(1, 500) AS n CREATE (:Slate {id: 'old' + n, asOf: $at, served: 1, posts: ['q'], authors: ['q']})"
    )
    ask(town, make, at=NOW - HOUR)
    hits()
    before = hits()
    ask(town, "MATCH (me:User {id: 'me'}), (old:Slate) CREATE (me)-[:KEPT_SLATE]->(old)")
    aside = hits()
    assert all(aside[name] <= before[name] + 20 for name in before), (before, aside)
    ask(town, "MATCH (me:User {id: 'me'})-[:KEPT_SLATE]->(old) CREATE (me)-[:WAS_SHOWN]->(old)")
    shown = hits()
    assert all(shown[name] > aside[name] + 500 for name in ("feed/me", "feed/ranked")), (aside, shown)


# --- Estimates


def test_the_estimate_of_the_profile_that_served_is_its_observed_reward(town: Client, cli_environment: None) -> None:
    crowd = Crowd(town)
    crowd.serve(4)
    slates = len(crowd.slates)
    assert slates >= 100
    observed = (crowd.likes.total() - crowd.hides.total()) / slates
    assert observed > 0
    found = estimate(town, EVERY)
    assert (found.slates, found.skipped) == (slates, {})
    assert found.logged == pytest.approx(observed)
    assert found.value == pytest.approx(observed, abs=1e-6)
    assert found.ess == pytest.approx([slates] * found.places, rel=1e-6)
    assert found.interval.low < observed < found.interval.high
    told = CliRunner().invoke(app, ["tune", "--from-slates", "--profile", "default"])  # which keeps fewer pools
    assert told.exit_code == 0, told.output
    assert f"{found.value:.3f} likes less hides in the first {found.places} places" in told.stdout
    assert told.stdout.splitlines()[-1] == "profile: default"
    answer = json.loads(CliRunner().invoke(app, ["tune", "--from-slates", "--json"]).stdout)  # nothing is tuned yet
    assert (answer["profile"], answer["value"]) == ("default", pytest.approx(observed, abs=1e-6))
    warmer = estimate(town, changed(mixing={"temperature": 0.06}))
    assert warmer.logged == pytest.approx(observed) or warmer.places < found.places
    assert warmer.value != pytest.approx(found.value, abs=1e-5)
    assert warmer.ess[-1] < slates
    assert warmer == estimate_from(logged_slates(town, Counter()), changed(mixing={"temperature": 0.06}))


# --- Experiments


def totals(arm: Arm) -> tuple[int, ...]:
    return (arm.people, arm.slates, arm.impressions, arm.likes, arm.hides)


def test_results_of_an_experiment_are_plain_counts_also_of_slates_set_aside(
    town: Client, cli_environment: None
) -> None:
    experiment = Experiment("warmer", "hot", 0.4)
    crowd = Crowd(town, seed=1)
    crowd.serve(2, Trials(experiment), profile=NONE)
    expected: dict[str, list[int]] = {}
    for name in (TREATED, CONTROL):
        of = [answer for answer in crowd.slates if experiment.arm(answer.user) == name]
        assert {answer.profile for answer in of} == {"hot" if name == TREATED else "default"}
        acts = [sum(acts[answer.slate] for answer in of) for acts in (crowd.likes, crowd.hides)]
        expected[name] = [len({answer.user for answer in of}), len(of), sum(len(answer.items) for answer in of), *acts]
    [result] = results(town)
    assert {arm.name: [*totals(arm)] for arm in result.arms} == expected
    expire(town, *crowd.slates)
    Crowd(town).serve(1, profile=NONE, as_of=NOW + 5 * HOUR)  # puts them aside
    assert ask(town, "MATCH ()-[tie:KEPT_SLATE]->() RETURN count(tie) AS ties") == [{"ties": len(crowd.slates)}]
    [again] = results(town)
    impressions = [arm.impressions for arm in again.arms]
    assert impressions == [arm.impressions for arm in result.arms]
    assert [arm.slates for arm in again.arms] == [arm.slates for arm in result.arms]
    printed = CliRunner().invoke(app, ["experiment"])
    assert printed.exit_code == 0, printed.output
    assert "warmer (experiment of people)" in printed.stdout
    told = json.loads(CliRunner().invoke(app, ["experiment", "--json"]).stdout)["experiments"]
    assert [(arm["arm"], arm["impressions"], arm["likes"]) for arm in told[0]["arms"]] == [
        (arm.name, arm.impressions, arm.likes) for arm in again.arms
    ]


def test_a_post_that_several_slates_showed_counts_once(client: Client) -> None:
    """It counts as liked if the like came within seven days of any of the slates."""
    ask(
        client,
        """
        CREATE (me:User {id: 'ana'})
        FOREACH (id IN ['p', 'q', 'r'] | CREATE (:Post {id: id}))
        FOREACH (days IN [30, 21, 20] |
          CREATE (me)-[:WAS_SHOWN]->(:Slate {
            id: toString(days), experiment: 'warmer', arm: 'treated', served: 2,
            posts: CASE days WHEN 20 THEN ['p', 'q', 'r'] ELSE ['p', 'r', 'q'] END, asOf: $now - days * $day
          }))
        WITH me
        MATCH (p:Post {id: 'p'}), (q:Post {id: 'q'})
        CREATE (me)-[:LIKED {at: $now - 19 * $day}]->(p), (me)-[:HID {at: $now - 5 * $day}]->(q)
        """,
        now=clock.now(),
        day=DAY,
    )
    [result] = results(client)
    assert {arm.name: totals(arm) for arm in result.arms} == {TREATED: (1, 3, 3, 1, 0), CONTROL: (0, 0, 0, 0, 0)}


def test_results_of_a_holdout_are_plain_counts_of_posts_of_the_source(town: Client) -> None:
    holdout = Holdout("without", "trending", 0.5)
    crowd = Crowd(town, seed=2)
    crowd.serve(2, Trials(holdout=holdout), profile=NONE)
    liked = {(row["user"], row["post"]): row["at"] for row in ask(town, LIKES)}
    pairs: dict[str, dict[tuple[str, str], int]] = {HELD: {}, OPEN: {}}
    for answer in crowd.slates:
        slate = slate_of(town, answer)
        for name, posts in ((HELD, slate.get("heldPosts", [])), (OPEN, slate.get("openPosts", []))):
            for post in posts:
                assert holdout.holds(answer.user, post) == (name == HELD)
                pairs[name].setdefault((answer.user, post), answer.as_of)
        sources = dict(zip(slate["posts"], slate["sources"], strict=True))
        assert all(sources[post] != "trending" for post in slate.get("heldPosts", []) if post in sources)
    assert min(map(len, pairs.values())) > 20
    [result] = results(town)
    assert [arm.name for arm in result.arms] == [OPEN, HELD]
    for arm in result.arms:
        of = pairs[arm.name]
        likes = [pair for pair, since in of.items() if pair in liked and since <= liked[pair] <= since + REWARD_MS]
        assert totals(arm) == (len({user for user, _ in of}), 0, len(of), len(likes), arm.hides)


LIKES = "MATCH (user:User)-[like:LIKED]->(post:Post) RETURN user.id AS user, post.id AS post, like.at AS at"


# --- The service


@pytest.fixture
def service(town: Client, settings: Settings, tmp_path: Path) -> Iterator[httpx.Client]:
    """A service with another profile for about half of the people, which holds out all rising posts."""
    path = tmp_path / "profiles.toml"
    path.write_text('[hot]\nbase = "default"\nranking.mixing.temperature = 1.0\n')
    tried = {"profiles": path, "experiment": "warmer:hot:0.5", "holdout": "without:trending:1"}
    with (
        serving(create_app(settings.model_copy(update=tried))) as url,
        httpx.Client(base_url=url, timeout=60) as service,
    ):
        yield service


def test_requests_without_a_profile_get_that_of_their_arm_and_metrics_count_by_arm(service: httpx.Client) -> None:
    experiment = Experiment("warmer", "hot", 0.5)
    people = ["me", "ana", "ben", "cem", "dan", "eva", "fay", "gus"]
    assert {experiment.arm(user) for user in people} == {TREATED, CONTROL}
    items: Counter[str] = Counter()
    events: Counter[str] = Counter()
    numbers = count()
    for user in people:
        arm = experiment.arm(user)
        params: dict[str, Any] = {"as_of": "2024-06-01", "limit": 3}
        answer = service.get(f"/v1/users/{user}/feed", params=params).json()
        assert answer["profile"] == ("hot" if arm == TREATED else "default")
        assert all(item["source"] != "trending" for item in answer["items"])
        items[arm] += len(answer["items"])
        more = service.get(f"/v1/users/{user}/feed", params={"cursor": answer["cursor"]}).json()
        items[arm] += len(more["items"])
        told = {"id": f"t{next(numbers)}", "kind": "like", "user": user, "post": answer["items"][0]["post"]}
        assert service.post("/v1/events", json=told).status_code == 200
        events[arm] += 1
        named = service.get(f"/v1/users/{user}/feed", params={**params, "profile": "default", "record": False}).json()
        assert named["profile"] == "default"
    lines = dict(line.rsplit(" ", 1) for line in service.get("/metrics").text.splitlines() if line[0] != "#")
    for arm in (TREATED, CONTROL):
        labels = f'arm="{arm}",experiment="warmer"'
        assert float(lines[f"graphfeed_experiment_items_total{{{labels}}}"]) == items[arm]
        assert float(lines[f'graphfeed_experiment_events_total{{{labels},kind="like"}}']) == events[arm]


def test_why_explains_by_the_profile_that_the_person_is_served(service: httpx.Client) -> None:
    told: set[bool] = set()
    for number in range(4):
        path, params = f"/v1/users/me/posts/rex{number}/why", {"as_of": "2024-06-01"}
        found = service.get(path, params=params).json()
        is_out = found["keptOut"] == ["An experiment holds it out."]
        assert is_out == (found["item"] is None)
        assert is_out or found["item"]["source"] != "trending"
        named = service.get(path, params={**params, "profile": "default"}).json()
        assert (named["keptOut"], named["item"]["source"]) == ([], "trending")
        told.add(is_out)
    assert len(told) > 0
